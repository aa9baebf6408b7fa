package finding

import (
	"math"
	"sort"
	"strconv"
	"time"

	"almanac/schemas"
)

// Subject kinds, as stored.
const (
	subjectSignature = "signature"
	subjectErrorType = "error_type"
	subjectService   = "service"
	subjectIncident  = "incident"
)

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
