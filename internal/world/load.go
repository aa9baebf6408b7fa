package world

import (
	"math"
	"math/rand/v2"
	"time"
)

// weekdayLoad and weekendLoad are relative attempts per local hour. Weekdays
// peak at 17-19 h; weekends are flat through the day and have no peak.
var (
	weekdayLoad = [24]float64{
		.22, .14, .10, .09, .10, .18, .35, .62, .90, 1.0, 1.05, 1.1,
		1.25, 1.15, 1.0, 1.05, 1.25, 2.7, 2.7, 1.35, 1.2, 1.05, .75, .42,
	}
	weekendLoad = [24]float64{
		.30, .22, .16, .12, .11, .14, .25, .45, .75, .95, 1.0, 1.0,
		1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, .95, .70, .45,
	}
)

func isWeekend(t time.Time) bool { return t.Weekday() == time.Saturday || t.Weekday() == time.Sunday }

// arrivals draws the instants of a noisy Poisson stream of about perDay events
// on the local day [from, until): the load curve, times a factor for the day,
// times a slow wobble per quarter of an hour.
func arrivals(r *rand.Rand, from, until time.Time, perDay float64) []time.Time {
	curve := &weekdayLoad
	if isWeekend(from) {
		curve = &weekendLoad
	}
	sum := 0.0
	for _, v := range curve {
		sum += v
	}
	day := math.Exp(r.NormFloat64()*0.10 - 0.005)
	var out []time.Time
	for slot := from; slot.Before(until); slot = slot.Add(15 * time.Minute) {
		h := slot.Hour()
		mean := perDay * curve[h] / sum / 4 * day * math.Exp(r.NormFloat64()*0.18-0.016)
		for range poisson(r, mean) {
			out = append(out, slot.Add(time.Duration(r.Int64N(int64(15*time.Minute)))))
		}
	}
	return out
}

// poisson draws a Poisson count: Knuth's product for small means, a rounded
// normal above 30, where the difference does not show.
func poisson(r *rand.Rand, mean float64) int {
	if mean > 30 {
		return max(0, int(math.Round(mean+math.Sqrt(mean)*r.NormFloat64())))
	}
	limit, p, n := math.Exp(-mean), 1.0, 0
	for {
		p *= r.Float64()
		if p <= limit {
			return n
		}
		n++
	}
}

// every draws instants from first to last with exponential gaps of the given
// mean; first itself is always one of them.
func every(r *rand.Rand, first, last time.Time, mean time.Duration) []time.Time {
	var out []time.Time
	for t := first; t.Before(last); t = t.Add(time.Duration((0.15 + 0.85*r.ExpFloat64()) * float64(mean))) {
		out = append(out, t)
	}
	return out
}
