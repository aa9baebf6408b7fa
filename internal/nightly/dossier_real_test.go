package nightly_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"almanac/internal/nightly"
	"almanac/schemas"
)

const realData = "../../../shared/data"

// dossierOf takes sources in and asks for a window without a record.
func dossierOf(t *testing.T, yaml string, from, until time.Time) *schemas.Dossier {
	t.Helper()
	c, w := takeIn(t, yaml)
	defer w.Close() // many are opened in one test
	ctx := context.Background()
	if from.IsZero() {
		span, err := w.SQL(ctx, "SELECT min(ts), max(ts) FROM event")
		if err != nil {
			t.Fatal(err)
		}
		from, _ = span.Rows[0][0].(time.Time)
		until, _ = span.Rows[0][1].(time.Time)
		until = until.Add(time.Second)
	}
	d, err := nightly.Dossier(ctx, w, nightly.DossierOptions{Config: c, Now: time.Now(), From: from, Until: until})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Injected faults of OpenStack, through intake. The components of one case
// share a wall clock: read in the zones that the data's readme states, the
// requests they share show clocks 6 h apart. Nothing of a week before is
// known, so errors alone count.
func TestOpenStackFailures(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes in forty runs")
	}
	dir, err := filepath.Abs(filepath.Join(realData, "openstack-failures"))
	if err != nil {
		t.Fatal(err)
	}
	truth, err := os.ReadFile(filepath.Join(dir, "truth.tsv"))
	if err != nil {
		t.Skip("no shared/data/openstack-failures beside the repository")
	}
	right, multi, named, quiet := 0, 0, 0, 0
	for _, line := range strings.Split(strings.TrimSpace(string(truth)), "\n")[1:] {
		f := strings.Split(line, "\t")
		id, group, injected := f[0], f[1], f[2]
		if group != "multi" && group != "no_failure" && group != "silent" {
			continue
		}
		yaml := "zone: UTC\nsources:\n"
		for _, s := range []string{"nova", "cinder", "neutron"} {
			yaml += fmt.Sprintf("  - {name: %s, kind: log, service: %s, paths: [%q]}\n", s, s, filepath.Join(dir, "cases", id, "round_1", s, "**"))
		}
		d := dossierOf(t, yaml, time.Time{}, time.Time{})
		first := "none"
		if len(d.Cascade) > 0 {
			first = d.Cascade[0].Service
		}
		if group == "multi" {
			multi++
			if first == injected {
				right++
			} else {
				t.Logf("%s: injected %s, first %s: %s (%s)", id, injected, first, d.Sentence, d.Cascade[0].Template)
			}
			continue
		}
		errors := false
		for _, e := range d.ErrorTable {
			errors = errors || e.Level == schemas.LevelError || e.Level == schemas.LevelFatal
		}
		if errors {
			t.Logf("%s (%s): not counted: its logs hold errors, though its workload passed; first %s", id, group, first)
			continue
		}
		quiet++
		if first != "none" {
			named++
			t.Logf("%s (%s): named %s: %s (%s; %s)", id, group, first, d.Sentence, d.Cascade[0].Template, d.Cascade[0].Evidence)
		}
	}
	t.Logf("injected component first in %d of %d two-component cases; a root named on %d of %d runs without errors", right, multi, named, quiet)
	if 10*right < 9*multi {
		t.Errorf("injected component first in %d of %d", right, multi)
	}
	if named > 0 {
		t.Errorf("a root named on %d runs without errors", named)
	}
}
