package finding

import (
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
	"time"

	"almanac/internal/stat"
	"almanac/schemas"
)

// settle gives every story its id and status: what earlier nights know keeps
// its id, a candidate is confirmed on days the search did not see, one that
// has ended is retired.
func (r *recRun) settle(all []*recEntry) {
	taken := map[string]bool{}
	for _, p := range r.in.Previous {
		taken[p.RecurrenceID] = true
	}
	for _, e := range all {
		st := e.st
		e.firstNight = r.in.Night
		if p := st.prev; p != nil {
			e.id = p.RecurrenceID
			e.firstNight = p.FirstNight
			if e.firstNight == "" {
				e.firstNight = p.EventDate
			}
			e.status = r.carried(e, p)
		} else {
			e.id = st.ownID()
			for n := 2; taken[e.id]; n++ {
				e.id = recurrenceID(st.ownID(), strconv.Itoa(n))
			}
		}
		taken[e.id] = true
		if !st.until.IsZero() {
			e.status = statusRetired
		}
	}
}

// carried is the status of a recurrence known from an earlier night.
func (r *recRun) carried(e *recEntry, p *schemas.Recurrence) string {
	switch {
	case !isClaim(e.status) && !isClaim(p.Status):
		return e.status
	case p.Status == statusConfirmed || e.status == statusConfirmed:
		return statusConfirmed
	case p.Status != statusCandidate:
		return statusCandidate
	}
	first, err := time.Parse("2006-01-02", e.firstNight)
	if err != nil {
		return statusCandidate
	}
	if ok, _, _ := e.st.newDays(first.AddDate(0, 0, 1)); ok {
		return statusConfirmed
	}
	return statusCandidate
}

// write turns entries into rows.
func (r *recRun) write(out *RecurrenceResult, all []*recEntry) {
	for _, e := range all {
		out.Recurrences = append(out.Recurrences, r.row(e, out.Tests))
		out.Days = append(out.Days, e.days(r.in.Night)...)
		if e.status != statusRetired && isClaim(e.status) {
			out.Forecasts = append(out.Forecasts, e.st.forecasts(r.in.Night, e.id, r.in.Now, r.in.Params.ForecastDays)...)
		}
	}
	out.Recurrences = append(out.Recurrences, r.gone(all)...)
	sort.SliceStable(out.Recurrences, func(i, j int) bool { return out.Recurrences[i].RecurrenceID < out.Recurrences[j].RecurrenceID })
	sort.SliceStable(out.Days, func(i, j int) bool { return out.Days[i].RecurrenceID < out.Days[j].RecurrenceID })
	sort.SliceStable(out.Forecasts, func(i, j int) bool {
		a, b := out.Forecasts[i], out.Forecasts[j]
		if a.DueTS != b.DueTS {
			return a.DueTS < b.DueTS
		}
		return a.RecurrenceID < b.RecurrenceID
	})
}

// row is the stored form of an entry.
func (r *recRun) row(e *recEntry, tests int) schemas.Recurrence {
	st := e.st
	share := float64(st.hits) / math.Max(1, float64(st.exposed))
	low, high := stat.Wilson(st.hits, st.exposed, stat.Z95)
	row := schemas.Recurrence{
		EventDate: r.in.Night, RecurrenceID: e.id,
		SubjectKind: st.sub.kind, SubjectID: st.sub.id, Service: st.sub.service, Template: st.sub.template,
		Kind: st.storedKind(), Label: st.label(), Zone: st.frame.zone.String(), Frame: st.verdict, Cron: st.cron(),
		WindowStart: recClock(st.start), WindowEnd: recClock(st.end),
		Hits: schemas.Ptr(int64(st.hits)), Exposures: schemas.Ptr(int64(st.exposed)), HitLow: &low, HitHigh: &high,
		ExpectedShare: schemas.Ptr(st.expected), Lift: schemas.Ptr(share / st.expected),
		PValue: schemas.Ptr(math.Exp(st.found.lnP)), QValue: schemas.Ptr(st.q), Tests: schemas.Ptr(int64(tests)),
		Status: e.status, FirstNight: e.firstNight,
		SinceTS: schemas.Micros(st.since[0]), SinceLowTS: schemas.Micros(st.since[1]), SinceHighTS: schemas.Micros(st.since[2]),
		UntilTS: schemas.Micros(st.until),
		JitterS: schemas.Ptr(st.jitter), DurationS: schemas.Ptr(st.length),
		Verdict: st.cause.verdict, FirstService: e.first,
		FamilyID: e.family, IsLead: schemas.Ptr(e.isLead), SeenIn: strings.Join(e.seenIn, ", "),
		Why: strings.Join(st.cause.why, "\n"),
	}
	if isClaim(e.status) {
		row.NextDueTS = schemas.Micros(st.nextDue(r.in.Now))
	}
	for _, o := range st.occ {
		if o.isHit && o.first != 0 {
			if row.FirstTS == 0 {
				row.FirstTS = o.first
			}
			row.LastTS = o.last
		}
	}
	if st.gather != nil {
		row.JitterS, row.DurationS = nil, nil
	}
	if m := st.job; m != nil {
		row.JobService, row.JobSignature, row.JobTemplate = m.series.service, m.series.signature, m.series.template
		row.JobLagS = schemas.Ptr(m.lag)
		row.JobRuns, row.JobRunHits = schemas.Ptr(int64(m.runs)), schemas.Ptr(int64(m.runHits))
		row.JobSkips, row.JobSkipHits = schemas.Ptr(int64(m.skips)), schemas.Ptr(int64(m.skipHits))
	}
	row.Sentence = st.sentence(e.errsFirst())
	if len(e.seenIn) > 0 {
		row.Sentence = strings.TrimSuffix(row.Sentence, ".") + "; also seen in " + row.SeenIn + "."
	}
	warnings := append([]string(nil), st.warnings...)
	if w := st.frameWords(r.in.Until); w != "" {
		warnings = append(warnings, w)
	}
	row.Warnings = strings.Join(warnings, "\n")
	return row
}

// errsFirst is the service whose errors come before those of the entry's own,
// "" where that is its own or where nothing tells.
func (e *recEntry) errsFirst() string {
	if !e.isLead || e.first == e.st.sub.service || e.st.sub.kind == subjectIncident {
		return ""
	}
	return e.first
}

// days are the occasions of an entry as rows.
func (e *recEntry) days(night string) []schemas.RecurrenceDay {
	out := make([]schemas.RecurrenceDay, 0, len(e.st.occ))
	for _, o := range e.st.occ {
		d := schemas.RecurrenceDay{
			EventDate: night, RecurrenceID: e.id, LocalDate: o.date.Format("2006-01-02"),
			DueTS: schemas.Micros(o.due), IsObserved: schemas.Ptr(o.isObserved), JobTS: o.job,
		}
		if o.isObserved {
			d.IsHit = schemas.Ptr(o.isHit)
			d.Count = schemas.Ptr(int64(math.Round(o.count)))
			d.OnsetTS, d.EndTS = o.first, o.last
		}
		out = append(out, d)
	}
	return out
}

// gone carries what earlier nights knew and tonight could not be judged: it
// is retired when its service was observed for three days without it, else
// kept as it was. Missing is not zero.
func (r *recRun) gone(all []*recEntry) []schemas.Recurrence {
	have := map[string]bool{}
	for _, e := range all {
		have[e.id] = true
	}
	var out []schemas.Recurrence
	for _, p := range r.in.Previous {
		if have[p.RecurrenceID] || p.Status == statusRetired || !isClaim(p.Status) {
			continue
		}
		have[p.RecurrenceID] = true
		p.EventDate = r.in.Night
		if r.observedAfter(p.Service, p.LastTS) >= 3 {
			p.Status, p.UntilTS, p.NextDueTS = statusRetired, p.LastTS, 0
		} else {
			p.Warnings = strings.TrimPrefix(p.Warnings+"\nnot observed since "+schemas.Time(p.LastTS).Format("2006-01-02"), "\n")
		}
		out = append(out, p)
	}
	return out
}

// observedAfter counts the days, after an instant in microseconds, on which a
// service was seen for half of the day or more.
func (r *recRun) observedAfter(service string, us int64) int {
	l, _ := r.loads.of(service)
	if l == nil {
		return 0
	}
	slots := map[int64]int{}
	for i, v := range l.volume {
		if m := r.judge.span.from + int64(i)*recSlotMin; v > 0 && m*60_000_000 > us {
			slots[m/recDayMin]++
		}
	}
	n := 0
	for _, k := range slots {
		if 2*k >= recDaySlots {
			n++
		}
	}
	return n
}

// notes lists why subjects carry no verdict.
func (r *recRun) notes(out *RecurrenceResult) {
	tested := map[recKey]bool{}
	for _, v := range r.verdicts {
		tested[v.key] = true
		if v.note != "" {
			out.Notes = append(out.Notes, RecurrenceNote{v.key.kind, v.key.id, v.key.service, v.name, v.note, v.tested})
		}
	}
	for _, s := range r.in.Subjects {
		if k := (recKey{s.SubjectKind, s.SubjectID, s.Service}); !tested[k] {
			why := tooFewDays(int(s.DayCount), r.in.Params.MinDays)
			if w := r.rareWeekday(s); w != "" {
				why = w
			}
			out.Notes = append(out.Notes, RecurrenceNote{k.kind, k.id, k.service, s.Template, why, false})
		}
	}
	sort.SliceStable(out.Notes, func(i, j int) bool {
		a, b := out.Notes[i], out.Notes[j]
		if a.IsTested != b.IsTested {
			return a.IsTested
		}
		return recKey{a.SubjectKind, a.SubjectID, a.Service}.less(recKey{b.SubjectKind, b.SubjectID, b.Service})
	})
	if len(out.Notes) > r.in.Params.MaxNotes {
		out.Notes = out.Notes[:r.in.Params.MaxNotes]
	}
}

// tooFewDays says how far a subject is from being testable.
func tooFewDays(n, need int) string {
	return fmt.Sprintf("seen on %s only; a recurrence needs at least %d", recCount(n, "day"), need)
}

// whyNot says, for a tested subject without a recurrence, what was seen.
func (j *recJudge) whyNot(c *recCase) string {
	f := j.span.frames[0]
	if n := f.days - 2; n < 7 {
		return fmt.Sprintf("only %s of data", recCount(n, "day"))
	}
	on := episodeOnsets(c.active, c.gap())
	if w := nearWeekday(f, on); w != "" {
		return w
	}
	if c.dense != nil && c.risesWithTraffic() || len(on) >= 10 && c.followsTraffic() {
		return "follows traffic: the pattern goes when load is allowed for"
	}
	if c.load.isFlat {
		return "no volume known, and no pattern by the clock alone"
	}
	if c.dense != nil {
		return "logged nearly always, and no hour or day stands out"
	}
	return ""
}

// nearWeekday says how many more weeks a lone weekday pattern needs.
func nearWeekday(f *recFrame, on []int64) string {
	if len(on) < 2 || len(on) > 6 {
		return ""
	}
	dow, low, high := 0, recDayMin, 0
	for _, m := range on {
		w := f.minute(m)
		d := isoDow(f.date(w / recDayMin))
		if dow != 0 && d != dow {
			return ""
		}
		dow = d
		low, high = min(low, w%recDayMin), max(high, w%recDayMin)
	}
	return moreWeeks(len(on), high-low, dow)
}

// moreWeeks says how many more hits of a weekday prove it: q^k x windows of a
// week / weight of the week block must fall under one in ten thousand, q the
// share of the week that the hits' spread takes.
func moreWeeks(have, spread, dow int) string {
	if spread > 180 {
		return ""
	}
	q := math.Max(10, float64(spread+5)) / (7 * recDayMin)
	need := int(math.Ceil(math.Log(1e-4*weightWeekBlock/float64(recWeekCount)) / math.Log(q)))
	need = max(need, recMinClassDays+1)
	if need <= have {
		return ""
	}
	return "only on " + dowNames[dow] + "s so far: needs " + recCount(need-have, "more "+dowNames[dow])
}

// rareWeekday looks at the first and last event of a subject too rare to test.
func (r *recRun) rareWeekday(s RecurrenceSubject) string {
	if s.DayCount != 2 || s.FirstTS.IsZero() {
		return ""
	}
	f := r.judge.span.frames[0]
	on := []int64{s.FirstTS.Unix() / 60, s.LastTS.Unix() / 60}
	if w := nearWeekday(f, on); w != "" {
		return w
	}
	return nearMonthDay(f, on)
}

// nearMonthDay says, of what came twice at about the same time, on which day
// of the month both fell, and what is needed to list it.
func nearMonthDay(f *recFrame, on []int64) string {
	a, b := f.minute(on[0]), f.minute(on[1])
	x, y := f.date(a/recDayMin), f.date(b/recDayMin)
	if recAbs(a%recDayMin-b%recDayMin) > tentativeSpread || x.Year() == y.Year() && x.Month() == y.Month() {
		return ""
	}
	for _, k := range monthClasses() {
		if onCalendar(k.kind, k.arg, x) && onCalendar(k.kind, k.arg, y) {
			return "so far 2 times, both " + classLabel(k.kind, k.arg) + ": needs 1 more to be listed, at least 3 more to be claimed"
		}
	}
	return ""
}
