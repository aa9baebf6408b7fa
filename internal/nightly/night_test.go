package nightly_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"almanac/internal/lake"
	"almanac/internal/nightly"
	"almanac/internal/world"
)

// mini writes the small world and gives its configuration's folder.
func mini(t *testing.T) (string, *world.World) {
	t.Helper()
	dir := t.TempDir()
	w := world.Mini(7)
	if err := w.Write(dir); err != nil {
		t.Fatal(err)
	}
	return dir, w
}

// tree reads every file below a folder but locks.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "LOCK" {
			return err
		}
		b, err := os.ReadFile(p)
		rel, _ := filepath.Rel(dir, p)
		out[rel] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func differences(a, b map[string]string) []string {
	var out []string
	for p := range a {
		if a[p] != b[p] {
			out = append(out, p)
		}
	}
	for p := range b {
		if _, ok := a[p]; !ok {
			out = append(out, p+" (only in the second)")
		}
	}
	sort.Strings(out)
	return out
}

// A rebuild in another lake, by another number of workers, gives the same
// bytes: files, manifest and pages.
func TestRebuildIsByteIdentical(t *testing.T) {
	t.Parallel()
	dir, w := mini(t)
	var lakes, reports []map[string]string
	for _, workers := range []int{1, 4} {
		c := load(t, dir)
		c.Lake, c.Report = filepath.Join(t.TempDir(), "lake"), filepath.Join(t.TempDir(), "report")
		walk(t, c, w.AsOf(), workers)
		lakes, reports = append(lakes, tree(t, c.Lake)), append(reports, tree(t, c.Report))
	}
	if d := differences(lakes[0], lakes[1]); len(d) > 0 {
		t.Errorf("lakes differ in %v", d)
	}
	if d := differences(reports[0], reports[1]); len(d) > 0 {
		t.Errorf("pages differ in %v", d)
	}
	if len(reports[0]) < 8 {
		t.Errorf("only %d pages and assets", len(reports[0]))
	}
}

// The same night again does nothing at all; the next day's analysis does.
func TestSecondNightDoesNothing(t *testing.T) {
	t.Parallel()
	dir, w := mini(t)
	c := load(t, dir)
	c.Now = "clock"
	first := walk(t, c, w.AsOf(), 2)
	before := tree(t, first.Lake)
	second := walk(t, c, w.AsOf().Add(time.Hour), 2)
	if !second.Unchanged || second.Analysed || second.Reported {
		t.Errorf("the second night: %+v", second)
	}
	if second.Counts.Events != 0 || second.Counts.AlreadySeen == 0 || !second.Counts.Balances() {
		t.Errorf("the second night read %+v", second.Counts)
	}
	if d := differences(before, tree(t, first.Lake)); len(d) > 0 {
		t.Errorf("the second night changed %v", d)
	}
	third := walk(t, c, w.AsOf().Add(24*time.Hour), 2)
	if !third.Unchanged || !third.Analysed {
		t.Errorf("the next day's night: %+v", third)
	}
}

// A folder that grows night by night ends as one reading of the whole does.
func TestNightsAddUpToARebuild(t *testing.T) {
	t.Parallel()
	grown := t.TempDir()
	w := world.Mini(7)
	var last *nightly.Outcome
	for _, d := range []int{5, 9, 14} {
		moment := w.AsOf().AddDate(0, 0, d-14)
		if err := w.WriteUntil(grown, moment); err != nil {
			t.Fatal(err)
		}
		c := load(t, grown)
		c.Now = moment.Format(time.RFC3339)
		last = walk(t, c, moment, 2)
	}
	whole, _ := mini(t)
	c := load(t, whole)
	c.Now = w.AsOf().Format(time.RFC3339)
	rebuilt := walk(t, c, w.AsOf(), 2)
	for _, q := range []string{
		"SELECT service, level, signature_id, count(*) AS n FROM event GROUP BY service, level, signature_id ORDER BY 1, 2, 3",
		"SELECT minute_ts, service, level, signature_id, sum(count) AS n FROM event_minute GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
		"SELECT change_id, kind, started_ts FROM change ORDER BY 1",
		"SELECT incident_id, started_ts FROM incident ORDER BY 1",
	} {
		if a, b := answer(t, last.Lake, q), answer(t, rebuilt.Lake, q); a != b {
			t.Errorf("%s: grown lake and rebuild differ\n%s\n%s", q, clip(a), clip(b))
		}
	}
}

// One night at a time.
func TestTwoNightsAtOnce(t *testing.T) {
	dir, w := mini(t)
	c := load(t, dir)
	unlock, err := lake.Lock(c.Resolve(c.Lake))
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	_, err = nightly.Run(context.Background(), nightly.Options{Config: c, Now: w.AsOf(), Tool: "t"})
	if !errors.Is(err, lake.ErrLocked) {
		t.Errorf("a second night got %v", err)
	}
}

// Bad input: the rest goes in, every refusal names file and reason.
func TestBadInput(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	line := func(s string) string { return "time=2026-11-01T10:00:0" + s + "Z level=INFO msg=\"hello " + s + "\"\n" }
	good := line("1") + line("2") + line("3")
	write("almanac.yaml", "zone: UTC\nnow: data\nmax_rejects: 100%\nsources:\n  - {name: app, kind: log, paths: [\"logs/*\"]}\n")
	write("logs/good.log", good)
	write("logs/broken.log", line("5")+line("6")+line("7")+"\x00\xff\xfe not a line\n"+line("4"))
	write("logs/cut.log.gz", "\x1f\x8b\x08\x00\x00\x00")
	write("logs/unknown.log", strings.Repeat("???\n", 5))
	write("logs/empty.log", "")
	if err := os.Symlink("nowhere", filepath.Join(dir, "logs/dangling.log")); err != nil {
		t.Fatal(err)
	}
	out := walk(t, load(t, dir), time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC), 2)
	if !out.Counts.Balances() || out.Counts.Events != 7 {
		t.Errorf("counts %+v, want 7 events", out.Counts)
	}
	got := answer(t, out.Lake, "SELECT file, line, reason FROM reject ORDER BY file, line")
	for _, want := range []string{"logs/broken.log", "logs/cut.log.gz", "logs/unknown.log"} {
		if !strings.Contains(got, want) {
			t.Errorf("no reject names %s in\n%s", want, got)
		}
	}
	if !bytes.Contains([]byte(tree(t, out.Report)["quality.html"]), []byte("logs/broken.log")) {
		t.Error("the quality page does not name the broken file")
	}
}
