package lake

import (
	"encoding/binary"
	"fmt"
	"io"
	"path/filepath"
)

// A spill file holds sections: the sorted buckets of one run on one date, each
// behind its key and number of rows. What memory keeps of a section does not
// grow with its buckets: a day of a million shapes has that many in each.

// spillFile is an open temporary file; one goroutine appends at a time.
type spillFile struct {
	f    diskFile
	size int64
}

// section is one sorted run on one date, read once from its beginning.
type section struct {
	file       *spillFile
	off, len   int64
	rows, size int64
	attrs      []*attr
	r          *sectionReader
	// The bucket to be read next: its key and rows; done after the last.
	key  groupKey
	left int
	done bool
}

// piece is the rows of one group that are still in memory.
type piece struct {
	key    groupKey
	bucket *bucket
	attrs  []*attr
}

// spillWriter appends sections to a spill file.
type spillWriter struct {
	file     *spillFile
	buf      []byte
	open     *section
	date     string
	sections map[string][]*section
}

const spillBuffer = 256 << 10

// spill runs fn with a spill file that no one else is writing to and keeps
// the sections it wrote.
func (n *Night) spill(fn func(*spillWriter) error) error {
	file, err := n.takeSpill()
	if err != nil {
		return err
	}
	w := &spillWriter{file: file, sections: map[string][]*section{}}
	if err := fn(w); err != nil {
		return err
	}
	if err := w.finish(); err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for date, s := range w.sections {
		n.sections[date] = append(n.sections[date], s...)
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

// add writes a bucket; those of one date come together, in their order.
func (w *spillWriter) add(b *bucket, attrs []*attr) error {
	if w.open == nil || w.date != b.date {
		w.end()
		w.date, w.open = b.date, &section{file: w.file, off: w.file.size + int64(len(w.buf)), attrs: attrs}
		w.sections[b.date] = append(w.sections[b.date], w.open)
	}
	w.open.rows += int64(b.rows)
	w.open.size += b.size
	for _, name := range [...]string{b.key.service, b.key.shape} {
		w.buf = append(binary.AppendUvarint(w.buf, uint64(len(name))), name...)
	}
	w.buf = binary.AppendUvarint(w.buf, uint64(b.rows))
	for _, block := range b.blocks {
		w.buf = append(w.buf, block...)
		if len(w.buf) >= spillBuffer {
			if err := w.write(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *spillWriter) end() {
	if w.open != nil {
		w.open.len = w.file.size + int64(len(w.buf)) - w.open.off
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

// sectionReader reads a section once, from its beginning to its end.
type sectionReader struct {
	src   *io.SectionReader
	buf   []byte
	at, n int
}

// start opens the section's only reader and goes to the first bucket.
func (s *section) start(buffer int) error {
	s.r = &sectionReader{src: io.NewSectionReader(s.file.f, s.off, s.len), buf: make([]byte, buffer)}
	return s.next()
}

// next goes to the next bucket; the rows of the last one have been read.
func (s *section) next() error {
	if err := s.r.ensure(1); err != nil {
		return err
	}
	if s.done = s.r.n == s.r.at; s.done {
		s.r, s.key = nil, groupKey{}
		return nil
	}
	service, err := s.name(s.key.service)
	if err != nil {
		return err
	}
	shape, err := s.name("")
	if err != nil {
		return err
	}
	rows, err := s.r.uvarint()
	s.key, s.left = groupKey{service, shape}, int(rows)
	return err
}

// name reads a name; last is given where it is the same.
func (s *section) name(last string) (string, error) {
	n, err := s.r.uvarint()
	if err != nil {
		return "", err
	}
	if err := s.r.ensure(int(n)); err != nil {
		return "", err
	}
	if uint64(s.r.n-s.r.at) < n {
		return "", errSpill
	}
	b := s.r.buf[s.r.at : s.r.at+int(n)]
	s.r.at += int(n)
	if string(b) == last {
		return last, nil
	}
	return string(b), nil
}

// uvarint reads a number.
func (r *sectionReader) uvarint() (uint64, error) {
	if err := r.ensure(binary.MaxVarintLen64); err != nil {
		return 0, err
	}
	v, k := binary.Uvarint(r.buf[r.at:r.n])
	if k <= 0 || v > MaxMessage*1024 {
		return 0, errSpill
	}
	r.at += k
	return v, nil
}

// ensure makes n bytes available where the section still has them.
func (r *sectionReader) ensure(n int) error {
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

// sectionCursor reads the rows of the bucket at which its section is.
type sectionCursor struct {
	rowDecoder
	r    *sectionReader
	left int
}

func (c *sectionCursor) next() (*eventRow, error) {
	if c.left == 0 {
		return nil, nil
	}
	c.left--
	if err := c.r.ensure(rowHeader); err != nil {
		return nil, err
	}
	before := c.row
	at, size, traced, err := c.header(c.r.buf[c.r.at:c.r.n])
	if err != nil {
		return nil, err
	}
	need := at + size
	if traced {
		need += rowHeader + maxTrace
	}
	if err := c.r.ensure(need); err != nil {
		return nil, err
	}
	c.row.ts, c.row.line = before.ts, before.line // read once more, whole
	n, err := c.decode(c.r.buf[c.r.at:c.r.n])
	if err != nil {
		return nil, err
	}
	c.r.at += n
	return &c.row, nil
}

// cursor opens the bucket at which the section is.
func (s *section) cursor() rowCursor {
	return &sectionCursor{rowDecoder{attrs: s.attrs}, s.r, s.left}
}

// cursor opens a piece.
func (p *piece) cursor() rowCursor {
	return &blockCursor{rowDecoder{attrs: p.attrs}, p.bucket.blocks}
}
