package finding

import (
	"math"
	"sort"
	"time"

	"almanac/internal/stat"
)

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
