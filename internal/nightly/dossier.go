package nightly

import (
	"context"
	"fmt"
	"sort"
	"strings"
	"time"

	"almanac/internal/config"
	"almanac/internal/finding"
	"almanac/internal/warehouse"
	"almanac/schemas"
)

// DossierOptions say what a dossier is about: a recorded incident, or a
// window of time with or without a service.
type DossierOptions struct {
	Config      *config.Config
	Now         time.Time
	Incident    string
	From, Until time.Time
	Service     string
	MaxSkew     time.Duration // clocks are known to differ by up to this
}

// Dossier answers for one incident or window. It reads one generation of the
// lake and takes no lock.
func Dossier(ctx context.Context, w *warehouse.Warehouse, o DossierOptions) (*schemas.Dossier, error) {
	d, err := newDossiers(ctx, w, &night{Options: Options{Config: o.Config, Now: o.Now}})
	if err != nil {
		return nil, err
	}
	d.maxSkew = o.MaxSkew
	if o.Incident != "" {
		i, ok := d.record(o.Incident)
		if !ok {
			return nil, d.unknown(o.Incident)
		}
		return d.of(ctx, w, i)
	}
	return d.window(ctx, w, o)
}

// dossiers holds what the dossiers of one generation share.
type dossiers struct {
	span
	config    *config.Config
	incidents []schemas.Incident
	rows      []finding.IncidentRow
	services  []finding.IncidentServiceRow
	changes   []finding.ChangeRow
	events    map[string][]schemas.IncidentEvent
	actions   map[string][]schemas.Action
	graph     finding.Graph
	shapes    []finding.CascadeShape
	stamps    []finding.IncidentStamps
	maxSkew   time.Duration
}

type orderRow struct {
	IncidentID string `db:"incident_id"`
	Rank       int64  `db:"rank"`
	Service    string `db:"service"`
}

func newDossiers(ctx context.Context, w *warehouse.Warehouse, n *night) (*dossiers, error) {
	s, err := n.findSpan(ctx, w)
	if err != nil {
		return nil, err
	}
	d := &dossiers{span: s, config: n.Config, events: map[string][]schemas.IncidentEvent{}, actions: map[string][]schemas.Action{}}
	var events []schemas.IncidentEvent
	var actions []schemas.Action
	var traces []finding.TraceEdgeRow
	var orders []orderRow
	f := &fetcher{ctx: ctx, w: w}
	fetch(f, &d.incidents, "page/incidents", nil)
	fetch(f, &d.rows, "detect/incident_list", nil)
	fetch(f, &d.services, "detect/incident_service_list", nil)
	fetch(f, &d.changes, "detect/change_list", nil)
	fetch(f, &events, "page/incident_events", nil)
	fetch(f, &actions, "page/actions", nil)
	fetch(f, &traces, "detect/cascade_edges", s.traceWindow())
	fetch(f, &orders, "page/cascade_orders", nil)
	if f.err != nil {
		return nil, f.err
	}
	for _, e := range events {
		d.events[e.IncidentID] = append(d.events[e.IncidentID], e)
	}
	for _, a := range actions {
		d.actions[a.IncidentID] = append(d.actions[a.IncidentID], a)
	}
	d.graph = finding.ServiceGraph(finding.GraphInput{Config: n.edges(), Traces: traces})
	d.stamps = finding.StampsOf(d.incidents)
	var list []finding.CascadeOrder
	for _, r := range orders {
		if k := len(list); k == 0 || list[k-1].IncidentID != r.IncidentID {
			list = append(list, finding.CascadeOrder{IncidentID: r.IncidentID})
		}
		list[len(list)-1].Services = append(list[len(list)-1].Services, r.Service)
	}
	d.shapes = finding.CascadeShapes(list)
	return d, nil
}

func (d *dossiers) record(id string) (schemas.Incident, bool) {
	for _, i := range d.incidents {
		if i.IncidentID == id {
			return i, true
		}
	}
	return schemas.Incident{}, false
}

// unknown names the ids that look most like the one asked for.
func (d *dossiers) unknown(id string) error {
	var known, near []string
	for _, i := range d.incidents {
		known = append(known, i.IncidentID)
	}
	for len(near) < 3 && len(known) > 0 {
		best := config.Nearest(id, known)
		if best == "" {
			break
		}
		near = append(near, fmt.Sprintf("%q", best))
		rest := known[:0]
		for _, k := range known {
			if k != best {
				rest = append(rest, k)
			}
		}
		known = rest
	}
	if len(near) == 0 {
		return fmt.Errorf("there is no incident %q: the lake holds no incident records; ask for a window with --from and --to", id)
	}
	return fmt.Errorf("there is no incident %q; the nearest ids are %s; 'almanac ask incidents' lists all, --from and --to look at a window without a record", id, strings.Join(near, ", "))
}

// of answers for a recorded incident.
func (d *dossiers) of(ctx context.Context, w *warehouse.Warehouse, i schemas.Incident) (*schemas.Dossier, error) {
	row := d.rowOf(i)
	from, until, notes := finding.DossierWindow(row, d.rows, d.asOf)
	in := d.input(i, from, until, notes)
	f := &fetcher{ctx: ctx, w: w}
	fetch(f, &in.Causes, "page/cause_rows", warehouse.Params{"subject": i.IncidentID})
	fetch(f, &in.Similar, "page/similar_rows", warehouse.Params{"incident": i.IncidentID})
	if !from.IsZero() {
		d.errors(f, &in)
		in.Cascade = d.recorded(f, row, signatureRows(in.Errors))
		d.around(f, &in)
	}
	if f.err != nil {
		return nil, fmt.Errorf("incident %s: %w", i.IncidentID, f.err)
	}
	out := finding.BuildDossier(in)
	return &out, nil
}

// recorded judges the order of failure of a record as the night does.
func (d *dossiers) recorded(f *fetcher, row finding.IncidentRow, signatures []finding.SignatureRow) finding.Cascade {
	at := finding.IncidentStart(row)
	x := facts{span: d.span, graph: d.graph, signatures: signatures,
		records: finding.Records{Incidents: []finding.IncidentRow{row}, Services: d.services}}
	c := x.cascadesOf(f, at, at.Add(time.Microsecond))
	c.Zone, c.MaxSkew = d.config.Location(), d.maxSkew
	if cs := finding.Cascades(c).Cascades; len(cs) > 0 {
		return cs[0]
	}
	return finding.Cascade{}
}

func (d *dossiers) rowOf(i schemas.Incident) finding.IncidentRow {
	for _, r := range d.rows {
		if r.IncidentID == i.IncidentID {
			return r
		}
	}
	return finding.IncidentRow{IncidentID: i.IncidentID}
}

func (d *dossiers) input(i schemas.Incident, from, until time.Time, notes []string) finding.DossierInput {
	in := finding.DossierInput{Incident: i, From: from, Until: until, Now: d.asOf, Zone: d.config.Location(), Graph: d.graph,
		LogSince: d.logSince, Changes: d.changes, Incidents: d.rows, Stamps: d.stamps, Shapes: d.shapes, Notes: notes,
		Events: d.events[i.IncidentID], Actions: d.actions[i.IncidentID]}
	if i.Service != "" {
		in.Services = append(in.Services, i.Service)
	}
	for _, s := range d.services {
		if s.IncidentID == i.IncidentID && i.IncidentID != "" {
			in.Services = append(in.Services, s.Service)
		}
	}
	return in
}

// windowID stands for the record that a bare window does not have.
const windowID = "this window"

// window answers without a record; causes and similar incidents are judged
// anew, as if an incident had begun with the first rise.
func (d *dossiers) window(ctx context.Context, w *warehouse.Warehouse, o DossierOptions) (*schemas.Dossier, error) {
	// Rollups are by the minute: a window that cut one would count it twice.
	o.From = o.From.Truncate(time.Minute)
	in := d.input(schemas.Incident{}, o.From, o.Until, nil)
	if o.Service != "" {
		in.Services = []string{o.Service}
	}
	if longest := time.Duration(4*maxS) * time.Second; o.Until.Sub(o.From) > longest {
		in.Until = o.From.Add(longest)
		in.Notes = append(in.Notes, "The window is longer than a day: only its first day is looked at.")
	}
	if o.From.After(d.asOf) {
		in.Notes = append(in.Notes, "The window lies in the future of this analysis.")
	}
	row := finding.IncidentRow{IncidentID: windowID, Service: o.Service, StartedTS: o.From, ResolvedTS: in.Until}
	f := &fetcher{ctx: ctx, w: w}
	d.fill(f, &in, row, o.Service)
	if f.err != nil {
		return nil, f.err
	}
	d.judgeWindow(f, &in, row)
	if f.err != nil {
		return nil, f.err
	}
	out := finding.BuildDossier(in)
	return &out, nil
}

func (d *dossiers) judgeWindow(f *fetcher, in *finding.DossierInput, row finding.IncidentRow) {
	if !in.Cascade.Onset.IsZero() {
		row.StartedTS = in.Cascade.Onset
		if row.Service == "" {
			row.Service = in.Cascade.Steps[0].Service
		}
	}
	records := finding.Records{Changes: d.changes, Incidents: append(append([]finding.IncidentRow{}, d.rows...), row), Services: d.services}
	zone := d.config.Location()
	changes := finding.Changes(finding.ChangeInput{Now: d.asOf, Zone: zone, Records: records, Graph: d.graph, LogSince: d.logSince,
		Cascades: []finding.Cascade{in.Cascade}})
	for _, c := range changes.Causes {
		if c.SubjectID == windowID {
			in.Causes = append(in.Causes, c)
		}
	}
	var rows []finding.IncidentErrorRow
	fetch(f, &rows, "detect/incident_errors", d.incidentWindow(warehouse.Params{"lead_s": leadS, "open_s": openS, "max_s": maxS, "base_s": baseS}))
	for _, e := range in.Errors {
		rows = append(rows, finding.IncidentErrorRow{IncidentID: windowID, Service: e.Service, SignatureID: e.SignatureID, Level: e.Level, ErrorType: e.ErrorType,
			Count: e.Count, FirstTS: e.FirstTS, LastTS: e.LastTS, ObservedS: e.ObservedS, BaseCount: e.BaseCount, BaseObservedS: e.BaseObservedS})
	}
	similar := finding.SimilarIncidents(finding.SimilarInput{Now: d.asOf, Zone: zone, Records: records, Errors: rows,
		Signatures: signatureRows(in.Errors), Cascades: []finding.Cascade{in.Cascade}, Causes: in.Causes})
	for _, s := range similar.Similar {
		if s.IncidentID == windowID {
			in.Similar = append(in.Similar, s)
		}
	}
}

func (d *dossiers) errors(f *fetcher, in *finding.DossierInput) {
	fetch(f, &in.Errors, "page/window_errors", warehouse.Params{"from": in.From, "until": in.Until, "base_s": baseS})
}

// fill fetches the rows of a window without a record and has the order of
// failure judged.
func (d *dossiers) fill(f *fetcher, in *finding.DossierInput, row finding.IncidentRow, service string) {
	c := finding.CascadeInput{Since: row.StartedTS.Add(-7 * 24 * time.Hour), Until: row.StartedTS.Add(7 * 24 * time.Hour), Zone: in.Zone,
		Incidents: []finding.IncidentRow{row}, Graph: d.graph, MaxSkew: d.maxSkew}
	d.errors(f, in)
	cascadeWindow(f, &c, row.IncidentID, in.From, in.Until)
	askRequests(f, &c, func(string) (time.Time, time.Time) { return in.From, in.Until })
	c.Signatures = signatureRows(in.Errors)
	if service != "" {
		d.narrow(in, &c, service)
	}
	if cs := finding.Cascades(c).Cascades; len(cs) > 0 {
		in.Cascade = cs[0]
	}
	d.around(f, in)
}

// narrow keeps the service and what it calls, however far, and its callers:
// what cannot have reached it is no part of its failure.
func (d *dossiers) narrow(in *finding.DossierInput, c *finding.CascadeInput, service string) {
	near := d.graph.Near(service)
	if len(near) < 2 && !hasLogs(*c, service) {
		in.Notes = append(in.Notes, "No log of these hours or of the week before names the service "+service+": all services of the window are looked at.")
		return
	}
	if len(near) < 2 {
		in.Notes = append(in.Notes, "No call of "+service+" is known: all services of the window are looked at.")
		return
	}
	c.Events = kept(c.Events, func(e finding.CascadeEventRow) bool { return near[e.Service] })
	flow := c.Flow
	c.Flow = func(id string) []finding.FlowRow {
		return kept(flow(id), func(r finding.FlowRow) bool { return near[r.Service] })
	}
	in.Errors = kept(in.Errors, func(e finding.WindowErrorRow) bool { return near[e.Service] })
}

// hasLogs says whether a service wrote anything in the week before, or an
// error in the window.
func hasLogs(c finding.CascadeInput, service string) bool {
	for _, b := range c.Baseline {
		if b.Service == service {
			return true
		}
	}
	for _, e := range c.Events {
		if e.Service == service {
			return true
		}
	}
	return false
}

func kept[T any](rows []T, is func(T) bool) []T {
	var out []T
	for _, r := range rows {
		if is(r) {
			out = append(out, r)
		}
	}
	return out
}

// around fetches what stood around the first rise.
func (d *dossiers) around(f *fetcher, in *finding.DossierInput) {
	at := in.Cascade.Onset
	if at.IsZero() {
		at = in.From.Add(time.Duration(leadS) * time.Second)
	}
	in.TrendFrom, in.TrendUntil = in.From.Add(-time.Hour), in.Until.Add(45*time.Minute)
	if in.TrendUntil.After(d.asOf) {
		in.TrendUntil = d.asOf
	}
	trend := warehouse.Params{"from": in.TrendFrom, "until": in.TrendUntil}
	fetch(f, &in.Minutes, "page/window_minutes", trend)
	fetch(f, &in.Slots, "page/window_slots", trend)
	// The minute after the first rise belongs to the failure: a gauge often
	// stands at its bound only then.
	stood := at.Add(time.Minute)
	for k, t := range []time.Time{stood, stood.In(in.Zone).AddDate(0, 0, -7)} {
		p := warehouse.Params{"until": t, "before_s": int64(1800)}
		fetch(f, &in.Metrics[k], "page/window_metrics", p)
		fetch(f, &in.Gauges[k], "page/window_gauges", merged(p, warehouse.Params{"max_rows": int64(200)}))
	}
	fetch(f, &in.Jobs, "page/window_jobs", warehouse.Params{"until": at, "before_s": int64(3600), "max_rows": int64(12)})
	if !in.Cascade.Onset.IsZero() {
		fetch(f, &in.History, "page/window_history", warehouse.Params{"from": in.From, "until": in.Until,
			"since": d.logSince, "end": d.asOf, "signatures": int64(12)})
	}
}

func merged(a, b warehouse.Params) warehouse.Params {
	out := warehouse.Params{}
	for _, m := range []warehouse.Params{a, b} {
		for k, v := range m {
			out[k] = v
		}
	}
	return out
}

func signatureRows(errors []finding.WindowErrorRow) []finding.SignatureRow {
	var out []finding.SignatureRow
	for _, e := range errors {
		out = append(out, finding.SignatureRow{Service: e.Service, SignatureID: e.SignatureID, Template: e.Template, Level: e.Level})
	}
	sort.SliceStable(out, func(a, b int) bool {
		return out[a].Service+"\x00"+out[a].SignatureID < out[b].Service+"\x00"+out[b].SignatureID
	})
	return out
}
