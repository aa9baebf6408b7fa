package finding

import (
	"math"
	"sort"

	"almanac/internal/stat"
)

// Free-running timers slower than six hours have too few intervals a day for
// the test per day; these, up to two days, are searched over the whole span.
const (
	minSlow     = maxInterval + 1
	maxSlow     = 2 * recDayMin
	minSlowHits = 8
	// onClock is how near a day a slow timer may not come, minutes: such a one
	// is a window that drifts (describeDrift), or a daily job.
	onClock = 10
)

// slowTimer is a line through onsets: origin + k x period, minutes of a frame.
type slowTimer struct {
	lnP                 float64
	origin, period, tol float64
	share               float64 // of the onsets on the line
}

// scanSlow finds "every 7 h 13 min": intervals within N+-N/20 against the two
// side bands of the same width (binomial, 1/3), as for the faster timers. An
// outage of days or two jobs a day have such intervals too; a timer also
// keeps one line through half of its onsets and half of its cycles, and that
// line does not come round to the same hour of the day.
func scanSlow(f *recFrame, on []int64) slowTimer {
	var best slowTimer
	if len(on) < minSlowHits {
		return best
	}
	gaps := make([]int, 0, len(on))
	for i := 1; i < len(on); i++ {
		gaps = append(gaps, int(on[i]-on[i-1]))
	}
	sort.Ints(gaps)
	between := func(a, z int) int { return sort.SearchInts(gaps, z+1) - sort.SearchInts(gaps, a) }
	at, tried := 0, 0
	for n := minSlow; n <= maxSlow; n += n / 40 {
		tried++
		w := n / 20
		in := between(n-w, n+w)
		out := between(n-3*w-1, n-w-1) + between(n+w+1, n+3*w+1)
		if in < minSlowHits || 2*in < len(gaps)/2 {
			continue
		}
		if lnP := stat.LnBinomialTail(in+out, in, 1.0/3); lnP < best.lnP {
			best.lnP, at = lnP, n
		}
	}
	if at == 0 {
		return slowTimer{}
	}
	best.lnP += math.Log(float64(tried) / weightSlow)
	if best.lnP >= 0 || !best.fit(f, on, at) {
		return slowTimer{}
	}
	return best
}

// fit lays the line through the onsets, starting from intervals of about n
// minutes; false where it holds too few of them or is on the clock.
func (t *slowTimer) fit(f *recFrame, on []int64, n int) bool {
	w := float64(n) / 20
	var near []float64
	for i := 1; i < len(on); i++ {
		if g := float64(on[i] - on[i-1]); math.Abs(g-float64(n)) <= w {
			near = append(near, g)
		}
	}
	step := stat.Median(near)
	var cycle, at []float64
	k, last := 0.0, int64(-1)
	for i, m := range on {
		if last < 0 {
			if i+1 < len(on) && math.Abs(float64(on[i+1]-m)-step) <= w {
				last = m
				cycle, at = append(cycle, 0), append(at, float64(f.minute(m)))
			}
			continue
		}
		if c := math.Round(float64(m-last) / step); c >= 1 && math.Abs(float64(m-last)-c*step) <= w/2+c {
			k, last = k+c, m
			cycle, at = append(cycle, k), append(at, float64(f.minute(m))-k*recDayMin)
		}
	}
	if len(cycle) < minSlowHits {
		return false
	}
	var hits int
	t.origin, t.period, t.tol, hits = followDrift(f, on, cycle, at, recDayMin+lineSlope(cycle, at))
	cycles := float64(on[len(on)-1]-on[0])/t.period + 1
	t.share = float64(hits) / float64(len(on))
	return hits >= minSlowHits && 2*hits >= len(on) && 2*float64(hits) >= cycles && !isOnClock(t.period)
}

// lineSlope is the least-squares slope of y on x.
func lineSlope(x, y []float64) float64 {
	var mx, my, sxx, sxy float64
	for i := range x {
		mx, my = mx+x[i]/float64(len(x)), my+y[i]/float64(len(x))
	}
	for i := range x {
		sxx += (x[i] - mx) * (x[i] - mx)
		sxy += (x[i] - mx) * (y[i] - my)
	}
	if !(sxx > 0) {
		return 0
	}
	return sxy / sxx
}

// isOnClock says whether a period comes round to the same hour within days.
func isOnClock(period float64) bool {
	if math.Abs(period-recDayMin) <= onClock {
		return true
	}
	for i := 1.0; i <= 5; i++ {
		if days := math.Round(i * period / recDayMin); days >= 1 && math.Abs(i*period-days*recDayMin) < i/2 {
			return true
		}
	}
	return false
}

// describeSlow tells of a slow timer cycle by cycle, on UTC: a timer knows no
// clock changes.
func (c *recCase) describeSlow(st *recStory) bool {
	last := len(c.j.span.frames) - 1
	on := episodeOnsets(c.active, c.gap())
	t := scanSlow(c.j.span.frames[last], on)
	if t.lnP >= 0 {
		return false
	}
	st.frame, st.found.frame = c.j.span.frames[last], last
	return c.fillDrift(st, on, t.origin, t.period, t.tol, c.baseline(last))
}
