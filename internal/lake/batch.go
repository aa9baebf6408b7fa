package lake

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"almanac/schemas"
)

// batch collects a night's rows of one table other than event. One night's
// are few enough for memory; those of the lake are streamed (mergeJob). Rows
// are kept as their keys, which sort as they are and take a third of the
// memory.
type batch[T any] struct {
	t    *table[T]
	rows map[string][]string
	buf  []byte
	// replaced dates lose their former rows; whole means every date.
	replaced map[string]bool
	whole    bool
}

type anyBatch interface {
	replace(date string, rows any) error
	commit(ctx context.Context, c *commit) error
}

func newBatch[T any](t *table[T]) *batch[T] {
	return &batch[T]{t: t, rows: map[string][]string{}, replaced: map[string]bool{}}
}

// add takes one row. Its event_date becomes date.
func (b *batch[T]) add(date string, row T) {
	date = validDate(date)
	v := reflect.ValueOf(&row).Elem()
	v.Field(b.t.cols[0].field).SetString(date)
	cleanRow(b.t.cols, v)
	b.rows[date] = append(b.rows[date], b.key(&row))
}

func (b *batch[T]) key(row *T) string {
	b.buf = appendKey(b.buf[:0], b.t.cols, reflect.ValueOf(row).Elem())
	return string(b.buf)
}

func (b *batch[T]) row(key string) (row T) {
	decodeKey(key, b.t.cols, reflect.ValueOf(&row).Elem())
	return row
}

// replace makes rows, a slice of the table's row type, the only rows of date.
func (b *batch[T]) replace(date string, rows any) error {
	typed, ok := rows.([]T)
	if !ok {
		return fmt.Errorf("replace %s %s: rows are %T, want %T", b.t.name, date, rows, typed)
	}
	if validDate(date) != date {
		return fmt.Errorf("replace %s %s: not a date (2026-11-21) nor %q", b.t.name, date, schemas.Undated)
	}
	delete(b.rows, date)
	b.replaced[date] = true
	for _, row := range typed {
		b.add(date, row)
	}
	return nil
}

// commit writes the new files of every folder that may have changed.
func (b *batch[T]) commit(ctx context.Context, c *commit) error {
	if isGathered(b.t.name) {
		return b.commitGathered(ctx, c)
	}
	dates := map[string]bool{}
	for date := range b.rows {
		dates[date] = true
	}
	maps.Copy(dates, b.replaced)
	if b.whole {
		for _, date := range c.n.l.Dates(b.t.name) {
			dates[date] = true
		}
	}
	for _, date := range slices.Sorted(maps.Keys(dates)) {
		job := mergeJob[T]{b: b, c: c, folder: date, keys: b.rows[date]}
		if !b.whole && !b.replaced[date] {
			job.old = c.n.l.filesOn(b.t.name, date)
		}
		if err := job.run(ctx); err != nil {
			return err
		}
	}
	return nil
}

// commitGathered merges the night's rows of all dates into the table's one
// sequence of files. Files before the first row that may change stay.
func (b *batch[T]) commitGathered(ctx context.Context, c *commit) error {
	job := mergeJob[T]{b: b, c: c, folder: schemas.Gathered}
	first := "" // of the dates with new rows
	for _, date := range slices.Sorted(maps.Keys(b.rows)) {
		if first == "" {
			first = date
		}
		job.keys = append(job.keys, b.rows[date]...)
	}
	rereads := b.rereads(c)
	touched := func(f schemas.TableFile) bool {
		return first != "" && lastDate(f) >= first || rereads && c.mayHoldReread(f) ||
			slices.ContainsFunc(slices.Collect(maps.Keys(b.replaced)), func(date string) bool { return holdsDate(f, date) })
	}
	job.old = c.n.l.m.Tables[b.t.name]
	if first == "" && !slices.ContainsFunc(job.old, touched) {
		return nil
	}
	// A file that lacks a column is written anew, and so are those after it.
	stays := func(f schemas.TableFile) bool {
		return f.EventDate == schemas.Gathered && f.Columns == len(b.t.cols) && !touched(f)
	}
	for len(job.old) > 1 && stays(job.old[0]) {
		job.kept, job.old = append(job.kept, job.old[0]), job.old[1:]
	}
	return job.run(ctx)
}

// drops says whether a former row goes: its date is replaced, or its input
// was read again.
func (b *batch[T]) drops(c *commit) func(*T) bool {
	source := -1
	if b.rereads(c) {
		source = b.sourceColumn()
	}
	date := b.t.cols[0].field
	return func(row *T) bool {
		v := reflect.ValueOf(row).Elem()
		return source >= 0 && c.n.reread[v.Field(source).String()] ||
			len(b.replaced) > 0 && b.replaced[v.Field(date).String()]
	}
}
