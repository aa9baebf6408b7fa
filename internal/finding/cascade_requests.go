package finding

import (
	"fmt"
	"sort"
	"time"

	"almanac/schemas"
)

// withFlows joins what rose with what requests show, explains and orders it.
// Requests are read where errors leave the root open: none rose, several
// services are explained by nothing, or the first one calls others that may
// have failed without a word. A service that only its requests betray is
// added where none that failed explains it.
func (w *cascadeWork) withFlows(incident string, services []fallen, inside insideOrders) []fallen {
	w.explain(services, inside)
	w.order(services, len(inside) > 0)
	if w.in.Flow == nil || !w.isOpen(services) {
		return services
	}
	f := readFlows(w.in.Flow(incident), w.clocks.Ahead, w.in.Graph)
	if len(f.by) == 0 {
		return services
	}
	rose := len(services)
	at := map[string]int{}
	for k := range services {
		s := &services[k]
		s.explainedBy, s.callers = "", 0
		at[s.service] = k
		if d, ok := f.by[s.service]; ok {
			s.flow = &d
		} else {
			s.passed = f.judged[s.service]
		}
	}
	for _, s := range f.services() {
		d := f.by[s]
		if _, ok := at[s]; ok || rose > 0 && d.kind == flowSilent {
			continue // what failed may only have stopped calling it
		}
		services = append(services, fallen{alarm: d.alarm(), service: s, signatures: 1, flow: &d, byFlow: true})
	}
	w.explain(services, inside)
	if rose > 0 {
		services = keptServices(services)
	}
	w.order(services, true)
	return services
}

// services are those that deviate, by name.
func (f flows) services() []string {
	out := make([]string, 0, len(f.by))
	for s := range f.by {
		out = append(out, s)
	}
	sort.Strings(out)
	return out
}

// isOpen says whether errors leave it open which service failed first: it is
// settled when one error, not a mere warning, of a service that calls no other
// explains all the rest.
func (w *cascadeWork) isOpen(services []fallen) bool {
	if len(services) == 0 || len(services) > 1 && services[1].explainedBy == "" {
		return true
	}
	level := w.about[services[0].key].Level
	return level != schemas.LevelError && level != schemas.LevelFatal || w.callsAny(services[0].service)
}

func (w *cascadeWork) callsAny(service string) bool {
	for _, e := range w.in.Graph.Edges {
		if e.Caller == service {
			return true
		}
	}
	return false
}

// keptServices drops what only requests show where another explains it: the
// callers of a failing service finish nothing, and log that as errors or not.
func keptServices(services []fallen) []fallen {
	out := services[:0]
	for _, s := range services {
		if !s.byFlow || s.explainedBy == "" {
			out = append(out, s)
		}
	}
	return out
}

// alarm makes a rise of a deviation: lines that stay out come as often as the
// requests that lack them.
func (d deviation) alarm() alarm {
	key := d.line
	if d.kind == flowStops || d.line.service != d.service {
		key = d.after
	}
	if key.service != d.service {
		key = onsetKey{d.service, d.line.signature}
	}
	minutes := max(d.last.Sub(d.onset).Minutes(), 1)
	return alarm{key: key, onset: d.onset.Round(time.Microsecond), earliest: d.earliest.Round(time.Microsecond), last: d.last,
		count: int64(d.bad), rate: float64(d.bad) / minutes, score: d.score}
}

// flowText says what a service no longer does in requests.
func (w *cascadeWork) flowText(d deviation) string {
	name := func(s statement) string {
		text := quoted(w.template(s), s.signature)
		if s.service != d.service {
			text += " of " + clip(s.service, 40)
		}
		return text
	}
	share := fmt.Sprintf("in %d of %s", d.bad, count(d.all, "request"))
	before := fmt.Sprintf(" (%d of %d before)", d.baseBad, d.base)
	switch d.kind {
	case flowSlow:
		return share + " it took more than " + spell(d.limit.Round(time.Millisecond)) + " from " + name(d.after) + " to " + name(d.line) + before
	case flowSilent:
		return share + " it logs nothing after " + name(d.after) + ", which goes on" + before
	case flowStops:
		return share + " it logs nothing more after " + name(d.after) + before
	}
	return share + " " + name(d.line) + " no longer follows " + name(d.after) + before
}

// template is the text of a statement, where it is known.
func (w *cascadeWork) template(s statement) string {
	if t := w.about[s].Template; t != "" || w.in.Template == nil {
		return t
	}
	return w.in.Template(s.signature)
}
