package stat

import "math"

// LeastConvex is the least value of the convex function at on [low, high], as
// golden section search finds it in so many rounds: each leaves 0.618 of the
// interval (Kiefer 1953).
func LeastConvex(at func(float64) float64, low, high float64, rounds int) float64 {
	const g = 0.6180339887498949
	a, b := high-g*(high-low), low+g*(high-low)
	va, vb := at(a), at(b)
	for range rounds {
		if va < vb {
			high, b, vb = b, a, va
			a = high - g*(high-low)
			va = at(a)
		} else {
			low, a, va = a, b, vb
			b = low + g*(high-low)
			vb = at(b)
		}
	}
	return math.Min(va, vb)
}
