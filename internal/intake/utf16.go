package intake

import (
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

type endian byte

const (
	littleEndian endian = 1
	bigEndian    endian = 2
)

// utf16Of tells UTF-16 by its byte order mark, or by zero bytes at every
// second place of the beginning; 0: it is none.
func utf16Of(head []byte) endian {
	if len(head) < 2 {
		return 0
	}
	switch {
	case head[0] == 0xff && head[1] == 0xfe:
		return littleEndian
	case head[0] == 0xfe && head[1] == 0xff:
		return bigEndian
	case len(head) < 16:
		return 0
	}
	var zero [2]int
	for i, c := range head {
		if c == 0 {
			zero[i&1]++
		}
	}
	switch half := len(head) / 2; {
	case zero[0] == 0 && zero[1] > half*3/4:
		return littleEndian
	case zero[1] == 0 && zero[0] > half*3/4:
		return bigEndian
	}
	return 0
}

// utf16Reader transcodes to UTF-8. A half pair at the end waits for its rest;
// lone surrogates become U+FFFD; a byte order mark stays and is dropped with
// that of UTF-8.
type utf16Reader struct {
	r    io.Reader
	big  bool
	in   []byte // not yet decoded
	out  []byte // decoded, not yet given
	give int
	err  error
}

func (u *utf16Reader) Read(p []byte) (int, error) {
	for u.give == len(u.out) {
		if u.err != nil {
			return 0, u.err
		}
		u.fill()
	}
	n := copy(p, u.out[u.give:])
	u.give += n
	return n, nil
}

func (u *utf16Reader) fill() {
	buf := make([]byte, len(u.in), 16<<10)
	copy(buf, u.in)
	n, err := u.r.Read(buf[len(buf):cap(buf)])
	u.err = err
	buf = buf[:len(buf)+n]
	u.out, u.give = u.out[:0], 0
	i := 0
	for i+1 < len(buf) {
		c := u.unit(buf[i:])
		if !utf16.IsSurrogate(c) {
			u.out = utf8.AppendRune(u.out, c)
			i += 2
			continue
		}
		if i+3 >= len(buf) && u.err == nil {
			break
		}
		r := utf8.RuneError
		if i+3 < len(buf) {
			r = utf16.DecodeRune(c, u.unit(buf[i+2:]))
		}
		u.out = utf8.AppendRune(u.out, r)
		i += 2
		if r != utf8.RuneError {
			i += 2
		}
	}
	u.in = buf[i:]
}

func (u *utf16Reader) unit(b []byte) rune {
	if u.big {
		return rune(b[0])<<8 | rune(b[1])
	}
	return rune(b[1])<<8 | rune(b[0])
}
