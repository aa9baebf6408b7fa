package finding

import (
	"testing"
	"time"

	"almanac/schemas"
)

func TestIgnore(t *testing.T) {
	zone := mustZone(t, "Europe/Berlin")
	list := []schemas.Ignore{{ID: "R-lead", Reason: "known export", Until: "2026-12-31"}}
	make := func() RecurrenceResult {
		return RecurrenceResult{
			Recurrences: []schemas.Recurrence{
				{RecurrenceID: "R-lead", FamilyID: "RF-1", IsLead: schemas.Ptr(true)},
				{RecurrenceID: "R-member", FamilyID: "RF-1", IsLead: schemas.Ptr(false)},
				{RecurrenceID: "R-other", FamilyID: "RF-2", IsLead: schemas.Ptr(true), IgnoredReason: "of an earlier night"},
			},
			Forecasts: []schemas.Forecast{{RecurrenceID: "R-lead"}, {RecurrenceID: "R-other"}, {RecurrenceID: "R-member"}},
		}
	}
	// 22:59 UTC is still the 31st in Berlin, 23:00 is not.
	r := make()
	IgnoreRecurrences(&r, list, time.Date(2026, 12, 31, 22, 59, 0, 0, time.UTC), zone)
	if r.Recurrences[0].IgnoredReason != "known export" || r.Recurrences[1].IgnoredReason != "known export" || r.Recurrences[2].IgnoredReason != "" {
		t.Errorf("marks: %+v", r.Recurrences)
	}
	if len(r.Forecasts) != 1 || r.Forecasts[0].RecurrenceID != "R-other" {
		t.Errorf("forecasts: %+v", r.Forecasts)
	}
	r = make()
	IgnoreRecurrences(&r, list, time.Date(2026, 12, 31, 23, 0, 0, 0, time.UTC), zone)
	if len(r.Forecasts) != 3 || r.Recurrences[0].IgnoredReason != "" {
		t.Errorf("an expired entry holds: %+v", r)
	}
	f := IgnoreFindings([]schemas.Finding{{FindingID: "R-lead", Rank: 1, Warnings: "w"}, {FindingID: "O-1", Rank: 2}}, list, time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), zone)
	if f[0].FindingID != "O-1" || f[0].Rank != 1 || f[1].Status != StatusIgnored || f[1].Rank != 2 || f[1].Warnings != "ignored until 2026-12-31: known export\nw" {
		t.Errorf("findings: %+v", f)
	}
}
