package nightly_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"almanac/internal/config"
	"almanac/schemas"
)

// Archives by other people, when they lie beside the project: everything goes
// in with balanced accounting, and there are pages.
func TestRealArchives(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("../../../shared/data/mybinder"); err != nil {
		t.Skip("needs the real data beside the project (../shared/data), which is not here")
	}
	c, err := config.Load("../../testdata/configs/real.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if problems := c.CheckFiles(); len(problems) > 0 {
		t.Fatal(problems)
	}
	c.Lake, c.Report = filepath.Join(t.TempDir(), "lake"), filepath.Join(t.TempDir(), "report")
	out := walk(t, c, time.Date(2027, 6, 1, 6, 0, 0, 0, time.UTC), 2)
	if !out.Counts.Balances() {
		t.Errorf("the accounting does not balance: %+v", out.Counts)
	}
	bySource := map[string]schemas.Accounting{}
	for _, f := range out.Files {
		if !f.Counts.Balances() {
			t.Errorf("%s: %+v", f.File, f.Counts)
		}
		bySource[f.Source] = bySource[f.Source].Add(f.Counts)
	}
	// Fewest records expected, and most rejects tolerated: templates among the
	// reports, one garbage-collector log among Kafka's.
	for source, want := range map[string][2]int64{
		"mybinder-incidents": {17, 1}, "mybinder-changes": {590, 0}, "github-status": {399, 0}, "dfds": {38, 2},
		"openssh": {2000, 0}, "hadoop": {2000, 0}, "zookeeper": {2000, 0}, "kafka": {10000, 5},
	} {
		got := bySource[source]
		if got.Events < want[0] || got.Rejects > want[1] {
			t.Errorf("%s: %d records and %d rejects, want at least %d and at most %d", source, got.Events, got.Rejects, want[0], want[1])
		}
		t.Logf("%-20s %+v", source, got)
	}
	if len(bySource) != 8 {
		t.Errorf("%d sources read, want 8", len(bySource))
	}
	if out.Pages < 400 || !out.Reported {
		t.Errorf("%d pages", out.Pages)
	}
	again := walk(t, c, time.Date(2027, 6, 1, 7, 0, 0, 0, time.UTC), 2)
	if !again.Unchanged || again.Analysed {
		t.Errorf("the second night over the archives did something: %+v", again.Counts)
	}
}
