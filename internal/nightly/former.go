package nightly

import (
	"strings"
	"sync"

	"almanac/internal/intake"
	"almanac/internal/lake"
	"almanac/schemas"
)

// former knows the events that the lake has of documents which are read as a
// whole whenever they change (an export that grew, or was written anew): what
// a former state gave is not taken again. A line says where in its file it
// stands; a record of such a document may have moved, so it is known by its
// stamp and text, as often as it was there.
type former struct {
	lake *lake.Lake
	ids  map[string]bool // inputs, by source id

	mu    sync.Mutex
	dates map[string]bool // read already
	left  map[formerEvent]int
}

type formerEvent struct {
	source string
	ts     int64
	text   string
}

func newFormer(l *lake.Lake) *former {
	f := &former{lake: l, ids: map[string]bool{}, dates: map[string]bool{}, left: map[formerEvent]int{}}
	ledger := l.Manifest().Ledger
	for i := range ledger {
		if e := &ledger[i]; e.Counts.Events > 0 && intake.ReadsWhole(e) {
			f.ids[e.SourceID] = true
		}
	}
	return f
}

// has says that the lake has the event, redacted, and counts it off.
func (f *former) has(e *schemas.Event) (bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if date := schemas.DateOf(e.TS); !f.dates[date] {
		f.dates[date] = true
		err := f.lake.EachEvent(date, func(r *schemas.Event) error {
			if f.ids[r.SourceID] {
				f.left[formerEvent{strings.Clone(r.SourceID), r.TS, strings.Clone(r.Message)}]++
			}
			return nil
		})
		if err != nil {
			return false, err
		}
	}
	k := formerEvent{e.SourceID, e.TS, e.Message}
	if f.left[k] == 0 {
		return false, nil
	}
	f.left[k]--
	return true, nil
}
