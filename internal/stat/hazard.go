package stat

import "math"

// lagEdges and lagMass are the law of the delay from a change to what it
// breaks, in minutes, piecewise uniform: eight tenths show within the hour.
// statistics.md part B3; calibrated there on seeded worlds.
var (
	lagEdges = [...]float64{0, 5, 15, 30, 60, 120, 360, 1440}
	lagMass  = [...]float64{.20, .25, .18, .14, .10, .09, .04}
)

// LagDensity is the chance per minute that a failure caused by a change shows
// min minutes after it; 0 outside (0, 1440].
func LagDensity(min float64) float64 {
	for i, m := range lagMass {
		if min > lagEdges[i] && min <= lagEdges[i+1] {
			return m / (lagEdges[i+1] - lagEdges[i])
		}
	}
	return 0
}

// LagMass is the share of failures that show within min minutes of the change
// that caused them.
func LagMass(min float64) float64 {
	sum := 0.0
	for i, m := range lagMass {
		if min >= lagEdges[i+1] {
			sum += m
		} else if min > lagEdges[i] {
			sum += m * (min - lagEdges[i]) / (lagEdges[i+1] - lagEdges[i])
		}
	}
	return sum
}

// DistanceWeight discounts a change by the calls between its service and the
// one that failed: 1, .3, .1, then .01 for three and more or unknown (< 0).
func DistanceWeight(hops int) float64 {
	switch hops {
	case 0:
		return 1
	case 1:
		return .3
	case 2:
		return .1
	}
	return .01
}

// AnchoredRate is the chance that a change causes a failure: the excess of
// the change-failure rate over its placebo, scaled from what shows within the
// lag it was measured at (mass) to all, and drawn to prior with the weight of
// twenty changes. A negative excess counts as 0.
func AnchoredRate(excess, mass float64, n int, prior float64) float64 {
	if !(mass > 0) {
		mass = 1
	}
	e := math.Min(1, math.Max(0, excess)/mass)
	m := math.Max(0, float64(n))
	return (e*m + prior*20) / (m + 20)
}

// Mixture turns weights (rates per minute at the moment of the failure) into
// probabilities: none is the rate of failures without a change. All weights 0
// give 1 to none. Negative weights and NaN count as 0.
func Mixture(none float64, w []float64) (pNone float64, p []float64) {
	clean := func(x float64) float64 {
		if !(x > 0) || math.IsInf(x, 1) {
			return 0
		}
		return x
	}
	sum := clean(none)
	for _, x := range w {
		sum += clean(x)
	}
	p = make([]float64, len(w))
	if sum == 0 {
		return 1, p
	}
	for i, x := range w {
		p[i] = clean(x) / sum
	}
	return clean(none) / sum, p
}
