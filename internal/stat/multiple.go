package stat

import (
	"math"
	"sort"
)

// BenjaminiHochberg gives the q-value of each p-value: the smallest
// false-discovery share at which that test would be reported (Benjamini and
// Hochberg 1995). A NaN counts as 1. tests >= len(p) says how many tests were
// made in all, where those not listed have p = 1.
func BenjaminiHochberg(p []float64, tests int) []float64 {
	n := max(tests, len(p))
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	at := func(i int) float64 {
		if math.IsNaN(p[i]) || p[i] > 1 {
			return 1
		}
		return math.Max(0, p[i])
	}
	sort.SliceStable(order, func(a, b int) bool { return at(order[a]) < at(order[b]) })
	q, best := make([]float64, len(p)), 1.0
	for r := len(order) - 1; r >= 0; r-- {
		i := order[r]
		best = math.Min(best, at(i)*float64(n)/float64(r+1))
		q[i] = best
	}
	return q
}
