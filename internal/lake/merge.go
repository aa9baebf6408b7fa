package lake

import (
	"context"
	"errors"
	"slices"

	"almanac/schemas"
)

// mergeMemory is shared by the read buffers of one date's sections.
const mergeMemory = 32 << 20

// dateMerge walks through all rows of a date in the order of files: those of
// the night, group by group, merged with those of present files.
type dateMerge struct {
	pieces   []piece // in order of their keys
	sections []*section
	files    []*fileCursor
	merger   rowMerger
	// rows and size are about what the date has: rows, and bytes of text.
	rows, size int64
}

// mergeDate merges the new rows of a date with its present files into its new
// files, and counts its rollups on the way.
func (c *commit) mergeDate(ctx context.Context, date string) error {
	m := &dateMerge{pieces: c.n.pieces[date], sections: c.n.sections[date]}
	slices.SortStableFunc(m.pieces, func(a, b piece) int { return a.key.compare(b.key) })
	for i := range m.pieces {
		m.rows += int64(m.pieces[i].bucket.rows)
		m.size += m.pieces[i].bucket.size
	}
	buffer := min(max(mergeMemory/max(len(m.sections), 1), 4<<10), 256<<10)
	for _, s := range m.sections {
		m.rows += s.rows
		m.size += s.size
		if err := s.start(buffer); err != nil {
			return err
		}
	}
	for _, f := range c.n.l.filesOn(TableEvent, date) {
		r, err := openRows(c.n.l, eventTable, f)
		if err != nil {
			return err
		}
		defer r.close()
		m.files = append(m.files, &fileCursor{r: r})
		m.rows += f.Rows
		m.size += f.Rows * 100
	}
	return c.writeDate(ctx, date, m)
}

// each calls group with the key of each group and row with each of its rows.
func (m *dateMerge) each(group func(groupKey), row func(*eventRow) error) error {
	for _, f := range m.files {
		if err := f.start(); err != nil {
			return err
		}
	}
	var cursors []rowCursor
	for {
		key, ok := m.least()
		if !ok {
			return nil
		}
		cursors = cursors[:0]
		for len(m.pieces) > 0 && m.pieces[0].key == key {
			cursors = append(cursors, m.pieces[0].cursor())
			m.pieces[0] = piece{} // its memory goes once it is read
			m.pieces = m.pieces[1:]
		}
		for _, s := range m.sections {
			if !s.done && s.key == key {
				cursors = append(cursors, s.cursor())
			}
		}
		for _, f := range m.files {
			if f.head != nil && f.key == key {
				cursors = append(cursors, f)
			}
		}
		group(key)
		if err := m.merger.each(cursors, row); err != nil {
			return err
		}
		clear(cursors)
		for _, s := range m.sections {
			if !s.done && s.key == key {
				if err := s.next(); err != nil {
					return err
				}
			}
		}
	}
}

// least is the key of the next group.
func (m *dateMerge) least() (key groupKey, ok bool) {
	if len(m.pieces) > 0 {
		key, ok = m.pieces[0].key, true
	}
	for _, s := range m.sections {
		if !s.done && (!ok || s.key.compare(key) < 0) {
			key, ok = s.key, true
		}
	}
	for _, f := range m.files {
		if f.head != nil && (!ok || f.key.compare(key) < 0) {
			key, ok = f.key, true
		}
	}
	return key, ok
}

// writeDate writes the four tables that one pass over a date's events gives.
func (c *commit) writeDate(ctx context.Context, date string, m *dateMerge) error {
	events := newEventWriter(c, date, m.rows, m.size)
	minutes := newTableWriter(minuteTable, c, date)
	days := newTableWriter(dayTable, c, date)
	volumes := newTableWriter(volumeTable, c, date)
	defer events.abort()
	defer days.abort()
	defer minutes.abort()
	defer volumes.abort()

	perMinute := &minuteRollup{emit: func(row *schemas.EventMinute) error { return minutes.add(row, 0, row.MinuteTS) }}
	perSlot := &volumeRollup{emit: func(row *schemas.ServiceVolume) error { return volumes.add(row, 0, row.SlotTS) }}
	perDay := &dayRollup{emit: func(row *schemas.EventDay) error { return days.add(row, 0, row.FirstTS) }}
	e := schemas.Event{EventDate: date}
	var last *attr
	count := 0
	err := m.each(func(key groupKey) {
		e.Service, e.ShapeID = key.service, key.shape
		events.group(key)
	}, func(r *eventRow) error {
		if count++; count%chunkRows == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		e.TS = r.ts
		if r.attr != last {
			last = r.attr
			e.Level, e.Kind, e.ErrorType = last.level, last.kind, last.errorType
		}
		if err := perMinute.add(&e); err != nil {
			return err
		}
		if err := perDay.add(&e); err != nil {
			return err
		}
		if err := perSlot.add(&e); err != nil {
			return err
		}
		return events.add(r)
	})
	if err != nil {
		return err
	}
	files, err := events.finish()
	if err != nil {
		return err
	}
	c.put(TableEvent, date, part{files: files})
	return errors.Join(perMinute.flush(), perDay.flush(), perSlot.flush(),
		finishInto(c, minutes), finishInto(c, days), finishInto(c, volumes))
}

// finishInto ends a writer and notes its files as the date's new files.
func finishInto[T any](c *commit, w *tableWriter[T]) error {
	files, err := w.finish()
	if err != nil {
		return err
	}
	c.put(w.t.name, w.date, part{files: files})
	return nil
}
