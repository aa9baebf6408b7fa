package finding

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"almanac/schemas"
)

// The minute of a rise and of a fall is found within the day of the split.
func TestOnsetPlacedInsideTheDay(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 2))
	for _, kind := range []string{onsetUp, onsetDown} {
		close, runs := 0, 40
		for range runs {
			o := schemas.Onset{OnsetID: "O-1", Kind: kind, TS: schemas.Micros(at("2026-05-10 00:20:00")),
				PValue: schemas.Ptr(1e-6), QValue: schemas.Ptr(1e-5), Before: schemas.Ptr(24.0), After: schemas.Ptr(300.0)}
			if kind == onsetDown {
				o.Before, o.After = o.After, o.Before
			}
			o.Sentence = "x rose on " + localStamp(schemas.Time(o.TS), time.UTC) + "."
			since, until, ok := Placeable(o)
			if !ok {
				t.Fatal("not placeable")
			}
			step := at("2026-05-10 14:00:00")
			var rows []OnsetMinuteRow
			for m := since; m.Before(until); m = m.Add(time.Minute) {
				rate := 24.0 / 1440
				if m.Before(step) == (kind == onsetDown) {
					rate = 300.0 / 1440
				}
				if rng.Float64() < rate {
					rows = append(rows, OnsetMinuteRow{FirstTS: m.Add(10 * time.Second), LastTS: m.Add(10 * time.Second), Count: 1})
				}
			}
			res := OnsetResult{Onsets: []schemas.Onset{o}}
			PlaceOnsets(&res, map[string][]OnsetMinuteRow{"O-1": rows}, time.UTC)
			got := schemas.Time(res.Onsets[0].TS)
			if d := got.Sub(step).Abs(); d <= 30*time.Minute {
				close++
			}
			if !strings.Contains(res.Onsets[0].Sentence, localStamp(got, time.UTC)) || res.Findings[0].FirstTS != res.Onsets[0].TS {
				t.Fatalf("the words stayed behind: %+v", res.Onsets[0])
			}
		}
		t.Logf("%s: within 30 minutes in %d of %d", kind, close, runs)
		if close < runs*9/10 {
			t.Errorf("%s: within 30 minutes in %d of %d", kind, close, runs)
		}
	}
	res := OnsetResult{Onsets: []schemas.Onset{{OnsetID: "O-2", Kind: onsetNew, TS: 5}}}
	PlaceOnsets(&res, map[string][]OnsetMinuteRow{"O-2": {{Count: 4}}}, time.UTC)
	if res.Onsets[0].TS != 5 {
		t.Error("a first sight was moved")
	}
}
