package finding

import (
	"fmt"
	"math"
	"sort"
	"time"

	"almanac/internal/stat"
)

// referentWeeks is how many weeks before and after give referents.
const referentWeeks = 6

// crossoverLags are the lags at which incidents are compared with changes.
var crossoverLags = []time.Duration{30 * time.Minute, 2 * time.Hour, 24 * time.Hour}

// failureLag is the lag of the change-failure rate.
const failureLag = 2 * time.Hour

// timeline answers "was there one of these shortly before?" by binary search,
// per service; "" holds those that concern the whole site.
type timeline map[string][]time.Time

func (t timeline) add(services []string, at time.Time) {
	if len(services) == 0 {
		services = []string{""}
	}
	for _, s := range services {
		t[s] = append(t[s], at)
	}
}

// any says whether something on the services lies in (from, until]. No
// services means the whole site: anything counts.
func (t timeline) any(services []string, from, until time.Time) bool {
	hit := func(v []time.Time) bool {
		i := sort.Search(len(v), func(k int) bool { return v[k].After(from) })
		return i < len(v) && !v[i].After(until)
	}
	if len(services) == 0 || len(services) == 1 && services[0] == "" {
		for _, v := range t {
			if hit(v) {
				return true
			}
		}
		return false
	}
	for _, s := range services {
		if hit(t[s]) {
			return true
		}
	}
	return hit(t[""])
}

// history is what the judges of changes share: the records in order of time,
// where each service was touched, and the span they cover.
type history struct {
	changes      []changeRec
	incidents    []incidentRec
	since, until time.Time
	now          time.Time
	zone         *time.Location
	touched      timeline // non-reactive changes
	failed       timeline // first incidents, without relapses
	warnings     []string
}

func newHistory(r Records, since, until, now time.Time, zone *time.Location) *history {
	h := &history{since: since, until: until, now: now, zone: zone, touched: timeline{}, failed: timeline{}}
	if h.zone == nil {
		h.zone = time.UTC
	}
	h.changes, h.incidents, h.warnings = readRecords(r, now)
	for _, c := range h.changes {
		if !c.reactive {
			h.touched.add([]string{c.Service}, c.at)
		}
	}
	for _, i := range h.incidents {
		if !i.relapse {
			h.failed.add(i.services, i.at)
		}
	}
	if h.since.IsZero() || h.until.IsZero() {
		h.ownSpan()
	}
	return h
}

// ownSpan is the time that both kinds of record cover; with no changes, that
// of the incidents.
func (h *history) ownSpan() {
	var since, until time.Time
	for _, c := range h.changes {
		if since.IsZero() || c.at.Before(since) {
			since = c.at
		}
		if c.at.After(until) && (h.now.IsZero() || !c.at.After(h.now)) {
			until = c.at
		}
	}
	for _, i := range h.incidents {
		if i.at.After(until) && (h.now.IsZero() || !i.at.After(h.now)) {
			until = i.at
		}
		if len(h.changes) == 0 && (since.IsZero() || i.at.Before(since)) {
			since = i.at
		}
	}
	// Where the incidents go on after the changes end, the changes were not
	// read: that time is not without changes.
	if n := len(h.changes); n > 0 {
		if last := h.changes[n-1].at.Add(changesEnd); last.Before(until) {
			until = last
		}
	}
	if h.since.IsZero() {
		h.since = since
	}
	if h.until.IsZero() {
		h.until = until.Add(time.Second)
	}
}

// changesEnd is how long after the last change record the records still count
// as kept.
const changesEnd = 30 * 24 * time.Hour

// referents are the same weekday and wall-clock time up to six weeks before
// and after, inside the span, own time included and first.
func (h *history) referents(t time.Time) []time.Time {
	out := []time.Time{t}
	local := t.In(h.zone)
	for k := -referentWeeks; k <= referentWeeks; k++ {
		r := local.AddDate(0, 0, 7*k)
		if k != 0 && !r.Before(h.since) && r.Before(h.until) {
			out = append(out, r.UTC())
		}
	}
	return out
}

// inSpan says whether an instant lies where both kinds of record are kept.
func (h *history) inSpan(t time.Time) bool { return !t.Before(h.since) && t.Before(h.until) }

// crossover compares the incidents with their referents at one lag.
func (h *history) crossover(lag time.Duration) CrossoverVerdict {
	v := CrossoverVerdict{Lag: lag}
	var own []bool
	var exposed, referents []int
	for _, i := range h.incidents {
		if i.relapse {
			v.Merged++
			continue
		}
		if !h.inSpan(i.at) {
			continue
		}
		ts, e := h.referents(i.at), 0
		for _, t := range ts {
			if h.touched.any(i.services, t.Add(-lag), t) {
				e++
			}
		}
		own = append(own, h.touched.any(i.services, i.at.Add(-lag), i.at))
		exposed, referents = append(exposed, e), append(referents, len(ts))
	}
	for _, c := range h.changes {
		if c.reactive {
			v.Reactive++
		}
	}
	r := stat.CaseCrossover(own, exposed, referents)
	v.Incidents, v.Exposed, v.Expected, v.PValue, v.RiskRatio = r.N, r.Exposed, r.Expected, r.P, r.RR
	return v
}

// failures gives the change-failure rate of all changes, then per kind,
// service, team, actor and weekday, largest parts first.
func (h *history) failures() []ChangeFailure {
	placebo := h.placebos()
	out := []ChangeFailure{h.failure("all", "", placebo, func(changeRec) string { return "" })}
	for _, by := range []struct {
		name string
		part func(changeRec) string
	}{
		{"kind", func(c changeRec) string { return c.Kind }},
		{"service", func(c changeRec) string { return c.Service }},
		{"team", func(c changeRec) string { return c.Team }},
		{"actor", func(c changeRec) string { return c.Actor }},
		{"weekday", func(c changeRec) string { return c.at.In(h.zone).Weekday().String() }},
	} {
		set := map[string]int{}
		for _, c := range h.changes {
			if !c.reactive && by.part(c) != "" {
				set[by.part(c)]++
			}
		}
		parts := make([]string, 0, len(set))
		for p := range set {
			parts = append(parts, p)
		}
		sort.Slice(parts, func(a, b int) bool {
			if set[parts[a]] != set[parts[b]] {
				return set[parts[a]] > set[parts[b]]
			}
			return parts[a] < parts[b]
		})
		for _, p := range parts {
			out = append(out, h.failure(by.name, p, placebo, by.part))
		}
	}
	return out
}

// placeboOf is what the moments comparable to one change show.
type placeboOf struct {
	hit     bool    // the change itself was followed by an incident
	share   float64 // of the comparable moments followed; NaN without any
	moments int
}

// placebos looks, for every change that counts, at its own time and at the
// same weekday and time of other weeks in which nothing was changed around it
// and, as with the changes themselves, no incident was being answered: what
// fails then is a relapse and not counted.
func (h *history) placebos() []placeboOf {
	out := make([]placeboOf, len(h.changes))
	for k, c := range h.changes {
		if c.reactive || !h.inSpan(c.at) {
			continue
		}
		s := []string{c.Service}
		p := placeboOf{hit: h.failed.any(s, c.at, c.at.Add(failureLag)), share: math.NaN()}
		x := 0
		for _, t := range h.referents(c.at)[1:] {
			if h.touched.any(s, t.Add(-failureLag), t.Add(failureLag)) || h.answering(c.Service, t) {
				continue
			}
			p.moments++
			if h.failed.any(s, t, t.Add(failureLag)) {
				x++
			}
		}
		if p.moments > 0 {
			p.share = float64(x) / float64(p.moments)
		}
		out[k] = p
	}
	return out
}

// answering says whether a change of the service at an instant would count as
// an answer to an incident.
func (h *history) answering(service string, t time.Time) bool {
	k := sort.Search(len(h.incidents), func(k int) bool { return h.incidents[k].at.After(t) })
	for k--; k >= 0 && t.Sub(h.incidents[k].at) < longestReaction; k-- {
		if i := &h.incidents[k]; t.Before(i.answeredUntil()) && concerns(service, i.services) {
			return true
		}
	}
	return false
}

func (h *history) failure(by, part string, placebo []placeboOf, of func(changeRec) string) ChangeFailure {
	var hit []bool
	var share []float64
	var week []int
	f := ChangeFailure{By: by, Part: part}
	for k, c := range h.changes {
		if c.reactive || !h.inSpan(c.at) || of(c) != part {
			continue
		}
		hit = append(hit, placebo[k].hit)
		share = append(share, placebo[k].share)
		week = append(week, int(c.at.Sub(h.since)/(7*24*time.Hour)))
		f.Moments += placebo[k].moments
	}
	r := stat.ChangeFailureRate(hit, share, week)
	f.Changes, f.Followed, f.Raw, f.Low, f.High = r.N, r.Followed, r.Raw, r.Low, r.High
	f.Placebo, f.Excess, f.ExcessLow, f.ExcessHigh = r.Placebo, r.Excess, r.ExcessLow, r.ExcessHigh
	switch {
	case f.Changes < 20:
		f.WeakEvidence = fmt.Sprintf("only %s", count(f.Changes, "change"))
	case f.Moments == 0:
		f.WeakEvidence = "no comparable moments without a change: the rate has no placebo"
	case f.Followed < 3:
		f.WeakEvidence = fmt.Sprintf("only %s followed by an incident", count(f.Followed, "change"))
	}
	return f
}

// Sentence says the rate with its placebo.
func (f ChangeFailure) Sentence() string {
	what := count(f.Changes, "change")
	if f.Part != "" {
		what += " (" + f.By + " " + clip(f.Part, 60) + ")"
	}
	return fmt.Sprintf("Of %s %d were followed by an incident within %s: %s (%s to %s); the same hours of other weeks without a change: %s; left for the change: %s.",
		what, f.Followed, spell(failureLag), asPercent(f.Raw), asPercent(f.Low), asPercent(f.High), asPercent(f.Placebo), asPercent(f.Excess))
}
