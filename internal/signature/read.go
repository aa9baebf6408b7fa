package signature

import (
	"bytes"
	"strings"
	"unsafe"
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

// Read gives a message's shape with its level and error type: a message whose
// mask was seen before costs one pass over its bytes and no allocation. The
// error type may be a part of the message.
func (m *Miner) Read(message string) Reading {
	b := unsafe.Slice(unsafe.StringData(message), len(message))
	line, cut := firstLine(b)
	if m.rules.hasPatterns || cut || len(line) != len(b) {
		return Reading{m.ShapeBytes(b), Level(message), ErrorType(message)}
	}
	h, spans := scan(line, cut, m.spans[:0])
	m.spans = spans
	k := m.cache.find(h)
	if k < 0 {
		m.learn(h, line, cut)
		k = m.cache.find(h)
		m.cache.setFact(k, factOf(message, b, spans))
	}
	e := &m.cache.entries[k]
	f := m.cache.factOf(e)
	r := Reading{Shape: e.shape, Level: f.level, ErrorType: f.errorType}
	if !f.known || namesError(b, spans) {
		r.Level, r.ErrorType = Level(message), ErrorType(message)
	} else if f.mayHaveStatus {
		r.ErrorType = statusAmong(message, spans)
	}
	return r
}

// factOf judges the first line of a mask. Not known is what depends on values:
// a level word that a number may negate, a class that a value names.
func factOf(message string, b []byte, spans []span) fact {
	level, byNumber := levelOf(message)
	if byNumber || namesError(b, spans) || strings.Contains(message, "Caused by: ") || strings.Contains(message, "Traceback") {
		return fact{}
	}
	f := fact{level: level, errorType: literalErrorType(message), known: true}
	f.mayHaveStatus = f.errorType == "" && len(spans) > 0
	return f
}

// namesError says that a value holds the name of an exception.
func namesError(b []byte, spans []span) bool {
	for _, s := range spans {
		v := b[s.lo:s.hi]
		if len(v) > len("Error") && bytes.IndexByte(v, 'E') >= 0 &&
			(bytes.Contains(v, []byte("Error")) || bytes.Contains(v, []byte("Exception"))) {
			return true
		}
	}
	return false
}

// statusAmong is httpStatus for a line whose digits stand in spans only.
func statusAmong(message string, spans []span) string {
	for _, s := range spans {
		for k := int(s.lo); k+3 <= int(s.hi); k++ {
			if message[k] == '5' && (k == int(s.lo) || message[k-1] == ':') && isStatus(message, k) {
				return "HTTP " + message[k:k+3]
			}
		}
	}
	return ""
}
