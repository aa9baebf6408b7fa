package stat

import "math"

// Z95 is the two-sided 95 % point of the standard normal distribution.
const Z95 = 1.959963984540054

// Wilson is the score interval of a share of k in n (Wilson 1927; Newcombe
// 1998, method 3) at z standard errors, for example Z95. n <= 0 gives 0, 1:
// nothing is known. k is clamped to 0..n.
func Wilson(k, n int, z float64) (low, high float64) {
	if n <= 0 {
		return 0, 1
	}
	x := math.Max(0, math.Min(float64(k), float64(n)))
	m, z2 := float64(n), z*z
	p := x / m
	mid := p + z2/(2*m)
	half := z * math.Sqrt(p*(1-p)/m+z2/(4*m*m))
	low, high = (mid-half)/(1+z2/m), (mid+half)/(1+z2/m)
	return math.Max(0, low), math.Min(1, high)
}
