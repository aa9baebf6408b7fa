package lake

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// A run keeps its events in buckets, one per date, service and shape: the
// order in which files want them. Within a bucket rows follow each other as
// their differences, without a pointer, so that a day of events is a few
// thousand blocks of bytes to the garbage collector. The same bytes make a
// spill; neither form outlives the night, so it may change freely.

// groupKey is what the rows of a bucket share besides their date.
type groupKey struct{ service, shape string }

func (k groupKey) compare(o groupKey) int {
	if c := strings.Compare(k.service, o.service); c != 0 {
		return c
	}
	return strings.Compare(k.shape, o.shape)
}

// attr is what few different values are seen of: rows hold its number.
type attr struct{ host, level, kind, errorType, sourceID string }

// eventRow is a row as it is merged. Its texts are valid until the cursor that
// gave it goes on.
type eventRow struct {
	ts, line       int64
	attr           *attr
	message, trace []byte
}

// bucket gathers the rows of one date, service and shape in order of arrival.
type bucket struct {
	key      groupKey
	date     string
	blocks   [][]byte
	rows     int
	size     int64 // of its messages
	disorder bool  // rows came in another order than that of files
	ts, line int64
	attr     int32
}

// Blocks grow from the size of a bucket's first row to blockBytes.
const (
	blockBytes = 8 << 10
	slabBytes  = 1 << 20
)

// slabs hands out blocks from large pieces of memory and takes all of them
// back at once.
type slabs struct {
	free, used [][]byte
	open       []byte
	bytes      int
}

// block gives an empty block with room for n bytes.
func (s *slabs) block(n int) []byte {
	if n > slabBytes {
		s.bytes += n
		return make([]byte, 0, n)
	}
	if len(s.open) < n {
		if k := len(s.free); k > 0 {
			s.open, s.free = s.free[k-1], s.free[:k-1]
		} else {
			s.open = make([]byte, slabBytes)
		}
		s.used = append(s.used, s.open)
		s.bytes += slabBytes
	}
	b := s.open[:0:n]
	s.open = s.open[n:]
	return b
}

// reset takes all blocks back.
func (s *slabs) reset() {
	s.free = append(s.free, s.used...)
	s.used, s.open, s.bytes = nil, nil, 0
}

// rowHeader bounds the bytes of a row before its message.
const rowHeader = 4 * binary.MaxVarintLen64

// add writes a row behind the others. Texts must be clean.
func (b *bucket) add(s *slabs, ts, line int64, a int32, message, trace string) {
	need := rowHeader + len(message) + binary.MaxVarintLen64 + len(trace)
	var w []byte
	last := len(b.blocks) - 1
	if last >= 0 && cap(b.blocks[last])-len(b.blocks[last]) >= need {
		w = b.blocks[last]
	} else {
		size := need
		if last >= 0 {
			size = max(need, min(2*cap(b.blocks[last]), blockBytes))
		}
		b.blocks = append(b.blocks, s.block(size))
		last++
		w = b.blocks[last]
	}
	b.blocks[last] = appendRow(w, ts-b.ts, line-b.line, a, message, trace)
	b.ts, b.line, b.attr = ts, line, a
	b.rows++
	b.size += int64(len(message))
}

// appendRow writes a row as its difference from the one before it.
func appendRow[T string | []byte](w []byte, ts, line int64, a int32, message, trace T) []byte {
	flag := uint64(0)
	if len(trace) > 0 {
		flag = 1
	}
	w = binary.AppendUvarint(w, uint64(a)<<1|flag)
	w = binary.AppendVarint(w, ts)
	w = binary.AppendVarint(w, line)
	w = binary.AppendUvarint(w, uint64(len(message)))
	w = append(w, message...)
	if flag == 1 {
		w = binary.AppendUvarint(w, uint64(len(trace)))
		w = append(w, trace...)
	}
	return w
}

var errSpill = fmt.Errorf("read spilled events: %w temporary file; run the night again", errDamaged)

// rowDecoder turns differences back into rows.
type rowDecoder struct {
	row   eventRow
	attrs []*attr // of the run
	n     int32   // the row's place among them
}

// header reads what comes before the message, and gives the message's length.
func (d *rowDecoder) header(b []byte) (used, message int, traced bool, err error) {
	a, k := binary.Uvarint(b)
	ts, k2 := binary.Varint(b[max(k, 0):])
	line, k3 := binary.Varint(b[max(k, 0)+max(k2, 0):])
	used = k + k2 + k3
	if k <= 0 || k2 <= 0 || k3 <= 0 || a>>1 >= uint64(len(d.attrs)) {
		return 0, 0, false, errSpill
	}
	size, k := binary.Uvarint(b[used:])
	if k <= 0 || size > MaxMessage {
		return 0, 0, false, errSpill
	}
	d.n = int32(a >> 1)
	d.row.attr = d.attrs[d.n]
	d.row.ts += ts
	d.row.line += line
	return used + k, int(size), a&1 == 1, nil
}

// decode reads a row that is whole in b and gives its length.
func (d *rowDecoder) decode(b []byte) (int, error) {
	at, size, traced, err := d.header(b)
	if err != nil || len(b)-at < size {
		return 0, errSpill
	}
	d.row.message, d.row.trace = b[at:at+size], nil
	at += size
	if !traced {
		return at, nil
	}
	n, k := binary.Uvarint(b[at:])
	if k <= 0 || uint64(len(b)-at-k) < n {
		return 0, errSpill
	}
	d.row.trace = b[at+k : at+k+int(n)]
	return at + k + int(n), nil
}

// rowCursor walks through the sorted rows of one group. A row is valid until
// the next call; nil is the end.
type rowCursor interface {
	next() (*eventRow, error)
}

// blockCursor reads the rows of a bucket.
type blockCursor struct {
	rowDecoder
	blocks [][]byte
}

func (c *blockCursor) next() (*eventRow, error) {
	for len(c.blocks) > 0 && len(c.blocks[0]) == 0 {
		c.blocks = c.blocks[1:]
	}
	if len(c.blocks) == 0 {
		return nil, nil
	}
	n, err := c.decode(c.blocks[0])
	if err != nil {
		return nil, err
	}
	c.blocks[0] = c.blocks[0][n:]
	return &c.row, nil
}

// sort puts a bucket's rows in the order of files.
func (b *bucket) sort(attrs []*attr) error {
	if !b.disorder {
		return nil
	}
	type place struct {
		row eventRow
		n   int32
	}
	rows := make([]place, 0, b.rows)
	size := 0
	c := blockCursor{rowDecoder{attrs: attrs}, b.blocks}
	for {
		r, err := c.next()
		if err != nil {
			return err
		}
		if r == nil {
			break
		}
		rows = append(rows, place{*r, c.n})
		size += rowHeader + len(r.message) + len(r.trace)
	}
	slices.SortFunc(rows, func(x, y place) int { return compareRows(&x.row, &y.row) })
	out := make([]byte, 0, size)
	var ts, line int64
	for i := range rows {
		r := &rows[i].row
		out = appendRow(out, r.ts-ts, r.line-line, rows[i].n, r.message, r.trace)
		ts, line = r.ts, r.line
	}
	b.blocks, b.disorder = [][]byte{out}, false
	return nil
}
