package stat

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Events of a known change: the place is near it, and the interval holds it
// in nineteen of twenty draws.
func TestPlaceChange(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 9))
	for _, c := range []struct{ before, after float64 }{{1, 3}, {3, 1}, {.02, 4}, {5, .05}} {
		held, runs, off := 0, 400, 0.0
		for range runs {
			var at []float64
			for x := rng.ExpFloat64() / c.before; x < 60; x += rng.ExpFloat64() / c.before {
				at = append(at, x)
			}
			for x := 60 + rng.ExpFloat64()/c.after; x < 100; x += rng.ExpFloat64() / c.after {
				at = append(at, x)
			}
			p, ok := PlaceChange(at, 100, c.before, c.after)
			if !ok || p.Low > p.At || p.High < p.At || p.Before+p.After != len(at) {
				t.Fatalf("%+v of %d events, %v", p, len(at), ok)
			}
			if p.Low <= 60 && 60 <= p.High {
				held++
			}
			off += math.Abs(p.At-60) / float64(runs)
		}
		if held < runs*95/100 || off > 3 {
			t.Errorf("%v to %v: held by %d of %d, off by %.2f", c.before, c.after, held, runs, off)
		}
	}
	for _, c := range []struct{ b, a float64 }{{0, 1}, {1, 1}, {math.NaN(), 1}, {1, -1}} {
		if _, ok := PlaceChange([]float64{1, 2}, 10, c.b, c.a); ok {
			t.Errorf("%v to %v has a place", c.b, c.a)
		}
	}
	if _, ok := PlaceChange(nil, 10, 1, 2); ok {
		t.Error("no events, a place")
	}
}
