package nightly_test

import (
	"encoding/csv"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"almanac/internal/config"
	"almanac/internal/lake"
	"almanac/internal/nightly"
	"almanac/schemas"
)

// TestMyBinderScore walks a real night over the postmortems and the commits
// of one site, as testdata/configs/real.yaml reads them: the recorded cause
// first where there is one, no confident cause where many changes lie before
// and none is to blame. Once with the starts that the reports tell, where two
// of the four cannot be met (one cause is in no change record, two cases are
// waves of one report), once with the starts of the truth file.
func TestMyBinderScore(t *testing.T) {
	t.Parallel()
	dir := filepath.Join("../../../shared/data/mybinder")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("real data is not here: %v", err)
	}
	truth := table(t, filepath.Join(dir, "causes.tsv"))
	for _, mode := range []struct {
		name string
		key  string // column that names the incident
		want int
	}{{"reports", "incident_file", 2}, {"starts of the truth", "case", 3}} {
		t.Run(mode.name, func(t *testing.T) {
			c, err := config.Load("../../testdata/configs/real.yaml")
			if err != nil {
				t.Fatal(err)
			}
			var kept []config.Source
			for _, s := range c.Sources {
				if s.Name == "mybinder-incidents" && mode.key == "case" {
					s.Paths, s.Format = []string{"../../../shared/data/mybinder/causes.tsv"}, "incident-csv"
					s.Fields = []config.FieldMap{{To: "id", From: []string{"case"}}, {To: "started", From: []string{"start_utc"}}}
				}
				if strings.HasPrefix(s.Name, "mybinder") {
					kept = append(kept, s)
				}
			}
			c.Sources, c.Lake, c.Report = kept, t.TempDir(), t.TempDir()
			first, label, merged := realCauses(t, c, mode.key)
			right, recorded := 0, 0
			for _, row := range truth {
				id, want := row[mode.key], row["cause_sha"]
				best := first[id]
				t.Logf("%s %-13s label %-8s best %.8s: %s", row["case"], row["kind"], label[id], best.ChangeID, best.Reason)
				if row["kind"] != "change" {
					if label[id] == "likely" {
						t.Errorf("%s: %s is called likely, and no change is to blame", row["case"], best.ChangeID)
					}
					continue
				}
				recorded++
				if sha, ok := merged[want]; ok {
					want = sha
				}
				if want != "" && strings.HasPrefix(best.ChangeID, want) {
					right++
				}
			}
			t.Logf("cause ranked first in %d of %d", right, recorded)
			if right < mode.want {
				t.Errorf("cause ranked first in %d of %d, want %d", right, recorded, mode.want)
			}
		})
	}
}

// realCauses runs the night and gives, per incident (or its file), the best
// candidate and the first label, and the commit of each pull request.
func realCauses(t *testing.T, c *config.Config, key string) (first map[string]schemas.Cause, label, merged map[string]string) {
	t.Helper()
	out, err := nightly.Run(t.Context(), nightly.Options{Config: c, Tool: "almanac test"})
	if err != nil {
		t.Fatal(err)
	}
	l, err := lake.Open(out.Lake)
	if err != nil {
		t.Fatal(err)
	}
	name := map[string]string{}
	for _, date := range l.Dates(lake.TableIncident) {
		for _, i := range nightRows[schemas.Incident](t, l, lake.TableIncident, date) {
			name[i.IncidentID] = i.IncidentID
			if key == "incident_file" {
				name[i.IncidentID] = filepath.Base(i.File)
			}
		}
	}
	first, label, merged = map[string]schemas.Cause{}, map[string]string{}, map[string]string{}
	for _, date := range l.Dates(lake.TableChange) {
		for _, ch := range nightRows[schemas.Change](t, l, lake.TableChange, date) {
			if m := regexp.MustCompile(`#(\d+)`).FindStringSubmatch(ch.Title); m != nil {
				merged["PR#"+m[1]] = ch.ChangeID
			}
			if key == "case" && strings.Contains(ch.Title, "Merge pull request") && !strings.Contains(ch.Title, ": ") {
				t.Errorf("title of %s holds the subject alone: %s", ch.ChangeID, ch.Title)
			}
		}
	}
	for _, x := range nightRows[schemas.Cause](t, l, lake.TableCause, schemas.DateOf(schemas.Micros(out.AsOf))) {
		id := name[x.SubjectID]
		if x.SubjectKind != "incident" || id == "" {
			continue
		}
		if x.Rank == 1 {
			label[id] = x.Label
		}
		if old, ok := first[id]; x.ChangeID != "" && x.Label != "ruled out" && (!ok || *x.Probability > *old.Probability) {
			first[id] = x
		}
	}
	return first, label, merged
}

func table(t *testing.T, path string) []map[string]string {
	t.Helper()
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("%s is not beside the repository", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, row := range rows[1:] {
		m := map[string]string{}
		for i, v := range row {
			if i < len(rows[0]) {
				m[rows[0][i]] = v
			}
		}
		out = append(out, m)
	}
	return out
}
