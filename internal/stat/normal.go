package stat

import "math"

// NormalTail is P(Z >= z) of the standard normal distribution.
func NormalTail(z float64) float64 { return 0.5 * math.Erfc(z/math.Sqrt2) }

// LnNormalTail is ln P(Z >= z); beyond z = 30, where Erfc runs out of digits,
// by the asymptotic series (Abramowitz and Stegun 26.2.12).
func LnNormalTail(z float64) float64 {
	if z < 30 {
		return math.Log(NormalTail(z))
	}
	z2 := z * z
	return -z2/2 - math.Log(z) - 0.5*math.Log(2*math.Pi) + math.Log1p(-1/z2+3/(z2*z2))
}

// NormalQuantile is the z with P(Z <= z) = p, for 0 < p < 1; p outside is
// clamped to [1e-300, 1-1e-16].
func NormalQuantile(p float64) float64 {
	p = math.Max(1e-300, math.Min(1-1e-16, p))
	if p < 0.5 {
		return -math.Sqrt2 * math.Erfcinv(2*p)
	}
	return math.Sqrt2 * math.Erfinv(2*p-1)
}
