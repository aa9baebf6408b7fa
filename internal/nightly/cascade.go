package nightly

import (
	"time"

	"almanac/internal/finding"
	"almanac/internal/warehouse"
)

const (
	maxCalls  = int64(100) // requests per pair of services that measure clocks
	maxTraces = int64(400) // requests read on each side of a start
	fewTraces = 50         // fewer of the day before: the week is read
	flowDayS  = int64(86400)
)

// cascadeRows fetches what the order of failure of all incidents is read from.
func (x *facts) cascadeRows(f *fetcher) finding.CascadeInput {
	return x.cascadesOf(f, x.since, x.asOf)
}

// cascadesOf fetches what the order of failure of the incidents that started
// in [since, until) is read from. The night asks for all, a dossier for one:
// the same queries, so that both say the same.
func (x *facts) cascadesOf(f *fetcher, since, until time.Time) (in finding.CascadeInput) {
	in.Night, in.Since, in.Until, in.Graph = x.night, since, until, x.graph
	in.Incidents, in.Services, in.Signatures = x.records.Incidents, x.records.Services, x.signatures
	windows := map[string][2]time.Time{}
	for _, i := range in.Incidents {
		at := finding.IncidentStart(i)
		if at.IsZero() || at.Before(since) || !at.Before(until) {
			continue
		}
		from := at.Add(-time.Duration(leadS) * time.Second).Truncate(time.Minute) // the rollups are by the minute
		windows[i.IncidentID] = [2]time.Time{from, at.Add(time.Duration(tailS) * time.Second)}
		cascadeWindow(f, &in, i.IncidentID, from, windows[i.IncidentID][1])
	}
	askRequests(f, &in, func(id string) (time.Time, time.Time) { return windows[id][0], windows[id][1] })
	return in
}

type cascadeEventRow struct {
	Service     string    `db:"service"`
	SignatureID string    `db:"signature_id"`
	TS          time.Time `db:"ts"`
	TraceID     string    `db:"trace_id"`
	Count       int64     `db:"count"`
	LastTS      time.Time `db:"last_ts"`
}

type cascadeBaseRow struct {
	Service     string `db:"service"`
	SignatureID string `db:"signature_id"`
	Count       int64  `db:"count"`
	P99PerMin   int64  `db:"p99_per_min"`
	ObservedS   int64  `db:"observed_s"`
}

// cascadeWindow adds the errors of one window and how usual they were.
func cascadeWindow(f *fetcher, in *finding.CascadeInput, id string, from, until time.Time) {
	var events []cascadeEventRow
	var baseline []cascadeBaseRow
	fetch(f, &events, "detect/cascade_events", warehouse.Params{"from": from, "until": until, "max_rows": maxEventRows})
	fetch(f, &baseline, "detect/cascade_baseline", warehouse.Params{"from": from, "base_s": baseS})
	for _, e := range events {
		in.Events = append(in.Events, finding.CascadeEventRow{IncidentID: id, FromTS: from, UntilTS: until,
			Service: e.Service, SignatureID: e.SignatureID, TS: e.TS, TraceID: e.TraceID, Count: e.Count, LastTS: e.LastTS})
	}
	for _, b := range baseline {
		in.Baseline = append(in.Baseline, finding.CascadeBaselineRow{IncidentID: id, Service: b.Service, SignatureID: b.SignatureID,
			Count: b.Count, P99PerMin: b.P99PerMin, ObservedS: b.ObservedS})
	}
}

// askRequests lets the judge ask for requests of an incident's window: the
// clocks they show, and what they no longer do.
func askRequests(f *fetcher, in *finding.CascadeInput, window func(incident string) (from, until time.Time)) {
	in.CallsOf = func(id string) (rows []finding.CallRow) {
		from, until := window(id)
		fetch(f, &rows, "page/window_calls", warehouse.Params{"from": from.Add(-time.Hour), "until": until, "max_rows": maxCalls})
		return rows
	}
	in.Demand = func(id string) (rows []finding.DemandRow) {
		from, until := window(id)
		fetch(f, &rows, "page/window_demand", warehouse.Params{"from": from, "until": until, "base_s": baseS})
		return rows
	}
	in.Flow = func(id string) (rows []finding.FlowRow) {
		from, until := window(id)
		p := warehouse.Params{"from": from, "until": until, "base_s": flowDayS, "max_traces": maxTraces}
		if fetch(f, &rows, "page/window_flow", p); len(rows) == 0 || finding.BaseRequests(rows) >= fewTraces {
			return rows
		}
		fetch(f, &rows, "page/window_flow", merged(p, warehouse.Params{"base_s": baseS}))
		return rows
	}
	in.Template = func(signature string) string {
		var rows []struct {
			Template string `db:"template"`
		}
		if fetch(f, &rows, "page/window_template", warehouse.Params{"signature": signature}); len(rows) == 0 {
			return ""
		}
		return rows[0].Template
	}
}
