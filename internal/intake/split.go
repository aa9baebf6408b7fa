package intake

import (
	"bytes"
	"crypto/sha256"
	"encoding"
	"encoding/hex"
	"encoding/json"
	"hash"
	"io"
	"unicode/utf8"
)

const (
	// MaxLine is how much of a line is read, bytes; the rest is skipped and
	// counted.
	MaxLine   = 64 << 10
	blockSize = 256 << 10
	headSize  = 4096 // of the ledger's head hash
)

// splitter cuts a stream into lines and keeps the hash of the complete lines
// given so far. It reads blocks and gives lines in place: a line is valid
// until the next call. Memory is bounded whatever the length of a line.
type splitter struct {
	r          io.Reader
	takeLast   bool // an unterminated last line counts as complete
	buf        []byte
	start, end int // unread bytes
	hashed     int // bytes before this are in sum
	clean      int // bytes before this are known to be valid text
	dirty      int // bytes before this must be looked at line by line
	err        error

	sum    hash.Hash
	head   []byte // first headSize bytes hashed
	bytes  int64  // hashed or consumed: complete lines only
	lines  int64
	cut    int64 // lines longer than MaxLine
	long   []byte
	fixed  []byte
	whole  bool // the last line given was not terminated
	inLine bool // the stream ends in an unterminated line that was not given
}

func newSplitter(r io.Reader) *splitter {
	return &splitter{r: r, buf: make([]byte, blockSize), sum: sha256.New()}
}

// peek gives up to n bytes of what comes, without reading them.
func (s *splitter) peek(n int) []byte {
	for s.end-s.start < n && s.err == nil && s.end-s.start < len(s.buf) {
		s.fill()
	}
	return s.buf[s.start:min(s.end, s.start+n)]
}

// next gives the next complete line without its end, as valid UTF-8; false at
// the end, or where the stream broke (see err).
func (s *splitter) next() ([]byte, bool) {
	from := s.start
	for {
		if i := bytes.IndexByte(s.buf[from:s.end], '\n'); i >= 0 {
			line := s.buf[s.start : from+i]
			s.start = from + i + 1
			s.lines++
			if len(line) > MaxLine {
				line = s.shorten(line)
				return s.tidy(line, true), true
			}
			return s.tidy(line, s.start > s.clean && !s.validated()), true
		}
		if s.end-s.start > MaxLine+1 {
			return s.nextLong()
		}
		if s.err != nil {
			return s.rest()
		}
		seen := s.end - s.start
		s.fill()
		from = s.start + seen
	}
}

// rest gives the unterminated last line, or keeps it back until its end is
// there. A whole JSON object has its end. After a damaged block all is kept
// back.
func (s *splitter) rest() ([]byte, bool) {
	if s.start == s.end {
		return nil, false
	}
	line := s.buf[s.start:s.end]
	if s.err != io.EOF || !s.takeLast && !isWholeObject(line) {
		s.inLine = true
		return nil, false
	}
	s.start = s.end
	s.lines++
	s.whole = true
	return s.tidy(line, true), true
}

// isWholeObject says that a line is one JSON object from brace to brace.
func isWholeObject(line []byte) bool {
	return len(line) > 1 && line[0] == '{' && line[len(line)-1] == '}' && json.Valid(line)
}

// nextLong keeps the beginning of a line that is longer than MaxLine and
// skips to its end, hashing on the way. If the end does not come, the hash
// goes back to where the line began.
func (s *splitter) nextLong() ([]byte, bool) {
	s.flushHash()
	saved, _ := s.sum.(encoding.BinaryMarshaler).MarshalBinary()
	bytesBefore, headBefore := s.bytes, len(s.head)
	s.long = append(s.long[:0], s.buf[s.start:s.start+MaxLine]...)
	for {
		i := bytes.IndexByte(s.buf[s.start:s.end], '\n')
		if i >= 0 {
			s.start += i + 1
			break
		}
		s.start = s.end
		s.flushHash()
		if s.err != nil {
			if s.takeLast && s.err == io.EOF {
				s.whole = true
				break
			}
			s.inLine = true
			_ = s.sum.(encoding.BinaryUnmarshaler).UnmarshalBinary(saved)
			s.bytes, s.head = bytesBefore, s.head[:headBefore]
			return nil, false
		}
		s.fill()
	}
	s.lines++
	return s.tidy(s.shorten(s.long), true), true
}

// shorten cuts a line to MaxLine at the border of a rune.
func (s *splitter) shorten(line []byte) []byte {
	s.cut++
	line = line[:min(len(line), MaxLine)]
	for i := 1; i <= utf8.UTFMax && i <= len(line); i++ {
		if c := line[len(line)-i]; utf8.RuneStart(c) {
			if !utf8.FullRune(line[len(line)-i:]) {
				line = line[:len(line)-i]
			}
			break
		}
	}
	return line
}

// validated looks at all complete lines of the block at once; true when all
// of them are valid text without controls to strip.
func (s *splitter) validated() bool {
	if s.start <= s.dirty {
		return false
	}
	last := bytes.LastIndexByte(s.buf[s.start-1:s.end], '\n') + s.start
	b := s.buf[max(s.clean, s.dirty, s.hashed):last]
	if utf8.Valid(b) && bytes.IndexByte(b, 0) < 0 && bytes.IndexByte(b, 0x1b) < 0 {
		s.clean = last
		return true
	}
	s.dirty = last
	return false
}

// tidy drops the carriage return and, when look is set, repairs the text.
func (s *splitter) tidy(line []byte, look bool) []byte {
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	if !look || utf8.Valid(line) && bytes.IndexByte(line, 0) < 0 && bytes.IndexByte(line, 0x1b) < 0 {
		return line
	}
	s.fixed = appendTidy(s.fixed[:0], line)
	return s.fixed
}

// appendTidy appends text with bad UTF-8 and NUL as U+FFFD and without the
// colour sequences that programs print for terminals.
func appendTidy(out, b []byte) []byte {
	for i := 0; i < len(b); {
		c := b[i]
		if c == 0x1b {
			i += escapeLen(b[i:])
			continue
		}
		if c == 0 {
			out = append(out, "�"...)
			i++
			continue
		}
		if c < utf8.RuneSelf {
			out = append(out, c)
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		out = utf8.AppendRune(out, r)
		i += n
	}
	return out
}

// escapeLen measures an ANSI control sequence: ESC [ parameters letter; a lone
// ESC is one byte.
func escapeLen(b []byte) int {
	if len(b) < 2 || b[1] != '[' {
		return 1
	}
	for i := 2; i < len(b) && i < 32; i++ {
		if b[i] >= 0x40 && b[i] <= 0x7e {
			return i + 1
		}
		if b[i] < 0x20 || b[i] > 0x3f {
			return 1
		}
	}
	return 1
}

// fill reads more bytes behind the unread ones.
func (s *splitter) fill() {
	if s.start > 0 {
		s.flushHash()
		copy(s.buf, s.buf[s.start:s.end])
		s.clean, s.dirty = max(0, s.clean-s.start), max(0, s.dirty-s.start)
		s.end, s.start, s.hashed = s.end-s.start, 0, 0
	}
	for try := 0; try < 100; try++ {
		n, err := s.r.Read(s.buf[s.end:])
		s.end += n
		if s.err = err; n > 0 || err != nil {
			return
		}
	}
	s.err = io.ErrNoProgress
}

// flushHash takes the consumed bytes of the block into the hash.
func (s *splitter) flushHash() {
	b := s.buf[s.hashed:s.start]
	s.sum.Write(b)
	if room := headSize - len(s.head); room > 0 {
		s.head = append(s.head, b[:min(room, len(b))]...)
	}
	s.bytes += int64(len(b))
	s.hashed = s.start
}

// digest gives the hash of the complete lines, and that of their first bytes.
func (s *splitter) digest() (n int64, sum string, headBytes int64, headSum string) {
	s.flushHash()
	h := sha256.Sum256(s.head)
	return s.bytes, hex.EncodeToString(s.sum.Sum(nil)), int64(len(s.head)), hex.EncodeToString(h[:])
}
