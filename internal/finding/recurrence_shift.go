package finding

import (
	"math"
	"sort"

	"almanac/internal/stat"
)

// The day-shift test. Null: on each day the onsets keep their spacing, but
// the day is circularly shifted by an independent uniform amount in
// operational time, that is in cumulative weight. A window that holds the
// share l of the day's weight is then hit with chance
//
//	q(l) = min(1, sum over gaps of min(gap, l))
//
// exactly, gaps being the circular gaps between the day's onsets. Three
// weights are tried (observation, volume, a rising function of volume) and q
// is the largest: the test is valid if any of the three nulls is true.

// recWeights is the number of weights of operational time.
const recWeights = 3

// recWindows are the lengths scanned, in slots.
var recWindows = [...]int{1, 2, 3, 6, 12, 24, 36}

// recWindowCount is the number of windows scanned in a day, the factor of
// Bonferroni inside a class.
const recWindowCount = recDaySlots * len(recWindows)

// recShift is a subject's onsets laid over one frame.
type recShift struct {
	f      *recFrame
	lf     *recLoadFrame
	onset  []int   // minutes since the midnight of day 0, rising, observed slots only
	before []int32 // onsets before slot i
	cum    [recWeights][]float64
	noon   []recBlock
	night  []recBlock
	weeks  [2][]recBlock
}

// recBlock is a stretch of time inside which onsets are shifted.
type recBlock struct {
	from, to int // slots
	total    [recWeights]float64
	gaps     [recWeights][]float64 // rising
	sums     [recWeights][]float64 // of the first i gaps
}

// newRecShift lays onsets (UTC minutes) over a frame. For a dense subject the
// rate per level of load is free, else it may only rise with load.
func newRecShift(f *recFrame, lf *recLoadFrame, utc []int64, dense bool) *recShift {
	s := &recShift{f: f, lf: lf, before: make([]int32, f.slots()+1)}
	for _, m := range utc {
		at := f.minute(m)
		if at >= 0 && at < f.slots()*recSlotMin && lf.isSeen(at/recSlotMin) {
			s.onset = append(s.onset, at)
		}
	}
	sort.Ints(s.onset) // an hour met twice may disorder them
	per := make([]int32, f.slots())
	for _, m := range s.onset {
		per[m/recSlotMin]++
	}
	for i, c := range per {
		s.before[i+1] = s.before[i] + c
	}
	s.weigh(per, dense)
	s.night = s.blocks(0, recDaySlots)
	s.noon = s.blocks(recDaySlots/2, recDaySlots)
	return s
}

// weigh fills the cumulative weights: observed slots, volume, and volume
// through the onsets per level of load (2 pseudo-onsets spread over all).
func (s *recShift) weigh(per []int32, dense bool) {
	var hits, slots [recLevels]float64
	total := 0.0
	for i, k := range s.lf.bin {
		if k >= 0 {
			hits[k] += float64(per[i])
			slots[k]++
			total++
		}
	}
	rate := make([]float64, recLevels)
	for k := range rate {
		if slots[k] > 0 {
			rate[k] = (hits[k] + 2*slots[k]/total) / slots[k]
		}
	}
	if !dense {
		rate = isotonicSeen(rate, slots[:])
	}
	n := len(per)
	flat, iso := make([]float64, n+1), make([]float64, n+1)
	for i, k := range s.lf.bin {
		flat[i+1], iso[i+1] = flat[i], iso[i]
		if k >= 0 {
			flat[i+1]++
			iso[i+1] += rate[k]
		}
	}
	s.cum = [recWeights][]float64{flat, s.lf.cum, iso}
}

// isotonicSeen is the isotonic fit over the levels that have slots.
func isotonicSeen(rate, slots []float64) []float64 {
	var y, w []float64
	for k := range rate {
		if slots[k] > 0 {
			y, w = append(y, rate[k]), append(w, slots[k])
		}
	}
	y = stat.Isotonic(y, w)
	out, i := make([]float64, len(rate)), 0
	for k := range rate {
		if slots[k] > 0 {
			out[k] = y[i]
			i++
		}
	}
	return out
}

// blocks cuts the frame into blocks of length slots from a slot on and takes
// the circular gaps of the onsets inside each.
func (s *recShift) blocks(from, length int) []recBlock {
	var out []recBlock
	for b := from; b < s.f.slots(); b += length {
		out = append(out, s.blocksTo(b, b+length))
	}
	return out
}

// gaps are the circular gaps of onsets in shares of the block's weight, in
// rising order, and their running sums.
func (s *recShift) gaps(w int, onset []int, from int, total float64) (gaps, sums []float64) {
	n := len(onset)
	if n == 0 || !(total > 0) {
		return nil, nil
	}
	all := make([]float64, 3*n+1)
	u, gaps, sums := all[:n], all[n:2*n], all[2*n:]
	for i, m := range onset {
		at := m / recSlotMin
		in := float64(m%recSlotMin) / recSlotMin
		u[i] = (s.cum[w][at] + in*(s.cum[w][at+1]-s.cum[w][at]) - s.cum[w][from]) / total
	}
	for i := range u {
		if i+1 < len(u) {
			gaps[i] = u[i+1] - u[i]
		} else {
			gaps[i] = 1 - u[i] + u[0]
		}
	}
	sort.Float64s(gaps)
	for i, g := range gaps {
		sums[i+1] = sums[i] + g
	}
	return gaps, sums
}

// chance is q of a window [a, b) of slots inside block k: the largest over the
// weights from..to-1.
func (s *recShift) chance(k *recBlock, a, b, from, to int) float64 {
	q := 0.0
	for w := from; w < to; w++ {
		g := k.gaps[w]
		if len(g) == 0 {
			continue
		}
		l := (s.cum[w][b] - s.cum[w][a]) / k.total[w]
		i, j := 0, len(g)
		for i < j {
			if h := (i + j) / 2; g[h] < l {
				i = h + 1
			} else {
				j = h
			}
		}
		if x := k.sums[w][i] + float64(len(g)-i)*l; x > q {
			q = x
		}
	}
	return math.Min(1, q)
}

// block gives the block in which a window of day d is judged: the midnight
// block for windows centred between 06 and 18, else the noon block.
func (s *recShift) block(d, start, length int) *recBlock {
	a := d*recDaySlots + start
	centre := (2*start + length) % (2 * recDaySlots)
	if centre >= recDaySlots/2 && centre < 3*recDaySlots/2 {
		return &s.night[a/recDaySlots]
	}
	i := (a + length/2 - recDaySlots/2) / recDaySlots
	if a+length/2 < recDaySlots/2 || i >= len(s.noon) {
		return nil
	}
	return &s.noon[i]
}

// isDue says whether at least half of the window [a, b) was observed.
func (s *recShift) isDue(a, b int) bool {
	return a >= 0 && b <= s.f.slots() && 2*int(s.lf.seen[b]-s.lf.seen[a]) >= b-a
}

// isHit says whether an onset lies in [a, b).
func (s *recShift) isHit(a, b int) bool { return s.before[b] > s.before[a] }

// recFound is the best window of a scan: p adjusted for everything tried.
type recFound struct {
	lnP    float64 // ln of the adjusted p-value
	how    string  // the calendar it was found by, one of the how constants
	class  int     // index of the class, -1 where not of a class
	dow    int     // ISO weekday, for week blocks and any-hour
	frame  int     // index in recSpan.frames
	start  int     // slot of the day, or phase in minutes of a period
	length int     // slots, or minutes of a period
	period int     // minutes
	share  float64 // of the onsets (intervals) that a period (timer) explains
}

const (
	howDay      = "day"
	howWeek     = "week"
	howElevated = "elevated"
	howPeriod   = "period"
	howInterval = "interval"
	howSlow     = "slow timer"
	howAnyHour  = "any hour"
)

// scanDays finds the best of all windows and classes by the day-shift test
// under the first weights weights. share scales the classes' prior weights.
func (s *recShift) scanDays(classes []recClass, weights int, share float64) recFound {
	best := recFound{lnP: 0, how: howDay, class: -1}
	n := s.f.days
	due, hit := make([]bool, n), make([]bool, n)
	q, buf := make([]float64, n), make([]float64, 0, n)
	for _, length := range recWindows {
		for start := 0; start < recDaySlots; start++ {
			hits := 0
			for d := 1; d < n-1; d++ {
				a := d*recDaySlots + start
				due[d] = s.isDue(a, a+length)
				hit[d] = due[d] && s.isHit(a, a+length)
				if hit[d] {
					hits++
				}
			}
			if hits < recMinClassDays {
				continue
			}
			for d := 1; d < n-1; d++ {
				q[d] = 0
				if !due[d] {
					continue
				}
				k := s.block(d, start, length)
				if k == nil {
					due[d], hit[d] = false, false
					continue
				}
				q[d] = s.chance(k, d*recDaySlots+start, d*recDaySlots+start+length, 0, 1)
			}
			// The flat weight alone bounds the tail from below: most windows
			// end here.
			if !anyStandsOut(classes, due, hit, q) {
				continue
			}
			for d := 1; d < n-1 && weights > 1; d++ {
				if due[d] {
					a := d*recDaySlots + start
					q[d] = math.Max(q[d], s.chance(s.block(d, start, length), a, a+length, 1, weights))
				}
			}
			for c := range classes {
				lnP := classTail(classes[c].days, due, hit, q, buf)
				lnP += math.Log(float64(recWindowCount) / (classes[c].weight * share))
				if lnP < best.lnP {
					best.lnP, best.class, best.start, best.length = lnP, c, start, length
				}
			}
		}
	}
	return best
}

// anyStandsOut says whether the hits of any class are three standard
// deviations above their mean.
func anyStandsOut(classes []recClass, due, hit []bool, q []float64) bool {
	for c := range classes {
		k, mean, variance := 0, 0.0, 0.0
		for _, d := range classes[c].days {
			if due[d] {
				if hit[d] {
					k++
				}
				mean += q[d]
				variance += q[d] * (1 - q[d])
			}
		}
		if x := float64(k) - mean; k >= recMinClassDays && x > 0 && x*x >= 9*variance {
			return true
		}
	}
	return false
}

// classTail is ln P(K >= hits) over the due days of a class; 0 where there is
// too little to say or the count is plainly ordinary (under 3 standard
// deviations no tail reaches 1e-5, and less is lost in the correction).
func classTail(days []int, due, hit []bool, q, buf []float64) float64 {
	buf = buf[:0]
	k, mean, variance := 0, 0.0, 0.0
	for _, d := range days {
		if !due[d] {
			continue
		}
		if hit[d] {
			k++
		}
		buf = append(buf, q[d])
		mean += q[d]
		variance += q[d] * (1 - q[d])
	}
	if k < recMinClassDays || float64(k)-mean < 3*math.Sqrt(variance) {
		return 0
	}
	return stat.LnPoissonBinomialTail(buf, k)
}
