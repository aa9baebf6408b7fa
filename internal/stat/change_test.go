package stat

import (
	"math"
	"testing"
)

func TestCaseCrossover(t *testing.T) {
	// Two cases, exposed, each with half of its referents exposed: P = 1/4.
	c := CaseCrossover([]bool{true, true, true}, []int{3, 3, 9}, []int{6, 6, 1})
	if c.N != 2 || c.Exposed != 2 || c.Expected != 1 || math.Abs(c.P-.25) > 1e-12 {
		t.Errorf("%+v", c)
	}
	// Mantel-Haenszel by hand: one exposed (n-e)/n = 3/4 over one not e/n = 1/4.
	if c = CaseCrossover([]bool{true, false}, []int{1, 1}, []int{4, 4}); math.Abs(c.RR-3) > 1e-12 {
		t.Errorf("RR %v", c.RR)
	}
	if c = CaseCrossover(nil, nil, nil); c.P != 1 {
		t.Errorf("nothing gave %+v", c)
	}
}

func TestChangeFailureRate(t *testing.T) {
	hit := []bool{true, false, false, false}
	r := ChangeFailureRate(hit, []float64{.1, .1, math.NaN(), .1}, []int{0, 1, 2, 3})
	if r.Raw != .25 || math.Abs(r.Placebo-.1) > 1e-12 || math.Abs(r.Excess-.15/.9) > 1e-12 {
		t.Errorf("%+v", r)
	}
	if !(r.ExcessLow <= r.Excess && r.Excess <= r.ExcessHigh) {
		t.Errorf("the interval %v..%v misses %v", r.ExcessLow, r.ExcessHigh, r.Excess)
	}
	if again := ChangeFailureRate(hit, []float64{.1, .1, math.NaN(), .1}, []int{0, 1, 2, 3}); again != r {
		t.Error("not repeatable")
	}
}

func TestHazardParts(t *testing.T) {
	sum := 0.0
	for m := .25; m < 1440; m += .5 {
		sum += LagDensity(m) * .5
	}
	if math.Abs(sum-1) > 1e-9 || math.Abs(LagMass(120)-.87) > 1e-12 || LagDensity(0) != 0 || LagDensity(1441) != 0 {
		t.Errorf("lag law: total %v, within 2 h %v", sum, LagMass(120))
	}
	none, p := Mixture(1, []float64{3, math.NaN(), -1})
	if none != .25 || p[0] != .75 || p[1] != 0 || p[2] != 0 {
		t.Errorf("mixture %v %v", none, p)
	}
	if none, _ = Mixture(0, nil); none != 1 {
		t.Errorf("nothing known: none %v", none)
	}
	if a := AnchoredRate(.04, .8, 80, .05); math.Abs(a-(.05*80+1)/100) > 1e-12 {
		t.Errorf("anchored %v", a)
	}
}
