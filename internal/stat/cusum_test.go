package stat

import (
	"math"
	"math/rand/v2"
	"sort"
	"testing"
)

func TestFindRise(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	var errs []float64
	for range 200 {
		var ts []float64
		for x := 0.0; x < 2700; x += rng.ExpFloat64() * 60 {
			ts = append(ts, x) // one a minute all the time
		}
		onset := 1500 + rng.Float64()*300
		for x := onset; x < 2700; x += rng.ExpFloat64() * 3 {
			ts = append(ts, x)
		}
		sort.Float64s(ts)
		r, ok := FindRise(ts, 1.0/60)
		if !ok {
			t.Fatal("a rise from 1 to 20 a minute was not found")
		}
		errs = append(errs, math.Abs(r.Onset-onset))
	}
	if m := Median(errs); m > 5 {
		t.Errorf("median error of the onset %.1f s", m)
	} else {
		t.Logf("median error of the onset %.1f s", m)
	}
}

func TestFindRiseNeedsEvidence(t *testing.T) {
	never := .5 / (7 * 86400.0)
	if _, ok := FindRise([]float64{100}, never); ok {
		t.Error("one line is no rise")
	}
	if r, ok := FindRise([]float64{100, 104}, never); !ok || r.Onset != 100 || r.Earliest > 100 {
		t.Errorf("a never-seen signature rises with its second line: %+v %v", r, ok)
	}
	rng := rand.New(rand.NewPCG(13, 14))
	found := 0
	for range 500 {
		var ts []float64
		for x := rng.ExpFloat64() * 12; x < 2700; x += rng.ExpFloat64() * 12 {
			ts = append(ts, x)
		}
		if _, ok := FindRise(ts, 1.0/12); ok {
			found++
		}
	}
	if found > 10 {
		t.Errorf("%d of 500 steady streams of 225 events rose", found)
	}
	t.Logf("%d of 500 steady streams of 225 events rose", found)
	for _, ts := range [][]float64{nil, {1, 1, 1}, {5, 4, 3}} {
		FindRise(ts, 0)
		FindRise(ts, 1e-6)
	}
}
