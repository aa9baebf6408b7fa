package stat

import (
	"math"
	"sort"
)

// RankSumLess is the one-sided p-value that the second sample lies below the
// first: the rank sum test (Mann and Whitney 1947) by its normal
// approximation, with ties and continuity corrected. 1 where either sample is
// empty or all values are equal. NaN counts as the largest value.
func RankSumLess(before, after []float64) float64 {
	n, m := float64(len(before)), float64(len(after))
	if n == 0 || m == 0 {
		return 1
	}
	all := make([]ranked, 0, len(before)+len(after))
	for _, x := range before {
		all = append(all, ranked{orLargest(x), false})
	}
	for _, x := range after {
		all = append(all, ranked{orLargest(x), true})
	}
	sort.SliceStable(all, func(a, b int) bool { return all[a].x < all[b].x })
	sum, ties := 0.0, 0.0
	for i := 0; i < len(all); {
		j := i
		for j < len(all) && all[j].x == all[i].x {
			j++
		}
		rank := float64(i+j+1) / 2 // mean of the ranks i+1 … j
		for _, r := range all[i:j] {
			if r.after {
				sum += rank
			}
		}
		t := float64(j - i)
		ties += t*t*t - t
		i = j
	}
	u := sum - m*(m+1)/2
	total := n + m
	variance := n * m / 12 * (total + 1 - ties/(total*(total-1)))
	if !(variance > 0) {
		return 1
	}
	return .5 * math.Erfc(-(u-n*m/2+.5)/math.Sqrt(2*variance))
}

type ranked struct {
	x     float64
	after bool
}

func orLargest(x float64) float64 {
	if math.IsNaN(x) {
		return math.Inf(1)
	}
	return x
}
