package intake

import (
	"bytes"
	"encoding/binary"
	"math/bits"

	"almanac/schemas"
)

// triesOfName bounds how often a name is looked at in a text: prose that speaks
// of traces is not searched on and on.
const triesOfName = 4

// traceOf finds a trace id in text: trace_id=…, traceId: …, "trace.id":"…",
// traceparent=00-…-…-01 (W3C Trace Context), else request_id=… and its kin.
// It aliases b; nil: there is none. Few lines have "race" or "ques", so it looks
// for both at eight places at a time.
func traceOf(b []byte) []byte {
	var request []byte
	traces, requests := 0, 0
	for from := 0; len(b) >= 11 && from+4 <= len(b); {
		at := min(from, len(b)-11) // the last places are looked at again
		for marks := nameMarks(b[at : at+11]); marks != 0; marks &= marks - 1 {
			i := at + bits.TrailingZeros64(marks)/8
			if i < from {
				continue
			}
			switch {
			case hasPrefix(b[i:], "race") && traces < triesOfName:
				traces++
				if id := idAround(b, i, i+4, 't'); id != nil {
					return id
				}
			case i > 0 && hasPrefix(b[i-1:], "equest") && request == nil && requests < triesOfName:
				requests++
				request = idAround(b, i-1, i+5, 'r')
			}
		}
		from = at + 8
	}
	return request
}

// nameMarks has the top bit of a byte set for each of eight places at which
// "race" or "ques" begins, and sometimes for the place behind such a one. It
// reads eleven bytes.
func nameMarks(b []byte) uint64 {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	x0, x1 := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[1:])
	x2, x3 := binary.LittleEndian.Uint64(b[2:]), binary.LittleEndian.Uint64(b[3:11])
	// A byte is zero where all four letters stand.
	r := x0 ^ 'r'*ones | x1 ^ 'a'*ones | x2 ^ 'c'*ones | x3 ^ 'e'*ones
	q := x0 ^ 'q'*ones | x1 ^ 'u'*ones | x2 ^ 'e'*ones | x3 ^ 's'*ones
	return ((r-ones)&^r | (q-ones)&^q) & tops
}

// idAround gives the id behind the name whose middle is b[lo:hi] and whose first
// letter is initial.
func idAround(b []byte, lo, hi int, initial byte) []byte {
	if lo == 0 || b[lo-1]|0x20 != initial || lo > 1 && b[lo-1] == initial && b[lo-2]|0x20 >= 'a' && b[lo-2]|0x20 <= 'z' {
		return nil
	}
	return idValue(b[hi:])
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
