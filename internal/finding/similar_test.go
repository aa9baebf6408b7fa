package finding

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"almanac/schemas"
)

// The demo's pool: an incident of last quarter that exists only as a record
// is found for one that has logs, and the outage decoy is not.
func TestSimilarToARecordWithoutLogs(t *testing.T) {
	in := SimilarInput{Night: "2026-11-09", Now: at("2026-11-09 06:00:00"),
		Records: Records{Incidents: []IncidentRow{
			{IncidentID: "PM-7", Title: "Checkout down: connection pool exhausted", Service: "checkout", StartedTS: at("2026-07-07 09:00:00"),
				RootCause: "A release leaked database connections until the pool of 50 was empty",
				Body:      "pool active=50 max=50, requests waited for a connection and timed out. Rolled back the release."},
			{IncidentID: "INC-9", Title: "Checkout errors", Service: "checkout", StartedTS: at("2026-10-30 10:27:00"), Body: "Many requests fail at checkout."},
			{IncidentID: "INC-2", Title: "Redis out of memory", Service: "session", StartedTS: at("2026-11-05 13:12:00"), RootCause: "expired sessions were never removed"},
			{IncidentID: "INC-3", Title: "Power loss in the data centre", Service: "gateway", StartedTS: at("2026-09-27 00:14:00"), Body: "All machines restarted."},
		}},
		Errors: []IncidentErrorRow{
			{IncidentID: "INC-9", Service: "checkout", SignatureID: "S-pool", Count: 300, BaseObservedS: 604800, ObservedS: 3600},
			{IncidentID: "INC-9", Service: "checkout", SignatureID: "S-usual", Count: 3, BaseCount: 500, BaseObservedS: 604800, ObservedS: 3600},
		},
		Signatures: []SignatureRow{{Service: "checkout", SignatureID: "S-pool", Template: "connection pool exhausted: active=<n> max=<n> waiting=<n>"}},
		Actions:    []IncidentActionRow{{IncidentID: "PM-7", Seq: 1, Text: "Return connections in a finally block", Status: "done"}},
	}
	res := SimilarIncidents(in)
	var first schemas.Similar
	for _, r := range res.Similar {
		if r.IncidentID == "INC-9" && r.Rank == 1 {
			first = r
		}
	}
	if first.OtherID != "PM-7" || !strings.Contains(first.Shared, "pool") || first.Done != "Return connections in a finally block" ||
		!strings.HasPrefix(first.Held, "did not hold: came back after 115 d") {
		t.Errorf("%+v", first)
	}
	if first.Score != nil {
		t.Logf("score %.2f: %s | %s", *first.Score, first.Shared, first.Different)
	}
	found := false
	for _, f := range res.Findings {
		if f.SubjectID == "INC-9" {
			found = strings.Contains(f.Sentence, "PM-7")
		}
		if f.SubjectID == "INC-3" {
			t.Errorf("the outage is said to be known: %s", f.Sentence)
		}
	}
	if !found {
		t.Errorf("no finding for INC-9: %+v", res.Findings)
	}
	if r := SimilarIncidents(SimilarInput{}); len(r.Similar) != 0 {
		t.Error("nothing in, something out")
	}
}

// TestSimilarScoreDFDS: families of real postmortems find each other among the
// first three, by words alone.
func TestSimilarScoreDFDS(t *testing.T) {
	dir := filepath.Join(sharedData, "dfds-postmortems")
	files, _ := filepath.Glob(filepath.Join(dir, "PM2*"))
	if len(files) == 0 {
		t.Skipf("no postmortems in %s", dir)
	}
	var in SimilarInput
	title := regexp.MustCompile(`(?m)^# (.*)$`)
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		text := string(b)
		row := IncidentRow{IncidentID: filepath.Base(f)[:10], Body: text}
		if m := title.FindStringSubmatch(text); m != nil {
			row.Title = m[1]
		}
		in.Records.Incidents = append(in.Records.Incidents, row)
	}
	top := map[string][]string{}
	for _, r := range SimilarIncidents(in).Similar {
		if r.Rank <= 3 {
			top[r.IncidentID] = append(top[r.IncidentID], r.OtherID)
		}
	}
	families := [][]string{
		{"PM2021-005", "PM2021-006", "PM2021-007"},
		{"PM2021-001", "PM2022-002", "PM2023-002"},
		{"PM2022-004", "PM2022-007"},
		{"PM2021-002", "PM2021-003"},
		{"PM2020-002", "PM2020-009"},
		{"PM2020-003", "PM2020-006"},
		{"PM2022-003", "PM2024-001"},
	}
	asked, found := 0, 0
	for _, fam := range families {
		for _, a := range fam {
			for _, b := range fam {
				if a == b {
					continue
				}
				asked++
				hit := strings.Contains(strings.Join(top[a], " "), b)
				found += oneIf(hit)
				if !hit {
					t.Logf("%s does not find %s: %v", a, b, top[a])
				}
			}
		}
	}
	t.Logf("found in the first three: %d of %d", found, asked)
	if found < asked*85/100 {
		t.Errorf("found in the first three: %d of %d", found, asked)
	}
}
