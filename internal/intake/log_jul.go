package intake

import (
	"bytes"

	"almanac/schemas"
)

func init() {
	lineFormat("jul", "java.util.logging: a line with stamp, class and method, one with LEVEL: message", "of the source", 0.96, func(c *Context) LineParser { return &julLog{c: c} })
}

// julLog reads the two lines of Java's SimpleFormatter:
//
//	Nov 21, 2026 4:27:12 PM com.shop.Cart add
//	SEVERE: cannot add
//
// The first is a header; what follows the second until the next header is
// joined to it. The date is that of an English locale.
type julLog struct {
	c      *Context
	ts     int64
	bad    string // reason why the header's stamp is refused
	had    bool
	header bool // the line before was a header
}

// Parse implements LineParser.
func (p *julLog) Parse(line []byte, e *schemas.Event) (Verdict, string) {
	if ts, n, reason := p.c.clock.englishDate(line); n > 0 {
		p.ts, p.bad, p.header = ts, reason, true
		return IsSkip, ""
	}
	if !p.header {
		if p.had {
			return IsContinuation, ""
		}
		return IsReject, "no stamp before it"
	}
	p.header = false
	word, rest, ok := bytes.Cut(line, []byte(": "))
	level := levelOf(word)
	switch {
	case p.bad != "":
		p.had = false
		return IsReject, p.bad
	case !ok || level == "":
		p.had = false
		return IsReject, "no level after the stamp"
	}
	p.had = true
	e.TS, e.Service, e.Level, e.Message = p.ts, p.c.Service, level, alias(rest)
	return IsEvent, ""
}

// englishDate reads Jan 2, 2006 3:04:05 PM.
func (c *clock) englishDate(b []byte) (int64, int, string) {
	if len(b) < 22 || monthOf(b) == 0 || b[3] != ' ' {
		return 0, 0, ""
	}
	s := stamp{month: monthOf(b)}
	day, i := shortNumber(b, 4)
	if day < 0 || !bytes.HasPrefix(b[i:], []byte(", ")) {
		return 0, 0, ""
	}
	s.day, s.year = day, num(b, i+2, 4)
	if i += 6; s.year < 0 || i+9 > len(b) || b[i] != ' ' && b[i] != ',' {
		return 0, 0, ""
	}
	if b[i] == ',' {
		i++
	}
	hour, at := shortNumber(b, i+1)
	if hour < 0 || at+6 > len(b) || b[at] != ':' || b[at+3] != ':' {
		return 0, 0, ""
	}
	s.hour, s.min, s.sec = hour, num(b, at+1, 2), num(b, at+4, 2)
	half, end := halfDay(b, at+6)
	if s.min < 0 || s.sec < 0 || half == 0 {
		return 0, 0, ""
	}
	if hour < 1 || hour > 12 {
		return 0, end, "time stamp is not a possible time"
	}
	s.hour %= 12
	if half == 'P' {
		s.hour += 12
	}
	s.n = end
	ts, reason := c.resolve(&s)
	return ts, s.n, reason
}
