package stat

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

func near(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > tol*math.Max(1, math.Abs(want)) {
		t.Errorf("%s = %.10g, want %.10g", what, got, want)
	}
}

// bruteTail convolves the trials one by one.
func bruteTail(q []float64, k int) float64 {
	dist := []float64{1}
	for _, p := range q {
		next := make([]float64, len(dist)+1)
		for j, v := range dist {
			next[j] += v * (1 - p)
			next[j+1] += v * p
		}
		dist = next
	}
	s := 0.0
	for j := max(0, k); j < len(dist); j++ {
		s += dist[j]
	}
	return s
}

func TestPoissonBinomialAgainstConvolution(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	for range 300 {
		q := make([]float64, 1+rng.IntN(60))
		for i := range q {
			q[i] = math.Pow(rng.Float64(), 1+float64(rng.IntN(4)))
		}
		if rng.IntN(3) == 0 {
			q[0] = 1
		}
		if rng.IntN(3) == 0 {
			q[len(q)-1] = 0
		}
		k := rng.IntN(len(q) + 1)
		want := bruteTail(q, k)
		if want < 1e-250 {
			continue
		}
		near(t, "ln tail", LnPoissonBinomialTail(q, k), math.Log(want), 1e-9)
	}
}

func TestPoissonBinomialFarTailAndEdges(t *testing.T) {
	q := make([]float64, 120)
	for i := range q {
		q[i] = 1e-4
	}
	near(t, "all of 120", LnPoissonBinomialTail(q, 120), 120*math.Log(1e-4), 1e-12)
	near(t, "110 of 120", LnPoissonBinomialTail(q, 110), LnBinomialTail(120, 110, 1e-4), 1e-9)
	if got := LnPoissonBinomialTail(q, 0); got != 0 {
		t.Errorf("P(K >= 0): %v", got)
	}
	if got := LnPoissonBinomialTail([]float64{0, 0, 0.5}, 2); !math.IsInf(got, -1) {
		t.Errorf("impossible count: %v", got)
	}
	if got := LnPoissonBinomialTail([]float64{1, math.NaN()}, 2); got != 0 {
		t.Errorf("certain trials: %v", got)
	}
	if got := LnPoissonBinomialTail(nil, 1); !math.IsInf(got, -1) {
		t.Errorf("no trials: %v", got)
	}
}

// Hoeffding 1956: for k >= sum q + 1 the binomial at the mean bounds it.
func TestPoissonBinomialHoeffding(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	for range 200 {
		q, sum := make([]float64, 30), 0.0
		for i := range q {
			q[i] = rng.Float64() * 0.3
			sum += q[i]
		}
		k := int(sum) + 2
		if LnPoissonBinomialTail(q, k) > LnBinomialTail(30, k, sum/30)+1e-9 {
			t.Errorf("above Hoeffding's bound at k = %d", k)
		}
	}
}

func TestBinomialAgainstGonum(t *testing.T) {
	for _, c := range []struct {
		n, k int
		p    float64
	}{{10, 3, 0.2}, {56, 20, 0.125}, {100, 90, 0.8}, {365, 12, 0.01}} {
		b := distuv.Binomial{N: float64(c.n), P: c.p}
		near(t, "binomial tail", math.Exp(LnBinomialTail(c.n, c.k, c.p)), b.Survival(float64(c.k)-0.5), 1e-9)
	}
}

// Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3.
func TestWilsonAgainstNewcombe(t *testing.T) {
	for _, c := range []struct {
		k, n      int
		low, high float64
	}{{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}} {
		low, high := Wilson(c.k, c.n, Z95)
		near(t, "low", low, c.low, 1e-4)
		near(t, "high", high, c.high, 1e-4)
	}
	if low, high := Wilson(3, 0, Z95); low != 0 || high != 1 {
		t.Errorf("nothing observed: %v %v", low, high)
	}
}

// Benjamini and Hochberg 1995, section 3.1: four of fifteen hypotheses are
// rejected at 0.05, three by Bonferroni.
func TestBenjaminiHochbergPaper(t *testing.T) {
	p := []float64{0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0}
	q := BenjaminiHochberg(p, len(p))
	n := 0
	for i := range q {
		if q[i] <= 0.05 {
			n++
		}
		if i > 0 && q[i] < q[i-1] {
			t.Errorf("q falls at %d", i)
		}
	}
	if n != 4 {
		t.Errorf("%d rejected, want 4", n)
	}
	near(t, "q1", q[0], 0.0015, 1e-12)
	if q := BenjaminiHochberg([]float64{math.NaN(), 0.01}, 100); q[0] != 1 || q[1] != 1 {
		t.Errorf("tests not listed count: %v", q)
	}
}

// Worked by hand after Ayer et al. 1955:
// violators pool to their weighted mean.
func TestIsotonic(t *testing.T) {
	got := Isotonic([]float64{1, 3, 2, 4, 3.5, 6}, nil)
	for i, want := range []float64{1, 2.5, 2.5, 3.75, 3.75, 6} {
		near(t, "fit", got[i], want, 1e-12)
	}
	got = Isotonic([]float64{5, 1}, []float64{1, 3})
	near(t, "weighted", got[0], 2, 1e-12)
	if len(Isotonic(nil, nil)) != 0 {
		t.Error("nothing in, something out")
	}
}

// Abramowitz and Stegun, tables 26.1 and 26.2.
func TestNormalTail(t *testing.T) {
	near(t, "Q(1.96)", NormalTail(1.96), 0.0249978951, 1e-9)
	near(t, "Q(5)", NormalTail(5), 2.866515719e-7, 1e-15)
	near(t, "-log10 Q(50)", -LnNormalTail(50)/math.Ln10, 544.96634, 1e-6)
	near(t, "Q(30) joins", LnNormalTail(29.9999), LnNormalTail(30.0001), 1e-4)
	near(t, "quantile", NormalQuantile(0.975), Z95, 1e-9)
	near(t, "quantile of a tail", NormalQuantile(1e-10), -6.361340902, 1e-8)
}

func TestLnBetaAndFactorial(t *testing.T) {
	near(t, "B(2,3)", math.Exp(LnBeta(2, 3)), 1.0/12, 1e-12)
	near(t, "10!", math.Exp(LnFact(10)), 3628800, 1e-9)
	near(t, "52 choose 5", math.Exp(LnChoose(52, 5)), 2598960, 1e-9)
	if !math.IsInf(LnChoose(3, 4), -1) || LnFact(-3) != 0 || !math.IsInf(LnGamma(-1), 1) {
		t.Error("edges")
	}
	near(t, "ln(e^a+e^b)", LnSumExp(-1000, -1000), -1000+math.Ln2, 1e-12)
}

func TestOrderStatistics(t *testing.T) {
	x := []float64{9, 1, 5, 3}
	near(t, "median", Median(x), 4, 1e-12)
	near(t, "type 7 quantile", Quantile(x, 0.25), 2.5, 1e-12)
	near(t, "MAD", MAD([]float64{1, 1, 2, 2, 4, 6, 9}), 1, 1e-12)
	if Median(nil) != 0 || x[0] != 9 {
		t.Error("empty or changed")
	}
}
