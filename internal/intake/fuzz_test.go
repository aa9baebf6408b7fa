package intake

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"almanac/schemas"
)

// chunked gives a text in pieces of the given lengths, over and over: what is
// read must not depend on where the blocks end.
type chunked struct {
	b    []byte
	lens []int
	at   int
}

func (c *chunked) Read(p []byte) (int, error) {
	if len(c.b) == 0 {
		return 0, io.EOF
	}
	n := min(c.lens[c.at%len(c.lens)], len(p), len(c.b))
	c.at++
	copy(p, c.b[:n])
	c.b = c.b[n:]
	return n, nil
}

// readFrom reads a stream in the format named ("": by content), without a
// file below it.
func readFrom(r io.Reader, name, format string) (Result, *keeper, error) {
	in := Input{
		Source: &Source{Name: "fuzz", Format: format, Zone: time.UTC}, Name: name, Final: true,
		ModTime: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC),
	}
	k := &keeper{}
	x := &reading{ctx: context.Background(), in: in, rec: &Recorder{sink: k, source: in.Source, file: name}}
	x.rec.latest = in.ModTime.Add(48 * time.Hour).UnixMicro()
	x.rec.distant = in.ModTime.Add(400 * 24 * time.Hour).UnixMicro()
	sp := newSplitter(r)
	sp.takeLast = true
	err := x.fresh(sp)
	return x.res, k, err
}

// told prints all that a reading gave, to compare two.
func told(r Result, k *keeper) string {
	rest, err := json.MarshalIndent([]any{k.changes, k.incidents, k.metrics, k.rejects, r}, "", " ")
	return fmt.Sprint(golden(r, k), string(rest), err)
}

// Bounds of what one hostile input of size n may cost: time is generous (the
// machine is shared), memory is counted in bytes allocated over the reading.
const (
	hostileTime  = 5 * time.Second
	hostileBytes = 64 << 20 // on top of hostileShare bytes per byte of input
	hostileShare = 4096
)

// judge reads content in a format and holds what must hold for any bytes: no
// panic, the accounting balances, text is valid, cost is bounded, and the
// blocks of reading do not matter.
func judge(t testing.TB, name, format string, content []byte) {
	t.Helper()
	from := time.Now()
	var before, after runtime.MemStats
	measure := len(content) > 4096
	if measure {
		runtime.ReadMemStats(&before)
	}
	r, k, err := readFrom(bytes.NewReader(bytes.Clone(content)), name, format)
	if err != nil {
		t.Fatalf("%s: %v", format, err)
	}
	if d := time.Since(from); d > hostileTime {
		t.Fatalf("%s: %d bytes took %v", format, len(content), d)
	}
	if measure {
		runtime.ReadMemStats(&after)
		if got, most := after.TotalAlloc-before.TotalAlloc, uint64(hostileBytes+hostileShare*len(content)); got > most {
			t.Fatalf("%s: %d bytes allocated %d MiB", format, len(content), got>>20)
		}
	}
	if !r.Counts.Balances() || r.Counts.Lines < 0 || r.Counts.Continuations < 0 {
		t.Fatalf("%s: accounting does not balance: %+v", format, r.Counts)
	}
	if got := int64(len(k.events) + len(k.changes) + len(k.incidents) + len(k.metrics)); got != r.Counts.Events {
		t.Fatalf("%s: %d records for %d counted", format, got, r.Counts.Events)
	}
	if int64(len(k.rejects)) != r.Counts.Rejects {
		t.Fatalf("%s: %d rejects for %d counted", format, len(k.rejects), r.Counts.Rejects)
	}
	for _, e := range k.events {
		if !utf8.ValidString(e.Message+e.Service+e.Host+e.TraceID+e.ErrorType) || e.TS < earliest || e.EventDate == "" {
			t.Fatalf("%s: bad event %+v", format, e)
		}
	}
	for _, x := range k.rejects {
		if x.Reason == "" || !utf8.ValidString(x.Raw+x.Reason) || len(x.Raw) > 4*MaxRejectRaw {
			t.Fatalf("%s: bad reject %+v", format, x)
		}
	}
	one := told(r, k)
	for _, lens := range [][]int{{1 + len(content)%13, 1, 4096}, {blockSize / 3, 7}} {
		r2, k2, err := readFrom(&chunked{b: bytes.Clone(content), lens: lens}, name, format)
		if err != nil {
			t.Fatalf("%s: %v", format, err)
		}
		if two := told(r2, k2); two != one {
			t.Fatalf("%s: blocks of %v give another reading:\n%s", format, lens, cmp.Diff(strings.Split(one, "\n"), strings.Split(two, "\n")))
		}
	}
}

// samplesOf gives the samples of a format, and its regressions, by file name.
func samplesOf(t testing.TB, format string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for _, pattern := range []string{"sample*", "fuzz*"} {
		paths, _ := filepath.Glob(filepath.Join("..", "..", "testdata", "formats", format, pattern))
		for _, path := range paths {
			if strings.HasSuffix(path, ".want") {
				continue
			}
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			out[filepath.Base(path)] = b
		}
	}
	return out
}

// FuzzFormat reads anything as the format that FORMAT names (none: detected).
// `make fuzz` goes through all formats.
func FuzzFormat(f *testing.F) {
	format := os.Getenv("FORMAT")
	if format != "" && formatNamed(format) == nil {
		f.Fatalf("FORMAT=%s is no format", format)
	}
	for _, x := range Formats() {
		if format != "" && x.Name != format {
			continue
		}
		for _, b := range samplesOf(f, x.Name) {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		if len(content) > 1<<20 {
			return
		}
		judge(t, "app.log", format, content)
	})
}

// TestEveryFormatHasASeed: a format without a sample would be fuzzed from
// nothing.
func TestEveryFormatHasASeed(t *testing.T) {
	for _, f := range Formats() {
		if len(samplesOf(t, f.Name)) == 0 {
			t.Errorf("no sample in testdata/formats/%s", f.Name)
		}
	}
}

// resumed reads content as a file that grew over two nights; the accounting
// of both must add up to all its lines.
func resumed(t testing.TB, dir, format string, content []byte, cut int) {
	t.Helper()
	f := formatNamed(format)
	if f == nil || f.Lines == nil {
		return
	}
	path := filepath.Join(dir, "app.log")
	in := Input{Source: &Source{Name: "fuzz", Format: format}, Path: path, Name: "app.log", ModTime: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)}
	var ledger []schemas.LedgerEntry
	var lines int64
	for night, part := range [][]byte{content[:cut], content} {
		if err := os.WriteFile(path, part, 0o600); err != nil {
			t.Fatal(err)
		}
		in.Final = night == 1
		k := &keeper{}
		r, err := Read(context.Background(), in, ledger, k)
		if err != nil {
			t.Fatalf("%s: %v", format, err)
		}
		if !r.Counts.Balances() || int64(len(k.events)) != r.Counts.Events {
			t.Fatalf("%s: night %d: %+v with %d events", format, night, r.Counts, len(k.events))
		}
		lines += r.Counts.Lines
		if night == 1 && len(ledger) > 0 {
			lines -= ledger[0].Lines
		}
		ledger = Advance(ledger, r)
	}
	whole := linesOf(content)
	most := whole
	if last := content[bytes.LastIndexByte(content[:cut], '\n')+1 : cut]; isWholeObject(last) {
		// It was taken as a line, so that its rest, if there is any, is others:
		// an object each, or one that is refused.
		rest, _, _ := bytes.Cut(content[cut:], []byte{'\n'})
		most += int64(bytes.Count(rest, []byte{'{'})) + 1
	}
	head := content[:min(len(content), 64)] // an archive, UTF-16 or XML has other lines than its bytes
	if utf16Of(head) == 0 && packing(head) == "" && !isXML(head) && !isXML(content[:min(cut, 64)]) && (lines < whole || lines > most) {
		t.Fatalf("%s: %d lines of %d over two nights, cut at %d", format, lines, whole, cut)
	}
}

// linesOf counts the lines of a text: a byte order mark alone is none.
func linesOf(content []byte) int64 {
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	n := int64(bytes.Count(content, []byte{'\n'}))
	if len(content) > 0 && content[len(content)-1] != '\n' {
		n++
	}
	return n
}
