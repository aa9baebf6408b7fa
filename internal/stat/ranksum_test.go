package stat

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Expected values worked by hand: no pair in order, U = 0, its mean 12 and
// variance 22; and four ties of two, U = 8, variance 8 x 4/3 x (9 - 24/56) / 8.
func TestRankSumLess(t *testing.T) {
	for _, c := range []struct {
		before, after []float64
		want          float64
	}{
		{[]float64{5, 6, 7, 8, 9, 10}, []float64{1, 2, 3, 4}, .0071070},
		{[]float64{1, 2, 3, 4}, []float64{1, 2, 3, 4}, .5587900},
		{[]float64{3, 3, 3, 3}, []float64{3, 3, 3}, 1},
		{nil, []float64{1}, 1},
	} {
		if p := RankSumLess(c.before, c.after); math.Abs(p-c.want) > 1e-6 {
			t.Errorf("%v %v: %.5f, want %.5f", c.before, c.after, p, c.want)
		}
	}
	rng := rand.New(rand.NewPCG(4, 4))
	hits := 0
	for range 2000 {
		a, b := make([]float64, 14), make([]float64, 6)
		for k := range a {
			a[k] = rng.ExpFloat64()
		}
		for k := range b {
			b[k] = rng.ExpFloat64()
		}
		if RankSumLess(a, b) < .05 {
			hits++
		}
	}
	if hits > 2000*6/100 || hits < 2000*3/100 {
		t.Errorf("false alarms at .05: %d of 2000", hits)
	}
	if p := RankSumLess([]float64{math.NaN(), 1}, []float64{math.Inf(-1)}); math.IsNaN(p) {
		t.Error("NaN in, NaN out")
	}
}
