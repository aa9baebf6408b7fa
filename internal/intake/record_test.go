package intake

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"almanac/schemas"
)

var updateRecords = flag.Bool("update-records", false, "rewrite the wanted rows of record samples")

// TestRecordSamples reads the samples of every change, incident and metric
// format: the format must be found by content alone, the rows must be the
// wanted ones, and at least one record must be refused or left out.
func TestRecordSamples(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range Formats() {
		if f.Kind == KindLog {
			continue
		}
		t.Run(f.Name, func(t *testing.T) {
			samples, _ := filepath.Glob(filepath.Join("..", "..", "testdata", "formats", f.Name, "sample*"))
			var all strings.Builder
			read := 0
			for _, p := range samples {
				if strings.HasSuffix(p, ".want") {
					continue
				}
				read++
				keep := &keepSink{}
				in := Input{Source: &Source{Name: "sample", Zone: berlin}, Path: p, Name: filepath.Base(p), Final: true}
				res, err := Read(context.Background(), in, nil, keep)
				if err != nil {
					t.Fatal(err)
				}
				if res.Format != f.Name {
					t.Errorf("%s: taken for %s", p, res.Format)
				}
				if !res.Counts.Balances() {
					t.Errorf("%s: accounting does not balance: %+v", p, res.Counts)
				}
				fmt.Fprintf(&all, "%s: %d records, %d rows, %d rejects, %d left out; zone: %s\n", in.Name, res.Counts.Lines, res.Counts.Events, res.Counts.Rejects, res.Counts.Blanks, res.ZoneSource)
				all.WriteString(keep.text())
			}
			if read == 0 {
				t.Fatalf("no sample in testdata/formats/%s", f.Name)
			}
			if !strings.Contains(all.String(), "reject ") {
				t.Error("no bad record among the samples")
			}
			want := filepath.Join("..", "..", "testdata", "formats", f.Name, "sample.want")
			if *updateRecords {
				if err := os.WriteFile(want, []byte(all.String()), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			b, err := os.ReadFile(want)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(b), all.String()); d != "" {
				t.Errorf("rows differ (-want +got; -update-records rewrites):\n%s", d)
			}
		})
	}
}

// text shows what was kept, one field a line, empty ones left out.
func (k *keepSink) text() string {
	var b strings.Builder
	show := func(pairs ...any) {
		for i := 0; i+1 < len(pairs); i += 2 {
			switch v := pairs[i+1].(type) {
			case string:
				if v != "" {
					fmt.Fprintf(&b, "  %s: %s\n", pairs[i], strings.ReplaceAll(v, "\n", "\n    "))
				}
			case int64:
				if v != 0 {
					fmt.Fprintf(&b, "  %s: %s\n", pairs[i], schemas.Time(v).Format("2006-01-02T15:04:05.999999Z"))
				}
			case *int64:
				if v != nil {
					fmt.Fprintf(&b, "  %s: %d s\n", pairs[i], *v)
				}
			}
		}
	}
	for _, c := range k.changes {
		fmt.Fprintf(&b, "change %s line %d\n", c.ChangeID, c.Line)
		show("kind", c.Kind, "service", c.Service, "env", c.Env, "started", c.StartedTS, "finished", c.FinishedTS, "status", c.Status,
			"actor", c.Actor, "version", c.Version, "commit", c.Commit, "url", c.URL, "title", c.Title, "warning", c.Warning)
	}
	for _, r := range k.incidents {
		fmt.Fprintf(&b, "incident %s line %d\n", r.IncidentID, r.Line)
		show("title", r.Title, "services", strings.Join(r.Services, ", "), "severity", r.Severity, "severity_raw", r.SeverityRaw,
			"started", r.StartedTS, "detected", r.DetectedTS, "acknowledged", r.AcknowledgedTS, "mitigated", r.MitigatedTS, "resolved", r.ResolvedTS,
			"stated duration", r.StatedDurationS, "stated detection", r.StatedDetectS, "stated recovery", r.StatedRecoverS,
			"cause", r.RootCause, "trigger", r.Trigger, "category", r.Category, "url", r.URL, "warning", r.Warning)
		for _, e := range r.Timeline {
			fmt.Fprintf(&b, "  %d. event\n", e.Seq)
			show("  ts", e.TS, "  status", e.Status, "  text", e.Text)
		}
		for _, a := range r.Actions {
			fmt.Fprintf(&b, "  %d. action\n", a.Seq)
			show("  kind", a.Kind, "  text", a.Text, "  owner", a.Owner, "  due", a.DueTS, "  status", a.Status, "  success", a.SuccessCondition)
		}
	}
	for _, m := range k.metrics {
		fmt.Fprintf(&b, "metric %s %s %s = %g\n", schemas.Time(m.TS).Format(time.RFC3339), m.Service, m.Name, *m.Value)
	}
	for _, r := range k.rejects {
		fmt.Fprintf(&b, "reject line %d: %s\n", r.Line, r.Reason)
	}
	return b.String()
}
