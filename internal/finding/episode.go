package finding

import (
	"math"
	"sort"

	"almanac/internal/stat"
)

// recSeries is when a subject was logged: UTC minutes since 1970, rising, with
// counts and the instants of the first and last event of the minute in
// microseconds.
type recSeries struct {
	minute []int64
	count  []float64
	first  []int64
	last   []int64
}

func (s *recSeries) add(minute int64, count float64, first, last int64) {
	if n := len(s.minute); n > 0 && s.minute[n-1] == minute {
		s.count[n-1] += count
		s.first[n-1], s.last[n-1] = min(s.first[n-1], first), max(s.last[n-1], last)
		return
	}
	s.minute = append(s.minute, minute)
	s.count = append(s.count, count)
	s.first = append(s.first, first)
	s.last = append(s.last, last)
}

// episodeOnsets gives the first minute of each episode: minutes with gaps of at most
// gap belong together. One outage of 20,000 lines is one onset.
func episodeOnsets(minutes []int64, gap int) []int64 {
	var out []int64
	for i, m := range minutes {
		if i == 0 || m-minutes[i-1] > int64(gap) {
			out = append(out, m)
		}
	}
	return out
}

// denseSeries is a subject that is logged nearly always: what counts is when
// it is logged more than its service's load explains.
type denseSeries struct {
	count, mean []float64 // per UTC slot; mean is 0 where not observed
	phi         float64   // overdispersion
	active      []int64   // minutes of slots in excess
}

// isDense says whether the subject is present in at least share of the
// observed slots.
func isDense(s *recSeries, l *recLoad, share float64) bool {
	slots, seen := map[int64]bool{}, 0
	for _, v := range l.volume {
		if v > 0 {
			seen++
		}
	}
	for _, m := range s.minute {
		slots[m/recSlotMin] = true
	}
	return seen > 0 && float64(len(slots)) >= share*float64(seen)
}

// newDense expects from the load only, never from the hour of day, which
// would swallow the recurrence: per bin of volume the ratio of sums over days
// after the top and bottom tenth of the days are cut (days, not slots: a
// recurrence fills whole slots), interpolated in log volume.
func newDense(s *recSeries, l *recLoad) *denseSeries {
	d := &denseSeries{count: make([]float64, len(l.volume)), mean: make([]float64, len(l.volume))}
	for i, m := range s.minute {
		if at := int((m - l.span.from) / recSlotMin); at >= 0 && at < len(d.count) {
			d.count[at] += s.count[i]
		}
	}
	rate := binRates(d.count, l)
	for i, v := range l.volume {
		if v > 0 {
			d.mean[i] = float64(v) * binInterpolate(rate, l.bins.centre, math.Log(float64(l.level[i])))
		}
	}
	d.excess(s, l)
	return d
}

// binRates gives the trimmed rate of each bin of volume.
func binRates(count []float64, l *recLoad) []float64 {
	f := l.span.frames[0]
	type sums struct{ c, v float64 }
	per := make([]map[int]*sums, len(l.bins.centre))
	for i, k := range l.bins.of {
		if k < 0 {
			continue
		}
		if per[k] == nil {
			per[k] = map[int]*sums{}
		}
		day := f.minute(l.span.from+int64(i)*recSlotMin) / recDayMin
		x := per[k][day]
		if x == nil {
			x = &sums{}
			per[k][day] = x
		}
		x.c, x.v = x.c+count[i], x.v+float64(l.volume[i])
	}
	rate := make([]float64, len(per))
	for k, days := range per {
		order := make([]int, 0, len(days))
		for d := range days {
			order = append(order, d)
		}
		sort.Slice(order, func(a, b int) bool {
			x, y := days[order[a]], days[order[b]]
			if rx, ry := x.c/x.v, y.c/y.v; rx != ry {
				return rx < ry
			}
			return order[a] < order[b]
		})
		cut := len(order) / 10
		var t sums
		for _, d := range order[cut : len(order)-cut] {
			t.c, t.v = t.c+days[d].c, t.v+days[d].v
		}
		if t.v > 0 {
			rate[k] = t.c / t.v
		}
	}
	return rate
}

// binInterpolate gives rate at x, linearly between the centres and on along
// the same line beyond the outer ones, never below zero.
func binInterpolate(rate, centre []float64, x float64) float64 {
	if len(centre) == 1 {
		return rate[0]
	}
	i := min(max(1, sort.SearchFloat64s(centre, x)), len(centre)-1)
	w := centre[i] - centre[i-1]
	if w <= 0 {
		return rate[i]
	}
	t := (x - centre[i-1]) / w
	return math.Max(0, rate[i-1]*(1-t)+rate[i]*t)
}

// excess marks the active slots: z above 3.5 and above all but 1 % of slots,
// with at least three events.
func (d *denseSeries) excess(s *recSeries, l *recLoad) {
	num, den := 0.0, 0.0
	for i, mu := range d.mean {
		if l.volume[i] > 0 && d.count[i] < 4*mu+5 {
			num += (d.count[i]-mu)*(d.count[i]-mu) - mu
			den += mu * mu
		}
	}
	if den > 0 {
		d.phi = math.Max(0, num/den)
	}
	var z []float64
	for i := range d.mean {
		if l.volume[i] > 0 {
			z = append(z, d.z(i))
		}
	}
	cut := math.Max(3.5, stat.Quantile(z, 0.99))
	for _, m := range s.minute {
		at := int((m - l.span.from) / recSlotMin)
		if at >= 0 && at < len(d.count) && l.volume[at] > 0 && d.count[at] >= 3 && d.z(at) > cut {
			d.active = append(d.active, m)
		}
	}
}

func (d *denseSeries) z(i int) float64 {
	mu := d.mean[i]
	return (d.count[i] - mu) / math.Sqrt(math.Max(0.1, mu+d.phi*mu*mu))
}
