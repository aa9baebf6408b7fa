package finding

import (
	"fmt"
	"strings"
	"time"

	"almanac/internal/stat"
	"almanac/schemas"
)

// silenceReach is how long after a job's last run an incident may still be
// laid to its silence.
const silenceReach = 90 * 24 * time.Hour

// silencing is the least chance of a change to silence something on its
// service. The site's own failure rate counts incidents, and a job that stops
// makes none for weeks. An assumption, not measured.
const silencing = .02

// trace weighs the changes around the last run: those between it and the run
// that did not come, and those of the day before it. A deploy can let one
// more run pass, when the old worker was still at it.
func (w *silenceWork) trace(s *Silence, f silent, j *judge) []schemas.Cause {
	h := j.history
	sub := subject{kind: "onset", id: s.Onset.OnsetID, services: serviceList(f.service), onset: f.last, recorded: f.last,
		reach: w.in.Graph.from(serviceList(f.service))}
	if f.kind == onsetInput {
		return j.rows(sub, nil, nil, "No recorded change stands out: the input is missing, the service may never have stopped.")
	}
	sub.none = .5 / max(1, h.until.Sub(h.since).Minutes())
	var found []candidate
	for _, c := range h.changes {
		if c.at.Before(f.last.Add(-directReach)) || c.at.After(f.due) {
			continue
		}
		k := candidate{changeRec: c, hops: sub.reach.to(c.Service), lag: f.last.Sub(c.at)}
		k.weight = silenceWeight(c.at, f) * max(silencing, j.model.of(c.Kind)) * stat.DistanceWeight(k.hops)
		found = append(found, k)
	}
	found = rank(found, sub.none)
	for i := range found {
		if found[i].lag < 0 {
			found[i].linkAt, found[i].linkLag = f.due, f.due.Sub(found[i].at)
		}
	}
	if len(found) > 0 && found[0].p >= atPossible {
		s.ChangeID, s.Probability = found[0].ChangeID, found[0].p
	}
	return j.rows(sub, found, nil, j.outside(sub))
}

// silenceWeight is how much a change at this time explains that the run due
// at f.due did not come, per minute: evenly between the last run and the due
// one, else as a failure that began with the last run, at half.
func silenceWeight(at time.Time, f silent) float64 {
	if !at.Before(f.last) {
		return .5 / max(5, f.due.Sub(f.last).Minutes())
	}
	return .5 * stat.LagDensity(max(time.Second, f.last.Sub(at)).Minutes())
}

// joinIncident finds the incident that came while it was silent and is
// nearest: same service, its words, one call away. Time alone proves nothing.
func (w *silenceWork) joinIncident(s *Silence, f silent, h *history) {
	// An error that stopped breaks nothing.
	if f.kind == onsetInput || f.kind == onsetReworded || isFault(f.level) {
		return
	}
	end := f.until(w.in.Now)
	if limit := f.last.Add(silenceReach); end.After(limit) {
		end = limit
	}
	best := 0
	for _, i := range h.incidents {
		// The silence outlasts the beginning of the incident; a service silent
		// within the incident is its effect.
		if !i.at.After(f.due) || i.at.After(end) {
			continue
		}
		score, near := w.nearIncident(f, i)
		if score > best {
			best = score
			s.Onset.IncidentID, s.IncidentNear, s.near = i.IncidentID, near, score
			s.Onset.IncidentLagS = schemas.Ptr(i.at.Sub(f.last).Seconds())
		}
	}
	switch {
	case best == 1:
		s.Onset.Warnings = joinLines(s.Onset.Warnings, "the incident is only one call away: its time fits, nothing more")
	case best > 0 && best < nearEnough:
		s.Onset.Warnings = joinLines(s.Onset.Warnings, "the incident is of the same service: its time fits, nothing more")
	}
}

// nearEnough is the score from which more than service and time ties an
// incident to a silence.
const nearEnough = 4

// unnamed is a template without the words that name its service.
func unnamed(template, service string) string {
	drop := nameSet(nameWords(service))
	var kept []string
	for _, w := range nameWords(template) {
		if !drop[w] {
			kept = append(kept, w)
		}
	}
	return strings.Join(kept, " ")
}

// nearIncident scores how an incident is related to what fell silent.
func (w *silenceWork) nearIncident(f silent, i incidentRec) (int, string) {
	score := 0
	var near []string
	for _, s := range i.services {
		if s == f.service {
			score += 3
			near = append(near, "same service")
		}
	}
	text := strings.Join([]string{i.Title, i.RootCause, i.Trigger, i.Body}, " ")
	if score == 0 {
		if words := sharedNames(f.service, text); len(words) > 0 {
			score += 2
			near = append(near, "its record says "+strings.Join(words, ", "))
		}
	}
	if words := sharedNames(unnamed(f.template, f.service), text); len(words) > 0 {
		score += 1 + len(words)
		near = append(near, "its record says "+strings.Join(words, ", "))
	}
	switch what := w.ranOut(f, i); {
	case what == "":
	case keepsHouse(f.template):
		score += 2
		near = append(near, "it kept house, and the failure speaks of "+what)
	case f.regular && score > 0:
		score++
		near = append(near, "the failure speaks of "+what+", which a job that stopped may have kept free")
	}
	if score == 0 && len(i.services) > 0 {
		if d := w.in.Graph.from(i.services).to(f.service); d == 1 {
			return 1, "1 call away"
		}
	}
	return score, strings.Join(near, ", ")
}

// What a job keeps house of grows when it stops, until there is no room left.
var (
	houseWords = nameSet([]string{"cleanup", "clean", "cleaner", "cleaning", "purge", "purger", "vacuum", "prune", "pruner", "expire", "expired", "expiry",
		"rotate", "logrotate", "compact", "compaction", "evict", "eviction", "archive", "archiver", "reaper", "retention", "trim", "sweeper"})
	roomWords = nameSet([]string{"memory", "maxmemory", "oom", "disk", "space", "full", "quota", "exhausted", "inode", "inodes", "heap", "capacity"})
)

// keepsHouse says whether a job's line speaks of removing what has grown old.
func keepsHouse(template string) bool {
	for _, x := range nameWords(template) {
		if houseWords[x] {
			return true
		}
	}
	return false
}

// ranOut names the resource that an incident ran out of: from the record, and
// from faults first seen around its start on its services or one call away.
func (w *silenceWork) ranOut(f silent, i incidentRec) string {
	text := []string{i.Title, i.RootCause, i.Trigger, i.Category}
	reach := w.in.Graph.from(i.services)
	for _, g := range w.in.Signatures {
		near := g.Service == f.service || reach.to(g.Service) == 0 || reach.to(g.Service) == 1
		if near && isFault(g.Level) && g.EverTS.After(i.at.Add(-silenceLead)) && g.EverTS.Before(i.at.Add(newAfter)) {
			text = append(text, g.Template)
		}
	}
	for _, x := range nameWords(strings.Join(text, " ")) {
		if roomWords[x] {
			return x
		}
	}
	return ""
}

// silenceLead is how long before its recorded start an incident's first
// errors may come: the recorded start is often the time of the alert.
const silenceLead = 30 * time.Minute

// plainWords are words of job lines that name nothing.
var plainWords = nameSet([]string{
	"started", "finished", "removed", "expired", "completed", "running", "deleted", "processed", "failed",
	"error", "service", "request", "records", "entries", "seconds", "items", "after", "before", "with", "from", "into", "took",
	"batch", "start", "done", "begin",
})

// sharedNames are the distinctive words of a line that a text also uses, up
// to three, longest first. Words under five letters and masks name nothing.
func sharedNames(line, text string) []string {
	have := nameSet(nameWords(text))
	var out []string
	seen := map[string]bool{}
	for _, x := range nameWords(line) {
		if len(x) >= 5 && have[x] && !plainWords[x] && !seen[x] {
			seen[x] = true
			out = append(out, x)
		}
	}
	if len(out) > 3 {
		out = out[:3]
	}
	return out
}

// nameWords splits a text into lower-case words of letters; a hyphenated name
// gives itself and its parts.
func nameWords(s string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r == '-' || r == '_' || r > 127)
	}) {
		w = strings.Trim(w, "-_")
		if w == "" {
			continue
		}
		out = append(out, w)
		if parts := strings.FieldsFunc(w, func(r rune) bool { return r == '-' || r == '_' }); len(parts) > 1 {
			out = append(out, parts...)
		}
	}
	return out
}

// sentence tells the silence with the change before it and the incident after.
func (w *silenceWork) sentence(s Silence, f silent, h *history) string {
	name, last := silenceName(s.Onset), localStamp(f.last, w.in.Zone)
	ended := ""
	if !f.resumed.IsZero() {
		ended = fmt.Sprintf("; it came back %s later", spell(f.resumed.Sub(f.last)))
	}
	switch s.Onset.Kind {
	case onsetInput:
		return fmt.Sprintf("No log of %s after %s: source %s delivered nothing%s.", name, last, clip(f.source, 60), ended)
	case onsetService:
		return fmt.Sprintf("%s wrote nothing after %s%s.", upperFirst(name), last, ended) + w.after(s, h)
	case onsetReworded:
		return fmt.Sprintf("%s was reworded around %s: “%s” took over.", name, last, unlike(f.heir, f.template, 90))
	}
	var b strings.Builder
	verb := "was last seen"
	if s.Onset.Kind == onsetSilent {
		verb = "last ran"
	}
	fmt.Fprintf(&b, "%s %s", name, verb)
	i, ok := incidentByID(h, s.Onset.IncidentID)
	if ok && s.near >= nearEnough {
		fmt.Fprintf(&b, " %s before the incident %s", spell(i.at.Sub(f.last)), incidentName(i))
	} else {
		fmt.Fprintf(&b, " at %s", last)
	}
	b.WriteString(w.afterChange(s, f, h))
	if f.regular {
		fmt.Fprintf(&b, "; it used to come every %s", spell(f.cadence.Round(time.Minute)))
	}
	b.WriteString(ended + ".")
	if ok && s.near < nearEnough {
		fmt.Fprintf(&b, " The incident %s came %s later; only its service and time fit.", incidentName(i), spell(i.at.Sub(f.last)))
	}
	return b.String()
}

// incidentName is how a sentence calls an incident.
func incidentName(i incidentRec) string {
	if i.Title == "" {
		return clip(i.IncidentID, 60)
	}
	return fmt.Sprintf("%s (%s)", clip(i.IncidentID, 60), clip(i.Title, 80))
}

// after names the change that a silent service follows.
func (w *silenceWork) after(s Silence, h *history) string {
	for _, c := range h.changes {
		if s.ChangeID != "" && c.ChangeID == s.ChangeID {
			return " " + upperFirst(changeName(c.ChangeRow)) + " came before it."
		}
	}
	return ""
}

func (w *silenceWork) afterChange(s Silence, f silent, h *history) string {
	for _, c := range h.changes {
		if s.ChangeID == "" || c.ChangeID != s.ChangeID {
			continue
		}
		if lag := f.last.Sub(c.at); lag >= 0 {
			return fmt.Sprintf(", %s after %s", spell(lag), changeName(c.ChangeRow))
		}
		return fmt.Sprintf("; %s came %s after that run, and the next did not come", changeName(c.ChangeRow), spell(c.at.Sub(f.last)))
	}
	return ""
}

func incidentByID(h *history, id string) (incidentRec, bool) {
	for _, i := range h.incidents {
		if id != "" && i.IncidentID == id {
			return i, true
		}
	}
	return incidentRec{}, false
}

func silenceFindings(all []Silence) []schemas.Finding {
	var out []schemas.Finding
	for _, s := range all {
		o := s.Onset
		f := schemas.Finding{
			EventDate: o.EventDate, FindingID: o.OnsetID, Kind: schemas.FindingSilence, SubjectKind: "signature",
			SubjectID: o.SignatureID, Service: o.Service, Sentence: o.Sentence, Status: o.Kind,
			FirstTS: o.TS, LastTS: schemas.Micros(s.Resumed), QValue: o.QValue, Warnings: o.Warnings,
			Evidence: fmt.Sprintf("%s of a pause this long", probability(*o.PValue)),
		}
		score := .4
		switch {
		case o.Kind == onsetInput:
			f.Kind, f.SubjectKind, f.SubjectID, score = schemas.FindingData, "service", o.Service, .3
		case o.Kind == onsetService:
			f.SubjectKind, f.SubjectID = "service", o.Service
		case o.Kind == onsetReworded:
			score = .1
		}
		if o.Kind == onsetSilent && s.Resumed.IsZero() {
			score += .2
		}
		if s.ChangeID != "" {
			score += .1
			f.Evidence += fmt.Sprintf("; change %s at probability %.2f", clip(s.ChangeID, 24), s.Probability)
		}
		if o.IncidentID != "" && s.near >= nearEnough {
			score += .2
			f.Evidence += "; incident related by " + s.IncidentNear
		}
		f.Score = schemas.Ptr(score)
		out = append(out, f)
	}
	return out
}

// probability writes a p-value; below what a float64 holds it is a bound.
func probability(p float64) string {
	if p < 1e-300 {
		return "p below 1e-300"
	}
	return fmt.Sprintf("p %.2g", p)
}
