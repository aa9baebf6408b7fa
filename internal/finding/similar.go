package finding

import (
	"fmt"
	"math"
	"sort"
	"strings"
	"time"

	"almanac/schemas"
)

// What two incidents may share, with its weight. Only what both sides have
// counts, so that a postmortem without logs is compared by its words alone.
// The weights are judgement, not measurement; words carry most because they
// are what old records have.
const (
	weighText     = .55
	weighErrors   = .25
	weighServices = .10
	weighOrder    = .04
	weighCell     = .02
	weighChange   = .04
)

const (
	similarMin = .12 // lower scores are not written down
	similarTop = 5   // rows per incident
	similarSay = .35 // from here on it is a finding
)

// SimilarIncidents finds, for every incident, the others that are most like
// it: by words, errors, services, order of failure, hour of the week and the
// kind of change behind it. Age does not matter.
func SimilarIncidents(in SimilarInput) SimilarResult {
	w := newSimilarWork(in)
	var res SimilarResult
	subjects := w.latest(maxSubjects)
	if n := len(w.cases) - len(subjects); n > 0 {
		res.Warnings = append(res.Warnings, fmt.Sprintf("only the latest %d incidents were compared with all others; %d older ones were not", maxSubjects, n))
	}
	for _, a := range subjects {
		var rows []schemas.Similar
		for b := range w.cases {
			if a == b {
				continue
			}
			if row, ok := w.compare(a, b); ok {
				rows = append(rows, row)
			}
		}
		sort.SliceStable(rows, func(x, y int) bool {
			if *rows[x].Score != *rows[y].Score {
				return *rows[x].Score > *rows[y].Score
			}
			// Of equals the latest: it is the one remembered.
			ax, ay := w.at(rows[x].OtherID).at, w.at(rows[y].OtherID).at
			if !ax.Equal(ay) {
				return ax.After(ay)
			}
			return rows[x].OtherID < rows[y].OtherID
		})
		if f, ok := w.finding(a, rows); ok {
			res.Findings = append(res.Findings, f)
		}
		rows = rows[:min(similarTop, len(rows))]
		for k := range rows {
			rows[k].Rank = int64(k + 1)
		}
		res.Similar = append(res.Similar, rows...)
	}
	return res
}

// maxSubjects bounds the incidents for which others are looked for; the
// others may be of any age and number.
const maxSubjects = 1000

// latest are the n latest cases, those without a time included first, in
// order of id.
func (w *similarWork) latest(n int) []int {
	all := make([]int, len(w.cases))
	for i := range all {
		all[i] = i
	}
	if len(all) > n {
		sort.SliceStable(all, func(a, b int) bool {
			x, y := w.cases[all[a]].at, w.cases[all[b]].at
			return x.IsZero() && !y.IsZero() || !y.IsZero() && x.After(y)
		})
		all = all[:n]
		sort.Ints(all)
	}
	return all
}

// failureCase is an incident with everything it can be compared by.
type failureCase struct {
	IncidentRow
	at       time.Time // zero when not stated
	services map[string]bool
	errors   map[string]bool // signatures above their baseline
	order    []string        // services in order of failure
	change   string          // kind of the change behind it
	words    map[string]float64
	sorted   []string // of words, so that sums of floats are the same on every run
	norm     float64
	actions  []IncidentActionRow
}

type similarWork struct {
	in    SimilarInput
	cases []failureCase
	index map[string]int
	idf   map[string]float64
}

func newSimilarWork(in SimilarInput) *similarWork {
	w := &similarWork{in: in, index: map[string]int{}}
	rows := append([]IncidentRow(nil), in.Records.Incidents...)
	sort.SliceStable(rows, func(a, b int) bool { return rows[a].IncidentID < rows[b].IncidentID })
	for _, i := range rows {
		c := failureCase{IncidentRow: i, at: incidentStart(i), services: map[string]bool{}, errors: map[string]bool{}}
		if i.Service != "" {
			c.services[i.Service] = true
		}
		w.index[i.IncidentID] = len(w.cases)
		w.cases = append(w.cases, c)
	}
	w.attach()
	w.weighWords()
	return w
}

// at is the case of an incident, or nil.
func (w *similarWork) at(id string) *failureCase {
	if i, ok := w.index[id]; ok {
		return &w.cases[i]
	}
	return nil
}

// attach brings services, errors, order, change and actions to their case.
func (w *similarWork) attach() {
	for _, s := range w.in.Records.Services {
		if c := w.at(s.IncidentID); c != nil && s.Service != "" {
			c.services[s.Service] = true
		}
	}
	for _, e := range w.in.Errors {
		if c := w.at(e.IncidentID); c != nil && excessive(e) {
			c.errors[e.SignatureID] = true
		}
	}
	for _, x := range w.in.Cascades {
		if c := w.at(x.IncidentID); c != nil {
			for _, s := range x.Steps {
				c.order = append(c.order, s.Service)
			}
		}
	}
	kinds := map[string]string{}
	for _, c := range w.in.Records.Changes {
		kinds[c.ChangeID] = c.Kind
	}
	for _, x := range w.in.Causes {
		if c := w.at(x.SubjectID); c != nil && x.SubjectKind == "incident" && x.Rank == 1 && (x.Label == causeLikely || x.Label == causePossible) {
			c.change = kinds[x.ChangeID]
		}
	}
	for _, a := range w.in.Actions {
		if c := w.at(a.IncidentID); c != nil {
			c.actions = append(c.actions, a)
		}
	}
}

// excessive says whether an error came clearly more often than the week
// before gives: at least three, and twice what was expected.
func excessive(e IncidentErrorRow) bool {
	expected := 0.0
	if e.BaseObservedS > 0 {
		expected = float64(e.BaseCount) * float64(e.ObservedS) / float64(e.BaseObservedS)
	}
	return float64(e.Count) >= 3 && float64(e.Count) >= 2*expected
}

// compare gives the row of two cases, if they are alike enough to be told.
func (w *similarWork) compare(ia, ib int) (schemas.Similar, bool) {
	a, b := &w.cases[ia], &w.cases[ib]
	var p parts
	if a.norm > 0 && b.norm > 0 {
		score, words := w.cosine(a, b)
		p.add(weighText, score)
		if len(words) > 0 && score > .1 {
			p.shared = append(p.shared, "words: "+strings.Join(words, ", "))
		}
	}
	if len(a.errors) > 0 && len(b.errors) > 0 {
		score, both := overlap(a.errors, b.errors)
		p.add(weighErrors, score)
		p.say(score > 0, count(both, "error signature"), "the errors in the logs")
	}
	if len(a.services) > 0 && len(b.services) > 0 {
		score, _ := overlap(a.services, b.services)
		p.add(weighServices, score)
		p.say(score > 0, "services "+strings.Join(common(a.services, b.services), ", "),
			"services "+strings.Join(serviceNames(b.services), ", "))
	}
	if len(a.order) > 0 && len(b.order) > 0 {
		same := a.order[0] == b.order[0]
		p.add(weighOrder, truth(same))
		p.say(same, a.order[0]+" failed first", b.order[0]+" failed first")
	}
	if !a.at.IsZero() && !b.at.IsZero() {
		same := w.cell(a.at) == w.cell(b.at)
		p.add(weighCell, truth(same))
		if same {
			p.shared = append(p.shared, "hour of the week")
		}
	}
	if a.change != "" && b.change != "" {
		p.add(weighChange, truth(a.change == b.change))
		p.say(a.change == b.change, "began with a change of kind "+a.change, "began with a change of kind "+b.change)
	}
	score := p.score()
	if score < similarMin || len(p.shared) == 0 {
		return schemas.Similar{}, false
	}
	done, held := w.outcome(a, b)
	return schemas.Similar{
		EventDate: w.in.Night, IncidentID: a.IncidentID, OtherID: b.IncidentID, Score: schemas.Ptr(score),
		Shared: strings.Join(p.shared, "; "), Different: strings.Join(p.different, "; "), Done: done, Held: held,
	}, true
}

// parts sums what two cases share.
type parts struct {
	sum, weight       float64
	shared, different []string
}

func (p *parts) add(weight, score float64) { p.sum += weight * score; p.weight += weight }

func (p *parts) say(same bool, shared, different string) {
	if same {
		p.shared = append(p.shared, shared)
	} else {
		p.different = append(p.different, different)
	}
}

// score is the weighted mean of what can be compared. Where words cannot be
// compared the rest counts less: services alone make no failure mode.
func (p *parts) score() float64 {
	if p.weight == 0 {
		return 0
	}
	return p.sum / math.Max(p.weight, .5)
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// cosine compares the words of two cases and names the five that count most.
func (w *similarWork) cosine(a, b *failureCase) (float64, []string) {
	type term struct {
		word string
		v    float64
	}
	var terms []term
	sum := 0.0
	if len(b.sorted) < len(a.sorted) {
		a, b = b, a
	}
	for _, x := range a.sorted {
		if v := a.words[x] * b.words[x]; v > 0 {
			sum += v
			terms = append(terms, term{x, v})
		}
	}
	sort.SliceStable(terms, func(i, j int) bool { return terms[i].v > terms[j].v })
	var words []string
	for _, t := range terms[:min(5, len(terms))] {
		words = append(words, clip(t.word, 30))
	}
	return sum / (a.norm * b.norm), words
}

// overlap is the share of the smaller set that is in the other.
func overlap(a, b map[string]bool) (float64, int) {
	both := 0
	for x := range a {
		if b[x] {
			both++
		}
	}
	return float64(both) / float64(min(len(a), len(b))), both
}

func common(a, b map[string]bool) []string {
	var out []string
	for x := range a {
		if b[x] {
			out = append(out, clip(x, 40))
		}
	}
	sort.Strings(out)
	return out
}

func serviceNames(set map[string]bool) []string { return common(set, set) }

// cell is the weekday and the three hours of the day of an instant.
func (w *similarWork) cell(t time.Time) [2]int {
	zone := w.in.Zone
	if zone == nil {
		zone = time.UTC
	}
	t = t.In(zone)
	return [2]int{int(t.Weekday()), t.Hour() / 3}
}

// outcome says what was done after the other incident and whether it held,
// seen from this one.
func (w *similarWork) outcome(a, b *failureCase) (done, held string) {
	var texts []string
	open := 0
	for _, x := range b.actions {
		if x.Status == "open" {
			open++
		}
		if len(texts) < 3 && x.Text != "" {
			texts = append(texts, clip(x.Text, 120))
		}
	}
	done = strings.Join(texts, "; ")
	if len(b.actions) > len(texts) && len(texts) > 0 {
		done += fmt.Sprintf("; and %d more", len(b.actions)-len(texts))
	}
	if done == "" {
		done = "no follow-up is recorded"
	}
	switch {
	case a.at.IsZero() || b.at.IsZero():
		held = "unknown: a time is missing"
	case a.at.Before(b.at):
		held = fmt.Sprintf("it came %s after this one", spell(b.at.Sub(a.at)))
	case len(b.actions) == 0:
		held = fmt.Sprintf("came back after %s; nothing was recorded as done", spell(a.at.Sub(b.at)))
	case open == len(b.actions):
		held = fmt.Sprintf("came back after %s; the follow-ups were still open", spell(a.at.Sub(b.at)))
	default:
		held = fmt.Sprintf("did not hold: came back after %s", spell(a.at.Sub(b.at)))
	}
	return done, held
}
