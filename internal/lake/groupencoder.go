package lake

import (
	"bytes"

	"github.com/parquet-go/parquet-go/encoding/rle"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// groupEncoder encodes parts of row groups one after another.
type groupEncoder struct {
	g       *eventGroup
	part    *groupPart
	col     *format.ColumnChunk
	levels  []byte // definition levels of a page: 0 NULL, 1 a value
	runs    []byte // the same, encoded
	codes   []int32
	ints    []int64
	ends    []uint32 // of a page's texts that are not NULL, from 0 on
	page    []byte
	packed  []byte
	header  bytes.Buffer
	proto   thrift.CompactProtocol
	codeOf  map[string]int32
	words   []string
	byAttr  []int32
	rle     rle.Encoding
	returns returns
	dict    rle.DictionaryEncoding
}

func newGroupEncoder() *groupEncoder {
	return &groupEncoder{rle: rle.Encoding{BitWidth: 1}, codeOf: map[string]int32{}}
}

// encode encodes one part of a row group. The parts of a group, one behind the
// other, hold all columns in the order of schemas.Event.
func (x *groupEncoder) encode(g *eventGroup, part *groupPart) error {
	x.g, x.part = g, part
	switch {
	case part == g.first():
		return x.columnsBefore()
	case part == g.last():
		return x.columnsBehind()
	}
	return x.messages()
}

func (x *groupEncoder) ofKey(f func(groupKey) string) func() { return func() { x.codesByKey(f) } }
func (x *groupEncoder) ofAttr(f func(*attr) string) func()   { return func() { x.codesByAttr(f) } }

// columnsBefore encodes what stands before the messages.
func (x *groupEncoder) columnsBefore() error {
	return inTurn(
		x.dictionary("event_date", true, x.ofKey(func(groupKey) string { return x.g.date })),
		x.numbers("ts", x.g.ts, true),
		x.dictionary("service", true, x.ofKey(func(k groupKey) string { return k.service })),
		x.dictionary("host", false, x.ofAttr(func(a *attr) string { return a.host })),
		x.dictionary("level", false, x.ofAttr(func(a *attr) string { return a.level })),
		x.dictionary("kind", false, x.ofAttr(func(a *attr) string { return a.kind })),
		x.dictionary("shape_id", true, x.ofKey(func(k groupKey) string { return k.shape })),
	)
}

// messages encodes one page of messages.
func (x *groupEncoder) messages() error {
	first, page := 0, x.part.page
	for _, p := range x.g.message.pages[:page] {
		first += len(p.ends)
	}
	p := &x.g.message.pages[page]
	x.column("message", format.ByteArray, format.RLE)
	x.col.MetaData.NumValues = int64(len(p.ends))
	return x.texts(p, func() *packer { return x.levelOf(first, len(p.ends)) })
}

// columnsBehind encodes what stands behind the messages.
func (x *groupEncoder) columnsBehind() error {
	return inTurn(
		x.dictionary("error_type", false, x.ofAttr(func(a *attr) string { return a.errorType })),
		x.traces,
		x.dictionary("source_id", false, x.ofAttr(func(a *attr) string { return a.sourceID })),
		x.numbers("line", x.g.line, false),
	)
}

func (x *groupEncoder) traces() error {
	x.column("trace_id", format.ByteArray, format.RLE)
	for i := range x.g.trace.pages {
		if err := x.texts(&x.g.trace.pages[i], func() *packer { return dense }); err != nil {
			return err
		}
	}
	return nil
}

func inTurn(steps ...func() error) error {
	for _, f := range steps {
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}

// column begins a column.
func (x *groupEncoder) column(name string, kind format.Type, encodings ...format.Encoding) {
	x.part.columns = append(x.part.columns, format.ColumnChunk{MetaData: format.ColumnMetaData{
		Type: kind, Encoding: encodings, PathInSchema: []string{name}, Codec: format.Zstd,
		NumValues: int64(x.g.rows), DataPageOffset: int64(len(x.part.out)),
	}})
	x.col = &x.part.columns[len(x.part.columns)-1]
}

// code gives the code of a value of the column, -1 for NULL.
func (x *groupEncoder) code(s string) int32 {
	if s == "" {
		return -1
	}
	c, ok := x.codeOf[s]
	if !ok {
		c = int32(len(x.words))
		x.codeOf[s] = c
		x.words = append(x.words, s)
	}
	return c
}

func (x *groupEncoder) codesByKey(f func(groupKey) string) {
	for i, key := range x.g.keys {
		end := x.g.rows
		if i+1 < len(x.g.starts) {
			end = int(x.g.starts[i+1])
		}
		c := x.code(f(key))
		for len(x.codes) < end {
			x.codes = append(x.codes, c)
		}
	}
}

func (x *groupEncoder) codesByAttr(f func(*attr) string) {
	x.byAttr = x.byAttr[:0]
	for _, a := range x.g.attrs {
		x.byAttr = append(x.byAttr, x.code(f(a)))
	}
	for _, a := range x.g.attrOf {
		x.codes = append(x.codes, x.byAttr[a])
	}
}

// levelOf chooses the level of the page of messages in x.page (packer.go says
// why).
func (x *groupEncoder) levelOf(first, rows int) *packer {
	if x.services(first, rows) <= 2 && x.returns.enough(x.page) {
		return dense
	}
	return fastest
}

// services counts those that rows are of.
func (x *groupEncoder) services(first, rows int) int {
	n, last := 0, ""
	for i, start := range x.g.starts {
		if int(start) >= first+rows {
			break
		}
		if i+1 < len(x.g.starts) && int(x.g.starts[i+1]) <= first {
			continue
		}
		if s := x.g.keys[i].service; n == 0 || s != last {
			n, last = n+1, s
		}
	}
	return n
}
