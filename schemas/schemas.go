// Package schemas holds almanac's nouns: one row struct per file, declared
// once and carried unchanged through every room.
//
// Every column of every table is optional in Parquet. A plain Go field whose
// zero value cannot be a real value (an empty string, an instant of 0) is
// written as NULL when zero; a number or boolean for which zero is a real
// value is a pointer, so that "0" and "unknown" stay different.
//
// Instants are int64 microseconds since 1970-01-01 UTC. They are stored as
// TIMESTAMP(MICROS, not adjusted to UTC): UTC by contract, a plain TIMESTAMP
// in DuckDB. event_date is the UTC date of the row's main instant,
// "2026-11-21", or Undated.
//
// The package declares rows; it reads and writes nothing.
package schemas

import "time"

// Undated is the partition of rows that carry no instant.
const Undated = "undated"

// Gathered is the folder of tables that keep all their dates in few files;
// event_date is a column of theirs as of every table.
const Gathered = "all"

// Micros gives t as microseconds since the epoch; the zero time is 0.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// Time is the inverse of Micros, in UTC; 0 is the zero time.
func Time(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// DateOf is the UTC date of an instant in microseconds, or Undated for 0.
func DateOf(us int64) string {
	if us == 0 {
		return Undated
	}
	return time.UnixMicro(us).UTC().Format("2006-01-02")
}

// Ptr gives a pointer to v, for the columns in which zero is a real value.
func Ptr[T any](v T) *T { return &v }

// Span is a stretch of a text: its bytes from Lo up to, not including, Hi.
type Span struct{ Lo, Hi int32 }
