package nightly

import (
	"time"

	"almanac/internal/finding"
	"almanac/internal/warehouse"
)

const (
	maxCalls  = int64(300) // requests per pair of services that measure clocks
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
	window := warehouse.Params{"since": since, "until": until, "lead_s": leadS}
	fetch(f, &in.Events, "detect/cascade_events", merged(window, warehouse.Params{"tail_s": tailS, "max_rows": maxEventRows}))
	fetch(f, &in.Baseline, "detect/cascade_baseline", merged(window, warehouse.Params{"base_s": baseS}))
	in.Night, in.Since, in.Until, in.Graph = x.night, since, until, x.graph
	in.Incidents, in.Services, in.Signatures = x.records.Incidents, x.records.Services, x.signatures
	starts := map[string]time.Time{}
	for _, i := range in.Incidents {
		starts[i.IncidentID] = finding.IncidentStart(i)
	}
	askRequests(f, &in, func(id string) (time.Time, time.Time) {
		at := starts[id]
		return at.Add(-time.Duration(leadS) * time.Second), at.Add(time.Duration(tailS) * time.Second)
	})
	return in
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
