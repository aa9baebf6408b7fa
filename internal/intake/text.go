package intake

import (
	"strings"
	"unsafe"
)

// alias views bytes as a string without a copy. It is only for strings that
// die, or are copied by the reader, before the bytes change.
func alias(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	return unsafe.String(&b[0], len(b))
}

// bytesOf views a string as bytes without a copy. They are only read.
func bytesOf(s string) []byte {
	return unsafe.Slice(unsafe.StringData(s), len(s))
}

// interner gives equal strings one copy: services, hosts, classes. It holds a
// bounded number of them; beyond that strings are copied.
type interner struct {
	last string
	seen map[string]string
}

const maxInterned = 8192

func (t *interner) get(s string) string {
	if s == "" || s == t.last {
		if s == "" {
			return ""
		}
		return t.last
	}
	v, ok := t.seen[s]
	if !ok {
		v = string([]byte(s))
		if len(t.seen) < maxInterned {
			if t.seen == nil {
				t.seen = map[string]string{}
			}
			t.seen[v] = v
		}
	}
	t.last = v
	return v
}

// trimLeft is bytes.TrimLeft for lines of which little or nothing is cut: it
// does not build a set first.
func trimLeft(b []byte, set string) []byte {
	for len(b) > 0 && strings.IndexByte(set, b[0]) >= 0 {
		b = b[1:]
	}
	return b
}

// trimRight is its twin.
func trimRight(b []byte, set string) []byte {
	for len(b) > 0 && strings.IndexByte(set, b[len(b)-1]) >= 0 {
		b = b[:len(b)-1]
	}
	return b
}
