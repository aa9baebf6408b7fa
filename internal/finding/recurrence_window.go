package finding

import (
	"math"

	"almanac/internal/stat"
)

// refine sets the reported window: where hits are single onsets, per hit day
// the chain of active minutes that meets the window, 10th percentile of the
// starts and 90th of the ends, outward to 5 minutes; where hits are rates or
// runs of minutes, the stretch above half height of the rate over the hit
// days, which a stray error before the window does not widen.
func (c *recCase) refine(st *recStory, h recHits, days []int, b *recBaseline) bool {
	x := st.found
	if h.isRate {
		st.start, st.end = halfHeight(st.frame, b, h, days, x.start, x.length)
		return true
	}
	var from, to, active []float64
	for _, d := range days {
		if !h.hit[d] {
			continue
		}
		a := st.frame.instant(d, (x.start-1)*recSlotMin).Unix() / 60
		z := st.frame.instant(d, (x.start+x.length+1)*recSlotMin).Unix() / 60
		i, k, ok := activeChain(c.active, a, z)
		if !ok {
			continue
		}
		active = append(active, float64(k-i+1))
		from = append(from, float64(st.frame.minute(c.active[i])-d*recDayMin))
		to = append(to, float64(st.frame.minute(c.active[k])-d*recDayMin+1))
	}
	if len(from) == 0 {
		return false
	}
	if stat.Median(active) >= 4 {
		st.start, st.end = halfHeight(st.frame, b, h, days, x.start, x.length)
		return true
	}
	st.start = int(math.Floor(stat.Quantile(from, 0.1)/recSlotMin)) * recSlotMin
	st.end = int(math.Ceil(stat.Quantile(to, 0.9)/recSlotMin)) * recSlotMin
	return st.end > st.start
}

// halfHeight grows the window from its place while the rate per volume,
// summed over the hit days and smoothed over three slots, stays above the
// middle between outside and inside. Dips of two slots are bridged. One bad
// slot of one day counts no more than the baseline's top.
func halfHeight(f *recFrame, b *recBaseline, h recHits, days []int, start, length int) (from, to int) {
	rate := func(slot, width int) float64 {
		c, v := 0.0, 0.0
		for _, d := range days {
			for i := 0; i < width; i++ {
				if a := d*recDaySlots + slot + i; h.hit[d] && a >= 0 && a < f.slots() {
					x, y := b.in(a, a+1)
					c, v = c+math.Min(x, b.top(y)), v+y
				}
			}
		}
		if v <= 0 {
			return 0
		}
		return c / v
	}
	var inside, outside []float64
	for s := start - recDaySlots/2; s < start+recDaySlots/2; s++ {
		if s >= start && s < start+length {
			inside = append(inside, rate(s-1, 3))
		} else {
			outside = append(outside, rate(s-1, 3))
		}
	}
	out := stat.Median(outside)
	cut := out + 0.5*(stat.Quantile(inside, 0.75)-out)
	a, z := start, start+length
	for a < z-1 && rate(a, 1) <= cut && rate(a-1, 3) <= cut {
		a++
	}
	for z > a+1 && rate(z-1, 1) <= cut && rate(z-2, 3) <= cut {
		z--
	}
	for n := 0; n < 3 && a-n > start-recDaySlots/2; {
		if n++; rate(a-n, 1) > cut && rate(a-n-1, 3) > cut {
			a, n = a-n, 0
		}
	}
	for n := 0; n < 3 && z+n < start+recDaySlots/2; {
		if n++; rate(z+n-1, 1) > cut && rate(z+n-2, 3) > cut {
			z, n = z+n, 0
		}
	}
	return a * recSlotMin, z * recSlotMin
}
