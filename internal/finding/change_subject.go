package finding

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"almanac/schemas"
)

// withOnset is how close to an incident's onset a signature must be first
// seen to count as new with it.
const (
	newBefore = 2 * time.Minute
	newAfter  = 15 * time.Minute
)

// minHistory is how much observed history makes a signature "never seen".
const minHistory = 14 * 24 * time.Hour

// incident traces one incident: the changes of the day before, and what fell
// silent weeks before.
func (j *judge) incident(i incidentRec) []schemas.Cause {
	s := j.began(i)
	s.none = j.model.none(s.onset, s.services)
	found, out := j.candidates(s)
	found = rank(found, s.none)
	found = j.chains(s, found)
	why := j.outside(s)
	if r, ok := recurring(j.in.Recurrences, j.history.zone, i.services, i.at); ok {
		why = discount(found, r)
	}
	rows := j.rows(s, found, out, why)
	if s.onset.Equal(i.at) && strings.Contains(i.Warning, startGuessed) {
		soften(rows, !i.opening.IsZero())
	}
	if i.relapse {
		for k := range rows {
			rows[k].Warnings = joinLines(rows[k].Warnings, "begins soon after another incident of its services ended: it may share that one's cause")
		}
	}
	return rows
}

// began is an incident as a subject: its errors may have begun before it was
// recorded.
func (j *judge) began(i incidentRec) subject {
	s := subject{kind: "incident", id: i.IncidentID, services: i.services, onset: i.at, recorded: i.at, reach: j.in.Graph.from(i.services)}
	for _, c := range j.in.Cascades {
		if c.IncidentID == i.IncidentID && !c.Onset.IsZero() && len(c.Steps) > 0 && c.Onset.Before(s.onset) {
			s.onset = c.Onset
		}
	}
	s.known, s.isNew = j.newWith(s)
	return s
}

// lessons are the incidents that tell how failures follow changes here:
// neither relapses nor occasions of something that recurs.
func (j *judge) lessons() []lesson {
	var out []lesson
	for _, i := range j.history.incidents {
		if i.relapse || !j.history.inSpan(i.at) || strings.Contains(i.Warning, startGuessed) {
			continue
		}
		if _, ok := recurring(j.in.Recurrences, j.history.zone, i.services, i.at); ok {
			continue
		}
		l := lesson{subject: j.began(i)}
		l.found, _ = j.candidates(l.subject)
		out = append(out, l)
	}
	return out
}

// startGuessed is what intake writes on an incident whose start it took from
// the first entry of the timeline: often the change itself, or the alert.
const startGuessed = "start not stated"

// soften keeps a cause from being called likely where the lag rests on a
// guess.
func soften(rows []schemas.Cause, opened bool) {
	words := "the record states no start: the lag rests on the first entry of its timeline"
	if opened {
		words += " that is not about a change"
	}
	for k := range rows {
		if rows[k].Label == causeLikely {
			rows[k].Label = causePossible
		}
		if rows[k].ChangeID != "" {
			rows[k].Warnings = joinLines(rows[k].Warnings, words)
		}
	}
}

// recurringDiscount is what is left for changes made after a recurrence had
// begun, when a failure is one of its occasions: it would have come anyway.
const recurringDiscount = .05

// discount lowers the changes that came after the recurrence had begun and
// says why.
func discount(found []candidate, r schemas.Recurrence) string {
	for k := range found {
		if found[k].at.After(schemas.Time(r.FirstTS)) {
			found[k].p *= recurringDiscount
		}
	}
	sort.SliceStable(found, func(a, b int) bool { return found[a].p > found[b].p })
	return fmt.Sprintf("No recorded change stands out: it is one of what recurs %s from %s to %s (%s), since before any of the changes of that day.",
		r.Label, r.WindowStart, r.WindowEnd, r.RecurrenceID)
}

// outside explains why nothing can be found where there are no records.
func (j *judge) outside(s subject) string {
	switch {
	case len(j.history.changes) == 0:
		return "No recorded change stands out: no change records are read."
	case s.onset.Before(j.history.changes[0].at):
		return "No recorded change stands out: the change records begin later."
	case s.onset.After(j.history.changes[len(j.history.changes)-1].at.Add(changesEnd)):
		return "No recorded change stands out: the change records end earlier."
	}
	return ""
}

// newWith says whether logs around the onset exist, and the template of a
// warning or error never seen before that was first seen with it.
func (j *judge) newWith(s subject) (known bool, template string) {
	if j.in.LogSince.IsZero() || s.onset.Before(j.in.LogSince.Add(minHistory)) {
		return false, ""
	}
	near := func(service string) bool {
		d := s.reach.to(service)
		return d >= 0 && d <= 1
	}
	var first time.Time
	for _, g := range j.in.Signatures {
		if isFault(g.Level) || g.Level == "" {
			known = known || near(g.Service)
		}
		ever := g.EverTS
		if ever.IsZero() {
			ever = g.FirstTS
		}
		if !isFault(g.Level) || !near(g.Service) || ever.Before(s.onset.Add(-newBefore)) || ever.After(s.onset.Add(newAfter)) {
			continue
		}
		if first.IsZero() || ever.Before(first) {
			first, template = ever, g.Template
		}
	}
	return known, template
}

// isFault says whether a level is warn or above.
func isFault(level string) bool {
	return level == schemas.LevelWarn || level == schemas.LevelError || level == schemas.LevelFatal
}

// chainPrior is the chance that a silence led to an incident that came while
// it lasted, by how they are related and before looking at how long it
// lasted. Assumptions, not measured.
func chainPrior(near int) float64 {
	switch {
	case near >= 5: // same service, and more that speaks for it
		return .7
	case near >= 4:
		return .5
	case near == 2:
		return .3
	case near == 3: // same service, nothing else
		return .15
	}
	return .1
}

// chainChance weighs that prior with the share of the logs' span in which the
// silence lasted: any incident would have met it that often (Bayes).
func chainChance(near int, share float64) float64 {
	p := chainPrior(near)
	return p / (p + (1-p)*max(share, .01))
}

// chains adds the changes that silenced something which an incident then fell
// over, across weeks. The chain's probability is that of its two links.
func (j *judge) chains(s subject, found []candidate) []candidate {
	for _, q := range j.in.Silences {
		if q.Onset.IncidentID != s.id || q.ChangeID == "" || q.IncidentNear == "" {
			continue
		}
		for _, c := range j.history.changes {
			if c.ChangeID != q.ChangeID {
				continue
			}
			last := schemas.Time(q.Onset.TS)
			k := candidate{changeRec: c, lag: s.onset.Sub(c.at), hops: s.reach.to(c.Service)}
			k.p = min(1, max(0, q.Probability)) * chainChance(q.near, j.silentShare(q, s.onset))
			k.via = fmt.Sprintf("%s fell silent after it: last seen %s after the change and %s before the failure (%s)",
				silenceName(q.Onset), spell(last.Sub(c.at)), spell(s.onset.Sub(last)), q.IncidentNear)
			// The base rate that counts is that of the link to the silence.
			k.linkAt, k.linkLag = last, last.Sub(c.at)
			if last.Before(c.at) {
				k.linkAt, k.linkLag = q.Due, q.Due.Sub(c.at)
				k.via = fmt.Sprintf("%s did not run again after it: last seen %s before the change and %s before the failure (%s)",
					silenceName(q.Onset), spell(last.Sub(c.at)), spell(s.onset.Sub(last)), q.IncidentNear)
			}
			for i := range found {
				found[i].p *= 1 - k.p
			}
			found = append(found, k)
		}
	}
	sort.SliceStable(found, func(a, b int) bool { return found[a].p > found[b].p })
	return found
}

// silentShare is the share of the logs' span up to an incident in which the
// silence lasted: how often an incident at any time would have met it.
func (j *judge) silentShare(q Silence, incident time.Time) float64 {
	since := j.in.LogSince
	if since.IsZero() || !since.Before(incident) || !q.Due.Before(incident) {
		return 0
	}
	return min(1, incident.Sub(q.Due).Seconds()/incident.Sub(since).Seconds())
}

// recurrence traces the day on which a recurrence began.
func (j *judge) recurrence(r schemas.Recurrence) []schemas.Cause {
	s := subject{kind: "recurrence", id: r.RecurrenceID, services: serviceList(r.Service, r.JobService, r.FirstService)}
	if r.SinceTS == 0 {
		return j.rows(s, nil, nil, "No recorded change stands out: it has been there for as long as there is data.")
	}
	s.onset, s.early = schemas.Time(r.SinceHighTS), schemas.Time(r.SinceLowTS)
	if s.onset.IsZero() {
		s.onset = schemas.Time(r.SinceTS)
	}
	if s.early.IsZero() || !s.early.Before(s.onset) {
		// The day before its first hit was the last one without it.
		s.early = s.onset.Add(-24 * time.Hour)
	}
	s.recorded, s.reach = s.onset, j.in.Graph.from(s.services)
	s.none = .5 * j.beginnings() / max(1, j.history.until.Sub(j.history.since).Minutes())
	found, out := j.candidates(s)
	for k := range found {
		found[k].weight *= j.beginShare()
	}
	rows := j.rows(s, rank(found, s.none), out, j.outside(s))
	for k := range rows {
		if rows[k].ChangeID != "" {
			rows[k].Warnings = joinLines(rows[k].Warnings, fmt.Sprintf("its beginning is known to %s only", spell(s.onset.Sub(s.early))))
		}
	}
	return rows
}

// beginnings is the number of recurrences that began within the records, one
// per family.
func (j *judge) beginnings() float64 {
	families := map[string]bool{}
	for _, r := range j.in.Recurrences {
		if r.SinceTS != 0 {
			families[r.FamilyID+"\x1f"+oneName(r.FamilyID, r.RecurrenceID)] = true
		}
	}
	return float64(max(1, len(families)))
}

func oneName(family, id string) string {
	if family == "" {
		return id
	}
	return ""
}

// beginShare scales the chance of a change to cause a failure down to that of
// beginning a recurrence: such that changes begin half of those there are. An
// assumption, not measured.
func (j *judge) beginShare() float64 {
	caused := j.expected()
	if caused <= 0 {
		return 1
	}
	return min(1, .5*j.beginnings()/caused)
}

// onset traces a level change or a new signature. Silences bring their own
// causes: their beginning is the run that did not come.
func (j *judge) onset(o schemas.Onset) []schemas.Cause {
	if o.TS == 0 || o.Service == "" || isSilent(o.Kind) {
		return nil
	}
	s := subject{kind: "onset", id: o.OnsetID, services: serviceList(o.Service), onset: schemas.Time(o.TS)}
	if i, ok := j.partOf(s); ok && o.Kind == onsetNew {
		return j.sameAs(i, o)
	}
	if early, late := schemas.Time(o.EarlyTS), schemas.Time(o.LateTS); !early.IsZero() && early.Before(late) {
		s.told, s.early, s.onset = s.onset, early, late
	}
	s.recorded, s.reach = s.onset, j.in.Graph.from(s.services)
	if o.Kind == onsetNew { // of a change of level novelty says nothing
		s.known, s.isNew = true, o.Template
	}
	span := max(1, j.history.until.Sub(j.history.since).Minutes())
	s.none = max(j.model.none(s.onset, s.services), .5*float64(len(j.in.Onsets))/span/float64(max(1, len(j.in.Records.Known))))
	found, out := j.candidates(s)
	for k := range found {
		found[k].weight *= j.onsetShare()
	}
	return j.rows(s, rank(found, s.none), out, j.outside(s))
}

// onsetShare scales the chance of a change to cause a failure up to that of
// moving a level, where levels moved more often than changes cause incidents:
// such that changes begin half of those there are. An assumption, not
// measured.
func (j *judge) onsetShare() float64 {
	return max(1, .5*float64(len(j.in.Onsets))/max(1e-9, j.expected()))
}

// expected is how many failures the changes are expected to cause.
func (j *judge) expected() float64 {
	sum := 0.0
	for _, c := range j.history.changes {
		sum += j.model.of(c.Kind)
	}
	return sum
}

// partOf finds the incident during which an onset came, on its services or
// one call away.
func (j *judge) partOf(s subject) (incidentRec, bool) {
	for _, i := range j.history.incidents {
		end := i.at.Add(time.Hour)
		if i.end.After(end) && i.end.Before(i.at.Add(24*time.Hour)) {
			end = i.end
		}
		if s.onset.Before(i.at.Add(-silenceLead)) || s.onset.After(end) {
			continue
		}
		near := j.in.Graph.from(i.services).to(s.services[0])
		for _, service := range i.services { // a caller feels it too
			if d := j.in.Graph.from(s.services).to(service); d >= 0 && (near < 0 || d < near) {
				near = d
			}
		}
		if near == 0 || near == 1 {
			return i, true
		}
	}
	return incidentRec{}, false
}

// sameAs gives an onset the causes of the incident that it came with.
func (j *judge) sameAs(i incidentRec, o schemas.Onset) []schemas.Cause {
	rows := j.incident(i)
	for k := range rows {
		rows[k].SubjectKind, rows[k].SubjectID = "onset", o.OnsetID
		rows[k].Warnings = joinLines(rows[k].Warnings, "came with the incident "+clip(i.IncidentID, 60)+", judged as that")
	}
	return rows
}

func serviceList(names ...string) []string {
	set := nameSet(names)
	delete(set, "")
	out := make([]string, 0, len(set))
	for n := range set {
		out = append(out, n)
	}
	sort.Strings(out)
	return out
}

func joinLines(a, b string) string {
	if a == "" {
		return b
	}
	return a + "\n" + b
}
