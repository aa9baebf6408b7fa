package finding

import (
	"time"

	"almanac/schemas"
)

// dueAfter lists the story's occasions in [from, to): start and end.
// Periods and timers are due all day: an occasion of theirs is a day.
func (st *recStory) dueAfter(from, to time.Time) [][2]time.Time {
	var out [][2]time.Time
	f := st.frame
	if d := st.drift(); d != 0 {
		return st.driftAfter(from, to)
	}
	start, end := st.start, st.end
	if st.period > 0 {
		start, end = 0, recDayMin
	}
	first := int(recFloorDiv(f.wall(from.Unix()/60), recDayMin)-f.day0) - 1
	last := int(recFloorDiv(f.wall(to.Unix()/60), recDayMin)-f.day0) + 1
	for d := first; d <= last; d++ {
		if !onCalendar(st.kind, st.arg, f.date(d)) {
			continue
		}
		if a := f.instant(d, start); !a.Before(from) && a.Before(to) {
			out = append(out, [2]time.Time{a, f.instant(d, end)})
		}
	}
	return out
}

// driftAfter continues a slow timer from its last cycle.
func (st *recStory) driftAfter(from, to time.Time) [][2]time.Time {
	if len(st.occ) == 0 {
		return nil
	}
	var out [][2]time.Time
	o := st.occ[len(st.occ)-1]
	step := time.Duration(st.period * float64(time.Minute))
	for k := 1; k < 10000; k++ {
		a := o.due.Add(time.Duration(k) * step).Truncate(time.Minute)
		if !a.Before(to) {
			break
		}
		if !a.Before(from) {
			out = append(out, [2]time.Time{a, a.Add(o.end.Sub(o.due))})
		}
	}
	return out
}

// forecasts states the next days' occasions of a story that is alive, with
// the posterior mean of its hit rate as chance.
func (st *recStory) forecasts(night, id string, now time.Time, days int) []schemas.Forecast {
	if !st.until.IsZero() {
		return nil
	}
	p := st.chance()
	var out []schemas.Forecast
	for _, x := range st.dueAfter(now, now.AddDate(0, 0, days)) {
		out = append(out, schemas.Forecast{
			EventDate: night, RecurrenceID: id, DueTS: schemas.Micros(x[0]), DueEndTS: schemas.Micros(x[1]),
			Probability: schemas.Ptr(p),
		})
	}
	return out
}

// chance is the posterior mean (Jeffreys) of the share of occasions hit in the
// active period; for periods and timers of days.
func (st *recStory) chance() float64 {
	k, n := 0.5, 1.0
	for _, o := range st.occ {
		if o.isObserved && st.isLive(o) {
			n++
			if o.isHit {
				k++
			}
		}
	}
	return k / n
}

// nextDue is the start of the next occasion after now, zero where there is
// none: a phase of a period, else of the calendar.
func (st *recStory) nextDue(now time.Time) time.Time {
	if !st.until.IsZero() || st.kind == kindInterval && st.drift() == 0 {
		return time.Time{}
	}
	if st.kind == kindPeriod || st.kind == kindHourly {
		m := st.frame.wall(now.Unix()/60) + 1
		p := int64(st.period)
		m += recMod(int64(st.start)-recMod(m, recDayMin), p)
		return st.frame.instant(int(recFloorDiv(m, recDayMin)-st.frame.day0), int(recMod(m, recDayMin)))
	}
	if next := st.dueAfter(now, now.AddDate(0, 2, 0)); len(next) > 0 {
		return next[0][0]
	}
	return time.Time{}
}
