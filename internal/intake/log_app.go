package intake

import (
	"bytes"

	"almanac/schemas"
)

func init() {
	lineFormat("rails", "Ruby Logger, Rails: I, [stamp #pid]  INFO -- : message", "of the source", 0.96, func(c *Context) LineParser { return &railsLog{c: c} })
	lineFormat("zap-console", "Go zap, console encoder (tab separated)", "in the stamp; else of the source", 0.93, func(c *Context) LineParser { return &zapConsole{c: c} })
}

// railsLog reads the format of Ruby's Logger.
type railsLog struct {
	c   *Context
	had bool
}

// Parse implements LineParser.
func (p *railsLog) Parse(line []byte, e *schemas.Event) (Verdict, string) {
	if len(line) < 30 || line[1] != ',' || line[2] != ' ' || line[3] != '[' {
		if p.had {
			return IsContinuation, ""
		}
		return IsReject, "no Ruby logger header"
	}
	ts, n, reason := p.c.clock.iso(line[4:])
	if n == 0 {
		return IsReject, "no time stamp"
	}
	if reason != "" {
		return IsReject, reason
	}
	_, rest, ok := bytes.Cut(line[4+n:], []byte("] "))
	if !ok {
		return IsReject, "no process id"
	}
	i := bytes.Index(rest, []byte(" -- "))
	if i < 0 {
		return IsReject, "no program name"
	}
	if e.Level = levelOf(bytes.TrimSpace(rest[:i])); e.Level == "" {
		e.Level = levelLetter(line[0])
	}
	prog, msg, ok := bytes.Cut(rest[i+4:], []byte(": "))
	if !ok {
		prog, msg = nil, bytes.TrimSuffix(rest[i+4:], []byte{':'})
	}
	p.had = true
	e.TS, e.Service, e.Message = ts, p.c.Service, alias(msg)
	if p.c.Source.Service == "" && len(prog) > 0 && len(prog) < 64 && bytes.IndexAny(prog, " .:") < 0 { // a class is no service
		e.Service = alias(prog)
	}
	return IsEvent, ""
}

// zapConsole reads stamp, level, logger, caller, message and fields between
// tabs; logger, caller and fields may be missing.
type zapConsole struct {
	c    *Context
	had  bool
	json *jsonLog
	buf  []byte
}

// Parse implements LineParser.
func (p *zapConsole) Parse(line []byte, e *schemas.Event) (Verdict, string) {
	ts, n, reason := p.c.clock.iso(line)
	if n == 0 {
		if p.had {
			return IsContinuation, ""
		}
		return IsReject, "no time stamp at the front"
	}
	if n >= len(line) || line[n] != '\t' {
		return IsReject, "not tab separated"
	}
	if reason != "" {
		return IsReject, reason
	}
	col := bytes.Split(line[n+1:], []byte{'\t'})
	if e.Level = levelOf(col[0]); e.Level == "" || len(col) < 2 {
		return IsReject, "no level"
	}
	p.had = true
	e.TS, e.Service = ts, p.c.Service
	last := len(col) - 1
	var fields []byte
	if last > 1 && len(col[last]) > 1 && col[last][0] == '{' {
		fields = col[last]
		last--
	}
	e.Message = alias(col[last])
	if fields != nil {
		p.details(fields, e)
	}
	return IsEvent, ""
}

// details takes error, trace and service from the fields.
func (p *zapConsole) details(fields []byte, e *schemas.Event) {
	if p.json == nil {
		p.json = newJSONLog(p.c, "json")
	}
	v, err := p.json.parser.ParseBytes(fields)
	if err != nil {
		return
	}
	p.json.collect(v)
	var in schemas.Event
	p.json.set.details(p.c, &in)
	e.TraceID, e.ErrorType, e.Service = in.TraceID, in.ErrorType, in.Service
	p.buf = p.json.set.withError(e, p.buf[:0])
}
