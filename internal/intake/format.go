package intake

import (
	"time"

	"almanac/schemas"
)

// Format describes one input format. Adding a format is adding one file that
// calls register, and its samples in testdata/formats/<name>/.
type Format struct {
	Name string // as in `format:` of the configuration
	Kind string // KindLog, KindChange, KindIncident or KindMetric
	Doc  string // one line for `almanac formats`
	Zone string // where the zone of its stamps comes from, in words
	// Detect gives the confidence (0-1) that the head is of this format. It
	// must be cheap, must not panic on junk, and must not depend on anything
	// but its argument.
	Detect func(h Head) float64
	// Exactly one of the two is set.
	// Lines makes a parser for a line format; one parser reads one file.
	Lines func(c *Context) LineParser
	// Document reads a whole record file (a JSON array, CSV, Markdown …).
	Document func(c *Context, doc []byte, out *Recorder) error
}

// Head is the beginning of an input, decompressed and cut after a complete
// line where there is one: at most 64 KiB.
type Head struct {
	Name  string // file name as configured, without compression suffix
	Bytes []byte
	Lines [][]byte // its non-blank lines, without line ends, at most 200

	complete bool      // it ends with a complete line
	memo     *headMemo // what several formats want to know of it, found once
}

// Context is what a parser may know.
type Context struct {
	Source  *Source
	Name    string         // file name as configured
	Service string         // service for records that name none
	Zone    *time.Location // never nil
	Year    *YearGuess     // year of year-less stamps

	clock *clock // reads the stamps of this file
	head  []byte // beginning of the file where the reading goes on in its middle: headers
}

// Verdict is what a line was.
type Verdict uint8

// The verdicts of a LineParser.
const (
	IsEvent        Verdict = iota
	IsContinuation         // belongs to the event before it (stack trace): the line, or e.Message where set, is joined to it
	IsBlank
	IsReject
	IsSkip   // a line of the format that carries no event (a header): counted as continuation
	IsRepeat // a record that this file has given before, by an id of its own: counted as already seen
)

// LineParser reads the lines of one file in order.
type LineParser interface {
	// Parse reads one line (no line end, at most 64 KiB, valid UTF-8) into e,
	// which comes zeroed; strings in e may alias line only until the next
	// call: the reader copies them. reason is set for IsReject: short, without
	// the line's text.
	Parse(line []byte, e *schemas.Event) (v Verdict, reason string)
}

// finisher is a LineParser that joins lines to one before they are an event.
// finish gives what is still open at the end of the file; false: nothing. Its
// last line has been counted as a continuation.
type finisher interface {
	finish(e *schemas.Event) bool
}

// streamer is a LineParser of a file that several streams share: a
// continuation belongs to the event before it in its own stream. stream gives
// the number of that of the line just parsed, below maxStreams.
type streamer interface{ stream() int }

// maxStreams is how many streams of one file are told apart.
const maxStreams = 64

// dropper is a LineParser that may find out later that a line which it took
// for the beginning of something was none. dropped gives its text, how many
// lines back it is and the reason, once; nil: nothing. The line has been
// counted as a continuation.
type dropper interface {
	dropped() (raw []byte, back int64, reason string)
}

var formats []*Format

// register adds a format at program start; the order of files does not
// matter, ties in confidence go to the lexically first name.
func register(f *Format) { formats = append(formats, f) }
