package signature

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"almanac/schemas"
)

// flood are events of many forms of line: one family beyond any bound, one of
// moderate size, and rare statements.
func flood(n int) []schemas.Event {
	var out []schemas.Event
	for i := range n {
		out = append(out, schemas.Event{Message: letters(i*7919) + " " + letters(i), TS: int64(1000 + i)})
		if i%10 == 0 {
			out = append(out, schemas.Event{Message: "lookup: " + letters(i) + " gone", TS: int64(2000 + i)})
		}
		if i%100 == 0 {
			out = append(out, schemas.Event{Message: fmt.Sprintf("rare, %s %d", strings.Repeat("(", i/100), i), TS: int64(5)})
		}
	}
	for i := range out {
		out[i].SourceID, out[i].Line = "s", int64(i+1)
	}
	return out
}

// census reads events in the given order by some readers.
func census(events []schemas.Event, order []int, readers, limit int) *Census {
	var all []*Census
	var miners []*Miner
	for range readers {
		all = append(all, newCensus(limit))
		miners = append(miners, NewMiner(DefaultRules()))
	}
	for k, i := range order {
		e := events[i]
		r := k * readers / len(order)
		all[r].Note(miners[r].Shape(e.Message), &e)
	}
	for _, c := range all[1:] {
		all[0].Merge(c)
	}
	return all[0]
}

func sortedShapes(c *Census) []schemas.Shape {
	rows := slices.Clone(c.Shapes())
	slices.SortFunc(rows, func(a, b schemas.Shape) int { return strings.Compare(a.ShapeID, b.ShapeID) })
	return rows
}

// TestCensusIsFair: which shapes stay depends neither on order nor on the
// number of readers; rare statements stay; every line counts.
func TestCensusIsFair(t *testing.T) {
	events := flood(3000)
	order := make([]int, len(events))
	for i := range order {
		order[i] = i
	}
	const limit = 300
	want := census(events, order, 1, limit)
	rows := sortedShapes(want)
	if len(rows) != limit+1 {
		t.Fatalf("%d rows, want %d and one for the rest", len(rows), limit)
	}
	shapes, lines := want.Beyond()
	kept := int64(0)
	for _, n := range want.lines {
		kept += n
	}
	if int(kept+lines) != len(events) || shapes+limit != 3000+300+30 {
		t.Errorf("%d lines kept and %d beyond of %d; %d shapes beyond", kept, lines, len(events), shapes)
	}
	rare := 0
	for _, r := range rows {
		if strings.HasPrefix(r.Text, "rare") {
			rare++
		}
	}
	if rare != 30 {
		t.Errorf("%d of 30 rare statements stay", rare)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for _, readers := range []int{1, 2, 5} {
		r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		got := census(events, order, readers, limit)
		if !reflect.DeepEqual(sortedShapes(got), rows) {
			t.Errorf("%d readers in another order keep other shapes", readers)
		}
		if s, l := got.Beyond(); s != shapes || l != lines {
			t.Errorf("%d readers: %d shapes and %d lines beyond, want %d and %d", readers, s, l, shapes, lines)
		}
	}
}

// TestReconcileBeyondTheBound: nights give what one rebuild gives, and former
// ids of what is dropped resolve to the bucket.
func TestReconcileBeyondTheBound(t *testing.T) {
	events := flood(3000)
	const limit = 300
	order := make([]int, len(events))
	for i := range order {
		order[i] = i
	}
	whole := reconcile(nil, census(events, order, 1, limit).Shapes(), DefaultRules(), limit)
	var grown Tables
	for n := range 6 {
		part := events[len(events)*n/6 : len(events)*(n+1)/6]
		grown = reconcile(grown.Shapes, census(part, order[:len(part)], 2, limit).Shapes(), DefaultRules(), limit)
	}
	if !reflect.DeepEqual(whole.Signatures, grown.Signatures) {
		t.Error("six nights and a rebuild give different signatures")
	}
	present := map[string]bool{}
	for _, s := range grown.Signatures {
		present[s.SignatureID] = true
	}
	if !present[OverflowID] {
		t.Error("no bucket")
	}
	for _, s := range grown.Shapes {
		if !present[s.SignatureID] {
			t.Fatalf("%s resolves to %s, which is no signature of today", s.ShapeID, s.SignatureID)
		}
	}
	if again := reconcile(grown.Shapes, nil, DefaultRules(), limit); !again.SameAs(grown.Shapes) {
		t.Error("grouping again changes something")
	}
}

// TestChangedRules: a pattern that comes later takes the shapes from before it
// along; their former signatures resolve.
func TestChangedRules(t *testing.T) {
	r := Rules{Patterns: []Pattern{{Class: "order", Regexp: "ORD-[A-Z]+"}}}
	seen := func(r Rules, messages ...string) (out []schemas.Shape) {
		m := NewMiner(r)
		for _, s := range messages {
			x := m.Shape(s)
			out = append(out, schemas.Shape{ShapeID: x.ID, Text: x.Text, Example: s})
		}
		return out
	}
	before := Reconcile(nil, seen(DefaultRules(), "order ORD-AB/eu placed", "order ORD-CD/us is placed again"), DefaultRules())
	after := Reconcile(before.Shapes, seen(r, "order ORD-XY/eu placed"), r)
	want := ID("order <*> placed")
	got := map[string]string{}
	for _, s := range after.Shapes {
		got[s.ShapeID] = s.SignatureID
	}
	for _, text := range []string{"order ORD-AB/eu placed", "order <*> placed"} {
		if got[ShapeID(text)] != want {
			t.Errorf("%q belongs to %s, want %s", text, got[ShapeID(text)], want)
		}
	}
	if id := got[ID("order ORD-AB/eu placed")]; id != want {
		t.Errorf("the former signature resolves to %q, want %s", id, want)
	}
	if back := Reconcile(after.Shapes, nil, DefaultRules()); back.SameAs(after.Shapes) {
		t.Error("without the rule nothing changes")
	}
}
