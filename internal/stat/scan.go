package stat

import (
	"math"
	"sort"
)

// Split is the best place to cut a series in two. At is the number of values
// before the cut, P the chance of a cut this clear anywhere in a series
// without one (all splits counted), Up whether the second part is larger.
type Split struct {
	At int
	P  float64
	Up bool
}

// ScoreScan looks for one level change: the values become normal scores
// Phi^-1((rank+1)/(n+1)), rank from 0 with ties at their middle, and the
// largest |z| over all splits with at least side values on each side decides,
// z = |S_m| / sqrt(v m (n-m)/n), P = splits x 2 x normal tail. Ranks keep one
// day of an outage from being a level change. Series shorter than 2 side give
// P = 1.
func ScoreScan(y []float64, side int) Split {
	side = max(1, side)
	n := len(y)
	s := Split{P: 1}
	if n < 2*side {
		return s
	}
	scores := NormalScores(y)
	v := 0.0
	for _, x := range scores {
		v += x * x
	}
	v /= float64(n - 1)
	if !(v > 0) {
		return s
	}
	sum, best, splits := 0.0, 0.0, 0
	for m := 1; m < n; m++ {
		sum += scores[m-1]
		if m < side || n-m < side {
			continue
		}
		splits++
		z := math.Abs(sum) / math.Sqrt(v*float64(m)*float64(n-m)/float64(n))
		if z > best {
			best, s.At, s.Up = z, m, sum < 0
		}
	}
	s.P = math.Min(1, float64(splits)*2*NormalTail(best))
	return s
}

// NormalScores replaces each value by Phi^-1((rank+1)/(n+1)); ties share the
// middle rank, so that the scores sum to 0. NaN ranks lowest.
func NormalScores(y []float64) []float64 {
	order := make([]int, len(y))
	for i := range order {
		order[i] = i
	}
	less := func(a, b float64) bool { return a < b || math.IsNaN(a) && !math.IsNaN(b) }
	sort.SliceStable(order, func(a, b int) bool { return less(y[order[a]], y[order[b]]) })
	out := make([]float64, len(y))
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && !less(y[order[i]], y[order[j]]) {
			j++
		}
		score := NormalQuantile((float64(i+j-1)/2 + 1) / float64(len(y)+1))
		for ; i < j; i++ {
			out[order[i]] = score
		}
	}
	return out
}

// FisherScan looks for one change in how often a day has any event at all:
// the smallest hypergeometric tail over all splits with at least side days on
// each side, P = splits x 2 x tail (Fisher's exact test at each split).
func FisherScan(seen []bool, side int) Split {
	side = max(1, side)
	n, k := len(seen), 0
	s := Split{P: 1}
	for _, x := range seen {
		if x {
			k++
		}
	}
	if n < 2*side || k == 0 || k == n {
		return s
	}
	x, best, splits := 0, math.Inf(1), 0
	for m := 1; m < n; m++ {
		if seen[m-1] {
			x++
		}
		if m < side || n-m < side {
			continue
		}
		splits++
		few, many := LnHypergeometricTails(n, k, m, x)
		if ln := math.Min(few, many); ln < best {
			best, s.At, s.Up = ln, m, few < many
		}
	}
	s.P = math.Min(1, float64(splits)*2*math.Exp(best))
	return s
}

// LnHypergeometricTails are ln P(X <= x) and ln P(X >= x) where X is the
// number of marked ones among m drawn from n of which k are marked.
func LnHypergeometricTails(n, k, m, x int) (few, many float64) {
	few, many = math.Inf(-1), math.Inf(-1)
	all := LnChoose(n, m)
	for j := max(0, m+k-n); j <= min(k, m); j++ {
		term := LnChoose(k, j) + LnChoose(n-k, m-j) - all
		if j <= x {
			few = LnSumExp(few, term)
		}
		if j >= x {
			many = LnSumExp(many, term)
		}
	}
	return math.Min(0, few), math.Min(0, many)
}
