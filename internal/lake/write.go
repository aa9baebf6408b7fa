package lake

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"almanac/schemas"
)

// How files are cut. All cuts depend on the sequence of rows only, never on
// how the rows arrived: that is what makes a rebuild byte-identical.
const (
	// chunkRows and chunkBytes bound one Write: pages end at chunk borders.
	chunkRows  = 4096
	chunkBytes = 1 << 20
	// groupRows and groupBytes (of text) bound a row group.
	groupRows  = 128 << 10
	groupBytes = 20 << 20
	// fileRows and fileBytes (of text) bound a file; a date beyond is several
	// files. Log text shrinks 10-20 times, so this is about 128-512 MB.
	fileRows  = 16 << 20
	fileBytes = 4 << 30

	pageBytes       = 512 << 10
	textPage        = 8 << 20  // of an event's texts
	textSlack       = 64 << 10 // a page ends behind the text that fills it
	dictionaryBytes = 2 << 20
)

// codec is that of all tables but events. It is shared: it keeps its encoders.
// One core per encoder keeps the output independent of the machine.
var codec = &zstd.Codec{Level: zstd.SpeedFastest, Concurrency: 1}

func writerOptions(s *parquet.Schema) []parquet.WriterOption {
	return []parquet.WriterOption{
		s,
		parquet.Compression(codec),
		parquet.PageBufferSize(pageBytes),
		parquet.DictionaryMaxBytes(dictionaryBytes),
		parquet.DataPageStatistics(false),
		parquet.SkipPageBounds("message"),
		parquet.SkipPageBounds("body"),
		parquet.SkipPageBounds("raw"),
		parquet.CreatedBy("almanac", "1", "lake"),
	}
}

// built is a finished file under a temporary name, durable but not yet
// published.
type built struct {
	temp string
	file schemas.TableFile
}

// chunk is what one Write hands to parquet-go.
type chunk[T any] struct {
	rows         []T
	size         int // bytes of text
	minTS, maxTS int64
}

// tableWriter writes a sequence of rows into as many files as it needs. Rows
// must come in the table's order. Not safe for concurrent use.
type tableWriter[T any] struct {
	t    *table[T]
	c    *commit
	date string
	// limitRows and limitBytes bound a file; seq is the next file's place.
	limitRows, limitBytes int64
	seq                   int
	// source is the column whose values a file's entry lists, or -1; dated
	// says that it lists the event dates.
	source int
	dated  bool
	open   chunk[T]
	done   []built

	out        *hashedFile
	name       string
	w          *parquet.GenericWriter[T]
	nulls      []uintptr // see nullSafe
	stat       schemas.TableFile
	groupCount int
	groupSize  int
	fileSize   int64
	sources    sourceSet
	dates      []string
}

func newTableWriter[T any](t *table[T], c *commit, date string) *tableWriter[T] {
	return &tableWriter[T]{t: t, c: c, date: date, limitRows: c.n.opt.fileRows, limitBytes: fileBytes, source: -1, sources: sourceSet{}, nulls: nullFieldsOf[T](t.cols)}
}

// add appends one row; size is its text in bytes and ts its main instant.
func (w *tableWriter[T]) add(row *T, size int, ts int64) error {
	c := &w.open
	if c.rows == nil {
		c.rows = make([]T, 0, chunkRows)
	}
	c.rows = append(c.rows, *row)
	c.size += size
	if ts != 0 {
		if c.minTS == 0 || ts < c.minTS {
			c.minTS = ts
		}
		if c.maxTS == 0 || ts > c.maxTS {
			c.maxTS = ts
		}
	}
	if len(c.rows) == chunkRows || c.size >= chunkBytes {
		return w.flushChunk()
	}
	return nil
}

func (w *tableWriter[T]) flushChunk() error {
	c := w.open
	w.open = chunk[T]{}
	if len(c.rows) == 0 {
		return nil
	}
	if err := w.write(c); err != nil {
		return err
	}
	clear(c.rows)
	w.open.rows = c.rows[:0]
	return nil
}

// write hands one chunk to parquet-go and cuts row groups and files.
func (w *tableWriter[T]) write(c chunk[T]) error {
	if w.out == nil {
		if err := w.openFile(); err != nil {
			return err
		}
	}
	for left := c.rows; len(left) > 0; {
		n := nullSafe(left, w.nulls)
		if _, err := w.w.Write(left[:n]); err != nil {
			return fmt.Errorf("write %s %s: %w", w.t.name, w.date, err)
		}
		left = left[n:]
	}
	if c.minTS != 0 && (w.stat.MinTS == 0 || c.minTS < w.stat.MinTS) {
		w.stat.MinTS = c.minTS
	}
	if c.maxTS != 0 && (w.stat.MaxTS == 0 || c.maxTS > w.stat.MaxTS) {
		w.stat.MaxTS = c.maxTS
	}
	w.list(c.rows)
	w.stat.Rows += int64(len(c.rows))
	w.groupCount += len(c.rows)
	w.groupSize += c.size
	w.fileSize += int64(c.size)
	if w.groupCount >= groupRows || w.groupSize >= groupBytes {
		if err := w.w.Flush(); err != nil {
			return fmt.Errorf("write %s %s: %w", w.t.name, w.date, err)
		}
		w.groupCount, w.groupSize = 0, 0
	}
	if w.stat.Rows >= w.limitRows || w.fileSize >= w.limitBytes {
		return w.closeFile()
	}
	return nil
}

// list notes the inputs and dates that the file's entry names.
func (w *tableWriter[T]) list(rows []T) {
	if w.source < 0 && !w.dated {
		return
	}
	for i := range rows {
		v := valueOfRow(&rows[i])
		if w.source >= 0 {
			w.sources.add(v.Field(w.source).String())
		}
		if !w.dated {
			continue
		}
		if date := v.Field(w.t.cols[0].field).String(); len(w.dates) == 0 || date != w.dates[len(w.dates)-1] {
			w.dates = append(w.dates, date)
		}
	}
}

func (w *tableWriter[T]) openFile() error {
	w.name = w.c.tempName()
	f, err := w.c.n.l.disk.Create(w.name)
	if err != nil {
		return fmt.Errorf("write %s %s: %w", w.t.name, w.date, err)
	}
	w.out = &hashedFile{f: f, sum: sha256.New()}
	w.w = parquet.NewGenericWriter[T](w.out, writerOptions(w.t.schema())...)
	return nil
}

// closeFile finishes the open file. parquet-go reports a full disk only here.
func (w *tableWriter[T]) closeFile() error {
	out := w.out
	err := w.w.Close()
	w.out = nil
	if err := out.finish(err); err != nil {
		return fmt.Errorf("write %s %s: %w", w.t.name, w.date, err)
	}
	entry(&w.stat, w.t.name, w.date, out)
	w.stat.Columns = len(w.t.cols)
	if w.source >= 0 {
		w.stat.Sources = w.sources.list()
	}
	if w.dated {
		w.stat.Seq, w.stat.Dates = w.seq, packDates(w.dates)
		w.seq++
	}
	w.done = append(w.done, built{temp: w.name, file: w.stat})
	w.stat, w.groupCount, w.groupSize, w.fileSize = schemas.TableFile{}, 0, 0, 0
	w.sources, w.dates = sourceSet{}, nil
	return nil
}

// finish writes what is left and gives the files. No rows: no files.
func (w *tableWriter[T]) finish() ([]built, error) {
	err := w.flushChunk()
	if err == nil && w.out != nil {
		err = w.closeFile()
	}
	if err != nil {
		w.abort()
		return nil, err
	}
	return w.done, nil
}

// abort lets go of the open file; the temporary directory goes as a whole.
func (w *tableWriter[T]) abort() {
	if w.out != nil {
		w.out.f.Close()
		w.out = nil
	}
}

// hashedFile is a temporary file whose content is hashed on the way.
type hashedFile struct {
	f   diskFile
	sum hash.Hash
	n   int64
}

func (h *hashedFile) Write(b []byte) (int, error) {
	n, err := h.f.Write(b)
	h.sum.Write(b[:n])
	h.n += int64(n)
	return n, err
}

// finish makes the file durable and closes it; with an error of its writer it
// only closes it.
func (h *hashedFile) finish(err error) error {
	if err == nil {
		err = h.f.Sync()
	}
	if closed := h.f.Close(); err == nil {
		err = closed
	}
	return err
}

// entry fills in what the manifest says of every file.
func entry(f *schemas.TableFile, table, date string, out *hashedFile) {
	sum := hex.EncodeToString(out.sum.Sum(nil))
	f.Path = dataPath(table, date, sum[:32]+".parquet")
	f.EventDate, f.Bytes, f.SHA256, f.Schema = date, out.n, sum, schemaVersion
}
