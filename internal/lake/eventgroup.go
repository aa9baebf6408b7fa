package lake

import (
	"slices"
	"sync/atomic"
)

// eventGroup is one row group of events: filled column by column, then encoded
// (groupEncoder). Rows that come sorted need none of the work that a writer of
// any struct does for each field of each row: services and shapes are runs, and
// what else repeats is looked up once per attr.
type eventGroup struct {
	date     string
	rows     int
	text     int // bytes that groupBytes bounds
	ts, line []int64
	keys     []groupKey
	starts   []int32 // row at which each key's rows begin
	attrs    []*attr
	place    map[*attr]int32 // of attrs
	attrOf   []int32         // place of each row's
	message  texts
	trace    texts
	// The encoded parts, those that are still to come, and what went wrong.
	parts   []groupPart
	left    atomic.Int32
	encoded chan error
}

// texts is a column of byte strings, cut into what becomes its pages: they
// never grow, so that a row group of long texts is not copied time and again.
// An empty string is NULL.
type texts struct {
	pages []textPiece
	spare [][]byte // buffers to be used again
	size  int      // of a buffer
}

// textPiece is a page's strings, one after another, with their ends.
type textPiece struct {
	data []byte
	ends []uint32
}

func (t *texts) add(b []byte) {
	if n := len(t.pages); n == 0 || len(t.pages[n-1].data) >= textPage {
		t.open()
	}
	p := &t.pages[len(t.pages)-1]
	p.data = append(p.data, b...)
	p.ends = append(p.ends, uint32(len(p.data)))
}

// open begins a page.
func (t *texts) open() {
	n := len(t.pages)
	t.pages = slices.Grow(t.pages, 1)[:n+1]
	p := &t.pages[n] // may have been a page before: its ends are used again
	p.ends = p.ends[:0]
	if k := len(t.spare); k > 0 {
		p.data, t.spare = t.spare[k-1], t.spare[:k-1]
	} else {
		p.data = make([]byte, 0, t.size)
	}
}

func (t *texts) reset() {
	for i := range t.pages {
		t.spare = append(t.spare, t.pages[i].data[:0])
		t.pages[i].data = nil
	}
	t.pages = t.pages[:0]
}

func (g *eventGroup) reset(date string) {
	g.date, g.rows, g.text = date, 0, 0
	g.ts, g.line, g.keys, g.starts = g.ts[:0], g.line[:0], g.keys[:0], g.starts[:0]
	clear(g.attrs)
	clear(g.place)
	g.attrs, g.attrOf = g.attrs[:0], g.attrOf[:0]
	g.message.reset()
	g.trace.reset()
}

// reserve makes room for rows with so many bytes of text.
func (g *eventGroup) reserve(rows, text int) {
	g.ts, g.line = slices.Grow(g.ts, rows), slices.Grow(g.line, rows)
	g.attrOf = slices.Grow(g.attrOf, rows)
	g.message.size, g.trace.size = min(text, textPage+textSlack), min(text/4, textPage+textSlack)
}

// group begins the rows of a key.
func (g *eventGroup) group(key groupKey) {
	if n := len(g.starts); n > 0 && g.starts[n-1] == int32(g.rows) {
		g.keys[n-1] = key // the one before had none
		return
	}
	g.keys = append(g.keys, key)
	g.starts = append(g.starts, int32(g.rows))
	g.text += len(key.service) + len(key.shape)
}

func (g *eventGroup) add(r *eventRow) {
	g.ts, g.line = append(g.ts, r.ts), append(g.line, r.line)
	g.message.add(r.message)
	g.trace.add(r.trace)
	g.text += len(r.message) + len(r.trace)
	g.rows++
	n := len(g.attrOf)
	if n > 0 && g.attrs[g.attrOf[n-1]] == r.attr {
		g.attrOf = append(g.attrOf, g.attrOf[n-1])
		return
	}
	k, ok := g.place[r.attr]
	if !ok {
		k = int32(len(g.attrs))
		g.place[r.attr] = k
		g.attrs = append(g.attrs, r.attr)
		g.text += len(r.attr.host) + len(r.attr.errorType) + len(r.attr.sourceID)
	}
	g.attrOf = append(g.attrOf, k)
}
