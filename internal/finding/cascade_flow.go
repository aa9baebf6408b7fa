package finding

import (
	"math"
	"sort"
	"time"
)

// FlowRow is a row of page/window_flow: one line of a sampled request, of the
// window or of the time before it.
type FlowRow struct {
	IsBase      bool      `db:"is_base"`
	TraceID     string    `db:"trace_id"`
	Service     string    `db:"service"`
	SignatureID string    `db:"signature_id"`
	TS          time.Time `db:"ts"`
}

const (
	// flowMinBase is the number of earlier requests that show what is usual.
	flowMinBase = 5
	// flowFollows is the share of requests in which a line must follow another
	// for its absence to be news.
	flowFollows = .6
	// flowAlarm is the peak of the cumulative log likelihood ratio that makes
	// an alarm: a window has some 20,000 steps, and e^12 is eight times that.
	flowAlarm = 12
	// flowMinBad is the number of requests an alarm rests on.
	flowMinBad = 4
	// flowStatements bounds the kinds of line looked at in one request.
	flowStatements = 60
)

// Kinds of deviation, by what a service no longer does in requests.
const (
	flowMissing = "missing" // it logs one line, but not the one that follows
	flowStops   = "stops"   // it logs the line before a call, and nothing after it
	flowSilent  = "silent"  // it is called and logs nothing, its caller goes on
	flowSlow    = "slow"    // the step takes far longer than before
)

// statement is a line of a service by its kind.
type statement = onsetKey

// deviation is what changed in a service's part of the requests.
type deviation struct {
	service         string
	kind            string
	after, line     statement // the line before, and the one missing or late
	onset, earliest time.Time
	last            time.Time
	bad, all        int // requests from onset on
	baseBad, base   int // requests before the window
	limit           time.Duration
	score           float64
}

// flows holds the deviations of the services of one window, and which
// services enough requests show to say that they do not deviate.
type flows struct {
	by     map[string]deviation
	judged map[string]bool
}

// readFlows compares the requests of a window with earlier ones, statement by
// statement: which line no longer follows another, and which step takes longer.
// What a fault leaves out at level info shows where errors do not. The test
// is part D's CUSUM on the requests in order of time, with a binary outcome.
func readFlows(rows []FlowRow, ahead map[string]time.Duration, g Graph) flows {
	base, window, whole := flowTraces(rows, ahead)
	f := flows{by: map[string]deviation{}, judged: map[string]bool{}}
	if len(base) < flowMinBase || len(window) < flowMinBad {
		return f
	}
	k := learnFlow(base)
	var slow []deviation
	for _, p := range k.pairs() {
		seq, goesOn := k.outcomes(p, whole)
		f.judge(p, len(seq))
		d, ok := flowRise(seq, k.bad(p), k.seen[p.after])
		if !ok {
			continue
		}
		d.after, d.line = p.after, p.line
		d.service, d.kind = p.line.service, flowMissing
		if p.after.service != p.line.service && !g.calls(p.line.service, p.after.service) {
			d.kind = flowSilent
			if !goesOn {
				d.service, d.kind = p.after.service, flowStops
			}
		}
		f.keep(d)
	}
	late := k.slowOutcomes(window)
	for _, p := range k.steps() {
		seq := late[p]
		f.judge(p, len(seq))
		if d, ok := flowRise(seq, k.slowBefore(p), len(k.gaps[p])); ok {
			d.after, d.line, d.kind, d.limit = p.after, p.line, flowSlow, seconds(k.limit(p))
			slow = append(slow, d)
		}
	}
	for _, d := range blameSlow(slow, g) {
		f.keep(d)
	}
	return f
}

func (f flows) judge(p flowPair, n int) {
	if n >= flowMinBad {
		f.judged[p.after.service], f.judged[p.line.service] = true, true
	}
}

// keep holds the strongest deviation of a service, with its earliest onset.
func (f flows) keep(d deviation) {
	old, ok := f.by[d.service]
	if !ok {
		f.by[d.service] = d
		return
	}
	onset, earliest := d.onset, d.earliest
	if old.onset.Before(onset) {
		onset, earliest = old.onset, old.earliest
	}
	last := d.last
	if old.last.After(last) {
		last = old.last
	}
	if old.score >= d.score {
		d = old
	}
	d.onset, d.earliest, d.last = onset, earliest, last
	f.by[d.service] = d
}

// flowRise finds the run of requests in which a step went wrong more often
// than before: CUSUM of the log likelihood ratio of a share of three or eight
// in ten against the share before.
func flowRise(seq []outcome, baseBad, base int) (deviation, bool) {
	q0 := (float64(baseBad) + 1) / (float64(base) + 2) // few requests do not show what is rare
	var best deviation
	for _, q1 := range []float64{.3, .8} {
		if base < flowMinBase || q1 < 2*q0 {
			continue
		}
		up, down := math.Log(q1/q0), math.Log((1-q1)/(1-q0))
		s, start, bad := 0.0, 0, 0
		for i, o := range seq {
			if s <= 0 {
				s, start, bad = 0, i, 0
			}
			if !o.bad {
				s += down
				continue
			}
			if bad == 0 {
				start = i
			}
			bad++
			if s += up; s <= best.score || bad < flowMinBad || s < flowAlarm {
				continue
			}
			best = deviation{onset: seq[start].at, earliest: seq[start].at, last: o.at, bad: bad, all: i - start + 1,
				baseBad: baseBad, base: base, score: s}
			if start > 0 {
				best.earliest = seq[start-1].at
			}
		}
	}
	return best, best.score > 0
}

// blameSlow says whose late steps are. A step inside a service is its own. One
// between two services may be either's, or the way between them: the service
// that most of them have in common is named, else the one that is called.
func blameSlow(slow []deviation, g Graph) []deviation {
	left := append([]deviation{}, slow...)
	var out []deviation
	for len(left) > 0 {
		weight := map[string]float64{}
		for _, d := range left {
			weight[d.line.service] += d.score
			if d.after.service != d.line.service {
				weight[d.after.service] += d.score
			}
		}
		name := heaviest(weight, g)
		var rest []deviation
		for _, d := range left {
			if d.after.service != name && d.line.service != name {
				rest = append(rest, d)
				continue
			}
			d.service = name
			out = append(out, d)
		}
		left = rest
	}
	return out
}

// heaviest is the service of most weight; of equals one that the other calls.
func heaviest(weight map[string]float64, g Graph) string {
	names := make([]string, 0, len(weight))
	for s := range weight {
		names = append(names, s)
	}
	sort.Strings(names)
	name := names[0]
	for _, s := range names[1:] {
		const equal = 1.0001
		if weight[s] > equal*weight[name] || equal*weight[s] >= weight[name] && g.calls(name, s) {
			name = s
		}
	}
	return name
}
