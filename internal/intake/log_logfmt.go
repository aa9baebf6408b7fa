package intake

import (
	"bytes"
	"strconv"
	"unicode/utf8"

	"almanac/schemas"
)

func init() {
	register(&Format{
		Name: "logfmt", Kind: KindLog, Doc: "key=value: Go slog text, logrus text, Heroku, Grafana", Zone: "in the stamp; else of the source",
		Detect: func(h Head) float64 {
			if len(h.Lines) == 0 || !bytes.Contains(h.Lines[0], []byte{'='}) {
				return 0
			}
			return detectLines(h, 0.9, func(c *Context) LineParser { return &logfmtLog{c: c} })
		},
		Lines: func(c *Context) LineParser { return &logfmtLog{c: c} },
	})
}

// logfmtLog reads key=value and key="quoted value".
type logfmtLog struct {
	c   *Context
	set fieldSet
	buf []byte
	had bool
	// Fortinet gives date, time and zone apart.
	date, zone []byte
}

// Parse implements LineParser.
func (p *logfmtLog) Parse(line []byte, e *schemas.Event) (Verdict, string) {
	p.set.reset()
	p.buf = p.buf[:0]
	p.date, p.zone = nil, nil
	pairs := p.pairs(line)
	if t := p.set.get(roleTime); len(t) == 8 && t[2] == ':' && p.date != nil {
		start := len(p.buf)
		p.buf = append(append(append(append(p.buf, p.date...), ' '), t...), p.zone...)
		p.set.value[roleTime] = p.buf[start:]
	}
	if pairs < 2 || !p.set.has[roleTime] {
		if p.had && isStack(line) {
			return IsContinuation, ""
		}
		if pairs < 2 {
			return IsReject, "not key=value pairs"
		}
	}
	var reason string
	if p.buf, reason = p.set.fill(p.c, e, p.buf); reason != "" {
		return IsReject, reason
	}
	if !p.set.has[roleMessage] && e.Message == "" {
		e.Message = alias(line)
	}
	p.had = true
	return IsEvent, ""
}

// pairs collects the fields and gives their number. A word without '=' is
// passed over.
func (p *logfmtLog) pairs(b []byte) int {
	n := 0
	for i := 0; i < len(b); {
		for i < len(b) && b[i] == ' ' {
			i++
		}
		start := i
		for i < len(b) && b[i] != '=' && b[i] != ' ' && b[i] != '"' {
			i++
		}
		if i >= len(b) || b[i] != '=' || i == start {
			for i < len(b) && b[i] != ' ' {
				i++
			}
			continue
		}
		key := b[start:i]
		i++
		var value []byte
		if i < len(b) && b[i] == '"' {
			value, i = p.quoted(b, i)
		} else {
			from := i
			for i < len(b) && b[i] != ' ' {
				i++
			}
			value = b[from:i]
		}
		n++
		p.offer(key, value)
	}
	return n
}

func (p *logfmtLog) offer(key, value []byte) {
	if len(value) == 0 {
		return
	}
	switch {
	case len(key) == 4 && string(key) == "date":
		p.date = value
	case len(key) == 2 && string(key) == "tz":
		p.zone = value
	}
	for _, s := range fieldRoles[string(key)] {
		if s.role != roleNone && s.role != roleInside {
			p.set.offer(s, value, false)
		}
	}
}

// quoted reads a quoted value at b[i] and gives the index after it. Escapes
// are resolved; a missing end quote ends with the line.
func (p *logfmtLog) quoted(b []byte, i int) ([]byte, int) {
	from := i + 1
	for j := from; j < len(b); j++ {
		switch b[j] {
		case '"':
			return b[from:j], j + 1
		case '\\':
			return p.unescape(b, from)
		}
	}
	return b[from:], len(b)
}

func (p *logfmtLog) unescape(b []byte, i int) ([]byte, int) {
	start := len(p.buf)
	for ; i < len(b) && b[i] != '"'; i++ {
		c := b[i]
		if c == '\\' && i+1 < len(b) {
			i++
			switch c = b[i]; c {
			case 'n':
				c = '\n'
			case 't':
				c = '\t'
			case 'r':
				c = '\r'
			case 'u':
				if r, ok := hexRune(b, i+1); ok {
					p.buf = utf8.AppendRune(p.buf, r)
					i += 4
					continue
				}
			}
		}
		p.buf = append(p.buf, c)
	}
	return p.buf[start:len(p.buf):len(p.buf)], min(i+1, len(b))
}

// hexRune reads four hexadecimal digits at b[i:].
func hexRune(b []byte, i int) (rune, bool) {
	if i+4 > len(b) {
		return 0, false
	}
	n, err := strconv.ParseUint(alias(b[i:i+4]), 16, 32)
	return rune(n), err == nil
}

// looksLogfmt says that a line begins with key=value.
func looksLogfmt(b []byte) bool {
	for i, c := range b {
		switch {
		case c == '=':
			return i > 0 && i < len(b)-1
		case !isWordByte(c) && c != '.' && c != '-' && c != '@' || i > 40:
			return false
		}
	}
	return false
}
