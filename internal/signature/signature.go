// Package signature turns a log message into the statement it was printed
// from, in two steps. A Miner gives every message its shape: the first line
// with everything that is a value by its looks (numbers, ids, addresses,
// paths, times, sizes …) replaced by Wildcard. The same message has the same
// shape on every machine, for ever. Group then looks at all shapes ever seen,
// column by column, and says which of them come from one statement; that is
// a pure function of the set of shapes, whatever their order of arrival.
//
// The package also reads what the words of a message betray: Level and
// ErrorType. It reads no clock, no files and no configuration, keeps no
// global state, and takes any bytes without complaint.
package signature

import (
	"strconv"
	"strings"
	"unsafe"

	"github.com/cespare/xxhash/v2"

	"almanac/schemas"
)

// Wildcard stands for a value in shapes and templates.
const Wildcard = "<*>"

// maxLine is how much of a message's first line makes its shape, in bytes; the
// rest is one value. Longer statements exist only as dumps of data.
const maxLine = 4096

// Shape is a masked message. Shapes are shared by all messages that have
// them: do not change one.
type Shape struct {
	ID   string // "s" + 15 hex digits, the hash of Text
	Text string // the masked first line; "" for an empty message
	slot int32  // where the reader's Census holds it, plus one
}

// Miner gives messages their shapes. It keeps a bounded cache, so each
// goroutine needs its own; the shapes do not depend on what was seen before.
type Miner struct {
	rules *compiled
	cache table
	spans []schemas.Span
	lex   []piece
	texts map[string]*Shape // shapes by text: many masks share one
}

// NewMiner makes a miner that follows the site's rules. Rules that do not
// compile are left out: check them with Rules.Check first.
func NewMiner(r Rules) *Miner {
	return &Miner{rules: compile(r), texts: map[string]*Shape{}}
}

// Shape gives the shape of a message. Only its first line counts; a message
// that was seen before in another guise (other numbers, other ids) costs one
// pass over its bytes and no allocation.
func (m *Miner) Shape(message string) *Shape {
	return m.ShapeBytes(unsafe.Slice(unsafe.StringData(message), len(message)))
}

// ShapeBytes is Shape for bytes, which it neither keeps nor changes.
func (m *Miner) ShapeBytes(message []byte) *Shape {
	line, cut := firstLine(message)
	if m.rules.hasPatterns {
		line = m.rules.rewrite(line)
	}
	h, spans := scan(line, cut, m.spans[:0])
	m.spans = spans
	if s := m.cache.get(h); s != nil {
		return s
	}
	return m.learn(h, line, cut)
}

// learn masks a line whose mask is not in the cache.
func (m *Miner) learn(h uint64, line []byte, cut bool) *Shape {
	m.lex = lex(line, m.spans, m.lex[:0])
	m.lex = mask(line, m.lex)
	text := render(line, m.lex)
	if cut {
		text += " " + Wildcard
	}
	s := m.texts[text]
	if s == nil {
		if len(m.texts) >= maxCached {
			clear(m.texts)
		}
		s = &Shape{ID: ShapeID(text), Text: text}
		m.texts[text] = s
	}
	m.cache.put(h, s)
	return s
}

// ShapeID is the id of a shape's text.
func ShapeID(text string) string {
	return "s" + hex(xxhash.Sum64String(text)>>4, 15)
}

// ID is the signature_id of a template: "S-" and 12 hex digits of its hash.
func ID(template string) string {
	return "S-" + hex(xxhash.Sum64String(template)>>16, 12)
}

// hex writes the low 4*width bits of v.
func hex(v uint64, width int) string {
	s := strconv.FormatUint(v, 16)
	return strings.Repeat("0", width-len(s)) + s
}

// firstLine cuts a message at its first line end, and at maxLine bytes: cut
// says that there was more on the line. Leading and trailing blanks go.
func firstLine(b []byte) (line []byte, cut bool) {
	if len(b) > maxLine {
		b, cut = b[:maxLine], true
	}
	for i := 0; i < len(b); i++ { // leading blanks, also empty first lines
		if class[b[i]]&isSpace == 0 {
			b = b[i:]
			break
		}
		if i == len(b)-1 {
			return nil, cut
		}
	}
	if i := indexNewline(b); i >= 0 {
		b, cut = b[:i], false
	}
	for len(b) > 0 && class[b[len(b)-1]]&isSpace != 0 {
		b = b[:len(b)-1]
	}
	return b, cut
}
