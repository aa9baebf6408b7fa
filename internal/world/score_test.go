package world

import (
	"strings"
	"testing"
	"time"

	"almanac/schemas"
)

// perfect is what a night would publish that found everything.
func perfect(t Truth) Outcome {
	var got Outcome
	for _, s := range t.Stories {
		switch s.Kind {
		case KindRecurrence:
			got.Recurrences = append(got.Recurrences, schemas.Recurrence{
				Service: s.Services[0], Template: "x " + s.Words[0] + " <num>", Kind: "daily", Label: s.Label, Status: "confirmed",
				WindowStart: s.WindowStart, WindowEnd: s.WindowEnd, Zone: s.Zone, Verdict: "job",
				JobService: s.JobService, JobTemplate: s.JobWords, FirstService: s.Services[0],
			})
		case KindRestart:
			got.Findings = append(got.Findings, schemas.Finding{Sentence: "Restart of payment on 6 days ended that day's errors; they returned on the next occasion."})
		case KindCascade:
			for i, st := range s.Steps {
				got.Cascades = append(got.Cascades, schemas.CascadeStep{IncidentID: s.IncidentIDs[0], Rank: int64(i + 1), Service: st.Service, OnsetTS: schemas.Micros(st.TS)})
			}
		case KindSilence:
			got.Onsets = append(got.Onsets, schemas.Onset{OnsetID: "O-1", Kind: "silent", Template: s.Words[0] + " finished", TS: schemas.Micros(s.LastRun.Add(9 * time.Second)), IncidentID: s.IncidentIDs[0]})
			got.Causes = append(got.Causes, schemas.Cause{SubjectKind: "onset", SubjectID: "O-1", Rank: 1, ChangeID: s.ChangeIDs[0], Label: "likely"})
		case KindChange, KindSimilar:
			got.Causes = append(got.Causes, schemas.Cause{SubjectKind: "incident", SubjectID: s.IncidentIDs[0], Rank: 1, ChangeID: s.ChangeIDs[0], Label: "likely"})
			if s.SimilarID != "" {
				got.Similar = append(got.Similar, schemas.Similar{IncidentID: s.IncidentIDs[0], OtherID: s.SimilarID, Rank: 1})
			}
		}
	}
	return got
}

func TestScoreOfAPerfectNight(t *testing.T) {
	_, truth := theDemo(t)
	text := Score(truth, perfect(truth))
	if !strings.Contains(text, "7 of 7 stories found, 5 of 5 decoys silent") || strings.Contains(text, "WRONG") {
		t.Error(text)
	}
}

func TestScoreOfAnEmptyNight(t *testing.T) {
	_, truth := theDemo(t)
	if text := Score(truth, Outcome{}); !strings.Contains(text, "0 of 7 stories found, 5 of 5 decoys silent") {
		t.Error(text)
	}
}

// Each case spoils one thing of a perfect night and names what must show.
func TestScoreSeesEachMistake(t *testing.T) {
	_, truth := theDemo(t)
	cases := map[string]struct {
		spoil func(*Outcome)
		want  string
	}{
		"wrong hour":    {func(o *Outcome) { o.Recurrences[0].WindowStart = "16:00" }, "16:00-19:00 [WRONG]"},
		"symptom named": {func(o *Outcome) { o.Recurrences[0].JobService = "payment" }, "job payment [WRONG]"},
		"load":          {func(o *Outcome) { o.Recurrences[0].Verdict = "load" }, "verdict load [WRONG]"},
		"wrong label":   {func(o *Outcome) { o.Recurrences[1].Label = "every Tuesday" }, "every Tuesday [WRONG]"},
		"order":         {func(o *Outcome) { o.Cascades[0].Rank, o.Cascades[1].Rank = 2, 1 }, "order session > redis > cart > gateway [WRONG]"},
		"late onset":    {func(o *Outcome) { o.Cascades[3].OnsetTS += 9_000_000 }, "gateway 13:05:31 [WRONG]"},
		"no incident":   {func(o *Outcome) { o.Onsets[0].IncidentID = "" }, "incident none [WRONG]"},
		"wrong change":  {func(o *Outcome) { o.Causes[1].ChangeID = "4600" }, "change 4600 ranked first [WRONG]"},
		"in a sentence": {func(o *Outcome) {
			o.Causes[0].Label, o.Onsets[0].Sentence = "unlikely", "silent, 40 min after deploy 4711."
		}, "change 4711 [ok]"},
		"wrong sentence": {func(o *Outcome) { o.Causes[0].Label, o.Onsets[0].Sentence = "unlikely", "silent since 47110" }, "change none [WRONG]"},
		"not similar":    {func(o *Outcome) { o.Similar[0].OtherID = "INC-2052" }, "like INC-2052 [WRONG]"},
		"restart held":   {func(o *Outcome) { o.Findings[0].Status = "held" }, "not called a fix [WRONG]"},
		"unlikely":       {func(o *Outcome) { o.Causes[1].Label = "unlikely" }, "change none ranked first [WRONG]"},
		"outage":         {func(o *Outcome) { o.decoyCall("database connection failed", "daily") }, "outage   CALLED A PATTERN"},
		"load decoy":     {func(o *Outcome) { o.decoyCall("Cart of user <num> changed meanwhile", "daily") }, "load     CALLED A PATTERN"},
		"export daily":   {func(o *Outcome) { o.decoyCall("price-export started", "daily") }, "export   CALLED A PATTERN"},
		"export drifts":  {func(o *Outcome) { o.decoyCall("price-export started", "interval") }, "export   right"},
		"deploy blamed":  {func(o *Outcome) { o.blame(truth.Decoys[3].Changes[0]) }, "deploys  CALLED A CAUSE"},
		"restart blamed": {func(o *Outcome) { o.blame(truth.Decoys[4].Changes[0]) }, "restarts CALLED A CAUSE"},
		"a whole service": {func(o *Outcome) {
			o.Recurrences = append(o.Recurrences, schemas.Recurrence{SubjectKind: "service", SubjectID: "payment", Service: "payment", Label: "every Monday", WindowStart: "09:00", WindowEnd: "09:20"})
		}, "as monday    every Monday 09:00-09:20: service payment in payment"},
		"something else": {func(o *Outcome) { o.decoyCall("tea time", "daily") }, "UNEXPLAINED  every day 03:00-05:00: "},
	}
	for name, c := range cases {
		got := perfect(truth)
		c.spoil(&got)
		if text := Score(truth, got); !strings.Contains(text, c.want) {
			t.Errorf("%s: no %q in\n%s", name, c.want, text)
		}
	}
}

func (got *Outcome) decoyCall(template, kind string) {
	got.Recurrences = append(got.Recurrences, schemas.Recurrence{Template: template, Kind: kind, Label: "every day", WindowStart: "03:00", WindowEnd: "05:00", Status: "confirmed"})
}

func (got *Outcome) blame(id string) {
	got.Causes = append(got.Causes, schemas.Cause{SubjectKind: "incident", SubjectID: "INC-2102", Rank: 1, ChangeID: id, Label: "likely"})
}
