package render

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"html"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"almanac/schemas"
)

var (
	update = flag.Bool("update", false, "rewrite golden files")
	outDir = flag.String("pages", "", "also write the fixture's pages into this folder")
)

func mustRender(t *testing.T, s Site) []Page {
	t.Helper()
	pages, err := Render(s)
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

func writePages(t *testing.T, dir string, pages []Page) {
	t.Helper()
	for _, p := range pages {
		name := filepath.Join(dir, filepath.FromSlash(p.Path))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, p.Bytes, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSamePagesTwice: equal facts, equal bytes.
func TestSamePagesTwice(t *testing.T) {
	a, b := mustRender(t, shop()), mustRender(t, shop())
	if len(a) != len(b) {
		t.Fatalf("%d pages, then %d", len(a), len(b))
	}
	for i := range a {
		if a[i].Path != b[i].Path || !bytes.Equal(a[i].Bytes, b[i].Bytes) {
			t.Errorf("page %s differs between two renderings of the same facts", a[i].Path)
		}
	}
	if *outDir != "" {
		writePages(t, *outDir, a)
	}
}

var (
	scripts = regexp.MustCompile(`(?s)<script.*?</script>|<style.*?</style>|<svg.*?</svg>|<details.*?</details>`)
	blocks  = regexp.MustCompile(`</?(p|h1|h2|h3|li|ol|ul|dl|div|tr|table|section|header|footer|main|figure|figcaption|details|summary|caption|pre|nav|thead|tbody|noscript|title|head|body|html|dt|dd)\b[^>]*>`)
	tags    = regexp.MustCompile(`<[^>]*>`)
	blank   = regexp.MustCompile(`\n\s*\n+`)
)

// pageText is what a reader without pictures gets, folds closed.
func pageText(page []byte) string {
	s := scripts.ReplaceAllString(string(page), "")
	s = strings.ReplaceAll(s, "\n", " ")
	s = regexp.MustCompile(`</(td|th)>`).ReplaceAllString(s, " | ")
	s = tags.ReplaceAllString(blocks.ReplaceAllString(s, "\n"), "")
	var out []string
	for l := range strings.SplitSeq(html.UnescapeString(s), "\n") {
		if l = strings.Join(strings.Fields(l), " "); l != "" {
			out = append(out, l)
		}
	}
	return blank.ReplaceAllString(strings.Join(out, "\n"), "\n") + "\n"
}

// TestPageText holds the words of the main pages to reviewed files.
func TestPageText(t *testing.T) {
	texts := map[string]string{
		"index.html": "index.txt", "quality.html": "quality.txt",
		RecurrencePath("R-4f1c2a90"): "recurrence.txt", IncidentPath("INC-2041"): "incident.txt",
		ChangePath("D-4711"): "change.txt", "changes.html": "changes.txt",
	}
	for _, p := range mustRender(t, shop()) {
		name, ok := texts[p.Path]
		if !ok {
			continue
		}
		golden, got := filepath.Join("testdata", name), pageText(p.Bytes)
		if *update {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s reads differently (-want +got; -update accepts):\n%s", p.Path, diff)
		}
	}
}

var optionText = regexp.MustCompile(`(?s)<script type="application/json"[^>]*>(.*?)</script>`)

// TestPagesAreOffline: no page refers to another host, every page has a
// policy, and every option is JSON.
func TestPagesAreOffline(t *testing.T) {
	for _, inline := range []bool{false, true} {
		s := shop()
		s.SelfContained = inline
		for _, p := range mustRender(t, s) {
			if !strings.HasSuffix(p.Path, ".html") {
				continue
			}
			text := string(p.Bytes)
			for _, m := range optionText.FindAllStringSubmatch(text, -1) {
				if !json.Valid([]byte(m[1])) {
					t.Errorf("%s: an option is not JSON: %.200s", p.Path, m[1])
				}
			}
			if !strings.Contains(text, "default-src &#39;none&#39;") {
				t.Errorf("%s has no policy", p.Path)
			}
			if outside := regexp.MustCompile(`(?:src|href)="?[a-z]+:`).FindString(text); outside != "" && !inline {
				t.Errorf("%s refers outside: %s", p.Path, outside)
			}
			if strings.Contains(text, `style="`) && !inline {
				t.Errorf("%s has a style attribute, which its policy forbids", p.Path)
			}
		}
	}
}

// TestOddNumbers (R23): no rows, one row, values that are not numbers and a
// hundred thousand rows give a chart or a stated reason, and JSON either way.
func TestOddNumbers(t *testing.T) {
	odd := map[string]func(*schemas.Table){
		"no rows":    func(x *schemas.Table) { x.Rows = nil },
		"no columns": func(x *schemas.Table) { x.Columns = nil },
		"one row":    func(x *schemas.Table) { x.Rows = x.Rows[:min(1, len(x.Rows))] },
		"nulls":      func(x *schemas.Table) { fill(x, nil) },
		"NaN":        func(x *schemas.Table) { fill(x, math.NaN()) },
		"infinite":   func(x *schemas.Table) { fill(x, math.Inf(1)) },
		"zero":       func(x *schemas.Table) { fill(x, 0.0) },
		"negative":   func(x *schemas.Table) { fill(x, -3.5) },
		"huge":       func(x *schemas.Table) { fill(x, 1e300) },
		"short rows": func(x *schemas.Table) {
			for i := range x.Rows {
				x.Rows[i] = x.Rows[i][:1]
			}
		},
		"100,000 rows": func(x *schemas.Table) {
			for base := x.Rows; len(base) > 0 && len(x.Rows) < 100_000; {
				x.Rows = append(x.Rows, base...)
			}
		},
	}
	for name, change := range odd {
		t.Run(name, func(t *testing.T) {
			s := shop()
			for key, x := range s.Figures {
				if !strings.HasPrefix(string(key), "incident/") || strings.HasPrefix(string(key), "incident/INC-2041/") {
					change(x)
				}
			}
			for _, p := range mustRender(t, s) {
				for _, m := range optionText.FindAllSubmatch(p.Bytes, -1) {
					if !json.Valid(m[1]) {
						t.Errorf("%s: an option is not JSON", p.Path)
					}
				}
				if len(p.Bytes) > 3<<19 && p.Path == "index.html" {
					t.Errorf("index.html has %d bytes", len(p.Bytes))
				}
			}
		})
	}
}

// fill sets every number of a table.
func fill(x *schemas.Table, v any) {
	for _, r := range x.Rows {
		for i := range r {
			if i < len(x.Columns) && isNumeric(x.Columns[i].Type) && x.Columns[i].Name != "hour" && x.Columns[i].Name != "iso_dow" {
				r[i] = v
			}
		}
	}
}

// TestNothingKnown: an empty site is a full set of pages that say so.
func TestNothingKnown(t *testing.T) {
	pages := mustRender(t, Site{AsOf: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)})
	var index string
	for _, p := range pages {
		if p.Path == "index.html" {
			index = pageText(p.Bytes)
		}
	}
	for _, want := range []string{"Nothing stands out", "No recurrence was found", "The query for this figure was not run"} {
		if !strings.Contains(index, want) {
			t.Errorf("the front page of an empty site does not say %q:\n%s", want, index)
		}
	}
}

// A site with thousands of changes gets a bounded number of pages for them:
// what may have begun something first, then the last week's.
func TestChangePagesAreBounded(t *testing.T) {
	s := shop()
	for k := range 5000 {
		s.Changes = append(s.Changes, schemas.Change{ChangeID: fmt.Sprintf("X-%d", k), StartedTS: at("2026-11-20 12:00:00") - int64(k)*60e6})
	}
	list := planChanges(&s)
	if len(list) != MaxChangePages || list[0].ChangeID != "C-88" || list[1].ChangeID != "D-4711" {
		t.Errorf("%d pages, the first %s, %s", len(list), list[0].ChangeID, list[1].ChangeID)
	}
	for _, c := range list[2:] {
		if c.StartedTS < schemas.Micros(s.AsOf.AddDate(0, 0, -7)) {
			t.Errorf("%s is neither a candidate nor of the last week", c.ChangeID)
		}
	}
}

// A history of many thousand incidents has pages for the latest, for those that
// a finding is about and those alike a recent one; no link leads nowhere.
func TestIncidentPagesAreBounded(t *testing.T) {
	s := shop()
	for k := range 5000 {
		s.Incidents = append(s.Incidents, schemas.Incident{IncidentID: fmt.Sprintf("OLD-%04d", k), StartedTS: at("2016-11-20 12:00:00") - int64(k)*3600e6})
	}
	s.Findings = append(s.Findings, schemas.Finding{FindingID: "F-old", Kind: schemas.FindingChange, SubjectKind: "incident", SubjectID: "OLD-4000", Sentence: "it was the deploy"})
	s.Similar = append(s.Similar, schemas.Similar{IncidentID: s.Incidents[0].IncidentID, OtherID: "OLD-4100", Rank: 1})
	s.Actions = append(s.Actions, schemas.Action{IncidentID: "OLD-4200", Text: "write it down"})
	pages, count := map[string]bool{}, 0
	list := mustRender(t, s)
	for _, p := range list {
		pages[p.Path] = true
		if strings.HasPrefix(p.Path, "incident/") {
			count++
		}
	}
	if count != MaxIncidentPages+2 || !pages[IncidentPath("OLD-4000")] || !pages[IncidentPath("OLD-4100")] || pages[IncidentPath("OLD-4200")] {
		t.Errorf("%d incident pages", count)
	}
	link := regexp.MustCompile(`href="(?:\.\./)?(incident/[^"#]+)"`)
	for _, p := range list {
		for _, m := range link.FindAllSubmatch(p.Bytes, -1) {
			if !pages[string(m[1])] {
				t.Fatalf("%s leads to %s, which is not there", p.Path, m[1])
			}
		}
	}
}

// TestLargeSite: the front page stays small and quick when there is much.
func TestLargeSite(t *testing.T) {
	s := shop()
	for k := range 2000 {
		i := s.Incidents[k%20]
		i.IncidentID, i.StartedTS = fmt.Sprintf("OLD-%d", k), i.StartedTS-int64(k)*3600e6
		s.Incidents = append(s.Incidents, i)
		s.Actions = append(s.Actions, schemas.Action{IncidentID: i.IncidentID, Seq: 1, Text: "look into it"})
	}
	for k := range 300 {
		r := s.Recurrences[k%4]
		r.RecurrenceID = fmt.Sprintf("R-%08x", k)
		s.Recurrences = append(s.Recurrences, r)
		s.Notes = append(s.Notes, fmt.Sprintf("source %d: needs two more Mondays", k))
	}
	days := s.Figures["index/days"]
	for k := range 4000 {
		days.Rows = append(days.Rows, []any{"2026-11-10", fmt.Sprintf("service-%d", k), int64(k), int64(k), 24.0})
	}
	start := time.Now()
	pages := mustRender(t, s)
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("%d pages took %v", len(pages), took)
	}
	if n := len(Plan(s)); n > 900 {
		t.Errorf("%d queries are planned", n)
	}
	for _, p := range pages {
		if p.Path == "index.html" && len(p.Bytes) > 3<<19 {
			t.Errorf("index.html has %d bytes, the budget is 1.5 MB", len(p.Bytes))
		}
	}
}

// TestTwentyCharts: the budget is 1.5 s for twenty charts.
func TestTwentyCharts(t *testing.T) {
	s := shop()
	start, drawn := time.Now(), 0
	for drawn < 20 {
		for _, p := range mustRender(t, s) {
			drawn += len(optionText.FindAll(p.Bytes, -1))
		}
	}
	if took := time.Since(start); took > 1500*time.Millisecond {
		t.Errorf("%d charts took %v, the budget is 1.5 s for 20", drawn, took)
	}
}
