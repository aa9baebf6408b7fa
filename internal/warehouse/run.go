package warehouse

import (
	"context"
	"database/sql"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"almanac/queries"
	"almanac/schemas"
)

// Params are a query's parameters by name, without '$': string, bool, int,
// int64, float64 or time.Time (any zone; passed as UTC).
type Params map[string]any

// Rows runs a named query and scans each row into a T by its `db` or
// `parquet` tags. A
// column without a field, or a field without a column, is an error; NULL gives
// the zero value, or nil for a pointer.
func Rows[T any](ctx context.Context, w *Warehouse, name string, p Params) ([]T, error) {
	var out []T
	err := Each(ctx, w, name, p, func(r *T) error {
		out = append(out, *r)
		return nil
	})
	return out, err
}

// Each is Rows one at a time; the row is only valid during the call.
func Each[T any](ctx context.Context, w *Warehouse, name string, p Params, f func(*T) error) error {
	q, args, err := bind(name, p)
	if err != nil {
		return err
	}
	rows, err := w.db.QueryContext(ctx, q.SQL, args...)
	if err != nil {
		return fmt.Errorf("query %s: %w", name, err)
	}
	defer rows.Close()
	var row T
	scan, err := scanner(rows, &row)
	if err != nil {
		return fmt.Errorf("query %s: %w", name, err)
	}
	for rows.Next() {
		if err := scan(); err != nil {
			return fmt.Errorf("query %s: %w", name, err)
		}
		if err := f(&row); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Table runs a named query into a Table that carries its runnable SQL.
func (w *Warehouse) Table(ctx context.Context, name string, p Params) (*schemas.Table, error) {
	q, args, err := bind(name, p)
	if err != nil {
		return nil, err
	}
	t, err := w.table(ctx, q.SQL, args)
	if err != nil {
		return nil, fmt.Errorf("query %s: %w", name, err)
	}
	t.Query = name
	t.SQL = inline(q, args)
	docs := map[string]string{}
	for _, c := range q.Columns {
		docs[c.Name] = c.Doc
	}
	for i := range t.Columns {
		t.Columns[i].Doc = docs[t.Columns[i].Name]
	}
	return t, nil
}

func (w *Warehouse) table(ctx context.Context, text string, args []any) (*schemas.Table, error) {
	rows, err := w.db.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, err
	}
	t := &schemas.Table{SQL: text, Rows: [][]any{}}
	ptrs := make([]any, len(types))
	cells := make([]any, len(types))
	for i, c := range types {
		t.Columns = append(t.Columns, schemas.Column{Name: c.Name(), Type: c.DatabaseTypeName()})
		ptrs[i] = &cells[i]
	}
	for rows.Next() {
		if err := rows.Scan(ptrs...); err != nil {
			return nil, err
		}
		row := make([]any, len(cells))
		for i, v := range cells {
			row[i] = plain(v)
		}
		t.Rows = append(t.Rows, row)
	}
	return t, rows.Err()
}

// bind checks the parameters against the query's header, both ways, and fills
// in declared defaults: the driver silently ignores a name the text lacks.
func bind(name string, p Params) (queries.Query, []any, error) {
	q, err := queries.Load(name)
	if err != nil {
		return q, nil, err
	}
	known := map[string]bool{}
	var args []any
	for _, d := range q.Params {
		known[d.Name] = true
		v, ok := p[d.Name]
		if !ok && !d.HasDefault {
			return q, nil, fmt.Errorf("query %s needs the parameter %s (%s): %s", name, d.Name, d.Type, d.Doc)
		}
		if !ok {
			v = d.Default
		}
		if v, err = convert(v, d.Type); err != nil {
			return q, nil, fmt.Errorf("query %s, parameter %s: %w", name, d.Name, err)
		}
		args = append(args, sql.Named(d.Name, v))
	}
	for n := range p {
		if !known[n] {
			return q, nil, fmt.Errorf("query %s has no parameter %q; it has: %s", name, n, paramNames(q))
		}
	}
	return q, args, nil
}

func paramNames(q queries.Query) string {
	var names []string
	for _, p := range q.Params {
		names = append(names, p.Name)
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// convert reads text (from -p k=v, or a header's default) into the declared type.
func convert(v any, typ string) (any, error) {
	if t, ok := v.(time.Time); ok {
		return t.UTC(), nil
	}
	s, ok := v.(string)
	if !ok {
		return v, nil
	}
	switch typ {
	case "TIMESTAMP":
		return parseInstant(s)
	case "BIGINT", "INTEGER":
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%q is not a whole number", s)
		}
		return n, nil
	case "DOUBLE":
		f, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return nil, fmt.Errorf("%q is not a number", s)
		}
		return f, nil
	case "BOOLEAN":
		b, err := strconv.ParseBool(s)
		if err != nil {
			return nil, fmt.Errorf("%q is neither true nor false", s)
		}
		return b, nil
	}
	return s, nil
}

func parseInstant(s string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, s, time.UTC); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not an instant: write 2026-11-21 or 2026-11-21T17:00:00Z (UTC)", s)
}

// inline writes the arguments into the text as literals, for people to run.
func inline(q queries.Query, args []any) string {
	values := map[string]any{}
	for _, a := range args {
		n := a.(sql.NamedArg)
		values[n.Name] = n.Value
	}
	return q.Inline(values)
}

// plain turns a driver value into one of the kinds a Table holds.
func plain(v any) any {
	switch x := v.(type) {
	case nil, bool, string, int64, float64:
		return x
	case time.Time:
		return x.UTC()
	case []byte:
		return string(x)
	case float32:
		return float64(x)
	}
	rv := reflect.ValueOf(v)
	switch {
	case rv.CanInt():
		return rv.Int()
	case rv.CanUint() && rv.Uint() <= 1<<63-1:
		return int64(rv.Uint())
	}
	return fmt.Sprint(v)
}
