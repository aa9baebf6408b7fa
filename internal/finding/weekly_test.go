package finding

import (
	"testing"
	"time"

	"almanac/schemas"
)

func weeklyFinding(id, kind, subject string, score float64, at time.Time) schemas.Finding {
	us := schemas.Micros(at)
	return schemas.Finding{FindingID: id, Kind: kind, SubjectKind: "incident", SubjectID: subject, Service: "pay",
		Score: schemas.Ptr(score), FirstTS: us, LastTS: us}
}

// The first things of a week are different things, the latest before the old.
func TestWeeklyOrder(t *testing.T) {
	now := time.Date(2026, 11, 9, 5, 0, 0, 0, time.UTC)
	recent := now.Add(-24 * time.Hour)
	got := Weekly(now, RecurrenceResult{}, []schemas.Finding{
		weeklyFinding("a", schemas.FindingSimilar, "I-1", .90, recent),
		weeklyFinding("b", schemas.FindingSimilar, "I-2", .88, recent),
		weeklyFinding("c", schemas.FindingCascade, "I-1", .85, recent),
		weeklyFinding("d", schemas.FindingCascade, "I-3", .80, recent),
		weeklyFinding("e", schemas.FindingSimilar, "I-4", .95, now.AddDate(0, 0, -70)),
	})
	want := "a d b c e"
	order := ""
	for i, f := range got {
		if f.Rank != int64(i+1) {
			t.Errorf("%s has rank %d at place %d", f.FindingID, f.Rank, i+1)
		}
		order += " " + f.FindingID
	}
	if order[1:] != want {
		t.Errorf("order is%s, want %s", order, want)
	}
}

// What a confirmed recurrence explains gives way to what nothing explains.
func TestWeeklyDoesNotTellTwice(t *testing.T) {
	now := time.Date(2026, 11, 9, 12, 0, 0, 0, time.UTC)
	due := time.Date(2026, 11, 9, 8, 0, 0, 0, time.UTC)
	known := RecurrenceResult{
		Recurrences: []schemas.Recurrence{{RecurrenceID: "R-1", Status: "confirmed", Service: "gate", SeenIn: "shop, pay", IsLead: schemas.Ptr(false)}},
		Days:        []schemas.RecurrenceDay{{RecurrenceID: "R-1", IsHit: schemas.Ptr(true), DueTS: schemas.Micros(due), EndTS: schemas.Micros(due.Add(20 * time.Minute))}},
	}
	inside := weeklyFinding("a", schemas.FindingSimilar, "I-1", 1, due.Add(5*time.Minute))
	outside := weeklyFinding("b", schemas.FindingSimilar, "I-2", .5, due.Add(2*time.Hour))
	if got := Weekly(now, known, []schemas.Finding{inside, outside}); got[0].FindingID != "b" {
		t.Errorf("the incident that the recurrence explains comes first")
	}
	inside.Service = "elsewhere"
	if got := Weekly(now, known, []schemas.Finding{inside, outside}); got[0].FindingID != "a" {
		t.Errorf("an incident of another service was taken for the recurrence's")
	}
}

func TestRemarksOfOneReasonAreToldTogether(t *testing.T) {
	r := RecurrenceResult{}
	for _, s := range []string{"a", "b", "c", "d"} {
		r.Notes = append(r.Notes, RecurrenceNote{SubjectID: s, Service: "shop", Reason: "seen on 1 day only"})
	}
	r.Notes = append(r.Notes, RecurrenceNote{SubjectID: "shop", Service: "shop", Reason: "no volume"})
	got := r.Remarks()
	if len(got) != 2 || got[0] != "4 subjects (shop: a; shop: b; shop: c, …): seen on 1 day only" || got[1] != "shop: no volume" {
		t.Errorf("got %q", got)
	}
}
