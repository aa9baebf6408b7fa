package intake

import (
	"bytes"

	"almanac/schemas"
)

func init() {
	register(&Format{
		Name: "syslog", Kind: KindLog, Doc: "syslog in files: RFC 3164 without <PRI>, and rsyslog's ISO stamps", Zone: "of the source, unless printed; year from the file's time",
		Detect: func(h Head) float64 {
			return detectLines(h, 0.94, func(c *Context) LineParser { return &syslogLog{c: c, strict: true} })
		},
		Lines: func(c *Context) LineParser { return &syslogLog{c: c} },
	})
	register(&Format{
		Name: "syslog5424", Kind: KindLog, Doc: "syslog RFC 5424: <PRI>1 stamp host app procid msgid [data] message", Zone: "in the stamp",
		Detect: func(h Head) float64 {
			return detectLines(h, 0.97, func(c *Context) LineParser { return &syslog5424{c: c} })
		},
		Lines: func(c *Context) LineParser { return &syslog5424{c: c} },
	})
}

// syslogLog reads stamp host program[pid]: message. The service is the
// program.
type syslogLog struct {
	c      *Context
	strict bool // detection: a line needs a program
	had    bool
	inside *inner
	proxy  *haproxyLog // lines of HAProxy among those of others
}

// Parse implements LineParser.
func (p *syslogLog) Parse(line []byte, e *schemas.Event) (Verdict, string) {
	b := line
	if b[0] == '<' {
		if n, rest := priority(b); rest != nil {
			e.Level = levelPriority(n & 7)
			b = rest
		}
	}
	if len(b) == 0 {
		return IsReject, "no syslog time stamp"
	}
	ts, n, reason := p.c.clock.bsd(b)
	iso := n == 0
	if iso {
		ts, n, reason = p.c.clock.iso(b)
	}
	if n == 0 || n >= len(b) || b[n] != ' ' {
		if p.had && (line[0] == ' ' || line[0] == '\t') {
			return IsContinuation, ""
		}
		return IsReject, "no syslog time stamp"
	}
	if reason != "" {
		return IsReject, reason
	}
	e.TS = ts
	if !p.program(bytes.TrimLeft(b[n:], " "), e) && p.strict {
		return IsReject, "no program"
	}
	if p.strict && iso && (b[10] != 'T' || e.Host == "") {
		return IsReject, "an application's line" // stamp and logger are not stamp, host and program
	}
	p.had = true
	if m := e.Message; len(m) > 0 && (m[0] == '{' || isDigit(m[0]) || looksLogfmt(bytesOf(m))) {
		if hasPrefix(bytesOf(e.Service), "haproxy") && isBareHAProxy(bytesOf(m)) {
			if p.proxy == nil {
				p.proxy = &haproxyLog{syslogLog: syslogLog{c: p.c}}
			}
			return p.proxy.request(e)
		}
		if p.inside == nil {
			p.inside = newInner(p.c)
		}
		p.inside.had = false
		p.inside.read(e)
	}
	return IsEvent, ""
}

// priority reads <PRI>; rest is nil where it is none.
func priority(b []byte) (int, []byte) {
	for i := 1; i < len(b) && i < 5; i++ {
		if b[i] == '>' && i > 1 {
			n := num(b, 1, i-1)
			if n < 0 || n > 191 {
				return 0, nil
			}
			return n, b[i+1:]
		}
	}
	return 0, nil
}

// program takes host, program and message apart; false where no program is
// named.
func (p *syslogLog) program(b []byte, e *schemas.Event) bool {
	e.Service, e.Message = p.c.Service, alias(b)
	first, rest, ok := bytes.Cut(b, []byte{' '})
	if !ok || len(first) == 0 || !isWordByte(first[0]) && first[0] != ':' && first[0] != '/' || levelOf(bytes.TrimSuffix(first, []byte{':'})) != "" {
		return false
	}
	if tag, msg, ok := programTag(b); ok && first[len(first)-1] == ':' && levelOf(tag) == "" { // no host
		e.Service, e.Message = alias(tag), alias(msg)
		return true
	}
	e.Host, e.Message = alias(first), alias(rest)
	tag, msg, ok := programTag(bytes.TrimLeft(rest, " "))
	if !ok || levelOf(tag) != "" {
		return false
	}
	e.Service, e.Message = alias(tag), alias(msg)
	return true
}

// programTag reads program[pid]: or program: at b[0]. A path before the name
// (postfix/smtpd keeps its two parts) is kept.
func programTag(b []byte) (tag, msg []byte, ok bool) {
	for i, c := range b {
		switch {
		case i == 0 && !isWordByte(c) && c != '/' && c != '(':
			return nil, nil, false
		case c == '[' && i > 0:
			if k := bytes.Index(b[i:], []byte("]:")); k > 0 && k < 80 {
				return b[:i], bytes.TrimLeft(b[i+k+2:], " "), true
			}
			return nil, nil, false
		case c == ':' && i > 0 && (i+1 == len(b) || b[i+1] == ' '):
			return b[:i], bytes.TrimLeft(b[i+1:], " "), true
		case c == ' ' || c == '=' || c == '"' || i > 64:
			return nil, nil, false
		}
	}
	return nil, nil, false
}

// syslog5424 reads the form of RFC 5424, section 6.
type syslog5424 struct {
	c      *Context
	inside *inner
}

// Parse implements LineParser.
func (p *syslog5424) Parse(line []byte, e *schemas.Event) (Verdict, string) {
	if k := bytes.IndexByte(line[:min(len(line), 8)], ' '); k > 0 && k+1 < len(line) && line[k+1] == '<' && num(line, 0, k) > 0 {
		line = line[k+1:] // counted as in RFC 6587
	}
	if line[0] != '<' {
		return IsReject, "no <PRI>"
	}
	pri, b := priority(line)
	if b == nil || len(b) < 3 || !isDigit(b[0]) || b[1] != ' ' {
		return IsReject, "no <PRI> and version"
	}
	var part [5][]byte // stamp host app procid msgid
	b = b[2:]
	for i := range part {
		word, rest, ok := bytes.Cut(b, []byte{' '})
		if !ok {
			return IsReject, "header is too short"
		}
		if string(word) != "-" {
			part[i] = word
		}
		b = rest
	}
	if part[0] == nil {
		return IsReject, "no time stamp"
	}
	ts, n, reason := p.c.clock.iso(part[0])
	if n == 0 || n != len(part[0]) && reason == "" {
		return IsReject, "time stamp in an unknown form"
	}
	if reason != "" {
		return IsReject, reason
	}
	e.TS, e.Level, e.Host, e.Service = ts, levelPriority(pri&7), alias(part[1]), alias(part[2])
	if e.Service == "" {
		e.Service = p.c.Service
	}
	msg := bytes.TrimPrefix(structuredData(b), []byte("\ufeff"))
	e.Message = alias(msg)
	if len(msg) > 0 && msg[0] == '{' {
		if p.inside == nil {
			p.inside = newInner(p.c)
		}
		p.inside.had = false
		p.inside.read(e)
	}
	return IsEvent, ""
}

// structuredData skips "-" or [id key="value"]… and gives the message.
func structuredData(b []byte) []byte {
	if len(b) > 0 && b[0] == '-' {
		return bytes.TrimLeft(b[1:], " ")
	}
	for len(b) > 0 && b[0] == '[' {
		quoted, end := false, -1
		for i := 1; i < len(b) && end < 0; i++ {
			switch {
			case b[i] == '\\' && quoted:
				i++
			case b[i] == '"':
				quoted = !quoted
			case b[i] == ']' && !quoted:
				end = i
			}
		}
		if end < 0 {
			return b
		}
		b = b[end+1:]
	}
	return bytes.TrimLeft(b, " ")
}
