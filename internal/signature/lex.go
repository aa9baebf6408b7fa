package signature

import (
	"bytes"
	"unicode/utf8"

	"almanac/schemas"
)

// kind is what a piece of a line is.
type kind uint8

const (
	word  kind = iota // letters, with what joins them (. _ - / $ …)
	punct             // structural punctuation, or a token without a letter
	blank             // white space, whatever its length
	value             // masked
)

// piece is a part of a line: b[lo:hi]. What a value looks like must not
// matter to the mask, so that lines with the same hash have the same shape:
// only slash may be read of a value.
type piece struct {
	lo, hi int32
	kind   kind
	slash  uint8
	why    rule // the rule that masked it
}

// lex cuts a line into pieces; spans are its values.
func lex(b []byte, spans []schemas.Span, out []piece) []piece {
	at := 0
	for _, s := range spans {
		out = lexText(b, at, int(s.Lo), out)
		out = append(out, piece{lo: s.Lo, hi: s.Hi, kind: value, slash: slashes(b, s), why: ruleDigit})
		at = int(s.Hi)
	}
	return lexText(b, at, len(b), out)
}

// lexText cuts b[lo:hi], which holds no value.
func lexText(b []byte, lo, hi int, out []piece) []piece {
	for i := lo; i < hi; {
		start := i
		c := class[b[i]]
		switch {
		case c&isSpace != 0:
			for i < hi && class[b[i]]&isSpace != 0 {
				i++
			}
			out = append(out, piece{lo: int32(start), hi: int32(i), kind: blank})
		case c&isDelim != 0:
			i++
			out = append(out, piece{lo: int32(start), hi: int32(i), kind: punct})
		default:
			for i < hi && class[b[i]]&isDelim == 0 {
				i++
			}
			out = lexWord(b, start, i, out)
		}
	}
	return out
}

// lexWord takes the full stop off the end of a word; what has no letter is
// punctuation.
func lexWord(b []byte, lo, hi int, out []piece) []piece {
	end := hi
	for end > lo && class[b[end-1]]&isTrail != 0 {
		end--
	}
	k := punct
	for _, c := range b[lo:end] {
		if class[c]&(isLetter|isDigit) != 0 {
			k = word
			break
		}
	}
	if k == punct {
		end = hi
	}
	out = append(out, piece{lo: int32(lo), hi: int32(end), kind: k})
	if end < hi {
		out = append(out, piece{lo: int32(end), hi: int32(hi), kind: punct})
	}
	return out
}

// lexTemplate cuts a shape's text or a template, in which Wildcard is a value.
func lexTemplate(text []byte, out []piece) []piece {
	for at := 0; ; {
		i := bytes.Index(text[at:], []byte(Wildcard))
		if i < 0 {
			return lexText(text, at, len(text), out)
		}
		out = lexText(text, at, at+i, out)
		at += i + len(Wildcard)
		out = append(out, piece{lo: int32(at - len(Wildcard)), hi: int32(at), kind: value})
	}
}

// render writes pieces as text: values as Wildcard, blanks as one space, and
// only valid, printable UTF-8.
func render(b []byte, ps []piece) string {
	n := 0
	for _, p := range ps {
		n += max(int(p.hi-p.lo), len(Wildcard))
	}
	out := make([]byte, 0, n)
	for _, p := range ps {
		switch p.kind {
		case value:
			out = append(out, Wildcard...)
		case blank:
			out = append(out, ' ')
		default:
			out = appendClean(out, b[p.lo:p.hi])
		}
	}
	return string(out)
}

// appendClean appends text with every invalid byte as U+FFFD. C1 controls and
// direction marks, which could forge what a reader sees, go the same way.
func appendClean(out, text []byte) []byte {
	for len(text) > 0 {
		if text[0] < utf8.RuneSelf {
			out = append(out, text[0])
			text = text[1:]
			continue
		}
		r, n := utf8.DecodeRune(text)
		if r >= 0x80 && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			r = utf8.RuneError
		}
		out = utf8.AppendRune(out, r)
		text = text[n:]
	}
	return out
}
