package stat

import (
	"math"
	"sort"
)

// Quantile is the p-quantile of x by linear interpolation between order
// statistics (Hyndman and Fan 1996, type 7); 0 for an empty x. x is not
// changed.
func Quantile(x []float64, p float64) float64 {
	if len(x) == 0 {
		return 0
	}
	s := append([]float64(nil), x...)
	sort.Float64s(s)
	h := math.Max(0, math.Min(1, p)) * float64(len(s)-1)
	i := int(h)
	if i+1 >= len(s) {
		return s[len(s)-1]
	}
	return s[i] + (h-float64(i))*(s[i+1]-s[i])
}

// Median is the middle of x; 0 for an empty x.
func Median(x []float64) float64 { return Quantile(x, 0.5) }

// MAD is the median absolute deviation from the median, not scaled; times
// 1.4826 it estimates a normal standard deviation.
func MAD(x []float64) float64 {
	m := Median(x)
	d := make([]float64, len(x))
	for i, v := range x {
		d[i] = math.Abs(v - m)
	}
	return Median(d)
}
