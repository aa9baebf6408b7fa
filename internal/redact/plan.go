package redact

import (
	"encoding/binary"
	"strings"

	"almanac/schemas"
)

// Plan says where, in the text that many messages share, a secret may yet be
// betrayed: everywhere else in it the answer is no, whatever their values
// are. A message that keeps to a plan is asked there and in its values only.
// Lines of logs are a few statements over and over, so this is most of the
// cost of looking for secrets.
type Plan struct{ at []place }

// place is a byte of the shared text: off bytes behind the value number part
// (part 0: from the beginning).
type place struct{ part, off int32 }

// Key is the same for plans that ask the same.
func (p Plan) Key() string {
	b := make([]byte, 0, 8*len(p.at))
	for _, at := range p.at {
		b = binary.AppendUvarint(binary.AppendUvarint(b, uint64(at.part)), uint64(at.off))
	}
	return string(b)
}

// Plan makes the plan of all messages that differ from s in nothing but what
// stands in values: each value is a token with a digit in it, and keeps the
// slashes it begins with. It has none (false) where rules of the site's own
// look at the whole text.
func (r *Redactor) Plan(s string, values []schemas.Span) (Plan, bool) {
	if len(r.extra) > 0 {
		return Plan{}, false
	}
	var p Plan
	lo := 0
	for part := 0; part <= len(values); part++ {
		hi := len(s)
		if part < len(values) {
			hi = int(values[part].Lo)
		}
		for i := lo; i < hi; i++ {
			if mayBetray(s, i, lo, hi) {
				p.at = append(p.at, place{int32(part), int32(i - lo)})
			}
		}
		if part < len(values) {
			lo = int(values[part].Hi)
		}
	}
	return p, true
}

// mayBetray says whether Redact could find something from the byte at i on,
// of which only s[lo:hi] is known: beyond, anything may stand, but for the
// ends of the text.
func mayBetray(s string, i, lo, hi int) bool {
	c := classes[s[i]]
	inside := func(before, behind int) bool {
		return (i-before >= lo || lo == 0) && (i+behind < hi || hi == len(s))
	}
	switch c {
	case plain:
		return false
	case digit:
		if i > lo && isDigit(s[i-1]) {
			return false
		}
		n := span(s[:hi], i, isDigit)
		return !inside(3, n) || worthCounting(s, i, n)
	case separator:
		if i+1 >= len(s) {
			return false
		}
		return s[i] == ':' && s[i+1] == '/' || mayBeKey(s[lo:i], lo > 0)
	case scheme:
		return mayBegin(s[i:hi], "bearer ", hi < len(s)) || mayBegin(s[i:hi], "basic ", hi < len(s))
	case mark:
		return !inside(2, 0) || worthALook(s, i, c)
	}
	return !inside(0, 2) || worthALook(s, i, c)
}

// mayBegin says whether a text, of which rest is unknown if open, begins with
// a word.
func mayBegin(text, word string, open bool) bool {
	n := min(len(text), len(word))
	return (n == len(word) || open) && strings.EqualFold(text[:n], word[:n])
}

// mayBeKey says whether text, which goes on to the left if open, can end with
// the name of a secret and what findPair passes over behind it.
func mayBeKey(text string, open bool) bool {
	end, _ := keyEnd(text)
	if end == 0 {
		return open
	}
	for _, k := range keysByEnd[text[end-1]|0x20] {
		if matched, more := matchKey(text[:end], k); matched || more && open {
			return true
		}
	}
	return false
}

// Quiet says that Redact would leave s as it is: s keeps to the plan, and
// values are its values.
func (p Plan) Quiet(s string, values []schemas.Span) bool {
	for _, at := range p.at {
		i := int(at.off)
		if at.part > 0 {
			i += int(values[at.part-1].Hi)
		}
		if h, _ := look(s, i, 0); h.kind != "" {
			return false
		}
	}
	for _, v := range values {
		if !quietValue(s, int(v.Lo), int(v.Hi)) {
			return false
		}
	}
	return true
}

// quietValue says that nothing is betrayed from within s[i:hi]. Most of a
// value is digits one by one or two by two, and marks that join them.
func quietValue(s string, i, hi int) bool {
	for i < hi {
		switch classes[s[i]] {
		case plain:
			i++
			continue
		case digit:
			n := i + 1
			for n < len(s) && s[n]-'0' < 10 {
				n++
			}
			if n == i+1 || !worthCounting(s, i, n-i) {
				i = n
				continue
			}
		case mark:
			if !mayEndPrefix(s, i) {
				i++
				continue
			}
		case scheme:
			if !mayBeScheme(s, i) {
				i++
				continue
			}
		}
		h, next := look(s, i, 0)
		if h.kind != "" {
			return false
		}
		i = next
	}
	return true
}
