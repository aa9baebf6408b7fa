package lake

import (
	"encoding/binary"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"almanac/schemas"
)

// A spill file holds sections: the sorted events of one run on one date. A
// row is written as its difference from the row before it: a length, a byte
// of flags for the columns that changed, then those columns. It never
// outlives the night, so its form may change freely.

// spillFile is an open temporary file; one goroutine appends at a time.
type spillFile struct {
	f    diskFile
	size int64
}

// section is one sorted run on one date.
type section struct {
	file     *spillFile
	off, len int64
}

// spillWriter appends sections to a spill file.
type spillWriter struct {
	file     *spillFile
	buf      []byte
	row      []byte
	prev     *schemas.Event
	rows     int // of the open section
	start    int64
	date     string
	sections map[string]section
}

const spillBuffer = 256 << 10

// spill runs fn with a spill file that no one else is writing to and keeps
// the sections it wrote.
func (n *Night) spill(fn func(*spillWriter) error) error {
	file, err := n.takeSpill()
	if err != nil {
		return err
	}
	w := &spillWriter{file: file, sections: map[string]section{}}
	if err := fn(w); err != nil {
		return err
	}
	if err := w.finish(); err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for date, s := range w.sections {
		n.sections[date] = append(n.sections[date], s)
	}
	n.idle = append(n.idle, file)
	return nil
}

func (n *Night) takeSpill() (*spillFile, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if k := len(n.idle); k > 0 {
		f := n.idle[k-1]
		n.idle = n.idle[:k-1]
		return f, nil
	}
	if err := n.makeTemp(); err != nil {
		return nil, err
	}
	f, err := n.l.disk.Create(filepath.Join(n.tmp, fmt.Sprintf("spill-%d", len(n.spills))))
	if err != nil {
		return nil, err
	}
	file := &spillFile{f: f}
	n.spills = append(n.spills, file)
	return file, nil
}

// begin closes the open section and starts one for date.
func (w *spillWriter) begin(date string) {
	w.end()
	w.date, w.prev, w.rows = date, &schemas.Event{}, 0
	w.start = w.file.size + int64(len(w.buf))
}

func (w *spillWriter) end() {
	if w.rows > 0 {
		w.sections[w.date] = section{w.file, w.start, w.file.size + int64(len(w.buf)) - w.start}
	}
}

func (w *spillWriter) finish() error {
	w.end()
	return w.write()
}

func (w *spillWriter) write() error {
	n, err := w.file.f.Write(w.buf)
	w.file.size += int64(n)
	w.buf = w.buf[:0]
	return err
}

// shared lists the columns that are equal in most neighbours of a run.
func shared(e *schemas.Event) [8]*string {
	return [8]*string{&e.Service, &e.ShapeID, &e.Host, &e.Level, &e.Kind, &e.ErrorType, &e.SourceID, &e.TraceID}
}

// add writes an event that must stay as it is until the next one is added.
func (w *spillWriter) add(e *schemas.Event) error {
	row := append(w.row[:0], 0)
	now, before := shared(e), shared(w.prev)
	for i, s := range now {
		if *s != *before[i] {
			row[0] |= 1 << i
			row = binary.AppendUvarint(row, uint64(len(*s)))
			row = append(row, *s...)
		}
	}
	row = binary.AppendVarint(row, e.TS-w.prev.TS)
	row = binary.AppendVarint(row, e.Line-w.prev.Line)
	same := commonPrefix(e.Message, w.prev.Message)
	row = binary.AppendUvarint(row, uint64(same))
	row = append(row, e.Message[same:]...)
	w.buf = binary.AppendUvarint(w.buf, uint64(len(row)))
	w.buf = append(w.buf, row...)
	w.row, w.prev = row, e
	w.rows++
	if len(w.buf) >= spillBuffer {
		return w.write()
	}
	return nil
}

// commonPrefix counts the leading bytes that a and b share: whole blocks
// first, which the machine compares faster than bytes.
func commonPrefix(a, b string) int {
	const block = 16
	n := min(len(a), len(b))
	i := 0
	for i+block <= n && a[i:i+block] == b[i:i+block] {
		i += block
	}
	for i < n && a[i] == b[i] {
		i++
	}
	return i
}

// spillReader reads one section back. Rows share the memory of an arena, so
// that a day of events costs thousands of allocations, not millions.
type spillReader struct {
	src   *io.SectionReader
	buf   []byte
	at, n int
	ev    schemas.Event
	date  string
	arena strings.Builder
}

const arenaBytes = 64 << 10

func newSpillReader(s section, date string, buffer int) *spillReader {
	return &spillReader{src: io.NewSectionReader(s.file.f, s.off, s.len), buf: make([]byte, buffer), date: date}
}

// next decodes the next event, or gives nil at the end of the section.
func (r *spillReader) next() (*schemas.Event, error) {
	if err := r.ensure(binary.MaxVarintLen64); err != nil {
		return nil, err
	}
	if r.at == r.n {
		return nil, nil
	}
	size, k := binary.Uvarint(r.buf[r.at:r.n])
	if k <= 0 {
		return nil, errSpill
	}
	r.at += k
	if err := r.ensure(int(size)); err != nil {
		return nil, err
	}
	if r.n-r.at < int(size) {
		return nil, errSpill
	}
	row := r.buf[r.at : r.at+int(size)]
	r.at += int(size)
	return &r.ev, r.decode(row)
}

var errSpill = fmt.Errorf("read spilled events: %w temporary file; run the night again", errDamaged)

// ensure makes n bytes available where the section still has them.
func (r *spillReader) ensure(n int) error {
	if r.n-r.at >= n {
		return nil
	}
	r.n = copy(r.buf, r.buf[r.at:r.n])
	r.at = 0
	if n > len(r.buf) {
		r.buf = append(r.buf, make([]byte, n-len(r.buf))...)
	}
	for r.n < len(r.buf) {
		k, err := r.src.Read(r.buf[r.n:])
		r.n += k
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read spilled events: %w", err)
		}
	}
	return nil
}

func (r *spillReader) decode(row []byte) error {
	flags := row[0]
	row = row[1:]
	e := &r.ev
	e.EventDate = r.date
	for i, s := range shared(e) {
		if flags&(1<<i) == 0 {
			continue
		}
		n, k := binary.Uvarint(row)
		if k <= 0 || uint64(len(row)-k) < n {
			return errSpill
		}
		*s = r.keep("", row[k:k+int(n)])
		row = row[k+int(n):]
	}
	dt, k := binary.Varint(row)
	row = row[max(k, 0):]
	dl, k2 := binary.Varint(row)
	row = row[max(k2, 0):]
	same, k3 := binary.Uvarint(row)
	if k <= 0 || k2 <= 0 || k3 <= 0 || same > uint64(len(e.Message)) {
		return errSpill
	}
	e.TS += dt
	e.Line += dl
	e.Message = r.keep(e.Message[:same], row[k3:])
	return nil
}

// keep stores head+tail in the arena and gives it as a string. A builder
// never rewrites what it has handed out.
func (r *spillReader) keep(head string, tail []byte) string {
	n := len(head) + len(tail)
	if n == 0 {
		return ""
	}
	if r.arena.Cap()-r.arena.Len() < n {
		r.arena = strings.Builder{}
		r.arena.Grow(max(n, arenaBytes))
	}
	at := r.arena.Len()
	r.arena.WriteString(head)
	r.arena.Write(tail)
	return r.arena.String()[at:]
}
