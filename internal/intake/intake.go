// Package intake turns bytes into records: Event, Change, Incident, Metric or
// Reject. A line it cannot read becomes a Reject with file, line and reason
// and the rest goes on; only trouble with the file itself is an error. It
// knows no lake, no signatures and no clock.
package intake

import (
	"regexp"
	"time"

	"almanac/schemas"
)

// Kinds of source. Auto lets the content decide.
const (
	KindAuto     = "auto"
	KindLog      = "log"
	KindChange   = "change"
	KindIncident = "incident"
	KindMetric   = "metric"
)

// Source is one configured source: which files they are is the caller's
// business, how to read them is said here.
type Source struct {
	Name    string
	Kind    string // one of the Kind constants; "" is KindAuto
	Format  string // name of a Format, or "" / "auto"
	Service string // service of records that name none; "" lets the file name decide
	Host    string
	Env     string
	// Zone reads stamps that carry no zone. ZoneStated says that the source
	// itself names it; otherwise it is the site's zone and the output says so.
	Zone       *time.Location
	ZoneStated bool
	// EventStart, where set, is what the first line of every event matches:
	// other lines of a log belong to the event before them.
	EventStart *regexp.Regexp
	Fields     []FieldMap
	Values     []ValueMap
}

// FieldMap maps fields of a mapped record (CSV, JSON lines) to a canonical
// one. From is tried in order; "a.b" walks both a nested and a literal key.
type FieldMap struct {
	To     string
	From   []string
	Layout string // time layout for time fields; "" tries the fixed ISO forms
}

// ValueMap rewrites values of a canonical field: any of From (case-blind)
// becomes To.
type ValueMap struct {
	Field string
	From  []string
	To    string
}

// Input is one file to read.
type Input struct {
	Source *Source
	Path   string // where to open it
	Name   string // as configured: stored, shown, and part of the source id
	// ModTime gives year-less stamps their year.
	ModTime time.Time
	// Final says that nobody writes to the file any more: an unterminated last
	// line is read, not left for the next night.
	Final bool
}

// Sink takes what was read. The event is only valid during the call, its
// strings stay valid. An error from the sink ends the file.
type Sink interface {
	// Event takes one event. Its Message and TraceID are valid during the call
	// only: who keeps them clones them.
	Event(e *schemas.Event) error
	Change(c schemas.Change) error
	Incident(r schemas.IncidentRecord) error
	Metric(m schemas.Metric) error
	Reject(r schemas.Reject) error
}

// Result says what became of one input.
type Result struct {
	Entry      schemas.LedgerEntry // the new ledger entry; Entry.Counts over all nights
	Counts     schemas.Accounting  // of this reading
	Format     string
	Confidence float64 // of the detection, 0-1; 1 when the format was given
	ZoneSource string  // "in the stamp", "source", "site zone Europe/Berlin (assumed)"
	Coverage   []schemas.Coverage
	Warnings   []string
	// Replaces: the input is read whole again, and all rows that Entry.SourceID
	// gave before are to be dropped (a changed document).
	Replaces bool
}
