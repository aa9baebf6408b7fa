package intake

import (
	"bytes"

	"almanac/schemas"
)

func init() {
	lineFormat("nest", "NestJS console logger: [Nest] 7  - 08/02/2023, 7:32:47 PM  WARN [Context] message", "of the source", 0.96, func(c *Context) LineParser { return &nestLog{c: c} })
}

// nestLog reads the default logger of NestJS. Its date is that of the
// machine's locale: with AM or PM the month is first.
type nestLog struct {
	c   *Context
	had bool
}

// Parse implements LineParser.
func (p *nestLog) Parse(line []byte, e *schemas.Event) (Verdict, string) {
	i := bytes.Index(line[:min(len(line), 80)], []byte(" - "))
	if line[0] != '[' || i < 0 || bytes.IndexByte(line[:i], ']') < 0 {
		if p.had {
			return IsContinuation, ""
		}
		return IsReject, "no header of NestJS"
	}
	b := bytes.TrimLeft(line[i+3:], " ")
	ts, n, reason := p.c.clock.slashed(b, true)
	if n == 0 {
		return IsReject, "no time stamp"
	}
	if reason != "" {
		return IsReject, reason
	}
	b = bytes.TrimLeft(b[n:], " ")
	word, rest, _ := bytes.Cut(b, []byte{' '})
	if e.Level = levelOf(word); e.Level == "" {
		return IsReject, "no level"
	}
	rest = bytes.TrimLeft(rest, " ")
	if len(rest) > 0 && rest[0] == '[' {
		if k := bracket(rest); k > 0 {
			rest = bytes.TrimLeft(rest[k:], " ")
		}
	}
	p.had = true
	e.TS, e.Service, e.Message = ts, p.c.Service, alias(rest)
	return IsEvent, ""
}
