package finding

import (
	"math"
	"sort"
	"strings"
	"sync"

	"almanac/schemas"
)

// Recurrences finds what comes back by the clock or the calendar, names it
// and tells a job from load. It reads in.Minutes and in.Volume once and holds
// one subject per worker at a time. The answer depends on the rows alone, not
// on the number of workers. An error is an error of reading the rows; weak
// evidence is a note or a warning.
//
// Method, formulas and measured power: the day-shift test (see
// recurrence_shift.go), Benjamini-Hochberg over all subjects searched.
func Recurrences(in RecurrenceInput) (RecurrenceResult, error) {
	r, err := newRecRun(&in)
	if err != nil {
		return RecurrenceResult{}, err
	}
	if err := r.judgeAll(); err != nil {
		return RecurrenceResult{}, err
	}
	return r.result(), nil
}

// newRecRun lays out the calendar, reads the load and indexes the rest.
func newRecRun(in *RecurrenceInput) (*recRun, error) {
	in.Params = in.Params.filled()
	span := newRecSpan(in.Since, in.Until, in.Zone)
	loads, err := readRecLoads(span, in.Volume)
	if err != nil {
		return nil, err
	}
	r := &recRun{in: in, loads: loads, prev: map[recKey][]schemas.Recurrence{}, names: map[recKey]string{}}
	for _, p := range in.Previous {
		k := recKey{p.SubjectKind, p.SubjectID, p.Service}
		r.prev[k] = append(r.prev[k], p)
	}
	for _, s := range in.Subjects {
		r.names[recKey{s.SubjectKind, s.SubjectID, s.Service}] = s.Template
	}
	r.judge = newRecJudge(in.Params, span)
	r.judge.logs = loads
	r.judge.jobs = groupJobs(in.Jobs)
	return r, nil
}

// recRun is one call of Recurrences.
type recRun struct {
	in       *RecurrenceInput
	judge    *recJudge
	loads    *recLoads
	prev     map[recKey][]schemas.Recurrence
	names    map[recKey]string
	verdicts []*recVerdict
}

// recVerdict is what was found in one subject.
type recVerdict struct {
	key     recKey
	name    string
	p       float64 // smallest adjusted p-value, 1 where not tested
	tested  bool
	stories []*recStory
	held    []bool // confirmed by days kept back
	follow  []*recStory
	diffuse *recStory // when it gathers, without a schedule; nil: nothing stands out
	maybe   *recStory // too few occasions for a claim; nil: none
	note    string
}

// judgeAll reads subjects and hands them to the workers.
func (r *recRun) judgeAll() error {
	type task struct {
		at int
		s  *recSubject
		j  *recJudge
	}
	tasks := make(chan task, r.in.Params.Workers)
	var wg sync.WaitGroup
	var mu sync.Mutex
	for range r.in.Params.Workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for t := range tasks {
				v := t.j.judge(t.s, r.prev[recKey{t.s.kind, t.s.id, t.s.service}])
				mu.Lock()
				r.verdicts[t.at] = v
				mu.Unlock()
			}
		}()
	}
	hand := func(s *recSubject, j *recJudge) {
		mu.Lock()
		r.verdicts = append(r.verdicts, nil)
		at := len(r.verdicts) - 1
		mu.Unlock()
		tasks <- task{at, s, j}
	}
	err := r.readSubjects(func(s *recSubject) { hand(s, r.judge) })
	if err == nil {
		r.handIncidents(hand)
	}
	close(tasks)
	wg.Wait()
	sort.SliceStable(r.verdicts, func(i, j int) bool { return r.verdicts[i].key.less(r.verdicts[j].key) })
	return err
}

func (k recKey) less(o recKey) bool {
	if k.kind != o.kind {
		return k.kind < o.kind
	}
	if k.id != o.id {
		return k.id < o.id
	}
	return k.service < o.service
}

// readSubjects gathers consecutive rows of one subject.
func (r *recRun) readSubjects(hand func(*recSubject)) error {
	if r.in.Minutes == nil {
		return nil
	}
	var cur *recSubject
	flush := func() {
		if cur != nil {
			r.prepare(cur)
			hand(cur)
		}
	}
	for m, err := range r.in.Minutes {
		if err != nil {
			return err
		}
		if cur == nil || cur.kind != m.SubjectKind || cur.id != m.SubjectID || cur.service != m.Service {
			flush()
			cur = &recSubject{kind: m.SubjectKind, id: m.SubjectID, service: m.Service}
		}
		at := m.MinuteTS.Unix() / 60
		if at < r.judge.span.from || at >= r.judge.span.until || m.EventCount <= 0 {
			continue
		}
		first, last := m.FirstTS, m.LastTS
		if first.IsZero() {
			first = m.MinuteTS
		}
		if last.Before(first) {
			last = first
		}
		cur.series.add(at, float64(m.EventCount), first.UnixMicro(), last.UnixMicro())
	}
	flush()
	return nil
}

// prepare gives a subject its words and its load.
func (r *recRun) prepare(s *recSubject) {
	s.template = r.names[recKey{s.kind, s.id, s.service}]
	if s.kind == subjectService {
		s.template = ""
	}
	l, why := r.loads.of(s.service)
	if l == nil {
		s.warnings = append(s.warnings, why)
		return
	}
	s.load = l
	if l.warning != "" {
		s.warnings = append(s.warnings, l.warning)
	}
}

// judge searches one subject, round after round.
func (j *recJudge) judge(s *recSubject, prev []schemas.Recurrence) *recVerdict {
	v := &recVerdict{key: recKey{s.kind, s.id, s.service}, name: s.template, p: 1}
	if s.load == nil {
		v.note = strings.Join(s.warnings, "; ")
		return v
	}
	if n := s.days(j.span.frames[0]); n < j.p.MinDays {
		v.note = tooFewDays(n, j.p.MinDays)
		return v
	}
	if j.span.frames[0].days-2 < j.p.MinDays {
		v.note = "only " + recCount(j.span.frames[0].days-2, "day") + " of data"
		return v
	}
	v.tested = true
	c := j.newCase(s)
	limit := math.Log(j.p.Report)
	for round := 0; round < j.p.Rounds && len(c.active)+len(c.ticks) > 0 || round == 0; round++ {
		found, per := c.search()
		if round == 0 {
			v.p = math.Exp(found.lnP)
		}
		if found.lnP > limit {
			break
		}
		st := c.settleFrame(c.describe(found, per), per)
		if c.reshape(st) {
			round--
			continue
		}
		if st == nil {
			if round == 0 {
				v.p, v.note = 1, c.diffuse
				if v.note == "" {
					v.note = "a pattern was seen on too few of its days to be called one"
				}
			}
			break
		}
		held := c.heldOut(st)
		j.findJob(st)
		st.judgeCause()
		v.stories, v.held = append(v.stories, st), append(v.held, held)
		if st.kind == kindAnyHour {
			break
		}
		c.takeOut(st)
	}
	v.stories, v.held = mergeEqualSteps(v.stories, v.held)
	if len(v.stories) == 0 && v.note == "" {
		v.note = j.whyNot(c)
	}
	if v.diffuse = c.around; v.diffuse == nil {
		v.diffuse = c.gather()
	}
	for _, st := range v.stories {
		if v.diffuse != nil && v.diffuse.overlaps(st) {
			v.diffuse = nil
		}
	}
	v.maybe = j.newCase(s).tentative()
	j.followUp(v, s, prev)
	return v
}

// days is the number of calendar days with an event.
func (s *recSubject) days(f *recFrame) int {
	seen := map[int]bool{}
	for _, m := range s.series.minute {
		seen[f.minute(m)/recDayMin] = true
	}
	return len(seen)
}

// followUp judges the recurrences of earlier nights that were not met again.
func (j *recJudge) followUp(v *recVerdict, s *recSubject, prev []schemas.Recurrence) {
	used := map[string]bool{}
	for _, st := range v.stories {
		if p := known(st, prev, used); p != nil {
			used[p.RecurrenceID] = true
			st.prev = p
		}
	}
	if v.maybe != nil {
		v.maybe.prev = known(v.maybe, prev, used)
	}
	if v.diffuse != nil {
		v.diffuse.prev = known(v.diffuse, prev, used)
	}
	for i := range prev {
		p := &prev[i]
		if used[p.RecurrenceID] || !isClaim(p.Status) || p.Status == statusRetired && !j.isFresh(p) {
			continue
		}
		if st := j.newCase(s).rejudge(p); st != nil {
			st.prev = p
			j.findJob(st)
			st.judgeCause()
			v.follow = append(v.follow, st)
		}
	}
}

// isFresh says whether a retired recurrence ended so lately that forecasts of
// it came due after its end: it is followed until they are graded, or its
// misses would never count.
func (j *recJudge) isFresh(p *schemas.Recurrence) bool {
	days := int64(j.p.ForecastDays + retiredDays)
	return p.UntilTS != 0 && j.span.until*minuteMicros-p.UntilTS <= days*recDayMin*minuteMicros
}

// retiredDays is how long the end of a recurrence may stay unnoticed.
const retiredDays = 14

// mergeEqualSteps turns three or more daily windows at equal steps into a
// period: four windows six hours apart are "every 6 hours".
func mergeEqualSteps(st []*recStory, held []bool) ([]*recStory, []bool) {
	var daily []int
	for i, s := range st {
		if s.kind == kindDaily && s.end-s.start <= 60 {
			daily = append(daily, i)
		}
	}
	n := len(daily)
	if n < 3 || n > 8 || recDayMin%n != 0 {
		return st, held
	}
	sort.Slice(daily, func(a, b int) bool { return st[daily[a]].start < st[daily[b]].start })
	step := recDayMin / n
	for i, k := range daily {
		if recAbs(st[k].start-st[daily[0]].start-i*step) > 10 {
			return st, held
		}
	}
	lead := st[daily[0]]
	hits, exposed, drop := 0, 0, map[int]bool{}
	for _, k := range daily {
		hits, exposed = hits+st[k].hits, exposed+st[k].exposed
		drop[k] = st[k] != lead
		if st[k].found.lnP < lead.found.lnP {
			lead.found.lnP = st[k].found.lnP
		}
	}
	lead.kind, lead.period, lead.hits, lead.exposed = kindPeriod, float64(step), hits, exposed
	var out []*recStory
	var h []bool
	for i := range st {
		if !drop[i] {
			out, h = append(out, st[i]), append(h, held[i])
		}
	}
	return out, h
}
