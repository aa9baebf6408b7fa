package nightly_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"almanac/internal/config"
	"almanac/internal/lake"
	"almanac/internal/nightly"
	"almanac/internal/warehouse"
	"almanac/internal/world"
	"almanac/schemas"
)

var update = flag.Bool("update", false, "rewrite testdata/score.txt")

const scoreFile = "../../testdata/score.txt"

// load reads the configuration of an invented world.
func load(t *testing.T, dir string) *config.Config {
	t.Helper()
	c, err := config.Load(filepath.Join(dir, config.FileName))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// walk runs one night; now stands in for the clock.
func walk(t *testing.T, c *config.Config, now time.Time, workers int) *nightly.Outcome {
	t.Helper()
	out, err := nightly.Run(context.Background(), nightly.Options{Config: c, Now: now, Tool: "almanac test", Workers: workers})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// nightRows reads one table of conclusions.
func nightRows[T any](t *testing.T, l *lake.Lake, table, date string) []T {
	t.Helper()
	rows, err := lake.Read[T](l, table, date)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func outcome(t *testing.T, dir, date string) world.Outcome {
	t.Helper()
	l, w := openLake(t, dir)
	incidents, err := warehouse.Rows[schemas.Incident](context.Background(), w, "page/incidents", nil)
	if err != nil {
		t.Fatal(err)
	}
	return world.Outcome{
		Recurrences: nightRows[schemas.Recurrence](t, l, lake.TableRecurrence, date),
		Causes:      nightRows[schemas.Cause](t, l, lake.TableCause, date),
		Onsets:      nightRows[schemas.Onset](t, l, lake.TableOnset, date),
		Cascades:    nightRows[schemas.CascadeStep](t, l, lake.TableCascade, date),
		Similar:     nightRows[schemas.Similar](t, l, lake.TableSimilar, date),
		Findings:    nightRows[schemas.Finding](t, l, lake.TableFinding, date),
		Incidents:   incidents,
	}
}

// The night over the demo names every planted story and no decoy. The whole
// score is a golden: every tuning shows its cost in the diff.
func TestDemoScore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := world.Demo(1)
	if err := w.Write(dir); err != nil {
		t.Fatal(err)
	}
	truth, err := world.ReadTruth(filepath.Join(dir, "truth.json"))
	if err != nil {
		t.Fatal(err)
	}
	c := load(t, dir)
	out := walk(t, c, w.AsOf(), 2)
	if !out.Counts.Balances() {
		t.Errorf("the accounting does not balance: %+v", out.Counts)
	}
	got := world.Score(truth, outcome(t, out.Lake, schemas.DateOf(schemas.Micros(out.AsOf))))
	if *update {
		if err := os.WriteFile(scoreFile, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(scoreFile)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("score is\n%s\nwant\n%s", got, want)
	}
	t.Log("\n" + got)
}
