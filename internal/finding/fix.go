package finding

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"almanac/internal/stat"
	"almanac/schemas"
)

// Levels of the Bayes factor, from statistics.md part C: a fix is called held
// when at most this is left for "it goes on". With fewer than ten occasions
// before the fix the plain level was wrong too often.
const (
	heldLevel      = .05
	heldLevelShort = .02
	shortHistory   = 10
	failedLevel    = .95
	failedShort    = .9 // with a short history, when every occasion since was hit
	stoppedLevel   = .05
	minClean       = 3
	neededLimit    = 400
)

// Fixes judges every claimed fix by the occasions that came after it, and
// says what restarts did for a recurrence. Occasions that were not observed
// never count as clean.
func Fixes(in FixInput) FixResult {
	w := newFixWork(in)
	var res FixResult
	for _, c := range latestClaims(in.Claims) {
		if c.WithdrawnTS != 0 {
			res.Fixes = append(res.Fixes, w.withdrawn(c))
			continue
		}
		f := w.judge(c)
		res.Fixes = append(res.Fixes, f)
		res.Findings = append(res.Findings, w.finding(f))
	}
	res.Restarts = w.restarts()
	for _, r := range res.Restarts {
		f := w.restartRow(r)
		res.Fixes = append(res.Fixes, f)
		res.Findings = append(res.Findings, w.restartFinding(r, f))
	}
	res.Warnings = w.warnings
	return res
}

// latestClaims keeps one claim per id, the newest night's, in order of id.
func latestClaims(claims []schemas.Fix) []schemas.Fix {
	by := map[string]schemas.Fix{}
	for _, c := range claims {
		if strings.HasPrefix(c.Source, restartSource) {
			continue // nobody's claim: every night counts restarts anew
		}
		if old, ok := by[c.FixID]; !ok || c.EventDate >= old.EventDate {
			by[c.FixID] = c
		}
	}
	out := make([]schemas.Fix, 0, len(by))
	for _, c := range by {
		out = append(out, c)
	}
	sort.Slice(out, func(a, b int) bool { return out[a].FixID < out[b].FixID })
	return out
}

// occasion is one due time of a recurrence.
type occasion struct {
	date          string
	due, onset    time.Time
	end, job      time.Time
	count         float64 // errors of a hit
	load          float64 // lines below error in the window; 0: not known
	observed, hit bool
	// missing says why a clean occasion proves nothing; "" where it counts.
	missing string
}

type fixWork struct {
	in          FixInput
	recurrences map[string]schemas.Recurrence
	occasions   map[string][]occasion
	volume      map[string][]FixVolumeRow // by service, in order
	doubt       map[string]string         // about a claim, by its id
	warnings    []string
}

func newFixWork(in FixInput) *fixWork {
	w := &fixWork{in: in, recurrences: map[string]schemas.Recurrence{}, occasions: map[string][]occasion{},
		volume: map[string][]FixVolumeRow{}, doubt: in.Doubts}
	for _, v := range in.Volume {
		w.volume[v.Service] = append(w.volume[v.Service], v)
	}
	for _, list := range w.volume {
		sort.SliceStable(list, func(a, b int) bool { return list[a].SlotTS.Before(list[b].SlotTS) })
	}
	for _, r := range in.Recurrences {
		w.recurrences[r.RecurrenceID] = r
	}
	for _, d := range in.Days {
		o := occasion{date: d.LocalDate, due: schemas.Time(d.DueTS), onset: schemas.Time(d.OnsetTS), end: schemas.Time(d.EndTS), job: schemas.Time(d.JobTS),
			observed: d.IsObserved != nil && *d.IsObserved, hit: d.IsHit != nil && *d.IsHit}
		if d.Count != nil {
			o.count = float64(*d.Count)
		}
		if o.due.IsZero() {
			o.due = o.onset
		}
		if o.due.IsZero() {
			zone := w.zone(w.recurrences[d.RecurrenceID])
			if t, err := time.ParseInLocation("2006-01-02", d.LocalDate, zone); err == nil {
				o.due = t.Add(12 * time.Hour)
			}
		}
		w.occasions[d.RecurrenceID] = append(w.occasions[d.RecurrenceID], o)
	}
	for id := range w.occasions {
		list := w.occasions[id]
		sort.SliceStable(list, func(a, b int) bool { return list[a].due.Before(list[b].due) })
		w.exposure(w.recurrences[id], list)
	}
	return w
}

func (w *fixWork) zone(r schemas.Recurrence) *time.Location {
	if r.Zone != "" {
		if z, err := time.LoadLocation(r.Zone); err == nil {
			return z
		}
	}
	if w.in.Zone != nil {
		return w.in.Zone
	}
	return time.UTC
}

// tally counts the occasions before and after a fix.
type tally struct {
	k, n     int // hits and observed occasions of the active period before
	h, m     int // after
	due      int // occasions after, observed or not
	quiet    int // clean occasions between the last hit and the fix
	kq, nq   int // hits and occasions up to that last hit
	firstHit time.Time
	// errors per hit, by load where they follow it
	was, is []float64
	missing map[string]int // occasions after that show nothing, by reason
}

// count walks the occasions. The active period begins with the first hit:
// what was clean before it says nothing about how often it came.
func (w *fixWork) count(list []occasion, fixed time.Time) tally {
	t := tally{missing: map[string]int{}}
	active, loaded := false, followsLoad(list, fixed)
	for _, o := range list {
		if o.due.After(w.in.Now) && !w.in.Now.IsZero() {
			continue
		}
		// An occasion under way when the fix came shows nothing of it.
		if !o.due.After(fixed) {
			active = active || o.hit
			if !active || o.missing != "" {
				continue
			}
			t.n++
			if o.hit {
				t.was = append(t.was, perLoad(o, loaded))
				t.k++
				t.quiet, t.kq, t.nq = 0, t.k, t.n
			} else {
				t.quiet++
			}
			continue
		}
		t.due++
		if o.missing != "" {
			t.missing[o.missing]++
			continue
		}
		t.m++
		if o.hit {
			t.h++
			t.is = append(t.is, perLoad(o, loaded))
			if t.firstHit.IsZero() {
				t.firstHit = o.onset
			}
		}
	}
	return t
}

// followsLoad says whether the load of every hit is known and the errors of
// those before the fix vary less by load than as they are.
func followsLoad(list []occasion, fixed time.Time) bool {
	var plain, by []float64
	for _, o := range list {
		if o.hit && o.load <= 0 {
			return false
		}
		if o.hit && !o.due.After(fixed) {
			plain, by = append(plain, o.count), append(by, o.count/o.load)
		}
	}
	spread := func(x []float64) float64 { return stat.MAD(x) / max(stat.Median(x), 1e-9) }
	return len(plain) > 0 && spread(by) < spread(plain)
}

// perLoad is the number of errors of a hit, or by the load of its window.
func perLoad(o occasion, loaded bool) float64 {
	if loaded {
		return o.count / o.load
	}
	return o.count
}

// judge gives a claim its state.
func (w *fixWork) judge(c schemas.Fix) schemas.Fix {
	was := c
	c.EventDate = w.in.Night
	c.NotFixed, c.Needed, c.EffectShare, c.Unobserved, c.Warnings = nil, nil, nil, nil, w.doubt[c.FixID]
	c.Detail, c.MovedTo, c.FailedTS = "", "", 0
	r, ok := w.recurrences[c.RecurrenceID]
	if !ok || len(w.occasions[c.RecurrenceID]) == 0 {
		return w.unknown(c, was)
	}
	fixed := schemas.Time(c.FixedTS)
	t := w.count(w.occasions[c.RecurrenceID], fixed)
	if was.OccasionsBefore != nil && was.HitsBefore != nil && int(*was.OccasionsBefore) > t.n {
		// What lay before the fix has left the span that is looked at.
		t.k, t.n = int(*was.HitsBefore), int(*was.OccasionsBefore)
	}
	q := .05
	if r.ExpectedShare != nil {
		q = *r.ExpectedShare
	}
	level := heldLevel
	if t.n < shortHistory {
		level = heldLevelShort
	}
	p := stat.StillGoing(t.k, t.n, q, t.h, t.m)
	c.NotFixed = schemas.Ptr(p)
	c.HitsBefore, c.OccasionsBefore = schemas.Ptr(int64(t.k)), schemas.Ptr(int64(t.n))
	c.HitsAfter, c.OccasionsAfter = schemas.Ptr(int64(t.h)), schemas.Ptr(int64(t.m))
	c.Unobserved = schemas.Ptr(int64(t.due - t.m))
	needed := max(stat.CleanNeeded(t.k, t.n, q, t.h, t.m, level, neededLimit), minClean-t.m)
	c.Needed = schemas.Ptr(int64(needed))
	c.State = fixState(t, p, level)
	moved := movedTo{}
	if m, ok := w.moved(r, fixed, t); ok && c.State != FixStopped {
		c.State, moved = FixMoved, m
	}
	w.detail(&c, r, t, moved)
	if t.k == 0 {
		c.Warnings = joinLines(c.Warnings, "it was never seen before the fix in the logs there are")
	}
	c.Sentence = w.fixSentence(c, r, t, moved)
	for _, why := range missingReasons {
		if n := t.missing[why]; n > 0 {
			c.Warnings = joinLines(c.Warnings, fmt.Sprintf("%s since the fix %s: not counted as clean", count(n, "occasion"), why))
		}
	}
	return c
}

// withdrawn is a claim that was taken back; what it was judged last stays.
func (w *fixWork) withdrawn(c schemas.Fix) schemas.Fix {
	last := ""
	if c.State != "" && c.State != FixWithdrawn {
		last = "; judged last: " + c.State
		if c.Detail != "" {
			last += " (" + c.Detail + ")"
		}
		c.Detail = strings.TrimPrefix(last, "; ")
		c.Sentence = ""
	}
	c.EventDate, c.State = w.in.Night, FixWithdrawn
	if c.Sentence == "" {
		zone := w.zone(w.recurrences[c.RecurrenceID])
		c.Sentence = fmt.Sprintf("“%s” (%s) was withdrawn on %s: %s%s.", clip(c.What, 80), localStamp(schemas.Time(c.FixedTS), zone),
			localStamp(schemas.Time(c.WithdrawnTS), zone), clip(firstWord(c.WithdrawnWhy, "no reason given"), 120), last)
	}
	return c
}

// unknown is a claim whose recurrence the night does not know: the last
// verdict stays, as there is nothing newer.
func (w *fixWork) unknown(c, was schemas.Fix) schemas.Fix {
	if was.State != "" && was.State != FixNoEvidence {
		c.NotFixed, c.Needed = was.NotFixed, was.Needed
		c.Warnings = joinLines(c.Warnings, "the recurrence is no longer seen in the span looked at: this is the verdict of an earlier night")
		c.Detail, c.EffectShare, c.MovedTo, c.FailedTS, c.Unobserved = was.Detail, was.EffectShare, was.MovedTo, was.FailedTS, was.Unobserved
		return c
	}
	c.State, c.Detail = FixNoEvidence, "the recurrence is not known"
	c.Sentence = fmt.Sprintf("No evidence about fix %s: the recurrence %s is not known tonight.", clip(c.FixID, 24), clip(c.RecurrenceID, 24))
	return c
}
