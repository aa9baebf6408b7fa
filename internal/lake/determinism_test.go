package lake

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"almanac/schemas"
)

// torture says whether the long forms of the tests run (make torture).
var torture = os.Getenv("ALMANAC_TORTURE") == "1"

// rounds picks a test's length.
func rounds(short, long int) int {
	if torture {
		return long
	}
	return short
}

// aNight is what one input file brings.
type aNight struct {
	events   []schemas.Event
	coverage []schemas.Coverage
	rejects  []schemas.Reject
	changes  []schemas.Change
}

// someNights gives nights whose events overlap in their dates: late data is
// the rule, not the exception.
func someNights(seed uint64, nights, rows int) []aNight {
	out := make([]aNight, nights)
	for i := range out {
		id := seed*1000 + uint64(i)
		out[i].events = someEvents(id, rows, 4)
		for h := range int64(3) {
			out[i].coverage = append(out[i].coverage, schemas.Coverage{
				Source: "app", HourTS: day0 + h*3_600_000_000, Lines: schemas.Ptr(int64(i + 1)), Events: schemas.Ptr(h)})
		}
		out[i].rejects = append(out[i].rejects, schemas.Reject{EventDate: "2026-03-31", SourceID: fmt.Sprintf("f%d", id), Line: 3, Reason: "no time stamp", Raw: "x"})
		out[i].changes = append(out[i].changes, schemas.Change{ChangeID: fmt.Sprintf("c%d", i), SourceID: fmt.Sprintf("c%d", id), StartedTS: day0 + int64(i)*43_200_000_000})
	}
	return out
}

// publish puts nights into a lake as one night of so many workers.
func publish(t testing.TB, dir string, opt Options, shuffle uint64, nights ...aNight) Result {
	return night(t, dir, opt, func(n *Night) {
		var wg sync.WaitGroup
		for _, w := range nights {
			events := append([]schemas.Event(nil), w.events...)
			if shuffle > 0 {
				rnd := rand.New(rand.NewPCG(shuffle, 7))
				rnd.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
			}
			n.PutCoverage(w.coverage...)
			n.PutRejects(w.rejects...)
			n.PutChanges(w.changes...)
			run := n.NewRun()
			wg.Go(func() {
				for i := range events {
					if err := run.Append(&events[i]); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
	})
}

// R7: workers, buffer sizes and the order of input leave no trace.
func TestRerunIsByteIdentical(t *testing.T) {
	nights := someNights(1, 3, 4000)
	var want map[string]string
	for i := range rounds(5, 25) {
		dir := t.TempDir()
		mixed := append([]aNight(nil), nights...)
		rand.New(rand.NewPCG(uint64(i), 1)).Shuffle(len(mixed), func(a, b int) { mixed[a], mixed[b] = mixed[b], mixed[a] })
		publish(t, dir, Options{Workers: 1 + i%4, RunRows: []int{97, 1000, 1 << 17}[i%3]}, uint64(i), mixed...)
		got := tree(t, dir)
		if want == nil {
			want = got
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("round %d differs:\n%s", i, diff)
		}
	}
	if len(want) < 10 {
		t.Errorf("only %d files: the test tests nothing", len(want))
	}
}

// R8 and R9: nights in any order, late data included, equal one rebuild.
func TestBackfillInAnyOrder(t *testing.T) {
	for seed := range uint64(rounds(3, 10)) {
		nights := someNights(seed+10, 5, 1500)
		rebuilt := t.TempDir()
		publish(t, rebuilt, Options{}, 0, nights...)
		want := tree(t, rebuilt)
		for range rounds(2, 5) {
			dir := t.TempDir()
			for _, i := range rand.New(rand.NewPCG(seed, 3)).Perm(len(nights)) {
				publish(t, dir, Options{RunRows: 500}, 0, nights[i])
			}
			if diff := cmp.Diff(want, tree(t, dir)); diff != "" {
				t.Fatalf("seed %d:\n%s", seed, diff)
			}
		}
	}
}

// R9: a late event changes its date, and the result names that date alone.
func TestLateDataNamesItsDate(t *testing.T) {
	dir := t.TempDir()
	publish(t, dir, Options{}, 0, someNights(3, 2, 1000)...)
	late := schemas.Event{TS: day0 + 86_400_000_000 + 5, Service: "svc-1", ShapeID: "s001", Level: "error", Message: "late", SourceID: "late", Line: 1}
	res := night(t, dir, Options{}, func(n *Night) { appendAll(t, n.NewRun(), []schemas.Event{late}) })
	want := map[string][]string{TableEvent: {"2026-04-01"}, TableEventMinute: {"2026-04-01"}, TableEventDay: {"2026-04-01"}, TableServiceVolume: {"2026-04-01"}}
	if diff := cmp.Diff(want, res.Changed); diff != "" {
		t.Error(diff)
	}
}

// R6: whoever opens a lake during nights sees one generation whole. Every
// night replaces the one event of the metric table and appends an event, so
// that a mixture would show.
func TestReaderDuringWrite(t *testing.T) {
	dir := t.TempDir()
	step := func(i int64) {
		night(t, dir, Options{}, func(n *Night) {
			appendAll(t, n.NewRun(), []schemas.Event{{TS: day0 + i + 1, Service: "s", SourceID: "x", Line: i}})
			if err := n.Replace(TableFinding, "2026-03-31", []schemas.Finding{{FindingID: fmt.Sprint(i + 1)}}); err != nil {
				t.Error(err)
			}
		})
	}
	step(0)
	var done atomic.Bool
	var reads atomic.Int64
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for !done.Load() {
				l, err := Open(dir)
				if err != nil {
					t.Error(err)
					return
				}
				events, err := Read[schemas.Event](l, TableEvent, "2026-03-31")
				if err != nil {
					t.Error(err)
					return
				}
				found, err := Read[schemas.Finding](l, TableFinding, "2026-03-31")
				if err != nil {
					t.Error(err)
					return
				}
				if len(events) != int(l.Generation()) || found[0].FindingID != fmt.Sprint(len(events)) {
					t.Errorf("generation %d: %d events, finding %s", l.Generation(), len(events), found[0].FindingID)
					return
				}
				reads.Add(1)
			}
		})
	}
	for i := int64(1); i <= int64(rounds(15, 50)) || torture && reads.Load() < 1000 && !t.Failed(); i++ {
		step(i)
	}
	t.Logf("%d reads", reads.Load())
	done.Store(true)
	wg.Wait()
	if reads.Load() == 0 {
		t.Error("no read took place")
	}
}

// A reader that holds a former generation keeps reading it after GC.
func TestGCKeepsFormerGenerations(t *testing.T) {
	dir := t.TempDir()
	var held []*Lake
	for i := range int64(6) {
		res := night(t, dir, Options{}, func(n *Night) {
			appendAll(t, n.NewRun(), []schemas.Event{{TS: day0 + i + 1, SourceID: "x", Line: i}})
		})
		held = append(held, res.Lake)
	}
	stray := filepath.Join(dir, "event", "event_date=2026-03-31", "0123456789abcdef0123456789abcdef.parquet")
	foreign := filepath.Join(dir, "notes.txt")
	for _, f := range []string{stray, foreign, filepath.Join(dir, tmpName, "spill-0")} {
		if err := os.MkdirAll(filepath.Dir(f), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(f, []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	res, err := held[5].GC(2)
	if err != nil {
		t.Fatal(err)
	}
	// Generations 1-3 go with the four tables of events of
	// each, and the stray file.
	if res.Files != 13 {
		t.Errorf("%d files removed, want 13", res.Files)
	}
	for i, l := range held {
		rows, err := Read[schemas.Event](l, TableEvent, "2026-03-31")
		if i < 3 && err == nil {
			t.Errorf("generation %d is still there", i+1)
		}
		if i >= 3 && (err != nil || len(rows) != i+1) {
			t.Errorf("generation %d: %d rows, %v", i+1, len(rows), err)
		}
	}
	problems, err := held[5].Check(context.Background())
	if err != nil || len(problems) != 1 || problems[0].Path != "notes.txt" {
		t.Errorf("after GC: %v %v", problems, err)
	}
}
