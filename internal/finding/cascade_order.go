package finding

import (
	"fmt"
	"sort"
	"strings"

	"almanac/schemas"
)

// fallen is a service with its earliest alarm.
type fallen struct {
	alarm
	service     string
	signatures  int
	explainedBy string
	callers     int        // callers reached that rose after it
	flow        *deviation // what it no longer does in requests
	byFlow      bool       // no error of it rose: its requests alone tell
	passed      bool       // its requests pass as before, those of another failing service do not
}

// firstOfService takes the earliest alarm of each service.
func firstOfService(alarms []alarm) []fallen {
	at := map[string]int{}
	var out []fallen
	for _, a := range alarms {
		i, ok := at[a.key.service]
		if !ok {
			at[a.key.service] = len(out)
			out = append(out, fallen{alarm: a, service: a.key.service, signatures: 1})
			continue
		}
		out[i].signatures++
		if a.onset.Before(out[i].onset) {
			out[i].alarm = a
		}
	}
	return out
}

// explain marks the services that one they call explains: it may have risen
// before them and it rose at most explainWithin later than they did. Of two
// that would explain each other the earlier stands: later ones choose first,
// and none chooses one that it explains itself.
func (w *cascadeWork) explain(services []fallen, inside insideOrders) {
	late := make([]int, len(services))
	at := map[string]int{}
	for i, s := range services {
		late[i], at[s.service] = i, i
	}
	sort.SliceStable(late, func(x, y int) bool {
		a, b := services[late[x]], services[late[y]]
		return a.onset.After(b.onset) || a.onset.Equal(b.onset) && a.service > b.service
	})
	// reaches says whether a is among what explains b.
	reaches := func(b, a int) bool {
		for range services {
			if b == a {
				return true
			}
			next, ok := at[services[b].explainedBy]
			if !ok {
				return false
			}
			b = next
		}
		return true
	}
	for _, i := range late {
		a, by := &services[i], -1
		for k := range services {
			b := &services[k]
			linked := w.in.Graph.calls(a.service, b.service) ||
				inside.first(b.service, a.service) && !w.in.Graph.calls(b.service, a.service)
			if k == i || !linked || !w.mayExplain(b, a) {
				continue
			}
			b.callers++
			if (by < 0 || b.onset.Before(services[by].onset)) && !reaches(k, i) {
				by = k
			}
		}
		if by >= 0 {
			a.explainedBy = services[by].service
		}
	}
}

func (w *cascadeWork) mayExplain(b, a *fallen) bool {
	tolerance := w.tolerance(a.service, b.service)
	return !b.earliest.After(a.onset.Add(tolerance)) && !b.onset.Before(a.onset.Add(-tolerance-explainWithin)) ||
		// A callee that rose long before and still errs explains as well.
		b.onset.Before(a.onset) && b.last.After(a.onset)
}

// order puts the unexplained first, then those that reach more callers, then
// the earlier ones. Services that no graph links are in order of time.
func (w *cascadeWork) order(services []fallen, traced bool) {
	linked := w.in.Graph.Source != "" || traced
	sort.SliceStable(services, func(i, k int) bool {
		a, b := services[i], services[k]
		if linked {
			if (a.explainedBy == "") != (b.explainedBy == "") {
				return a.explainedBy == ""
			}
			if a.explainedBy == "" && a.passed != b.passed {
				return b.passed
			}
			if a.explainedBy == "" && a.callers != b.callers {
				return a.callers > b.callers
			}
		}
		if !a.onset.Equal(b.onset) {
			return a.onset.Before(b.onset)
		}
		return a.service < b.service
	})
}

// suspects are services without an alarm that at least two of those that
// failed call, one of them explained by nothing.
func (w *cascadeWork) suspects(services []fallen) []string {
	rose := map[string]bool{}
	open := map[string]bool{}
	for _, s := range services {
		rose[s.service] = true
		open[s.service] = s.explainedBy == ""
	}
	calls, unexplained := map[string]int{}, map[string]int{}
	for _, e := range w.in.Graph.Edges {
		if rose[e.Caller] && !rose[e.Callee] {
			calls[e.Callee]++
			if open[e.Caller] {
				unexplained[e.Callee]++
			}
		}
	}
	var out []string
	for s, n := range calls {
		if n >= 2 && unexplained[s] > 0 {
			out = append(out, s)
		}
	}
	sort.Slice(out, func(a, b int) bool {
		if calls[out[a]] != calls[out[b]] {
			return calls[out[a]] > calls[out[b]]
		}
		return out[a] < out[b]
	})
	return out
}

// steps writes the order down. The order to the step before is certain when
// the onset and the earliest possible beginning both come later, by more than
// the clocks' doubt. The first is certain when the second is.
// Requests in which both erred, one always first, settle it as well.
func (w *cascadeWork) steps(i incidentRec, services []fallen, inside insideOrders) []schemas.CascadeStep {
	follows := func(k int) bool {
		a, b := services[k-1], services[k]
		skew := w.apart(a.service, b.service)
		return b.onset.Sub(a.onset) > skew && b.earliest.Sub(a.earliest) > skew ||
			skew == 0 && inside.first(a.service, b.service)
	}
	var out []schemas.CascadeStep
	for k, s := range services {
		certain := k == 0 && len(services) == 1 || k == 0 && follows(1) || k > 0 && follows(k)
		out = append(out, schemas.CascadeStep{
			EventDate: w.in.Night, IncidentID: i.IncidentID, Rank: int64(k + 1), Service: s.service,
			SignatureID: s.key.signature, Template: w.template(s.key),
			OnsetTS: schemas.Micros(s.onset), EarliestTS: schemas.Micros(s.earliest), LastTS: schemas.Micros(s.last),
			Count: schemas.Ptr(s.count), BaselinePerMin: schemas.Ptr(s.base), IsCertain: schemas.Ptr(certain),
			ExplainedBy: s.explainedBy, Evidence: w.evidence(k, services, inside),
		})
	}
	return out
}

func (w *cascadeWork) evidence(k int, all []fallen, inside insideOrders) string {
	s := all[k]
	parts := []string{fmt.Sprintf("%.3g a minute against %.2g usual", s.rate, s.base)}
	if s.isNew {
		parts = []string{fmt.Sprintf("%.3g a minute, not seen in the week before", s.rate)}
	}
	switch {
	case s.byFlow:
		parts = []string{w.flowText(*s.flow)}
	case s.flow != nil:
		parts = append(parts, w.flowText(*s.flow))
	case s.passed:
		parts = append(parts, "its requests pass as before")
	}
	if s.signatures > 1 {
		parts = append(parts, fmt.Sprintf("first of %d signatures that rose", s.signatures))
	}
	switch {
	case s.explainedBy != "" && !w.in.Graph.calls(s.service, s.explainedBy):
		parts = append(parts, "in the requests that erred in both, "+clip(s.explainedBy, 40)+" erred first")
	case s.explainedBy != "":
		parts = append(parts, "calls "+clip(s.explainedBy, 40)+", which rose before")
	case w.in.Graph.Source == "" && len(all) > 1:
		parts = append(parts, "order by time only")
	case w.in.Graph.Source != "":
		parts = append(parts, "nothing it calls rose before (graph from "+w.in.Graph.Source+")")
	}
	if k > 0 {
		before := all[k-1].service
		if n, both := inside.count(before, s.service); both >= minTraces {
			parts = append(parts, fmt.Sprintf("after %s in %d of %s with errors in both", clip(before, 40), n, count(both, "request")))
		}
		if d := w.apart(before, s.service); d > 0 && s.onset.Sub(all[k-1].onset) <= d {
			parts = append(parts, "order to "+clip(before, 40)+" "+w.uncertain(all[k-1], s))
		}
	}
	return strings.Join(parts, "; ")
}
