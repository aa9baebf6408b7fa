package lake

import (
	"fmt"
	"slices"
	"strings"

	"almanac/schemas"
)

// Bounds of a run's buffer.
const (
	defaultRunRows = 128 << 10
	runBytes       = 64 << 20
	// MaxMessage bounds a message in bytes; intake keeps lines far shorter.
	MaxMessage = 1 << 20
)

// Run takes events from one worker. It keeps them in memory up to a bound and
// then writes them, sorted, to a temporary file of the lake. One goroutine
// uses a run at a time; different runs work side by side.
type Run struct {
	n      *Night
	events []schemas.Event
	groups []int32 // group of each event
	ids    map[runGroup]int32
	keys   []runGroup
	bytes  int
	day    int64 // start of the day last seen, and its date
	date   string
}

// runGroup is what is equal for long stretches of a sorted run.
type runGroup struct{ date, service, shape string }

// NewRun gives a run for one worker.
func (n *Night) NewRun() *Run {
	r := &Run{n: n, ids: map[runGroup]int32{}}
	n.mu.Lock()
	n.runs = append(n.runs, r)
	n.mu.Unlock()
	return r
}

// Append takes a copy of one event; its strings must not change afterwards.
// The lake sets EventDate from TS, makes strings valid UTF-8 and cuts
// messages beyond MaxMessage. An error comes from the disk.
func (r *Run) Append(e *schemas.Event) error {
	ev := *e
	ev.EventDate = r.dateOf(ev.TS)
	if len(ev.Message) > MaxMessage {
		ev.Message = ev.Message[:MaxMessage]
	}
	cleanEvent(&ev)
	key := runGroup{ev.EventDate, ev.Service, ev.ShapeID}
	id, ok := r.ids[key]
	if !ok {
		id = int32(len(r.keys))
		r.ids[key] = id
		r.keys = append(r.keys, key)
	}
	r.events = append(r.events, ev)
	r.groups = append(r.groups, id)
	r.bytes += textSize(&ev)
	if len(r.events) >= r.n.opt.RunRows || r.bytes >= runBytes {
		return r.flush()
	}
	return nil
}

const dayUS = 24 * 60 * minuteUS

func (r *Run) dateOf(ts int64) string {
	if ts == 0 {
		return schemas.Undated
	}
	if day := floorTo(ts, dayUS); day != r.day || r.date == "" {
		r.day, r.date = day, validDate(schemas.DateOf(ts))
	}
	return r.date
}

// flush sorts what is buffered and writes it out as one section per date.
func (r *Run) flush() error {
	if len(r.events) == 0 {
		return nil
	}
	order := r.sorted()
	err := r.n.spill(func(w *spillWriter) error {
		date := ""
		for _, i := range order {
			e := &r.events[i]
			if e.EventDate != date || w.rows == 0 {
				date = e.EventDate
				w.begin(date)
			}
			if err := w.add(e); err != nil {
				return err
			}
		}
		return nil
	})
	clear(r.events)
	r.events, r.groups, r.keys, r.bytes = r.events[:0], r.groups[:0], r.keys[:0], 0
	clear(r.ids)
	if err != nil {
		return fmt.Errorf("spill events: %w", err)
	}
	return nil
}

// sorted gives the positions of the events in the order of their date and
// then of event files. Groups are ranked once, so that most comparisons are
// of integers.
func (r *Run) sorted() []int32 {
	byName := make([]int32, len(r.keys))
	for i := range byName {
		byName[i] = int32(i)
	}
	slices.SortFunc(byName, func(a, b int32) int {
		x, y := &r.keys[a], &r.keys[b]
		if c := strings.Compare(x.date, y.date); c != 0 {
			return c
		}
		if c := strings.Compare(x.service, y.service); c != 0 {
			return c
		}
		return strings.Compare(x.shape, y.shape)
	})
	rank := make([]int32, len(r.keys))
	for i, g := range byName {
		rank[g] = int32(i)
	}
	// Events go to their groups in the order of arrival, which most logs have
	// right already: only groups that are not in order are sorted.
	ends := make([]int32, len(r.keys)+1)
	for _, g := range r.groups {
		ends[rank[g]+1]++
	}
	for i := range r.keys {
		ends[i+1] += ends[i]
	}
	next := slices.Clone(ends)
	order := make([]int32, len(r.events))
	for i, g := range r.groups {
		k := rank[g]
		order[next[k]] = int32(i)
		next[k]++
	}
	inGroup := func(a, b int32) int { return compareInGroup(&r.events[a], &r.events[b]) }
	for i := range r.keys {
		if group := order[ends[i]:ends[i+1]]; !slices.IsSortedFunc(group, inGroup) {
			slices.SortFunc(group, inGroup)
		}
	}
	return order
}

// validDate keeps only what may become a directory: an ISO date, or Undated.
func validDate(date string) string {
	if date == schemas.Undated {
		return date
	}
	if len(date) != 10 || date[4] != '-' || date[7] != '-' {
		return schemas.Undated
	}
	for i := range len(date) {
		if i != 4 && i != 7 && (date[i] < '0' || date[i] > '9') {
			return schemas.Undated
		}
	}
	return date
}
