package lake

import (
	"fmt"
	"io"
	"path/filepath"
)

// A spill file holds sections: the sorted buckets of one run on one date.

// spillFile is an open temporary file; one goroutine appends at a time.
type spillFile struct {
	f    diskFile
	size int64
}

// section is one sorted run on one date. Its pieces are read in their order.
type section struct {
	file     *spillFile
	off, len int64
	r        *sectionReader
}

// piece is the rows of one group that came together: in a section, or in
// memory.
type piece struct {
	key     groupKey
	rows    int
	size    int64
	section *section
	bucket  *bucket
	attrs   []*attr
}

// spillWriter appends sections to a spill file.
type spillWriter struct {
	file   *spillFile
	buf    []byte
	open   *section
	date   string
	pieces map[string][]piece
}

const spillBuffer = 256 << 10

// spill runs fn with a spill file that no one else is writing to and keeps
// the sections it wrote.
func (n *Night) spill(fn func(*spillWriter) error) error {
	file, err := n.takeSpill()
	if err != nil {
		return err
	}
	w := &spillWriter{file: file, pieces: map[string][]piece{}}
	if err := fn(w); err != nil {
		return err
	}
	if err := w.finish(); err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for date, ps := range w.pieces {
		n.pieces[date] = append(n.pieces[date], ps...)
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

// add writes a bucket; those of one date come together.
func (w *spillWriter) add(b *bucket, attrs []*attr) error {
	if w.open == nil || w.date != b.date {
		w.end()
		w.date, w.open = b.date, &section{file: w.file, off: w.file.size + int64(len(w.buf))}
	}
	w.pieces[b.date] = append(w.pieces[b.date], piece{key: b.key, rows: b.rows, size: b.size, section: w.open, attrs: attrs})
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

// read opens the section's only reader.
func (s *section) read(buffer int) *sectionReader {
	if s.r == nil {
		s.r = &sectionReader{src: io.NewSectionReader(s.file.f, s.off, s.len), buf: make([]byte, buffer)}
	}
	return s.r
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

// sectionCursor reads one piece of a section.
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

// cursor opens a piece.
func (p *piece) cursor(buffer int) rowCursor {
	if p.bucket != nil {
		return &blockCursor{rowDecoder{attrs: p.attrs}, p.bucket.blocks}
	}
	return &sectionCursor{rowDecoder{attrs: p.attrs}, p.section.read(buffer), p.rows}
}
