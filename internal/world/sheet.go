package world

import (
	"fmt"
	"math/rand/v2"
	"sort"
	"time"
)

// sheet collects the entries of one log file of one day in any order and
// gives them back in order of time. An entry may span lines (stack traces).
type sheet struct {
	buf  []byte
	rows []row
}

type row struct {
	at       int64 // unix nanoseconds
	from, to int
}

// printf adds one entry; the line end is added here.
func (s *sheet) printf(at time.Time, format string, args ...any) {
	from := len(s.buf)
	s.buf = fmt.Appendf(s.buf, format, args...)
	s.buf = append(s.buf, '\n')
	s.rows = append(s.rows, row{at.UnixNano(), from, len(s.buf)})
}

// entry is one finished entry with its line end.
type entry struct {
	at   int64
	text []byte
}

// entries gives the file's entries in order of time, then of writing.
func (s *sheet) entries() []entry {
	sort.SliceStable(s.rows, func(a, b int) bool { return s.rows[a].at < s.rows[b].at })
	out := make([]entry, len(s.rows))
	for i, r := range s.rows {
		out[i] = entry{r.at, s.buf[r.from:r.to:r.to]}
	}
	return out
}

// join gives the text of the entries before the moment.
func join(entries []entry, before time.Time) []byte {
	size := 0
	for _, e := range entries {
		size += len(e.text)
	}
	out := make([]byte, 0, size)
	for _, e := range entries {
		if e.at < before.UnixNano() {
			out = append(out, e.text...)
		}
	}
	return out
}

const hexDigits = "0123456789abcdef"

// hex draws n hexadecimal digits.
func hex(r *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := 0; i < n; i += 16 {
		v := r.Uint64()
		for j := i; j < min(n, i+16); j++ {
			b[j] = hexDigits[v&15]
			v >>= 4
		}
	}
	return string(b)
}

// pick draws one of the values.
func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// ms is a duration of n milliseconds.
func ms(n int) time.Duration { return time.Duration(n) * time.Millisecond }
