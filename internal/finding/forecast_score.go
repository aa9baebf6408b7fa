package finding

import (
	"fmt"
	"sort"
	"time"

	"almanac/internal/stat"
	"almanac/schemas"
)

// scoreBins is the number of bins of the calibration table.
const scoreBins = 5

// sameOccasion is how far the due times of one occasion may lie apart, in
// microseconds: nights refine the window, so its start moves by minutes.
const sameOccasion = int64(6 * time.Hour / time.Microsecond)

// ScoreForecasts holds what earlier nights forecast against the occasions as
// known tonight: a row for all, then one per bin of stated chances that has
// any. Forecasts of tonight or later are not graded; of several forecasts of
// an occasion the first counts, which was stated the longest before the fact.
// What was due before until and has no observed occasion is skipped: missing
// is neither right nor wrong. A story counts once, by its lead.
func ScoreForecasts(night string, until time.Time, forecasts []schemas.Forecast, now RecurrenceResult) []schemas.ForecastScore {
	days, follows := now.Days, map[string]bool{}
	for _, r := range now.Recurrences {
		follows[r.RecurrenceID] = r.IsLead != nil && !*r.IsLead
	}
	came := map[string][]*schemas.RecurrenceDay{}
	for i := range days {
		came[days[i].RecurrenceID] = append(came[days[i].RecurrenceID], &days[i])
	}
	bins := make([]forecastBin, scoreBins+1)
	for _, f := range firstForecasts(night, forecasts) {
		if follows[f.RecurrenceID] {
			continue
		}
		d := nearestDay(came[f.RecurrenceID], f.DueTS)
		if d == nil && max(f.DueTS, f.DueEndTS) >= schemas.Micros(until) {
			continue // not due yet
		}
		k := min(scoreBins, 1+int(*f.Probability*scoreBins))
		for _, b := range [...]*forecastBin{&bins[0], &bins[max(1, k)]} {
			b.add(*f.Probability, d)
		}
	}
	var out []schemas.ForecastScore
	for k := range bins {
		if k == 0 || bins[k].graded+bins[k].skipped > 0 {
			out = append(out, bins[k].row(night, k))
		}
	}
	return out
}

// firstForecasts gives for every occasion the first forecast made of it, of
// the nights before night, in the order of recurrence and due time.
func firstForecasts(night string, forecasts []schemas.Forecast) []schemas.Forecast {
	var old []schemas.Forecast
	for _, f := range forecasts {
		if f.EventDate < night && f.Probability != nil && *f.Probability >= 0 && *f.Probability <= 1 {
			old = append(old, f)
		}
	}
	sort.SliceStable(old, func(i, j int) bool {
		a, b := old[i], old[j]
		if a.RecurrenceID != b.RecurrenceID {
			return a.RecurrenceID < b.RecurrenceID
		}
		if a.EventDate != b.EventDate {
			return a.EventDate < b.EventDate
		}
		return a.DueTS < b.DueTS
	})
	var out []schemas.Forecast
	from := 0 // first kept forecast of the recurrence at hand
	for _, f := range old {
		if len(out) > 0 && out[len(out)-1].RecurrenceID != f.RecurrenceID {
			from = len(out)
		}
		// Nights forecast ahead, so the same occasion is among the last kept.
		known := false
		for i := len(out) - 1; i >= from && !known; i-- {
			known = f.EventDate != out[i].EventDate && apart(f.DueTS, out[i].DueTS) <= sameOccasion
		}
		if !known {
			out = append(out, f)
		}
	}
	return out
}

// nearestDay is the occasion nearest to a due time; nil where none is near.
func nearestDay(days []*schemas.RecurrenceDay, due int64) *schemas.RecurrenceDay {
	var best *schemas.RecurrenceDay
	for _, d := range days {
		if apart(d.DueTS, due) <= sameOccasion && (best == nil || apart(d.DueTS, due) < apart(best.DueTS, due)) {
			best = d
		}
	}
	return best
}

func apart(a, b int64) int64 { return max(a-b, b-a) }

// forecastBin counts the forecasts of one range of stated chances.
type forecastBin struct {
	graded, hits, skipped int
	stated, squares       float64
}

func (b *forecastBin) add(p float64, d *schemas.RecurrenceDay) {
	if d == nil || d.IsObserved == nil || !*d.IsObserved || d.IsHit == nil {
		b.skipped++
		return
	}
	x := 0.0
	if *d.IsHit {
		x = 1
		b.hits++
	}
	b.graded++
	b.stated += p
	b.squares += (x - p) * (x - p)
}

// row is the stored form of bin k; bin 0 is all.
func (b *forecastBin) row(night string, k int) schemas.ForecastScore {
	low, high, name := 0.0, 1.0, "all"
	if k > 0 {
		low, high = float64(k-1)/scoreBins, float64(k)/scoreBins
		name = fmt.Sprintf("%.1f-%.1f", low, high)
	}
	r := schemas.ForecastScore{
		EventDate: night, Bin: name, ChanceLow: &low, ChanceHigh: &high,
		Graded: schemas.Ptr(int64(b.graded)), Hits: schemas.Ptr(int64(b.hits)),
		Misses: schemas.Ptr(int64(b.graded - b.hits)), Skipped: schemas.Ptr(int64(b.skipped)),
	}
	if b.graded == 0 {
		return r
	}
	n := float64(b.graded)
	share := float64(b.hits) / n
	wide, wider := stat.Wilson(b.hits, b.graded, stat.Z95)
	r.Stated, r.HitShare, r.HitLow, r.HitHigh = schemas.Ptr(b.stated/n), &share, &wide, &wider
	r.Brier, r.BrierBase = schemas.Ptr(b.squares/n), schemas.Ptr(share*(1-share))
	return r
}
