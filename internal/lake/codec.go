package lake

import (
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"strings"
	"unicode/utf8"
	"unsafe"

	"almanac/schemas"
)

// column is one field of a row type.
type column struct {
	name  string
	kind  columnKind
	field int
	ptr   bool
}

type columnKind int

const (
	kindString columnKind = iota
	kindInt
	kindTime
	kindDouble
	kindBool
)

// duckType names the DuckDB type that reads a column of each kind.
var duckType = map[columnKind]string{
	kindString: "VARCHAR", kindInt: "BIGINT", kindTime: "TIMESTAMP", kindDouble: "DOUBLE", kindBool: "BOOLEAN",
}

// columnsOf reads a row type's columns from its struct tags. It enforces the
// column rules of the lake: flat, optional, and of five types only.
func columnsOf(t reflect.Type) ([]column, error) {
	var cols []column
	for i := range t.NumField() {
		f := t.Field(i)
		parts := strings.Split(f.Tag.Get("parquet"), ",")
		c := column{name: parts[0], field: i}
		ft := f.Type
		if c.ptr = ft.Kind() == reflect.Pointer; c.ptr {
			ft = ft.Elem()
		}
		optional, stamp := false, false
		for _, p := range parts[1:] {
			optional = optional || p == "optional"
			stamp = stamp || p == "timestamp(microsecond:local)"
		}
		switch {
		case c.name == "" || !optional || f.Anonymous:
			return nil, fmt.Errorf("%s.%s: every column is named and optional", t.Name(), f.Name)
		case ft.Kind() == reflect.String && !stamp && !c.ptr:
			c.kind = kindString
		case ft.Kind() == reflect.Int64 && stamp && !c.ptr:
			c.kind = kindTime
		case ft.Kind() == reflect.Int64 && !stamp:
			c.kind = kindInt
		case ft.Kind() == reflect.Float64 && c.ptr:
			c.kind = kindDouble
		case ft.Kind() == reflect.Bool && c.ptr:
			c.kind = kindBool
		default:
			return nil, fmt.Errorf("%s.%s: type %s is not allowed in the lake", t.Name(), f.Name, f.Type)
		}
		cols = append(cols, c)
	}
	if len(cols) == 0 || cols[0].name != "event_date" || cols[0].kind != kindString {
		return nil, fmt.Errorf("%s: the first column is event_date", t.Name())
	}
	return cols, nil
}

// valueOfRow gives a row's fields.
func valueOfRow[T any](row *T) reflect.Value { return reflect.ValueOf(row).Elem() }

// cleanRow makes every string of a row storable and drops numbers that are
// not finite: a single bad byte would fail every query on its column.
func cleanRow(cols []column, v reflect.Value) {
	for _, c := range cols {
		f := v.Field(c.field)
		switch c.kind {
		case kindString:
			if s := f.String(); !isClean(s) {
				f.SetString(cleanString(s))
			}
		case kindDouble:
			if !f.IsNil() {
				if x := f.Elem().Float(); math.IsNaN(x) || math.IsInf(x, 0) {
					f.SetZero()
				}
			}
		}
	}
}

func cleanEvent(e *schemas.Event) {
	for _, s := range [...]*string{&e.EventDate, &e.Service, &e.Host, &e.Level, &e.Kind,
		&e.ShapeID, &e.Message, &e.ErrorType, &e.TraceID, &e.SourceID} {
		if !isClean(*s) {
			*s = cleanString(*s)
		}
	}
}

// isClean looks at eight bytes at a time as long as they are ASCII; the last
// eight are looked at whole, though some were seen before.
func isClean(s string) bool {
	b := unsafe.Slice(unsafe.StringData(s), len(s))
	i := 0
	for ; i+8 <= len(b); i += 8 {
		if !isPlain(binary.LittleEndian.Uint64(b[i:])) {
			return isText(s[i:])
		}
	}
	if i == len(b) || len(b) >= 8 && isPlain(binary.LittleEndian.Uint64(b[len(b)-8:])) {
		return true
	}
	return isText(s[i:])
}

// isPlain says that eight bytes are ASCII other than NUL: the top bit of some
// byte stays set for a byte of 0x80 or more, and where subtracting one borrows.
func isPlain(x uint64) bool {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	return (x|(x-ones)&^x)&tops == 0
}

func isText(s string) bool { return strings.IndexByte(s, 0) < 0 && utf8.ValidString(s) }

// cleanString replaces what is not UTF-8, and NUL, by U+FFFD.
func cleanString(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// appendKey encodes a row so that the order of the keys' bytes is a total
// order of the rows by their columns from left to right, NULL first. Equal
// keys mean equal rows. Strings carry no NUL (cleanRow), so NUL ends them.
func appendKey(key []byte, cols []column, v reflect.Value) []byte {
	for _, c := range cols {
		f := v.Field(c.field)
		if c.ptr {
			if f.IsNil() {
				key = append(key, 0)
				continue
			}
			key = append(key, 1)
			f = f.Elem()
		}
		switch c.kind {
		case kindString:
			key = append(append(key, f.String()...), 0)
		case kindInt, kindTime:
			key = binary.BigEndian.AppendUint64(key, uint64(f.Int())^(1<<63))
		case kindDouble:
			bits := math.Float64bits(f.Float())
			if bits>>63 == 1 {
				bits = ^bits
			} else {
				bits |= 1 << 63
			}
			key = binary.BigEndian.AppendUint64(key, bits)
		case kindBool:
			b := byte(0)
			if f.Bool() {
				b = 1
			}
			key = append(key, b)
		}
	}
	return key
}

// decodeKey fills a zero row from its key: a key holds the whole row.
func decodeKey(key string, cols []column, v reflect.Value) {
	for _, c := range cols {
		f := v.Field(c.field)
		if c.ptr {
			known := key[0] == 1
			key = key[1:]
			if !known {
				continue
			}
			f.Set(reflect.New(f.Type().Elem()))
			f = f.Elem()
		}
		switch c.kind {
		case kindString:
			end := strings.IndexByte(key, 0)
			f.SetString(key[:end])
			key = key[end+1:]
		case kindInt, kindTime:
			f.SetInt(int64(binary.BigEndian.Uint64([]byte(key[:8])) ^ 1<<63))
			key = key[8:]
		case kindDouble:
			bits := binary.BigEndian.Uint64([]byte(key[:8]))
			if bits>>63 == 1 {
				bits &^= 1 << 63
			} else {
				bits = ^bits
			}
			f.SetFloat(math.Float64frombits(bits))
			key = key[8:]
		case kindBool:
			f.SetBool(key[0] == 1)
			key = key[1:]
		}
	}
}
