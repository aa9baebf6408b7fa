package nightly

import (
	"context"
	"fmt"
	"iter"
	"time"

	"almanac/internal/finding"
	"almanac/internal/warehouse"
	"almanac/schemas"
)

// facts are the rows that the judges share.
type facts struct {
	span
	night      string // event_date of what is concluded
	records    finding.Records
	actions    []finding.IncidentActionRow
	graph      finding.Graph
	signatures []finding.SignatureRow
	previous   []schemas.Recurrence
	fixes      []schemas.Fix
}

// errStop ends an iteration early without being an error.
type errStop struct{}

func (errStop) Error() string { return "stopped" }

// stream walks a query's answer row by row.
func stream[T any](ctx context.Context, w *warehouse.Warehouse, name string, p warehouse.Params) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		err := warehouse.Each(ctx, w, name, p, func(r *T) error {
			if !yield(*r, nil) {
				return errStop{}
			}
			return nil
		})
		if _, stopped := err.(errStop); err != nil && !stopped {
			var zero T
			yield(zero, err)
		}
	}
}

// fetch runs one query into dst; the first error of a chain sticks.
type fetcher struct {
	ctx context.Context
	w   *warehouse.Warehouse
	err error
}

func fetch[T any](f *fetcher, dst *[]T, name string, p warehouse.Params) {
	if f.err != nil {
		return
	}
	*dst, f.err = warehouse.Rows[T](f.ctx, f.w, name, p)
}

func (s span) window() warehouse.Params {
	return warehouse.Params{"since": s.since, "until": s.until}
}

// incidentWindow bounds the incidents whose logs can still be looked at.
func (s span) incidentWindow(extra warehouse.Params) warehouse.Params {
	p := warehouse.Params{"since": s.since, "until": s.asOf}
	for k, v := range extra {
		p[k] = v
	}
	return p
}

// How far around an incident its logs are read, in seconds (statistics.md D).
const (
	leadS = int64(1800)
	tailS = int64(900)
	openS = int64(3600)
	maxS  = int64(6 * 3600)
	baseS = int64(7 * 86400)
	// maxEventRows bounds one signature of one incident; its first rows carry
	// the onset.
	maxEventRows = int64(5000)
)

func (n *night) gather(ctx context.Context, w *warehouse.Warehouse) (*facts, error) {
	s, err := n.findSpan(ctx, w)
	if err != nil {
		return nil, err
	}
	x := &facts{span: s, night: schemas.DateOf(schemas.Micros(s.asOf))}
	var traces []finding.TraceEdgeRow
	f := &fetcher{ctx: ctx, w: w}
	fetch(f, &x.records.Changes, "detect/change_list", nil)
	fetch(f, &x.records.Incidents, "detect/incident_list", nil)
	fetch(f, &x.records.Services, "detect/incident_service_list", nil)
	fetch(f, &x.records.Events, "detect/incident_event_list", nil)
	fetch(f, &x.actions, "detect/incident_action_list", nil)
	fetch(f, &x.signatures, "detect/onset_signatures", s.window())
	fetch(f, &traces, "detect/cascade_edges", s.traceWindow())
	if f.err != nil {
		return nil, f.err
	}
	x.records.Known = knownServices(x.signatures)
	x.graph = finding.ServiceGraph(finding.GraphInput{Config: n.edges(), Traces: traces, Signatures: x.signatures})
	if x.previous, err = n.readPrevious(x.night); err != nil {
		return nil, err
	}
	if x.fixes, err = n.readFixes(); err != nil {
		return nil, err
	}
	return x, nil
}

// Who calls whom is learnt from thousands of requests, not from all of them:
// from the last two weeks at most, or as much of them as edgeLines are.
const (
	edgeDays  = 14
	edgeLines = 1_500_000
)

func (s span) traceWindow() warehouse.Params {
	days := min(edgeDays, edgeLines/max(s.linesPerDay, 1))
	since := s.until.Add(-time.Duration(days * 24 * float64(time.Hour)))
	if since.Before(s.since) {
		since = s.since
	}
	return warehouse.Params{"since": since, "until": s.until}
}

func knownServices(rows []finding.SignatureRow) []string {
	seen := map[string]bool{}
	var out []string
	for _, r := range rows {
		if r.Service != "" && !seen[r.Service] {
			seen[r.Service] = true
			out = append(out, r.Service)
		}
	}
	return out
}

func (n *night) edges() []finding.Edge {
	var out []finding.Edge
	for _, s := range n.Config.Services {
		for _, c := range s.Calls {
			out = append(out, finding.Edge{Caller: s.Name, Callee: c})
		}
	}
	return out
}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
