package finding

import (
	"math"

	"almanac/internal/stat"
)

// recPeriods are the divisors of a day that people and schedulers use.
var recPeriods = [...]int{5, 10, 12, 15, 16, 18, 20, 24, 30, 32, 36, 40, 45, 48, 60, 72, 80, 90, 96, 120, 144, 160, 180, 240}

// recPhaseWindows are the widths of a phase, minutes; at most a quarter of
// the period is used.
var recPhaseWindows = [...]int{1, 2, 3, 5, 10}

// recPhaseCount is the number of (period, width, phase) combinations tried.
var recPhaseCount = func() (n float64) {
	for _, p := range recPeriods {
		for _, l := range recPhaseWindows {
			if 4*l <= p {
				n += float64(p)
			}
		}
	}
	return n
}()

// recCycles is a subject's minutes per day of a frame, merged when adjacent.
type recCycles struct {
	days [][]int // minute onsets of each day, 0-1439
	all  int
}

func newRecCycles(f *recFrame, lf *recLoadFrame, utc []int64) recCycles {
	c := recCycles{days: make([][]int, f.days)}
	for _, m := range episodeOnsets(utc, 1) {
		at := f.minute(m)
		if at >= 0 && at < f.slots()*recSlotMin && lf.isSeen(at/recSlotMin) {
			c.days[at/recDayMin] = append(c.days[at/recDayMin], at%recDayMin)
			c.all++
		}
	}
	return c
}

// phaseStarts marks the minutes x of a day such that an onset lies in [x, x+width).
func phaseStarts(onset []int, width int, mark *[recDayMin]bool, list []int) []int {
	list = list[:0]
	for _, m := range onset {
		for x := m - width + 1; x <= m; x++ {
			at := (x + recDayMin) % recDayMin
			if !mark[at] {
				mark[at] = true
				list = append(list, at)
			}
		}
	}
	for _, x := range list {
		mark[x] = false
	}
	return list
}

// scanPeriods finds "every P minutes on the clock". T(phase) is the number of
// cycles of a day hit at a phase; null: one uniform phase per day, so that a
// retry every ten minutes inside one outage is one coincidence. The tail of
// the sum over days is bounded by Chernoff. Among the significant ones the
// one that explains most of the onsets beyond its share of time is reported,
// not the smallest p: multiples of the true period have smaller ones.
func (c *recCycles) scanPeriods(limit float64) recFound {
	best := recFound{how: howPeriod, class: -1}
	bestGain := math.Inf(-1)
	if c.all < 6 {
		return best
	}
	var mark [recDayMin]bool
	var list []int
	minP := 0.0
	for _, width := range recPhaseWindows {
		lists := make([][]int, 0, len(c.days))
		for _, d := range c.days {
			list = phaseStarts(d, width, &mark, list)
			lists = append(lists, append([]int(nil), list...))
		}
		for _, period := range recPeriods {
			if 4*width > period {
				continue
			}
			phase, lnP := phaseTail(lists, period)
			lnP += math.Log(recPhaseCount / weightPeriods)
			if lnP >= limit || !c.spread(period, phase, width) {
				continue
			}
			minP = math.Min(minP, lnP)
			share := c.explained(period, phase, width)
			if gain := share - float64(width)/float64(period); gain > bestGain {
				bestGain, best.share = gain, share
				best.lnP, best.start, best.length, best.period = lnP, phase, width, period
			}
		}
	}
	best.lnP = minP
	return best
}

// phaseTail gives the phase with most hits and the Chernoff bound of ln p.
func phaseTail(lists [][]int, period int) (int, float64) {
	sum := make([]float64, period)
	t := make([]float64, period)
	// hist[d] is the distribution of T over the phases of day d.
	var hist [][]float64
	for _, l := range lists {
		if len(l) == 0 {
			continue
		}
		clear(t)
		top := 0.0
		for _, x := range l {
			t[x%period]++
			sum[x%period]++
			top = math.Max(top, t[x%period])
		}
		h := make([]float64, int(top)+1)
		for _, v := range t {
			h[int(v)] += 1 / float64(period)
		}
		hist = append(hist, h)
	}
	phase := 0
	for x, v := range sum {
		if v > sum[phase] {
			phase = x
		}
	}
	return phase, chernoff(hist, sum[phase])
}

// chernoff bounds ln P(sum of T >= s), T independent with the distributions
// hist: the minimum over t >= 0 of sum ln E exp(tT) - ts. The function is
// convex; golden section to a relative step of 1e-3 loses nothing that counts.
func chernoff(hist [][]float64, s float64) float64 {
	at := func(t float64) float64 {
		v := -t * s
		for _, h := range hist {
			// Taken from the top count down: e^(tk) itself overflows on a day with
			// hundreds of cycles.
			top := len(h) - 1
			e, w, step := 0.0, 1.0, math.Exp(-t)
			for k := top; k >= 0; k-- {
				e += h[k] * w
				w *= step
			}
			v += t*float64(top) + math.Log(e)
		}
		return v
	}
	mean, variance := 0.0, 0.0
	for _, h := range hist {
		m := 0.0
		for k, p := range h {
			m += float64(k) * p
			variance += float64(k*k) * p
		}
		mean, variance = mean+m, variance-m*m
	}
	// Under 3.5 standard deviations no tail survives the correction.
	if s <= mean+1 || s-mean < 3.5*math.Sqrt(math.Max(0, variance)) {
		return 0
	}
	return math.Min(0, stat.LeastConvex(at, 0, 8, 25))
}

// inPhase says whether minute m of the day lies in the phase window.
func inPhase(m, period, phase, width int) bool {
	return (m-phase+recDayMin)%period < width
}

// spread says whether at least three quarters of the day's cycle positions
// have half the mean hits or more: else 09:00 and 17:00 are "every 4 hours".
func (c *recCycles) spread(period, phase, width int) bool {
	n := recDayMin / period
	hits := make([]float64, n)
	total := 0.0
	for _, d := range c.days {
		last := -1
		for _, m := range d {
			if k := ((m - phase + recDayMin) % recDayMin) / period; inPhase(m, period, phase, width) && k != last {
				hits[k]++
				total++
				last = k
			}
		}
	}
	ok := 0
	for _, h := range hits {
		if h >= 0.5*total/float64(n) {
			ok++
		}
	}
	return 4*ok >= 3*n
}

// explained is the share of onsets in the phase window.
func (c *recCycles) explained(period, phase, width int) float64 {
	in := 0
	for _, d := range c.days {
		for _, m := range d {
			if inPhase(m, period, phase, width) {
				in++
			}
		}
	}
	return float64(in) / float64(max(1, c.all))
}

// Free-running timers of 6 to 360 minutes are searched.
const (
	minInterval = 6
	maxInterval = 360
)

// scanIntervals finds "every N minutes" of a timer that is not on the clock:
// per day the intervals within N+-w, w = max(1, N/20), against the two side
// bands of the same width (binomial, 1/3); a day supports N at p < 0.01, and
// the observed days that support it are binomial(n, 0.01). A timer runs round
// the clock, on a fifth of the days at least, each for a third of what was
// observed: retries inside outages do not, however many outages there are.
func (c *recCycles) scanIntervals(lf *recLoadFrame) recFound {
	best := recFound{how: howInterval, class: -1}
	var hist [maxInterval * 2]int
	var support, sure [maxInterval + 1]int
	days, all := 0, 0
	for day, d := range c.days {
		seen := int(lf.seen[(day+1)*recDaySlots]-lf.seen[day*recDaySlots]) * recSlotMin
		if seen > 0 {
			days++
		}
		if len(d) < 2 {
			continue
		}
		all += len(d) - 1
		clear(hist[:])
		for i := 1; i < len(d); i++ {
			if g := d[i] - d[i-1]; g > 0 && g < len(hist) {
				hist[g]++
			}
		}
		for n := minInterval; n <= maxInterval; n++ {
			w := max(1, n/20)
			in, out := 0, 0
			for g := n - w; g <= n+w; g++ {
				in += hist[g]
			}
			if in < 4 || 3*in*n < seen {
				continue
			}
			for g := 1; g <= 2*w+1; g++ {
				if lo := n - w - g; lo > 0 {
					out += hist[lo]
				}
				if hi := n + w + g; hi < len(hist) {
					out += hist[hi]
				}
			}
			if stat.LnBinomialTail(in+out, in, 1.0/3) < math.Log(0.01) {
				support[n]++
				sure[n] += in
			}
		}
	}
	top := 0
	for n := minInterval; n <= maxInterval; n++ {
		if support[n] < recMinClassDays || 5*support[n] < days {
			continue
		}
		lnP := stat.LnBinomialTail(days, support[n], 0.01) + math.Log((maxInterval-minInterval+1)/weightInterval)
		if lnP < best.lnP && (lnP < best.lnP-1 || sure[n] > top) {
			best.lnP, best.period, top = lnP, n, sure[n]
			best.share = float64(sure[n]) / float64(max(1, all))
		}
	}
	return best
}

// scanAnyHour finds a weekday on which something happens at no fixed hour:
// per-day chance of a hit 1-exp(-rho V), rho such that the chances sum to the
// days hit; V volume, or 1; the larger chance counts.
func (s *recShift) scanAnyHour() recFound {
	best := recFound{how: howAnyHour, class: -1}
	n := s.f.days
	var day []int
	hit := map[int]bool{}
	hits := 0
	for d := 1; d < n-1; d++ {
		a := d * recDaySlots
		if s.isDue(a, a+recDaySlots) {
			day = append(day, d)
			if s.isHit(a, a+recDaySlots) {
				hit[d] = true
				hits++
			}
		}
	}
	if hits < recMinClassDays || hits == len(day) {
		return best
	}
	chance := make([]float64, len(day))
	for w := 0; w < 2; w++ {
		v, mean := make([]float64, len(day)), 0.0
		for i, d := range day {
			v[i] = s.cum[w][(d+1)*recDaySlots] - s.cum[w][d*recDaySlots]
			if w == 0 {
				v[i] = 1
			}
			mean += v[i] / float64(len(day))
		}
		rho := solveRho(v, mean, float64(hits))
		for i := range chance {
			chance[i] = math.Max(chance[i], 1-math.Exp(-rho*v[i]/mean))
		}
	}
	for dow := 1; dow <= 7; dow++ {
		var q []float64
		k := 0
		for i, d := range day {
			if isoDow(s.f.date(d)) == dow {
				q = append(q, chance[i])
				if hit[d] {
					k++
				}
			}
		}
		if k < recMinClassDays {
			continue
		}
		if lnP := stat.LnPoissonBinomialTail(q, k) + math.Log(7/weightAnyHour); lnP < best.lnP {
			best.lnP, best.dow, best.start, best.length = lnP, dow, 0, recDaySlots
		}
	}
	return best
}

// solveRho finds rho with sum of 1-exp(-rho v/mean) = hits, by bisection.
func solveRho(v []float64, mean, hits float64) float64 {
	if !(mean > 0) {
		return 0
	}
	sum := func(r float64) (t float64) {
		for _, x := range v {
			t += 1 - math.Exp(-r*x/mean)
		}
		return t
	}
	low, high := 0.0, 1.0
	for sum(high) < hits && high < 1e6 {
		high *= 2
	}
	for range 50 {
		if m := (low + high) / 2; sum(m) < hits {
			low = m
		} else {
			high = m
		}
	}
	return (low + high) / 2
}
