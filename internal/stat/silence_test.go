package stat

import (
	"math/rand/v2"
	"testing"
)

func TestSilenceTail(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	var hourly []float64
	for range 300 {
		hourly = append(hourly, 3600+20*rng.NormFloat64())
	}
	if p, ok := SilenceTail(hourly, 6*3600); !ok || p > 1e-6 {
		t.Errorf("an hourly job gone for six hours: p %.2g, %v", p, ok)
	}
	if p, _ := SilenceTail(hourly, 3590); p < .5 {
		t.Errorf("not due yet: p %.2g", p)
	}
	if p, ok := SilenceTail(hourly[:9], 1e9); ok || p != 1 {
		t.Errorf("nine pauses say nothing: p %.2g, %v", p, ok)
	}
}

// Clustered events, as retries give: the open pause of a stream that goes on
// is rarely called a silence (the study: 0 to 0.7 % at p < 1e-4).
func TestSilenceTailOnClusters(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 9))
	found, runs := 0, 2000
	for range runs {
		var gaps []float64
		for range 200 {
			if rng.IntN(4) == 0 {
				gaps = append(gaps, rng.ExpFloat64()*4000)
			} else {
				gaps = append(gaps, rng.ExpFloat64()*20)
			}
		}
		if p, _ := SilenceTail(gaps[1:], gaps[0]); p < 1e-4 {
			found++
		}
	}
	if share := float64(found) / float64(runs); share > .007 {
		t.Errorf("false silences at p < 1e-4: %.4f", share)
	}
}
