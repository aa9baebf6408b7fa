package finding

import (
	"math"
	"sort"
	"time"

	"almanac/internal/stat"
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

// flowLine is one line of a request.
type flowLine struct {
	statement
	at time.Time
}

// flowTraces sorts lines into requests, each and all in order of time; clocks
// that are known to be ahead are set right. Whole are those of the window that
// had time to end before the rows do.
func flowTraces(rows []FlowRow, ahead map[string]time.Duration) (base, window, whole [][]flowLine) {
	at := map[string]int{}
	var list [][]flowLine
	var isBase []bool
	for _, r := range rows {
		if r.TraceID == "" || r.Service == "" {
			continue
		}
		i, ok := at[r.TraceID]
		if !ok {
			i = len(list)
			at[r.TraceID] = i
			list, isBase = append(list, nil), append(isBase, r.IsBase)
		}
		list[i] = append(list[i], flowLine{statement{r.Service, r.SignatureID}, r.TS.Add(-ahead[r.Service])})
	}
	for i, t := range list {
		sort.SliceStable(t, func(a, b int) bool { return t[a].at.Before(t[b].at) })
		if isBase[i] {
			base = append(base, t)
		} else {
			window = append(window, t)
		}
	}
	sort.SliceStable(window, func(a, b int) bool { return window[a][0].at.Before(window[b][0].at) })
	var took []float64
	for _, t := range base {
		took = append(took, t[len(t)-1].at.Sub(t[0].at).Seconds())
	}
	var end time.Time
	for _, t := range window {
		if last := t[len(t)-1].at; last.After(end) {
			end = last
		}
	}
	end = end.Add(-seconds(stat.Quantile(took, .95)))
	for _, t := range window {
		if !t[0].at.After(end) {
			whole = append(whole, t)
		}
	}
	return base, window, whole
}

// BaseRequests counts the requests of the time before a window.
func BaseRequests(rows []FlowRow) int {
	n, last := 0, ""
	for _, r := range rows {
		if r.IsBase && r.TraceID != last {
			n, last = n+1, r.TraceID
		}
	}
	return n
}

// flowPair is a line and one that usually comes after it.
type flowPair struct{ after, line statement }

// flowKnown is what earlier requests show.
type flowKnown struct {
	seen    map[statement]int         // requests with the line
	follows map[flowPair]int          // requests in which line comes after
	away    map[flowPair]int          // sum of the distances in lines
	gaps    map[flowPair][]float64    // seconds between neighbours
	limits  map[flowPair]float64      // cached
	near    map[statement][]statement // lines seen before a line
}

// edges of a request: first and last place of each kind of line.
func placesOf(t []flowLine) (order []statement, first, last map[statement]int) {
	first, last = map[statement]int{}, map[statement]int{}
	for i, l := range t {
		if _, ok := first[l.statement]; !ok {
			if len(order) == flowStatements {
				break
			}
			first[l.statement] = i
			order = append(order, l.statement)
		}
		last[l.statement] = i
	}
	return order, first, last
}

func learnFlow(base [][]flowLine) *flowKnown {
	k := &flowKnown{seen: map[statement]int{}, follows: map[flowPair]int{}, away: map[flowPair]int{},
		gaps: map[flowPair][]float64{}, limits: map[flowPair]float64{}, near: map[statement][]statement{}}
	for _, t := range base {
		order, first, last := placesOf(t)
		for _, a := range order {
			k.seen[a]++
			for _, b := range order {
				if a != b && last[b] > first[a] {
					p := flowPair{a, b}
					if k.follows[p] == 0 {
						k.near[b] = append(k.near[b], a)
					}
					k.follows[p]++
					k.away[p] += last[b] - first[a]
				}
			}
		}
		for p, x := range gapsOf(t) {
			k.gaps[p] = append(k.gaps[p], x.seconds)
		}
	}
	for p, x := range k.gaps {
		sort.Float64s(x)
		k.gaps[p] = x
	}
	return k
}

// flowGap is the longest time between two neighbours in one request.
type flowGap struct {
	at      time.Time
	seconds float64
}

func gapsOf(t []flowLine) map[flowPair]flowGap {
	out := map[flowPair]flowGap{}
	for i := 1; i < len(t); i++ {
		p := flowPair{t[i-1].statement, t[i].statement}
		if x := t[i].at.Sub(t[i-1].at).Seconds(); x >= out[p].seconds {
			out[p] = flowGap{t[i-1].at, x}
		}
	}
	return out
}

// pairs takes for each line the nearest one before it that foretells it: a
// request that breaks off is missing many lines, but only one after its
// nearest.
func (k *flowKnown) pairs() []flowPair {
	var out []flowPair
	for b, before := range k.near {
		best := 0.0
		share := func(a statement) float64 {
			if k.seen[a] < flowMinBase {
				return 0
			}
			return float64(k.follows[flowPair{a, b}]) / float64(k.seen[a])
		}
		for _, a := range before {
			best = math.Max(best, share(a))
		}
		if best < flowFollows {
			continue
		}
		var nearest statement
		distance := math.Inf(1)
		for _, a := range before {
			p := flowPair{a, b}
			if share(a) < math.Max(flowFollows, best-.1) {
				continue
			}
			d := float64(k.away[p]) / float64(k.follows[p])
			if d < distance || d == distance && lessStatement(a, nearest) {
				nearest, distance = a, d
			}
		}
		out = append(out, flowPair{nearest, b})
	}
	sortPairs(out)
	return out
}

// steps are the neighbours that enough requests show.
func (k *flowKnown) steps() []flowPair {
	var out []flowPair
	for p, x := range k.gaps {
		if len(x) >= flowMinBase {
			out = append(out, p)
		}
	}
	sortPairs(out)
	return out
}

func lessStatement(a, b statement) bool {
	return a.service < b.service || a.service == b.service && a.signature < b.signature
}

func sortPairs(p []flowPair) {
	sort.Slice(p, func(a, b int) bool {
		if p[a].line != p[b].line {
			return lessStatement(p[a].line, p[b].line)
		}
		return lessStatement(p[a].after, p[b].after)
	})
}

func (k *flowKnown) bad(p flowPair) int { return k.seen[p.after] - k.follows[p] }

// limit is what a step seldom took before: three times the 90th percentile
// and a twentieth of a second more than it, in seconds.
func (k *flowKnown) limit(p flowPair) float64 {
	if l, ok := k.limits[p]; ok {
		return l
	}
	q := stat.Quantile(k.gaps[p], .9)
	k.limits[p] = math.Max(3*q, q+.05)
	return k.limits[p]
}

func (k *flowKnown) slowBefore(p flowPair) int {
	x := k.gaps[p]
	return len(x) - sort.SearchFloat64s(x, math.Nextafter(k.limit(p), math.Inf(1)))
}

// outcome is one request seen at a step: whether it went wrong.
type outcome struct {
	at  time.Time
	bad bool
}

// outcomes says for each request with the line before whether the line came,
// and whether the service of the line before goes on where it did not.
func (k *flowKnown) outcomes(p flowPair, window [][]flowLine) (seq []outcome, goesOn bool) {
	bad, on := 0, 0
	for _, t := range window {
		from := -1
		came, went := false, false
		for i, l := range t {
			switch {
			case from < 0 && l.statement == p.after:
				from = i
			case from >= 0 && l.statement == p.line:
				came = true
			case from >= 0 && l.service == p.after.service && l.statement != p.after:
				went = true
			}
		}
		if from < 0 {
			continue
		}
		seq = append(seq, outcome{t[from].at, !came})
		if !came {
			bad++
			if went {
				on++
			}
		}
	}
	return seq, 2*on > bad
}

// slowOutcomes says of every step in the window and each request with it
// whether it took longer than it seldom did before.
func (k *flowKnown) slowOutcomes(window [][]flowLine) map[flowPair][]outcome {
	out := map[flowPair][]outcome{}
	for _, t := range window {
		for p, x := range gapsOf(t) {
			if len(k.gaps[p]) >= flowMinBase {
				out[p] = append(out[p], outcome{x.at, x.seconds > k.limit(p)})
			}
		}
	}
	for _, seq := range out {
		sort.SliceStable(seq, func(a, b int) bool { return seq[a].at.Before(seq[b].at) })
	}
	return out
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
