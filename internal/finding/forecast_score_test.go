package finding

import (
	"testing"
	"time"

	"almanac/schemas"
)

// Four nights forecast a daily occasion whose window moves by minutes. The
// first word counts, tonight's own does not, what was not read is skipped.
func TestScoreForecasts(t *testing.T) {
	day := func(d, h, m int) int64 {
		return schemas.Micros(time.Date(2026, 3, d, h, m, 0, 0, time.UTC))
	}
	var f []schemas.Forecast
	say := func(night string, p float64, due int64) {
		f = append(f, schemas.Forecast{EventDate: night, RecurrenceID: "R-1", DueTS: due, DueEndTS: due + 3600_000_000, Probability: &p})
	}
	for k, night := range []string{"2026-03-04", "2026-03-03", "2026-03-02", "2026-03-01"} { // in any order
		n := 4 - k
		for d := n; d < n+3; d++ {
			say(night, 0.9-float64(n)/100, day(d, 16, 5*n))
		}
	}
	say("2026-03-01", 0.3, day(2, 4, 0)) // another occasion of that day
	came := func(d, h, m int, isSeen, isHit bool) schemas.RecurrenceDay {
		x := schemas.RecurrenceDay{RecurrenceID: "R-1", DueTS: day(d, h, m), IsObserved: &isSeen}
		if isSeen {
			x.IsHit = &isHit
		}
		return x
	}
	days := []schemas.RecurrenceDay{
		came(1, 16, 3, true, true), came(2, 16, 3, true, false), came(3, 16, 3, false, false),
		came(2, 4, 0, true, false),
	}
	// Night 4 has read up to noon of the 4th: what is due later is not graded.
	got := ScoreForecasts("2026-03-04", time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC), f, RecurrenceResult{Days: days})
	if len(got) != 3 || got[0].Bin != "all" || got[1].Bin != "0.2-0.4" || got[2].Bin != "0.8-1.0" {
		t.Fatalf("bins: %+v", got)
	}
	all, high := got[0], got[2]
	if *all.Graded != 3 || *all.Hits != 1 || *all.Misses != 2 || *all.Skipped != 1 {
		t.Errorf("all: graded %d, hits %d, misses %d, skipped %d", *all.Graded, *all.Hits, *all.Misses, *all.Skipped)
	}
	// Both 16:00 occasions were first stated by night 1: chance .89.
	if want := (0.11*0.11 + 0.89*0.89) / 2; apartF(*high.Brier, want) > 1e-12 || apartF(*high.Stated, 0.89) > 1e-12 || *high.BrierBase != 0.25 {
		t.Errorf("high: Brier %v (want %v), stated %v, base %v", *high.Brier, want, *high.Stated, *high.BrierBase)
	}
	none := ScoreForecasts("2026-03-01", time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), f, RecurrenceResult{Days: days})
	if len(none) != 1 || *none[0].Graded != 0 || none[0].Brier != nil {
		t.Errorf("the first night has nothing to grade: %+v", none)
	}
}

func apartF(a, b float64) float64 { return max(a-b, b-a) }
