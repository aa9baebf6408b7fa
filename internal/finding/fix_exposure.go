package finding

import (
	"fmt"
	"math"
	"sort"
	"strings"
	"time"

	"almanac/internal/stat"
	"almanac/schemas"
)

// Why an occasion proves nothing.
const (
	noLogs   = "without logs"
	noJob    = "on which the job did not run"
	lowShare = "with less than 30 % of the usual load"
)

var missingReasons = []string{noLogs, noJob, lowShare}

// leastLoad is the share of its usual volume below which an occasion shows
// nothing (statistics.md part C); believed, not measured.
const leastLoad = .3

// The job must have run on this share of the observed occasions up to its
// last run, and on so many, before its absence says anything: a job that the
// fix took away ran before.
const (
	jobUsual    = .8
	jobOccasion = 5
)

// whyMissing says why no occasion since a fix was evidence.
func (t tally) whyMissing() string {
	var parts []string
	for _, why := range missingReasons {
		if n := t.missing[why]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, why))
		}
	}
	return strings.Join(parts, ", ")
}

// exposure marks the occasions that prove nothing when they are clean: no
// logs, no job, hardly any load. A hit always counts.
func (w *fixWork) exposure(r schemas.Recurrence, list []occasion) {
	var load []float64
	loads := make([]float64, len(list))
	width := windowLength(r)
	for k, o := range list {
		loads[k] = w.load(r.Service, o.due, width)
		list[k].load = loads[k]
		if o.observed {
			load = append(load, loads[k])
		}
	}
	usual := stat.Median(load)
	tied := r.JobSignature != "" && (r.Verdict == verdictJob || r.Verdict == verdictBoth) && ranUntil(list)
	for k := range list {
		o := &list[k]
		switch {
		case o.hit:
		case !o.observed:
			o.missing = noLogs
		case tied && o.job.IsZero():
			o.missing = noJob
		case usual > 0 && loads[k] < leastLoad*usual:
			o.missing = lowShare
		}
		if o.hit && !o.observed {
			o.hit, o.missing = false, noLogs
		}
	}
}

// jobLess is the share of hits without a run of the job from which it goes on
// without it, and two at least.
const jobLess = .1

// ranUntil says whether a job ran on most occasions up to its last run, and
// the failure hardly ever came without it.
func ranUntil(list []occasion) bool {
	hits, without := 0, 0
	for _, o := range list {
		if o.hit && o.observed {
			hits++
			if o.job.IsZero() {
				without++
			}
		}
	}
	if without >= 2 && float64(without) >= jobLess*float64(hits) {
		return false
	}
	last := -1
	for k, o := range list {
		if !o.job.IsZero() {
			last = k
		}
	}
	jobs, observed := 0, 0
	for _, o := range list[:last+1] {
		if o.observed {
			observed++
			if !o.job.IsZero() {
				jobs++
			}
		}
	}
	return jobs >= jobOccasion && float64(jobs) >= jobUsual*float64(observed)
}

// load is the number of lines that a service wrote in a window.
func (w *fixWork) load(service string, from time.Time, width time.Duration) float64 {
	list := w.volume[service]
	n := 0.0
	for i := sort.Search(len(list), func(i int) bool { return !list[i].SlotTS.Before(from) }); i < len(list) && list[i].SlotTS.Before(from.Add(width)); i++ {
		n += float64(list[i].Lines)
	}
	return n
}

// windowLength is how long an occasion's window is; an hour where none is
// stated.
func windowLength(r schemas.Recurrence) time.Duration {
	from, to, ok := parseWindow(r.WindowStart, r.WindowEnd)
	if !ok {
		return time.Hour
	}
	return time.Duration(to-from) * time.Minute
}

// movedTo is where a recurrence went.
type movedTo struct{ clock, why string }

// When a recurrence counts as moved: the new time of day on most occasions
// since the fix, hardly ever before it, and by chance once in a hundred times
// over all hours. Assumptions, not measured.
const (
	movedDays   = 3
	movedShare  = .6
	movedBefore = .2
	movedChance = .01
	movedReach  = 60 // minutes of the day that are one place
	movedShift  = 30 * time.Minute
)

// moved says whether a recurrence left its window for another time of day, or
// begins at another time within it.
func (w *fixWork) moved(r schemas.Recurrence, fixed time.Time, t tally) (movedTo, bool) {
	if t.m < movedDays || t.k == 0 {
		return movedTo{}, false
	}
	list := w.occasions[r.RecurrenceID]
	if m, ok := w.shifted(r, list, fixed); ok {
		return m, true
	}
	if ratioOf(t.h, t.m) > movedBefore {
		return movedTo{}, false
	}
	return w.elsewhere(r, list, fixed)
}

// shifted compares the first errors of the occasions within the window.
func (w *fixWork) shifted(r schemas.Recurrence, list []occasion, fixed time.Time) (movedTo, bool) {
	var before, after []float64
	var last time.Time
	for _, o := range list {
		if !o.hit || o.onset.IsZero() || o.due.After(w.in.Now) && !w.in.Now.IsZero() {
			continue
		}
		if at := o.onset.Sub(o.due).Seconds(); o.due.After(fixed) {
			after, last = append(after, at), o.due
		} else {
			before = append(before, at)
		}
	}
	if len(after) < movedDays || len(before) < movedDays {
		return movedTo{}, false
	}
	a, b := stat.Median(before), stat.Median(after)
	spread := max(stat.MAD(before), stat.MAD(after), 300)
	if d := math.Abs(b - a); d < movedShift.Seconds() || d < 4*spread {
		return movedTo{}, false
	}
	was, now := last.Add(time.Duration(a)*time.Second), last.Add(time.Duration(b)*time.Second)
	return movedTo{clockOf(now, w.zone(r)), fmt.Sprintf("it began about %s before and begins about %s since, on %s",
		clockOf(was, w.zone(r)), clockOf(now, w.zone(r)), count(len(after), "occasion"))}, true
}

// clockOf is a wall clock to five minutes.
func clockOf(t time.Time, zone *time.Location) string {
	return t.Round(5 * time.Minute).In(zone).Format("15:04")
}

// elsewhere looks for errors of the recurrence outside its window on the days
// of its occasions.
func (w *fixWork) elsewhere(r schemas.Recurrence, list []occasion, fixed time.Time) (movedTo, bool) {
	from, to, ok := parseWindow(r.WindowStart, r.WindowEnd)
	minutes := w.in.Minutes[r.RecurrenceID]
	if !ok || len(minutes) == 0 {
		return movedTo{}, false
	}
	zone := w.zone(r)
	before, after := map[string][]int{}, map[string][]int{}
	for _, o := range list {
		if o.observed && !(o.due.After(w.in.Now) && !w.in.Now.IsZero()) {
			if o.due.After(fixed) {
				after[o.date] = nil
			} else {
				before[o.date] = nil
			}
		}
	}
	for _, x := range minutes {
		t := x.MinuteTS.In(zone)
		m := t.Hour()*60 + t.Minute()
		if m >= from-10 && m < to+10 || m+recDayMin < to+10 {
			continue
		}
		date := t.Format("2006-01-02")
		for _, side := range []map[string][]int{before, after} {
			if at, ok := side[date]; ok {
				side[date] = append(at, m)
			}
		}
	}
	best, hits := 0, 0
	for start := 0; start < recDayMin; start += 10 {
		if n := daysIn(after, start); n > hits {
			best, hits = start, n
		}
	}
	n, was := len(after), daysIn(before, best)
	if hits < movedDays || float64(hits) < movedShare*float64(n) || ratioOf(was, len(before)) > movedBefore {
		return movedTo{}, false
	}
	p := (float64(was) + .5) / (float64(len(before)) + 1)
	if 24*math.Exp(stat.LnBinomialTail(n, hits, p)) > movedChance {
		return movedTo{}, false
	}
	clock := firstClock(after, best)
	return movedTo{clock, fmt.Sprintf("no longer in %s-%s, but on %d of %s since about %s; before on %d of %d",
		r.WindowStart, r.WindowEnd, hits, count(n, "day"), clock, was, len(before))}, true
}

// daysIn counts the days with an error in the stretch that begins at a minute
// of the day.
func daysIn(days map[string][]int, start int) int {
	n := 0
	for _, list := range days {
		for _, m := range list {
			if m >= start && m < start+movedReach {
				n++
				break
			}
		}
	}
	return n
}

// firstClock is the median of the first errors of the days in a stretch.
func firstClock(days map[string][]int, start int) string {
	var first []float64
	for _, list := range days {
		least := -1
		for _, m := range list {
			if m >= start && m < start+movedReach && (least < 0 || m < least) {
				least = m
			}
		}
		if least >= 0 {
			first = append(first, float64(least))
		}
	}
	m := int(math.Round(stat.Median(first)/5)) * 5 % recDayMin
	return fmt.Sprintf("%02d:%02d", m/60, m%60)
}
