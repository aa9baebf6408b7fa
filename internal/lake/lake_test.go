package lake

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"almanac/schemas"
)

const day0 = 1_774_915_200_000_000 // 2026-03-31T00:00:00Z in microseconds

// someEvents gives n events of a few services over days, the same for the
// same seed.
func someEvents(seed uint64, n, days int) []schemas.Event {
	rnd := rand.New(rand.NewPCG(seed, 1))
	levels := []string{"info", "info", "info", "warn", "error", "", "debug"}
	out := make([]schemas.Event, n)
	for i := range out {
		shape := rnd.IntN(12)
		e := schemas.Event{
			TS:       day0 + rnd.Int64N(int64(days)*86_400_000_000),
			Service:  fmt.Sprintf("svc-%d", rnd.IntN(4)),
			Host:     fmt.Sprintf("h%d", rnd.IntN(3)),
			Level:    levels[rnd.IntN(len(levels))],
			Kind:     schemas.EventLog,
			ShapeID:  fmt.Sprintf("s%03d", shape),
			Message:  fmt.Sprintf("shape %d did thing %d in %d ms", shape, rnd.IntN(50), rnd.IntN(9999)),
			SourceID: fmt.Sprintf("f%d", seed),
			Line:     int64(i + 1),
		}
		if e.Level == "error" {
			e.ErrorType = []string{"Timeout", "NullPointer"}[rnd.IntN(2)]
		}
		if shape == 0 {
			e.Kind = schemas.EventRequest
		}
		out[i] = e
	}
	return out
}

// mustOpen opens a lake that does not wait for the disk: most tests are not
// about power loss. The tests of faults and kills write as almanac does.
func mustOpen(t testing.TB, dir string) *Lake {
	t.Helper()
	l, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	l.disk = hastyDisk{osDisk{}}
	return l
}

type hastyDisk struct{ disk }

func (hastyDisk) SyncDir(string) error { return nil }

func (d hastyDisk) Create(path string) (diskFile, error) {
	f, err := d.disk.Create(path)
	return hastyFile{f}, err
}

type hastyFile struct{ diskFile }

func (hastyFile) Sync() error { return nil }

// night publishes one night.
func night(t testing.TB, dir string, opt Options, fill func(*Night)) Result {
	t.Helper()
	n := Begin(mustOpen(t, dir), opt)
	fill(n)
	res, err := n.Commit(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func appendAll(t testing.TB, r *Run, events []schemas.Event) {
	t.Helper()
	for i := range events {
		if err := r.Append(&events[i]); err != nil {
			t.Fatal(err)
		}
	}
}

// tree gives the relative paths and hashes of all data files that the
// manifest lists, after checking that the lake is sound.
func tree(t testing.TB, dir string) map[string]string {
	t.Helper()
	l := mustOpen(t, dir)
	problems, err := l.Check(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		if !strings.Contains(p.Do, "the next night") {
			t.Fatalf("lake is not sound: %+v", p)
		}
	}
	out := map[string]string{}
	for _, files := range l.m.Tables {
		for _, f := range files {
			data, err := os.ReadFile(l.path(f))
			if err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256(data)
			out[f.Path] = hex.EncodeToString(sum[:])
		}
	}
	return out
}

func allEvents(t testing.TB, dir string) []schemas.Event {
	t.Helper()
	l := mustOpen(t, dir)
	var out []schemas.Event
	for _, d := range l.Dates(TableEvent) {
		rows, err := Read[schemas.Event](l, TableEvent, d)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, rows...)
	}
	return out
}

func TestEmptyLake(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "absent")
	l := mustOpen(t, dir)
	if l.Generation() != 0 || l.Files(TableEvent) != nil && len(l.Files(TableEvent)) > 0 {
		t.Errorf("not empty: %+v", l.m)
	}
	if p, err := l.Check(context.Background()); err != nil || len(p) > 0 {
		t.Errorf("check of an empty lake: %v %v", p, err)
	}
	if _, err := l.GC(-1); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Error("reading made a directory")
	}
}

func TestOpenRefuses(t *testing.T) {
	cases := []struct{ name, manifest, want string }{
		{"newer", `{"version":99,"tool":"almanac 9","generation":3,"tables":{"event":"other form"}}`, "update almanac"},
		{"damaged", `{"version":1,`, "restore it"},
		{"foreign", `{"name":"x"}`, "not an almanac manifest"},
		{"path out of the lake", `{"version":1,"generation":1,"tables":{"event":[{"path":"../../etc/passwd","event_date":"x"}]}}`, "restore the manifest"},
		{"path of another date", `{"version":1,"generation":1,"tables":{"event":[{"path":"event/event_date=2026-01-01/00000000000000000000000000000000.parquet","event_date":"2026-01-02"}]}}`, "restore the manifest"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, manifestName), []byte(c.manifest), 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := Open(dir)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
			if got := errors.Is(err, ErrNewer); got != (c.name == "newer") {
				t.Errorf("ErrNewer is %v", got)
			}
		})
	}
}

func TestOpenMissingManifestOfPublishedLake(t *testing.T) {
	dir := t.TempDir()
	for i := range 2 {
		night(t, dir, Options{}, func(n *Night) { appendAll(t, n.NewRun(), someEvents(uint64(i), 10, 1)) })
	}
	if err := os.Remove(filepath.Join(dir, manifestName)); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "MANIFEST-1.json") {
		t.Errorf("error %v", err)
	}
}

func TestRoundTrip(t *testing.T) {
	dir := t.TempDir()
	events := someEvents(1, 5000, 3)
	events = append(events,
		schemas.Event{Message: "no instant", SourceID: "x", Line: 1},
		schemas.Event{TS: day0 + 1, Service: "bad\xff", Message: "a\x00b\xc3(", SourceID: "x", Line: 2},
		schemas.Event{TS: day0 + 2, Message: strings.Repeat("é", MaxMessage), SourceID: "x", Line: 3},
		schemas.Event{TS: -5, Message: "before 1970", SourceID: "x", Line: 4})
	res := night(t, dir, Options{RunRows: 700}, func(n *Night) { appendAll(t, n.NewRun(), events) })
	if !res.Published || res.Lake.Generation() != 1 {
		t.Fatalf("result %+v", res)
	}
	want := map[string]schemas.Event{}
	for _, e := range events {
		e.EventDate = schemas.DateOf(e.TS)
		if e.Line == 2 && e.SourceID == "x" {
			e.Service, e.Message = "bad\uFFFD", "a\uFFFDb\uFFFD("
		}
		if len(e.Message) > MaxMessage {
			e.Message = e.Message[:MaxMessage]
		}
		want[fmt.Sprint(e.SourceID, e.Line)] = e
	}
	got := map[string]schemas.Event{}
	all := allEvents(t, dir)
	for _, e := range all {
		got[fmt.Sprint(e.SourceID, e.Line)] = e
	}
	if diff := cmp.Diff(want, got); diff != "" || len(all) != len(events) {
		t.Errorf("%d rows of %d: %.2000s", len(all), len(events), diff)
	}
	for i := 1; i < len(all); i++ {
		if all[i].EventDate == all[i-1].EventDate && compareEvents(&all[i-1], &all[i]) > 0 {
			t.Fatalf("rows %d and %d are out of order", i-1, i)
		}
	}
	wantDates := []string{"1969-12-31", "2026-03-31", "2026-04-01", "2026-04-02", schemas.Undated}
	if diff := cmp.Diff(wantDates, res.Changed[TableEvent]); diff != "" {
		t.Error(diff)
	}
}

// compareEvents is the order of event files.
func compareEvents(a, b *schemas.Event) int {
	row := func(e *schemas.Event) *eventRow {
		return &eventRow{ts: e.TS, line: e.Line, attr: &attr{e.Host, e.Level, e.Kind, e.ErrorType, e.SourceID},
			message: []byte(e.Message), trace: []byte(e.TraceID)}
	}
	if c := (groupKey{a.Service, a.ShapeID}).compare(groupKey{b.Service, b.ShapeID}); c != 0 {
		return c
	}
	return compareRows(row(a), row(b))
}

func TestNothingChanged(t *testing.T) {
	dir := t.TempDir()
	fill := func(n *Night) {
		n.SetShapes([]schemas.Shape{{ShapeID: "s1", SignatureID: "S-1"}}, []schemas.Signature{{SignatureID: "S-1"}})
		if err := n.Replace(TableFinding, "2026-04-01", []schemas.Finding{{FindingID: "a"}, {FindingID: "b"}}); err != nil {
			t.Fatal(err)
		}
		n.SetLedger([]schemas.LedgerEntry{{SourceID: "f1", Bytes: 10}})
		n.SetAnalysis("2026-04-01T00:00:00Z", "key")
	}
	night(t, dir, Options{Tool: "almanac 1"}, fill)
	before := snapshot(t, dir)
	res := night(t, dir, Options{Tool: "almanac 2"}, fill)
	if res.Published || len(res.Changed) > 0 || res.Lake.Generation() != 1 {
		t.Errorf("result %+v", res)
	}
	if diff := cmp.Diff(before, snapshot(t, dir)); diff != "" {
		t.Errorf("bytes were written:\n%s", diff)
	}
	res = night(t, dir, Options{}, func(*Night) {})
	if res.Published {
		t.Error("an empty night was published")
	}
}

// snapshot gives every file of a directory with its content and time.
func snapshot(t testing.TB, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		out[path] = fmt.Sprintf("%x %s", sha256.Sum256(data), info.ModTime())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestCommitTwiceAndStale(t *testing.T) {
	dir := t.TempDir()
	l := mustOpen(t, dir)
	a, b := Begin(l, Options{}), Begin(l, Options{})
	a.SetAnalysis("x", "1")
	b.SetAnalysis("x", "2")
	if _, err := a.Commit(context.Background()); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Commit(context.Background()); !errors.Is(err, errSpent) {
		t.Errorf("second commit: %v", err)
	}
	if _, err := b.Commit(context.Background()); err == nil || !strings.Contains(err.Error(), "generation") {
		t.Errorf("commit on a former generation: %v", err)
	}
}

func TestCancel(t *testing.T) {
	dir := t.TempDir()
	n := Begin(mustOpen(t, dir), Options{})
	appendAll(t, n.NewRun(), someEvents(1, 100, 2))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := n.Commit(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if left := snapshot(t, dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestReadWrongType(t *testing.T) {
	l := mustOpen(t, t.TempDir())
	if _, err := Read[schemas.Change](l, TableEvent, "2026-04-01"); err == nil {
		t.Error("wrong row type is accepted")
	}
	if _, err := Read[schemas.Change](l, "nosuch", "2026-04-01"); err == nil {
		t.Error("unknown table is accepted")
	}
}

func TestLock(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "lake")
	unlock, err := Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Lock(dir); !errors.Is(err, ErrLocked) {
		t.Errorf("second lock: %v", err)
	}
	mustOpen(t, dir) // readers need no lock
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	again, err := Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := again(); err != nil {
		t.Fatal(err)
	}
}

// Texts that begin as the one before them are stored as differences, others
// whole; empty ones, and beginnings that end within a character, come back.
func TestTextsThatBeginAlike(t *testing.T) {
	var events []schemas.Event
	for i := range 4000 {
		e := schemas.Event{TS: day0 + int64(i)*1000, Service: "a", ShapeID: "s1", Kind: schemas.EventLog, SourceID: "f", Line: int64(i + 1)}
		switch {
		case i%97 == 0: // empty
		case i%2 == 0:
			e.Message = fmt.Sprintf("connection of the pool was returned after %d%s", i*7919%5000, []string{"é", "è", "ms"}[i%3])
		default:
			e.ShapeID, e.Message = "s2", strings.Repeat("é", i%5)+"same, and then the same"
		}
		events = append(events, e)
	}
	for _, c := range []struct {
		name   string
		events []schemas.Event
		want   format.Encoding
	}{
		{"alike", events, format.DeltaByteArray},
		{"not alike", []schemas.Event{
			{TS: day0, ShapeID: "s1", Message: "1 of these", Line: 1}, {TS: day0 + 1, ShapeID: "s1", Message: "2 of these", Line: 2},
		}, format.DeltaLengthByteArray},
	} {
		dir := t.TempDir()
		night(t, dir, Options{}, func(n *Night) { appendAll(t, n.NewRun(), c.events) })
		l := mustOpen(t, dir)
		read := 0
		byLine := map[int64]string{}
		if err := l.EachEvent("2026-03-31", func(e *schemas.Event) error {
			read++
			byLine[e.Line] = strings.Clone(e.Message)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for _, e := range c.events {
			if got := byLine[e.Line]; got != e.Message {
				t.Fatalf("%s: line %d is %q, was %q", c.name, e.Line, got, e.Message)
			}
		}
		if read != len(c.events) {
			t.Errorf("%s: %d of %d events", c.name, read, len(c.events))
		}
		f := openFile(t, filepath.Join(dir, l.Manifest().Tables[TableEvent][0].Path))
		for _, m := range f.Metadata().RowGroups[0].Columns {
			if m.MetaData.PathInSchema[0] == "message" && m.MetaData.Encoding[1] != c.want {
				t.Errorf("%s: encoded as %v", c.name, m.MetaData.Encoding)
			}
		}
	}
}

func openFile(t *testing.T, path string) *parquet.File {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := parquet.OpenFile(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return f
}
