package stat

import "math"

// minGaps is the number of pauses below which SilenceTail says nothing.
const minGaps = 10

// SilenceTail is the chance that a pause is open or longer, given the earlier
// pauses of the same subject: peaks over the 90th percentile with an
// exponential tail whose mean is drawn to that percentile by half a
// pseudo-excess (Pickands 1975 for the method; statistics.md part B4 for the
// correction). Measure the pauses in volume time (lines of the service) where
// the subject follows load, in seconds where it is a job. ok is false, and
// p 1, with fewer than ten pauses: then there is nothing to judge by.
func SilenceTail(gaps []float64, open float64) (p float64, ok bool) {
	n := len(gaps)
	if n < minGaps {
		return 1, false
	}
	u := Quantile(gaps, 0.9)
	k, excess := 0.0, 0.0
	for _, g := range gaps {
		if g > u {
			k++
			excess += g - u
		}
	}
	if !(open > u) {
		return 1, true
	}
	if k == 0 {
		k = 0.5
	}
	scale := (excess + .5*u) / (k + .5)
	if !(scale > 0) {
		return 1, true
	}
	return math.Min(1, k/float64(n)*math.Exp(-(open-u)/scale)), true
}
