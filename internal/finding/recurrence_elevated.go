package finding

import (
	"math"
	"sort"

	"almanac/internal/stat"
)

// recRankShares are the shares of a day's windows that count as its top.
var recRankShares = [...]float64{0.05, 0.15}

// recLongWindows are the lengths in which a dense subject's level is
// compared, in slots.
var recLongWindows = [...]int{6, 12, 24, 36}

// scanElevated finds a regular rise of something that is always there. Per
// whole day (nine tenths observed) the windows are ranked by their excess
// over the day's own level; a hit is a window among the top share of its day
// and above z = 1. Under the day-shift null its chance is at most that share,
// so the days hit are binomial.
func scanElevated(f *recFrame, lf *recLoadFrame, d *denseSeries, span *recSpan, classes []recClass) recFound {
	best := recFound{how: howElevated, class: -1}
	n := f.days
	count, mean := make([]float64, f.slots()), make([]float64, f.slots())
	for i := range d.count {
		if at := f.minute(span.from+int64(i)*recSlotMin) / recSlotMin; at >= 0 && at < len(count) && d.mean[i] > 0 {
			count[at] += d.count[i]
			mean[at] += d.mean[i]
		}
	}
	whole := make([]bool, n)
	for _, length := range recLongWindows {
		var hit [len(recRankShares)][]bool
		for a := range hit {
			hit[a] = make([]bool, recDaySlots*n)
		}
		for day := 1; day < n-1; day++ {
			at := day * recDaySlots
			whole[day] = 10*int(lf.seen[at+recDaySlots]-lf.seen[at]) >= 9*recDaySlots
			if whole[day] {
				rankDay(count[at:at+recDaySlots], mean[at:at+recDaySlots], d.phi, length, day, n, &hit)
			}
		}
		for a, share := range recRankShares {
			for c := range classes {
				for start := 0; start < recDaySlots; start++ {
					k, m := 0, 0
					for _, day := range classes[c].days {
						if whole[day] {
							m++
							if hit[a][start*n+day] {
								k++
							}
						}
					}
					if k < recMinClassDays || float64(k) < share*float64(m)+1 {
						continue
					}
					lnP := stat.LnBinomialTail(m, k, share)
					lnP += math.Log(float64(recDaySlots*len(recLongWindows)*len(recRankShares)) / (classes[c].weight / 2))
					if lnP < best.lnP {
						best.lnP, best.class, best.start, best.length = lnP, c, start, length
					}
				}
			}
		}
	}
	return best
}

// rankDay marks the windows of one day that are among its top shares.
func rankDay(count, mean []float64, phi float64, length, day, n int, hit *[len(recRankShares)][]bool) {
	level := dayLevel(count, mean)
	if !(level > 0) {
		return
	}
	z := make([]float64, recDaySlots)
	for start := range z {
		c, mu, v := 0.0, 0.0, 0.0
		for i := 0; i < length; i++ {
			at := (start + i) % recDaySlots
			x := level * mean[at]
			c, mu, v = c+count[at], mu+x, v+x+phi*x*x
		}
		z[start] = (c - mu) / math.Sqrt(math.Max(v, 1e-9))
	}
	order := append([]float64(nil), z...)
	sort.Float64s(order)
	for a, share := range recRankShares {
		cut := order[recDaySlots-int(share*recDaySlots)]
		for start, v := range z {
			if v >= cut && v > 1 {
				hit[a][start*n+day] = true
			}
		}
	}
}

// dayLevel is the median over the day's hours of count over expectation.
func dayLevel(count, mean []float64) float64 {
	var r []float64
	for h := 0; h < recDaySlots; h += 12 {
		c, mu := 0.0, 0.0
		for i := h; i < h+12; i++ {
			c, mu = c+count[i], mu+mean[i]
		}
		if mu > 0 {
			r = append(r, c/mu)
		}
	}
	return stat.Median(r)
}
