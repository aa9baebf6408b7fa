package lake

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"almanac/schemas"
)

// batch gathers a night's rows of one table other than event. Such tables are
// small: a date of one is sorted in memory. Rows are kept as their keys, which
// sort as they are and take a third of the memory.
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

// commit writes the new files of every date that may have changed.
func (b *batch[T]) commit(ctx context.Context, c *commit) error {
	dates := map[string]bool{}
	for date := range b.rows {
		dates[date] = true
	}
	maps.Copy(dates, b.replaced)
	if b.whole || b.rereads(c) {
		for _, date := range c.n.l.Dates(b.t.name) {
			dates[date] = true
		}
	}
	for _, date := range slices.Sorted(maps.Keys(dates)) {
		if err := ctx.Err(); err != nil {
			return err
		}
		keys, changed, err := b.merged(c, date)
		if err != nil {
			return err
		}
		if !changed {
			continue
		}
		if err := b.write(c, date, keys); err != nil {
			return err
		}
	}
	return nil
}

// merged gives the keys of a date's rows after the night. changed is false where
// nothing was added or taken away.
func (b *batch[T]) merged(c *commit, date string) (keys []string, changed bool, err error) {
	keys = b.rows[date]
	if b.whole || b.replaced[date] {
		return keys, true, nil
	}
	changed = len(keys) > 0
	files := c.n.l.filesOn(b.t.name, date)
	if !changed && !slices.ContainsFunc(files, c.mayHoldReread) {
		return nil, false, nil
	}
	source := b.sourceColumn()
	for _, f := range files {
		err := eachRow(c.n.l, b.t, f, func(row *T) error {
			if source >= 0 && c.n.reread[sourceOf(row, source)] {
				changed = true
				return nil
			}
			keys = append(keys, b.key(row))
			return nil
		})
		if err != nil {
			return nil, false, err
		}
	}
	return keys, changed, nil
}

// write sorts rows into the table's total order and writes them.
func (b *batch[T]) write(c *commit, date string, keys []string) error {
	if b.t.name == TableCoverage {
		keys = b.summed(keys)
	}
	slices.Sort(keys)
	w := newTableWriter(b.t, c, date)
	defer w.abort()
	sources := sourceSet{}
	source := b.sourceColumn()
	for _, key := range keys {
		row := b.row(key)
		v := reflect.ValueOf(&row).Elem()
		if source >= 0 {
			sources.add(v.Field(source).String())
		}
		if err := w.add(&row, len(key), b.t.tsOf(v)); err != nil {
			return err
		}
	}
	files, err := w.finish()
	if err != nil {
		return err
	}
	for i := range files {
		files[i].file.Sources = sources.list()
	}
	c.put(b.t.name, date, files)
	return nil
}

// summed adds up the rows of coverage.
func (b *batch[T]) summed(keys []string) []string {
	rows := make([]T, len(keys))
	for i, key := range keys {
		rows[i] = b.row(key)
	}
	coverage, ok := any(rows).([]schemas.Coverage)
	if !ok {
		return keys
	}
	rows = any(sumCoverage(coverage)).([]T)
	keys = keys[:0]
	for i := range rows {
		keys = append(keys, b.key(&rows[i]))
	}
	return keys
}

// sumCoverage adds up rows of the same source and hour. Unknown plus a
// number is the number; unknown plus unknown stays unknown.
func sumCoverage(rows []schemas.Coverage) []schemas.Coverage {
	type key struct {
		source string
		hour   int64
	}
	at := map[key]int{}
	var out []schemas.Coverage
	for _, row := range rows {
		k := key{row.Source, row.HourTS}
		i, ok := at[k]
		if !ok {
			at[k] = len(out)
			out = append(out, row)
			continue
		}
		out[i].Lines = sumKnown(out[i].Lines, row.Lines)
		out[i].Events = sumKnown(out[i].Events, row.Events)
		out[i].Rejects = sumKnown(out[i].Rejects, row.Rejects)
	}
	return out
}

func sumKnown(a, b *int64) *int64 {
	if a == nil {
		return b
	}
	if b == nil {
		return a
	}
	return schemas.Ptr(*a + *b)
}
