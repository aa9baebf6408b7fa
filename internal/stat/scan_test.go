package stat

import (
	"math"
	"math/rand/v2"
	"testing"
)

// By hand: of 8 drawn from 20 with 5 marked none is marked in C(15,8) = 6435
// of C(20,8) = 125970 ways, one in 5 C(15,7) = 32175.
func TestHypergeometricTails(t *testing.T) {
	few, many := LnHypergeometricTails(20, 5, 8, 1)
	if want := (6435 + 32175.0) / 125970; math.Abs(math.Exp(few)-want) > 1e-12 {
		t.Errorf("lower tail %.12f, want %.12f", math.Exp(few), want)
	}
	if want := 1 - 6435/125970.0; math.Abs(math.Exp(many)-want) > 1e-12 {
		t.Errorf("upper tail %.12f, want %.12f", math.Exp(many), want)
	}
}

func nullSeries(rng *rand.Rand, kind, n int) []float64 {
	y := make([]float64, n)
	for i := range y {
		switch kind {
		case 0: // log counts of a Poisson stream
			y[i] = math.Log(math.Max(0, 40+math.Sqrt(40)*rng.NormFloat64()) + .5)
		case 1: // bursts
			y[i] = math.Log(.5 + math.Exp(2*rng.NormFloat64()))
		case 2: // mostly zero
			y[i] = math.Log(.5)
			if rng.IntN(5) == 0 {
				y[i] = math.Log(.5 + rng.Float64()*30)
			}
		}
	}
	return y
}

func TestScoreScanStaysSilentWithoutAChange(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	found := 0
	for i := range 1500 {
		if s := ScoreScan(nullSeries(rng, i%3, 56), 3); s.P < .001 {
			found++
		}
	}
	if found > 3 {
		t.Errorf("%d of 1500 series without a change at p < 0.001", found)
	}
	t.Logf("%d of 1500 null series at p < 0.001 (the study: 0)", found)
}

func TestScansFindAStep(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	y := nullSeries(rng, 0, 56)
	for i := 40; i < 56; i++ {
		y[i] += math.Log(3)
	}
	if s := ScoreScan(y, 3); s.P > .001 || s.At != 40 || !s.Up {
		t.Errorf("a step of x3 at 40: %+v", s)
	}
	seen := make([]bool, 30)
	for i := 21; i < 30; i++ {
		seen[i] = true
	}
	if s := FisherScan(seen, 3); s.P > 1e-4 || s.At != 21 || !s.Up {
		t.Errorf("new for nine days: %+v", s)
	}
	for _, y := range [][]float64{nil, {1}, {1, 1, 1, 1, 1, 1, 1, 1}, {math.NaN(), 1, 2, 3, 4, 5, 6, 7}} {
		if s := ScoreScan(y, 3); s.P != 1 && len(y) < 6 || math.IsNaN(s.P) {
			t.Errorf("%v gave %+v", y, s)
		}
	}
}
