package lake

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"almanac/schemas"
)

// errDamaged is the cause in errors about files that are not what the
// manifest says.
var errDamaged = errors.New("damaged")

// verify compares a file with its manifest entry.
func verify(path string, f schemas.TableFile) error {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	h := sha256.New()
	n, err := io.Copy(h, in)
	if err != nil {
		return err
	}
	if n != f.Bytes {
		return fmt.Errorf("%w: %d bytes instead of %d", errDamaged, n, f.Bytes)
	}
	if sum := hex.EncodeToString(h.Sum(nil)); sum != f.SHA256 {
		return fmt.Errorf("%w: its sha256 is not the manifest's", errDamaged)
	}
	return nil
}

// fileReader reads the rows of one verified file in order. A panic inside
// parquet-go, which damaged files can provoke, becomes an error.
type fileReader[T any] struct {
	in     *os.File
	r      *parquet.GenericReader[T]
	rows   []T
	at, n  int
	eof    bool
	object string
}

const readRows = 128

func openRows[T any](l *Lake, t *table[T], f schemas.TableFile) (r *fileReader[T], err error) {
	path := l.path(f)
	object := filepath.ToSlash(f.Path)
	fail := func(err error) error {
		return fmt.Errorf("read %s: %w; run almanac check, then restore the file from a backup or ingest its date again", object, err)
	}
	if err := verify(path, f); err != nil {
		return nil, fail(err)
	}
	in, err := os.Open(path)
	if err != nil {
		return nil, fail(err)
	}
	defer func() {
		if p := recover(); p != nil {
			err = fail(fmt.Errorf("%w: %v", errDamaged, p))
		}
		if err != nil {
			in.Close()
		}
	}()
	pf, err := openParquet(in, f.Bytes)
	if err != nil {
		return nil, fail(err)
	}
	return &fileReader[T]{in: in, r: parquet.NewGenericReader[T](pf, t.schema()), rows: make([]T, readRows), object: object}, nil
}

// openParquet opens a file that the lake wrote. Columns of another compression
// than its own are damage: decoders of some take memory without bound.
func openParquet(in io.ReaderAt, size int64) (*parquet.File, error) {
	pf, err := parquet.OpenFile(in, size, parquet.SkipBloomFilters(true), parquet.SkipPageIndex(true))
	if err != nil {
		return nil, err
	}
	for _, g := range pf.Metadata().RowGroups {
		for _, c := range g.Columns {
			if c.MetaData.Codec != format.Zstd {
				return nil, fmt.Errorf("%w: column %q is not compressed as the lake does", errDamaged, c.MetaData.PathInSchema)
			}
		}
	}
	return pf, nil
}

// next gives a pointer to the next row, valid until the next call, or nil at
// the end.
func (r *fileReader[T]) next() (row *T, err error) {
	if r.at == r.n {
		if err := r.fill(); err != nil || r.n == 0 {
			return nil, err
		}
	}
	r.at++
	return &r.rows[r.at-1], nil
}

func (r *fileReader[T]) fill() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("read %s: %w: %v", r.object, errDamaged, p)
		}
	}()
	r.at, r.n = 0, 0
	clear(r.rows)
	for r.n == 0 && !r.eof {
		n, err := r.r.Read(r.rows)
		r.n = n
		if err == io.EOF {
			r.eof = true
		} else if err != nil {
			return fmt.Errorf("read %s: %w", r.object, err)
		}
	}
	return nil
}

func (r *fileReader[T]) close() {
	defer func() { _ = recover() }() // a damaged reader may panic once more
	defer r.in.Close()
	r.r.Close()
}

// eachRow calls fn for every row of a file.
func eachRow[T any](l *Lake, t *table[T], f schemas.TableFile, fn func(*T) error) error {
	r, err := openRows(l, t, f)
	if err != nil {
		return err
	}
	defer r.close()
	for {
		row, err := r.next()
		if err != nil {
			return err
		}
		if row == nil {
			return nil
		}
		if err := fn(row); err != nil {
			return err
		}
	}
}
