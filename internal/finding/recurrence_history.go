package finding

import (
	"math"
	"sort"
	"strings"
	"time"

	"almanac/internal/stat"
	"almanac/schemas"
)

// Status of a recurrence. Hysteresis: a candidate is confirmed on days that
// the search did not see, and only retired when it stays away longer than
// chance allows for one still going.
const (
	statusCandidate = "candidate"
	statusConfirmed = "confirmed"
	statusRetired   = "retired"
	statusTentative = "tentative"
	statusDiffuse   = "diffuse"
)

// isClaim says whether a row of an earlier night is of a schedule: neither
// tentative nor diffuse.
func isClaim(status string) bool { return status != statusTentative && status != statusDiffuse }

// recKey names a subject.
type recKey struct{ kind, id, service string }

// newDaysLevel is the level of the test on new days: free of selection, it
// needs no correction.
const newDaysLevel = 0.05

// newDays tests the story on its occasions from a moment on: enough of them
// hit by a chance of at most 5 %, and at least two.
func (st *recStory) newDays(from time.Time) (ok bool, hits, n int) {
	q := math.Max(0.002, math.Min(0.5, st.expected))
	var chance []float64
	for _, o := range st.occ {
		if o.isObserved && st.isLive(o) && !o.due.Before(from) {
			chance = append(chance, q)
			if o.isHit {
				hits++
			}
		}
	}
	return hits >= 2 && stat.LnPoissonBinomialTail(chance, hits) <= math.Log(newDaysLevel), hits, len(chance)
}

// holdout is the share of the span kept from the search to confirm on, at
// most maxHoldout; spans under minHoldoutSpan are too short to be cut.
const (
	holdoutShare   = 3
	maxHoldout     = 14 * recDayMin
	minHoldoutSpan = 28 * recDayMin
)

// cut is the minute from which days are kept back; ok is false in a short span.
func (s *recSpan) cut() (minute int64, ok bool) {
	n := s.until - s.from
	if n < minHoldoutSpan {
		return 0, false
	}
	back := min(n/holdoutShare, maxHoldout)
	m := s.until - back
	return m - recMod(m, recDayMin), true
}

// heldOut says whether the same recurrence is found without the last days,
// and holds on them: then a first night may confirm it.
func (c *recCase) heldOut(st *recStory) bool {
	cut, ok := c.j.span.cut()
	if !ok || !st.until.IsZero() {
		return false
	}
	good, _, _ := st.newDays(time.Unix(cut*60, 0))
	if !good {
		return false
	}
	early, subject := *c, *c.recSubject
	subject.load = c.load.until(cut)
	early.recSubject = &subject
	before := func(minutes []int64) []int64 {
		return minutes[:sort.Search(len(minutes), func(i int) bool { return minutes[i] >= cut })]
	}
	early.active, early.ticks = before(c.active), before(c.ticks)
	if c.dense != nil {
		d := *c.dense
		d.mean = append([]float64(nil), d.mean...)
		for i := range d.mean {
			if c.j.span.from+int64(i)*recSlotMin >= cut {
				d.mean[i] = 0
			}
		}
		early.dense = &d
	}
	found, per := early.search()
	if found.lnP > math.Log(1e-3) {
		return false
	}
	was := early.describe(found, per)
	return was != nil && was.kind == st.kind && was.arg == st.arg && sameWindow(was.start, was.end, st.start, st.end) &&
		math.Abs(was.period-st.period) < 1
}

// until is the load with everything from a minute on unobserved.
func (l *recLoad) until(minute int64) *recLoad {
	out := &recLoad{span: l.span, isFlat: l.isFlat, isShaped: l.isShaped, volume: append([]float32(nil), l.volume...)}
	for i := range out.volume {
		if l.span.from+int64(i)*recSlotMin >= minute {
			out.volume[i] = 0
		}
	}
	return out.ready()
}

// sameWindow says whether two windows of the day are one: they overlap by
// half of the shorter, or begin within an hour of each other.
func sameWindow(a, b, x, y int) bool {
	if d := recAbs(a - x); d <= 60 || d >= recDayMin-60 {
		return true
	}
	over := min(b, y) - max(a, x)
	return 2*over >= min(b-a, y-x)
}

// known finds the earlier row that a story continues; nil where it is new.
func known(st *recStory, prev []schemas.Recurrence, used map[string]bool) *schemas.Recurrence {
	for i := range prev {
		p := &prev[i]
		if used[p.RecurrenceID] || p.Kind != st.storedKind() {
			continue
		}
		if st.kind == kindInterval {
			if p.Label == st.label() || st.drift() != 0 && p.Label[:7] == st.label()[:7] {
				return p
			}
			continue
		}
		from, to, ok := parseWindow(p.WindowStart, p.WindowEnd)
		if shift := st.shiftFrom(p.Zone); shift != 0 {
			from, to = from+shift, to+shift
		}
		if p.Label == st.label() && ok && sameWindow(from, to, st.start, st.end) {
			return p
		}
	}
	return nil
}

// shiftFrom is how many minutes a window told in another zone moves when told
// in the story's, at the end of the span; at most half a day.
func (st *recStory) shiftFrom(zone string) int {
	if zone == "" || zone == st.frame.zone.String() {
		return 0
	}
	other, err := time.LoadLocation(zone)
	if err != nil {
		return 0
	}
	end := time.Unix(st.sub.load.span.until*60, 0)
	_, a := end.In(other).Zone()
	_, b := end.In(st.frame.zone).Zone()
	shift := (b - a) / 60
	return (shift+recDayMin+recDayMin/2)%recDayMin - recDayMin/2
}

// parseWindow reads "17:00", "19:00"; an end before the start is of the next
// day.
func parseWindow(start, end string) (from, to int, ok bool) {
	a, err := time.Parse("15:04", start)
	if err != nil {
		return 0, 0, false
	}
	from = a.Hour()*60 + a.Minute()
	if end == "24:00" {
		return from, recDayMin, true
	}
	z, err := time.Parse("15:04", end)
	if err != nil {
		return 0, 0, false
	}
	to = z.Hour()*60 + z.Minute()
	if to <= from {
		to += recDayMin
	}
	return from, to, true
}

// rejudge follows a recurrence known from earlier nights that tonight's
// search did not find again; nil where its calendar cannot be followed.
func (c *recCase) rejudge(p *schemas.Recurrence) *recStory {
	if strings.HasSuffix(p.Label, "no fixed hour") {
		return nil
	}
	kind, arg, ok := parseLabel(p.Kind, p.Label)
	from, to, okWindow := parseWindow(p.WindowStart, p.WindowEnd)
	if !ok || !okWindow {
		return nil
	}
	frame := 0
	if p.Frame == frameUTC && len(c.j.span.frames) > 1 {
		frame = 1
	}
	st := &recStory{sub: c.recSubject, frame: c.j.span.frames[frame], verdict: p.Frame, kind: kind, arg: arg, start: from, end: to}
	st.found = recFound{frame: frame, class: -1, how: howDay}
	st.warnings = append(st.warnings, "not found anew tonight; judged on the window known from earlier nights")
	b := c.baseline(frame)
	c.fillOccasions(st, c.judgeWindow(frame, from/recSlotMin-2, (to-from)/recSlotMin+4, b), b)
	if st.hits == 0 {
		return nil
	}
	if p.PValue != nil {
		st.found.lnP = math.Log(math.Max(*p.PValue, 1e-300))
	}
	return st
}

// parseLabel finds the class of days that a stored row names.
func parseLabel(kind, label string) (string, int, bool) {
	args := []int{0}
	switch kind {
	case kindWeekday:
		args = []int{1, 2, 3, 4, 5, 6, 7}
	case kindMonthDay:
		args = nil
		for d := 1; d <= 31; d++ {
			args = append(args, d)
		}
	case kindNthWeekday:
		args = nil
		for n := 11; n <= 57; n++ {
			if n%10 >= 1 && n%10 <= 7 {
				args = append(args, n)
			}
		}
	case kindWeekdays:
		args = []int{0, sundayToThursday, saturdayToWednesday, mondayToSaturday}
	case kindWeekend:
		args = []int{0, fridayAndSaturday}
	case kindDaily, kindLastDay, kindLastBiz:
	default:
		return "", 0, false
	}
	for _, a := range args {
		if classLabel(kind, a) == label {
			return kind, a, true
		}
	}
	return "", 0, false
}
