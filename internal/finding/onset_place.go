package finding

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"almanac/internal/stat"
	"almanac/schemas"
)

// OnsetMinuteRow is a row of detect/onset_minutes.
type OnsetMinuteRow struct {
	FirstTS time.Time `db:"first_ts"`
	LastTS  time.Time `db:"last_ts"`
	Count   int64     `db:"event_count"`
}

// placeBefore and placeAfter are how far around the day of a level change its
// minute is looked for; placeEvents bounds the events of one minute.
const (
	placeBefore = 24 * time.Hour
	placeAfter  = 48 * time.Hour
	placeEvents = 60
)

// Placeable says whether the minute of an onset can be sought within its
// day, and in which span: that of a first sight is exact already.
func Placeable(o schemas.Onset) (since, until time.Time, ok bool) {
	if o.TS == 0 || o.PValue == nil || o.Kind != onsetUp && o.Kind != onsetDown {
		return since, until, false
	}
	day := schemas.Time(o.TS).UTC().Truncate(24 * time.Hour)
	return day.Add(-placeBefore), day.Add(placeAfter), true
}

// PlaceOnsets finds the minute of level changes by CUSUM (statistics.md part
// D) in the minutes around their day, by onset id: of a rise its first event,
// of a fall, read backwards, its last. Where no rise is clear within these
// days the onset stays at the first event of its day.
func PlaceOnsets(res *OnsetResult, minutes map[string][]OnsetMinuteRow, zone *time.Location) {
	for k := range res.Onsets {
		o := &res.Onsets[k]
		since, until, ok := Placeable(*o)
		if !ok || len(minutes[o.OnsetID]) == 0 {
			continue
		}
		quiet := *o.Before
		if o.Kind == onsetDown {
			quiet = *o.After
		}
		// Half an event in the days looked at stands for none.
		base := max(quiet, .5/(until.Sub(since).Hours()/24)) / 86400
		at, early, ok := placeRise(minutes[o.OnsetID], since, until, base, o.Kind == onsetDown)
		if !ok {
			continue
		}
		was := localStamp(schemas.Time(o.TS), zone)
		o.TS = schemas.Micros(at)
		o.Sentence = strings.Replace(o.Sentence, was, localStamp(at, zone), 1)
		o.Warnings = fmt.Sprintf("the minute is the first of the rise (CUSUM); it may have begun %s earlier", spell(at.Sub(early)))
		if o.Kind == onsetDown {
			o.Warnings = "the minute is the last before the fall (CUSUM, backwards)"
		}
	}
	res.Findings = onsetFindings(res.Onsets)
}

// placeRise is when events rise over a base rate per second, backwards where
// they fall.
func placeRise(rows []OnsetMinuteRow, since, until time.Time, base float64, backwards bool) (at, early time.Time, ok bool) {
	var t []float64
	for _, r := range rows {
		n := int(min(r.Count, placeEvents))
		from, width := r.FirstTS.Sub(since).Seconds(), r.LastTS.Sub(r.FirstTS).Seconds()
		for i := range n {
			x := from
			if n > 1 && width > 0 {
				x += width * float64(i) / float64(n-1)
			}
			t = append(t, x)
		}
	}
	span := until.Sub(since).Seconds()
	if backwards {
		for i := range t {
			t[i] = span - t[i]
		}
	}
	slices.Sort(t)
	r, ok := stat.FindRise(t, base)
	if !ok {
		return at, early, false
	}
	onset, first := r.Onset, r.Earliest
	if backwards {
		onset, first = span-onset, span-onset
	}
	stamp := func(s float64) time.Time {
		return since.Add(time.Duration(s * float64(time.Second))).Truncate(time.Microsecond)
	}
	return stamp(onset), stamp(first), true
}
