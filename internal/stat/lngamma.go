package stat

import "math"

// LnGamma is ln|Gamma(x)|, x > 0; for x <= 0 it is +Inf.
func LnGamma(x float64) float64 {
	if !(x > 0) {
		return math.Inf(1)
	}
	v, _ := math.Lgamma(x)
	return v
}

// LnFact is ln n!; n below 0 counts as 0.
func LnFact(n int) float64 {
	if n < 2 {
		return 0
	}
	return LnGamma(float64(n) + 1)
}

// LnChoose is ln of the binomial coefficient, -Inf where it is 0.
func LnChoose(n, k int) float64 {
	if k < 0 || n < 0 || k > n {
		return math.Inf(-1)
	}
	return LnFact(n) - LnFact(k) - LnFact(n-k)
}

// LnBeta is ln B(a,b), a and b > 0.
func LnBeta(a, b float64) float64 { return LnGamma(a) + LnGamma(b) - LnGamma(a+b) }

// LnSumExp is ln(e^a + e^b) without overflow.
func LnSumExp(a, b float64) float64 {
	if a < b {
		a, b = b, a
	}
	if math.IsInf(a, -1) || math.IsInf(a, 1) {
		return a
	}
	return a + math.Log1p(math.Exp(b-a))
}
