package finding

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"almanac/internal/stat"
)

// TestLevelScore measures level changes, silences and fixes as parts B4 and C
// of statistics.md do, and keeps the figures as a golden.
func TestLevelScore(t *testing.T) {
	runs := 40
	if longRun {
		runs = 400
	}
	var s score
	s.row("# level changes, 60 days, found at p < 0.001 of %d series (statistics.md B4); but for Poisson a day's count spreads by half", runs)
	levelRows(t, &s, runs)
	s.row("# silences of %d worlds (statistics.md B4)", runs/5)
	silenceRows(t, &s, runs/5)
	s.row("# fixes looked at after every occasion, up to 60, %d runs (statistics.md C)", 2*runs)
	fixRows(t, &s, 2*runs)
	golden := "change_score_level.txt"
	if longRun {
		golden = "change_score_level_long.txt"
	}
	checkGolden(t, golden, s.String())
	t.Log("\n" + s.String())
}

// noisy is a count with the given mean, its variance mean + mean^2/4.
func noisy(rng *rand.Rand, mean float64) float64 {
	if mean <= 0 {
		return 0
	}
	return poissonDraw(rng, mean*gammaFour(rng))
}

// gammaFour has mean 1 and variance 1/4: the sum of four exponentials.
func gammaFour(rng *rand.Rand) float64 {
	return (rng.ExpFloat64() + rng.ExpFloat64() + rng.ExpFloat64() + rng.ExpFloat64()) / 4
}

func poissonDraw(rng *rand.Rand, mean float64) float64 {
	if mean > 60 {
		return math.Max(0, math.Round(mean+math.Sqrt(mean)*rng.NormFloat64()))
	}
	n, p, limit := 0.0, 1.0, math.Exp(-mean)
	for {
		if p *= rng.Float64(); p <= limit {
			return n
		}
		n++
	}
}

func levelRows(t *testing.T, s *score, runs int) {
	step := func(at int, before, after float64) func(*rand.Rand, int) float64 {
		return func(rng *rand.Rand, d int) float64 {
			if d < at {
				return noisy(rng, before)
			}
			return noisy(rng, after)
		}
	}
	bursts := func(rng *rand.Rand, mean float64) float64 { return mean * math.Exp(1.5*rng.NormFloat64()) }
	for _, c := range []struct {
		name        string
		least, most float64
		series      func(*rand.Rand, int) float64
	}{
		{"no change, noisy", 0, .01, step(0, 0, 40)},
		{"no change, bursts", 0, .01, func(rng *rand.Rand, _ int) float64 { return bursts(rng, 20) }},
		{"no change, rare", 0, .01, step(0, 0, .2)},
		{"three times from day 30", .95, 1, step(30, 30, 90)},
		{"1.6 times from day 30", 0, 1, step(30, 30, 48)},
		{"1.6 times from day 30, Poisson", .95, 1, func(rng *rand.Rand, d int) float64 {
			return poissonDraw(rng, 30+18*float64(oneIf(d >= 30)))
		}},
		{"new for 9 days", .95, 1, step(51, 0, 12)},
		{"silent for 8 days", .95, 1, step(52, 12, 0)},
		{"four times in bursts, an outage", 0, 1, func(rng *rand.Rand, d int) float64 {
			switch {
			case d == 12:
				return 20000
			case d < 30:
				return bursts(rng, 10)
			}
			return bursts(rng, 40)
		}},
	} {
		found := 0
		for k := range runs {
			rng := rand.New(rand.NewPCG(uint64(k), 404))
			y, seen := make([]float64, 60), make([]bool, 60)
			for d := range y {
				x := math.Round(c.series(rng, d))
				volume := 20000 * (1 + .3*math.Sin(float64(d)))
				y[d], seen[d] = math.Log((x+.5)/volume), x > 0
			}
			a, b := stat.ScoreScan(y, onsetSide), stat.FisherScan(seen, onsetSide)
			found += oneIf(math.Min(1, 2*math.Min(a.P, b.P)) < onsetP)
		}
		share := ratioOf(found, runs)
		s.row("%-32s %.2f", c.name, share)
		if share < c.least || share > c.most {
			t.Errorf("%s: %.2f", c.name, share)
		}
	}
}

// silenceRows asks for jobs that stop and for events that merely pause.
func silenceRows(t *testing.T, s *score, runs int) {
	never := at("2026-11-10 00:00:00")
	for _, c := range []struct {
		name        string
		least, most float64
		next        func(*rand.Rand, time.Time) time.Time
		stop        time.Duration // before the end; 0: never
	}{
		{"every hour, stopped six hours ago", .95, 1, func(rng *rand.Rand, x time.Time) time.Time {
			return x.Add(time.Hour + time.Duration(rng.IntN(120)-60)*time.Second)
		}, 6*time.Hour + 30*time.Minute},
		{"every day, stopped four days ago", .95, 1, func(rng *rand.Rand, x time.Time) time.Time {
			return x.Add(24*time.Hour + time.Duration(rng.IntN(240)-120)*time.Second)
		}, 97 * time.Hour},
		{"24 a day at random, stopped four days ago", .95, 1, func(rng *rand.Rand, x time.Time) time.Time {
			return x.Add(time.Minute + time.Duration(rng.ExpFloat64()*float64(time.Hour)))
		}, 96 * time.Hour},
		{"24 a day at random, goes on", 0, .05, func(rng *rand.Rand, x time.Time) time.Time {
			return x.Add(time.Minute + time.Duration(rng.ExpFloat64()*float64(time.Hour)))
		}, 0},
		{"clusters hours apart, go on", 0, .05, func(rng *rand.Rand, x time.Time) time.Time {
			if rng.IntN(5) == 0 {
				return x.Add(time.Duration(rng.ExpFloat64() * float64(9*time.Hour)))
			}
			return x.Add(time.Minute + time.Duration(rng.ExpFloat64()*float64(2*time.Minute)))
		}, 0},
	} {
		found := 0
		for k := range runs {
			rng := rand.New(rand.NewPCG(uint64(k), 505))
			in := silenceWorld(never)
			in.Minutes, in.Signatures = nil, nil
			end := in.Until.Add(-c.stop)
			for x := in.Since; x.Before(end); x = c.next(rng, x) {
				in.addMinute("S-series", x)
			}
			found += oneIf(len(Silences(in).Silences) > 0)
		}
		share := ratioOf(found, runs)
		s.row("%-42s called silent %.2f", c.name, share)
		if share < c.least || share > c.most {
			t.Errorf("%s: %.2f", c.name, share)
		}
	}
}

// fixRows looks at a fix after every occasion until it is judged.
func fixRows(t *testing.T, s *score, runs int) {
	for _, c := range []struct{ k, n, want int }{{4, 4, 2}, {5, 6, 3}, {5, 14, 9}, {12, 30, 7}, {15, 30, 5}, {18, 60, 10}} {
		needed := stat.CleanNeeded(c.k, c.n, .02, 0, 0, .05, neededLimit)
		s.row("hit %2d of %2d before: clean occasions until it held %d", c.k, c.n, needed)
		if needed != max(c.want, minClean) {
			t.Errorf("%d of %d: %d clean occasions, statistics.md part C has %d", c.k, c.n, needed, c.want)
		}
	}
	rng := rand.New(rand.NewPCG(17, 19))
	draw := func(n int, p float64) string {
		var b strings.Builder
		for range n {
			b.WriteByte(".x"[oneIf(rng.Float64() < p)])
		}
		return b.String()
	}
	ever := func(before, after, state string) bool {
		for m := 3; m <= len(after); m++ {
			if Fixes(fixInput(before+after[:m], len(before))).Fixes[0].State == state {
				return true
			}
		}
		return false
	}
	for _, c := range []struct {
		rate  float64
		n     int
		limit float64
	}{{.3, 6, .16}, {.5, 6, .08}, {.3, 14, .06}, {.7, 14, .05}, {.9, 6, .05}} {
		held, failed := 0, 0
		for range runs {
			before := "x" + draw(c.n-1, c.rate)
			held += oneIf(ever(before, draw(60, c.rate), FixHeld))
			failed += oneIf(ever(before, draw(60, .02), FixFailed))
		}
		s.row("hits %.0f %% of %2d occasions before: goes on, falsely held %.2f; gone, falsely failed %.2f",
			100*c.rate, c.n, ratioOf(held, runs), ratioOf(failed, runs))
		if ratioOf(held, runs) > c.limit+.03 || ratioOf(failed, runs) > .05 {
			t.Errorf("rate %.1f, %d before: falsely held %d, falsely failed %d of %d", c.rate, c.n, held, failed, runs)
		}
	}
}
