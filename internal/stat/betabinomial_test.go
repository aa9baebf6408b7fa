package stat

import (
	"math/rand/v2"
	"testing"
)

// The numbers of statistics.md part C, computed there by another program.
func TestCleanNeededMatchesTheStudy(t *testing.T) {
	for _, c := range []struct{ k, n, want int }{
		{4, 4, 3}, // 2 by the factor alone, 3 by the floor
		{5, 6, 3}, {5, 14, 9}, {12, 30, 7}, {15, 30, 5}, {18, 60, 10},
	} {
		if got := CleanNeeded(c.k, c.n, .02, 0, 0, .05, 100); got != c.want {
			t.Errorf("%d of %d: %d clean occasions needed, want %d", c.k, c.n, got, c.want)
		}
	}
	if got := CleanNeeded(1, 30, .02, 0, 0, .05, 20); got != 21 {
		t.Errorf("a rare recurrence cannot be called gone within 20: got %d", got)
	}
}

func TestStillGoing(t *testing.T) {
	if p := StillGoing(12, 14, .02, 5, 6); p < .99 {
		t.Errorf("hit 5 of 6 after 12 of 14: P(goes on) %.3f", p)
	}
	if p := StillGoing(12, 14, .02, 0, 6); p > .05 {
		t.Errorf("0 of 6 after 12 of 14: P(goes on) %.3f", p)
	}
	if p := StillGoing(-3, -1, 9, 5, -2); !(p >= 0 && p <= 1) {
		t.Errorf("nonsense gave %v", p)
	}
	if QuietTail(12, 14, 6) > .05 || QuietTail(5, 14, 2) < .05 {
		t.Errorf("quiet tails: %.3f and %.3f", QuietTail(12, 14, 6), QuietTail(5, 14, 2))
	}
}

// An unchanged recurrence, looked at after every occasion up to 60, is called
// held no more often than the study measured (.3 n=14: .04, .7 n=14: .03).
func TestFalseHeldUnderContinuousLooking(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	for _, c := range []struct {
		rate  float64
		n     int
		limit float64
	}{{.3, 14, .06}, {.5, 14, .05}, {.7, 14, .05}, {.9, 14, .05}} {
		runs, false_ := 2000, 0
		for range runs {
			k := 0
			for range c.n {
				if rng.Float64() < c.rate {
					k++
				}
			}
			h := 0
			for m := 1; m <= 60; m++ {
				if rng.Float64() < c.rate {
					h++
				}
				if m >= 3 && StillGoing(k, c.n, .02, h, m) <= .05 {
					false_++
					break
				}
			}
		}
		if share := float64(false_) / float64(runs); share > c.limit {
			t.Errorf("hit rate %.1f, n %d: falsely held %.3f, limit %.2f", c.rate, c.n, share, c.limit)
		} else {
			t.Logf("hit rate %.1f, n %d: falsely held %.3f", c.rate, c.n, share)
		}
	}
}
