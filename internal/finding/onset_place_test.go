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
	for k, kind := range []string{onsetUp, onsetDown, onsetUp, onsetDown} {
		daily := k >= 2
		close, held, runs := 0, 0, 40
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
			var volume []FixVolumeRow
			for m := since; m.Before(until); m = m.Add(time.Minute) {
				load := 1.0
				if daily { // office hours have six times the load of the night
					load = map[bool]float64{true: 2, false: 1. / 3}[m.Hour() >= 8 && m.Hour() < 18]
					if m.Minute()%5 == 0 {
						volume = append(volume, FixVolumeRow{SlotTS: m, Lines: int64(1000 * load)})
					}
				}
				rate := 24.0 / 1440
				if m.Before(step) == (kind == onsetDown) {
					rate = 300.0 / 1440
				}
				if rng.Float64() < rate*load {
					rows = append(rows, OnsetMinuteRow{FirstTS: m.Add(10 * time.Second), LastTS: m.Add(10 * time.Second), Count: 1})
				}
			}
			res := OnsetResult{Onsets: []schemas.Onset{o}}
			PlaceOnsets(&res, map[string]Placing{"O-1": {Minutes: rows, Volume: volume}}, time.UTC)
			got := schemas.Time(res.Onsets[0].TS)
			if d := got.Sub(step).Abs(); d <= 30*time.Minute {
				close++
			}
			if o := res.Onsets[0]; !schemas.Time(o.EarlyTS).After(step) && !schemas.Time(o.LateTS).Before(step) {
				held++
			}
			if !strings.Contains(res.Onsets[0].Sentence, localStamp(got, time.UTC)) || res.Findings[0].FirstTS != res.Onsets[0].TS {
				t.Fatalf("the words stayed behind: %+v", res.Onsets[0])
			}
		}
		t.Logf("%s, daily load %v: within 30 minutes in %d of %d, interval holds it in %d", kind, daily, close, runs, held)
		if close < runs*9/10 || held < runs*9/10 {
			t.Errorf("%s, daily load %v: within 30 minutes in %d of %d, interval holds it in %d", kind, daily, close, runs, held)
		}
	}
	res := OnsetResult{Onsets: []schemas.Onset{{OnsetID: "O-2", Kind: onsetNew, TS: 5}}}
	PlaceOnsets(&res, map[string]Placing{"O-2": {Minutes: []OnsetMinuteRow{{Count: 4}}}}, time.UTC)
	if res.Onsets[0].TS != 5 {
		t.Error("a first sight was moved")
	}
}
