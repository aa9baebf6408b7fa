package intake

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"almanac/schemas"
)

// TestHeaderIsKnownTheNextNight: a grown table of events is read on in its
// middle by the header at its beginning.
func TestHeaderIsKnownTheNextNight(t *testing.T) {
	for name, parts := range map[string][2]string{
		"csv-log": {
			"time,level,service,message\n2026-11-20T10:00:00Z,INFO,cart,one\n2026-11-20T10:00:01Z,ERROR,pay,two\n",
			"2026-11-20T10:00:02Z,ERROR,pay,three\n2026-11-20T10:00:03Z,WARN,cart,four\n",
		},
		"w3c": {
			"#Fields: date time cs-method cs-uri-stem sc-status\n2026-11-20 10:00:00 GET /a 200\n2026-11-20 10:00:01 GET /b 503\n",
			"2026-11-20 10:00:02 GET /c 503\n2026-11-20 10:00:03 GET /d 200\n",
		},
	} {
		path := filepath.Join(t.TempDir(), "app.log")
		in := Input{Source: &Source{Name: "app", Kind: KindLog}, Path: path, Name: "app.log", ModTime: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)}
		var ledger []schemas.LedgerEntry
		k := &keeper{}
		for _, content := range []string{parts[0], parts[0] + parts[1]} {
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			r, err := Read(context.Background(), in, ledger, k)
			if err != nil || !r.Counts.Balances() || r.Format != name {
				t.Fatalf("%s: %s %+v %v", name, r.Format, r.Counts, err)
			}
			ledger = Advance(ledger, r)
		}
		if len(k.events) != 4 || len(k.rejects) != 0 {
			t.Errorf("%s: %d events, rejects %+v", name, len(k.events), k.rejects)
		}
		for i, e := range k.events {
			if want := time.Date(2026, 11, 20, 10, 0, i, 0, time.UTC).UnixMicro(); e.TS != want {
				t.Errorf("%s: event %d at %s", name, i, time.UnixMicro(e.TS).UTC())
			}
		}
	}
}

// TestPartsWithoutEnd: parts of a line whose end never came are an event, not
// lost.
func TestPartsWithoutEnd(t *testing.T) {
	for text, want := range map[string]string{
		"2026-11-20T10:00:00Z stdout F 2026-11-20T10:00:00Z INFO whole\n2026-11-20T10:00:01Z stderr P half a \n2026-11-20T10:00:01Z stderr P line\n":                          "half a line",
		"{\"log\":\"whole\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-20T10:00:00Z\"}\n{\"log\":\"half a line\",\"stream\":\"stdout\",\"time\":\"2026-11-20T10:00:01Z\"}\n": "half a line",
	} {
		_, k := readBytes(t, []byte(text), func(in *Input) { in.Final = true })
		if n := len(k.events); n != 2 || k.events[n-1].Message != want || k.events[n-1].TS != time.Date(2026, 11, 20, 10, 0, 1, 0, time.UTC).UnixMicro() {
			t.Errorf("%q: %+v", text, k.events)
		}
	}
}

// TestWholeObjectNeedsNoLineEnd: a JSON object from brace to brace is a whole
// line, although the next one has not begun; half an object waits.
func TestWholeObjectNeedsNoLineEnd(t *testing.T) {
	line := func(i string) string { return `{"level":"error","ts":17952784` + i + `.5,"msg":"failed ` + i + `"}` }
	path := filepath.Join(t.TempDir(), "app.log")
	in := Input{Source: &Source{Name: "app", Kind: KindLog}, Path: path, Name: "app.log", ModTime: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)}
	var ledger []schemas.LedgerEntry
	k := &keeper{}
	for night, x := range []struct {
		content string
		events  int
	}{
		{line("21"), 1},
		{line("21") + "\n" + line("22"), 2},
		{line("21") + "\n" + line("22") + " \r\n" + line("23")[:30], 2},
		{line("21") + "\n" + line("22") + " \r\n" + line("23"), 3},
		{line("21") + "\n" + line("22") + " \r\n" + line("23") + "\n", 3},
	} {
		if err := os.WriteFile(path, []byte(x.content), 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := Read(context.Background(), in, ledger, k)
		if err != nil || !r.Counts.Balances() {
			t.Fatalf("night %d: %+v %v", night, r.Counts, err)
		}
		ledger = Advance(ledger, r)
		if len(k.events) != x.events || len(k.rejects) != 0 {
			t.Fatalf("night %d: %d events instead of %d, rejects %+v", night, len(k.events), x.events, k.rejects)
		}
	}
	if e := k.events[2]; e.Message != "failed 23" || e.Line != 3 {
		t.Errorf("%+v", e)
	}
	// A writer that ends no line at all.
	k, ledger = &keeper{}, nil
	for night, content := range []string{line("21"), line("21") + line("22"), line("21") + line("22") + line("23") + line("24") + "\n" + line("25")} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := Read(context.Background(), in, ledger, k)
		if err != nil || !r.Counts.Balances() || len(k.rejects) != 0 {
			t.Fatalf("night %d: %+v %v %+v", night, r.Counts, err, k.rejects)
		}
		ledger = Advance(ledger, r)
	}
	for i, e := range k.events {
		if want := "failed 2" + string(rune('1'+i)); e.Message != want {
			t.Errorf("event %d is %q, want %q", i, e.Message, want)
		}
	}
	if len(k.events) != 5 {
		t.Errorf("%d events, want 5", len(k.events))
	}
}
