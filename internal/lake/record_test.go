package lake

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"almanac/schemas"
)

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 11)) }

func valueOf[T any](row *T) reflect.Value { return reflect.ValueOf(row).Elem() }

const hourUS = 3_600_000_000

func incident(id, source string, ts int64) schemas.IncidentRecord {
	return schemas.IncidentRecord{
		Incident: schemas.Incident{IncidentID: id, SourceID: source, StartedTS: ts, Title: "t"},
		Services: []string{"cart", "api"},
		Timeline: []schemas.IncidentEvent{{Seq: 1, TS: ts, Text: "began"}, {Seq: 2, Text: "ended"}},
		Actions:  []schemas.Action{{Seq: 1, Text: "raise the limit", Kind: schemas.ActionPrevention}},
	}
}

// readAll reads a table's rows of all dates.
func readAll[T any](t *testing.T, dir, table string) []T {
	t.Helper()
	l := mustOpen(t, dir)
	var out []T
	for _, d := range l.Dates(table) {
		rows, err := Read[T](l, table, d)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, rows...)
	}
	return out
}

// An input read again replaces all its rows on every date, children too; the
// rows of other inputs stay.
func TestRereadReplaces(t *testing.T) {
	dir := t.TempDir()
	night(t, dir, Options{}, func(n *Night) {
		n.PutIncidents(incident("I1", "a.csv", day0), incident("I2", "a.csv", day0+30*hourUS), incident("I9", "b.csv", day0))
		n.PutChanges(schemas.Change{ChangeID: "c1", SourceID: "c.csv", StartedTS: day0}, schemas.Change{ChangeID: "c2", SourceID: "c.csv", FinishedTS: day0 + 50*hourUS})
		n.PutRejects(schemas.Reject{SourceID: "a.csv", Line: 7, EventDate: "2026-03-31"}, schemas.Reject{SourceID: "app.log", Line: 1, EventDate: "../x"})
	})
	ids := func() (out []string) {
		for _, r := range readAll[schemas.Incident](t, dir, TableIncident) {
			out = append(out, r.EventDate+" "+r.IncidentID)
		}
		return out
	}
	if diff := cmp.Diff([]string{"2026-03-31 I1", "2026-03-31 I9", "2026-04-01 I2"}, ids()); diff != "" {
		t.Error(diff)
	}
	for _, r := range readAll[schemas.IncidentEvent](t, dir, TableIncidentEvent) {
		if r.IncidentID == "" || r.SourceID == "" || r.EventDate == "" {
			t.Errorf("orphan %+v", r)
		}
	}
	if r := readAll[schemas.Reject](t, dir, TableReject); len(r) != 2 || r[1].EventDate != schemas.Undated {
		t.Errorf("rejects %+v", r)
	}

	// a.csv grew: I2 moved to another day and I3 is new. c.csv is empty now.
	res := night(t, dir, Options{}, func(n *Night) {
		n.PutIncidents(incident("I1", "a.csv", day0), incident("I2", "a.csv", day0+60*hourUS), incident("I3", "a.csv", day0+60*hourUS))
		n.Reread("c.csv")
	})
	if diff := cmp.Diff([]string{"2026-03-31 I1", "2026-03-31 I9", "2026-04-02 I2", "2026-04-02 I3"}, ids()); diff != "" {
		t.Error(diff)
	}
	if got := len(readAll[schemas.Action](t, dir, TableAction)); got != 4 {
		t.Errorf("%d actions, want 4", got)
	}
	if got := len(readAll[schemas.IncidentService](t, dir, TableIncidentService)); got != 8 {
		t.Errorf("%d services, want 8", got)
	}
	if got := readAll[schemas.Change](t, dir, TableChange); len(got) != 0 {
		t.Errorf("changes of an emptied input stay: %+v", got)
	}
	if got := readAll[schemas.Reject](t, dir, TableReject); len(got) != 1 || got[0].SourceID != "app.log" {
		t.Errorf("rejects %+v", got)
	}
	want := []string{"2026-04-01", "2026-04-02"}
	if diff := cmp.Diff(want, res.Changed[TableIncident]); diff != "" {
		t.Errorf("changed dates (the first is as it was): %s", diff)
	}

	// The same input once more changes nothing.
	res = night(t, dir, Options{}, func(n *Night) {
		n.PutIncidents(incident("I3", "a.csv", day0+60*hourUS), incident("I1", "a.csv", day0), incident("I2", "a.csv", day0+60*hourUS))
	})
	if res.Published {
		t.Errorf("a reread without a change was published: %v", res.Changed)
	}
}

// A re-read input opens only the files from the first that holds its rows, and
// opens none where it has none: a year of history costs nothing.
func TestRereadOpensOnlyItsFiles(t *testing.T) {
	dir := t.TempDir()
	opt := Options{fileRows: chunkRows}
	night(t, dir, opt, func(n *Night) {
		rows := make([]schemas.Change, 3*chunkRows)
		for i := range rows {
			rows[i] = schemas.Change{ChangeID: fmt.Sprint(i), SourceID: []string{"a", "b", "c"}[i/chunkRows], StartedTS: day0 + int64(i)*minuteUS}
		}
		n.PutChanges(rows...)
	})
	l := mustOpen(t, dir)
	files := l.m.Tables[TableChange]
	if len(files) != 3 || files[2].Seq != 2 {
		t.Fatalf("files %+v", files)
	}
	if err := os.Remove(l.path(files[0])); err != nil { // of input a
		t.Fatal(err)
	}
	again := schemas.Change{ChangeID: "x", SourceID: "b", StartedTS: day0 + 7*24*hourUS}
	res := night(t, dir, opt, func(n *Night) { n.PutChanges(again); n.Reread("new") })
	want := []string{"2026-04-02", "2026-04-03", "2026-04-04", "2026-04-05", "2026-04-07"}
	if diff := cmp.Diff(want, res.Changed[TableChange]); diff != "" {
		t.Error(diff)
	}
	if now := res.Lake.m.Tables[TableChange]; len(now) != 3 || now[0].Path != files[0].Path {
		t.Errorf("the first file is not kept: %+v", now)
	}
	n := Begin(mustOpen(t, dir), opt)
	n.Reread("a")
	if _, err := n.Commit(context.Background()); err == nil {
		t.Error("the file of a was not opened")
	}
}

func TestCoverageAddsUp(t *testing.T) {
	dir := t.TempDir()
	p := schemas.Ptr[int64]
	for range 2 {
		night(t, dir, Options{}, func(n *Night) {
			n.PutCoverage(schemas.Coverage{Source: "a", HourTS: day0, Lines: p(3), Events: p(0)},
				schemas.Coverage{Source: "a", HourTS: day0, Lines: p(4), Rejects: p(1)},
				schemas.Coverage{Source: "a", HourTS: day0 + hourUS, Lines: p(1)},
				schemas.Coverage{Source: "b", HourTS: day0, Lines: p(9)})
		})
	}
	want := []schemas.Coverage{
		{EventDate: "2026-03-31", Source: "a", HourTS: day0, Lines: p(14), Events: p(0), Rejects: p(2)},
		{EventDate: "2026-03-31", Source: "a", HourTS: day0 + hourUS, Lines: p(2)},
		{EventDate: "2026-03-31", Source: "b", HourTS: day0, Lines: p(18)},
	}
	if diff := cmp.Diff(want, readAll[schemas.Coverage](t, dir, TableCoverage)); diff != "" {
		t.Error(diff)
	}
}

func TestReplace(t *testing.T) {
	dir := t.TempDir()
	replace := func(date string, rows any) Result {
		return night(t, dir, Options{}, func(n *Night) {
			if err := n.Replace(TableOnset, date, rows); err != nil {
				t.Fatal(err)
			}
		})
	}
	replace("2026-04-01", []schemas.Onset{{OnsetID: "O-2", PValue: schemas.Ptr(math.NaN())}, {OnsetID: "O-1", Sentence: "bad \xfe byte"}})
	replace("2026-04-02", []schemas.Onset{{OnsetID: "O-3"}})
	replace("2026-04-01", []schemas.Onset{{OnsetID: "O-2", PValue: schemas.Ptr(math.NaN())}, {OnsetID: "O-1", Sentence: "bad \xfe byte"}})
	want := []schemas.Onset{{EventDate: "2026-04-01", OnsetID: "O-1", Sentence: "bad \uFFFD byte"},
		{EventDate: "2026-04-01", OnsetID: "O-2"}, {EventDate: "2026-04-02", OnsetID: "O-3"}}
	if diff := cmp.Diff(want, readAll[schemas.Onset](t, dir, TableOnset)); diff != "" {
		t.Error(diff)
	}
	if res := replace("2026-04-01", []schemas.Onset{}); !res.Published || len(readAll[schemas.Onset](t, dir, TableOnset)) != 1 {
		t.Error("an emptied night keeps its rows")
	}
	n := Begin(mustOpen(t, dir), Options{})
	for _, c := range []struct {
		table, date string
		rows        any
	}{
		{TableOnset, "2026-04-01", []schemas.Finding{}}, {TableOnset, "../../etc", []schemas.Onset{}},
		{TableEvent, "2026-04-01", []schemas.Event{}}, {"nosuch", "2026-04-01", nil},
	} {
		if err := n.Replace(c.table, c.date, c.rows); err == nil {
			t.Errorf("%s %s %T is accepted", c.table, c.date, c.rows)
		}
	}
}

func TestShapesAreReplacedWhole(t *testing.T) {
	dir := t.TempDir()
	night(t, dir, Options{}, func(n *Night) {
		n.SetShapes([]schemas.Shape{{ShapeID: "b"}, {ShapeID: "a"}}, []schemas.Signature{{SignatureID: "S-1"}})
	})
	night(t, dir, Options{}, func(n *Night) {
		n.SetShapes([]schemas.Shape{{ShapeID: "c"}}, nil)
	})
	if got := readAll[schemas.Shape](t, dir, TableShape); len(got) != 1 || got[0].ShapeID != "c" || got[0].EventDate != schemas.Undated {
		t.Errorf("shapes %+v", got)
	}
	if got := mustOpen(t, dir).Files(TableSignature); len(got) != 0 {
		t.Errorf("signatures %v", got)
	}
}

// The manifest's books are right: rows and bytes of every file, and the
// instants they span.
func TestManifestAccounts(t *testing.T) {
	dir := t.TempDir()
	events := someEvents(4, 3000, 2)
	night(t, dir, Options{}, func(n *Night) { appendAll(t, n.NewRun(), events) })
	l := mustOpen(t, dir)
	rows := int64(0)
	lo, hi := map[string]int64{}, map[string]int64{}
	for _, e := range events {
		d := schemas.DateOf(e.TS)
		if lo[d] == 0 || e.TS < lo[d] {
			lo[d] = e.TS
		}
		hi[d] = max(hi[d], e.TS)
	}
	for i, f := range l.m.Tables[TableEvent] {
		rows += f.Rows
		if f.MinTS != lo[f.EventDate] || f.MaxTS != hi[f.EventDate] {
			t.Errorf("%s spans %d-%d, want %d-%d", f.EventDate, f.MinTS, f.MaxTS, lo[f.EventDate], hi[f.EventDate])
		}
		sum, size := hashOf(t, l.Files(TableEvent)[i])
		if size != f.Bytes || sum != f.SHA256 || !strings.Contains(f.Path, sum[:32]) {
			t.Errorf("%s: %d bytes, manifest %d", f.Path, size, f.Bytes)
		}
	}
	if rows != int64(len(events)) {
		t.Errorf("%d rows, want %d", rows, len(events))
	}
}

// A date too large for one file is cut by its rows alone: nights in another
// order give the same files, and all of them are merged.
func TestLargeDateIsCutByRows(t *testing.T) {
	opt := Options{fileRows: chunkRows, Workers: 3}
	events := someEvents(6, 3*chunkRows+500, 1)
	var want map[string]string
	for _, cut := range []int{0, 100, 2 * chunkRows} {
		dir := t.TempDir()
		night(t, dir, opt, func(n *Night) { appendAll(t, n.NewRun(), events[cut:]) })
		night(t, dir, opt, func(n *Night) { appendAll(t, n.NewRun(), events[:cut]) })
		if got := len(mustOpen(t, dir).Files(TableEvent)); got != 4 {
			t.Errorf("%d files, want 4", got)
		}
		if got := len(allEvents(t, dir)); got != len(events) {
			t.Errorf("%d rows, want %d", got, len(events))
		}
		got := tree(t, dir)
		if want == nil {
			want = got
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("cut %d: %s", cut, diff)
		}
	}
}

// Huge messages end a row group early, so that memory stays bounded.
func TestHugeMessages(t *testing.T) {
	dir := t.TempDir()
	big := strings.Repeat("x", MaxMessage)
	res := night(t, dir, Options{}, func(n *Night) {
		run := n.NewRun()
		for i := range int64(130) {
			appendAll(t, run, []schemas.Event{{TS: day0 + i, Message: big, SourceID: "s", Line: i}})
		}
	})
	f, err := os.Open(res.Lake.Files(TableEvent)[0])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	pf, err := parquet.OpenFile(f, res.Lake.m.Tables[TableEvent][0].Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if groups := len(pf.RowGroups()); groups != 130*MaxMessage/groupBytes+1 || pf.NumRows() != 130 {
		t.Errorf("%d row groups of %d rows, want 7 of 130", groups, pf.NumRows())
	}
}
