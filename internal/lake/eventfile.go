package lake

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"almanac/schemas"
)

// eventWriter writes the sorted rows of a date into files of row groups. The
// cuts depend on the sequence of rows only. One goroutine fills row groups,
// others encode them, and one writes them in their order: the large file of a
// single date uses every core, and its bytes stay the same.
type eventWriter struct {
	c    *commit
	date string
	open *eventGroup
	key  groupKey
	// rows and text are what a row group of the date may come to.
	rows, text int
	// work carries the parts of each full group to whoever encodes them, queue
	// the group, in order, to the writer.
	work     chan groupWork
	queue    chan *eventGroup
	started  bool
	encoders sync.WaitGroup
	written  chan struct{}
	failed   atomic.Bool
	err      error // readable once written is closed
	file     eventFile
}

// groupWork is a part of a row group to encode.
type groupWork struct {
	g    *eventGroup
	part *groupPart
}

// newEventWriter makes a writer for a date of about so many rows and bytes.
func newEventWriter(c *commit, date string, rows, size int64) *eventWriter {
	w := &eventWriter{c: c, date: date, file: eventFile{c: c, date: date}}
	group := min(rows, groupRows, c.n.opt.fileRows)
	w.rows, w.text = int(group), int(min(size*group/max(rows, 1)*9/8, groupBytes))
	return w
}

// takeGroup waits for an empty row group: there are few, which bounds the
// memory of all dates together.
func (c *commit) takeGroup() *eventGroup {
	if g := <-c.groups; g != nil {
		return g
	}
	return &eventGroup{place: map[*attr]int32{}, encoded: make(chan error, 1)}
}

func (w *eventWriter) group(key groupKey) {
	w.key = key
	if w.open != nil {
		w.open.group(key)
	}
}

func (w *eventWriter) add(r *eventRow) error {
	if w.open == nil {
		w.open = w.c.takeGroup()
		w.open.reset(w.date)
		w.open.reserve(w.rows, w.text)
		w.open.group(w.key)
	}
	g := w.open
	g.add(r)
	if int64(g.rows) >= min(groupRows, w.c.n.opt.fileRows) || g.text >= groupBytes {
		return w.send()
	}
	return nil
}

// send hands the full group on.
func (w *eventWriter) send() error {
	if !w.started {
		w.start()
	}
	g := w.open
	w.open = nil
	g.divide()
	w.queue <- g
	for i := range g.parts {
		w.work <- groupWork{g, &g.parts[i]}
	}
	if w.failed.Load() {
		return errStopped
	}
	return nil
}

var errStopped = fmt.Errorf("stopped")

func (w *eventWriter) start() {
	w.started = true
	// As many as there are groups: sending never waits for the writer.
	w.work, w.queue = make(chan groupWork, 4*cap(w.c.groups)), make(chan *eventGroup, cap(w.c.groups))
	w.written = make(chan struct{})
	for range max(w.c.n.opt.Workers, 1) {
		w.encoders.Go(func() {
			x := newGroupEncoder()
			for t := range w.work {
				t.g.done(t.part, x.encode(t.g, t.part))
			}
		})
	}
	go func() {
		defer close(w.written)
		for g := range w.queue {
			err := <-g.encoded
			if err == nil && w.err == nil {
				err = w.file.write(g)
			}
			if w.err == nil && err != nil {
				w.err = fmt.Errorf("write %s %s: %w", TableEvent, w.date, err)
				w.failed.Store(true)
			}
			w.c.groups <- g
		}
	}()
}

// stop waits until all that was sent is written.
func (w *eventWriter) stop() {
	if w.started {
		w.started = false
		close(w.queue)
		close(w.work)
		w.encoders.Wait()
		<-w.written
	}
}

// finish writes what is left and gives the files. No rows: no files.
func (w *eventWriter) finish() ([]built, error) {
	if w.open != nil {
		_ = w.send() // the writer knows the error
	}
	w.stop()
	if w.err != nil {
		return nil, w.err
	}
	if err := w.file.close(); err != nil {
		return nil, fmt.Errorf("write %s %s: %w", TableEvent, w.date, err)
	}
	return w.file.done, nil
}

// abort lets go of everything; the temporary directory goes as a whole.
func (w *eventWriter) abort() {
	if w.open != nil {
		w.c.groups <- w.open
		w.open = nil
	}
	w.stop()
	w.file.abort()
}

// eventFile writes encoded row groups into files.
type eventFile struct {
	c      *commit
	date   string
	out    *hashedFile
	name   string
	groups []format.RowGroup
	text   int64
	stat   schemas.TableFile
	done   []built
}

const parquetMagic = "PAR1"

func (f *eventFile) write(g *eventGroup) error {
	if f.out == nil {
		f.name = f.c.tempName()
		file, err := f.c.n.l.disk.Create(f.name)
		if err != nil {
			return err
		}
		f.out = &hashedFile{f: file, sum: sha256.New()}
		if _, err := f.out.Write([]byte(parquetMagic)); err != nil {
			return err
		}
	}
	base := f.out.n
	columns, raw, packed := g.columns(base)
	f.groups = append(f.groups, format.RowGroup{
		Columns: columns, TotalByteSize: raw, NumRows: int64(g.rows), FileOffset: base,
		TotalCompressedSize: packed, Ordinal: int16(len(f.groups)),
	})
	for i := range g.parts {
		if _, err := f.out.Write(g.parts[i].out); err != nil {
			return err
		}
	}
	f.span(g)
	f.stat.Rows += int64(g.rows)
	f.text += int64(g.text)
	if f.stat.Rows >= f.c.n.opt.fileRows || f.text >= fileBytes {
		return f.close()
	}
	return nil
}

// span widens the instants of the file's entry.
func (f *eventFile) span(g *eventGroup) {
	for _, ts := range g.ts {
		if ts == 0 {
			continue
		}
		if f.stat.MinTS == 0 || ts < f.stat.MinTS {
			f.stat.MinTS = ts
		}
		if f.stat.MaxTS == 0 || ts > f.stat.MaxTS {
			f.stat.MaxTS = ts
		}
	}
}

// close finishes the open file, if there is one.
func (f *eventFile) close() error {
	if f.out == nil {
		return nil
	}
	footer, err := f.footer()
	if err == nil {
		_, err = f.out.Write(footer)
	}
	out := f.out
	f.out = nil
	if err := out.finish(err); err != nil {
		return err
	}
	entry(&f.stat, TableEvent, f.date, out)
	f.stat.Columns = len(eventTable.cols)
	f.done = append(f.done, built{temp: f.name, file: f.stat})
	f.groups, f.text, f.stat = nil, 0, schemas.TableFile{}
	return nil
}

// footer is the file's metadata with what ends a Parquet file.
func (f *eventFile) footer() ([]byte, error) {
	like, err := eventFooter()
	if err != nil {
		return nil, err
	}
	m := format.FileMetaData{
		Version: like.Version, Schema: like.Schema, NumRows: f.stat.Rows, RowGroups: f.groups,
		CreatedBy: like.CreatedBy, ColumnOrders: like.ColumnOrders,
	}
	data, err := thrift.Marshal(new(thrift.CompactProtocol), &m)
	if err != nil {
		return nil, err
	}
	return append(binary.LittleEndian.AppendUint32(data, uint32(len(data))), parquetMagic...), nil
}

// eventFooter is the metadata that parquet-go writes for schemas.Event.
var eventFooter = sync.OnceValues(func() (*format.FileMetaData, error) {
	var out bytes.Buffer
	w := parquet.NewGenericWriter[schemas.Event](&out, writerOptions(eventTable.schema())...)
	if err := w.Close(); err != nil {
		return nil, err
	}
	f, err := parquet.OpenFile(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		return nil, err
	}
	return f.Metadata(), nil
})

func (f *eventFile) abort() {
	if f.out != nil {
		f.out.f.Close()
		f.out = nil
	}
}
