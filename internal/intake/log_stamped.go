package intake

import (
	"bytes"

	"almanac/schemas"
)

// Text logs with a stamp at the front are read by one parser: log4j, logback,
// Python logging, Spark, Hadoop, ZooKeeper, Kafka, oslo.log, .NET and what is
// like them. A line without a stamp continues the event before it.
func init() {
	stamped := func(c *Context) LineParser { return &stampedLog{c: c} }
	register(&Format{
		Name: "log4j", Kind: KindLog, Doc: "stamp, level, thread, logger, message in any usual order: log4j, logback, Spark, Hadoop, Kafka, oslo.log; stack traces joined",
		Zone: "of the source, unless printed", Lines: stamped,
		Detect: func(h Head) float64 { return detectStamped(h, 0.86) },
	})
	register(&Format{
		Name: "python", Kind: KindLog, Doc: "Python logging with asctime; tracebacks joined", Zone: "of the source, unless printed", Lines: stamped,
		Detect: func(h Head) float64 {
			if !looksPython(h) {
				return 0
			}
			return detectStamped(h, 0.88)
		},
	})
	register(&Format{
		Name: "text", Kind: KindLog, Doc: "last resort: lines that begin with a stamp in a fixed layout", Zone: "of the source, unless printed", Lines: stamped,
		Detect: func(h Head) float64 { return detectLines(h, 0.55, stamped) },
	})
}

// detectStamped asks for a level in most events.
func detectStamped(h Head, weight float64) float64 {
	p := &stampedLog{c: detectContext(h.Name)}
	var events, levels int
	for i, line := range h.Lines {
		if i == 50 {
			break
		}
		var e schemas.Event
		if v, _ := p.Parse(line, &e); v == IsEvent {
			events++
			if e.Level != "" {
				levels++
			}
		}
	}
	if events == 0 || levels*2 < events {
		return 0
	}
	return detectLines(h, weight, func(c *Context) LineParser { return &stampedLog{c: c} }) * float64(levels) / float64(events)
}

func looksPython(h Head) bool {
	for _, line := range h.Lines {
		if bytes.HasPrefix(line, []byte("Traceback (most recent call last):")) {
			return true
		}
		for _, word := range []string{" - INFO - ", " - WARNING - ", " - ERROR - ", " - DEBUG - ", " - CRITICAL - "} {
			if bytes.Contains(line, []byte(word)) {
				return true
			}
		}
		if len(line) > 30 && line[10] == ' ' && line[19] == ',' && line[23] == ' ' && pythonLogger(line[24:]) {
			return true
		}
	}
	return false
}

// pythonLogger: LEVEL module.name: message, as a Formatter of Python writes
// it; classes of Java have capitals.
func pythonLogger(b []byte) bool {
	level, rest, ok := bytes.Cut(b, []byte{' '})
	name, _, colon := bytes.Cut(rest, []byte(": "))
	if !ok || !colon || levelOf(level) == "" || len(name) == 0 {
		return false
	}
	for _, c := range name {
		if (c < 'a' || c > 'z') && c != '.' && c != '_' && !isDigit(c) {
			return false
		}
	}
	return true
}

type stampedLog struct {
	c    *Context
	had  bool
	json *jsonLog // of JSON behind the stamp (CloudWatch exports)
}

// Parse implements LineParser.
func (p *stampedLog) Parse(line []byte, e *schemas.Event) (Verdict, string) {
	if line[0] == '#' && !p.had { // a header of comments
		return IsSkip, ""
	}
	ts, rest, reason := p.stamp(line, e)
	if rest == nil {
		if p.had {
			return IsContinuation, ""
		}
		return IsReject, "no time stamp at the front"
	}
	if reason != "" {
		return IsReject, reason
	}
	if p.had && isTrace(rest) { // every line of a stack trace has a stamp: docker logs -t
		e.Message = alias(trimLeft(rest, " "))
		return IsContinuation, ""
	}
	p.had = true
	e.TS = ts
	if e.Service == "" {
		e.Service = p.c.Service
	}
	if n := len(rest); n > 2 && rest[n-1] == '}' {
		if i := bytes.IndexByte(rest[:min(n, 48)], '{'); i >= 0 && bytes.IndexByte(rest[:i], ':') < 0 && p.object(rest[i:], e) {
			return IsEvent, ""
		}
	}
	p.header(rest, e)
	return IsEvent, ""
}

// isTrace says that what follows a stamp is surely a part of a stack trace.
func isTrace(rest []byte) bool {
	b := trimLeft(rest, " \t")
	switch {
	case len(b) == len(rest):
		return false
	case hasPrefix(b, "at "):
		return rest[1] == '\t' || rest[0] == '\t' || rest[1] == ' '
	case hasPrefix(b, "Caused by: "), hasPrefix(b, "Traceback (most recent call last):"):
		return true
	case hasPrefix(b, "... "):
		return bytes.HasSuffix(b, []byte(" more")) || bytes.HasSuffix(b, []byte(" common frames omitted"))
	case hasPrefix(b, `File "`):
		return bytes.Contains(b, []byte(", line "))
	}
	return false
}

// object reads a JSON record behind the stamp; its own time wins. False: it
// is no record, but text that begins with a brace.
func (p *stampedLog) object(body []byte, e *schemas.Event) bool {
	if p.json == nil {
		p.json = newJSONLog(p.c, "json")
	}
	in := *e
	p.json.set.reset()
	v, _ := p.json.Parse(body, &in)
	if v == IsEvent && in.TS >= earliest {
		*e = in
		return true
	}
	set := &p.json.set
	if v == IsEvent || set.has[roleTime] || !set.has[roleMessage] || !set.has[roleLevel] {
		return false
	}
	in = *e // a record without a time of its own
	set.details(p.c, &in)
	in.Message = alias(set.get(roleMessage))
	p.json.buf = set.withError(&in, p.json.buf[:0])
	*e = in
	return true
}

// bracketed reads what shares the brackets with the stamp and gives what
// follows them: [2017-11-09T02:12:24Z ERROR main] message of Rust's
// env_logger, [2026-11-21 16:27:05,289: ERROR/ForkPoolWorker-1] message of
// Celery. rest is behind the stamp, its k-th byte the bracket.
func (p *stampedLog) bracketed(rest []byte, k int, e *schemas.Event) []byte {
	head := trimLeft(rest[:k], " :")
	end := bytes.IndexAny(head, " /")
	if end < 0 {
		end = len(head)
	}
	if level := levelOf(head[:end]); level != "" {
		e.Level = level
		return rest[k+1:]
	}
	return rest
}

// stamp finds the stamp: at the front, in brackets, after a level word, or
// after one word or "name |" (the file or container that a collector put
// before it). rest is what follows it, nil where there is no stamp.
func (p *stampedLog) stamp(line []byte, e *schemas.Event) (ts int64, rest []byte, reason string) {
	if isDigit(line[0]) || line[0] >= 'A' && line[0] <= 'Z' {
		if ts, n, reason := p.c.clock.any(line); n > 0 {
			return ts, line[n:], reason
		}
	}
	b := line
	if line[0] == ' ' && len(line) > 1 && line[1] == '[' { // [NAME][stamp]
		line = line[1:]
	}
	if line[0] == '[' || line[0] == '(' || line[0] == '<' {
		if ts, n, reason := p.c.clock.any(bytes.TrimLeft(line[1:], " ")); n > 0 {
			rest := bytes.TrimLeft(line[1:], " ")[n:]
			if len(rest) > 0 && (rest[0] == ']' || rest[0] == ')' || rest[0] == '>') {
				return ts, rest[1:], reason
			}
			if k := bytes.IndexByte(rest[:min(len(rest), 120)], ']'); k > 0 {
				rest = p.bracketed(rest, k, e)
			}
			return ts, rest, reason
		}
	}
	if line[0] == '[' {
		if k := bytes.Index(line[:min(len(line), 40)], []byte("][")); k > 0 {
			if ts, n, reason := p.c.clock.iso(line[k+2:]); n > 0 && k+2+n < len(line) && line[k+2+n] == ']' {
				return ts, line[k+3+n:], reason
			}
		}
	}
	if k := bytes.Index(b[:min(len(b), 40)], []byte("  | ")); k > 0 && isDigit(b[0]) { // pm2: clock id|name  | line
		if ts, n, reason := p.c.clock.iso(b[k+4:]); n > 0 {
			return ts, b[k+4+n:], reason
		}
	}
	k := bytes.IndexAny(b[:min(len(b), 121)], " \t")
	if k <= 0 || k > 120 || k+20 > len(b) || line[0] == ' ' || line[0] == '\t' {
		return 0, nil, ""
	}
	word, after := b[:k], trimLeft(b[k:], " \t|[")
	if len(after) < 19 || !isDigit(after[0]) {
		return 0, nil, ""
	}
	ts, n, reason := p.c.clock.iso(after)
	if n == 0 {
		return 0, nil, ""
	}
	rest = after[n:]
	if len(rest) > 0 && rest[0] == ']' {
		rest = rest[1:]
	}
	if level := levelOf(bytes.Trim(word, "[]:,")); level != "" {
		e.Level = level
		return ts, rest, reason
	}
	if c := word[len(word)-1]; p.c.Source.Service == "" && (isWordByte(c) || c == ':') {
		e.Service = serviceOf(alias(bytes.TrimSuffix(word, []byte{':'})))
	}
	return ts, rest, reason
}
