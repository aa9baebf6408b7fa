package world

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"almanac/schemas"
)

// Outcome is what a night found: the published rows of that night.
type Outcome struct {
	Recurrences []schemas.Recurrence
	Causes      []schemas.Cause
	Onsets      []schemas.Onset
	Cascades    []schemas.CascadeStep
	Similar     []schemas.Similar
	Findings    []schemas.Finding
	Incidents   []schemas.Incident
}

// Score compares an outcome with the truth: a line per planted story with what
// was named, a line per decoy, and what else was called a recurrence. The text
// is made for a golden file; it holds no figure that wavers.
func Score(t Truth, got Outcome) string {
	var b strings.Builder
	found := 0
	b.WriteString("stories\n")
	for _, s := range t.Stories {
		c := judge(t, s, got)
		state := "NOT FOUND"
		if c.ok() {
			state = "found"
			found++
		}
		fmt.Fprintf(&b, "  %-8s %-10s %-9s  %s\n", s.ID, s.Kind, state, c)
	}
	quiet := 0
	b.WriteString("decoys\n")
	for _, d := range t.Decoys {
		verdict := got.decoy(t, d)
		if verdict == "silent" || strings.HasPrefix(verdict, "right") {
			quiet++
		}
		fmt.Fprintf(&b, "  %-8s %s\n", d.ID, verdict)
	}
	b.WriteString("other recurrences\n")
	for _, line := range got.others(t) {
		fmt.Fprintf(&b, "  %s\n", line)
	}
	fmt.Fprintf(&b, "total: %d of %d stories found, %d of %d decoys silent\n", found, len(t.Stories), quiet, len(t.Decoys))
	return b.String()
}

// checks is a list of named facts, each right or wrong.
type checks struct {
	parts []string
	wrong int
}

func (c *checks) add(right bool, format string, args ...any) {
	mark := "ok"
	if !right {
		mark = "WRONG"
		c.wrong++
	}
	c.parts = append(c.parts, fmt.Sprintf(format, args...)+" ["+mark+"]")
}

func (c checks) ok() bool       { return c.wrong == 0 && len(c.parts) > 0 }
func (c checks) String() string { return strings.Join(c.parts, ", ") }

func judge(t Truth, s Story, got Outcome) checks {
	switch s.Kind {
	case KindRecurrence:
		return got.recurrence(s)
	case KindRestart:
		return got.restart(s)
	case KindCascade:
		return got.cascade(s)
	case KindSilence:
		return got.silence(s)
	case KindChange:
		return got.cause(s)
	case KindSimilar:
		return got.similar(s)
	}
	var c checks
	c.add(false, "unknown kind %q of story", s.Kind)
	return c
}

// recurrence takes the best of the recurrences that speak of the story.
func (got Outcome) recurrence(s Story) checks {
	var best checks
	best.add(false, "no recurrence with these words")
	best.wrong = 99
	for _, r := range got.Recurrences {
		if r.Status == "retired" || !hasAny(recurrenceText(r), s.Words) {
			continue
		}
		var c checks
		c.add(strings.EqualFold(r.Label, s.Label), "%s", r.Label)
		c.add(near(r.WindowStart, s.WindowStart, 10) && near(r.WindowEnd, s.WindowEnd, 35), "%s-%s", r.WindowStart, r.WindowEnd)
		c.add(r.Zone == s.Zone, "%s", r.Zone)
		if s.JobService != "" {
			c.add(r.JobService == s.JobService && hasAny(r.JobTemplate+r.Sentence+r.Why, []string{firstWord(s.JobWords)}), "job %s", orNone(r.JobService))
		}
		if s.ID == "evening" {
			c.add(r.Verdict == "job" || r.Verdict == "both", "verdict %s", orNone(r.Verdict))
			c.add(r.FirstService == s.Services[0], "first error in %s", orNone(r.FirstService))
		}
		if c.wrong < best.wrong {
			best = c
		}
	}
	return best
}

func recurrenceText(r schemas.Recurrence) string { return r.Template + "\n" + r.SubjectID }

// restart asks that the night says what the restarts did and that the failures
// came back, and that nothing calls them a remedy that holds.
func (got Outcome) restart(s Story) checks {
	var c checks
	said, held := false, false
	for _, f := range got.Findings {
		if aboutRestart(f.Sentence+"\n"+f.Evidence+"\n"+f.Warnings, s.Services[0]) {
			said = true
			held = held || f.Status == "held" || f.Status == "holding"
		}
	}
	for _, r := range got.Recurrences {
		said = said || aboutRestart(r.Sentence+"\n"+r.Why+"\n"+r.Warnings, s.Services[0])
	}
	c.add(said, "restarts of %s told, and that it returned", s.Services[0])
	c.add(!held, "not called a fix")
	return c
}

func aboutRestart(text, service string) bool {
	text = strings.ToLower(text)
	return strings.Contains(text, "restart") && strings.Contains(text, service) && strings.Contains(text, "return")
}

func (got Outcome) cascade(s Story) checks {
	var c checks
	var steps []schemas.CascadeStep
	for _, st := range got.Cascades {
		if contains(s.IncidentIDs, st.IncidentID) {
			steps = append(steps, st)
		}
	}
	sort.SliceStable(steps, func(a, b int) bool { return steps[a].Rank < steps[b].Rank })
	var order []string
	for _, st := range steps {
		if contains(s.Services, st.Service) && !contains(order, st.Service) {
			order = append(order, st.Service)
		}
	}
	c.add(equal(order, s.Services), "order %s", orNone(strings.Join(order, " > ")))
	c.add(len(steps) > 0 && steps[0].Service == s.Services[0], "root named")
	for _, want := range s.Steps {
		at := "none"
		right := false
		for _, st := range steps {
			if st.Service != want.Service {
				continue
			}
			ts := schemas.Time(st.OnsetTS)
			at = ts.Format("15:04:05")
			right = ts.Sub(want.TS).Abs() <= 3*time.Second
			break
		}
		c.add(right, "%s %s", want.Service, at)
	}
	return c
}

func (got Outcome) silence(s Story) checks {
	var best checks
	best.add(false, "no silence with these words")
	best.wrong = 99
	for _, o := range got.Onsets {
		if o.Kind != "silent" && o.Kind != "gone" || !hasAny(o.Template+"\n"+o.Sentence, s.Words) {
			continue
		}
		var c checks
		last := schemas.Time(o.TS)
		c.add(s.LastRun != nil && last.Sub(*s.LastRun).Abs() <= 2*time.Minute, "last run %s", last.Format("2006-01-02T15:04Z"))
		c.add(contains(s.IncidentIDs, o.IncidentID), "incident %s", orNone(o.IncidentID))
		id := got.changeBefore(o, s.ChangeIDs)
		c.add(id != "", "change %s", orNone(id))
		if c.wrong < best.wrong {
			best = c
		}
	}
	return best
}

// changeBefore is the one of the changes that the silence is joined to: ranked
// first, or named in its sentence.
func (got Outcome) changeBefore(o schemas.Onset, ids []string) string {
	if first := got.firstCause("onset", o.OnsetID); contains(ids, first) {
		return first
	}
	text := o.Sentence
	for _, f := range got.Findings {
		if f.FindingID == o.OnsetID {
			text += "\n" + f.Sentence
		}
	}
	for _, id := range ids {
		if contains(strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \n\t,.;:()", r) }), id) {
			return id
		}
	}
	return ""
}

// firstCause is the change ranked first for a subject and at least possible,
// or "".
func (got Outcome) firstCause(kind, id string) string {
	for _, c := range got.Causes {
		if c.SubjectKind == kind && c.SubjectID == id && c.Rank == 1 && (c.Label == "likely" || c.Label == "possible") {
			return c.ChangeID
		}
	}
	return ""
}

func (got Outcome) cause(s Story) checks {
	var c checks
	for _, id := range s.IncidentIDs {
		first := got.firstCause("incident", id)
		c.add(contains(s.ChangeIDs, first), "%s: change %s ranked first", id, orNone(first))
	}
	return c
}

func (got Outcome) similar(s Story) checks {
	var c checks
	for _, id := range s.IncidentIDs {
		first := ""
		for _, m := range got.Similar {
			if m.IncidentID == id && m.Rank == 1 {
				first = m.OtherID
			}
		}
		c.add(first == s.SimilarID, "%s: like %s", id, orNone(first))
		change := got.firstCause("incident", id)
		c.add(contains(s.ChangeIDs, change), "change %s ranked first", orNone(change))
	}
	return c
}

// decoy says whether something harmless was called a pattern or a cause.
func (got Outcome) decoy(t Truth, d Decoy) string {
	var called []string
	for _, r := range got.Recurrences {
		if r.Status == "retired" || r.Status == "tentative" || !hasAny(recurrenceText(r), d.Words) {
			continue
		}
		if d.Allowed != "" && r.Kind == d.Allowed {
			called = append(called, "right: "+r.Label)
			continue
		}
		called = append(called, fmt.Sprintf("CALLED A PATTERN: %s %s-%s", r.Label, r.WindowStart, r.WindowEnd))
	}
	for _, c := range got.Causes {
		if c.Label == "likely" && c.Rank == 1 && contains(d.Changes, c.ChangeID) {
			called = append(called, fmt.Sprintf("CALLED A CAUSE: %s of %s %s", c.ChangeID, c.SubjectKind, c.SubjectID))
		}
	}
	if len(called) == 0 {
		return "silent"
	}
	sort.Strings(called) // capitals first: a false call is never hidden by a right one
	return strings.Join(called, "; ")
}

// others lists recurrences that speak of no story and no decoy by words: those
// of a service or of incidents that share a story's window, and the unexplained.
func (got Outcome) others(t Truth) []string {
	var words []string
	for _, s := range t.Stories {
		words = append(words, s.Words...)
	}
	for _, d := range t.Decoys {
		words = append(words, d.Words...)
	}
	var out []string
	for _, r := range got.Recurrences {
		if r.Status == "retired" || hasAny(recurrenceText(r), words) {
			continue
		}
		line := fmt.Sprintf("%s %s-%s: %s %s", r.Label, r.WindowStart, r.WindowEnd, r.SubjectKind, oneLine(r.Template, r.SubjectID))
		if r.Service != "" {
			line += " in " + r.Service
		}
		out = append(out, explained(t, r)+" "+line)
	}
	sort.Strings(out)
	return out
}

// explained names the story whose label and start a recurrence shares.
func explained(t Truth, r schemas.Recurrence) string {
	for _, s := range t.Stories {
		if s.Kind == KindRecurrence && strings.EqualFold(r.Label, s.Label) && near(r.WindowStart, s.WindowStart, 10) {
			return fmt.Sprintf("as %-8s ", s.ID)
		}
	}
	return "UNEXPLAINED "
}

func oneLine(texts ...string) string {
	for _, s := range texts {
		if s = strings.Join(strings.Fields(s), " "); s != "" {
			if len(s) > 80 {
				s = strings.ToValidUTF8(s[:80], "") + "…"
			}
			return s
		}
	}
	return ""
}

func hasAny(text string, words []string) bool {
	text = strings.ToLower(text)
	for _, w := range words {
		if w != "" && strings.Contains(text, strings.ToLower(w)) {
			return true
		}
	}
	return false
}

// near says whether two clock times are within minutes of each other.
func near(a, b string, minutes int) bool {
	x, errA := time.Parse("15:04", a)
	y, errB := time.Parse("15:04", b)
	if errA != nil || errB != nil {
		return false
	}
	d := x.Sub(y).Abs()
	return min(d, 24*time.Hour-d) <= time.Duration(minutes)*time.Minute
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s && s != "" {
			return true
		}
	}
	return false
}

func equal(a, b []string) bool { return strings.Join(a, "\x00") == strings.Join(b, "\x00") }

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

func firstWord(s string) string {
	f := strings.Fields(s)
	if len(f) == 0 {
		return ""
	}
	return f[0]
}
