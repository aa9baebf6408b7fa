package lake

import (
	"cmp"
	"strings"

	"almanac/schemas"
)

// compareEvents is the order of event files: (service, shape_id, ts,
// source_id, line), then every other column, so that equal means identical.
func compareEvents(a, b *schemas.Event) int {
	if c := strings.Compare(a.Service, b.Service); c != 0 {
		return c
	}
	if c := strings.Compare(a.ShapeID, b.ShapeID); c != 0 {
		return c
	}
	return compareInGroup(a, b)
}

// compareInGroup orders events of one service and shape.
func compareInGroup(a, b *schemas.Event) int {
	if a.TS != b.TS {
		return cmp.Compare(a.TS, b.TS)
	}
	if c := strings.Compare(a.SourceID, b.SourceID); c != 0 {
		return c
	}
	if a.Line != b.Line {
		return cmp.Compare(a.Line, b.Line)
	}
	return cmp.Or(
		strings.Compare(a.Message, b.Message), strings.Compare(a.Host, b.Host),
		strings.Compare(a.Level, b.Level), strings.Compare(a.Kind, b.Kind),
		strings.Compare(a.ErrorType, b.ErrorType), strings.Compare(a.TraceID, b.TraceID))
}

// textSize is an event's text in bytes: what the cuts of files count.
func textSize(e *schemas.Event) int {
	return len(e.Message) + len(e.TraceID) + len(e.ErrorType)
}
