package intake

import (
	"bytes"
	"context"
	"encoding/json"
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

var updateLogs = flag.Bool("update-logs", false, "rewrite the goldens of the log formats")

// logRow is what a golden shows of an event.
type logRow struct {
	Line      int64  `json:"line"`
	TS        string `json:"ts"`
	Service   string `json:"service"`
	Host      string `json:"host,omitempty"`
	Level     string `json:"level,omitempty"`
	Kind      string `json:"kind,omitempty"`
	Message   string `json:"message"`
	ErrorType string `json:"error_type,omitempty"`
	TraceID   string `json:"trace_id,omitempty"`
}

type rejectRow struct {
	Line   int64  `json:"line"`
	Reject string `json:"reject"`
}

// golden prints what was read of an input, one JSON object per line.
func golden(r Result, k *keeper) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	c := r.Counts
	fmt.Fprintf(&b, "# format %s, zone %s, lines %d = events %d + continuations %d + blanks %d + rejects %d + already seen %d\n",
		r.Format, r.ZoneSource, c.Lines, c.Events, c.Continuations, c.Blanks, c.Rejects, c.AlreadySeen)
	for _, e := range k.events {
		kind := e.Kind
		if kind == schemas.EventLog {
			kind = ""
		}
		enc.Encode(logRow{e.Line, time.UnixMicro(e.TS).UTC().Format(time.RFC3339Nano), e.Service, e.Host, e.Level, kind, e.Message, e.ErrorType, e.TraceID})
	}
	for _, x := range k.rejects {
		enc.Encode(rejectRow{x.Line, x.Reason})
	}
	return b.String()
}

func sampleInput(path, name string) Input {
	loc, _ := time.LoadLocation("Europe/Berlin")
	return Input{Source: &Source{Name: "sample", Kind: KindLog, Zone: loc}, Path: path, Name: name, ModTime: time.Date(2026, 11, 21, 20, 0, 0, 0, time.UTC)}
}

// TestLogSamples reads the samples of every log format: each is detected and
// read as its golden says, and the bad line of the first is refused.
func TestLogSamples(t *testing.T) {
	for _, f := range Formats() {
		if f.Kind != KindLog {
			continue
		}
		t.Run(f.Name, func(t *testing.T) {
			dir := filepath.Join("..", "..", "testdata", "formats", f.Name)
			paths, _ := filepath.Glob(filepath.Join(dir, "sample*"))
			read := 0
			for _, path := range paths {
				name := filepath.Base(path)
				if strings.HasSuffix(name, ".want") {
					continue
				}
				read++
				k := &keeper{}
				r, err := Read(context.Background(), sampleInput(path, name), nil, k)
				if err != nil {
					t.Fatal(err)
				}
				if r.Format != f.Name {
					t.Errorf("%s: read as %s (%.2f)", name, r.Format, r.Confidence)
				}
				if !r.Counts.Balances() || name == "sample.log" && (len(k.rejects) == 0 || len(k.events) < 2) {
					t.Errorf("%s: wants at least two events and one reject, has %+v", name, r.Counts)
				}
				holdGolden(t, strings.TrimSuffix(path, ".log")+".want", golden(r, k))
			}
			if read == 0 {
				t.Error("no sample")
			}
		})
	}
}

func holdGolden(t *testing.T, want, got string) {
	t.Helper()
	if *updateLogs {
		if err := os.WriteFile(want, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(want)
	if err != nil {
		t.Fatalf("%v (run with -update-logs)", err)
	}
	if d := cmp.Diff(strings.Split(string(b), "\n"), strings.Split(got, "\n")); d != "" {
		t.Errorf("%s: %s", filepath.Base(want), d)
	}
}
