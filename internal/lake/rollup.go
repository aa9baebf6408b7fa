package lake

import (
	"cmp"
	"slices"
	"strings"

	"almanac/schemas"
)

const (
	minuteUS = 60 * 1_000_000
	slotUS   = 5 * minuteUS
)

// floorTo rounds an instant down, also before 1970.
func floorTo(ts, unit int64) int64 {
	r := ts % unit
	if r < 0 {
		r += unit
	}
	return ts - r
}

// isWarn says whether events of a level always belong to event_minute.
func isWarn(level string) bool {
	return level == schemas.LevelWarn || level == schemas.LevelError || level == schemas.LevelFatal
}

// minuteRollup turns the events of one date, in file order, into event_minute
// rows. It holds the minutes of one (service, shape) at a time: only at the
// end of the group is it known whether the shape is rare. Events without an
// instant are in no minute.
type minuteRollup struct {
	emit    func(*schemas.EventMinute) error
	service string
	shape   string
	lines   int64
	rows    []schemas.EventMinute
	// minute finds the rows of the current minute.
	minute map[minuteKey]int
}

type minuteKey struct{ level, errorType string }

func (r *minuteRollup) add(e *schemas.Event) error {
	if e.TS == 0 {
		return nil
	}
	if e.Service != r.service || e.ShapeID != r.shape || r.lines == 0 {
		if err := r.flush(); err != nil {
			return err
		}
		r.service, r.shape = e.Service, e.ShapeID
	}
	r.lines++
	if !isWarn(e.Level) && r.lines > schemas.RareLinesPerDay {
		return nil // flush drops the rows below warn
	}
	if r.minute == nil {
		r.minute = map[minuteKey]int{}
	}
	minute := floorTo(e.TS, minuteUS)
	if k := len(r.rows) - 1; k < 0 || r.rows[k].MinuteTS != minute {
		clear(r.minute)
	} else if row := &r.rows[k]; row.Level == e.Level && row.ErrorType == e.ErrorType {
		row.Count++
		row.LastTS = e.TS
		return nil
	}
	key := minuteKey{e.Level, e.ErrorType}
	if i, ok := r.minute[key]; ok {
		r.rows[i].Count++
		r.rows[i].LastTS = e.TS
		return nil
	}
	r.minute[key] = len(r.rows)
	r.rows = append(r.rows, schemas.EventMinute{EventDate: e.EventDate, MinuteTS: minute,
		Service: e.Service, Level: e.Level, ShapeID: e.ShapeID, ErrorType: e.ErrorType,
		Count: 1, FirstTS: e.TS, LastTS: e.TS})
	return nil
}

// flush emits the group's rows in the order minute, level, error_type.
func (r *minuteRollup) flush() error {
	slices.SortFunc(r.rows, func(a, b schemas.EventMinute) int {
		return cmp.Or(cmp.Compare(a.MinuteTS, b.MinuteTS),
			strings.Compare(a.Level, b.Level), strings.Compare(a.ErrorType, b.ErrorType))
	})
	rare := r.lines <= schemas.RareLinesPerDay
	for i := range r.rows {
		if rare || isWarn(r.rows[i].Level) {
			if err := r.emit(&r.rows[i]); err != nil {
				return err
			}
		}
	}
	r.rows, r.lines = r.rows[:0], 0
	return nil
}

// volumeRollup turns the events of one date, in file order, into
// service_volume rows, one service at a time: at most 288 slots by level.
type volumeRollup struct {
	emit    func(*schemas.ServiceVolume) error
	service string
	date    string
	slots   map[volumeKey]*volume
	last    *volume
	lastKey volumeKey
}

type volumeKey struct {
	slot  int64
	level string
}

type volume struct{ lines, requests int64 }

func (r *volumeRollup) add(e *schemas.Event) error {
	if e.TS == 0 {
		return nil
	}
	if e.Service != r.service || r.slots == nil {
		if err := r.flush(); err != nil {
			return err
		}
		r.service, r.date = e.Service, e.EventDate
	}
	key := volumeKey{floorTo(e.TS, slotUS), e.Level}
	if r.last == nil || key != r.lastKey {
		v := r.slots[key]
		if v == nil {
			v = &volume{}
			r.slots[key] = v
		}
		r.last, r.lastKey = v, key
	}
	r.last.lines++
	if e.Kind == schemas.EventRequest {
		r.last.requests++
	}
	return nil
}

// flush emits the service's rows in the order slot, level.
func (r *volumeRollup) flush() error {
	keys := make([]volumeKey, 0, len(r.slots))
	for k := range r.slots {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b volumeKey) int {
		return cmp.Or(cmp.Compare(a.slot, b.slot), strings.Compare(a.level, b.level))
	})
	for _, k := range keys {
		v := r.slots[k]
		row := schemas.ServiceVolume{EventDate: r.date, SlotTS: k.slot, Service: r.service,
			Level: k.level, Lines: v.lines, Requests: schemas.Ptr(v.requests)}
		if err := r.emit(&row); err != nil {
			return err
		}
	}
	r.slots, r.last = map[volumeKey]*volume{}, nil
	return nil
}
