package finding

import (
	"fmt"
	"math"
	"slices"
	"sort"
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

// Placing is what the minute of one level change is sought in: the minutes of
// its signature and the load of its service around its day. Without load the
// clock counts.
type Placing struct {
	Minutes []OnsetMinuteRow
	Volume  []FixVolumeRow
}

// placeBefore and placeAfter are how far around the day of a level change its
// minute is looked for; placeEvents bounds the events of one minute.
const (
	placeBefore = 24 * time.Hour
	placeAfter  = 48 * time.Hour
	placeEvents = 60
)

// Placeable says whether the minute of an onset can be sought around its
// day, and in which span: that of a first sight is exact already.
func Placeable(o schemas.Onset) (since, until time.Time, ok bool) {
	if o.TS == 0 || o.PValue == nil || o.Kind != onsetUp && o.Kind != onsetDown {
		return since, until, false
	}
	day := schemas.Time(o.TS).UTC().Truncate(24 * time.Hour)
	return day.Add(-placeBefore), day.Add(placeAfter), true
}

// PlaceOnsets finds the minute of level changes, by onset id: where the rate
// per line of the service changes from that before to that after (a Poisson
// change point; at a constant load by the clock, else a quiet night would
// pass for the end of a rise). Of a rise it is the first event, of a fall the
// last; the row's interval holds it. Where no change is clear within these
// days the onset stays at the first event of its day.
func PlaceOnsets(res *OnsetResult, places map[string]Placing, zone *time.Location) {
	for k := range res.Onsets {
		o := &res.Onsets[k]
		since, until, ok := Placeable(*o)
		x := places[o.OnsetID]
		if !ok || len(x.Minutes) == 0 {
			continue
		}
		clock := newLoadClock(x.Volume, since, until, res.daily[o.Service])
		// Half an event in the days looked at stands for none.
		least := .5 / max(clock.end(), 1e-9)
		place, ok := stat.PlaceChange(eventsOf(x.Minutes, clock), clock.end(), max(*o.Before, least), max(*o.After, least))
		if !ok {
			continue
		}
		was := localStamp(schemas.Time(o.TS), zone)
		at, low, high := clock.time(place.At), clock.time(place.Low), clock.time(place.High)
		o.TS, o.EarlyTS, o.LateTS = schemas.Micros(at), schemas.Micros(low), schemas.Micros(high)
		o.Sentence = strings.Replace(o.Sentence, was, localStamp(at, zone), 1)
		what := "first event of the rise"
		if o.Kind == onsetDown {
			what = "last event before the fall"
		}
		o.Warnings = fmt.Sprintf("the minute is that of the %s, which lies between %s and %s", what, localStamp(low, zone), localStamp(high, zone))
	}
	res.Findings = onsetFindings(res.Onsets)
}

// eventsOf spreads the events of each minute over it, on the clock of load.
func eventsOf(rows []OnsetMinuteRow, clock loadClock) []float64 {
	var t []float64
	for _, r := range rows {
		n := int(min(r.Count, placeEvents))
		width := r.LastTS.Sub(r.FirstTS)
		for i := range n {
			x := r.FirstTS
			if n > 1 && width > 0 {
				x = x.Add(width * time.Duration(i) / time.Duration(n-1))
			}
			t = append(t, clock.at(x))
		}
	}
	slices.Sort(t)
	return t
}

// loadClock tells time in days of average load.
type loadClock struct {
	stamps []time.Time
	load   []float64 // up to each stamp
}

// newLoadClock counts a service's lines; perDay is its average day's, 0 where
// that is not known. Without lines it is the wall clock.
func newLoadClock(rows []FixVolumeRow, since, until time.Time, perDay float64) loadClock {
	const slot = 5 * time.Minute
	c := loadClock{stamps: []time.Time{since}, load: []float64{0}}
	sum := 0.0
	for _, r := range rows {
		if r.Lines <= 0 || r.SlotTS.Before(c.stamps[len(c.stamps)-1]) || !r.SlotTS.Before(until) {
			continue
		}
		c.stamps, c.load = append(c.stamps, r.SlotTS), append(c.load, sum)
		sum += float64(r.Lines)
		c.stamps, c.load = append(c.stamps, r.SlotTS.Add(slot)), append(c.load, sum)
	}
	if sum <= 0 {
		return loadClock{stamps: []time.Time{since, until}, load: []float64{0, until.Sub(since).Hours() / 24}}
	}
	if !(perDay > 0) {
		perDay = sum / (until.Sub(since).Hours() / 24)
	}
	for i := range c.load {
		c.load[i] /= perDay
	}
	return c
}

func (c loadClock) end() float64 { return c.load[len(c.load)-1] }

func (c loadClock) at(t time.Time) float64 {
	i := sort.Search(len(c.stamps), func(k int) bool { return c.stamps[k].After(t) })
	switch {
	case i == 0:
		return 0
	case i == len(c.stamps):
		return c.end()
	}
	width := c.stamps[i].Sub(c.stamps[i-1]).Seconds()
	return c.load[i-1] + (c.load[i]-c.load[i-1])*t.Sub(c.stamps[i-1]).Seconds()/width
}

// time is the inverse of at: where nothing was logged, the end of the pause.
func (c loadClock) time(load float64) time.Time {
	i := sort.SearchFloat64s(c.load, load)
	switch {
	case i == 0:
		return c.stamps[0]
	case i == len(c.load):
		return c.stamps[len(c.stamps)-1]
	}
	rise := c.load[i] - c.load[i-1]
	if !(rise > 0) {
		return c.stamps[i]
	}
	share := math.Min(1, (load-c.load[i-1])/rise)
	return c.stamps[i-1].Add(time.Duration(share * float64(c.stamps[i].Sub(c.stamps[i-1])))).Truncate(time.Microsecond)
}
