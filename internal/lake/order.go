package lake

import (
	"bytes"
	"cmp"
	"strings"

	"almanac/schemas"
)

// The order of event files is (service, shape_id, ts, source_id, line), then
// every other column, so that equal means identical. compareRows orders rows
// of one service and shape.
func compareRows(a, b *eventRow) int {
	if a.ts != b.ts {
		return cmp.Compare(a.ts, b.ts)
	}
	if c := strings.Compare(a.attr.sourceID, b.attr.sourceID); c != 0 {
		return c
	}
	if a.line != b.line {
		return cmp.Compare(a.line, b.line)
	}
	return cmp.Or(
		bytes.Compare(a.message, b.message), strings.Compare(a.attr.host, b.attr.host),
		strings.Compare(a.attr.level, b.attr.level), strings.Compare(a.attr.kind, b.attr.kind),
		strings.Compare(a.attr.errorType, b.attr.errorType), bytes.Compare(a.trace, b.trace))
}

// rowMerger merges the sorted rows of one group: a heap of cursors by their
// current row.
type rowMerger struct {
	heads   []*eventRow
	cursors []rowCursor
}

// each calls fn for every row of the cursors in order.
func (m *rowMerger) each(cursors []rowCursor, fn func(*eventRow) error) error {
	m.heads, m.cursors = m.heads[:0], m.cursors[:0]
	for _, c := range cursors {
		r, err := c.next()
		if err != nil {
			return err
		}
		if r != nil {
			m.heads, m.cursors = append(m.heads, r), append(m.cursors, c)
		}
	}
	for i := len(m.heads)/2 - 1; i >= 0; i-- {
		m.down(i)
	}
	for len(m.heads) > 0 {
		if err := fn(m.heads[0]); err != nil {
			return err
		}
		r, err := m.cursors[0].next()
		if err != nil {
			return err
		}
		if r == nil {
			last := len(m.heads) - 1
			m.heads[0], m.cursors[0] = m.heads[last], m.cursors[last]
			m.heads, m.cursors = m.heads[:last], m.cursors[:last]
		} else {
			m.heads[0] = r
		}
		if len(m.heads) > 1 {
			m.down(0)
		}
	}
	return nil
}

func (m *rowMerger) down(i int) {
	for {
		least := i
		for c := 2*i + 1; c <= 2*i+2 && c < len(m.heads); c++ {
			if compareRows(m.heads[c], m.heads[least]) < 0 {
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

// fileCursor gives the rows of a present file, one group after another.
type fileCursor struct {
	r    *fileReader[schemas.Event]
	head *schemas.Event // not given yet; nil at the end
	key  groupKey
	row  eventRow
	last *attr
}

// start finds the first group.
func (c *fileCursor) start() error {
	err := c.advance()
	c.open()
	return err
}

// open makes the head's group the current one.
func (c *fileCursor) open() {
	if c.head != nil {
		c.key = groupKey{c.head.Service, c.head.ShapeID}
	}
}

func (c *fileCursor) advance() (err error) {
	c.head, err = c.r.next()
	return err
}

// next gives the next row of the current group.
func (c *fileCursor) next() (*eventRow, error) {
	if c.row.attr != nil { // the head has been given
		if err := c.advance(); err != nil {
			return nil, err
		}
	}
	e := c.head
	if e == nil || e.Service != c.key.service || e.ShapeID != c.key.shape {
		c.row.attr = nil
		c.open()
		return nil, nil
	}
	if a := c.last; a == nil || a.host != e.Host || a.level != e.Level || a.kind != e.Kind || a.errorType != e.ErrorType || a.sourceID != e.SourceID {
		c.last = &attr{e.Host, e.Level, e.Kind, e.ErrorType, e.SourceID}
	}
	c.row.attr = c.last
	c.row.ts, c.row.line = e.TS, e.Line
	c.row.message, c.row.trace = append(c.row.message[:0], e.Message...), append(c.row.trace[:0], e.TraceID...)
	return &c.row, nil
}
