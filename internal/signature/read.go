package signature

import (
	"strings"
	"unsafe"

	"almanac/schemas"
)

// Reading is what one pass over a message finds out.
type Reading struct {
	Shape     *Shape
	Level     string // as Level gives it
	ErrorType string // as ErrorType gives it
}

// fact is what all lines of one mask share besides their shape.
type fact struct {
	level, errorType string
	// known says that level and errorType follow from the literal text, so
	// that they hold for every line of the mask. mayHaveStatus is set where
	// only an HTTP status among the values can still make an error type.
	known, mayHaveStatus bool
}

// Mask is what messages share that differ in nothing but values with a digit.
// It is valid until the miner's next call.
type Mask struct {
	// Values are the stretches of the message that may differ.
	Values []schemas.Span
	hash   uint64
	place  int // in the cache, -1 where the mask is new
}

// Mask gives a message's mask. It has none (false) where its shape does not
// depend on its bytes alone, one by one: several lines, blanks around it,
// more than a shape holds, or patterns of the site.
func (m *Miner) Mask(message string) (Mask, bool) {
	b := unsafe.Slice(unsafe.StringData(message), len(message))
	line, cut := firstLine(b)
	if m.rules.hasPatterns || cut || len(line) != len(b) {
		return Mask{}, false
	}
	h, spans := scan(line, false, m.spans[:0])
	m.spans = spans
	return Mask{Values: spans, hash: h, place: m.cache.find(h)}, true
}

// Note gives what Learn was told of the mask, 0 where the mask is new.
func (m *Miner) Note(k Mask) int32 {
	if k.place < 0 {
		return 0
	}
	return m.cache.entries[k.place].note
}

// Learn remembers a message's mask with a note of the caller's.
func (m *Miner) Learn(message string, k *Mask, note int32) {
	b := unsafe.Slice(unsafe.StringData(message), len(message))
	if k.place < 0 {
		m.learn(k.hash, b, false)
		k.place = m.cache.find(k.hash)
		m.cache.setFact(k.place, factOf(message, k.Values))
	}
	m.cache.entries[k.place].note = note
}

// Read gives a message's shape with its level and error type: a message whose
// mask was seen before costs one pass over its bytes and no allocation. The
// error type may be a part of the message.
func (m *Miner) Read(message string) Reading {
	k, ok := m.Mask(message)
	if !ok {
		return Reading{m.Shape(message), Level(message), ErrorType(message)}
	}
	return m.ReadMask(message, k)
}

// ReadMask is Read for a message whose mask is known already.
func (m *Miner) ReadMask(message string, k Mask) Reading {
	if k.place < 0 {
		m.Learn(message, &k, 0)
	}
	e := &m.cache.entries[k.place]
	f := m.cache.factOf(e)
	r := Reading{Shape: e.shape, Level: f.level, ErrorType: f.errorType}
	if !f.known || namesError(message, k.Values) {
		r.Level, r.ErrorType = Level(message), ErrorType(message)
	} else if f.mayHaveStatus {
		r.ErrorType = statusAmong(message, k.Values)
	}
	return r
}

// factOf judges the first line of a mask. Not known is what depends on values:
// a level word that a number may negate, a class that a value names.
func factOf(message string, spans []schemas.Span) fact {
	level, byNumber := levelOf(message)
	if byNumber || namesError(message, spans) || strings.Contains(message, "Caused by: ") || strings.Contains(message, "Traceback") {
		return fact{}
	}
	f := fact{level: level, errorType: literalErrorType(message), known: true}
	f.mayHaveStatus = f.errorType == "" && len(spans) > 0
	return f
}

// namesError says that a value holds the name of an exception.
func namesError(message string, spans []schemas.Span) bool {
	for _, s := range spans {
		v := message[s.Lo:s.Hi]
		if len(v) > len("Error") && strings.IndexByte(v, 'E') >= 0 &&
			(strings.Contains(v, "Error") || strings.Contains(v, "Exception")) {
			return true
		}
	}
	return false
}

// statusAmong is httpStatus for a line whose digits stand in spans only.
func statusAmong(message string, spans []schemas.Span) string {
	for _, s := range spans {
		for k := int(s.Lo); k+3 <= int(s.Hi); {
			if message[k] == '5' && isStatus(message, k) {
				return "HTTP " + message[k:k+3]
			}
			next := strings.IndexByte(message[k:s.Hi], ':')
			if next < 0 {
				break
			}
			k += next + 1
		}
	}
	return ""
}
