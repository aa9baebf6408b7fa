package intake

import (
	"bytes"
	"strings"

	"almanac/schemas"
)

func init() {
	register(&Format{
		Name: "csv-log", Kind: KindLog, Doc: "log events as CSV or TSV with a header: time, message, level, service, pod, host, trace id under usual names or by the source's fields; what the message wraps is read too",
		Zone: "in the stamp; else of the source",
		Detect: func(h Head) float64 {
			if len(h.Lines) < 2 {
				return 0
			}
			p := &csvLog{c: detectContext(h.Name)}
			if !p.begin(h.Lines[0]) {
				return 0
			}
			weight := 0.6 // time and message alone may be a list of changes
			for _, r := range []role{roleLevel, roleTrace, rolePod, roleContainer} {
				if p.has(r) {
					weight = 0.86
				}
			}
			return detectLines(h, weight, func(c *Context) LineParser { return &csvLog{c: c} })
		},
		Lines: func(c *Context) LineParser { return newCSVLog(c) },
	})
}

// Roles of columns beside those of fields.
const (
	rolePod       = roles + 1
	roleContainer = roles + 2
)

// csvColumns knows columns by their names in lower case without separators.
var csvColumns = map[string]role{
	"time": roleTime, "timestamp": roleTime, "@timestamp": roleTime, "ts": roleTime, "datetime": roleTime, "date": roleTime, "timegenerated": roleTime,
	"timecreated": roleTime, "timeunixnano": roleTime, "eventtime": roleTime, "logtime": roleTime, "timestamputc": roleTime, "timeutc": roleTime,
	"message": roleMessage, "msg": roleMessage, "log": roleMessage, "line": roleMessage, "text": roleMessage, "body": roleMessage, "content": roleMessage,
	"logmessage": roleMessage, "event": roleMessage, "rawmessage": roleMessage, "@message": roleMessage,
	"level": roleLevel, "severity": roleLevel, "loglevel": roleLevel, "lvl": roleLevel, "severitytext": roleLevel, "priority": roleLevel,
	"service": roleService, "servicename": roleService, "app": roleService, "application": roleService, "appname": roleService, "program": roleService,
	"pod": rolePod, "podname": rolePod, "kubernetespodname": rolePod,
	"container": roleContainer, "containername": roleContainer,
	"host": roleHost, "hostname": roleHost, "node": roleHost, "nodename": roleHost, "computer": roleHost, "machine": roleHost, "instance": roleHost,
	"traceid": roleTrace, "trace": roleTrace, "correlationid": roleTrace, "requestid": roleTrace,
	"errortype": roleErrorType, "exceptiontype": roleErrorType,
}

// csvFieldNames are the names of fields in the source's mapping.
var csvFieldNames = map[string]role{
	"time": roleTime, "ts": roleTime, "timestamp": roleTime, "started": roleTime, "message": roleMessage, "level": roleLevel, "service": roleService,
	"host": roleHost, "trace_id": roleTrace, "error_type": roleErrorType,
}

// csvLog reads a table of log events line by line: such files can be large.
// A quoted cell may go over several lines.
type csvLog struct {
	c      *Context
	delim  byte
	column []role // of each column; roleNone: not read
	open   []byte // a row whose quoted cell has not ended
	lines  int
	broken []byte // a row that was given up
	back   int64  // how many lines ago it began
	cells  [][]byte
	buf    []byte // cells whose doubled quotes were resolved
	inside *inner
}

// newCSVLog begins with the header of the file's known beginning where the
// reading goes on in the middle.
func newCSVLog(c *Context) *csvLog {
	p := &csvLog{c: c}
	if line, _, ok := bytes.Cut(bytes.TrimPrefix(c.head, []byte("\ufeff")), []byte{'\n'}); ok {
		p.begin(bytes.TrimSuffix(line, []byte{'\r'}))
	}
	return p
}

// begin takes the header; false: these are no columns of a log.
func (p *csvLog) begin(line []byte) bool {
	p.delim = sniffDelimiter(line)
	if !p.split(line) || len(p.cells) < 2 {
		return false
	}
	column := make([]role, len(p.cells))
	taken := map[role]bool{}
	set := func(i int, r role) {
		if r != roleNone && column[i] == roleNone && !taken[r] {
			column[i], taken[r] = r, true
		}
	}
	for _, m := range p.c.Source.Fields {
		for _, from := range m.From {
			for i, name := range p.cells {
				if strings.EqualFold(strings.TrimSpace(string(name)), from) {
					set(i, csvFieldNames[strings.ToLower(m.To)])
				}
			}
		}
	}
	plain := strings.NewReplacer("_", "", "-", "", ".", "", " ", "")
	for i, name := range p.cells {
		set(i, csvColumns[plain.Replace(strings.ToLower(strings.TrimSpace(string(name))))])
	}
	if !taken[roleTime] || !taken[roleMessage] {
		return false
	}
	p.column = column
	return true
}

func (p *csvLog) has(r role) bool {
	for _, c := range p.column {
		if c == r {
			return true
		}
	}
	return false
}

// split cuts a row into cells; false: a quoted cell is still open.
func (p *csvLog) split(b []byte) bool {
	p.cells, p.buf = p.cells[:0], p.buf[:0]
	for {
		if len(b) > 0 && b[0] == '"' {
			cell, rest, ok := p.quoted(b[1:])
			if !ok {
				return false
			}
			p.cells = append(p.cells, cell)
			b = rest
		} else {
			k := bytes.IndexByte(b, p.delim)
			if k < 0 {
				p.cells = append(p.cells, b)
				return true
			}
			p.cells = append(p.cells, b[:k])
			b = b[k:]
		}
		if len(b) == 0 {
			return true
		}
		if b[0] != p.delim { // text after the closing quote
			k := bytes.IndexByte(b, p.delim)
			if k < 0 {
				return true
			}
			b = b[k:]
		}
		b = b[1:]
	}
}

// quoted reads a cell after its opening quote.
func (p *csvLog) quoted(b []byte) (cell, rest []byte, ok bool) {
	k := bytes.IndexByte(b, '"')
	if k >= 0 && (k+1 == len(b) || b[k+1] != '"') {
		return b[:k], b[k+1:], true
	}
	start := len(p.buf)
	for k >= 0 {
		p.buf = append(p.buf, b[:k]...)
		b = b[k+1:]
		if len(b) == 0 || b[0] != '"' {
			return p.buf[start:len(p.buf):len(p.buf)], b, true
		}
		p.buf = append(p.buf, '"')
		b = b[1:]
		k = bytes.IndexByte(b, '"')
	}
	return nil, nil, false
}

// Parse implements LineParser.
func (p *csvLog) Parse(line []byte, e *schemas.Event) (Verdict, string) {
	if p.column == nil {
		if p.begin(line) {
			return IsSkip, ""
		}
		return IsReject, "no header that names time and message: map them by the source's fields"
	}
	whole := line
	switch {
	case p.lines > 0 && (p.lines > maxQuotedLines || len(p.open)+len(line) > maxJoinBytes || p.isRow(line)):
		p.giveUp() // the quote before was a stray one
	case p.lines > 0:
		p.open = append(append(p.open, '\n'), line...)
		whole = p.open
	}
	if !p.split(whole) {
		if p.lines++; p.lines == 1 {
			p.open = append(p.open[:0], line...)
		}
		return IsSkip, ""
	}
	p.lines = 0
	if len(p.cells) != len(p.column) {
		return IsReject, "the row has another number of cells than the header"
	}
	return p.row(e)
}

// isRow says that a line is a sound row by itself.
func (p *csvLog) isRow(line []byte) bool {
	if !p.split(line) || len(p.cells) != len(p.column) {
		return false
	}
	for i, cell := range p.cells {
		if p.column[i] == roleTime {
			_, reason := p.c.clock.text(bytes.TrimSpace(cell))
			return reason == ""
		}
	}
	return false
}

func (p *csvLog) giveUp() {
	p.broken, p.back, p.lines = append([]byte{}, p.open...), int64(p.lines), 0
}

// dropped implements dropper.
func (p *csvLog) dropped() (raw []byte, back int64, reason string) {
	raw, p.broken = p.broken, nil
	return raw, p.back, "a quoted cell does not end"
}

// finish implements finisher: a row that is still open is refused.
func (p *csvLog) finish(*schemas.Event) bool {
	if p.lines > 0 {
		p.giveUp()
	}
	return false
}

// row makes an event of the cells.
func (p *csvLog) row(e *schemas.Event) (Verdict, string) {
	var pod, container []byte
	for i, cell := range p.cells {
		cell = bytes.TrimSpace(cell)
		switch p.column[i] {
		case roleTime:
			var reason string
			if e.TS, reason = p.c.clock.text(cell); reason != "" {
				return IsReject, reason
			}
		case roleMessage:
			e.Message = alias(bytes.TrimRight(cell, " \r\n"))
		case roleLevel:
			e.Level = levelField(cell, false)
		case roleService:
			e.Service = alias(cell)
		case roleHost:
			e.Host = alias(cell)
		case roleTrace:
			e.TraceID = alias(soundID(cell))
		case roleErrorType:
			e.ErrorType = alias(cell)
		case rolePod:
			pod = cell
		case roleContainer:
			container = cell
		}
	}
	if e.Service == "" {
		e.Service = p.service(pod, container)
	}
	if p.inside == nil {
		p.inside = newInner(p.c)
	}
	p.inside.had = false
	p.inside.read(e)
	p.afterClock(e)
	return IsEvent, ""
}

// service names a service after its pod (without the two hashes), else its
// container.
func (p *csvLog) service(pod, container []byte) string {
	switch {
	case p.c.Source.Service != "":
		return p.c.Source.Service
	case len(pod) > 0:
		if m := podName.FindSubmatch(pod); m != nil {
			return alias(m[1])
		}
		if k := bytes.LastIndexByte(pod, '-'); k > 0 && num(pod, k+1, len(pod)-k-1) >= 0 { // of a stateful set
			pod = pod[:k]
		}
		return alias(pod)
	case len(container) > 0:
		return alias(container)
	}
	return p.c.Service
}

// afterClock reads the level behind a time of day that begins the message:
// the date is in its own column.
func (p *csvLog) afterClock(e *schemas.Event) {
	var s stamp
	b := bytesOf(e.Message)
	i := hms(b, 0, &s)
	if i == 0 {
		return
	}
	if i = fraction(b, i, &s); i < len(b) && b[i] == ' ' {
		trace := e.TraceID
		p.inside.text.header(b[i:], e)
		if trace != "" {
			e.TraceID = trace
		}
	}
}
