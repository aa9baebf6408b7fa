package lake

import (
	"fmt"
	"slices"
	"strings"

	"almanac/schemas"
)

// Bounds of what is kept in memory.
const (
	// nightBytes is shared by the runs of a night: some 1.5 M lines.
	nightBytes = 96 << 20
	// bucketCost is about what a bucket takes besides its blocks.
	bucketCost = 320
	// MaxMessage bounds a message in bytes; intake keeps lines far shorter.
	MaxMessage = 1 << 20
)

// Run takes events from one worker. It keeps them in memory up to a bound and
// then writes them, sorted, to a temporary file of the lake. One goroutine
// uses a run at a time; different runs work side by side.
type Run struct {
	n       *Night
	slabs   slabs
	buckets []*bucket
	rows    int
	tables  map[dateService]map[string]*bucket
	// The table and the buckets last used: a few shapes make up most lines.
	table   map[string]*bucket
	last    dateService
	recent  [recentBuckets]*bucket
	numbers map[attr]int32
	attrs   []*attr // by number
	day     int64   // start of the day last seen, and its date
	date    string
}

type dateService struct{ date, service string }

// NewRun gives a run for one worker.
func (n *Night) NewRun() *Run {
	r := &Run{n: n, tables: map[dateService]map[string]*bucket{}, numbers: map[attr]int32{}}
	n.mu.Lock()
	n.runs = append(n.runs, r)
	n.mu.Unlock()
	return r
}

// Append takes a copy of one event. The lake sets EventDate from TS, makes
// strings valid UTF-8 and cuts messages beyond MaxMessage. An error comes from
// the disk.
func (r *Run) Append(e *schemas.Event) error {
	message, trace := e.Message, e.TraceID
	if len(message) > MaxMessage {
		message = message[:MaxMessage]
	}
	if !isClean(message) {
		message = shorten(cleanString(message), MaxMessage)
	}
	if len(trace) > maxTrace || !isClean(trace) {
		trace = shorten(cleanString(shorten(trace, maxTrace)), maxTrace)
	}
	b := r.bucketOf(r.dateOf(e.TS), e.Service, e.ShapeID)
	a := r.number(b, e)
	if b.rows > 0 && !b.disorder {
		b.disorder = !r.follows(b, e.TS, e.Line, a)
	}
	b.add(&r.slabs, e.TS, e.Line, a, message, trace)
	r.rows++
	if r.slabs.bytes+len(r.buckets)*bucketCost >= nightBytes/max(r.n.opt.Workers, 1) || r.n.opt.RunRows > 0 && r.rows >= r.n.opt.RunRows {
		return r.flush()
	}
	return nil
}

// maxTrace bounds a trace id in bytes: what is longer is none.
const maxTrace = 64 << 10

// shorten cuts valid text to n bytes, at the border of a character.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}

const dayUS = 24 * 60 * minuteUS

func (r *Run) dateOf(ts int64) string {
	if ts == 0 {
		return schemas.Undated
	}
	if day := floorTo(ts, dayUS); day != r.day || r.date == "" {
		r.day, r.date = day, validDate(schemas.DateOf(ts))
	}
	return r.date
}

// bucketOf finds or makes a bucket.
func (r *Run) bucketOf(date, service, shape string) *bucket {
	at := recentOf(shape)
	if b := r.recent[at]; b != nil && b.key.shape == shape && b.key.service == service && b.date == date {
		return b
	}
	if r.table == nil || r.last.service != service || r.last.date != date {
		r.openTable(date, service)
	}
	b := r.table[shape]
	if b == nil {
		shape = strings.Clone(shape)
		clean := cleaned(shape)
		if b = r.table[clean]; b == nil {
			b = &bucket{date: date, key: groupKey{cleaned(r.last.service), clean}, attr: -1}
			r.buckets = append(r.buckets, b)
		}
		r.table[shape], r.table[clean] = b, b
	}
	r.recent[at] = b
	return b
}

const recentBuckets = 1 << 10

// recentOf is a shape's place in recent. Ids of shapes are hashes.
func recentOf(shape string) int {
	at := 0
	for i := max(len(shape)-4, 0); i < len(shape); i++ {
		at = at<<3 ^ int(shape[i])
	}
	return at & (recentBuckets - 1)
}

// openTable makes the table of a date and service the current one. Names that
// are cleaned to the same text share it.
func (r *Run) openTable(date, service string) {
	key := dateService{date, service}
	if r.table = r.tables[key]; r.table == nil {
		key.service = strings.Clone(service)
		clean := dateService{date, cleaned(key.service)}
		if r.table = r.tables[clean]; r.table == nil {
			r.table = map[string]*bucket{}
		}
		r.tables[key], r.tables[clean] = r.table, r.table
	}
	r.last = key
}

func cleaned(s string) string {
	if isClean(s) {
		return s
	}
	return cleanString(s)
}

// number gives the number of an event's attributes: nearly always that of the
// row before it in its bucket.
func (r *Run) number(b *bucket, e *schemas.Event) int32 {
	key := attr{e.Host, e.Level, e.Kind, e.ErrorType, e.SourceID}
	if b.attr >= 0 && *r.attrs[b.attr] == key {
		return b.attr
	}
	if n, ok := r.numbers[key]; ok {
		return n
	}
	for _, s := range [...]*string{&key.host, &key.level, &key.kind, &key.errorType, &key.sourceID} {
		*s = strings.Clone(*s)
	}
	n := int32(len(r.attrs))
	r.numbers[key] = n
	a := key
	for _, s := range [...]*string{&a.host, &a.level, &a.kind, &a.errorType, &a.sourceID} {
		*s = cleaned(*s)
	}
	r.attrs = append(r.attrs, &a)
	return n
}

// follows says that a row surely comes after the bucket's last one; false
// where it may not.
func (r *Run) follows(b *bucket, ts, line int64, a int32) bool {
	if ts != b.ts {
		return ts > b.ts
	}
	if x, y := r.attrs[b.attr].sourceID, r.attrs[a].sourceID; a != b.attr && x != y {
		return x < y
	}
	return line > b.line
}

// seal sorts what is buffered, rows in their buckets and buckets by date and
// key, and hands the buckets over.
func (r *Run) seal() ([]*bucket, error) {
	bs := r.buckets
	for _, b := range bs {
		if err := b.sort(r.attrs); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(bs, func(a, b *bucket) int {
		if c := strings.Compare(a.date, b.date); c != 0 {
			return c
		}
		return a.key.compare(b.key)
	})
	r.buckets, r.rows, r.table = nil, 0, nil
	clear(r.tables)
	clear(r.recent[:])
	return bs, nil
}

// flush writes what is buffered to a spill file: a section per date.
func (r *Run) flush() error {
	bs, err := r.seal()
	if err != nil || len(bs) == 0 {
		return err
	}
	err = r.n.spill(func(w *spillWriter) error {
		for _, b := range bs {
			if err := w.add(b, r.attrs); err != nil {
				return err
			}
		}
		return nil
	})
	r.slabs.reset()
	if err != nil {
		return fmt.Errorf("spill events: %w", err)
	}
	return nil
}

// keep hands what is buffered over to the commit as it is.
func (r *Run) keep() error {
	bs, err := r.seal()
	if err != nil {
		return err
	}
	r.slabs = slabs{} // from now on the buckets hold their blocks
	r.n.mu.Lock()
	defer r.n.mu.Unlock()
	for _, b := range bs {
		r.n.pieces[b.date] = append(r.n.pieces[b.date], piece{key: b.key, bucket: b, attrs: r.attrs})
	}
	return nil
}

// validDate keeps only what may become a directory: an ISO date, or Undated.
func validDate(date string) string {
	if date == schemas.Undated {
		return date
	}
	if len(date) != 10 || date[4] != '-' || date[7] != '-' {
		return schemas.Undated
	}
	for i := range len(date) {
		if i != 4 && i != 7 && (date[i] < '0' || date[i] > '9') {
			return schemas.Undated
		}
	}
	return date
}
