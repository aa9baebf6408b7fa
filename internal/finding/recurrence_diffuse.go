package finding

import (
	"fmt"
	"math"
)

// Working hours: something that may happen at any time and does so more often
// on some days and in some hours. That is no schedule: nothing is due, so it
// is told with status diffuse, and neither forecast nor given a cron line.
//
// Null, as everywhere: each day (week) is shifted circularly in operational
// time. What is summed is the share of a day's (week's) onsets that falls into
// the window, so a day of a hundred failures counts once, as shareTest says.
const (
	diffuseDays   = 20  // days with an onset that are needed
	diffuseWeeks  = 6   // whole weeks with an onset
	diffuseOnsets = 30  // onsets
	diffuseSpan   = 28  // days of data
	diffuseLift   = 1.3 // rate inside over the rate outside
	diffuseLevel  = 0.01
	diffuseFrom   = 3 // hours of a window, at least and
	diffuseTo     = 14
)

// recDayHours is the number of hours of a day; windows here are whole hours.
const recDayHours = 24

// diffuseClasses are the kinds of days that working weeks are made of.
var diffuseClasses = []recClass{
	{kind: kindWeekdays}, {kind: kindWeekdays, arg: sundayToThursday}, {kind: kindWeekdays, arg: saturdayToWednesday},
	{kind: kindWeekdays, arg: mondayToSaturday}, {kind: kindWeekend}, {kind: kindWeekend, arg: fridayAndSaturday},
}

// recGather is when something gathers: hours of the day on a kind of days.
type recGather struct {
	kind     string
	arg      int
	from, to int     // hours; to may pass 24, 0 and 24 where only the days differ
	lnP      float64 // adjusted for all windows and kinds of days
	in, all  int     // onsets
	expected float64 // share of the weight
}

// rateRatio is the rate of onsets inside over that outside.
func (g *recGather) rateRatio() float64 {
	out := math.Max(0.5, float64(g.all-g.in))
	return float64(g.in) / g.expected * (1 - g.expected) / out
}

// gather finds the days and hours in which the onsets left in the case gather;
// nil where nothing stands out or there is too little to say. Incidents only:
// errors in logs run together where traffic is highest, so their onsets thin
// out there and seem to gather elsewhere.
func (c *recCase) gather() *recStory {
	f := c.j.span.frames[0]
	on := episodeOnsets(c.active, c.gap())
	if c.kind != subjectIncident || len(on) < diffuseOnsets || f.days-2 < diffuseSpan {
		return nil
	}
	s := newRecShift(f, c.load.frames[0], on, false)
	weights := recWeights
	if c.load.isFlat {
		weights = 1
	}
	g := recGather{kind: kindDaily, to: recDayHours}
	days := s.gatherDays(weights, &g)
	hours := s.gatherHours(weights, &g)
	limit := math.Log(diffuseLevel)
	if days > limit && hours > limit {
		return nil
	}
	g.lnP = math.Min(0, math.Min(days, hours)+math.Ln2)
	s.countGather(weights, &g)
	if g.rateRatio() < diffuseLift || !(g.expected > 0) || !(g.expected < 1) {
		return nil
	}
	st := &recStory{sub: c.recSubject, frame: f, verdict: frameUnknown, kind: g.kind, arg: g.arg,
		start: g.from * 60, end: g.to * 60, hits: g.in, exposed: g.all, expected: g.expected, gather: &g}
	st.found = recFound{lnP: g.lnP, class: -1, how: howDay}
	st.warnings = append(st.warnings, c.warnings...)
	st.cause = recCause{verdict: verdictUndetermined}
	why := "no volume known: working hours and traffic look the same"
	if !c.load.isFlat {
		why = "more than the traffic explains; working hours, deploys or the traffic of another service would look the same"
	}
	st.cause.why = []string{why}
	return st
}

// leastZ is the least excess, in standard deviations, worth a p-value: under it
// none is small enough.
const leastZ = 3

// gatherDays takes the kind of days that holds more of its weeks' onsets than
// chance has it, and says how sure that is; 0 and every day where none does.
func (s *recShift) gatherDays(weights int, g *recGather) float64 {
	const week = 7
	first := 1 + (week+1-isoDow(s.f.date(1)))%week // the frame's first whole Monday
	var blocks []shareBlock
	for d := first; d+week <= s.f.days-1; d += week {
		if b, ok := s.newShareBlock(weights, d*recDaySlots, week*recDaySlots); ok {
			blocks = append(blocks, b)
		}
	}
	best := 0.0
	if len(blocks) < diffuseWeeks {
		return best
	}
	for _, k := range diffuseClasses {
		start, days := 1, 5 // ISO weekday and number of days of the run
		switch {
		case k.arg != 0:
			start, days = k.arg/10, k.arg%10
		case k.kind == kindWeekend:
			start, days = 6, 2
		}
		t := s.testShare(weights, blocks, (start-1)*recDaySlots, days*recDaySlots)
		if t.z(weights) < leastZ {
			continue
		}
		lnP := s.lnShareTail(t, weights, blocks) + math.Log(float64(len(diffuseClasses)))
		if lnP < best && lnP <= math.Log(diffuseLevel) {
			best, g.kind, g.arg = lnP, k.kind, k.arg
		}
	}
	return best
}

// shorter is the share of the best window's evidence that a shorter one must
// have to be told in its place: the core of the hours rather than all of them.
const shorter = 0.9

// gatherHours takes the window of whole hours that holds more of its days'
// onsets than chance has it, on the days of g.
func (s *recShift) gatherHours(weights int, g *recGather) float64 {
	const hour = 60 / recSlotMin
	// Windows over midnight are judged from noon to noon.
	var blocks [2][]shareBlock
	for d := 1; d < s.f.days-1; d++ {
		for k := range blocks {
			if b, ok := s.newShareBlock(weights, d*recDaySlots+k*recDaySlots/2, recDaySlots); ok && onCalendar(g.kind, g.arg, s.f.date(d)) {
				blocks[k] = append(blocks[k], b)
			}
		}
	}
	if len(blocks[0]) < diffuseDays {
		return 0
	}
	var found [recDayHours][diffuseTo + 1]shareTest
	best := 0.0
	for from := range recDayHours {
		for length := diffuseFrom; length <= diffuseTo; length++ {
			if k := overMidnight(from, length); from >= k*recDayHours/2 {
				found[from][length] = s.testShare(weights, blocks[k], (from-k*recDayHours/2)*hour, length*hour)
				best = math.Max(best, found[from][length].z(weights))
			}
		}
	}
	if best < leastZ {
		return 0
	}
	for length := diffuseFrom; length <= diffuseTo; length++ {
		core := 0.0
		for from := range recDayHours {
			if z := found[from][length].z(weights); z > core && z*z >= shorter*best*best {
				core, g.from, g.to = z, from, from+length
			}
		}
		if core > 0 {
			break
		}
	}
	tried := float64(recDayHours * (diffuseTo - diffuseFrom + 1))
	lnP := s.lnShareTail(found[g.from][g.to-g.from], weights, blocks[overMidnight(g.from, g.to-g.from)]) + math.Log(tried)
	if lnP > math.Log(diffuseLevel) {
		g.from, g.to = 0, recDayHours
	}
	return math.Min(0, lnP)
}

// contains says whether minute m of frame f lies in the hours told.
func (g *recGather) contains(f *recFrame, m int) bool {
	for back := range 2 { // hours past midnight are of the day before
		d := m/recDayMin - back
		if at := m - d*recDayMin; d >= 0 && at >= g.from*60 && at < g.to*60 && onCalendar(g.kind, g.arg, f.date(d)) {
			return true
		}
	}
	return false
}

// shaped is the load raised in the hours in which things gather: what must be
// beaten by a schedule inside them.
func (l *recLoad) shaped(f *recFrame, g *recGather) *recLoad {
	out := &recLoad{span: l.span, isFlat: l.isFlat, isShaped: true, warning: l.warning, volume: append([]float32(nil), l.volume...)}
	for i, v := range out.volume {
		if v > 0 && g.contains(f, f.minute(l.span.from+int64(i)*recSlotMin)) {
			out.volume[i] = v * float32(g.rateRatio())
		}
	}
	return out.ready()
}

// thin is the share of its occasions under which a story may be a slice of
// working hours rather than a schedule.
const thin = 0.5

// reshape looks, where a story is thin or is none, for the working hours it may be a
// slice of, and weighs the case by them; false where there are none, or once
// that is done.
func (c *recCase) reshape(st *recStory) bool {
	if c.load.isShaped || st != nil && st.share() >= thin {
		return false
	}
	if c.around = c.gather(); c.around == nil {
		return false
	}
	subject := *c.recSubject
	subject.load = c.load.shaped(c.j.span.frames[0], c.around.gather)
	c.recSubject = &subject
	return true
}

// overMidnight is 1 for a window that ends after midnight.
func overMidnight(from, length int) int {
	if from+length > recDayHours {
		return 1
	}
	return 0
}

// onsetsIn counts the onsets of length hours from hour from of day d on.
func (s *recShift) onsetsIn(d, from, length int) float64 {
	a, z := s.hourSlots(d, from, length)
	return float64(s.before[z] - s.before[a])
}

// weightIn is the weight of the same hours.
func (s *recShift) weightIn(w, d, from, length int) float64 {
	a, z := s.hourSlots(d, from, length)
	return s.cum[w][z] - s.cum[w][a]
}

func (s *recShift) hourSlots(d, from, length int) (a, z int) {
	const hour = 60 / recSlotMin
	n := s.f.slots()
	a = min(n, d*recDaySlots+from*hour)
	return a, min(n, a+length*hour)
}

// countGather counts the onsets in the window and in all, and the share of
// the weight: the largest over the weights.
func (s *recShift) countGather(weights int, g *recGather) {
	var part, total [recWeights]float64
	for d := 1; d < s.f.days-1; d++ {
		g.all += int(s.onsetsIn(d, 0, recDayHours))
		isIn := onCalendar(g.kind, g.arg, s.f.date(d))
		if isIn {
			g.in += int(s.onsetsIn(d, g.from, g.to-g.from))
		}
		for w := range weights {
			total[w] += s.weightIn(w, d, 0, recDayHours)
			if isIn {
				part[w] += s.weightIn(w, d, g.from, g.to-g.from)
			}
		}
	}
	for w := range weights {
		if total[w] > 0 {
			g.expected = math.Max(g.expected, part[w]/total[w])
		}
	}
}

// gatherLabel names the days: "on weekdays, diffuse".
func (st *recStory) gatherLabel() string {
	return classLabel(st.kind, st.arg) + ", diffuse"
}

// gatherSentence says it in plain words.
func (st *recStory) gatherSentence() string {
	g := st.gather
	when := classLabel(g.kind, g.arg)
	if g.to-g.from < recDayHours {
		when += " between " + recClock(st.start) + " and " + recClock(st.end)
	}
	even := "if spread evenly"
	if !st.sub.load.isFlat {
		even = "by its traffic"
	}
	return fmt.Sprintf("%s more often %s (%s): %d of %d (%s; %s %s), %.1f times the rate of other hours; diffuse: working hours or traffic rather than a schedule.",
		st.who(), when, st.frame.zone.String(), g.in, g.all, recPercent(float64(g.in)/float64(max(1, g.all))),
		recPercent(g.expected), even, g.rateRatio())
}

// overlaps says whether a story tells of hours of the same kind of days.
func (st *recStory) overlaps(o *recStory) bool {
	if o.period > 0 {
		return false
	}
	for _, shift := range [...]int{-recDayMin, 0, recDayMin} {
		if min(st.end, o.end+shift) > max(st.start, o.start+shift) {
			return st.kind == o.kind && st.arg == o.arg || st.kind == kindDaily || o.kind == kindDaily || o.kind == kindWeekdays
		}
	}
	return false
}
