package nightly_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"almanac/internal/lake"
	"almanac/internal/warehouse"
)

// Secrets in log lines, refused lines, changes, incidents and reports reach
// neither a table of the lake, nor the manifest, nor a page.
func TestSecretsStayOut(t *testing.T) {
	dir := t.TempDir()
	secrets := []string{
		"jane.canary", "hunter2canary", "AKIAIOSFODNN7CANARYX", "4111111111111111",
		"ghp_abcdefghijklmnopqrstuvwxyz0123456789", "DE89370400440532013000",
	}
	text := "user jane.canary@example.com password=hunter2canary key AKIAIOSFODNN7CANARYX card 4111111111111111 " +
		"token ghp_abcdefghijklmnopqrstuvwxyz0123456789 iban DE89370400440532013000"
	files := map[string]string{
		"almanac.yaml": `zone: UTC
now: data
max_rejects: 100%
sources:
  - {name: app, kind: log, paths: ["*.log"]}
  - {name: changes, kind: change, paths: ["changes.csv"]}
  - {name: incidents, kind: incident, paths: ["incidents.jsonl", "report.md"]}
`,
		"app.log": fmt.Sprintf("time=2026-11-01T10:00:00Z level=INFO msg=\"ok 1\"\ntime=2026-11-01T10:00:00Z level=ERROR msg=%q\ntime=2026-11-01T10:00:01Z level=INFO msg=\"ok 2\"\nrefused %s\n",
			"failed: "+text, text),
		"changes.csv":     "id,started,kind,service,title,actor\nD-1,2026-11-01T09:00:00Z,deploy,app,\"deploy by " + text + "\",jane.canary@example.com\n",
		"incidents.jsonl": fmt.Sprintf(`{"id":"INC-1","title":%q,"service":"app","started_at":"2026-11-01T10:00:00Z","summary":%q,"updates":[{"at":"2026-11-01T10:05:00Z","status":"x","body":%q}]}`+"\n", "down: "+text, text, text),
		"report.md":       "# INC-2 app down\n\n**Date:** 2026-11-01\n**Started:** 2026-11-01 10:00 UTC\n\n## Root cause\n\n" + text + "\n\n## Timeline\n\n- 10:00 UTC - " + text + "\n\n## Action items\n\n- [ ] rotate " + text + "\n",
		// Refused, with a secret where the stored text is cut.
		"long.log": "time=2026-11-01T10:00:00Z level=INFO msg=\"ok 3\"\nrefused " + strings.Repeat("x ", 247) + "jane.canary@example.com\n",
	}
	for name, body := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	out := walk(t, load(t, dir), time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC), 2)
	if out.Counts.Events != 7 || out.Counts.Rejects != 2 {
		t.Fatalf("read %+v\n%s", out.Counts, answer(t, out.Lake, "SELECT file, line, reason, raw FROM reject"))
	}
	for path, body := range tree(t, out.Report) {
		for _, s := range secrets {
			if strings.Contains(body, s) {
				t.Errorf("%s holds %s", path, s)
			}
		}
	}
	searchLake(t, out.Lake, secrets)
	if got := answer(t, out.Lake, "SELECT message FROM event WHERE level = 'error'"); !strings.Contains(got, "<email:") {
		t.Errorf("no token stands where the address stood: %s", got)
	}
}

// searchLake looks for texts in every text column of every table.
func searchLake(t *testing.T, dir string, texts []string) {
	t.Helper()
	l, err := lake.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	w, err := warehouse.Open(context.Background(), l, warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for _, table := range lake.TableNames() {
		rows, err := w.SQL(context.Background(), "SELECT * FROM lake_"+table)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows.Rows {
			for i, v := range r {
				for _, s := range texts {
					if text, ok := v.(string); ok && strings.Contains(text, s) {
						t.Errorf("table %s, column %s holds %s", table, rows.Columns[i].Name, s)
					}
				}
			}
		}
	}
}
