package lake

import (
	"math/bits"
	"reflect"
	"unsafe"
)

// parquet-go v0.32.0 (writeRowsFuncOfOptional) takes rows 64 at a time and
// writes runs of values and of NULLs. Where a run of values begins at row y of
// the 64, is y rows long and nothing but NULL follows it, it writes all that
// follows as zero values: 1970 for a time that is not known. nullSafe keeps
// such a pattern from it by ending the piece before the run.

// pieceRows is the number of rows parquet-go looks at together.
const pieceRows = 64

// nullFieldsOf gives the offsets in a row of the numbers whose being zero
// makes a field NULL: a number itself, the length of a text. What a pointer
// leads to is written field by field.
func nullFieldsOf[T any](cols []column) []uintptr {
	var at []uintptr
	t := reflect.TypeFor[T]()
	for _, c := range cols {
		switch f := t.Field(c.field); {
		case c.ptr:
		case c.kind == kindString:
			at = append(at, f.Offset+unsafe.Sizeof(uintptr(0)))
		default:
			at = append(at, f.Offset)
		}
	}
	return at
}

// nullSafe is how many of the first rows, at least one, parquet-go writes
// right in one piece.
func nullSafe[T any](rows []T, fields []uintptr) int {
	n := min(len(rows), pieceRows)
	// After a cut the other columns are looked at again: what followed a run of
	// theirs may be gone.
	for cut := true; cut && n > 1; {
		cut = false
		for _, at := range fields {
			if y := wrongRun(present(rows[:n], at)); y > 0 {
				n, cut = y, true
			}
		}
	}
	return n
}

// present has a bit for every row whose field is not zero.
func present[T any](rows []T, at uintptr) uint64 {
	var set uint64
	for i := range rows {
		if *(*int64)(unsafe.Add(unsafe.Pointer(&rows[i]), at)) != 0 {
			set |= 1 << i
		}
	}
	return set
}

// wrongRun is the row at which the run begins that parquet-go gets wrong, 0
// where there is none.
func wrongRun(set uint64) int {
	for y := 0; y < pieceRows && set>>y != 0; {
		y += bits.TrailingZeros64(set >> y)
		rest := set >> y
		if y > 0 && rest == 1<<y-1 {
			return y
		}
		y += bits.TrailingZeros64(^rest)
	}
	return 0
}
