package lake

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"almanac/schemas"
)

// The rollups counted in the merge equal a brute-force count of the rows.
func TestRollupsEqualBruteForce(t *testing.T) {
	levels := []string{"", "trace", "debug", "info", "warn", "error", "fatal"}
	rapid.Check(t, func(rt *rapid.T) {
		// Few services and shapes, so that some shapes pass RareLinesPerDay.
		n := rapid.SampledFrom([]int{0, 1, 5, 200, 700}).Draw(rt, "rows")
		shapes := rapid.IntRange(1, 4).Draw(rt, "shapes")
		spread := rapid.SampledFrom([]int64{1, 60_000_000, 7_200_000_000, 86_399_000_000}).Draw(rt, "spread")
		seed := rapid.Uint64().Draw(rt, "seed")
		rnd := newRand(seed)
		events := make([]schemas.Event, n)
		for i := range events {
			e := schemas.Event{TS: day0 + rnd.Int64N(spread), Service: fmt.Sprintf("s%d", rnd.IntN(2)),
				ShapeID: fmt.Sprintf("h%d", rnd.IntN(shapes)), Level: levels[rnd.IntN(len(levels))],
				Kind: []string{schemas.EventLog, schemas.EventRequest}[rnd.IntN(2)], SourceID: "x", Line: int64(i)}
			if rnd.IntN(3) == 0 {
				e.ErrorType = fmt.Sprintf("E%d", rnd.IntN(3))
			}
			if rnd.IntN(50) == 0 {
				e.TS = 0
			}
			events[i] = e
		}
		dir := t.TempDir()
		night(t, dir, Options{RunRows: 100}, func(n *Night) { appendAll(t, n.NewRun(), events[:n2(len(events))]) })
		night(t, dir, Options{RunRows: 64}, func(n *Night) { appendAll(t, n.NewRun(), events[n2(len(events)):]) })
		l := mustOpen(t, dir)
		minutes, err := Read[schemas.EventMinute](l, TableEventMinute, "2026-03-31")
		if err != nil {
			rt.Fatal(err)
		}
		volumes, err := Read[schemas.ServiceVolume](l, TableServiceVolume, "2026-03-31")
		if err != nil {
			rt.Fatal(err)
		}
		if diff := gocmp.Diff(bruteMinutes(events), minutes); diff != "" {
			rt.Errorf("event_minute (-brute +lake):\n%s", diff)
		}
		if diff := gocmp.Diff(bruteVolumes(events), volumes); diff != "" {
			rt.Errorf("service_volume (-brute +lake):\n%s", diff)
		}
		days, err := Read[schemas.EventDay](l, TableEventDay, "2026-03-31")
		if err != nil {
			rt.Fatal(err)
		}
		if diff := gocmp.Diff(bruteDays(events), days); diff != "" {
			rt.Errorf("event_day (-brute +lake):\n%s", diff)
		}
		if got := mustOpen(t, dir).Files(TableEventMinute); len(got) > 1 {
			rt.Errorf("undated events have minutes: %v", got)
		}
	})
}

func n2(n int) int { return n / 2 }

func bruteMinutes(events []schemas.Event) []schemas.EventMinute {
	lines := map[string]int{}
	for _, e := range events {
		if e.TS != 0 {
			lines[e.Service+"|"+e.ShapeID]++
		}
	}
	rows := map[string]*schemas.EventMinute{}
	for _, e := range events {
		warn := e.Level == "warn" || e.Level == "error" || e.Level == "fatal"
		if e.TS == 0 || !warn && lines[e.Service+"|"+e.ShapeID] > 300 {
			continue
		}
		minute := e.TS - e.TS%60_000_000
		key := fmt.Sprintf("%s|%s|%d|%s|%s", e.Service, e.ShapeID, minute, e.Level, e.ErrorType)
		r := rows[key]
		if r == nil {
			r = &schemas.EventMinute{EventDate: "2026-03-31", MinuteTS: minute, Service: e.Service, Level: e.Level,
				ShapeID: e.ShapeID, ErrorType: e.ErrorType, FirstTS: e.TS, LastTS: e.TS}
			rows[key] = r
		}
		r.Count++
		r.FirstTS, r.LastTS = min(r.FirstTS, e.TS), max(r.LastTS, e.TS)
	}
	var out []schemas.EventMinute
	for _, r := range rows {
		out = append(out, *r)
	}
	slices.SortFunc(out, func(a, b schemas.EventMinute) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.ShapeID, b.ShapeID),
			cmp.Compare(a.MinuteTS, b.MinuteTS), cmp.Compare(a.Level, b.Level), cmp.Compare(a.ErrorType, b.ErrorType))
	})
	return out
}

func bruteDays(events []schemas.Event) []schemas.EventDay {
	lines := map[string]int{}
	rows := map[string]*schemas.EventDay{}
	minutes := map[string]bool{}
	for _, e := range events {
		if e.TS == 0 {
			continue
		}
		lines[e.Service+"|"+e.ShapeID]++
		key := e.Service + "|" + e.ShapeID + "|" + e.Level
		r := rows[key]
		if r == nil {
			r = &schemas.EventDay{EventDate: "2026-03-31", Service: e.Service, ShapeID: e.ShapeID, Level: e.Level, FirstTS: e.TS}
			rows[key] = r
		}
		r.Count++
		r.FirstTS, r.LastTS = min(r.FirstTS, e.TS), max(r.LastTS, e.TS)
		if m := fmt.Sprint(key, e.TS/60_000_000); !minutes[m] {
			minutes[m] = true
			r.Minutes++
		}
	}
	var out []schemas.EventDay
	for _, r := range rows {
		r.IsByMinute = schemas.Ptr(r.Level == "warn" || r.Level == "error" || r.Level == "fatal" || lines[r.Service+"|"+r.ShapeID] <= 300)
		out = append(out, *r)
	}
	slices.SortFunc(out, func(a, b schemas.EventDay) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.ShapeID, b.ShapeID), cmp.Compare(a.Level, b.Level))
	})
	return out
}

func bruteVolumes(events []schemas.Event) []schemas.ServiceVolume {
	rows := map[string]*schemas.ServiceVolume{}
	for _, e := range events {
		if e.TS == 0 {
			continue
		}
		slot := e.TS - e.TS%300_000_000
		key := fmt.Sprintf("%s|%d|%s", e.Service, slot, e.Level)
		if rows[key] == nil {
			rows[key] = &schemas.ServiceVolume{EventDate: "2026-03-31", SlotTS: slot, Service: e.Service, Level: e.Level, Requests: schemas.Ptr(int64(0))}
		}
		rows[key].Lines++
		if e.Kind == "request" {
			*rows[key].Requests++
		}
	}
	var out []schemas.ServiceVolume
	for _, r := range rows {
		out = append(out, *r)
	}
	slices.SortFunc(out, func(a, b schemas.ServiceVolume) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.SlotTS, b.SlotTS), cmp.Compare(a.Level, b.Level))
	})
	return out
}

// The order of keys is the order of the rows by their columns, and a key
// gives its row back.
func TestKeyOrder(t *testing.T) {
	tab, err := tableOf[schemas.Cause](TableCause)
	if err != nil {
		t.Fatal(err)
	}
	p := schemas.Ptr[float64]
	rising := []schemas.Cause{
		{}, {Probability: p(-2.5)}, {Probability: p(-1)}, {Probability: p(0)}, {Probability: p(0.25)}, {Probability: p(7)},
		{Rank: 1}, {Rank: 1, Distance: schemas.Ptr(int64(-3))}, {Rank: 1, Distance: schemas.Ptr(int64(0))}, {Rank: 300},
		{ChangeID: "a"}, {ChangeID: "ab"}, {ChangeID: "b"}, {SubjectID: "a", ChangeID: "a"},
		{SubjectKind: "a", SubjectID: "b"}, {SubjectKind: "ab", SubjectID: "a"},
	}
	var last []byte
	for i := range rising {
		key := appendKey(nil, tab.cols, valueOf(&rising[i]))
		if i > 0 && string(last) >= string(key) {
			t.Errorf("row %d does not sort after row %d: %+v", i, i-1, rising[i])
		}
		var back schemas.Cause
		if decodeKey(string(key), tab.cols, valueOf(&back)); !gocmp.Equal(back, rising[i]) {
			t.Errorf("row %d comes back as %+v", i, back)
		}
		last = key
	}
}
