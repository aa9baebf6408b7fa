package finding

import (
	"fmt"

	"almanac/schemas"
)

// seriesLike is the score from which incidents count as one series.
const seriesLike = .6

// finding tells of the earlier incident most alike, the latest of those that
// are nearly as alike. Of a series only the last member speaks.
func (w *similarWork) finding(a int, rows []schemas.Similar) (schemas.Finding, bool) {
	c := w.cases[a]
	var best *failureCase
	var row schemas.Similar
	earlier := 0
	for _, r := range rows {
		o := w.at(r.OtherID)
		if *r.Score < similarSay || c.at.IsZero() || o == nil || o.at.IsZero() {
			continue
		}
		if o.at.After(c.at) {
			if *r.Score >= seriesLike {
				return schemas.Finding{}, false
			}
			continue
		}
		earlier += oneOf(*r.Score >= seriesLike)
		if best == nil || *r.Score >= .9**row.Score && o.at.After(best.at) {
			best, row = o, r
		}
	}
	if best == nil {
		return schemas.Finding{}, false
	}
	series := ""
	if earlier > 1 {
		series = fmt.Sprintf("; %d earlier ones are like it", earlier)
	}
	return schemas.Finding{
		EventDate: w.in.Night, FindingID: stableID("K", c.IncidentID, best.IncidentID), Kind: schemas.FindingSimilar,
		SubjectKind: "incident", SubjectID: c.IncidentID, Service: c.Service, Status: "known",
		Sentence: fmt.Sprintf("The incident %s is like %s (%s), %s before it: %s%s.", clip(c.IncidentID, 60), clip(best.IncidentID, 60),
			clip(best.Title, 80), spell(c.at.Sub(best.at)), row.Held, series),
		Evidence: fmt.Sprintf("shared: %s; score %.2f\ndone then: %s", row.Shared, *row.Score, row.Done),
		FirstTS:  schemas.Micros(best.at), LastTS: schemas.Micros(c.at), Score: schemas.Ptr(.5 * *row.Score),
	}, true
}

func oneOf(b bool) int {
	if b {
		return 1
	}
	return 0
}
