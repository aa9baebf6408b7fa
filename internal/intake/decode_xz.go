package intake

import (
	"io"
	"os"

	"github.com/therootcompany/xz"
)

// maxXZDict is the largest dictionary that an .xz file may ask for, bytes.
const maxXZDict = 64 << 20

// xzReader reads an .xz file and, where it breaks off, all that is certain of
// its last block. The decoder waits for 21 bytes more than it needs and keeps
// back what it has when it fails; both are made up for by reading the file
// again with bytes behind its end. Two such readings, behind one of which all
// bits are 0 and behind the other all are 1, are the two ends of what the
// missing bytes can mean to an arithmetic decoder: what both say is what the
// file says.
type xzReader struct {
	z     io.Reader
	path  string
	given int64
	tail  []byte
	err   error
}

// maxXZTail bounds what is read a second time beyond the break, bytes: a
// chunk of LZMA2 holds at most 2 MiB.
const maxXZTail = 2 << 20

func newXZReader(r io.Reader, path string) (io.Reader, error) {
	z, err := xz.NewReader(r, maxXZDict)
	if err != nil {
		return nil, err
	}
	return &xzReader{z: z, path: path}, nil
}

func (x *xzReader) Read(p []byte) (int, error) {
	if x.err == nil {
		n, err := x.z.Read(p)
		x.given += int64(n)
		if err == nil || err == io.EOF {
			return n, err
		}
		x.tail, x.err = x.recover(), err
		if n > 0 {
			return n, nil
		}
	}
	if len(x.tail) == 0 {
		return 0, x.err
	}
	n := copy(p, x.tail)
	x.tail = x.tail[n:]
	return n, nil
}

// recover gives what both readings say beyond what has been given.
func (x *xzReader) recover() []byte {
	var both [2]io.Reader
	for i, pad := range []byte{0x00, 0xff} {
		f, err := os.Open(x.path)
		if err != nil {
			return nil
		}
		defer f.Close()
		z, err := xz.NewReader(io.MultiReader(f, &padding{pad, 64}), maxXZDict)
		if err != nil {
			return nil
		}
		if _, err := io.CopyN(io.Discard, z, x.given); err != nil {
			return nil
		}
		both[i] = z
	}
	var out []byte
	var a, b [1]byte // byte by byte: what an error interrupts is lost
	for len(out) < maxXZTail {
		n, _ := both[0].Read(a[:])
		m, _ := both[1].Read(b[:])
		if n == 0 || m == 0 || a != b {
			break
		}
		out = append(out, a[0])
	}
	return out
}

// padding gives n bytes of one value.
type padding struct {
	value byte
	n     int
}

func (p *padding) Read(b []byte) (int, error) {
	if p.n == 0 {
		return 0, io.EOF
	}
	n := min(p.n, len(b))
	for i := range n {
		b[i] = p.value
	}
	p.n -= n
	return n, nil
}
