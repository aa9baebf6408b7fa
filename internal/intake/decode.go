package intake

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// Limits of decompression. A log does not shrink to less than 1/500 of its
// size, and no single file of a night is larger than 256 GiB; what goes
// beyond is taken for a bomb and stops.
const (
	bombRatio = 500
	bombFrom  = 64 << 20 // the ratio is looked at from here, decompressed bytes
	bombBytes = 256 << 30
	maxWindow = 64 << 20 // of a zstd frame
)

// stream is one opened input: its bytes decompressed and, from UTF-16,
// transcoded.
type stream struct {
	io.Reader
	file       *os.File
	packed     string // "gz", "zst", "xz", "bz2", "lz4" or ""
	transcoded bool
	closers    []func()
}

func (s *stream) Close() {
	for _, c := range s.closers {
		c()
	}
	s.file.Close()
}

// plain says that offsets in the stream are offsets in the file.
func (s *stream) plain() bool { return s.packed == "" && !s.transcoded }

// open opens a regular file for reading. An error is one of the file system,
// or says that the file is no regular one.
func open(path string) (*stream, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("read %s: not a regular file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	s := &stream{file: f}
	if err := s.unwrap(); err != nil {
		f.Close()
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return s, nil
}

// unwrap puts a decompressor and a transcoder before the file where its
// content asks for them. A broken header is no error here: the first Read
// gives it, so that it becomes a reject.
func (s *stream) unwrap() error {
	in := &countReader{r: s.file}
	head := make([]byte, 64)
	n, err := io.ReadFull(s.file, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return err
	}
	head = head[:n]
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	s.packed = packing(head)
	var r io.Reader = in
	if s.packed != "" {
		r = &bombGuard{r: s.unpack(bufio.NewReaderSize(in, 64<<10)), in: in}
		peek := bufio.NewReaderSize(r, 4096)
		head, _ = peek.Peek(64)
		r = peek
		if p := packing(head); p != "" {
			r = failing{fmt.Errorf("compressed twice (%s in %s)", p, s.packed)}
		}
	}
	if enc := utf16Of(head); enc != 0 {
		s.transcoded = true
		r = &utf16Reader{r: r, big: enc == bigEndian}
		head = bytes.ReplaceAll(head, []byte{0}, nil)
		for len(head) > 0 && head[0] >= 0xfe { // the mark
			head = head[1:]
		}
	}
	if isXML(head) { // an export of events may be one line
		s.transcoded = true
		r = &xmlBreaker{r: r}
	}
	s.Reader = r
	return nil
}

// packing names the compression by the first bytes.
func packing(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b, 8}):
		return "gz"
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return "zst"
	case bytes.HasPrefix(head, []byte{0xfd, '7', 'z', 'X', 'Z', 0}):
		return "xz"
	case len(head) > 9 && bytes.HasPrefix(head, []byte("BZh")) && head[3] >= '1' && head[3] <= '9' && string(head[4:10]) == "1AY&SY":
		return "bz2"
	case bytes.HasPrefix(head, []byte{0x04, 0x22, 0x4d, 0x18}):
		return "lz4"
	}
	return ""
}

func (s *stream) unpack(r io.Reader) io.Reader {
	switch s.packed {
	case "gz":
		z, err := gzip.NewReader(r)
		if err != nil {
			return failing{err}
		}
		return z
	case "zst":
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderLowmem(true))
		if err != nil {
			return failing{err}
		}
		s.closers = append(s.closers, z.Close)
		return z
	case "xz":
		z, err := newXZReader(r, s.file.Name())
		if err != nil {
			return failing{err}
		}
		return z
	case "bz2":
		return bzip2.NewReader(r)
	}
	return lz4.NewReader(r)
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

type countReader struct {
	r io.Reader
	n int64
}

func (c *countReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

var errBomb = errors.New("decompresses to more than a log can: taken for a decompression bomb")

// bombGuard stops a decompressor that gives too much, and keeps a panic of it
// from ending the night.
type bombGuard struct {
	r   io.Reader
	in  *countReader
	out int64
}

func (g *bombGuard) Read(p []byte) (n int, err error) {
	defer func() {
		if v := recover(); v != nil {
			n, err = 0, fmt.Errorf("damaged: %v", v)
		}
	}()
	if g.out > bombBytes || g.out > bombFrom && g.out/bombRatio > g.in.n {
		return 0, errBomb
	}
	n, err = g.r.Read(p)
	g.out += int64(n)
	return n, err
}
