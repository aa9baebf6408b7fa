package finding

import (
	"strings"
	"testing"
	"time"

	"almanac/schemas"
)

// Clean occasions without logs, without the job or without load are never
// counted; hits always are.
func TestFixNeverCountsWhatProvesNothing(t *testing.T) {
	const before = "xxxxxxxxxxxxxx"
	withJob := func(in *FixInput, until int) {
		in.Recurrences[0].JobSignature, in.Recurrences[0].Verdict = "S-1", verdictJob
		for k := range in.Days[:until] {
			in.Days[k].JobTS = in.Days[k].DueTS
		}
	}
	withLoad := func(in *FixInput, low map[int]bool) {
		in.Recurrences[0].WindowStart, in.Recurrences[0].WindowEnd = "17:00", "18:00"
		for k, d := range in.Days {
			lines := int64(1000)
			if low[k] {
				lines = 299
			}
			in.Volume = append(in.Volume, FixVolumeRow{Service: "payment", SlotTS: schemas.Time(d.DueTS), Lines: lines})
		}
	}
	jobGone := fixInput(before+".....", 14)
	withJob(&jobGone, 14)
	jobRuns := fixInput(before+".....", 14)
	withJob(&jobRuns, 19)
	quiet := fixInput(before+".....", 14)
	withLoad(&quiet, map[int]bool{14: true, 15: true, 16: true})
	hitAnyway := fixInput(before+"xx...", 14)
	withLoad(&hitAnyway, map[int]bool{14: true, 15: true})
	for _, c := range []struct {
		name        string
		in          FixInput
		state, says string
		after       int64
	}{
		{"the fix took the job away", jobGone, FixNoEvidence, "5 on which the job did not run", 0},
		{"the job ran", jobRuns, FixHeld, "held", 5},
		{"hardly any load", quiet, FixHolding, "1 clean occasion more needed", 2},
		{"hit without load", hitAnyway, FixHolding, "", 5},
	} {
		f := Fixes(c.in).Fixes[0]
		if c.name == "hit without load" {
			if *f.HitsAfter != 2 || *f.OccasionsAfter != 5 {
				t.Errorf("%s: %d of %d", c.name, *f.HitsAfter, *f.OccasionsAfter)
			}
			continue
		}
		if f.State != c.state || !strings.Contains(f.Sentence, c.says) || *f.OccasionsAfter != c.after {
			t.Errorf("%s: %s, %d occasions: %s (%s)", c.name, f.State, *f.OccasionsAfter, f.Sentence, f.Warnings)
		}
	}
	if f := Fixes(quiet).Fixes[0]; !strings.Contains(f.Warnings, "3 occasions since the fix with less than 30 % of the usual load") {
		t.Errorf("warnings: %s", f.Warnings)
	}
}

func TestFixMoved(t *testing.T) {
	const before = "xxxxxxxxxxxxxx"
	// Out of its window: to 20:00.
	in := fixInput(before+".....", 14)
	in.Recurrences[0].WindowStart, in.Recurrences[0].WindowEnd = "17:00", "18:00"
	in.Minutes = map[string][]FixMinuteRow{}
	for k, d := range in.Days {
		due := schemas.Time(d.DueTS)
		in.Minutes["R-1"] = append(in.Minutes["R-1"], FixMinuteRow{MinuteTS: due.Add(2 * time.Minute), Count: 3})
		if k >= 14 {
			in.Minutes["R-1"] = append(in.Minutes["R-1"][:len(in.Minutes["R-1"])-1], FixMinuteRow{MinuteTS: due.Add(181 * time.Minute), Count: 3})
		}
	}
	if f := Fixes(in).Fixes[0]; f.State != FixMoved || !strings.Contains(f.Sentence, "moved it to 20:00") {
		t.Errorf("%s: %s", f.State, f.Sentence)
	}
	// Within its window: an hour later.
	in = fixInput(before+"xxxxx", 14)
	for k := range in.Days[14:] {
		in.Days[14+k].OnsetTS = schemas.Micros(schemas.Time(in.Days[14+k].DueTS).Add(61 * time.Minute))
	}
	if f := Fixes(in).Fixes[0]; f.State != FixMoved || !strings.Contains(f.Sentence, "moved it to 18:00") {
		t.Errorf("%s: %s", f.State, f.Sentence)
	}
	// Stray errors at other hours, as before the fix, are no move.
	in = fixInput(before+".....", 14)
	in.Recurrences[0].WindowStart, in.Recurrences[0].WindowEnd = "17:00", "18:00"
	in.Minutes = map[string][]FixMinuteRow{}
	for _, d := range in.Days {
		in.Minutes["R-1"] = append(in.Minutes["R-1"], FixMinuteRow{MinuteTS: schemas.Time(d.DueTS).Add(4 * time.Hour), Count: 1})
	}
	if f := Fixes(in).Fixes[0]; f.State != FixHeld {
		t.Errorf("strays: %s: %s", f.State, f.Sentence)
	}
}

// A verdict outlives the span that it was made from, and what lay before a
// fix counts on when it has left the span.
func TestFixOutlivesItsSpan(t *testing.T) {
	in := fixInput("xxxxxxxxxxxxxx.....", 14)
	first := Fixes(in).Fixes[0]
	in.Claims, in.Days = []schemas.Fix{first}, in.Days[16:]
	if f := Fixes(in).Fixes[0]; *f.OccasionsBefore != 14 || *f.HitsBefore != 14 || f.State != FixHeld {
		t.Errorf("before left the span: %+v", f)
	}
	in.Recurrences, in.Days = nil, nil
	f := Fixes(in).Fixes[0]
	if f.State != FixHeld || f.Sentence != first.Sentence || !strings.Contains(f.Warnings, "earlier night") {
		t.Errorf("recurrence left the span: %+v", f)
	}
}

func TestFixClaimsOfPostmortems(t *testing.T) {
	now := at("2026-11-09 05:00:00")
	in := ClaimInput{
		Now: now, Zone: time.UTC,
		Published: []schemas.Fix{
			{FixID: "F-op", RecurrenceID: "R-00000001", Source: SourceOperator, What: "by hand"},
			{FixID: "F-stale", RecurrenceID: "R-00000001", Source: "action 9 of PM-gone"},
		},
		Recurrences: []schemas.Recurrence{
			{RecurrenceID: "R-00000001", SubjectKind: "signature", SubjectID: "S-0123456789ab", Service: "payment", Template: "upstream connect timeout after <*>",
				Kind: "daily", Label: "every day", WindowStart: "17:00", WindowEnd: "18:00", IsLead: schemas.Ptr(true), FirstTS: 1},
			{RecurrenceID: "R-00000002", SubjectKind: "signature", SubjectID: "S-ba9876543210", Service: "cart", Template: "could not lock basket row",
				Kind: "daily", Label: "every day", WindowStart: "02:00", WindowEnd: "02:30", IsLead: schemas.Ptr(true), FirstTS: 1},
		},
		Records: Records{
			Incidents: []IncidentRow{
				{IncidentID: "PM-1", Service: "payment", StartedTS: at("2026-10-01 12:00:00"), ResolvedTS: at("2026-10-01 13:00:00")},
				{IncidentID: "PM-2", Service: "payment", StartedTS: at("2026-10-02 17:10:00"), ResolvedTS: at("2026-10-02 18:00:00")},
				{IncidentID: "PM-3", Service: "search"},
			},
		},
		Actions: []IncidentActionRow{
			{IncidentID: "PM-1", Seq: 1, Text: "Raise the pool", Status: "done", SuccessCondition: "R-00000001 silent for 14 days", DueTS: at("2026-10-05 00:00:00")},
			{IncidentID: "PM-1", Seq: 2, Text: "Lock less", Status: "Done", SuccessCondition: "S-ba9876543210 no longer seen"},
			{IncidentID: "PM-1", Seq: 3, Text: "Move the sync", Status: "done", SuccessCondition: "no errors of payment at 17:05"},
			{IncidentID: "PM-1", Seq: 4, Text: "Retry", Status: "done", SuccessCondition: "cart: could not lock basket row is gone"},
			{IncidentID: "PM-2", Seq: 1, Text: "Anything", Status: "done", SuccessCondition: "customers are happy"},
			{IncidentID: "PM-3", Seq: 1, Text: "Reindex", Status: "done", SuccessCondition: "searches answer again"},
			{IncidentID: "PM-1", Seq: 5, Text: "Not yet", Status: "open", SuccessCondition: "R-00000001 silent"},
			{IncidentID: "PM-1", Seq: 6, Text: "No condition", Status: "done"},
		},
	}
	claims, doubts, notes := FixClaims(in)
	want := map[string]string{ // source -> recurrence, time, why
		"operator":         "R-00000001",
		"action 1 of PM-1": "R-00000001 2026-10-05 00:00 its id",
		"action 2 of PM-1": "R-00000002 2026-10-01 13:00 its signature",
		"action 3 of PM-1": "R-00000001 2026-10-01 13:00 service and time of day",
		"action 4 of PM-1": "R-00000002 2026-10-01 13:00 service and words",
		"action 1 of PM-2": "R-00000001 2026-10-02 18:00 its incident, an occasion of R-00000001",
	}
	for _, c := range claims {
		got := c.RecurrenceID
		if c.Source != SourceOperator {
			_, why, _ := strings.Cut(doubts[c.FixID], "matched by ")
			got += " " + schemas.Time(c.FixedTS).Format("2006-01-02 15:04") + " " + why
		}
		if got != want[c.Source] {
			t.Errorf("%s: %s, want %s", c.Source, got, want[c.Source])
		}
		delete(want, c.Source)
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
	if len(notes) != 1 || !strings.Contains(notes[0], "action 1 of PM-3 (searches answer again) matches no recurrence") {
		t.Errorf("notes: %q", notes)
	}
	again, _, _ := FixClaims(ClaimInput{Published: claims, Actions: in.Actions, Records: in.Records, Recurrences: in.Recurrences, Now: now, Zone: time.UTC})
	if len(again) != len(claims) {
		t.Errorf("the second night makes %d of %d claims", len(again), len(claims))
	}
}
