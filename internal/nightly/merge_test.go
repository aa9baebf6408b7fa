package nightly_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// writeSite writes the files of a small site.
func writeSite(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, body := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestTwoTellingsAreOne takes the same incident from an incident tool and from
// its postmortem, and the same rollout from GitHub and from Argo CD, through a
// whole night: times are the tool's, cause and follow-ups the report's; what
// the report states of durations stands beside the computed ones, and a
// contradiction is a warning.
func TestTwoTellingsAreOne(t *testing.T) {
	dir := t.TempDir()
	writeSite(t, dir, map[string]string{
		"almanac.yaml": `zone: UTC
now: data
sources:
  - {name: app, kind: log, paths: ["app.log"]}
  - {name: tool, kind: incident, paths: ["tool.json"]}
  - {name: reports, kind: incident, paths: ["reports/*.md"]}
  - {name: github, kind: change, paths: ["github.json"], service: cart}
  - {name: argo, kind: change, paths: ["argo.json"]}
`,
		"app.log": "2026-11-01T09:50:00Z INFO up\n2026-11-01T10:00:00Z ERROR cannot reserve\n2026-11-01T12:00:00Z INFO up\n",
		"tool.json": `{"incidents":[{"id":"01","reference":"INC-31","name":"Carts cannot be paid","severity":{"name":"Major"},"incident_status":{"name":"Closed"},"created_at":"2026-11-01T10:07:00Z",
 "custom_field_entries":[{"custom_field":{"name":"Affected services"},"values":[{"value_catalog_entry":{"name":"cart"}}]}],
 "incident_timestamp_values":[{"incident_timestamp":{"name":"Impact started at"},"value":{"value":"2026-11-01T10:00:00Z"}},{"incident_timestamp":{"name":"Accepted at"},"value":{"value":"2026-11-01T10:09:00Z"}},{"incident_timestamp":{"name":"Resolved at"},"value":{"value":"2026-11-01T11:00:00Z"}}]}]}`,
		"reports/carts.md": `# Carts could not be paid

**Date:** 2026-11-01
**Started:** 2026-11-01 09:55 UTC
**Resolved:** 2026-11-01 11:05 UTC
**Duration:** 3 hours

## Summary

On 2026-11-01 carts could not be paid (INC-31).

## Root cause

The pool of connections was empty.

## Action items

- [ ] Make the pool larger (amy, 2026-11-20)
`,
		"github.json": `[{"id":9,"sha":"abcdef0123456789abcdef0123456789abcdef01","ref":"v7","task":"deploy","environment":"production","created_at":"2026-11-01T09:40:00Z","statuses":[{"state":"success","created_at":"2026-11-01T09:45:00Z"}]}]`,
		"argo.json":   `{"metadata":{"name":"cart"},"spec":{"destination":{"namespace":"shop"}},"status":{"history":[{"id":3,"revision":"abcdef0123456789abcdef0123456789abcdef01","deployStartedAt":"2026-11-01T09:43:00Z","deployedAt":"2026-11-01T09:44:00Z"}]}}`,
	})
	out := walk(t, load(t, dir), time.Date(2026, 11, 2, 6, 0, 0, 0, time.UTC), 1)
	for _, q := range []struct{ sql, want string }{
		{"SELECT count(*) AS n, min(title) AS title, min(service) AS service, min(root_cause) AS cause FROM incident", "1,Carts cannot be paid,cart,The pool of connections was empty."},
		{"SELECT started_ts, acknowledged_ts, resolved_ts, stated_duration_s FROM incident", "2026-11-01T10:00:00Z,2026-11-01T10:09:00Z,2026-11-01T11:00:00Z,10800"},
		{"SELECT warning LIKE '%stated 3.0 h%' AS said FROM incident", "true"},
		{"SELECT text, owner FROM action", "Make the pool larger,amy"},
		{"SELECT count(*) AS n, min(started_ts) AS ts, min(status) AS status, min(warning) LIKE 'also recorded as % by argo' AS said FROM change WHERE service = 'cart'", "1,2026-11-01T09:40:00Z,success,true"},
	} {
		if got := answer(t, out.Lake, q.sql); !strings.Contains(got, q.want) {
			t.Errorf("%s: got %s, want %s", q.sql, got, q.want)
		}
	}
}
