package lake

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"almanac/schemas"
)

// batch gathers a night's rows of one table other than event. Such tables are
// small: a date of one is sorted in memory.
type batch[T any] struct {
	t    *table[T]
	rows map[string][]T
	// replaced dates lose their former rows; whole means every date.
	replaced map[string]bool
	whole    bool
}

type anyBatch interface {
	replace(date string, rows any) error
	commit(ctx context.Context, c *commit) error
}

func newBatch[T any](t *table[T]) *batch[T] {
	return &batch[T]{t: t, rows: map[string][]T{}, replaced: map[string]bool{}}
}

// add takes one row. Its event_date becomes date.
func (b *batch[T]) add(date string, row T) {
	date = validDate(date)
	v := reflect.ValueOf(&row).Elem()
	v.Field(b.t.cols[0].field).SetString(date)
	cleanRow(b.t.cols, v)
	b.rows[date] = append(b.rows[date], row)
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
		rows, changed, err := b.merged(c, date)
		if err != nil {
			return err
		}
		if !changed {
			continue
		}
		if err := b.write(c, date, rows); err != nil {
			return err
		}
	}
	return nil
}

// merged gives the rows of a date after the night. changed is false where
// nothing was added or taken away.
func (b *batch[T]) merged(c *commit, date string) (rows []T, changed bool, err error) {
	rows = slices.Clone(b.rows[date])
	if b.whole || b.replaced[date] {
		return rows, true, nil
	}
	changed = len(rows) > 0
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
			rows = append(rows, *row)
			return nil
		})
		if err != nil {
			return nil, false, err
		}
	}
	return rows, changed, nil
}

// write sorts rows into the table's total order and writes them.
func (b *batch[T]) write(c *commit, date string, rows []T) error {
	if sum, ok := any(rows).([]schemas.Coverage); ok {
		rows = any(sumCoverage(sum)).([]T)
	}
	type keyed struct {
		key []byte
		row *T
	}
	order := make([]keyed, len(rows))
	for i := range rows {
		order[i] = keyed{appendKey(nil, b.t.cols, reflect.ValueOf(&rows[i]).Elem()), &rows[i]}
	}
	slices.SortFunc(order, func(x, y keyed) int { return bytes.Compare(x.key, y.key) })
	w := newTableWriter(b.t, c, date)
	defer w.abort()
	for _, k := range order {
		if err := w.add(k.row, len(k.key), b.t.tsOf(reflect.ValueOf(k.row).Elem())); err != nil {
			return err
		}
	}
	files, err := w.finish()
	if err != nil {
		return err
	}
	sources := b.sourcesOf(rows)
	for i := range files {
		files[i].file.Sources = sources
	}
	c.put(b.t.name, date, files)
	return nil
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
