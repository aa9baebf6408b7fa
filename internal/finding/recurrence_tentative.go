package finding

import (
	"fmt"
	"math"
	"sort"
)

// tentativeSpread is how far apart, in minutes of the day, the starts of a
// tentative recurrence may lie.
const tentativeSpread = 180

// tentative finds a day of the month on which the subject came every time and
// on no other day: "4 of 4". So few occasions cannot carry a claim among
// thousands of subjects, so it is listed with what it has and forecasts
// nothing. nil where there is none, or the span holds less than 84 days.
func (c *recCase) tentative() *recStory {
	f := c.j.span.frames[0]
	if f.days-2 < 84 || c.dense != nil {
		return nil
	}
	on := map[int]bool{}
	low, high := recDayMin, 0
	for _, m := range episodeOnsets(c.active, c.gap()) {
		w := f.minute(m)
		d := w / recDayMin
		if d < 1 || d >= f.days-1 {
			continue
		}
		on[d] = true
		low, high = min(low, w%recDayMin), max(high, w%recDayMin)
	}
	if len(on) < recMinClassDays || len(on) > 8 || high-low > tentativeSpread {
		return nil
	}
	classes := monthClasses()
	sort.SliceStable(classes, func(i, j int) bool { return classes[i].weight > classes[j].weight })
	for _, k := range classes {
		all := true
		for d := range on {
			all = all && onCalendar(k.kind, k.arg, f.date(d))
		}
		if !all {
			continue
		}
		st := &recStory{sub: c.recSubject, frame: f, verdict: frameUnknown, kind: k.kind, arg: k.arg,
			start: low / recSlotMin * recSlotMin, end: (high/recSlotMin + 1) * recSlotMin}
		st.found = recFound{class: -1, how: howDay}
		b := c.baseline(0)
		c.fillOccasions(st, c.judgeWindow(0, st.start/recSlotMin-2, (st.end-st.start)/recSlotMin+4, b), b)
		hits, seen := 0, 0
		for _, o := range st.occ {
			if o.isObserved {
				seen++
				if o.isHit {
					hits++
				}
			}
		}
		if hits < recMinClassDays || hits < seen {
			continue
		}
		st.hits, st.exposed, st.expected = hits, seen, math.Max(st.expected, 1e-6)
		st.warnings = append(st.warnings, fmt.Sprintf("tentative: %d of %d is too little for a claim among all that was searched", hits, seen))
		st.judgeCause()
		return st
	}
	return nil
}
