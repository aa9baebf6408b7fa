package stat

import "math"

// LnStillGoing is the log Bayes factor of "it goes on as before" against
// "it is gone": before the fix k of n occasions were hit, after it h of m;
// gone means that occasions are hit by chance alone, with share q (clamped to
// [.002,.5]). The share before has a Jeffreys prior. Counts are clamped to
// 0..occasions. statistics.md part C.
func LnStillGoing(k, n int, q float64, h, m int) float64 {
	n, m = max(0, n), max(0, m)
	k, h = min(max(0, k), n), min(max(0, h), m)
	q = math.Max(.002, math.Min(.5, q))
	if math.IsNaN(q) {
		q = .5
	}
	a, b := float64(k)+.5, float64(n-k)+.5
	return LnBeta(a+float64(h), b+float64(m-h)) - LnBeta(a, b) -
		float64(h)*math.Log(q) - float64(m-h)*math.Log1p(-q)
}

// StillGoing is the probability that a recurrence goes on after a fix, with
// even odds before looking.
func StillGoing(k, n int, q float64, h, m int) float64 {
	return 1 / (1 + math.Exp(-LnStillGoing(k, n, q, h, m)))
}

// CleanNeeded is the smallest number of further clean occasions after which
// StillGoing is at most level, with at least three clean or not in all; limit
// + 1 where limit are not enough.
func CleanNeeded(k, n int, q float64, h, m int, level float64, limit int) int {
	for x := 0; x <= limit; x++ {
		if m+x >= 3 && StillGoing(k, n, q, h, m+x) <= level {
			return x
		}
	}
	return limit + 1
}

// QuietTail is the chance of g clean occasions in a row from a recurrence
// that hit k of n and goes on: a small one says that it had already stopped.
func QuietTail(k, n, g int) float64 {
	n, g = max(0, n), max(0, g)
	k = min(max(0, k), n)
	a, b := float64(k)+.5, float64(n-k)+.5
	return math.Exp(LnBeta(a, b+float64(g)) - LnBeta(a, b))
}
