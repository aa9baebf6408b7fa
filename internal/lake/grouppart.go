package lake

import (
	"slices"

	"github.com/parquet-go/parquet-go/format"
)

// groupPart is what one goroutine encodes of a row group: the columns before
// the messages, a page of messages, or the columns behind them.
type groupPart struct {
	page    int                  // of messages
	out     []byte               // pages as they stand in the file
	columns []format.ColumnChunk // with offsets from out's beginning
	raw     int64                // bytes of the pages before compression
	err     error
}

func (g *eventGroup) first() *groupPart { return &g.parts[0] }
func (g *eventGroup) last() *groupPart  { return &g.parts[len(g.parts)-1] }

// divide makes the parts of a full group.
func (g *eventGroup) divide() {
	n := len(g.message.pages) + 2
	g.parts = slices.Grow(g.parts[:0], n)[:n] // their buffers are used again
	for i := range g.parts {
		p := &g.parts[i]
		*p = groupPart{page: i - 1, out: p.out[:0], columns: p.columns[:0]}
	}
	g.left.Store(int32(n))
}

// done takes note that a part is encoded; the last one completes the group.
func (g *eventGroup) done(p *groupPart, err error) {
	p.err = err
	if g.left.Add(-1) > 0 {
		return
	}
	for i := range g.parts {
		if err := g.parts[i].err; err != nil {
			g.encoded <- err
			return
		}
	}
	g.encoded <- nil
}

// columns gives the columns of the encoded group, which begins at base of its
// file, with the group's bytes before and after compression.
func (g *eventGroup) columns(base int64) (columns []format.ColumnChunk, raw, packed int64) {
	for i := range g.parts {
		p := &g.parts[i]
		for _, c := range p.columns {
			m := &c.MetaData
			if p != g.first() && p != g.last() && p.page > 0 {
				addPages(&columns[len(columns)-1].MetaData, m)
				continue
			}
			m.DataPageOffset += base + packed
			if m.Encoding[0] == format.Plain { // it has a dictionary
				m.DictionaryPageOffset += base + packed
			}
			columns = append(columns, c)
		}
		raw, packed = raw+p.raw, packed+int64(len(p.out))
	}
	return columns, raw, packed
}

// addPages adds the pages behind those of a column.
func addPages(m, more *format.ColumnMetaData) {
	m.Encoding = union(m.Encoding, more.Encoding...)
	m.NumValues += more.NumValues
	m.Statistics.NullCount += more.Statistics.NullCount
	m.TotalCompressedSize += more.TotalCompressedSize
	m.TotalUncompressedSize += more.TotalUncompressedSize
}
