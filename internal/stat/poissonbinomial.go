package stat

import "math"

// LnPoissonBinomialTail is ln P(K >= k) where K is the number of successes of
// independent trials with the chances q (each clamped to [0,1]; NaN counts as
// 1, the cautious side). It is exact: the trials are tilted so that k is their
// mean, convolved in O(n k), and the tilt is taken back in logarithms, so that
// tails of 1e-300 and below keep their digits.
func LnPoissonBinomialTail(q []float64, k int) float64 {
	free := make([]float64, 0, len(q))
	for _, v := range q {
		switch {
		case v >= 1 || math.IsNaN(v):
			k--
		case v > 0:
			free = append(free, v)
		}
	}
	if k <= 0 {
		return 0
	}
	if k > len(free) {
		return math.Inf(-1)
	}
	if k == len(free) {
		s := 0.0
		for _, v := range free {
			s += math.Log(v)
		}
		return s
	}
	t := tilt(free, float64(k))
	et := math.Exp(t)
	// dist[j] = P'(j successes); the trials are tilted in place.
	dist := make([]float64, len(free)+1)
	dist[0] = 1
	ln := -t * float64(k)
	for i, v := range free {
		norm := 1 - v + v*et
		ln += math.Log(norm)
		p := v * et / norm
		for j := i + 1; j > 0; j-- {
			dist[j] = dist[j]*(1-p) + dist[j-1]*p
		}
		dist[0] *= 1 - p
	}
	sum, w, e := 0.0, 1.0, math.Exp(-t)
	for j := k; j <= len(free); j++ {
		sum += dist[j] * w
		w *= e
	}
	return math.Min(0, ln+math.Log(sum))
}

// tilt finds t >= 0 with sum of v e^t/(1-v+v e^t) = k by bisection; 0 where
// the mean is k or more already.
func tilt(v []float64, k float64) float64 {
	mean := func(t float64) float64 {
		e, s := math.Exp(t), 0.0
		for _, x := range v {
			s += x * e / (1 - x + x*e)
		}
		return s
	}
	if mean(0) >= k {
		return 0
	}
	low, high := 0.0, 1.0
	for mean(high) < k && high < 600 {
		low, high = high, high*2
	}
	for i := 0; i < 20; i++ {
		if m := (low + high) / 2; mean(m) < k {
			low = m
		} else {
			high = m
		}
	}
	return (low + high) / 2
}

// LnBinomialTail is ln P(K >= k), K binomial(n, p): the sum of the terms in
// logarithms, upwards from k.
func LnBinomialTail(n, k int, p float64) float64 {
	switch {
	case k <= 0 || p >= 1 || math.IsNaN(p):
		return 0
	case k > n || p <= 0:
		return math.Inf(-1)
	}
	lp, lq := math.Log(p), math.Log1p(-p)
	s := math.Inf(-1)
	for j := k; j <= n; j++ {
		term := LnChoose(n, j) + float64(j)*lp + float64(n-j)*lq
		s = LnSumExp(s, term)
		if term < s-40 && float64(j) > float64(n)*p {
			break
		}
	}
	return math.Min(0, s)
}
