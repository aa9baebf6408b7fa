package nightly_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"almanac/internal/finding"
	"almanac/internal/lake"
	"almanac/internal/nightly"
	"almanac/internal/warehouse"
	"almanac/internal/world"
	"almanac/schemas"
)

// The demo's Redis day from the lake: order, gap, doubt with ten seconds of
// skew, the same without a record, a draft that keeps edits, a clear answer
// to a wrong id. No night was analysed and no lock is taken.
func TestDossierDemo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	demo := world.Demo(1)
	if err := demo.Write(dir); err != nil {
		t.Fatal(err)
	}
	c := load(t, dir)
	ctx := context.Background()
	out, err := nightly.Ingest(ctx, nightly.Options{Config: c, Now: demo.AsOf(), Tool: "test", Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	unlock, err := lake.Lock(out.Lake) // a night is at work: reading goes on
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	l, err := lake.Open(out.Lake)
	if err != nil {
		t.Fatal(err)
	}
	w, err := warehouse.Open(ctx, l, warehouse.Options{Zone: c.Location()})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	ask := func(o nightly.DossierOptions) *schemas.Dossier {
		t.Helper()
		o.Config, o.Now = c, demo.AsOf()
		began := time.Now()
		d, err := nightly.Dossier(ctx, w, o)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%v for %+v", time.Since(began).Round(time.Millisecond), o.Incident)
		return d
	}
	order := func(d *schemas.Dossier) string {
		var s []string
		for _, x := range d.Cascade {
			s = append(s, x.Service+" "+x.Onset.In(c.Location()).Format("15:04:05"))
		}
		return strings.Join(s, ", ")
	}
	const want = "redis 14:01:58, session 14:02:03, cart 14:02:08, gateway 14:05:22"
	d := ask(nightly.DossierOptions{Incident: "INC-2118"})
	if order(d) != want || d.Verdict != "root" || int(*d.Gaps[0].Seconds+.5) != 597 {
		t.Errorf("%s; %s; gap %v", order(d), d.Verdict, *d.Gaps[0].Seconds)
	}
	if !d.ErrorTable[0].IsFirst || d.ErrorTable[0].Services[0] != "redis" || len(d.Trend) < 5 || len(d.Alerts) == 0 || len(d.Tree) < 5 || len(d.State.Versions) == 0 || len(d.State.Gauges) == 0 {
		t.Errorf("parts are missing: %+v", d)
	}
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]any{}
	if err := json.Unmarshal(text, &keys); err != nil {
		t.Fatal(err)
	}
	for _, k := range []string{"error_table", "cascade", "verdict", "gaps", "trend", "causes", "similar", "queries"} {
		if keys[k] == nil {
			t.Errorf("no key %s, or null", k)
		}
	}
	if d := ask(nightly.DossierOptions{Incident: "INC-2118", MaxSkew: 10 * time.Second}); d.Verdict != "not certain" || d.Cascade[0].Certain || !strings.Contains(d.Sentence, "clocks differ by up to 10 s") {
		t.Errorf("with skew: %s: %s", d.Verdict, d.Sentence)
	}
	at := d.Incident.Started
	bare := ask(nightly.DossierOptions{From: at.Add(-15 * time.Minute), Until: at.Add(45 * time.Minute), Service: "gateway"})
	if order(bare) != want || bare.Gaps[3].IsOpen || bare.Incident.ID != "" {
		t.Errorf("without a record: %s", order(bare))
	}
	empty := ask(nightly.DossierOptions{From: at.AddDate(1, 0, 0), Until: at.AddDate(1, 0, 1)})
	if empty.Verdict != "no log evidence" || len(empty.Trend) != 0 || !strings.Contains(strings.Join(empty.Missing, " "), "No logs of these hours") || !strings.Contains(strings.Join(empty.Missing, " "), "future") {
		t.Errorf("in the future: %s %v", empty.Verdict, empty.Missing)
	}
	if _, err := nightly.Dossier(ctx, w, nightly.DossierOptions{Config: c, Now: demo.AsOf(), Incident: "INC-218"}); err == nil || !strings.Contains(err.Error(), `"INC-2118"`) {
		t.Errorf("unknown id: %v", err)
	}
	for _, q := range d.Queries {
		for _, l := range q.Text {
			if l.Language != "lake SQL" {
				continue
			}
			if a, err := w.SQL(ctx, l.Query); err != nil || len(a.Rows) == 0 {
				t.Errorf("%s: %d rows, %v", q.For, len(a.Rows), err)
			}
		}
	}
	for _, n := range d.Tree {
		if _, err := w.SQL(ctx, n.SQL); n.SQL == "" || err != nil {
			t.Errorf("%s: no query or a bad one: %v", n.Text, err)
		}
	}
	if text := finding.WriteDraft(finding.Draft(*d, c.Location())); !strings.Contains(text, "## Root cause") || strings.Contains(text, "%!") {
		t.Errorf("draft:\n%s", text)
	}
}

// Words that people put into a draft outlive the next report.
func TestDraftKeepsWords(t *testing.T) {
	t.Parallel()
	dir, w := mini(t)
	c := load(t, dir)
	out := walk(t, c, w.AsOf(), 2)
	files, err := filepath.Glob(filepath.Join(out.Report, "incident", "inc-2113-*.md"))
	if err != nil || len(files) != 1 {
		t.Fatalf("drafts %v, %v", files, err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	own := strings.Replace(string(text), "*To be written.*", "We were lucky that it came back.", 1)
	if own == string(text) {
		t.Fatal("nothing to edit")
	}
	if err := os.WriteFile(files[0], []byte(own), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := nightly.Report(context.Background(), nightly.Options{Config: c, Now: w.AsOf(), Tool: "almanac test 2", Workers: 2}); err != nil {
		t.Fatal(err)
	}
	again, err := os.ReadFile(files[0])
	if err != nil || string(again) != own {
		t.Errorf("the draft changed (%v)", err)
	}
	page, err := os.ReadFile(strings.TrimSuffix(files[0], ".md") + "-draft.html")
	if err != nil || !strings.Contains(string(page), "We were lucky that it") {
		t.Errorf("the page of the draft does not show it (%v)", err)
	}
}
