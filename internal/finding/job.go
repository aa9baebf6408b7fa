package finding

import (
	"math"
	"regexp"
	"sort"
	"time"

	"almanac/internal/stat"
)

// Verdicts: what makes a recurrence recur.
const (
	verdictJob          = "job"
	verdictLoad         = "load"
	verdictBoth         = "both"
	verdictUndetermined = "undetermined"
)

// recJobSeries is one line that may be the start of a scheduled job.
type recJobSeries struct {
	service, signature, template string
	start                        []int64 // microseconds, rising
}

// recJobLead is how long before the errors a job may have started, minutes.
const recJobLead = 120

// startLine matches templates that read like the start of a job.
var startLine = regexp.MustCompile(`(?i)\b(start(s|ed|ing)?|begin(s|ning)?|began|begun|launch(es|ed|ing)?|kick(ed|ing)? off|trigger(ed|ing)?|running|run (of|for)|scheduled)\b`)

// endLine matches templates that read like the end of a job.
var endLine = regexp.MustCompile(`(?i)\b(finish(ed|es)?|complete[ds]?|completion|done|ended|succeeded|stopped|took)\b`)

// beginsOrEnds says what the line of the job tells.
func (m *recJobMatch) beginsOrEnds() string {
	if t := m.series.template; endLine.MatchString(t) && !startLine.MatchString(t) {
		return "ends"
	}
	return "starts"
}

// groupJobs gathers the rows of a line into series, in order.
func groupJobs(rows []RecurrenceJob) []*recJobSeries {
	by := map[[2]string]*recJobSeries{}
	var out []*recJobSeries
	for _, r := range rows {
		k := [2]string{r.Service, r.SignatureID}
		s := by[k]
		if s == nil {
			s = &recJobSeries{service: r.Service, signature: r.SignatureID, template: r.Template}
			by[k] = s
			out = append(out, s)
		}
		at := r.FirstTS
		if at.IsZero() {
			at = r.MinuteTS
		}
		s.start = append(s.start, at.UnixMicro())
	}
	for _, s := range out {
		sort.Slice(s.start, func(i, j int) bool { return s.start[i] < s.start[j] })
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].service != out[j].service {
			return out[i].service < out[j].service
		}
		return out[i].signature < out[j].signature
	})
	return out
}

// lastIn is the latest start in [from, to], 0 where there is none.
func (s *recJobSeries) lastIn(from, to int64) int64 {
	i := sort.Search(len(s.start), func(i int) bool { return s.start[i] > to })
	if i == 0 || s.start[i-1] < from {
		return 0
	}
	return s.start[i-1]
}

// recJobMatch is a job held against a recurrence.
type recJobMatch struct {
	series                         *recJobSeries
	score                          float64
	timing                         float64 // n ln(s_clock/s_lag)
	coverage                       float64 // share of hits that the job preceded
	lag                            float64 // median seconds from start to first error
	clock                          float64 // median start, minutes of the day on the story's frame
	runs, runHits, skips, skipHits int
	quietSkips                     int      // skips on which there was little traffic too
	isService                      bool     // the job is a line of a service that logs all day
	others                         []string // services whose lines fit as well
}

const minuteMicros = 60_000_000

// matchJob holds one series against the occasions of a story: the score is
// n ln(s_clock/s_lag) + G/2 + n ln(coverage) - median lag in hours, with s =
// 1.4826 MAD + 0.5 min of the error's time by the clock and after the job,
// and G the likelihood ratio of (job ran) x (errors came). A line that runs
// many times a day is near everything: its clock spread is capped by its gap.
// Two punctual clocks differ by nothing but noise, so the timing term takes at
// most 2 away.
func (j *recJudge) matchJob(st *recStory, s *recJobSeries) *recJobMatch {
	var lag, clock, begin []float64
	m := &recJobMatch{series: s}
	hits := 0
	usual := st.usualLoad()
	for _, o := range st.occ {
		if !o.isObserved || !st.isLive(o) || !j.logs.isRead(o.due) {
			continue
		}
		ran := s.lastIn(o.due.UnixMicro()-recJobLead*minuteMicros, o.end.UnixMicro())
		m.count(ran != 0, o.isHit)
		if ran == 0 && o.volume < quietShare*usual {
			m.quietSkips++
		}
		if !o.isHit || o.first == 0 {
			continue
		}
		hits++
		if at := s.lastIn(o.first-recJobLead*minuteMicros, o.first+st.slack()); at != 0 {
			lag = append(lag, float64(o.first-at)/minuteMicros)
			clock = append(clock, float64(o.first-o.due.UnixMicro())/minuteMicros)
			begin = append(begin, float64(st.frame.minute(at/minuteMicros)%recDayMin))
		}
	}
	n := float64(len(lag))
	if hits == 0 || n < recMinClassDays || n < 0.6*float64(hits) {
		return nil
	}
	m.coverage, m.lag, m.clock = n/float64(hits), 60*stat.Median(lag), stat.Median(begin)
	perDay := float64(len(s.start)) / math.Max(1, float64(m.runs))
	sClock := math.Min(1.4826*stat.MAD(clock), 1.4826*recDayMin/perDay/4) + 0.5
	sLag := 1.4826*stat.MAD(lag) + 0.5
	m.timing = math.Max(-2, n*math.Log(sClock/sLag))
	if m.lag < -60 {
		return nil
	}
	m.score = m.timing + m.g()/2 + n*math.Log(m.coverage) - stat.Median(lag)/60
	if perDay > 6 && m.g() < 4 {
		return nil
	}
	return m
}

// slack is how far a start may lie behind the first error, microseconds: a
// few seconds of skew, or ten minutes where ordinary errors blur the first.
func (st *recStory) slack() int64 {
	if st.isRate {
		return 10 * minuteMicros
	}
	return 5_000_000
}

func (m *recJobMatch) count(ran, hit bool) {
	k := 0
	if hit {
		k = 1
	}
	if ran {
		m.runs, m.runHits = m.runs+1, m.runHits+k
	} else {
		m.skips, m.skipHits = m.skips+1, m.skipHits+k
	}
}

// g is the likelihood-ratio statistic of the fourfold table, 0 where errors
// are not commoner with the job than without.
func (m *recJobMatch) g() float64 {
	a, b := float64(m.runHits), float64(m.runs-m.runHits)
	c, d := float64(m.skipHits), float64(m.skips-m.skipHits)
	n := a + b + c + d
	if m.runs == 0 || m.skips == 0 || a*(c+d) <= c*(a+b) {
		return 0
	}
	term := func(o, row, col float64) float64 {
		if o == 0 {
			return 0
		}
		return 2 * o * math.Log(o*n/(row*col))
	}
	return term(a, a+b, a+c) + term(b, a+b, b+d) + term(c, c+d, a+c) + term(d, c+d, b+d)
}

// skipSpeaks says whether the days without the job clear it of doubt: some
// were observed, the errors came on most days with it, and hardly without.
func (m *recJobMatch) skipSpeaks() bool {
	return m != nil && m.skips > 0 && m.g() > 2.7 && 2*m.quietSkips <= m.skips &&
		2*m.skipHits < m.skips && 2*m.runHits > m.runs
}

// quietShare is the share of the usual traffic under which a day says nothing
// of a job that did not run: a weekend without both decides nothing.
const quietShare = 0.7

// usualLoad is the median load in the window over the observed occasions.
func (st *recStory) usualLoad() float64 {
	var v []float64
	for _, o := range st.occ {
		if o.isObserved {
			v = append(v, o.volume)
		}
	}
	return stat.Median(v)
}

// isLive says whether an occasion lies in the active period.
func (st *recStory) isLive(o recOccasion) bool {
	return (st.since[0].IsZero() || !o.due.Before(st.since[0])) && (st.until.IsZero() || o.due.Before(st.until))
}

// findJob picks the job that explains a story best; nil where none does. Of
// the lines of one service that fit about equally well the one that reads
// like a start, then the earliest, is the job's start.
func (j *recJudge) findJob(st *recStory) {
	if st.kind == kindAnyHour || st.kind == kindPeriod || st.kind == kindHourly || st.period > 0 && st.drift() == 0 {
		return
	}
	var all []*recJobMatch
	for _, s := range j.jobs {
		if m := j.matchJob(st, s); m != nil {
			switch {
			case startLine.MatchString(s.template):
				m.score++
			case endLine.MatchString(s.template):
				m.score -= 2
			}
			all = append(all, m)
		}
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].score > all[j].score })
	if len(all) == 0 || !all[0].isCredible() {
		return
	}
	best := all[0]
	for _, m := range all[1:] {
		if m.series.service == best.series.service && m.score > all[0].score-3 && m.isBetterStart(best) {
			best = m
		}
	}
	seen := map[string]bool{best.series.service: true}
	for _, m := range all {
		same := m.skipSpeaks() == best.skipSpeaks() // days without the job decide before timing does
		if same && m.score > all[0].score-2 && !seen[m.series.service] {
			seen[m.series.service] = true
			best.others = append(best.others, m.series.service)
		}
	}
	best.isService = j.logs.isBusy(best.series.service)
	st.job = best
	for i := range st.occ {
		o := &st.occ[i]
		o.job = best.series.lastIn(o.due.UnixMicro()-recJobLead*minuteMicros, o.end.UnixMicro())
	}
}

// isCredible says whether a match may be named: the days without the job
// speak for it, or it starts shortly before, or the errors keep their distance
// to it far better than their time of day.
func (m *recJobMatch) isCredible() bool {
	return m.skipSpeaks() || m.lag <= 15*60 || m.timing >= 10
}

// name says the job: its service, with the line where the service does more
// than this job.
func (m *recJobMatch) name() string {
	if m.isService && m.series.template != "" {
		return m.series.service + " “" + recClip(m.series.template) + "”"
	}
	return m.series.service
}

// isRead says whether any log was read of the hour around an instant: only
// then does a job without a start line count as not run.
func (ls *recLoads) isRead(at time.Time) bool {
	if ls == nil {
		return false
	}
	m := at.Unix()/60 - ls.span.from
	for i := max(0, m/recSlotMin-6); i <= m/recSlotMin+6; i++ {
		if m < 0 || i >= int64(len(ls.open.volume)) {
			return false
		}
		for _, l := range ls.by {
			if l.volume[i] > 0 {
				return true
			}
		}
	}
	return false
}

// isBusy says whether a service logs in a fifth of the slots or more.
func (ls *recLoads) isBusy(service string) bool {
	l := ls.by[service]
	if l == nil {
		return false
	}
	n := 0
	for _, v := range l.volume {
		if v > 0 {
			n++
		}
	}
	return 5*n >= len(l.volume)
}

func (m *recJobMatch) isBetterStart(than *recJobMatch) bool {
	a, b := startLine.MatchString(m.series.template), startLine.MatchString(than.series.template)
	if a != b {
		return a
	}
	return m.lag > than.lag
}
