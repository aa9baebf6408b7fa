package finding

import (
	"fmt"
	"strings"

	"almanac/schemas"
)

// detail fills what belongs to the state.
func (w *fixWork) detail(c *schemas.Fix, r schemas.Recurrence, t tally, moved movedTo) {
	needed := count(int(*c.Needed), "more clean occasion")
	switch c.State {
	case FixUntested:
		c.Detail = fmt.Sprintf("0 of %d", *c.Needed)
	case FixHolding:
		c.Detail = needed
		if t.h > 0 {
			c.Detail = fmt.Sprintf("%d of %d hit since, %s", t.h, t.m, needed)
		}
	case FixHeld:
		c.Detail = fmt.Sprintf("%d of %d hit since", t.h, t.m)
	case FixPartial:
		share := t.effect()
		c.EffectShare = schemas.Ptr(share)
		c.Detail = signedPercent(share)
	case FixMoved:
		c.Detail, c.MovedTo = moved.clock, moved.clock
	case FixStopped:
		c.Detail = count(t.quiet, "clean occasion") + " before it"
	case FixNoEvidence:
		c.Detail = t.whyMissing()
	case FixFailed:
		if !t.firstHit.IsZero() {
			c.Detail = localStamp(t.firstHit, w.zone(r))
		}
	}
	if t.h > 0 {
		c.FailedTS = schemas.Micros(t.firstHit)
	}
}

// signedPercent writes a change: "-20 %", "+5 %".
func signedPercent(x float64) string { return fmt.Sprintf("%+.0f %%", 100*x) }

func firstWord(a, b string) string {
	if strings.TrimSpace(a) == "" {
		return b
	}
	return a
}

func (w *fixWork) fixSentence(c schemas.Fix, r schemas.Recurrence, t tally, moved movedTo) string {
	what := clip(c.What, 80)
	if what == "" {
		what = "fix " + clip(c.FixID, 24)
	}
	needed := int(*c.Needed)
	before := fmt.Sprintf("%d of %d before", t.k, t.n)
	after := fmt.Sprintf("%d of %d since", t.h, t.m)
	when := localStamp(schemas.Time(c.FixedTS), w.zone(r))
	head := fmt.Sprintf("“%s” (%s) against %s in %s", what, when, r.Label, clip(r.Service, 40))
	switch c.State {
	case FixUntested:
		return fmt.Sprintf("%s is untested: 0 of %d occasions since.", head, needed)
	case FixNoEvidence:
		return fmt.Sprintf("%s: no evidence, %s since: %s.", head, count(t.due, "occasion"), t.whyMissing())
	case FixStopped:
		return fmt.Sprintf("%s gets no credit: it had already stopped, %s clean before it.", head, count(t.quiet, "occasion"))
	case FixMoved:
		return fmt.Sprintf("%s moved it to %s: %s.", head, moved.clock, moved.why)
	case FixHeld:
		return fmt.Sprintf("%s held: hit %s, %s.", head, before, after)
	case FixFailed:
		at := ""
		if !t.firstHit.IsZero() {
			at = " at " + localStamp(t.firstHit, w.zone(r))
		}
		return fmt.Sprintf("%s failed%s: hit %s, %s.", head, at, before, after)
	case FixPartial:
		if !rarer(t) {
			return fmt.Sprintf("%s helps in part (%s errors per occasion): it still comes, hit %s, %s.", head, signedPercent(*c.EffectShare), before, after)
		}
		return fmt.Sprintf("%s helps in part (%s): hit %s, %s.", head, signedPercent(*c.EffectShare), before, after)
	}
	return fmt.Sprintf("%s is holding: hit %s, %s; %s more needed.", head, before, after, count(needed, "clean occasion"))
}

func ratioOf(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

func (w *fixWork) finding(f schemas.Fix) schemas.Finding {
	score := map[string]float64{FixFailed: .7, FixPartial: .6, FixOnce: .5, FixMoved: .65, FixStopped: .4, FixHeld: .4, FixHolding: .3, FixNoEvidence: .3, FixUntested: .2}
	return schemas.Finding{
		EventDate: w.in.Night, FindingID: f.FixID, Kind: schemas.FindingFix, SubjectKind: "recurrence", SubjectID: f.RecurrenceID,
		Service: w.recurrences[f.RecurrenceID].Service, Sentence: f.Sentence, Status: f.State, FirstTS: f.FixedTS,
		Evidence: fixEvidence(f), Score: schemas.Ptr(score[f.State]), Warnings: f.Warnings,
	}
}

func fixEvidence(f schemas.Fix) string {
	if f.NotFixed == nil {
		return ""
	}
	if *f.NotFixed < .001 {
		return "probability that it still goes on: below 0.001"
	}
	return fmt.Sprintf("probability that it still goes on: %.3f", *f.NotFixed)
}

// seenIn splits the list of services of a recurrence's family.
func seenIn(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == ';' })
}
