package finding

import (
	"math"
	"sort"

	"almanac/internal/stat"
)

// recSubject is one thing that may recur, with all its minutes.
type recSubject struct {
	kind, id, service, template string
	series                      recSeries
	load                        *recLoad
	warnings                    []string
}

// recCase is a subject under search: what is left of it after the
// recurrences already found have been taken out.
type recCase struct {
	*recSubject
	j      *recJudge
	dense  *denseSeries // nil for sparse subjects
	active []int64      // minutes that count, UTC
	// ticks are the minutes in which periods and timers are looked for: those
	// that count, and of a dense subject all as long as most minutes are free.
	ticks []int64
	// around are the working hours that were found when a story was thin.
	around *recStory
	// diffuse says what was significant and yet too thin to be called a
	// recurrence.
	diffuse string
}

// recJudge is what all subjects of a night share; it is read-only while they
// are judged.
type recJudge struct {
	p       RecurrenceParams
	span    *recSpan
	classes [][]recClass // per frame
	jobs    []*recJobSeries
	logs    *recLoads // what was read of the logs, for the jobs' sake
}

func newRecJudge(p RecurrenceParams, span *recSpan) *recJudge {
	j := &recJudge{p: p, span: span}
	for _, f := range span.frames {
		j.classes = append(j.classes, newRecClasses(f))
	}
	return j
}

// newCase decides dense or sparse and marks the active minutes.
func (j *recJudge) newCase(s *recSubject) *recCase {
	c := &recCase{recSubject: s, j: j, active: s.series.minute}
	if s.kind != subjectIncident && !s.load.isFlat && isDense(&s.series, s.load, j.p.DenseShare) {
		c.dense = newDense(&s.series, s.load)
		c.active = c.dense.active
	}
	c.ticks = c.active
	if c.dense != nil && maxTicks*len(s.series.minute) <= s.load.minutes() {
		c.ticks = s.series.minute
	}
	return c
}

// maxTicks is how many observed minutes there must be to one with an event for
// a phase of the clock to show at all.
const maxTicks = 3

// gap is the silence that ends an episode, minutes.
func (c *recCase) gap() int { return c.j.p.GapMin }

// search tries every calendar in every frame and gives the best, its p-value
// adjusted for all of them, and the best per frame.
func (c *recCase) search() (best recFound, perFrame []recFound) {
	frames := float64(len(c.j.span.frames))
	on := episodeOnsets(c.active, c.gap())
	weights, share := recWeights, 1.0
	if c.load.isFlat && !c.load.isShaped {
		weights = 1
	}
	if c.dense != nil {
		share = 0.5
	}
	for i, f := range c.j.span.frames {
		lf := c.load.frames[i]
		s := newRecShift(f, lf, on, c.dense != nil)
		found := []recFound{s.scanDays(c.j.classes[i], weights, share), s.scanWeeks(), s.scanAnyHour()}
		if c.dense != nil {
			found = append(found, scanElevated(f, lf, c.dense, c.j.span, c.j.classes[i]))
		}
		if c.kind != subjectIncident {
			cy := newRecCycles(f, lf, c.ticks)
			period := cy.scanPeriods(math.Log(c.j.p.Report))
			found = append(found, period)
			if i == 0 {
				found = append(found, cy.scanIntervals(lf), c.scanSlow(on))
			}
		}
		for k := range found {
			found[k].frame = i
			found[k].lnP = math.Min(0, found[k].lnP+math.Log(frames))
		}
		frameBest := c.prefer(found)
		perFrame = append(perFrame, frameBest)
		if i == 0 || frameBest.lnP < best.lnP-math.Log(frameFactor) && !best.isTimer() {
			best = frameBest
		}
	}
	return best, perFrame
}

// isTimer says whether the finding runs round the clock.
func (x recFound) isTimer() bool {
	return x.how == howPeriod || x.how == howInterval || x.how == howSlow
}

// prefer picks among the calendars: a period, then a free-running timer, that
// explains most of the onsets comes before windows of the day, which it fills
// one by one; else the smallest p-value.
func (c *recCase) prefer(found []recFound) recFound {
	best := recFound{class: -1}
	limit := math.Log(c.j.p.Report)
	for _, how := range [...]string{howPeriod, howInterval, howSlow} {
		for _, x := range found {
			if x.how == how && x.lnP < limit && x.share >= 0.5 {
				return x
			}
		}
	}
	for _, x := range found {
		if x.lnP < best.lnP && !(c.dense != nil && x.isTimer()) {
			best = x
		}
	}
	return best
}

// scanSlow is scanSlow of the case, on UTC.
func (c *recCase) scanSlow(on []int64) recFound {
	t := scanSlow(c.j.span.frames[len(c.j.span.frames)-1], on)
	return recFound{lnP: t.lnP, how: howSlow, class: -1, share: t.share}
}

// followsTraffic says whether a subject without a schedule would have one if
// load were ignored: then it follows traffic.
func (c *recCase) followsTraffic() bool {
	if c.load.isFlat {
		return false
	}
	s := newRecShift(c.j.span.frames[0], c.load.frames[0], episodeOnsets(c.active, c.gap()), false)
	return s.scanDays(c.j.classes[0][:2], 1, 1).lnP < math.Log(0.01)
}

// likelihood is ln of the beta-binomial evidence for k of n (Jeffreys).
func likelihood(k, n int) float64 {
	return stat.LnBeta(float64(k)+0.5, float64(n-k)+0.5) - stat.LnBeta(0.5, 0.5)
}

// recLabel names the class of days: the hits inside and outside the class, on
// one and the same window, decide; it must beat "every day" by 2 nats and hit
// more often inside than outside. The smallest p-value would call five
// Mondays "every day".
func recLabel(f *recFrame, classes []recClass, h recHits, days []int) (kind string, arg int) {
	in := func(c *recClass) (ki, ni, ko, no int) {
		for _, d := range days {
			if !h.due[d] {
				continue
			}
			k := 0
			if h.hit[d] {
				k = 1
			}
			if c.has(f, d) {
				ki, ni = ki+k, ni+1
			} else {
				ko, no = ko+k, no+1
			}
		}
		return
	}
	best, kind := 0.0, kindDaily
	for i := range classes {
		c := &classes[i]
		if c.kind == kindRecentDays {
			continue
		}
		ki, ni, ko, no := in(c)
		ll := likelihood(ki, ni) + likelihood(ko, no) + math.Log(c.weight)
		switch {
		case c.kind == kindDaily:
			best = ll + 2
		case ll > best && ki >= recMinClassDays && float64(ki)*float64(no) > float64(ko)*float64(ni):
			best, kind, arg = ll, c.kind, c.arg
		}
	}
	return kind, arg
}

// classDays are the frame's days of a kind among those given.
func classDays(f *recFrame, kind string, arg int, days []int) []int {
	var out []int
	for _, d := range days {
		if onCalendar(kind, arg, f.date(d)) {
			out = append(out, d)
		}
	}
	return out
}

// remove takes minutes out of the case: where isIn says so.
func (c *recCase) remove(isIn func(utc int64) bool) {
	left := func(minutes []int64) []int64 {
		kept := make([]int64, 0, len(minutes))
		for _, m := range minutes {
			if !isIn(m) {
				kept = append(kept, m)
			}
		}
		return kept
	}
	c.active, c.ticks = left(c.active), left(c.ticks)
	if c.dense == nil {
		return
	}
	d := *c.dense
	d.mean = append([]float64(nil), d.mean...)
	for i := range d.mean {
		if isIn(c.j.span.from + int64(i)*recSlotMin) {
			d.mean[i] = 0
		}
	}
	c.dense = &d
}

// activeChain gives the run of active minutes (gaps of at most 30 minutes, at most
// 240 minutes long) that meets [from, to) in UTC minutes; ok is false where
// none does. It begins where its episode began, not before from-240.
func activeChain(minute []int64, from, to int64) (first, last int, ok bool) {
	i := sort.Search(len(minute), func(i int) bool { return minute[i] >= from })
	if i == len(minute) || minute[i] >= to {
		return 0, 0, false
	}
	first, last = i, i
	for first > 0 && minute[first]-minute[first-1] <= 30 && minute[i]-minute[first-1] <= 240 {
		first--
	}
	for last+1 < len(minute) && minute[last+1]-minute[last] <= 30 && minute[last+1]-minute[first] <= 240 {
		last++
	}
	return first, last, true
}
