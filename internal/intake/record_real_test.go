package intake

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"almanac/schemas"
)

// keepSink keeps everything.
type keepSink struct {
	changes   []schemas.Change
	incidents []schemas.IncidentRecord
	metrics   []schemas.Metric
	rejects   []schemas.Reject
	events    int
}

func (k *keepSink) Event(*schemas.Event) error    { k.events++; return nil }
func (k *keepSink) Change(c schemas.Change) error { k.changes = append(k.changes, c); return nil }
func (k *keepSink) Incident(r schemas.IncidentRecord) error {
	k.incidents = append(k.incidents, r)
	return nil
}
func (k *keepSink) Metric(m schemas.Metric) error { k.metrics = append(k.metrics, m); return nil }
func (k *keepSink) Reject(r schemas.Reject) error { k.rejects = append(k.rejects, r); return nil }

// realFolder is a folder of the real data beside the repository.
func realFolder(t *testing.T, name string) string {
	t.Helper()
	dir := filepath.Join("..", "..", "..", "shared", "data", name)
	if _, err := os.Stat(dir); err != nil {
		t.Skip("real data not present beside the repository: " + name)
	}
	return dir
}

func readReal(t *testing.T, s *Source, paths ...string) *keepSink {
	t.Helper()
	keep := &keepSink{}
	for _, p := range paths {
		res, err := Read(context.Background(), Input{Source: s, Path: p, Name: filepath.Base(p), ModTime: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC), Final: true}, nil, keep)
		if err != nil {
			t.Fatal(err)
		}
		if !res.Counts.Balances() {
			t.Errorf("%s: accounting does not balance: %+v", p, res.Counts)
		}
		t.Logf("%-60.60s %-14s %.2f %+v", filepath.Base(p), res.Format, res.Confidence, res.Counts)
	}
	return keep
}

func realFiles(t *testing.T, dir, glob string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, glob))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files %s in %s", glob, dir)
	}
	return files
}

func logReports(t *testing.T, k *keepSink) (started, timeline, actions int) {
	t.Helper()
	for _, r := range k.incidents {
		t.Logf("%-24.24s %-30.30s start %s end %s tl %d act %d cause %d warn %q", r.IncidentID, r.Title,
			schemas.Time(r.StartedTS).Format("06-01-02 15:04"), schemas.Time(r.ResolvedTS).Format("06-01-02 15:04"),
			len(r.Timeline), len(r.Actions), len(r.RootCause), r.Warning)
		if r.StartedTS != 0 {
			started++
		}
		if len(r.Timeline) > 0 {
			timeline++
		}
		if len(r.Actions) > 0 {
			actions++
		}
	}
	for _, r := range k.rejects {
		t.Logf("reject %s:%d %s", r.File, r.Line, r.Reason)
	}
	return started, timeline, actions
}

func TestRealPostmortems(t *testing.T) {
	for _, c := range []struct {
		folder, glob               string
		zone                       string
		reports                    int
		started, timeline, actions int
	}{
		{"mybinder/incidents", "*.md", "America/Los_Angeles", 17, 17, 17, 16},
		{"dfds-postmortems", "PM*", "Europe/Copenhagen", 39, 37, 38, 37},
	} {
		t.Run(c.folder, func(t *testing.T) {
			dir := realFolder(t, c.folder)
			zone, err := time.LoadLocation(c.zone)
			if err != nil {
				t.Fatal(err)
			}
			k := readReal(t, &Source{Name: "pm", Kind: KindIncident, Zone: zone, ZoneStated: true}, realFiles(t, dir, c.glob)...)
			started, timeline, actions := logReports(t, k)
			t.Logf("%d reports: %d with start, %d with timeline, %d with actions; %d rejects", len(k.incidents), started, timeline, actions, len(k.rejects))
			for _, r := range k.incidents { // "ca. 11:20" after the date
				if r.IncidentID == "2018-07-30-jupyterlab-build-cpu-saturate" && schemas.Time(r.StartedTS).Format("15:04") != "18:20" {
					t.Errorf("%s starts %s", r.IncidentID, schemas.Time(r.StartedTS))
				}
			}
			if len(k.incidents) != c.reports || started < c.started || timeline < c.timeline || actions < c.actions {
				t.Errorf("read %d reports, %d starts, %d timelines, %d actions; want %d and at least %d, %d, %d",
					len(k.incidents), started, timeline, actions, c.reports, c.started, c.timeline, c.actions)
			}
		})
	}
}

func TestRealTables(t *testing.T) {
	k := readReal(t, &Source{Name: "c", Kind: KindAuto, Zone: time.UTC}, filepath.Join(realFolder(t, "mybinder"), "changes.tsv"))
	if len(k.changes) < 580 || k.changes[0].Kind != schemas.ChangeCommit {
		t.Errorf("mybinder changes: %d read, %d refused", len(k.changes), len(k.rejects))
	}
	dir := realFolder(t, "github-status")
	k = readReal(t, &Source{Name: "g", Kind: KindAuto, Zone: time.UTC}, filepath.Join(dir, "incidents.jsonl"))
	t.Logf("%+v", k.incidents[0].Incident)
	started, _, _ := 0, 0, 0
	for _, r := range k.incidents {
		if r.StartedTS != 0 && len(r.Timeline) > 0 {
			started++
		}
	}
	if len(k.incidents) != 399 || started < 390 {
		t.Errorf("github-status: %d incidents, %d with start and timeline", len(k.incidents), started)
	}
	k = readReal(t, &Source{Name: "g", Kind: KindAuto, Zone: time.UTC}, filepath.Join(dir, "downtime_windows.csv"))
	if len(k.incidents) < 300 {
		t.Errorf("downtime windows: %d incidents, rejects %v", len(k.incidents), k.rejects[:min(3, len(k.rejects))])
	}
}

// TestRealFailures reads a table whose names and times need a mapping: the
// month stands first in its dates.
func TestRealFailures(t *testing.T) {
	files := realFiles(t, realFolder(t, "lanl-failures"), "*.csv.gz")
	const layout = "1/2/2006 15:04"
	zone, err := time.LoadLocation("America/Denver")
	if err != nil {
		t.Fatal(err)
	}
	k := readReal(t, &Source{
		Name: "lanl", Kind: KindIncident, Format: "incident-csv", Zone: zone, ZoneStated: true,
		Fields: []FieldMap{
			{To: "started", From: []string{"Prob Started"}, Layout: layout},
			{To: "resolved", From: []string{"Prob Fixed"}, Layout: layout},
			{To: "duration_minutes", From: []string{"Down Time"}},
			{To: "service", From: []string{"System"}},
			{To: "title", From: []string{"purpose"}},
			{To: "root_cause", From: []string{"Facilities", "Hardware", "Human Error", "Network", "Software", "Undetermined"}},
		},
	}, files...)
	reasons := map[string]int{}
	for _, r := range k.rejects {
		reasons[r.Reason]++
	}
	t.Logf("%d failures, rejects %v", len(k.incidents), reasons)
	ids, caused, contradicted := map[string]bool{}, 0, 0
	for _, r := range k.incidents {
		ids[r.IncidentID] = true
		if r.RootCause != "" {
			caused++
		}
		if r.StatedDurationS != nil && r.Warning != "" {
			contradicted++
		}
	}
	t.Logf("%d ids, %d with a cause, %d flagged", len(ids), caused, contradicted)
	if len(k.incidents) < 23500 || caused*10 < 9*len(k.incidents) {
		t.Errorf("%d failures read, %d with a cause", len(k.incidents), caused)
	}
}
