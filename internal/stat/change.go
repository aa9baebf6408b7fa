package stat

import (
	"math"
	"math/rand/v2"
)

// Crossover is the outcome of a case-crossover comparison.
type Crossover struct {
	N        int     // cases with at least two referents
	Exposed  int     // of these, exposed at their own time
	Expected float64 // exposed by the referents' shares
	P        float64 // P(exposed >= Exposed), exact, one-sided
	RR       float64 // Mantel-Haenszel risk ratio; 0 where its divisor is 0
}

// CaseCrossover compares each case's exposure at its own time with its
// exposure at referent times of the same weekday and hour (Maclure 1991; the
// referents are symmetric, own time included: Janes, Sheppard and Lumley
// 2005). exposed[i] of referents[i] times were exposed, own time included.
// Under the null the own time is any of them, so the exposed cases follow a
// Poisson-binomial law with p_i = exposed/referents. Cases with fewer than
// two referents are left out; counts are clamped to 0..referents.
func CaseCrossover(own []bool, exposed, referents []int) Crossover {
	var c Crossover
	var p []float64
	num, den := 0.0, 0.0
	for i := range own {
		if i >= len(exposed) || i >= len(referents) || referents[i] < 2 {
			continue
		}
		n := float64(referents[i])
		e := math.Max(0, math.Min(float64(exposed[i]), n))
		c.N++
		c.Expected += e / n
		p = append(p, e/n)
		if own[i] {
			c.Exposed++
			num += (n - e) / n
		} else {
			den += e / n
		}
	}
	if den > 0 {
		c.RR = num / den
	}
	c.P = 1
	if c.Exposed > 0 {
		c.P = math.Exp(LnPoissonBinomialTail(p, c.Exposed))
	}
	return c
}

// FailureRate is a change-failure rate beside its placebo. Shares are 0-1.
type FailureRate struct {
	N, Followed           int
	Raw, Low, High        float64 // Wilson 95 %
	Placebo, Excess       float64
	ExcessLow, ExcessHigh float64 // 97.5 % bootstrap over weeks
}

// bootstraps is the number of resamples of ChangeFailureRate: the 1.25 %
// quantile of 800 rests on ten of them.
const bootstraps = 800

// ChangeFailureRate gives the share of changes followed by an incident and
// what is left of it above the placebo: the share of comparable moments (same
// weekday and time, no change) that are followed by one. placebo[i] is that
// share for change i, NaN where there is no such moment; week[i] groups
// changes for the bootstrap, whose 97.5 % interval is used because the 95 %
// one was measured a little short. The resampling is seeded and repeatable.
func ChangeFailureRate(hit []bool, placebo []float64, week []int) FailureRate {
	r := FailureRate{N: len(hit)}
	type sums struct{ n, x, m, p float64 }
	at := map[int]int{}
	var weeks []sums
	var all sums
	add := func(s *sums, o sums) { s.n += o.n; s.x += o.x; s.m += o.m; s.p += o.p }
	for i, h := range hit {
		one := sums{n: 1}
		if h {
			one.x = 1
			r.Followed++
		}
		if i < len(placebo) && !math.IsNaN(placebo[i]) {
			one.m, one.p = 1, placebo[i]
		}
		w := 0
		if i < len(week) {
			w = week[i]
		}
		j, ok := at[w]
		if !ok {
			j = len(weeks)
			at[w], weeks = j, append(weeks, sums{})
		}
		add(&weeks[j], one)
		add(&all, one)
	}
	excess := func(s sums) (raw, placebo, excess float64) {
		if s.n > 0 {
			raw = s.x / s.n
		}
		if s.m > 0 {
			placebo = s.p / s.m
		}
		if placebo < 1 {
			excess = (raw - placebo) / (1 - placebo)
		}
		return raw, placebo, excess
	}
	r.Raw, r.Placebo, r.Excess = excess(all)
	r.Low, r.High = Wilson(r.Followed, r.N, Z95)
	if len(weeks) < 2 {
		r.ExcessLow, r.ExcessHigh = -1, 1
		return r
	}
	rng := rand.New(rand.NewPCG(uint64(len(hit)), 0x5eed))
	draws := make([]float64, bootstraps)
	for b := range draws {
		var s sums
		for range weeks {
			add(&s, weeks[rng.IntN(len(weeks))])
		}
		_, _, draws[b] = excess(s)
	}
	r.ExcessLow, r.ExcessHigh = Quantile(draws, 0.0125), Quantile(draws, 0.9875)
	return r
}
