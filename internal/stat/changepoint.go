package stat

import (
	"math"
	"slices"
)

// placeDrop is how far below the best the log likelihood may lie for a point
// to stay possible: 3 is a little wider than the 1.92 of a 95 % profile
// interval, as events come in small bursts.
const placeDrop = 3

// Place is where the rate of events changed, and the interval that holds it.
type Place struct {
	At, Low, High float64
	Before, After int // events on either side of At
}

// PlaceChange finds where events at these positions of (0, end] change from
// one rate per unit to another: the maximum of the Poisson likelihood with
// both rates given. A rise is placed at its first event, a fall at the last
// event before it. ok is false for rates that are not positive, equal rates,
// no events, or where no change inside is likelier than at either end.
func PlaceChange(at []float64, end, before, after float64) (p Place, ok bool) {
	if !(before > 0) || !(after > 0) || before == after || !(end > 0) || len(at) == 0 {
		return p, false
	}
	x := slices.Clone(at)
	slices.Sort(x)
	gain, cost := math.Log(before)-math.Log(after), before-after
	// Log likelihood of a change at t with n events up to it, beside one at 0.
	ll := func(n int, t float64) float64 { return float64(n)*gain - cost*t }
	rise := after > before
	value := make([]float64, len(x))
	best := 0
	for i, t := range x {
		n := i // of a rise, event i is the first after
		if !rise {
			n = i + 1
		}
		value[i] = ll(n, t)
		if value[i] > value[best] {
			best = i
		}
	}
	if value[best] <= math.Max(0, ll(len(x), end)) {
		return p, false
	}
	p = Place{At: x[best], Before: best, After: len(x) - best}
	if !rise {
		p.Before, p.After = best+1, len(x)-best-1
	}
	cut := value[best] - placeDrop
	first, last := 0, len(x)-1
	for value[first] < cut {
		first++
	}
	for value[last] < cut {
		last--
	}
	// Between events the likelihood of a rise grows, that of a fall shrinks.
	p.Low, p.High = x[first], x[last]
	if slack := (value[first] - cut) / math.Abs(cost); rise {
		p.Low = math.Max(0, x[first]-slack)
		if first > 0 {
			p.Low = math.Max(p.Low, x[first-1])
		}
	}
	if slack := (value[last] - cut) / math.Abs(cost); !rise {
		p.High = math.Min(end, x[last]+slack)
		if last+1 < len(x) {
			p.High = math.Min(p.High, x[last+1])
		}
	}
	return p, true
}
