package intake

import (
	"bytes"

	"almanac/schemas"
)

func init() {
	lineFormat("postgres", "PostgreSQL text log with the usual prefixes; DETAIL, HINT and STATEMENT joined", "in the stamp (abbreviation by table)", 0.94, func(c *Context) LineParser { return &postgresLog{c: c} })
	lineFormat("mysql", "MySQL and MariaDB error log", "in the stamp; else of the source", 0.94, func(c *Context) LineParser { return &mysqlLog{c: c} })
	register(&Format{
		Name: "mysql-slow", Kind: KindLog, Doc: "MySQL slow query log", Zone: "in the stamp; else of the source",
		Detect: func(h Head) float64 {
			if bytes.Contains(h.Bytes, []byte("\n# User@Host: ")) && bytes.Contains(h.Bytes, []byte("\n# Query_time: ")) {
				return 0.96
			}
			return 0
		},
		Lines: func(c *Context) LineParser { return &mysqlSlow{c: c} },
	})
	lineFormat("redis", "Redis and Valkey", "of the source", 0.95, func(c *Context) LineParser { return &redisLog{c: c} })
}

// postgresLog finds the severity behind whatever prefix the site has set.
type postgresLog struct {
	c   *Context
	had bool
}

// Parse implements LineParser.
func (p *postgresLog) Parse(line []byte, e *schemas.Event) (Verdict, string) {
	ts, n, reason := p.c.clock.isoAbbr(line)
	if n == 0 {
		if p.had {
			return IsContinuation, ""
		}
		return IsReject, "no time stamp at the front"
	}
	if reason != "" {
		return IsReject, reason
	}
	word, msg := severityWord(line[n:])
	if word == nil {
		return IsReject, "no severity"
	}
	switch string(word) {
	case "DETAIL", "HINT", "STATEMENT", "CONTEXT", "QUERY", "LOCATION":
		if !p.had {
			return IsSkip, ""
		}
		e.Message = alias(line[len(line)-len(msg)-len(word)-3:])
		return IsContinuation, ""
	}
	p.had = true
	e.TS, e.Service, e.Level, e.Message = ts, p.c.Service, levelOf(word), alias(msg)
	return IsEvent, ""
}

// severityWord finds WORD followed by a colon and two blanks.
func severityWord(b []byte) (word, msg []byte) {
	i := bytes.Index(b[:min(len(b), 300)], []byte(":  "))
	if i < 0 {
		return nil, nil
	}
	start := i
	for start > 0 && (b[start-1] >= 'A' && b[start-1] <= 'Z' || isDigit(b[start-1])) {
		start--
	}
	word = b[start:i]
	switch string(word) {
	case "LOG", "ERROR", "FATAL", "PANIC", "WARNING", "NOTICE", "INFO", "DEBUG", "DEBUG1", "DEBUG2", "DEBUG3", "DEBUG4", "DEBUG5",
		"DETAIL", "HINT", "STATEMENT", "CONTEXT", "QUERY", "LOCATION":
		return word, b[i+3:]
	}
	return nil, nil
}

// mysqlLog reads 2020-08-06T14:25:02.835618Z 0 [Note] [MY-012487] [InnoDB] text
// and the older forms without code.
type mysqlLog struct {
	c   *Context
	had bool
}

// Parse implements LineParser.
func (p *mysqlLog) Parse(line []byte, e *schemas.Event) (Verdict, string) {
	ts, n, reason := p.c.clock.any(line)
	if n == 0 {
		if p.had {
			return IsContinuation, ""
		}
		return IsReject, "no time stamp at the front"
	}
	if reason != "" {
		return IsReject, reason
	}
	b := bytes.TrimLeft(line[n:], " \t")
	digits := 0
	for digits < len(b) && isDigit(b[digits]) {
		digits++
	}
	b = bytes.TrimLeft(b[digits:], " ")
	if digits > 0 && p.command(b) {
		p.had = true
		e.TS, e.Service, e.Message = ts, p.c.Service, alias(b)
		return IsEvent, ""
	}
	if len(b) < 3 || b[0] != '[' || digits == 0 && n > 15 { // only the old short stamp goes without a thread
		return IsReject, "no thread and level in brackets"
	}
	for groups := 0; len(b) > 0 && b[0] == '[' && groups < 3; groups++ {
		k := bracket(b)
		if k == 0 {
			break
		}
		word := b[1 : k-1]
		if groups == 0 {
			if e.Level = levelOf(word); e.Level == "" && string(word) == "System" {
				e.Level = schemas.LevelInfo
			}
			if e.Level == "" {
				return IsReject, "no level in brackets"
			}
		}
		b = bytes.TrimLeft(b[k:], " ")
	}
	p.had = true
	e.TS, e.Service, e.Message = ts, p.c.Service, alias(b)
	return IsEvent, ""
}

// command says that b is an entry of the general query log: a command of the
// protocol, then its argument.
func (p *mysqlLog) command(b []byte) bool {
	for _, word := range []string{"Connect", "Query", "Quit", "Init DB", "Prepare", "Execute", "Close stmt", "Field List", "Ping", "Statistics", "Reset stmt", "Change user", "Binlog Dump"} {
		if hasPrefix(b, word) && (len(b) == len(word) || b[len(word)] == ' ' || b[len(word)] == '\t') {
			return true
		}
	}
	return false
}

// mysqlSlow reads the slow query log: comment lines say when, the statement
// that follows is the event.
type mysqlSlow struct {
	c    *Context
	ts   int64
	open bool // the statement has begun
	bad  string
	buf  []byte
}

// Parse implements LineParser.
func (p *mysqlSlow) Parse(line []byte, e *schemas.Event) (Verdict, string) {
	switch {
	case hasPrefix(line, "# Time: "):
		p.open = false
		var n int
		p.ts, n, p.bad = p.c.clock.any(line[8:])
		if n == 0 {
			p.ts, p.bad = 0, "no time stamp after # Time"
		}
		if p.bad != "" {
			return IsReject, p.bad
		}
		return IsSkip, ""
	case line[0] == '#':
		p.open = false
		return IsSkip, ""
	case hasPrefix(line, "SET timestamp=") || hasPrefix(line, "use ") || p.isHeader(line):
		return IsSkip, ""
	case p.open:
		return IsContinuation, ""
	case p.ts == 0:
		return IsReject, "no # Time before it"
	}
	p.open = true
	p.buf = append(append(p.buf[:0], "slow query: "...), line...)
	e.TS, e.Service, e.Level, e.Message = p.ts, p.c.Service, schemas.LevelWarn, alias(p.buf)
	return IsEvent, ""
}

// isHeader knows the three lines that the server writes when it opens the
// file.
func (p *mysqlSlow) isHeader(line []byte) bool {
	return !p.open && (hasPrefix(line, "Tcp port: ") || bytes.HasSuffix(line, []byte("started with:")) ||
		hasPrefix(line, "Time ") && bytes.Contains(line, []byte("Id Command")))
}

// isRedisHead says that b begins as Redis does since 3.0: pid, role, day,
// month.
func isRedisHead(b []byte) bool {
	i := 0
	for i < len(b) && i < 8 && isDigit(b[i]) {
		i++
	}
	return i > 0 && i+22 < len(b) && b[i] == ':' && b[i+1] >= 'A' && b[i+1] <= 'Z' && b[i+2] == ' ' && b[i+5] == ' ' && monthOf(b[i+6:]) > 0
}

// redisLog reads 1:M 29 Aug 2023 13:47:38.984 * text, and the older form
// [1] 29 Aug 13:47:38.984 * text.
type redisLog struct {
	c   *Context
	had bool
}

// Parse implements LineParser.
func (p *redisLog) Parse(line []byte, e *schemas.Event) (Verdict, string) {
	i := 0
	if line[0] == '[' {
		i = 1
	}
	start := i
	for i < len(line) && isDigit(line[i]) {
		i++
	}
	if i > start && bytes.HasPrefix(line[i:], []byte(":signal-handler (")) {
		return p.signal(line[i+len(":signal-handler ("):], e)
	}
	if i == start || i+22 > len(line) {
		return p.other(line)
	}
	switch {
	case line[i] == ':' && line[i+2] == ' ':
		i += 3
	case line[i] == ']' && line[i+1] == ' ':
		i += 2
	default:
		return p.other(line)
	}
	ts, n, reason := p.c.clock.dayMonth(line[i:])
	if n == 0 {
		ts, n, reason = p.oldStamp(line[i:])
	}
	if n == 0 {
		return p.other(line)
	}
	if reason != "" {
		return IsReject, reason
	}
	b := line[i+n:]
	if len(b) < 3 || b[0] != ' ' || b[2] != ' ' {
		return IsReject, "no level sign"
	}
	switch b[1] {
	case '.':
		e.Level = schemas.LevelDebug
	case '-', '*':
		e.Level = schemas.LevelInfo
	case '#':
		e.Level = schemas.LevelWarn
	default:
		return IsReject, "no level sign"
	}
	p.had = true
	e.TS, e.Service, e.Message = ts, p.c.Service, alias(b[3:])
	return IsEvent, ""
}

// signal reads what the signal handler writes: it may not call what formats a
// stamp, so the time is an epoch in parentheses.
func (p *redisLog) signal(b []byte, e *schemas.Event) (Verdict, string) {
	text, rest, ok := bytes.Cut(b, []byte(") "))
	ts, reason := p.c.clock.epochText(text)
	if !ok || reason != "" {
		return p.other(b)
	}
	p.had = true
	e.TS, e.Service, e.Level, e.Message = ts, p.c.Service, schemas.LevelWarn, alias(rest)
	return IsEvent, ""
}

// other lines are the banner at start and crash reports.
func (p *redisLog) other(line []byte) (Verdict, string) {
	if p.had {
		return IsContinuation, ""
	}
	return IsReject, "no Redis time stamp"
}

// oldStamp reads 29 Aug 13:47:38.984.
func (p *redisLog) oldStamp(b []byte) (int64, int, string) {
	if len(b) < 15 || b[2] != ' ' || b[6] != ' ' {
		return 0, 0, ""
	}
	s := stamp{day: num(b, 0, 2), month: monthOf(b[3:])}
	i := hms(b, 7, &s)
	if s.day < 0 || s.month == 0 || i == 0 {
		return 0, 0, ""
	}
	s.n = fraction(b, i, &s)
	return p.c.clock.yearless(&s)
}
