package finding

import (
	"bufio"
	"compress/gzip"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"almanac/schemas"
)

var openstackError = regexp.MustCompile(`^\S+ \S+ \d+ (ERROR|CRITICAL) `)

// openstackRun reads the logs of one run of the workload: whether anything
// was written, and whether a component logged an error.
func openstackRun(t *testing.T, dir string) (observed, hit bool) {
	t.Helper()
	files, err := filepath.Glob(dir + "/*/*.log.gz")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if filepath.Base(filepath.Dir(name)) == "foreground_wl" {
			continue // the workload's own verdict is the truth, not a log of the system
		}
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		s := bufio.NewScanner(z)
		s.Buffer(nil, 1<<24)
		for s.Scan() {
			observed = true
			hit = hit || openstackError.Match(s.Bytes())
		}
		if err := s.Err(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		f.Close()
	}
	return observed, hit
}

// TestFixScoreOpenStack holds the judgement to runs of a cloud with an
// injected fault: round_1 with it, round_2 with it removed. An occasion is one
// run of the workload; it is hit when a component logs an error. The truth is
// what the workload itself says of round_2.
func TestFixScoreOpenStack(t *testing.T) {
	dir := filepath.Join(sharedData, "openstack-failures")
	day := func(n int) schemas.RecurrenceDay {
		due := at("2026-09-01 10:00:00").AddDate(0, 0, n)
		return schemas.RecurrenceDay{LocalDate: due.Format("2006-01-02"), DueTS: schemas.Micros(due)}
	}
	occasion := func(id string, n int, observed, hit bool) schemas.RecurrenceDay {
		d := day(n)
		d.RecurrenceID, d.IsObserved = id, &observed
		if observed {
			d.IsHit = &hit
		}
		if hit {
			d.OnsetTS = d.DueTS
		}
		return d
	}
	judge := func(days []schemas.RecurrenceDay, fixed time.Time) schemas.Fix {
		return Fixes(FixInput{Now: at("2026-12-31 00:00:00"), Days: days,
			Recurrences: []schemas.Recurrence{{RecurrenceID: "R-1", Service: "openstack", Label: "every run"}},
			Claims:      []schemas.Fix{{FixID: "F-1", RecurrenceID: "R-1", FixedTS: schemas.Micros(fixed), What: "fault removed"}},
		}).Fixes[0]
	}
	right, cases, silent := 0, 0, 0
	pooled := map[string][2][]bool{} // round_2's truth -> hits of round 1, of round 2
	for _, c := range readTSV(t, filepath.Join(dir, "truth.tsv")) {
		if c["round_1"] != "FAILURE" {
			continue
		}
		o1, h1 := openstackRun(t, filepath.Join(dir, "cases", c["id"], "round_1"))
		o2, h2 := openstackRun(t, filepath.Join(dir, "cases", c["id"], "round_2"))
		if !h1 {
			silent++ // no log evidence of the failure: there is nothing to hold
			continue
		}
		pool := pooled[c["round_2"]]
		pool[0], pool[1] = append(pool[0], h1), append(pool[1], h2)
		pooled[c["round_2"]] = pool
		f := judge([]schemas.RecurrenceDay{occasion("R-1", 0, o1, h1), occasion("R-1", 1, o2, h2)}, at("2026-09-01 20:00:00"))
		want := FixHolding // one clean run is no proof yet
		if c["round_2"] == "FAILURE" {
			want = FixFailed
		}
		cases++
		if f.State == want {
			right++
		} else {
			t.Logf("%s: %s, want %s: %s", c["id"], f.State, want, f.Sentence)
		}
	}
	t.Logf("one run before and one after: told apart %d of %d (and %d without any error line before)", right, cases, silent)
	if right < cases {
		t.Errorf("told apart %d of %d", right, cases)
	}
	for truth, want := range map[string]string{"NO_FAILURE": FixHeld, "FAILURE": FixFailed} {
		var days []schemas.RecurrenceDay
		pool := pooled[truth]
		for k, h := range pool[0] {
			days = append(days, occasion("R-1", k, true, h))
		}
		fixed := at("2026-09-01 20:00:00").AddDate(0, 0, len(pool[0])-1)
		for k, h := range pool[1] {
			days = append(days, occasion("R-1", len(pool[0])+k, true, h))
		}
		f := judge(days, fixed)
		t.Logf("all runs whose second round was %s: %s, P(still going) %.3g: %s", truth, f.State, *f.NotFixed, f.Sentence)
		if f.State != want {
			t.Errorf("%s: %s, want %s", truth, f.State, want)
		}
	}
}
