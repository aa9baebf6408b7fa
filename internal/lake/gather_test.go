package lake

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"almanac/schemas"
)

func TestPackDates(t *testing.T) {
	cases := [][]string{
		nil, {"2026-11-21"}, {schemas.Undated},
		{"2026-02-27", "2026-02-28", "2026-03-01", "2026-03-03", schemas.Undated},
		{"2023-12-31", "2024-01-01", "2024-02-28", "2024-02-29", "2024-03-01"},
		{"0000-99-99", "2026-13-45", "9999-12-31"},
	}
	for _, dates := range cases {
		f := schemas.TableFile{EventDate: schemas.Gathered, Dates: packDates(dates)}
		if diff := cmp.Diff(dates, fileDates(f)); diff != "" {
			t.Errorf("%v: %s", f.Dates, diff)
		}
		for _, d := range dates {
			if !holdsDate(f, d) || lastDate(f) != dates[len(dates)-1] {
				t.Errorf("%v: %s is lost, last %s", f.Dates, d, lastDate(f))
			}
		}
		if holdsDate(f, "2026-03-02") {
			t.Errorf("%v holds a date it has not", f.Dates)
		}
	}
	if got := packDates(cases[3]); !cmp.Equal(got, []string{"2026-02-27/2026-03-01", "2026-03-03", schemas.Undated}) {
		t.Errorf("packed %v", got)
	}
}

// Many nights of a year leave few files, each night rewrites the last only,
// and any order of nights gives the bytes of one rebuild.
func TestGatheredNightsEqualRebuild(t *testing.T) {
	opt := Options{fileRows: chunkRows}
	const nights, perNight = 8, 1200
	fill := func(n *Night, i int) {
		day := day0 + int64(i)*24*hourUS
		var found []schemas.Finding
		for k := range perNight {
			found = append(found, schemas.Finding{FindingID: fmt.Sprintf("F-%04d", k)})
			n.PutCoverage(schemas.Coverage{Source: fmt.Sprint("s", k), HourTS: day, Lines: schemas.Ptr(int64(1))},
				schemas.Coverage{Source: fmt.Sprint("s", k), HourTS: day0, Lines: schemas.Ptr(int64(1))})
			n.PutRejects(schemas.Reject{EventDate: schemas.DateOf(day), SourceID: fmt.Sprint("f", i), Line: int64(k)})
		}
		if err := n.Replace(TableFinding, schemas.DateOf(day), found); err != nil {
			t.Fatal(err)
		}
	}
	rebuilt := t.TempDir()
	night(t, rebuilt, opt, func(n *Night) {
		for i := range nights {
			fill(n, i)
		}
	})
	want := tree(t, rebuilt)
	for seed := range uint64(rounds(2, 10)) {
		dir := t.TempDir()
		order := rand.New(rand.NewPCG(seed, 5)).Perm(nights)
		if seed == 0 { // nights in their order
			for i := range order {
				order[i] = i
			}
		}
		for _, i := range order {
			before := mustOpen(t, dir).m.Tables[TableFinding]
			res := night(t, dir, opt, func(n *Night) { fill(n, i) })
			date := schemas.DateOf(day0 + int64(i)*24*hourUS)
			if diff := cmp.Diff([]string{date}, res.Changed[TableFinding]); diff != "" {
				t.Fatal(diff)
			}
			if seed > 0 {
				continue
			}
			for k := range max(len(before)-1, 0) {
				if now := res.Lake.m.Tables[TableFinding][k]; now.Path != before[k].Path {
					t.Errorf("night %d rewrites file %d of %d", i, k, len(before))
				}
			}
		}
		if diff := cmp.Diff(want, tree(t, dir)); diff != "" {
			t.Fatalf("order %v: %s", order, diff)
		}
	}
	l := mustOpen(t, rebuilt)
	if files := len(l.Files(TableFinding)); files != nights*perNight/chunkRows+1 {
		t.Errorf("%d files", files)
	}
	if got := l.Dates(TableFinding); len(got) != nights {
		t.Errorf("dates %v", got)
	}
	for _, date := range l.Dates(TableFinding) {
		rows, err := Read[schemas.Finding](l, TableFinding, date)
		if err != nil || len(rows) != perNight || rows[0].EventDate != date {
			t.Errorf("%s: %d rows, %v", date, len(rows), err)
		}
	}
	if rows, err := Read[schemas.Finding](l, TableFinding, "2030-01-01"); err != nil || len(rows) != 0 {
		t.Errorf("a date without rows: %d, %v", len(rows), err)
	}
}

// Rows that lie in another order, as after a change of columns, are sorted
// again instead of making the lake useless.
func TestDisorderedFileIsSortedAgain(t *testing.T) {
	put := func(dir, id string) {
		night(t, dir, Options{}, func(n *Night) {
			n.PutChanges(schemas.Change{ChangeID: id, Kind: "b", SourceID: id, StartedTS: day0}, schemas.Change{ChangeID: id + "2", Kind: "a", SourceID: id, StartedTS: day0})
		})
	}
	old, want := t.TempDir(), t.TempDir()
	cols := findTable(TableChange).columns()
	cols[1], cols[2] = cols[2], cols[1] // kind before change_id
	put(old, "y")
	cols[1], cols[2] = cols[2], cols[1]
	put(old, "x")
	put(want, "x")
	put(want, "y")
	if diff := cmp.Diff(tree(t, want), tree(t, old)); diff != "" {
		t.Error(diff)
	}
}

// R18: a lake of format 1, a file per table and date, opens and reads; a
// table that a night touches is gathered, the others stay as they are.
func TestLakeOfVersion1(t *testing.T) {
	dir := copyLake(t, "testdata/lakes/v1")
	l := mustOpen(t, dir)
	if l.m.Version != 1 || l.Generation() != 2 || l.m.Ledger[0].Lines != 120 {
		t.Fatalf("version %d, generation %d, ledger %+v", l.m.Version, l.Generation(), l.m.Ledger)
	}
	if problems, err := l.Check(context.Background()); err != nil || len(problems) > 0 {
		t.Fatalf("check: %v %v", problems, err)
	}
	if got := len(allEvents(t, dir)); got != 120 {
		t.Errorf("%d events", got)
	}
	if diff := cmp.Diff([]string{"2026-03-31", "2026-04-02", schemas.Undated}, l.Dates(TableChange)); diff != "" {
		t.Error(diff)
	}
	before := map[string]int{}
	for _, name := range TableNames() {
		for _, f := range l.m.Tables[name] {
			before[name] += int(f.Rows)
		}
		if before[name] == 0 && name != TableForecastScore { // younger than that lake
			t.Errorf("table %s is empty: the old lake shows nothing of it", name)
		}
	}

	res := night(t, dir, Options{}, func(n *Night) {
		n.PutChanges(schemas.Change{ChangeID: "c9", SourceID: "d.csv", StartedTS: day0 + 24*hourUS})
		n.PutIncidents(incident("I1", "a.csv", day0)) // I2 of the same input goes
		n.PutCoverage(schemas.Coverage{Source: "app", HourTS: day0, Lines: schemas.Ptr(int64(5))})
		if err := n.Replace(TableFinding, "2026-04-02", []schemas.Finding{{FindingID: "f9"}}); err != nil {
			t.Fatal(err)
		}
	})
	want := map[string][]string{
		TableChange: {"2026-04-01"}, TableIncident: {"2026-04-01"}, TableIncidentService: {"2026-04-01"},
		TableIncidentEvent: {"2026-04-01"}, TableAction: {"2026-04-01"}, TableReject: {"2026-03-31"},
		TableCoverage: {"2026-03-31"}, TableFinding: {"2026-04-02"},
	}
	if diff := cmp.Diff(want, res.Changed); diff != "" {
		t.Error(diff)
	}
	for name := range want {
		if files := res.Lake.m.Tables[name]; len(files) != 1 || files[0].EventDate != schemas.Gathered {
			t.Errorf("%s is not gathered: %+v", name, files)
		}
	}
	if files := res.Lake.m.Tables[TableFix]; len(files) != 2 || files[0].EventDate == schemas.Gathered {
		t.Errorf("untouched fixes moved: %+v", files)
	}
	if got := readAll[schemas.Change](t, dir, TableChange); len(got) != before[TableChange]+1 {
		t.Errorf("%d changes", len(got))
	}
	if got, err := Read[schemas.Finding](res.Lake, TableFinding, "2026-03-31"); err != nil || len(got) != 2 {
		t.Errorf("findings of an old night: %+v %v", got, err)
	}
	tree(t, dir) // sound
}

// R18: a file from before a column was added reads as NULL there, passes
// check, and is merged with rows that have the column.
func TestColumnAddedLater(t *testing.T) {
	type oldFix struct {
		EventDate string `parquet:"event_date,dict,optional"`
		FixID     string `parquet:"fix_id,optional"`
	}
	dir, opt := t.TempDir(), Options{fileRows: chunkRows}
	night(t, dir, opt, func(n *Night) {
		b := newBatch(newTable[oldFix](TableFix))
		rows := make([]oldFix, chunkRows+1)
		for i := range rows {
			rows[i].FixID = fmt.Sprintf("F-%05d", chunkRows-i)
		}
		if err := b.replace("2026-04-01", rows); err != nil {
			t.Fatal(err)
		}
		n.batches[TableFix] = b
	})
	if problems, err := mustOpen(t, dir).Check(context.Background()); err != nil || len(problems) > 0 {
		t.Errorf("check: %v %v", problems, err)
	}
	var want []schemas.Fix
	for i := range chunkRows + 1 {
		want = append(want, schemas.Fix{EventDate: "2026-04-01", FixID: fmt.Sprintf("F-%05d", i)})
	}
	if diff := cmp.Diff(want, readAll[schemas.Fix](t, dir, TableFix)); diff != "" {
		t.Fatal(diff)
	}
	held := schemas.Fix{EventDate: "2026-04-02", FixID: "F-1", State: "held"}
	res := night(t, dir, opt, func(n *Night) {
		if err := n.Replace(TableFix, "2026-04-02", []schemas.Fix{held}); err != nil {
			t.Fatal(err)
		}
	})
	if diff := cmp.Diff(append(want, held), readAll[schemas.Fix](t, dir, TableFix)); diff != "" {
		t.Error(diff)
	}
	for _, f := range res.Lake.m.Tables[TableFix] {
		if f.Columns != len(EmptyColumns(TableFix)) {
			t.Errorf("%s keeps its %d columns", f.Path, f.Columns)
		}
	}
	if diff := cmp.Diff([]string{"2026-04-02"}, res.Changed[TableFix]); diff != "" {
		t.Error(diff)
	}
}
