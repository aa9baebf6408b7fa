package stat

import "math"

// Rise is a rise of a rate of events, found by CUSUM.
type Rise struct {
	First    int     // index of its first event
	Last     int     // index of the event at which the evidence peaked
	Onset    float64 // time of its first event, s
	Earliest float64 // it may have begun this early, s
	Rate     float64 // events per second while it rose
	Score    float64 // peak of the evidence in nats, after the correction for three rates
}

// riseThreshold is h of statistics.md part D. Measured here: 6 % of steady
// streams of 225 events show a rise (TestFindRiseNeedsEvidence).
const riseThreshold = 9

// FindRise gives the clearest rise among the events at the ascending times t
// (seconds) over the usual rate base (per second): Page's CUSUM (1954) of the
// log likelihood ratio of a Poisson stream, for 3, 8 and 30 times the base
// but at least one a minute, then once more at the rate measured. It needs at
// least two events. A never-seen subject (base about 1e-6) is found with its
// second line.
func FindRise(t []float64, base float64) (Rise, bool) {
	if len(t) < 2 || !(base > 0) {
		return Rise{}, false
	}
	var best Rise
	for _, factor := range []float64{3, 8, 30} {
		rate := math.Max(factor*base, 1.0/60)
		if r := excursion(t, base, rate); r.Score > best.Score {
			best = r
		}
	}
	if best.Score-math.Log(3) <= riseThreshold || best.Last <= best.First {
		return Rise{}, false
	}
	score := best.Score - math.Log(3)
	// The second pass: the rate found may place the beginning better.
	if rate := measuredRate(t, best); rate > base {
		if r := excursion(t, base, rate); r.Last > r.First && r.Score >= best.Score {
			best = r
		}
	}
	best.Score = math.Max(score, best.Score-math.Log(3))
	best.Rate = measuredRate(t, best)
	best.Onset = t[best.First]
	best.Earliest = best.Onset - math.Min(3/best.Rate, 120)
	return best, true
}

// measuredRate is the rate of the events of a rise, per second. Events of one
// instant count as spread over a second: stamps are seldom finer.
func measuredRate(t []float64, r Rise) float64 {
	return float64(r.Last-r.First) / math.Max(1, t[r.Last]-t[r.First])
}

// excursion is the highest excursion of the CUSUM at one alternative rate.
func excursion(t []float64, base, rate float64) Rise {
	gain := math.Log(rate / base)
	if !(gain > 0) {
		return Rise{}
	}
	var best Rise
	s, start := 0.0, 0
	for i, x := range t {
		if i > 0 {
			s -= (rate - base) * math.Max(0, x-t[i-1])
		}
		if s <= 0 {
			s, start = 0, i
		}
		s += gain
		if s > best.Score {
			best = Rise{First: start, Last: i, Score: s}
		}
	}
	return best
}
