package signature

import (
	"cmp"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"

	"almanac/schemas"
)

// maxKnown bounds the shapes that have a text of their own. Sites have some
// ten thousand; what goes beyond is data printed as prose, and its lines are
// counted together under OverflowID.
const maxKnown = 200_000

// maxDropped bounds the shapes beyond maxKnown that are counted exactly.
const maxDropped = 4 << 20

// overflowTemplate begins every bucket of lines without a pattern; alone, it
// holds the lines of all shapes beyond maxKnown.
const overflowTemplate = "<overflow>"

// OverflowID is the signature of the lines whose shapes are beyond the bound.
// The views give it to every shape that the table of shapes does not hold.
var OverflowID = ID(overflowTemplate)

// Census remembers the first event of each shape that one reader meets. It
// holds at most maxKnown shapes and some slack; which ones is a function of
// the set of shapes met, not of their order (see keepFair). Not safe for
// concurrent use; give each reader its own and Merge them.
type Census struct {
	limit   int
	rows    []schemas.Shape
	lines   []int64
	at      map[string]int32
	dropped map[uint64]struct{}
	first   schemas.Shape // of the dropped
	beyond  int64
}

// NewCensus makes an empty census.
func NewCensus() *Census { return newCensus(maxKnown) }

func newCensus(limit int) *Census {
	return &Census{limit: limit, at: map[string]int32{}, dropped: map[uint64]struct{}{}}
}

// Note takes one event of a shape. It keeps no memory of the event's message.
func (c *Census) Note(s *Shape, e *schemas.Event) {
	if k := int(s.slot) - 1; k >= 0 && k < len(c.rows) && c.rows[k].ShapeID == s.ID {
		c.lines[k]++
		if before(e, &c.rows[k]) {
			c.rows[k] = rowOf(s, e)
		}
		return
	}
	if k, ok := c.at[s.ID]; ok {
		s.slot = k + 1
		c.lines[k]++
		if before(e, &c.rows[k]) {
			c.rows[k] = rowOf(s, e)
		}
		return
	}
	if len(c.dropped) > 0 {
		if _, ok := c.dropped[xxhash.Sum64String(s.ID)]; ok {
			c.beyond++
			if before(e, &c.first) {
				c.first = rowOf(s, e)
			}
			return
		}
	}
	s.slot = c.add(rowOf(s, e), 1) + 1
}

// before says that an event comes before the one that describes a row.
func before(e *schemas.Event, r *schemas.Shape) bool {
	if e.TS != r.FirstTS {
		return r.FirstTS == 0 || e.TS != 0 && e.TS < r.FirstTS
	}
	return e.SourceID < r.SourceID || e.SourceID == r.SourceID && e.Line < r.Line
}

// maxExample keeps one dump of data from filling the table of signatures.
const maxExample = 500

func rowOf(s *Shape, e *schemas.Event) schemas.Shape {
	example := e.Message
	if i := strings.IndexByte(example, '\n'); i >= 0 {
		example = example[:i]
	}
	return schemas.Shape{
		EventDate: schemas.Undated, ShapeID: s.ID, Text: s.Text, Level: e.Level,
		FirstTS: e.TS, FirstService: e.Service, Example: strings.Clone(example[:min(len(example), maxExample)]),
		SourceID: e.SourceID, Line: e.Line,
	}
}

// add takes a row that is not there yet and gives its place.
func (c *Census) add(r schemas.Shape, lines int64) int32 {
	if len(c.rows) >= c.limit+c.limit/2 {
		c.trim()
	}
	k := int32(len(c.rows))
	c.at[r.ShapeID] = k
	c.rows = append(c.rows, r)
	c.lines = append(c.lines, lines)
	return k
}

// trim drops what is beyond the limit.
func (c *Census) trim() {
	if len(c.rows) <= c.limit {
		return
	}
	keep := keepFair(c.rows, c.limit)
	n := 0
	clear(c.at)
	for i := range c.rows {
		if !keep[i] {
			c.drop(&c.rows[i], c.lines[i])
			continue
		}
		c.rows[n], c.lines[n] = c.rows[i], c.lines[i]
		c.at[c.rows[n].ShapeID] = int32(n)
		n++
	}
	clear(c.rows[n:])
	c.rows, c.lines = c.rows[:n], c.lines[:n]
}

func (c *Census) drop(r *schemas.Shape, lines int64) {
	if len(c.dropped) < maxDropped {
		c.dropped[xxhash.Sum64String(r.ShapeID)] = struct{}{}
	}
	c.beyond += lines
	c.first = earlierOf(c.first, *r)
}

// earlierOf is the row of the earlier event; the empty row is none.
func earlierOf(a, b schemas.Shape) schemas.Shape {
	if a.ShapeID == "" || b.ShapeID != "" && earlier(b, a) {
		return b
	}
	return a
}

// Merge takes over what another census holds; do not use that one any more.
func (c *Census) Merge(o *Census) {
	for i := range o.rows {
		k, ok := c.at[o.rows[i].ShapeID]
		switch {
		case !ok:
			c.add(o.rows[i], o.lines[i])
		default:
			c.rows[k] = earlierOf(c.rows[k], o.rows[i])
			c.lines[k] += o.lines[i]
		}
	}
	for id := range o.dropped {
		if len(c.dropped) < maxDropped {
			c.dropped[id] = struct{}{}
		}
	}
	c.beyond += o.beyond
	c.first = earlierOf(c.first, o.first)
	*o = Census{}
}

// Shapes gives a row per shape for Reconcile, in no order; with shapes beyond
// the bound also one row of OverflowID, described by the first event of them.
func (c *Census) Shapes() []schemas.Shape {
	c.trim()
	if c.first.ShapeID == "" {
		return c.rows
	}
	return append(c.rows[:len(c.rows):len(c.rows)], overflowRow(c.first))
}

// Beyond counts the shapes beyond the bound, up to some millions, and their
// lines exactly.
func (c *Census) Beyond() (shapes int, lines int64) {
	c.trim()
	return len(c.dropped), c.beyond
}

// overflowRow stands for the dropped shapes in the table of shapes.
func overflowRow(first schemas.Shape) schemas.Shape {
	first.ShapeID, first.SignatureID, first.Text = OverflowID, OverflowID, ""
	return first
}

// keepFair chooses which shapes stay when there are more than limit: of every
// family (statements that differ in nothing but words) the same number, those
// with the smallest ids, so that one talkative family cannot drive out the
// rare statements of others. What it drops from a set it also drops from any
// larger set: the choice may be made piecemeal and in any order.
func keepFair(rows []schemas.Shape, limit int) []bool {
	type entry struct {
		family, id uint64
		rank, row  int32
	}
	es := make([]entry, len(rows))
	var ps []piece
	var text []byte
	for i := range rows {
		text = append(text[:0], rows[i].Text...)
		ps = lexTemplate(text, ps[:0])
		es[i] = entry{family: family(text, ps), id: xxhash.Sum64String(rows[i].ShapeID), row: int32(i)}
	}
	slices.SortFunc(es, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.family, b.family), cmp.Compare(a.id, b.id))
	})
	for i := 1; i < len(es); i++ {
		if es[i].family == es[i-1].family {
			es[i].rank = es[i-1].rank + 1
		}
	}
	slices.SortFunc(es, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.id, b.id))
	})
	keep := make([]bool, len(rows))
	for _, e := range es[:min(limit, len(es))] {
		keep[e.row] = true
	}
	return keep
}

// family hashes what is left of a shape when its words are taken away.
func family(text []byte, ps []piece) uint64 {
	h := uint64(prime3)
	for _, p := range ps {
		switch p.kind {
		case punct:
			h = hashRun(h, text[p.lo:p.hi])
		case blank:
		default:
			h = mix(h^(prime2+uint64(p.kind)), prime1)
		}
	}
	return h
}
