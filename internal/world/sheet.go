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

// bytes gives the file's text, in order of time and then of writing.
func (s *sheet) bytes() []byte {
	sort.SliceStable(s.rows, func(a, b int) bool { return s.rows[a].at < s.rows[b].at })
	out := make([]byte, 0, len(s.buf))
	for _, r := range s.rows {
		out = append(out, s.buf[r.from:r.to]...)
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
