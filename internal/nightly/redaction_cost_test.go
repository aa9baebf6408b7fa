//go:build unix

package nightly_test

import (
	"context"
	"os"
	"path/filepath"
	"sort"
	"testing"
	"time"

	"almanac/internal/nightly"
)

// TestRedactionCost measures what redaction adds to the intake of a day, in
// processor time, the two ways by turns: at most a fifth is asked for. It
// holds the figure with ALMANAC_BENCH=1 (make bench); elsewhere a small day
// shows that both ways run.
func TestRedactionCost(t *testing.T) {
	lines, rounds := int64(4000), 1
	if os.Getenv("ALMANAC_BENCH") != "" {
		lines, rounds = 400_000, 5
	}
	for _, asJSON := range []bool{false, true} {
		day := writeDay(t, filepath.Join(t.TempDir(), "day"), lines, asJSON)
		var took [2][]float64
		for range rounds {
			for i, off := range []bool{true, false} {
				c := load(t, day.dir)
				c.Redact.Off = off
				c.Lake = filepath.Join(t.TempDir(), "lake")
				start := cpuTime(t)
				if _, err := nightly.Ingest(context.Background(), nightly.Options{
					Config: c, Now: time.Date(2026, 11, 21, 6, 0, 0, 0, time.UTC), Tool: "almanac bench", Workers: 1}); err != nil {
					t.Fatal(err)
				}
				took[i] = append(took[i], (cpuTime(t) - start).Seconds())
			}
		}
		for i := range took {
			sort.Float64s(took[i])
		}
		without, with := took[0][0], took[1][0] // the least: what else runs on the machine only adds
		share := (with - without) / with
		t.Logf("JSON %v: %s lines, %.2f s of processor time without redaction, %.2f with: %.1f %% of intake", asJSON, grouped(day.lines), without, with, 100*share)
		if rounds > 1 && share > 0.2 {
			t.Errorf("redaction is %.1f %% of intake, 20 %% at most", 100*share)
		}
	}
}
