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
	return c
}

// gap is the silence that ends an episode, minutes.
func (c *recCase) gap() int { return c.j.p.GapMin }

// search tries every calendar in every frame and gives the best, its p-value
// adjusted for all of them, and the best per frame.
func (c *recCase) search() (best recFound, perFrame []recFound) {
	frames := float64(len(c.j.span.frames))
	on := episodeOnsets(c.active, c.gap())
	weights, share := recWeights, 1.0
	if c.load.isFlat {
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
			cy := newRecCycles(f, lf, c.active)
			period := cy.scanPeriods(math.Log(c.j.p.Report))
			found = append(found, period)
			if i == 0 {
				found = append(found, cy.scanIntervals(lf))
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
func (x recFound) isTimer() bool { return x.how == howPeriod || x.how == howInterval }

// prefer picks among the calendars: a period, then a free-running timer, that
// explains most of the onsets comes before windows of the day, which it fills
// one by one; else the smallest p-value.
func (c *recCase) prefer(found []recFound) recFound {
	best := recFound{class: -1}
	limit := math.Log(c.j.p.Report)
	for _, how := range [...]string{howPeriod, howInterval} {
		for _, x := range found {
			if x.how == how && x.lnP < limit && x.share >= 0.5 {
				return x
			}
		}
	}
	for _, x := range found {
		if x.lnP < best.lnP {
			best = x
		}
	}
	return best
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

// recBaseline counts a subject's events and its service's volume per slot of
// one frame.
type recBaseline struct {
	f     *recFrame
	count []float64 // events before slot i
	load  []float64 // volume before slot i
	usual float64   // events per unit of volume outside the window judged
	top   func(v float64) float64
}

func (c *recCase) baseline(frame int) *recBaseline {
	f, lf := c.j.span.frames[frame], c.load.frames[frame]
	b := &recBaseline{f: f, count: make([]float64, f.slots()+1), load: lf.cum}
	for i, m := range c.series.minute {
		if at := f.minute(m) / recSlotMin; at >= 0 && at < f.slots() && lf.isSeen(at) {
			b.count[at+1] += c.series.count[i]
		}
	}
	for i := range f.slots() {
		b.count[i+1] += b.count[i]
	}
	mean := b.rate(0, f.slots())
	b.top = func(v float64) float64 { return 5 + 10*mean*v }
	if c.dense == nil {
		b.top = func(float64) float64 { return 1 }
	}
	return b
}

// rate is events per unit of volume in [a, z).
func (b *recBaseline) rate(a, z int) float64 {
	if c, v := b.in(a, z); v > 0 {
		return c / v
	}
	return 0
}

// outside sets the usual rate: of all days, the window left out.
func (b *recBaseline) outside(start, length int) {
	c, v := b.in(0, b.f.slots())
	for d := 0; d < b.f.days; d++ {
		a := max(0, d*recDaySlots+start)
		x, y := b.in(a, max(a, min(b.f.slots(), d*recDaySlots+start+length)))
		c, v = c-x, v-y
	}
	if b.usual = 0; v > 0 {
		b.usual = math.Max(0, c/v)
	}
}

func (b *recBaseline) in(a, z int) (count, load float64) {
	return b.count[z] - b.count[a], b.load[z] - b.load[a]
}

// isRaised says whether the window [a, z) holds significantly more events
// than the rest of its block (window and half an hour around it left out)
// makes likely at the same rate per unit of volume. The block's rate is
// steadied by half a block's worth of the usual rate.
func (b *recBaseline) isRaised(a, z int, k *recBlock) bool {
	if k == nil {
		return false
	}
	c, v := b.in(a, z)
	allC, allV := b.in(k.from, k.to)
	gapC, gapV := b.in(max(k.from, a-6), min(k.to, z+6))
	outC, outV := allC-gapC, allV-gapV
	if c < 2 || !(v > 0) || !(outV > 0) {
		return false
	}
	rate := (outC + 0.5*b.usual*outV) / (1.5 * outV)
	if expect := rate * v; c > 1.2*expect {
		return lnPoissonTail(int(c), expect) < math.Log(0.01)
	}
	return false
}

// lnPoissonTail is ln P(N >= k) of a Poisson count: its terms summed upwards
// from k, k being above the mean.
func lnPoissonTail(k int, mean float64) float64 {
	if float64(k) <= mean {
		return 0
	}
	if !(mean > 0) {
		return math.Inf(-1)
	}
	sum, term := 1.0, 1.0
	for j := k + 1; term > 1e-12*sum; j++ {
		term *= mean / float64(j)
		sum += term
	}
	return float64(k)*math.Log(mean) - mean - stat.LnFact(k) + math.Log(sum)
}

// recHits is a window judged day by day.
type recHits struct {
	due, hit []bool
	q        []float64 // chance of a hit that day
	isRate   bool      // hits are raised rates, not onsets
}

// mean is the mean chance over the due days of a list.
func (h *recHits) mean(days []int) float64 {
	sum, n := 0.0, 0
	for _, d := range days {
		if h.due[d] {
			sum += h.q[d]
			n++
		}
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}

// crowdedChance is the mean chance of a hit above which an onset in the
// window says little about the day, and the rate is asked instead.
const crowdedChance = 0.25

// judgeWindow gives each day's hit for the window [start, start+length) in
// slots of the day. Onsets decide where they are rare; for dense subjects and
// crowded windows the rate in the window against the rest of the day does,
// and its chance is measured on the same days at other hours.
func (c *recCase) judgeWindow(frame, start, length int, b *recBaseline) recHits {
	f := c.j.span.frames[frame]
	s := newRecShift(f, c.load.frames[frame], episodeOnsets(c.active, c.gap()), c.dense != nil)
	n := f.days
	h := recHits{due: make([]bool, n), hit: make([]bool, n), q: make([]float64, n)}
	b.outside(start, length)
	raised := make([]bool, n)
	var all []int
	for d := 1; d < n-1; d++ {
		a := d*recDaySlots + start
		k := s.block(d, ((start%recDaySlots)+recDaySlots)%recDaySlots, length)
		if start < 0 {
			k = s.block(d-1, start+recDaySlots, length)
		}
		if !s.isDue(a, a+length) || k == nil {
			continue
		}
		all = append(all, d)
		h.due[d], h.hit[d] = true, s.isHit(a, a+length)
		h.q[d] = s.chance(k, a, min(a+length, f.slots()), 0, recWeights)
		raised[d] = b.isRaised(a, a+length, k)
	}
	h.isRate = c.dense != nil || h.mean(all) > crowdedChance
	if !h.isRate {
		for _, d := range all {
			h.hit[d] = h.hit[d] || raised[d]
		}
		return h
	}
	chance := c.raisedElsewhere(s, b, all, start, length)
	for _, d := range all {
		h.hit[d], h.q[d] = raised[d], chance
	}
	return h
}

// raisedElsewhere is the share of windows of the same length at other hours
// of the same days that are raised: what chance alone gives.
func (c *recCase) raisedElsewhere(s *recShift, b *recBaseline, days []int, start, length int) float64 {
	step := max(length, recDaySlots/12)
	hits, n := 0, 0
	for _, d := range days {
		for at := start + length + step/2; at+length <= start+recDaySlots-step/2; at += step {
			day, slot := d, at
			if slot >= recDaySlots {
				slot -= recDaySlots // the same day's morning
			}
			if slot < 0 {
				continue
			}
			a := day*recDaySlots + slot
			k := s.block(day, slot, length)
			if !s.isDue(a, a+length) || k == nil {
				continue
			}
			n++
			if b.isRaised(a, a+length, k) {
				hits++
			}
		}
	}
	return (float64(hits) + 0.5) / (float64(n) + 1)
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
	kept := make([]int64, 0, len(c.active))
	for _, m := range c.active {
		if !isIn(m) {
			kept = append(kept, m)
		}
	}
	c.active = kept
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
