package finding

import (
	"math"
	"sort"

	"almanac/internal/stat"
)

// drift is how far an interval near a day moves per day, minutes; 0 for every
// other story.
func (st *recStory) drift() float64 {
	if st.kind == kindInterval && st.period > maxInterval {
		return st.period - recDayMin
	}
	return 0
}

// describePeriod tells of a phase of a period on the clock. Exposures are the
// observed cycles of the days on which it ran.
func (c *recCase) describePeriod(st *recStory, period, phase, width int) bool {
	f, lf := st.frame, c.load.frames[st.found.frame]
	cy := newRecCycles(f, lf, c.ticks)
	st.period, st.start, st.end = float64(period), phase, phase+width
	st.kind = kindPeriod
	if period == 60 {
		st.kind = kindHourly
	}
	var hits []bool
	var at []int
	var q, per, seen []float64
	random := cy.anyPhase(period, width)
	for d := 1; d < f.days-1; d++ {
		o := recOccasion{date: f.date(d), due: f.instant(d, 0), end: f.instant(d, recDayMin)}
		in, out := cy.cycles(lf, d, period, phase, width)
		o.isObserved = 2*out > recDayMin/period
		if o.isObserved {
			o.isHit, o.count = 4*in >= out && in > 0, float64(in)
			hits, at = append(hits, o.isHit), append(at, len(st.occ))
			q = append(q, math.Min(0.5, random))
			per, seen = append(per, float64(in)), append(seen, float64(out))
		}
		c.boundsOfPhase(st, &o, period, phase, width)
		st.occ = append(st.occ, o)
	}
	c.fillActive(st, hits, at, q)
	st.hits, st.exposed, st.jitter = 0, 0, 0
	for i := range per {
		if i >= st.active.from && i <= st.active.to {
			st.hits += int(per[i])
			st.exposed += int(seen[i])
		}
	}
	st.expected = math.Max(random, 1e-6)
	st.length = 0
	return len(per) > 0
}

// cycles counts a day's cycles hit in the phase window, and those observed.
func (c *recCycles) cycles(lf *recLoadFrame, d, period, phase, width int) (hit, seen int) {
	done := map[int]bool{}
	for _, m := range c.days[d] {
		if inPhase(m, period, phase, width) {
			done[((m-phase+recDayMin)%recDayMin)/period] = true
		}
	}
	for k := 0; k < recDayMin/period; k++ {
		at := (d*recDayMin + (phase+k*period)%recDayMin) / recSlotMin
		if lf.isSeen(at) {
			seen++
		} else {
			delete(done, k)
		}
	}
	return len(done), seen
}

// anyPhase is the share of cycles hit at a phase drawn at random.
func (c *recCycles) anyPhase(period, width int) float64 {
	var mark [recDayMin]bool
	var list []int
	n, days := 0, 0
	for _, d := range c.days {
		if len(d) > 0 {
			list = phaseStarts(d, width, &mark, list)
			n += len(list)
			days++
		}
	}
	if days == 0 {
		return 0
	}
	return float64(n) / float64(days) / recDayMin
}

// boundsOfPhase finds the first and last event in phase of an occasion's day.
func (c *recCase) boundsOfPhase(st *recStory, o *recOccasion, period, phase, width int) {
	s := &c.series
	i := sort.Search(len(s.minute), func(i int) bool { return s.minute[i] >= o.due.Unix()/60 })
	for ; i < len(s.minute) && s.minute[i] < o.end.Unix()/60; i++ {
		if inPhase(st.frame.minute(s.minute[i])%recDayMin, period, phase, width) {
			if o.first == 0 {
				o.first = s.first[i]
			}
			o.last = s.last[i]
		}
	}
}

// describeInterval tells of a free-running timer: hits are the intervals that
// have its length.
func (c *recCase) describeInterval(st *recStory, period int) bool {
	f := st.frame
	cy := newRecCycles(f, c.load.frames[st.found.frame], c.ticks)
	w := max(1, period/20)
	var gaps []float64
	var hits []bool
	var at []int
	var q []float64
	good, all := 0, 0
	for d := 1; d < f.days-1; d++ {
		o := recOccasion{date: f.date(d), due: f.instant(d, 0), end: f.instant(d, recDayMin)}
		a := d * recDaySlots
		lf := c.load.frames[st.found.frame]
		o.isObserved = 2*int(lf.seen[a+recDaySlots]-lf.seen[a]) >= recDaySlots
		in := 0
		for i := 1; i < len(cy.days[d]); i++ {
			if g := cy.days[d][i] - cy.days[d][i-1]; g >= period-w && g <= period+w {
				gaps = append(gaps, float64(g))
				in++
			}
		}
		if o.isObserved {
			n := max(0, len(cy.days[d])-1)
			o.isHit, o.count = 2*in >= n && in > 0, float64(in)
			good, all = good+in, all+n
			hits, at, q = append(hits, o.isHit), append(at, len(st.occ)), append(q, 0.1)
			c.fillEvents(&o, true)
			o.count = float64(in)
		}
		st.occ = append(st.occ, o)
	}
	if len(gaps) == 0 {
		return false
	}
	c.fillActive(st, hits, at, q)
	mean := 0.0
	for _, g := range gaps {
		mean += g / float64(len(gaps))
	}
	st.kind, st.period = kindInterval, mean
	st.hits, st.exposed, st.expected = good, all, math.Max(float64(2*w+1)/float64(maxInterval), 1.0/3)
	st.start, st.end = 0, recDayMin
	st.jitter, st.length = 60*1.4826*stat.MAD(gaps), 0
	return true
}

// A window whose hits move along the day is a timer that runs a little slower
// or faster than the day. It is called so from half a minute a day on, when
// the line explains nearly all of the spread.
const (
	minDrift     = 0.5
	driftResidue = 0.35
	minDriftHits = 6
)

// describeDrift tells of such a timer instead of a daily window: never called
// daily, never given a cron line.
func (c *recCase) describeDrift(st *recStory) bool {
	if st.kind != kindDaily && st.kind != kindWeekdays {
		return false
	}
	// A timer knows no clock changes: its line is drawn in UTC where the two
	// differ. The window was found on the story's frame.
	x, utc := st.found, c.j.span.frames[len(c.j.span.frames)-1]
	var day, at []float64
	on := episodeOnsets(c.active, c.gap())
	for _, m := range on {
		w := st.frame.minute(m) - (x.start-1)*recSlotMin
		if w >= 0 && w%recDayMin < (x.length+2)*recSlotMin {
			d := w / recDayMin
			day, at = append(day, float64(d)), append(at, float64(utc.minute(m)-d*recDayMin))
		}
	}
	slope, ok := driftOf(day, at)
	if !ok {
		return false
	}
	origin, period, tol, n := followDrift(utc, on, day, at, recDayMin+slope)
	if n < minDriftHits {
		return false
	}
	frame, index := st.frame, st.found.frame
	st.frame, st.found.frame = utc, len(c.j.span.frames)-1
	if c.fillDrift(st, on, origin, period, tol, c.baseline(st.found.frame)) {
		return true
	}
	st.frame, st.found.frame = frame, index
	return false
}

// driftOf is the Theil-Sen slope of time of day on day, and whether it is a
// drift.
func driftOf(day, at []float64) (slope float64, ok bool) {
	if len(day) < minDriftHits {
		return 0, false
	}
	var slopes []float64
	for i := range day {
		for k := i + 1; k < len(day) && k < i+60; k++ {
			if day[k] > day[i] {
				slopes = append(slopes, (at[k]-at[i])/(day[k]-day[i]))
			}
		}
	}
	slope = stat.Median(slopes)
	rest := make([]float64, len(at))
	for i := range at {
		rest[i] = at[i] - slope*day[i]
	}
	return slope, math.Abs(slope) >= minDrift && stat.MAD(rest) <= driftResidue*stat.MAD(at)
}

// followDrift walks the line through all onsets of the span, also outside the
// window it was found in, and fits origin and period by least squares.
func followDrift(f *recFrame, on []int64, day, at []float64, period float64) (origin, fit, tol float64, n int) {
	rest := make([]float64, len(at))
	for i := range at {
		rest[i] = at[i] + day[i]*recDayMin - day[i]*period
	}
	origin, fit = stat.Median(rest), period
	tol = math.Min(60, 4*1.4826*stat.MAD(rest)+10)
	for range 3 {
		var sx, sy, sxx, sxy, k float64
		for _, m := range on {
			y := float64(f.minute(m))
			c := math.Round((y - origin) / fit)
			if math.Abs(y-origin-c*fit) <= tol {
				sx, sy, sxx, sxy, k = sx+c, sy+y, sxx+c*c, sxy+c*y, k+1
			}
		}
		det := k*sxx - sx*sx
		if k < minDriftHits || det <= 0 {
			return origin, fit, tol, int(k)
		}
		fit = (k*sxy - sx*sy) / det
		origin = (sy - fit*sx) / k
		n = int(k)
	}
	return origin, fit, tol, n
}

// fillDrift judges every cycle of the timer.
func (c *recCase) fillDrift(st *recStory, on []int64, origin, period, tol float64, b *recBaseline) bool {
	f, lf := st.frame, c.load.frames[st.found.frame]
	s := newRecShift(f, lf, on, false)
	var hits []bool
	var at []int
	var q []float64
	var occ []recOccasion
	width := int(math.Ceil(tol))
	for k := math.Ceil((recDayMin - origin) / period); ; k++ {
		m := int(math.Round(origin + k*period))
		if m >= (f.days-1)*recDayMin {
			break
		}
		d := m / recDayMin
		o := recOccasion{date: f.date(d), due: f.instant(d, m-d*recDayMin-width), end: f.instant(d, m-d*recDayMin+width)}
		a, z := (m-width)/recSlotMin, (m+width)/recSlotMin+1
		if a >= 0 && s.isDue(a, z) {
			o.isObserved, o.isHit = true, s.isHit(a, z)
			_, o.volume = b.in(a, z)
			c.fillEvents(&o, true)
			hits, at = append(hits, o.isHit), append(at, len(occ))
			q = append(q, math.Min(0.5, float64(2*width)/recDayMin*float64(len(s.onset))/float64(f.days)))
		}
		occ = append(occ, o)
	}
	k, first, last := 0, len(hits), 0
	for i, h := range hits {
		if h {
			k, first, last = k+1, min(first, i), i
		}
	}
	if k == 0 || 2*k < last-first+1 {
		return false
	}
	st.kind, st.arg, st.period, st.occ = kindInterval, 0, period, occ
	st.start, st.end = 0, recDayMin
	c.fillActive(st, hits, at, q)
	return true
}
