package finding

import (
	"fmt"
	"sort"
	"time"

	"almanac/schemas"
)

// timeline is one list of what is known, with sources: the record's stamps
// and entries (alerts, acknowledgements and what operators did), the steps of
// the failure, and changes from two hours before.
func (in *DossierInput) timeline(d *schemas.Dossier) {
	add := func(t time.Time, kind, what, source string) {
		if !t.IsZero() {
			d.Timeline = append(d.Timeline, schemas.DossierMoment{TS: t.UTC(), Kind: kind, What: what, Source: source})
		}
	}
	h := d.Incident
	add(h.Started, "started", "the incident began, by the record", "record")
	add(h.Detected, "alert", "the incident was detected, by the record", "record")
	add(h.Acknowledged, "acknowledged", "somebody took it on", "record")
	add(h.Mitigated, "mitigated", "the impact ended, by the record", "record")
	add(h.Resolved, "resolved", "the incident was resolved, by the record", "record")
	for _, e := range in.Events {
		kind := e.Status
		if kind == "" {
			kind = "entry"
		}
		d.Timeline = append(d.Timeline, schemas.DossierMoment{TS: schemas.Time(e.TS), Kind: kind, What: clip(e.Text, 600), Source: "postmortem entry"})
	}
	for _, s := range d.Cascade {
		kind := "cascade step"
		if s.Rank == 1 {
			kind = "first error"
		}
		add(s.Onset, kind, clip(s.Service, 60)+": "+quoted(s.Template, s.SignatureID), "logs")
	}
	if !in.From.IsZero() {
		for _, c := range in.Changes {
			if c.StartedTS.After(in.From.Add(-90*time.Minute)) && c.StartedTS.Before(in.Until) {
				what := changeTitle(c)
				if c.Service != "" {
					what = c.Service + ": " + what
				}
				add(c.StartedTS, "change", c.Kind+" "+clip(what, 300), "changes")
			}
		}
	}
	for _, t := range d.Trend {
		if t.Service == "" || len(d.Trend) == 1 {
			if !t.SecondWave.IsZero() {
				add(t.SecondWave, "second wave", fmt.Sprintf("errors rose again, to %d per minute", t.SecondPeak), "logs")
			}
			if t.Back == TrendBack && t.DecayMinutes != nil {
				add(t.Until, "back", "errors were back at their level before", "logs")
			}
		}
	}
	sort.SliceStable(d.Timeline, func(a, b int) bool {
		x, y := d.Timeline[a], d.Timeline[b]
		if x.TS.IsZero() != y.TS.IsZero() {
			return y.TS.IsZero()
		}
		return x.TS.Before(y.TS)
	})
	if n := len(d.Timeline); n > 500 {
		d.Timeline = d.Timeline[:500]
	}
}

// questions are ready queries: for the window as a whole and for each step of
// the failure, else for the first errors of the table.
func (in *DossierInput) questions(d *schemas.Dossier) {
	ask := func(what string, a Asked) {
		a.From, a.Until = in.From, in.Until
		d.Queries = append(d.Queries, schemas.DossierQuestion{For: what, Text: ReadyQueries(a)})
	}
	seen := map[onsetKey]bool{}
	for _, s := range d.Cascade {
		if len(d.Queries) == 8 {
			break
		}
		seen[onsetKey{s.Service, s.SignatureID}] = true
		ask(clip(s.Service, 40)+": "+quoted(s.Template, s.SignatureID), Asked{Service: s.Service, SignatureID: s.SignatureID, Template: s.Template})
	}
	for _, e := range d.ErrorTable {
		if len(d.Queries) >= 5 && !e.IsLoudest || len(d.Queries) == 9 || len(e.Services) == 0 || seen[onsetKey{e.Services[0], e.SignatureID}] {
			continue
		}
		ask(clip(e.Services[0], 40)+": "+quoted(e.Template, e.SignatureID), Asked{Service: e.Services[0], SignatureID: e.SignatureID, Template: e.Template})
	}
	ask("everything in the window", Asked{})
}

// rootCauseTree asks why, from what customers met down to what may have begun
// it. Each node says how far it is proven and carries the query it rests on;
// nobody is named in it.
func rootCauseTree(d schemas.Dossier, in DossierInput) []schemas.DossierNode {
	var out []schemas.DossierNode
	add := func(depth int, state, text, sql string) {
		out = append(out, schemas.DossierNode{Depth: depth, State: state, Text: text, SQL: sql})
	}
	zone := in.Zone
	if zone == nil {
		zone = time.UTC
	}
	clock := func(t time.Time) string { return t.In(zone).Format("15:04:05") }
	errorsOf := func(service, signature string) string {
		return Asked{Service: service, SignatureID: signature, From: in.From, Until: in.Until}.lakeSQL()
	}
	if len(d.Cascade) == 0 {
		add(0, schemas.NodeUnproven, "No error rose above its own week: the logs do not show what customers met.", errorsOf("", ""))
		add(1, schemas.NodeUnproven, "Why? Not known: look at what these services do not log.", errorsOf("", ""))
		return out
	}
	// From the last to fail inward along what explains it.
	at := map[string]int{}
	for k, s := range d.Cascade {
		at[s.Service] = k
	}
	k, depth := len(d.Cascade)-1, 0
	visited := map[int]bool{}
	for !visited[k] && depth < 16 {
		visited[k] = true
		s := d.Cascade[k]
		add(depth, schemas.NodeObserved, fmt.Sprintf("%s logged %s from %s on%s.", clip(s.Service, 40), quoted(s.Template, s.SignatureID), clock(s.Onset), linesOf(d, s)),
			errorsOf(s.Service, s.SignatureID))
		if k == 0 {
			break
		}
		next, ok := at[s.ExplainedBy]
		depth++
		switch {
		case ok && !visited[next]:
			add(depth, schemas.NodeInferred, fmt.Sprintf("Why? It calls %s, which failed %s earlier.", clip(s.ExplainedBy, 40), spell(s.Onset.Sub(d.Cascade[next].Onset))), errorsOf(s.ExplainedBy, ""))
			k = next
		default:
			next = k - 1
			add(depth, schemas.NodeUnproven, fmt.Sprintf("Why? %s failed %s earlier; that it is the reason follows from time alone.", clip(d.Cascade[next].Service, 40), spell(s.Onset.Sub(d.Cascade[next].Onset))), errorsOf(d.Cascade[next].Service, ""))
			k = next
		}
		depth++
	}
	treeOfRoot(d, depth+1, add)
	return out
}

// linesOf is how often the step's service logged its signature in the window
// that the step's query reads, in brackets; the step's own count ends where
// the order of failure was judged. Empty where other services log it too.
func linesOf(d schemas.Dossier, s schemas.DossierStep) string {
	n := 0
	for _, e := range d.ErrorTable {
		if e.SignatureID != s.SignatureID {
			continue
		}
		if len(e.Services) != 1 || e.Services[0] != s.Service {
			return ""
		}
		n += int(e.Count)
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s)", count(n, "line"))
}

// treeOfRoot asks why the first service failed.
func treeOfRoot(d schemas.Dossier, depth int, add func(int, string, string, string)) {
	root := d.Cascade[0].Service
	for _, g := range d.State.Gauges {
		if g.AtLimit == "" || g.Service != root {
			continue
		}
		add(depth, schemas.NodeObserved, fmt.Sprintf("%s: %s=%g, %s.", clip(g.Service, 40), clip(g.Name, 40), g.Value, g.AtLimit),
			Asked{Service: g.Service, From: g.TS.Add(-time.Minute), Until: g.TS.Add(time.Minute)}.lakeSQL())
	}
	none, stands := true, false
	for _, c := range d.Causes {
		stands = stands || c.ChangeID != "" && (c.Label == "likely" || c.Label == "possible")
	}
	for _, c := range d.Causes {
		if c.ChangeID == "" || stands && c.Label != "likely" && c.Label != "possible" && c.Label != "ruled out" {
			continue
		}
		state, verb := schemas.NodeUnproven, "may have begun it"
		switch c.Label {
		case "likely":
			state, verb, none = schemas.NodeInferred, "likely began it", false
		case "possible":
			none = false
		case "ruled out":
			state, verb = schemas.NodeRuledOut, "did not begin it"
		default:
			verb = "is an unlikely beginning"
		}
		text := fmt.Sprintf("Why did %s fail? The %s “%s” %s", clip(root, 40), c.Kind, clip(c.Title, 100), verb)
		if c.Reason != "" {
			text += ": " + clip(c.Reason, 240)
		}
		add(depth, state, text, printed("ask/changes", map[string]any{"change": c.ChangeID}))
	}
	if none {
		add(depth, schemas.NodeUnproven, "Why did "+clip(root, 40)+" fail? No recorded change stands out.",
			printed("ask/changes", map[string]any{"since": d.Incident.From.Add(-24 * time.Hour), "until": d.Incident.Until}))
	}
	if d.Incident.RootCause != "" {
		add(depth, schemas.NodeUnproven, "As the record states: "+clip(d.Incident.RootCause, 400), d.Incident.SQL)
	}
	for _, s := range d.Suspects {
		add(depth, schemas.NodeUnproven, clip(s, 40)+" logs no error, but several that failed call it.",
			Asked{Service: s, From: d.Incident.From, Until: d.Incident.Until}.lakeSQL())
	}
}
