package finding

import (
	"sort"
	"time"
)

// insideOrders counts, for ordered pairs of services, the requests in which
// both erred and the first of the pair erred first.
type insideOrders map[Edge]int

// traceOrders orders the errors inside each request: a service that fails
// because of another writes its error after it got the other's answer.
func traceOrders(events []CascadeEventRow) insideOrders {
	first := map[string]map[string]time.Time{}
	for _, e := range events {
		if e.TraceID == "" || e.Service == "" {
			continue
		}
		m := first[e.TraceID]
		if m == nil {
			m = map[string]time.Time{}
			first[e.TraceID] = m
		}
		if t, ok := m[e.Service]; !ok || e.TS.Before(t) {
			m[e.Service] = e.TS
		}
	}
	out := insideOrders{}
	for _, m := range first {
		for a, ta := range m {
			for b, tb := range m {
				if ta.Before(tb) {
					out[Edge{a, b}]++
				}
			}
		}
	}
	return out
}

// count gives in how many of the requests with errors in both a erred first.
func (o insideOrders) count(a, b string) (first, both int) {
	first = o[Edge{a, b}]
	return first, first + o[Edge{b, a}]
}

// first says that a errs before b inside their requests: in at least nine of
// ten, and in at least minTraces.
func (o insideOrders) first(a, b string) bool {
	n, both := o.count(a, b)
	return both >= minTraces && 10*n >= 9*both
}

// uncertain says why the order of two services is open.
func (w *cascadeWork) uncertain(a, b fallen) string {
	gap := b.onset.Sub(a.onset).Abs()
	if d := w.apart(a.service, b.service); d > 0 && gap <= d {
		return "not certain: " + spell(gap) + " apart, clocks differ by up to " + spell(d)
	}
	return "not certain: " + spell(gap) + " apart, and either may have begun that much earlier"
}

// clockNotes say whose clocks were set right, and how far clocks differ.
func (w *cascadeWork) clockNotes(services []fallen) []string {
	var out []string
	for _, s := range services {
		if d := w.clocks.Ahead[s.service]; d != 0 {
			way := " ahead"
			if d < 0 {
				way = " behind"
			}
			out = append(out, "the clock of "+clip(s.service, 40)+" is "+spell(d.Round(100*time.Millisecond))+way+
				" by "+count(w.clocks.Calls, "shared request")+"; its times are set right here")
		}
	}
	sort.Strings(out)
	return out
}

// CascadeShape is an order of failure that several incidents share.
type CascadeShape struct {
	Name      string   // "redis → session → cart"
	Services  []string // in order
	Incidents []string // sorted
}

// CascadeShapes groups incidents by root and the set of services that
// followed; a cascade of one service has no shape. The name takes the most
// common order.
func CascadeShapes(steps []CascadeOrder) []CascadeShape {
	by := map[string]map[string]*CascadeShape{}
	for _, c := range steps {
		if len(c.Services) < 2 {
			continue
		}
		rest := append([]string{}, c.Services[1:]...)
		sort.Strings(rest)
		set, name := c.Services[0]+"\x00", c.Services[0]
		for _, s := range rest {
			set += s + "\x00"
		}
		for _, s := range c.Services[1:] {
			name += " → " + s
		}
		if by[set] == nil {
			by[set] = map[string]*CascadeShape{}
		}
		x := by[set][name]
		if x == nil {
			x = &CascadeShape{Name: name, Services: c.Services}
			by[set][name] = x
		}
		x.Incidents = append(x.Incidents, c.IncidentID)
	}
	var out []CascadeShape
	for _, names := range by {
		var best *CascadeShape
		var all []string
		for _, x := range names {
			all = append(all, x.Incidents...)
			if best == nil || len(x.Incidents) > len(best.Incidents) || len(x.Incidents) == len(best.Incidents) && x.Name < best.Name {
				best = x
			}
		}
		if len(all) < 2 {
			continue
		}
		sort.Strings(all)
		out = append(out, CascadeShape{Name: best.Name, Services: best.Services, Incidents: all})
	}
	sort.Slice(out, func(a, b int) bool {
		x, y := out[a], out[b]
		return len(x.Incidents) > len(y.Incidents) || len(x.Incidents) == len(y.Incidents) && x.Name < y.Name
	})
	return out
}

// CascadeOrder is the services of one incident in order of failure.
type CascadeOrder struct {
	IncidentID string
	Services   []string
}

// oncePerRequest keeps the first error of each request: twenty lines of one
// request are one failure, and not twenty that came in one second. size is
// how many lines a request wrote on average; the baseline, which knows lines
// only, is divided by it. Lines without a trace id stand for themselves.
func oncePerRequest(rows []CascadeEventRow) (kept []CascadeEventRow, size float64) {
	first := map[string]int{}
	sort.SliceStable(rows, func(a, b int) bool { return rows[a].TS.Before(rows[b].TS) })
	for _, r := range rows {
		if r.TraceID != "" {
			if _, ok := first[r.TraceID]; ok {
				continue
			}
			first[r.TraceID] = len(kept)
		}
		kept = append(kept, r)
	}
	if len(kept) == 0 {
		return rows, 1
	}
	return kept, float64(len(rows)) / float64(len(kept))
}
