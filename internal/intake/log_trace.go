package intake

import (
	"bytes"
	"encoding/binary"

	"almanac/schemas"
)

// Names under which text lines print the id of a trace, and, where there is
// none, of a request. What every name contains is searched for first.
var (
	traceWord   = []byte("race")
	requestWord = []byte("equest")
)

// traceOf finds a trace id in text: trace_id=…, traceId: …, "trace.id":"…",
// traceparent=00-…-…-01 (W3C Trace Context), else request_id=… and its kin.
// It aliases b; nil: there is none.
func traceOf(b []byte) []byte {
	if !mayNameID(b) {
		return nil
	}
	if id := idAfter(b, traceWord, 2, 't'); id != nil {
		return id
	}
	return idAfter(b, requestWord, 1, 'r')
}

// mayNameID says that "race" or "ques" stands in b, as in both words: few lines
// have either. It looks at eight places at a time, and may say yes too often.
func mayNameID(b []byte) bool {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	if len(b) < 11 {
		return true
	}
	has := func(i int) bool {
		p := b[i : i+11]
		x0, x1 := binary.LittleEndian.Uint64(p), binary.LittleEndian.Uint64(p[1:])
		x2, x3 := binary.LittleEndian.Uint64(p[2:]), binary.LittleEndian.Uint64(p[3:])
		// A byte is zero where all four letters stand.
		r := x0 ^ 'r'*ones | x1 ^ 'a'*ones | x2 ^ 'c'*ones | x3 ^ 'e'*ones
		q := x0 ^ 'q'*ones | x1 ^ 'u'*ones | x2 ^ 'e'*ones | x3 ^ 's'*ones
		return ((r-ones)&^r|(q-ones)&^q)&tops != 0
	}
	for i := 0; i+11 <= len(b); i += 8 {
		if has(i) {
			return true
		}
	}
	return has(len(b) - 11)
}

// indexBy is bytes.Index for a word whose letter at rare is seldom seen: the
// first letters of both words are among the most common ones.
func indexBy(b, word []byte, rare int) int {
	for at := 0; ; {
		i := bytes.IndexByte(b[at:], word[rare])
		if i < 0 {
			return -1
		}
		if lo := at + i - rare; lo >= 0 && hasPrefix(b[lo:], alias(word)) {
			return lo
		}
		at += i + 1
	}
}

// idAfter looks for a name around word, whose first letter is initial, and
// gives the id behind it. rare is the place of the word's rarest letter.
func idAfter(b, word []byte, rare int, initial byte) []byte {
	const most = 4 // prose that speaks of traces is not searched on and on
	at := 0
	for tries := 0; tries < most; tries++ {
		i := indexBy(b[at:], word, rare)
		if i < 0 {
			return nil
		}
		i += at
		at = i + len(word)
		if i == 0 || b[i-1]|0x20 != initial || i > 1 && b[i-1] == initial && b[i-2]|0x20 >= 'a' && b[i-2]|0x20 <= 'z' {
			continue
		}
		if id := idValue(b[at:]); id != nil {
			return id
		}
	}
	return nil
}

// idValue reads the rest of a name (_id, Id, .id, parent), a separator and an
// id of 8 to 64 word characters.
func idValue(b []byte) []byte {
	rest := b
	parent := false
	switch {
	case hasPrefix(b, "parent"):
		rest, parent = b[6:], true
	case len(b) > 3 && (b[0] == '_' || b[0] == '-' || b[0] == '.' || b[0] == ' ') && b[1]|0x20 == 'i' && b[2]|0x20 == 'd':
		rest = b[3:]
	case len(b) > 2 && b[0]|0x20 == 'i' && b[1]|0x20 == 'd':
		rest = b[2:]
	default:
		return nil
	}
	i := 0
	if i < len(rest) && rest[i] == '"' {
		i++
	}
	if i >= len(rest) || rest[i] != '=' && rest[i] != ':' {
		return nil
	}
	i++
	for i < len(rest) && (rest[i] == ' ' || rest[i] == '"' || rest[i] == '\'') {
		i++
	}
	start := i
	for i < len(rest) && (isWordByte(rest[i]) || rest[i] == '-') {
		i++
	}
	id := rest[start:i]
	if parent { // version-trace-span-flags
		if len(id) != 55 || id[2] != '-' || id[35] != '-' {
			return nil
		}
		id = id[3:35]
	}
	return soundID(id)
}

// soundID refuses what is too short or too long for an id, and the id of
// zeros that stands for none.
func soundID(id []byte) []byte {
	if len(id) < 8 || len(id) > 64 || len(bytes.Trim(id, "0-")) == 0 {
		return nil
	}
	return id
}

// bracketTrace finds the id in a group as Spring prints it: [traceid,spanid],
// [app,traceid,spanid,true] or [traceid-spanid]. It looks at the first groups
// of a line's header only.
func bracketTrace(b []byte) []byte {
	b = b[:min(len(b), 240)]
	for groups := 0; groups < 5; groups++ {
		open := bytes.IndexByte(b, '[')
		if open < 0 {
			return nil
		}
		b = b[open+1:]
		shut := bytes.IndexByte(b, ']')
		if shut < 0 {
			return nil
		}
		group := b[:shut]
		b = b[shut+1:]
		if len(group) < 33 && bytes.IndexByte(group, ',') < 0 {
			continue
		}
		from := 0
		for i := 0; i <= len(group); i++ {
			if i < len(group) && group[i] != ',' && group[i] != '-' {
				continue
			}
			if i-from >= 16 {
				if field := bytes.TrimSpace(group[from:i]); isHexID(field) {
					return field
				}
			}
			from = i + 1
		}
	}
	return nil
}

// isHexID: 16 or 32 hexadecimal digits, not all zero.
func isHexID(b []byte) bool {
	if len(b) != 16 && len(b) != 32 {
		return false
	}
	zero := true
	for _, c := range b {
		if !isDigit(c) && (c < 'a' || c > 'f') {
			return false
		}
		zero = zero && c == '0'
	}
	return !zero
}

// traced completes an event without a trace id by the one in its message.
func traced(e *schemas.Event) {
	if e.TraceID == "" && len(e.Message) > 16 && e.Kind != schemas.EventRequest {
		e.TraceID = alias(traceOf(bytesOf(e.Message)))
	}
}
