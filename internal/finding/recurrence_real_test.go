package finding

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

func openReal(t *testing.T, name string) io.ReadCloser {
	t.Helper()
	f, err := os.Open(filepath.Join(sharedData, filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("no shared/data/%s beside the repository", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if !strings.HasSuffix(name, ".gz") {
		return f
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// judgeIncidents judges a list of starts as incidents of a service.
func judgeIncidents(t *testing.T, rows []RecurrenceIncident) RecurrenceResult {
	t.Helper()
	first, last := rows[0].StartedTS, rows[0].StartedTS
	for _, r := range rows {
		if r.StartedTS.Before(first) {
			first = r.StartedTS
		}
		if r.StartedTS.After(last) {
			last = r.StartedTS
		}
	}
	day := 24 * time.Hour
	in := RecurrenceInput{Night: "2026-01-01", Since: first.Truncate(day), Until: last.Truncate(day).Add(day), Zone: time.UTC, Incidents: rows}
	in.Now = in.Until
	r, err := Recurrences(in)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Incidents of GitHub gather on weekdays between 13 and 18 UTC: working
// hours, diffuse. Without traffic it may not be called a job.
func TestRealGitHub(t *testing.T) {
	rows, err := csv.NewReader(openReal(t, "github-status/downtime_windows.csv")).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var in []RecurrenceIncident
	for _, r := range rows[1:] {
		at, err := time.Parse(time.RFC3339, r[1])
		if err != nil || r[6] == "maintenance" {
			continue
		}
		in = append(in, RecurrenceIncident{Service: "github", StartedTS: at, IncidentID: r[0], Title: r[5]})
	}
	r := judgeIncidents(t, in)
	t.Log(describeAll(r))
	found := false
	for _, x := range r.Recurrences {
		if x.Status != statusDiffuse {
			t.Errorf("a schedule was seen: %s", x.Sentence)
		}
		from, to, ok := parseWindow(x.WindowStart, x.WindowEnd)
		found = found || x.SubjectID == "github" && x.Label == "every weekday, diffuse" && ok && from >= 13*60 && to <= 22*60 && to >= 18*60
	}
	if !found {
		t.Errorf("the working hours were not seen:\n%s", describeAll(r))
	}
}

// hallernet are the five sites of one host that go down together, with how
// often each did.
var hallernet = map[string]int{
	"hallerNet (data)": 90, "hallernet.org (Redirect to ''République des Lettres'')": 87,
	"md.hallernet.org (Redirect to ''République des Lettres (CodiMD)'')": 86,
	"République des Lettres - Daten- und Editionsplattform":              86, "République des Lettres (CodiMD)": 85,
}

// Five sites of one host go down at any hour. One other site did go down by
// the clock: nine nights in a row at 23:03 to 23:11 UTC, until its address was
// mended; that run and all sites together, in which it shows, may be named,
// as something that has ended.
func TestRealUptime(t *testing.T) {
	var in []RecurrenceIncident
	text, err := io.ReadAll(openReal(t, "upptime/upptime_digitaleditions/checks.tsv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(string(text), "\n") {
		stamp, subject, ok := strings.Cut(line, "\t")
		at, err := time.Parse(time.RFC3339, stamp)
		if !ok || err != nil || !strings.Contains(subject, " is down") {
			continue
		}
		name := strings.TrimSpace(strings.TrimPrefix(subject, "🟥"))
		name, _, _ = strings.Cut(name, " is down")
		in = append(in, RecurrenceIncident{Service: name, StartedTS: at, IncidentID: strconv.Itoa(i), Title: "down"})
	}
	r := judgeIncidents(t, in)
	downs := map[string]int{}
	for _, x := range in {
		downs[x.Service]++
	}
	for name, n := range hallernet {
		if downs[name] != n {
			t.Errorf("%s: %d downs read, %d known", name, downs[name], n)
		}
	}
	for _, n := range r.Notes {
		if _, ok := hallernet[n.Service]; ok && n.IsTested {
			delete(downs, n.Service)
		}
	}
	for name := range hallernet {
		if downs[name] != 0 {
			t.Errorf("%s: no reason is given why it carries no pattern", name)
		}
	}
	for _, x := range r.Recurrences {
		if x.Service != "Gossembrot Bibliothek" && x.Service != "" || x.Status != statusRetired || !strings.HasPrefix(x.WindowStart, "23:0") {
			t.Errorf("a time pattern: %s", x.Sentence)
		}
	}
	t.Logf("%d downs, %d subjects, %d recurrences\n%s", len(in), r.Tests, len(r.Recurrences), describeAll(r))
}

// LANL failures follow working hours: more by day than by night, on weekdays
// than on weekends, in each of its systems with history enough. Their minutes
// are rounded, which is no pattern of minutes. Systems are the services, three
// of them; ALMANAC_LONG=1 takes all, with system 2, which did fail on most
// Fridays at 04:30 from 1999 to 2003.
func TestRealLANL(t *testing.T) {
	rows, err := csv.NewReader(openReal(t, "lanl-failures/LA-UR-05-7318-failure-data-1996-2005.csv.gz")).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	long := os.Getenv("ALMANAC_LONG") == "1"
	var in []RecurrenceIncident
	for i, r := range rows[1:] {
		at, err := time.Parse("1/2/2006 15:04", r[16])
		if err != nil || !long && r[0] != "20" && r[0] != "23" && r[0] != "8" {
			continue
		}
		in = append(in, RecurrenceIncident{Service: "system " + r[0], StartedTS: at, IncidentID: strconv.Itoa(i), Title: "failure"})
	}
	r := judgeIncidents(t, in)
	t.Logf("%d failures\n%s", len(in), describeAll(r))
	want := map[string]bool{"system 20": true, "system 23": true, "system 8": true, "": true}
	if long {
		want["system 2"], want["system 16"] = true, true
	}
	for _, x := range r.Recurrences {
		if x.Kind == kindPeriod || x.Kind == kindHourly || x.Kind == kindInterval {
			t.Errorf("rounding called a pattern: %s", x.Sentence)
		}
		if x.Status != statusDiffuse {
			continue
		}
		from, to, ok := parseWindow(x.WindowStart, x.WindowEnd)
		if x.Label == "every weekday, diffuse" && ok && from >= 6*60 && to <= 20*60 && *x.QValue < 0.01 {
			delete(want, x.Service)
		}
	}
	for s := range want {
		t.Errorf("the working hours of %q were not seen", s)
	}
}
