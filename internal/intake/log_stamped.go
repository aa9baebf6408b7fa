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
			return ts, rest, reason // [2017-11-09T02:12:24Z ERROR main] message
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
	k := bytes.IndexByte(b, ' ')
	if k <= 0 || k > 120 || k+20 > len(b) || line[0] == ' ' || line[0] == '\t' {
		return 0, nil, ""
	}
	word, after := b[:k], trimLeft(b[k:], " |[")
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

// header finds the level among the first words after the stamp and the
// beginning of the message.
func (p *stampedLog) header(rest []byte, e *schemas.Event) {
	e.TraceID = alias(bracketTrace(rest))
	rest = trimLeft(rest, " \t,:|")
	b, words := rest, 0
	for tries := 0; e.Level == "" && tries < 6 && len(b) > 0; tries++ {
		word, end := headerWord(b)
		level := ""
		if plausibleLevel(word, b[:end], tries == 0) {
			level = levelOf(word)
		} else if i := bytes.LastIndexByte(word, '.'); i > 0 && b[end-1] == ':' && plausibleLevel(word[i+1:], b[:end], false) {
			level = levelOf(word[i+1:]) // Monolog: channel.ERROR:
		}
		if level != "" {
			e.Level = level
			if words > 0 && !dashBefore(rest, b) {
				e.Message = alias(bytes.TrimRight(rest, " ")) // a word of prose came first
				return
			}
			p.message(b[end:], e)
			return
		}
		if !headerLike(word, b[0]) {
			if words++; words > 1 {
				break
			}
		}
		b = trimLeft(b[end:], " \t|,:")
	}
	p.message(rest, e)
}

// headerWord gives the next word without its brackets, and where it ends. A
// bracketed group is one word.
func headerWord(b []byte) (word []byte, end int) {
	if b[0] == '[' || b[0] == '(' || b[0] == '<' {
		if n := bracket(b); n > 0 {
			return bytes.TrimSpace(b[1 : n-1]), n
		}
	}
	for end < len(b) && b[end] != ' ' && b[end] != '\t' && b[end] != '|' && (b[end] != '[' || end == 0) {
		end++
	}
	if end == 0 {
		end = 1
	}
	return trimRight(b[:end], ":,]"), end
}

// bracket measures a balanced bracketed group at b[0]; 0: it does not end.
func bracket(b []byte) int {
	open, depth := b[0], 0
	shut := byte(']')
	if open == '(' {
		shut = ')'
	} else if open == '<' {
		shut = '>'
	}
	for i := 0; i < len(b) && i < 512; i++ {
		switch b[i] {
		case open:
			depth++
		case shut:
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}

// plausibleLevel keeps words of prose from being read as levels: a level is in
// capitals or bracketed, or the very first word.
func plausibleLevel(word, raw []byte, first bool) bool {
	if len(word) < 3 || len(word) > 12 {
		return false
	}
	if raw[0] == '[' || raw[0] == '<' {
		return true
	}
	if first {
		switch string(word) { // of prose
		case "panic", "alert", "note", "log", "default", "fine", "config", "failure", "emergency":
			return false
		}
		return true
	}
	for _, c := range word {
		if c < 'A' || c > 'Z' {
			return false
		}
	}
	return true
}

// headerLike words stand between stamp and level: numbers, brackets, dashes,
// dotted names.
func headerLike(word []byte, first byte) bool {
	if first == '[' || first == '(' || first == '<' || first == '-' || len(word) == 0 || isDigit(first) {
		return true
	}
	return bytes.IndexByte(word, '.') > 0 || bytes.IndexByte(word, '/') > 0 || bytes.IndexByte(word, '#') > 0
}

// dashBefore says that "- " stands before b in rest: name - LEVEL - message.
func dashBefore(rest, b []byte) bool {
	head := trimRight(rest[:len(rest)-len(b)], " |")
	return len(head) > 0 && (head[len(head)-1] == '-' || len(rest) > len(b) && rest[len(head)] == '|')
}

// message strips thread and logger where a separator shows that they are such.
func (p *stampedLog) message(b []byte, e *schemas.Event) {
	b = trimLeft(b, " \t:|]")
	if hasPrefix(b, "- ") {
		b = bytes.TrimLeft(b[2:], " ")
		if word, _, _ := bytes.Cut(b, []byte{' '}); bytes.IndexByte(word, '.') < 0 && len(b) > 0 && b[0] != '[' { // LEVEL - message - more of it
			e.Message = alias(trimRight(b, " \t"))
			return
		}
	}
	e.Message = alias(trimRight(p.afterLogger(b, e), " \t"))
}

// springDashes finds "--- [" after the process id of Spring Boot, before which
// a group of trace ids may stand; -1: there is none.
func springDashes(b []byte) int {
	if len(b) == 0 || !isDigit(b[0]) && b[0] != '[' {
		return -1
	}
	return bytes.Index(b[:min(len(b), 160)], []byte("--- ["))
}

func (p *stampedLog) afterLogger(b []byte, e *schemas.Event) []byte {
	if i := springDashes(b); i >= 0 {
		if k := bytes.Index(b[i:], []byte(" : ")); k > 0 {
			return bytes.TrimLeft(b[i+k+3:], " ")
		}
	}
	q, groups := b, 0
	for len(q) > 0 && q[0] == '[' && groups < 4 {
		n := bracket(q)
		if n == 0 {
			return b
		}
		if name := bytes.TrimRight(q[1:n-1], " "); groups == 0 && bytes.IndexByte(name, '.') > 0 && isLoggerName(name) {
			b = bytes.TrimLeft(q[n:], " ") // Elasticsearch: [LEVEL][logger] text
		}
		q = bytes.TrimLeft(q[n:], " ")
		groups++
	}
	if groups > 0 && (hasPrefix(q, "- ") || hasPrefix(q, ": ")) {
		return bytes.TrimLeft(q[2:], " ")
	}
	end := bytes.IndexByte(q, ' ')
	if end <= 0 || end > 120 {
		return b
	}
	word := q[:end]
	after := bytes.TrimLeft(q[end:], " ")
	if hasPrefix(after, "- ") || hasPrefix(after, ": ") {
		if isLoggerName(bytes.TrimSuffix(word, []byte{':'})) {
			return bytes.TrimLeft(after[2:], " ")
		}
		return b
	}
	dotted := bytes.IndexByte(word, '.') > 0 || bytes.IndexByte(word, '$') > 0
	if word[end-1] == ':' && isLoggerName(word[:end-1]) && (dotted || groups > 0) {
		return after
	}
	if dotted && hasPrefix(after, "[") && isLoggerName(word) { // oslo.log: logger [req-…] message
		if n := bracket(after); n > 0 {
			if hasPrefix(after, "[req-") {
				id, _, _ := bytes.Cut(after[1:n-1], []byte{' '})
				e.TraceID = alias(id)
			}
			return bytes.TrimLeft(after[n:], " ")
		}
	}
	if bytes.Count(word, []byte{'.'}) >= 2 && isLoggerName(word) {
		return after
	}
	return b
}

// isLoggerName: letters, digits and the signs of class names.
func isLoggerName(b []byte) bool {
	for _, c := range b {
		if !isWordByte(c) && c != '.' && c != '$' && c != '-' && c != '/' && c != '@' && c != '<' && c != '>' && c != '(' && c != ')' {
			return false
		}
	}
	return len(b) > 0 && !isDigit(b[0])
}
