package finding

import (
	"math"

	"almanac/internal/stat"
)

// recBaseline counts a subject's events and its service's volume per slot of
// one frame.
type recBaseline struct {
	f     *recFrame
	count []float64 // events before slot i
	load  []float64 // volume before slot i
	usual float64   // events per unit of volume outside the window judged
	top   func(v float64) float64
}

func (c *recCase) baseline(frame int) *recBaseline {
	f, lf := c.j.span.frames[frame], c.load.frames[frame]
	b := &recBaseline{f: f, count: make([]float64, f.slots()+1), load: lf.cum}
	for i, m := range c.series.minute {
		if at := f.minute(m) / recSlotMin; at >= 0 && at < f.slots() && lf.isSeen(at) {
			b.count[at+1] += c.series.count[i]
		}
	}
	for i := range f.slots() {
		b.count[i+1] += b.count[i]
	}
	mean := b.rate(0, f.slots())
	b.top = func(v float64) float64 { return 5 + 10*mean*v }
	if c.dense == nil {
		b.top = func(float64) float64 { return 1 }
	}
	return b
}

// rate is events per unit of volume in [a, z).
func (b *recBaseline) rate(a, z int) float64 {
	if c, v := b.in(a, z); v > 0 {
		return c / v
	}
	return 0
}

// outside sets the usual rate: of all days, the window left out.
func (b *recBaseline) outside(start, length int) {
	c, v := b.in(0, b.f.slots())
	for d := 0; d < b.f.days; d++ {
		a := max(0, d*recDaySlots+start)
		x, y := b.in(a, max(a, min(b.f.slots(), d*recDaySlots+start+length)))
		c, v = c-x, v-y
	}
	if b.usual = 0; v > 0 {
		b.usual = math.Max(0, c/v)
	}
}

func (b *recBaseline) in(a, z int) (count, load float64) {
	return b.count[z] - b.count[a], b.load[z] - b.load[a]
}

// isRaised says whether the window [a, z) holds significantly more events
// than the rest of its block (window and half an hour around it left out)
// makes likely at the same rate per unit of volume. The block's rate is
// steadied by half a block's worth of the usual rate.
func (b *recBaseline) isRaised(a, z int, k *recBlock) bool {
	if k == nil {
		return false
	}
	c, v := b.in(a, z)
	allC, allV := b.in(k.from, k.to)
	gapC, gapV := b.in(max(k.from, a-6), min(k.to, z+6))
	outC, outV := allC-gapC, allV-gapV
	if c < 2 || !(v > 0) || !(outV > 0) {
		return false
	}
	rate := (outC + 0.5*b.usual*outV) / (1.5 * outV)
	if expect := rate * v; c > 1.2*expect {
		return lnPoissonTail(int(c), expect) < math.Log(0.01)
	}
	return false
}

// lnPoissonTail is ln P(N >= k) of a Poisson count: its terms summed upwards
// from k, k being above the mean.
func lnPoissonTail(k int, mean float64) float64 {
	if float64(k) <= mean {
		return 0
	}
	if !(mean > 0) {
		return math.Inf(-1)
	}
	sum, term := 1.0, 1.0
	for j := k + 1; term > 1e-12*sum; j++ {
		term *= mean / float64(j)
		sum += term
	}
	return float64(k)*math.Log(mean) - mean - stat.LnFact(k) + math.Log(sum)
}

// recHits is a window judged day by day.
type recHits struct {
	due, hit []bool
	q        []float64 // chance of a hit that day
	isRate   bool      // hits are raised rates, not onsets
}

// mean is the mean chance over the due days of a list.
func (h *recHits) mean(days []int) float64 {
	sum, n := 0.0, 0
	for _, d := range days {
		if h.due[d] {
			sum += h.q[d]
			n++
		}
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}

// crowdedChance is the mean chance of a hit above which an onset in the
// window says little about the day, and the rate is asked instead.
const crowdedChance = 0.25

// judgeWindow gives each day's hit for the window [start, start+length) in
// slots of the day. Onsets decide where they are rare; for dense subjects and
// crowded windows the rate in the window against the rest of the day does,
// and its chance is measured on the same days at other hours.
func (c *recCase) judgeWindow(frame, start, length int, b *recBaseline) recHits {
	f := c.j.span.frames[frame]
	s := newRecShift(f, c.load.frames[frame], episodeOnsets(c.active, c.gap()), c.dense != nil)
	n := f.days
	h := recHits{due: make([]bool, n), hit: make([]bool, n), q: make([]float64, n)}
	b.outside(start, length)
	raised := make([]bool, n)
	var all []int
	for d := 1; d < n-1; d++ {
		a := d*recDaySlots + start
		k := s.block(d, ((start%recDaySlots)+recDaySlots)%recDaySlots, length)
		if start < 0 {
			k = s.block(d-1, start+recDaySlots, length)
		}
		if !s.isDue(a, a+length) || k == nil {
			continue
		}
		all = append(all, d)
		h.due[d], h.hit[d] = true, s.isHit(a, a+length)
		h.q[d] = s.chance(k, a, min(a+length, f.slots()), 0, recWeights)
		raised[d] = b.isRaised(a, a+length, k)
	}
	h.isRate = c.dense != nil || h.mean(all) > crowdedChance
	if !h.isRate {
		for _, d := range all {
			h.hit[d] = h.hit[d] || raised[d]
		}
		return h
	}
	chance := c.raisedElsewhere(s, b, all, start, length)
	for _, d := range all {
		h.hit[d], h.q[d] = raised[d], chance
	}
	return h
}

// raisedElsewhere is the share of windows of the same length at other hours
// of the same days that are raised: what chance alone gives.
func (c *recCase) raisedElsewhere(s *recShift, b *recBaseline, days []int, start, length int) float64 {
	step := max(length, recDaySlots/12)
	hits, n := 0, 0
	for _, d := range days {
		for at := start + length + step/2; at+length <= start+recDaySlots-step/2; at += step {
			day, slot := d, at
			if slot >= recDaySlots {
				slot -= recDaySlots // the same day's morning
			}
			if slot < 0 {
				continue
			}
			a := day*recDaySlots + slot
			k := s.block(day, slot, length)
			if !s.isDue(a, a+length) || k == nil {
				continue
			}
			n++
			if b.isRaised(a, a+length, k) {
				hits++
			}
		}
	}
	return (float64(hits) + 0.5) / (float64(n) + 1)
}
