package finding

import (
	"fmt"
	"sort"
	"strings"

	"almanac/schemas"
)

// findings turns the subjects with a change that stands out into sentences.
func (j *judge) findings(causes []schemas.Cause) []schemas.Finding {
	incidents := map[string]incidentRec{}
	for _, i := range j.history.incidents {
		incidents[i.IncidentID] = i
	}
	onsets := map[string]schemas.Onset{}
	for _, o := range j.in.Onsets {
		onsets[o.OnsetID] = o
	}
	recurrences := map[string]schemas.Recurrence{}
	for _, r := range j.in.Recurrences {
		recurrences[r.RecurrenceID] = r
	}
	var out []schemas.Finding
	for _, c := range causes {
		if c.Rank != 1 || c.Label != causeLikely && c.Label != causePossible || strings.Contains(c.Warnings, "judged as that") {
			continue // the incident's own finding says it
		}
		f := schemas.Finding{
			EventDate: j.in.Night, FindingID: stableID("C", c.SubjectKind, c.SubjectID, c.ChangeID),
			Kind: schemas.FindingChange, SubjectKind: c.SubjectKind, SubjectID: c.SubjectID,
			Status: c.Label, Score: c.Probability, Evidence: c.Reason, Warnings: c.Warnings,
		}
		var what string
		switch c.SubjectKind {
		case "incident":
			i := incidents[c.SubjectID]
			what = "the incident " + clip(c.SubjectID, 60)
			if i.Title != "" {
				what += " (" + clip(i.Title, 80) + ")"
			}
			f.Service, f.FirstTS, f.LastTS = i.Service, schemas.Micros(i.at), schemas.Micros(i.end)
		case "onset":
			o := onsets[c.SubjectID]
			what = fmt.Sprintf("%s in %s", clip(o.Template, 80), clip(o.Service, 40))
			f.Service, f.FirstTS = o.Service, o.TS
		case "recurrence":
			r := recurrences[c.SubjectID]
			what = fmt.Sprintf("what recurs %s in %s", r.Label, clip(r.Service, 40))
			f.Service, f.FirstTS, f.LastTS = r.Service, r.FirstTS, r.LastTS
		}
		verb := "probably began"
		if c.Label == causePossible {
			verb = "may have begun"
		}
		f.Sentence = fmt.Sprintf("%s %s %s.", upperFirst(j.nameOf(c.ChangeID)), verb, what)
		out = append(out, f)
	}
	sort.SliceStable(out, func(a, b int) bool { return *out[a].Score > *out[b].Score })
	return out
}

func (j *judge) nameOf(id string) string {
	for _, c := range j.history.changes {
		if c.ChangeID == id {
			return changeName(c.ChangeRow)
		}
	}
	return "change " + clip(id, 24)
}

// overall says whether incidents follow changes at all, with the placebo.
func (j *judge) overall(r ChangeResult) []schemas.Finding {
	if len(r.Failure) == 0 || r.Failure[0].Changes == 0 || len(j.history.incidents) == 0 {
		return nil
	}
	all, v := r.Failure[0], r.Crossover[1]
	f := schemas.Finding{
		EventDate: j.in.Night, FindingID: stableID("C", "all"), Kind: schemas.FindingChange,
		SubjectKind: "site", SubjectID: "changes", Evidence: all.Sentence(), Warnings: all.WeakEvidence,
		FirstTS: schemas.Micros(j.history.since), LastTS: schemas.Micros(j.history.until),
		QValue: schemas.Ptr(v.PValue), Score: schemas.Ptr(.2),
	}
	compare := fmt.Sprintf("%d of %s had a change in the 2 h before; the same hours of other weeks give %.1f (p %.2g)",
		v.Exposed, count(v.Incidents, "incident"), v.Expected, v.PValue)
	switch {
	case v.Incidents < 5:
		f.Status, f.Sentence = "too early", "Whether incidents follow changes cannot be said yet: "+compare+"."
		f.Warnings = joinLines(f.Warnings, "fewer than five incidents can be compared")
	case v.PValue <= .05:
		f.Status, f.Sentence, f.Score = "yes", "Incidents follow changes: "+compare+".", schemas.Ptr(.6)
	default:
		f.Status, f.Sentence = "no", "Incidents do not follow changes more often than other hours do: "+compare+"."
	}
	return []schemas.Finding{f}
}
