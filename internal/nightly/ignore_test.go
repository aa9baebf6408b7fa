package nightly_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"almanac/internal/finding"
	"almanac/internal/lake"
	"almanac/internal/world"
	"almanac/schemas"
)

// What almanac.ignore names is judged as ever, but is not on the front page
// and not forecast; once the entry has expired it is told again.
func TestIgnoredIsNotTold(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := world.Mini(7)
	if err := w.Write(dir); err != nil {
		t.Fatal(err)
	}
	night := schemas.DateOf(schemas.Micros(w.AsOf()))
	look := func() (lead schemas.Recurrence, status string, forecasts int, front string) {
		c := load(t, dir)
		c.Now = w.AsOf().Format(time.RFC3339)
		out := walk(t, c, w.AsOf(), 2)
		l, err := lake.Open(out.Lake)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range nightRows[schemas.Recurrence](t, l, lake.TableRecurrence, night) {
			if *r.IsLead && r.Status != "retired" {
				lead = r
			}
		}
		for _, f := range nightRows[schemas.Finding](t, l, lake.TableFinding, night) {
			if f.FindingID == lead.RecurrenceID {
				status = f.Status
			}
		}
		for _, f := range nightRows[schemas.Forecast](t, l, lake.TableForecast, night) {
			if f.RecurrenceID == lead.RecurrenceID {
				forecasts++
			}
		}
		page, err := os.ReadFile(out.Index)
		if err != nil {
			t.Fatal(err)
		}
		front, _, _ = strings.Cut(string(page), "</ol>") // the headlines
		return lead, status, forecasts, front
	}
	lead, status, forecasts, front := look()
	if lead.RecurrenceID == "" || status == finding.StatusIgnored || forecasts == 0 || !strings.Contains(front, lead.RecurrenceID[2:]) {
		t.Fatalf("before: %s, status %q, %d forecasts", lead.RecurrenceID, status, forecasts)
	}
	for _, x := range []struct {
		until     string
		isIgnored bool
	}{{w.AsOf().AddDate(0, 0, 3).Format(time.DateOnly), true}, {w.AsOf().AddDate(0, 0, -2).Format(time.DateOnly), false}} {
		text := "# known\n" + lead.RecurrenceID + ", known, and agreed with the owners, " + x.until + "\n"
		if err := os.WriteFile(filepath.Join(dir, "almanac.ignore"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		got, status, forecasts, front := look()
		if got.RecurrenceID != lead.RecurrenceID || got.Status != lead.Status {
			t.Errorf("until %s: judged otherwise: %s %s", x.until, got.RecurrenceID, got.Status)
		}
		shown := strings.Contains(front, lead.RecurrenceID[2:])
		if x.isIgnored != (status == finding.StatusIgnored) || x.isIgnored != (forecasts == 0) || x.isIgnored == shown ||
			x.isIgnored != (got.IgnoredReason == "known, and agreed with the owners") {
			t.Errorf("until %s: status %q, %d forecasts, on the front page %t, reason %q", x.until, status, forecasts, shown, got.IgnoredReason)
		}
	}
}
