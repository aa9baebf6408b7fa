package lake

import (
	"context"
	"errors"

	"almanac/schemas"
)

// cursor walks through sorted events. The event it gives is valid until the
// next call; its strings stay valid.
type cursor interface {
	next() (*schemas.Event, error)
}

// merger is a heap of cursors by their current event.
type merger struct {
	heads   []*schemas.Event
	cursors []cursor
}

func newMerger(cursors []cursor) (*merger, error) {
	m := &merger{}
	for _, c := range cursors {
		e, err := c.next()
		if err != nil {
			return nil, err
		}
		if e != nil {
			m.heads = append(m.heads, e)
			m.cursors = append(m.cursors, c)
		}
	}
	for i := len(m.heads)/2 - 1; i >= 0; i-- {
		m.down(i)
	}
	return m, nil
}

// each calls fn for every event in order.
func (m *merger) each(fn func(*schemas.Event) error) error {
	for len(m.heads) > 0 {
		if err := fn(m.heads[0]); err != nil {
			return err
		}
		e, err := m.cursors[0].next()
		if err != nil {
			return err
		}
		if e == nil {
			last := len(m.heads) - 1
			m.heads[0], m.cursors[0] = m.heads[last], m.cursors[last]
			m.heads, m.cursors = m.heads[:last], m.cursors[:last]
		} else {
			m.heads[0] = e
		}
		m.down(0)
	}
	return nil
}

func (m *merger) down(i int) {
	for {
		least := i
		for c := 2*i + 1; c <= 2*i+2 && c < len(m.heads); c++ {
			if compareEvents(m.heads[c], m.heads[least]) < 0 {
				least = c
			}
		}
		if least == i {
			return
		}
		m.heads[i], m.heads[least] = m.heads[least], m.heads[i]
		m.cursors[i], m.cursors[least] = m.cursors[least], m.cursors[i]
		i = least
	}
}

// mergeMemory is shared by the read buffers of one date's sections.
const mergeMemory = 32 << 20

// mergeDate merges the new sections of a date with its present files into
// its new files, and counts its rollups on the way.
func (c *commit) mergeDate(ctx context.Context, date string, sections []section) error {
	var cursors []cursor
	buffer := min(max(mergeMemory/max(len(sections), 1), 4<<10), 64<<10)
	for _, s := range sections {
		cursors = append(cursors, newSpillReader(s, date, buffer))
	}
	for _, f := range c.n.l.filesOn(TableEvent, date) {
		r, err := openRows(c.n.l, eventTable, f)
		if err != nil {
			return err
		}
		defer r.close()
		cursors = append(cursors, r)
	}
	m, err := newMerger(cursors)
	if err != nil {
		return err
	}
	return c.writeDate(ctx, date, m)
}

// writeDate writes the four tables that one pass over a date's events gives.
func (c *commit) writeDate(ctx context.Context, date string, m *merger) error {
	events := newTableWriter(eventTable, c, date)
	minutes := newTableWriter(minuteTable, c, date)
	days := newTableWriter(dayTable, c, date)
	volumes := newTableWriter(volumeTable, c, date)
	defer events.abort()
	defer days.abort()
	defer minutes.abort()
	defer volumes.abort()
	startPipe(events)

	perMinute := &minuteRollup{emit: func(row *schemas.EventMinute) error { return minutes.add(row, 0, row.MinuteTS) }}
	perSlot := &volumeRollup{emit: func(row *schemas.ServiceVolume) error { return volumes.add(row, 0, row.SlotTS) }}
	perDay := &dayRollup{emit: func(row *schemas.EventDay) error { return days.add(row, 0, row.FirstTS) }}
	count := 0
	err := m.each(func(e *schemas.Event) error {
		if count++; count%chunkRows == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := perMinute.add(e); err != nil {
			return err
		}
		if err := perDay.add(e); err != nil {
			return err
		}
		if err := perSlot.add(e); err != nil {
			return err
		}
		return events.add(e, textSize(e), e.TS)
	})
	if err != nil {
		return err
	}
	return errors.Join(perMinute.flush(), perDay.flush(), perSlot.flush(),
		finishInto(c, events), finishInto(c, minutes), finishInto(c, days), finishInto(c, volumes))
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
