package intake

import (
	"bytes"

	"almanac/schemas"
)

func init() {
	register(&Format{
		Name: "w3c", Kind: KindLog, Doc: "W3C extended log with #Fields: IIS, CloudFront", Zone: "UTC by the rule of the format",
		Detect: func(h Head) float64 {
			if !bytes.HasPrefix(h.Bytes, []byte("#")) || !bytes.Contains(h.Bytes, []byte("#Fields: ")) {
				return 0
			}
			return detectLines(h, 0.97, func(c *Context) LineParser { return newW3CLog(c) })
		},
		Lines: func(c *Context) LineParser { return newW3CLog(c) },
	})
}

// Columns that are read.
const (
	w3cNone = iota
	w3cDate
	w3cTime
	w3cMethod
	w3cPath
	w3cStatus
	w3cHost
	w3cReason
	w3cID
	w3cColumns
)

var w3cNames = map[string]int{
	"date": w3cDate, "time": w3cTime, "cs-method": w3cMethod, "cs-uri-stem": w3cPath, "cs-uri": w3cPath, "sc-status": w3cStatus,
	"s-computername": w3cHost, "s-reason": w3cReason, "x-edge-detailed-result-type": w3cReason, "x-edge-request-id": w3cID,
}

// w3cLog reads the extended log format of the W3C (working draft WD-logfile):
// columns are named by a #Fields line, which may come again; date and time are
// UTC.
type w3cLog struct {
	c       *Context
	columns []int
	day     []byte // of the #Date line, for logs without a date column
	cell    [w3cColumns][]byte
	buf     []byte
}

// newW3CLog begins with the #Fields line of the file's known beginning where
// the reading goes on in the middle.
func newW3CLog(c *Context) *w3cLog {
	p := &w3cLog{c: c}
	for rest := c.head; len(rest) > 0; {
		line, tail, ok := bytes.Cut(rest, []byte{'\n'})
		if rest = tail; ok && len(line) > 0 && line[0] == '#' {
			p.directive(bytes.TrimRight(line, "\r "))
		}
	}
	return p
}

func (p *w3cLog) directive(line []byte) {
	switch {
	case hasPrefix(line, "#Fields: "):
		p.columns = p.columns[:0]
		for _, f := range bytes.Fields(line[9:]) {
			p.columns = append(p.columns, w3cNames[string(bytes.ToLower(f))])
		}
	case hasPrefix(line, "#Date: ") && len(line) >= 17:
		p.day = bytes.Clone(line[7:17])
	}
}

// Parse implements LineParser.
func (p *w3cLog) Parse(line []byte, e *schemas.Event) (Verdict, string) {
	if line[0] == '#' {
		p.directive(line)
		return IsSkip, ""
	}
	if len(p.columns) == 0 {
		return IsReject, "no #Fields line before it"
	}
	if !p.split(line) {
		return IsReject, "the line has another number of columns than #Fields names"
	}
	p.buf = append(append(append(append(p.buf[:0], p.cell[w3cDate]...), ' '), p.cell[w3cTime]...), 'Z')
	var reason string
	if e.TS, reason = p.c.clock.text(p.buf); reason != "" {
		return IsReject, reason
	}
	e.Service, e.Level, e.Host, e.TraceID = p.c.Service, schemas.LevelInfo, alias(p.cell[w3cHost]), alias(soundID(p.cell[w3cID]))
	p.buf = append(append(append(append(p.buf[:0], p.cell[w3cMethod]...), ' '), p.cell[w3cPath]...), ' ')
	switch status := p.cell[w3cStatus]; {
	case len(status) == 3 && p.cell[w3cMethod] != nil:
		e.Kind = schemas.EventRequest
		if status[0] == '5' {
			e.Level = schemas.LevelError
		}
		p.buf = appendStatus(p.buf, status)
	case p.cell[w3cReason] != nil: // HTTP.sys
		p.buf = append(p.buf, p.cell[w3cReason]...)
	default:
		p.buf = append(p.buf[:0], line...)
	}
	e.Message = alias(bytes.TrimSpace(p.buf))
	return IsEvent, ""
}

// split takes the line's columns; false: their number is not that of #Fields.
func (p *w3cLog) split(line []byte) bool {
	p.cell = [w3cColumns][]byte{w3cDate: p.day}
	at := 0
	for more := true; more; at++ {
		cell := line
		end := bytes.IndexAny(line, " \t")
		if more = end >= 0; more {
			cell, line = line[:end], line[end+1:]
		}
		if at >= len(p.columns) {
			return false
		}
		if len(cell) > 1 || len(cell) == 1 && cell[0] != '-' {
			p.cell[p.columns[at]] = cell
		}
	}
	return at == len(p.columns)
}
