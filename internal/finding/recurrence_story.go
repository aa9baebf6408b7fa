package finding

import (
	"math"
	"sort"
	"strconv"
	"time"

	"almanac/internal/stat"
	"almanac/schemas"
)

// Subject kinds, as stored.
const (
	subjectSignature = "signature"
	subjectErrorType = "error_type"
	subjectService   = "service"
	subjectIncident  = "incident"
)

// recOccasion is one occasion on which a recurrence was due.
type recOccasion struct {
	date       time.Time // civil date of the window's start
	due, end   time.Time
	isObserved bool
	isHit      bool
	first      int64 // first and last event of the occasion, microseconds
	last       int64
	count      float64
	volume     float64 // load in the window
	job        int64   // start of the candidate job, microseconds
}

// recStory is a recurrence found in a subject, with all that is said of it.
type recStory struct {
	sub      *recSubject
	found    recFound
	frame    *recFrame
	verdict  string // of the frame
	kind     string
	arg      int
	period   float64 // minutes, of periods and intervals
	start    int     // reported window, minutes of the day (or phase); end may pass midnight
	end      int
	occ      []recOccasion
	hits     int
	exposed  int
	isRate   bool    // hits are raised rates
	expected float64 // chance of a hit per occasion
	active   recActive
	since    [3]time.Time // best, low, high; zero: as long as there is data
	until    time.Time
	jitter   float64 // seconds
	length   float64 // seconds
	peak     float64 // volume per slot in the window over that outside, median over occasions
	others   recOthers
	job      *recJobMatch
	cause    recCause
	warnings []string
	q        float64
	gather   *recGather          // of something diffuse; nil for a schedule
	prev     *schemas.Recurrence // as an earlier night knew it; nil where new
}

// recOthers are the observed days outside the story's class on which traffic
// was as high at the same time of day; none where no load is known.
type recOthers struct{ days, hits int }

// describe turns the best window of a search into a story; nil where the
// support is too thin.
func (c *recCase) describe(found recFound, perFrame []recFound) *recStory {
	st := &recStory{sub: c.recSubject, found: found, frame: c.j.span.frames[found.frame]}
	st.verdict = frameVerdict(c.j.span, perFrame)
	st.warnings = append(st.warnings, c.warnings...)
	b := c.baseline(found.frame)
	ok := false
	switch found.how {
	case howPeriod:
		ok = c.describePeriod(st, found.period, found.start, found.length)
	case howInterval:
		ok = c.describeInterval(st, found.period)
	case howSlow:
		ok = c.describeSlow(st)
	default:
		ok = c.describeWindow(st, b)
	}
	if !ok || st.hits < c.j.p.MinDays {
		return nil
	}
	if float64(st.hits) < c.j.p.MinShare*float64(st.exposed) || st.isDiffuse() {
		c.diffuse = st.diffuse()
		return nil
	}
	return st
}

// isDiffuse says whether the stretch called active holds less than half of
// the hits: then it is a lucky run of something spread thinly.
func (st *recStory) isDiffuse() bool {
	all := 0
	live := 0
	for _, o := range st.occ {
		if o.isHit {
			all++
			if st.isLive(o) {
				live++
			}
		}
	}
	return 2*live < all
}

// diffuse says what is significant and yet happens on few of its days.
func (st *recStory) diffuse() string {
	hits, n := 0, 0
	for _, o := range st.occ {
		if o.isObserved {
			n++
			if o.isHit {
				hits++
			}
		}
	}
	return "diffuse: gathers " + st.when() + ", but on " + strconv.Itoa(hits) + " of " + strconv.Itoa(n) +
		" " + st.unit() + " only: working hours or traffic rather than a schedule"
}

// frameFactor is how much smaller the p-value of a frame must be to be
// preferred; until then the site's wall clock is assumed.
const frameFactor = 100

// frameVerdict compares the frames.
func frameVerdict(span *recSpan, per []recFound) string {
	if !span.changes || len(per) < 2 {
		return frameUnknown
	}
	switch d := per[0].lnP - per[1].lnP; {
	case per[0].how == howInterval || per[0].how == howSlow || per[0].how == howPeriod && per[0].period <= 60:
		return frameUnknown
	case d < -math.Log(frameFactor):
		return frameWall
	case d > math.Log(frameFactor):
		return frameUTC
	}
	return frameUnknown
}

// settleFrame keeps to the site's clock, and calls the frame not decidable, as
// long as the recurrence was not seen on both sides of a clock change: what
// began after the change is the same on both clocks, and the smaller p-value
// an accident.
func (c *recCase) settleFrame(st *recStory, per []recFound) *recStory {
	if st == nil || !c.j.span.changes || len(per) < 2 || st.found.how == howPeriod || st.found.how == howInterval ||
		st.found.how == howSlow || st.drift() != 0 || st.spansChange(c.j.span) {
		return st
	}
	if st.found.frame != 0 && per[0].lnP <= math.Log(c.j.p.Report) {
		if local := c.describe(per[0], per); local != nil {
			st = local
		}
	}
	st.verdict = frameUnknown
	return st
}

// spansChange says whether the story was hit twice or more before a clock
// change of the span and twice or more after it.
func (st *recStory) spansChange(span *recSpan) bool {
	for _, step := range span.frames[0].steps[1:] {
		before, after := 0, 0
		for _, o := range st.occ {
			switch {
			case !o.isHit || !st.isLive(o):
			case o.due.Unix()/60 < step.from:
				before++
			default:
				after++
			}
		}
		if before >= 2 && after >= 2 {
			return true
		}
	}
	return false
}

// describeWindow labels the class of days, refines the window and judges
// every occasion in it.
func (c *recCase) describeWindow(st *recStory, b *recBaseline) bool {
	f, x := st.frame, st.found
	days := make([]int, 0, f.days)
	for d := 1; d < f.days-1; d++ {
		days = append(days, d)
	}
	if x.class >= 0 {
		if k := c.j.classes[x.frame][x.class]; k.kind == kindRecentDays {
			days = k.days
		}
	}
	h := c.judgeWindow(x.frame, x.start-1, x.length+2, b)
	if x.how == howAnyHour {
		st.kind, st.arg, st.start, st.end = kindAnyHour, x.dow, 0, recDayMin
		h = c.judgeWindow(x.frame, 0, recDaySlots, b)
		h.isRate = false
	} else {
		st.kind, st.arg = recLabel(f, c.j.classes[x.frame], h, days)
		if !c.refine(st, h, classDays(f, st.kind, st.arg, days), b) {
			return false
		}
		if c.describeDrift(st) {
			return true
		}
		a := recFloorDiv(int64(st.start), recSlotMin)
		z := (st.end + recSlotMin - 1) / recSlotMin
		h = c.judgeWindow(x.frame, int(a)-2, max(1, z-int(a)+4), b)
	}
	c.fillOccasions(st, h, b)
	return true
}

// fillOccasions lists every occasion of the story's class with its evidence
// and counts hits of exposures in the active period.
func (c *recCase) fillOccasions(st *recStory, h recHits, b *recBaseline) {
	f := st.frame
	st.isRate = h.isRate
	var hits []bool
	var at []int
	var q []float64
	var inside []float64
	var outside []int
	for d := 1; d < f.days-1; d++ {
		if !onCalendar(st.kind, st.arg, f.date(d)) {
			if h.due[d] {
				outside = append(outside, d)
			}
			continue
		}
		inside = append(inside, windowLoad(st, b, d))
		o := recOccasion{date: f.date(d), due: f.instant(d, st.start), end: f.instant(d, st.end)}
		o.isObserved = h.due[d]
		o.volume = windowLoad(st, b, d)
		if o.isObserved {
			o.isHit = h.hit[d]
			c.fillEvents(&o, h.isRate)
			if h.isRate && o.isHit {
				c.fillRise(&o, b)
			}
			hits, at, q = append(hits, o.isHit), append(at, len(st.occ)), append(q, h.q[d])
		}
		st.occ = append(st.occ, o)
	}
	c.fillActive(st, hits, at, q)
	st.peak = windowPeak(st, b)
	usual := stat.Median(inside)
	for _, d := range outside {
		if c.load.isFlat || windowLoad(st, b, d) < 0.8*usual {
			continue
		}
		st.others.days++
		if h.hit[d] {
			st.others.hits++
		}
	}
}

// windowLoad is the load in the story's window on day d.
func windowLoad(st *recStory, b *recBaseline, d int) float64 {
	a := max(0, d*recDaySlots+int(recFloorDiv(int64(st.start), recSlotMin)))
	z := min(b.f.slots(), d*recDaySlots+(st.end+recSlotMin-1)/recSlotMin)
	_, v := b.in(a, max(a, z))
	return v
}

// fillEvents finds the first and last event of an occasion: in the window,
// give or take ten minutes where hits are onsets.
func (c *recCase) fillEvents(o *recOccasion, isRate bool) {
	slack := int64(10)
	if isRate {
		slack = 1
	}
	s := &c.series
	from, to := o.due.Unix()/60-slack, o.end.Unix()/60+slack
	i := sort.Search(len(s.minute), func(i int) bool { return s.minute[i] >= from })
	for ; i < len(s.minute) && s.minute[i] < to; i++ {
		if o.first == 0 {
			o.first = s.first[i]
		}
		o.last = s.last[i]
		o.count += s.count[i]
	}
}

// fillRise finds when the rate rose on a hit occasion of a subject that is
// also logged at other times: the change point between the usual rate and the
// occasion's own, by likelihood, within half an hour of the window's start.
// The first event after it is the first of the occasion.
func (c *recCase) fillRise(o *recOccasion, b *recBaseline) {
	if !(o.volume > 0) || !(o.count > 0) {
		return
	}
	from, to := o.due.Unix()/60-30, min(o.due.Unix()/60+30, o.end.Unix()/60)
	high := math.Max(o.count, 1) / o.volume
	low := math.Min(math.Max(b.usual, 0.01*high), 0.9*high)
	perMinute := o.volume / math.Max(1, o.end.Sub(o.due).Minutes())
	s := &c.series
	k := sort.Search(len(s.minute), func(i int) bool { return s.minute[i] >= to })
	sum, best := 0.0, 0.0
	for m := to - 1; m >= from && k > 0; m-- {
		sum -= (high - low) * perMinute
		if s.minute[k-1] == m {
			k--
			sum += s.count[k] * math.Log(high/low)
			if sum > best {
				best, o.first = sum, s.first[k]
			}
		}
	}
}

// fillActive computes the active period and everything counted inside it.
func (c *recCase) fillActive(st *recStory, hits []bool, at []int, q []float64) {
	mean := 0.0
	for _, v := range q {
		mean += v / float64(len(q))
	}
	st.active = activePeriod(hits, mean)
	if len(hits) == 0 {
		return
	}
	sum := 0.0
	var starts, lengths []float64
	for i := st.active.from; i <= st.active.to; i++ {
		st.exposed++
		sum += q[i]
		o := &st.occ[at[i]]
		if hits[i] {
			st.hits++
			starts = append(starts, float64(o.first-o.due.UnixMicro())/1e6)
			lengths = append(lengths, float64(o.last-o.first)/1e6)
		}
	}
	st.expected = math.Max(sum/float64(st.exposed), 1e-6)
	st.jitter, st.length = 1.4826*stat.MAD(starts), stat.Median(lengths)
	if st.active.isBegun {
		for k, i := range [3]int{st.active.from, st.active.low, st.active.high} {
			st.since[k] = st.occ[at[i]].due
		}
	}
	if st.active.isEnded {
		st.until = st.occ[at[st.active.to]].end
	}
}

// windowPeak is the median over occasions of the load per slot in the window
// against the rest of its day; 0 where no load is known.
func windowPeak(st *recStory, b *recBaseline) float64 {
	if st.sub.load.isFlat || st.kind == kindAnyHour {
		return 0
	}
	var r []float64
	for _, o := range st.occ {
		d := int(o.date.Unix()/86400 - st.frame.day0)
		a, z := d*recDaySlots, (d+1)*recDaySlots
		if !o.isObserved || d < 0 || z > st.frame.slots() {
			continue
		}
		_, all := b.in(a, z)
		width := math.Max(1, float64(st.end-st.start)/recSlotMin)
		if rest := (all - o.volume) / (recDaySlots - width); rest > 0 {
			r = append(r, o.volume/width/rest)
		}
	}
	return stat.Median(r)
}

// takeOut removes a story from its case, so that the next one can be found.
func (c *recCase) takeOut(st *recStory) {
	f := st.frame
	switch {
	case st.kind == kindHourly || st.kind == kindPeriod:
		p := int(st.period)
		c.remove(func(m int64) bool { return inPhase(f.minute(m)%recDayMin, p, st.start-1, st.end-st.start+2) })
	case st.kind == kindInterval && st.drift() == 0:
		c.active, c.ticks = nil, nil
	case st.drift() != 0:
		c.remove(func(m int64) bool {
			for _, o := range st.occ {
				if m >= o.due.Unix()/60-15 && m <= o.end.Unix()/60+15 {
					return true
				}
			}
			return false
		})
	default:
		c.removeWindow(st)
	}
}

// removeWindow takes the window and ten minutes on each side out of every
// day, and the rest of the episodes that meet it on the story's own days.
func (c *recCase) removeWindow(st *recStory) {
	f, width := st.frame, st.end-st.start+20
	type stretch struct{ from, to int64 }
	var chains []stretch
	for _, o := range st.occ {
		if i, k, ok := activeChain(c.active, o.due.Unix()/60-10, o.end.Unix()/60+10); ok && o.isHit {
			chains = append(chains, stretch{c.active[i], c.active[k]})
		}
	}
	c.remove(func(m int64) bool {
		if at := (f.minute(m)%recDayMin - st.start + 10 + 2*recDayMin) % recDayMin; at < width {
			return true
		}
		i := sort.Search(len(chains), func(i int) bool { return chains[i].to >= m })
		return i < len(chains) && chains[i].from <= m
	})
}
