package stat

import (
	"math"
	"testing"
)

func TestLeastConvex(t *testing.T) {
	for _, c := range []struct {
		name string
		at   func(float64) float64
		low  float64
		high float64
		want float64
	}{
		{"inside", func(x float64) float64 { return (x-1.3)*(x-1.3) - 2 }, 0, 8, -2},
		{"at the lower end", func(x float64) float64 { return x }, 0, 8, 0},
		{"at the upper end", func(x float64) float64 { return -x }, 0, 8, -8},
		{"steep", func(x float64) float64 { return math.Exp(x) - 3*x }, 0, 8, 3 - 3*math.Log(3)},
	} {
		if got := LeastConvex(c.at, c.low, c.high, 40); math.Abs(got-c.want) > 1e-6 {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
