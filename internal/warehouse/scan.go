package warehouse

import (
	"database/sql"
	"fmt"
	"reflect"
	"strings"
	"time"
)

// scanner maps the columns of rows to the fields of *row by `db` tag.
func scanner(rows *sql.Rows, row any) (func() error, error) {
	cols, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	v := reflect.ValueOf(row).Elem()
	fields := map[string]int{}
	for i := 0; i < v.NumField(); i++ {
		if name := columnName(v.Type().Field(i).Tag); name != "" {
			fields[name] = i
		}
	}
	cells := make([]any, len(cols))
	ptrs := make([]any, len(cols))
	index := make([]int, len(cols))
	for i, c := range cols {
		f, ok := fields[c]
		if !ok {
			return nil, fmt.Errorf("column %s has no field in %s", c, v.Type())
		}
		index[i], ptrs[i] = f, &cells[i]
		delete(fields, c)
	}
	for c := range fields {
		return nil, fmt.Errorf("field %s of %s has no column", c, v.Type())
	}
	return func() error {
		if err := rows.Scan(ptrs...); err != nil {
			return err
		}
		for i, cell := range cells {
			if err := assign(v.Field(index[i]), cell); err != nil {
				return fmt.Errorf("column %s: %w", cols[i], err)
			}
		}
		return nil
	}, nil
}

// columnName is the column a field takes: its `db` tag, or the name in its
// `parquet` tag, so that the rows of schemas can be read back.
func columnName(tag reflect.StructTag) string {
	if name := tag.Get("db"); name != "" {
		return name
	}
	name, _, _ := strings.Cut(tag.Get("parquet"), ",")
	return name
}

func assign(f reflect.Value, cell any) error {
	if cell == nil {
		f.SetZero()
		return nil
	}
	if f.Kind() == reflect.Pointer {
		p := reflect.New(f.Type().Elem())
		f.Set(p)
		return assign(p.Elem(), cell)
	}
	cell = plain(cell)
	switch x := cell.(type) {
	case time.Time:
		if f.Kind() == reflect.Int64 {
			f.SetInt(x.UnixMicro())
			return nil
		}
	case int64:
		switch {
		case f.CanInt():
			f.SetInt(x)
			return nil
		case f.CanFloat():
			f.SetFloat(float64(x))
			return nil
		}
	case float64:
		if f.CanFloat() {
			f.SetFloat(x)
			return nil
		}
	}
	rv := reflect.ValueOf(cell)
	if !rv.Type().AssignableTo(f.Type()) {
		return fmt.Errorf("a %s does not fit a field of type %s", rv.Type(), f.Type())
	}
	f.Set(rv)
	return nil
}
