package lake

import (
	"slices"
	"strings"

	"almanac/schemas"
)

// dayRollup turns the events of one date, in file order, into event_day rows,
// one (service, shape) at a time. Events without an instant are in no day.
type dayRollup struct {
	emit           func(*schemas.EventDay) error
	service, shape string
	lines          int64
	rows           []schemas.EventDay // by level
	minute         []int64            // last minute counted, of each row
	last           int
}

func (r *dayRollup) add(e *schemas.Event) error {
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
	row := r.row(e)
	row.Count++
	row.LastTS = e.TS // events of a group come in order of time
	if m := floorTo(e.TS, minuteUS); r.minute[r.last] != m {
		row.Minutes++
		r.minute[r.last] = m
	}
	return nil
}

// row finds the row of the event's level: nearly always the last one used.
func (r *dayRollup) row(e *schemas.Event) *schemas.EventDay {
	if r.last < len(r.rows) && r.rows[r.last].Level == e.Level {
		return &r.rows[r.last]
	}
	for i := range r.rows {
		if r.rows[i].Level == e.Level {
			r.last = i
			return &r.rows[i]
		}
	}
	r.last = len(r.rows)
	r.minute = append(r.minute, -1)
	r.rows = append(r.rows, schemas.EventDay{EventDate: e.EventDate, Service: e.Service,
		Level: e.Level, ShapeID: e.ShapeID, FirstTS: e.TS})
	return &r.rows[r.last]
}

// flush emits the group's rows in order of level.
func (r *dayRollup) flush() error {
	slices.SortFunc(r.rows, func(a, b schemas.EventDay) int { return strings.Compare(a.Level, b.Level) })
	for i := range r.rows {
		row := &r.rows[i]
		row.IsByMinute = schemas.Ptr(isWarn(row.Level) || r.lines <= schemas.RareLinesPerDay)
		if err := r.emit(row); err != nil {
			return err
		}
	}
	r.rows, r.minute, r.lines, r.last = r.rows[:0], r.minute[:0], 0, 0
	return nil
}
