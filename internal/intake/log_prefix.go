package intake

import (
	"bytes"

	"almanac/schemas"
)

// Text that a tool for reading logs printed: what it put before each line is
// read, and the line behind it.
func init() {
	lineFormat("loki-text", "Loki logcli --output=default: stamp {labels} line", "in the stamp", 0.94, func(c *Context) LineParser { return &lokiText{c: c} })
	lineFormat("compose", "docker compose logs, stern: name | line", "in the line behind the name", 0.98, func(c *Context) LineParser { return &composeLog{c: c} })
}

// lokiText reads 2026-11-21T17:27:03+01:00 {app="cart", level="error"} line.
type lokiText struct {
	c *Context
	streams
}

// streams keeps a reader for each of the streams that share a file.
type streams struct {
	by  map[string]int
	all []*inner
	at  int // the stream of the line just read
}

// stream is streamer's.
func (s *streams) stream() int { return s.at }

// of gives the reader of the stream with this name. Beyond maxStreams they
// share the last one.
func (s *streams) of(name []byte, c *Context) *inner {
	at, known := s.by[string(name)]
	if !known {
		if s.by == nil {
			s.by = map[string]int{}
		}
		if at = len(s.all); at < maxStreams {
			s.all = append(s.all, newInner(c))
			s.by[string(name)] = at
		} else {
			at = maxStreams - 1
		}
	}
	s.at = at
	return s.all[at]
}

// Parse implements LineParser.
func (p *lokiText) Parse(line []byte, e *schemas.Event) (Verdict, string) {
	ts, n, reason := p.c.clock.iso(line)
	if n == 0 || n+2 > len(line) || line[n] != ' ' || line[n+1] != '{' {
		return IsReject, "no stamp and labels"
	}
	if reason != "" {
		return IsReject, reason
	}
	end := labelsEnd(line[n+1:])
	if end < 0 {
		return IsReject, "labels do not end"
	}
	labels := line[n+1 : n+1+end]
	e.TS, e.Service, e.Message = ts, p.c.Service, alias(trimLeft(line[n+1+end:], " "))
	for _, name := range []string{"service_name", "app", "container", "job"} {
		if v := label(labels, name); len(v) > 0 {
			e.Service = alias(v)
			break
		}
	}
	e.Host, e.Level = alias(label(labels, "pod")), levelField(label(labels, "level"), false)
	if e.Message == "" {
		return IsBlank, ""
	}
	return p.of(labels, p.c).read(e), ""
}

// labelsEnd gives the index behind the brace that ends {a="b", c="d"}; -1:
// there is none.
func labelsEnd(b []byte) int {
	quoted := false
	for i := 1; i < len(b) && i < 4096; i++ {
		switch c := b[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case c == '}' && !quoted:
			return i + 1
		}
	}
	return -1
}

// label gives the value of a label, nil where there is none.
func label(labels []byte, name string) []byte {
	for at := 0; ; {
		i := bytes.Index(labels[at:], bytesOf(name))
		if i < 0 {
			return nil
		}
		at += i + len(name)
		if before := labels[at-len(name)-1]; (before == '{' || before == ' ' || before == ',') && hasPrefix(labels[at:], `="`) {
			v, _, _ := bytes.Cut(labels[at+2:], []byte{'"'})
			return v
		}
	}
}

// composeLog reads name-1  | line. Lines of one name are a stream of their
// own; one that states no time is refused.
type composeLog struct {
	c *Context
	streams
}

// Parse implements LineParser.
func (p *composeLog) Parse(line []byte, e *schemas.Event) (Verdict, string) {
	k := bytes.Index(line[:min(len(line), 128)], []byte(" | "))
	if k <= 0 {
		return IsReject, "no name before the line"
	}
	name := trimRight(line[:k], " ")
	if len(name) == 0 || bytes.IndexAny(name, " \t\"={[:") >= 0 || isDigit(name[0]) || levelOf(name) != "" {
		return IsReject, "no name before the line"
	}
	e.Message = alias(trimRight(line[k+3:], " \r"))
	if e.Message == "" {
		return IsBlank, ""
	}
	e.Service = alias(name)
	if i := bytes.LastIndexByte(name, '-'); i > 0 && num(name, i+1, len(name)-i-1) > 0 {
		e.Service = alias(name[:i]) // the number of the replica
	}
	v := p.of(name, p.c).read(e)
	if v == IsEvent && e.TS == 0 {
		return IsReject, "no time stamp behind the name"
	}
	return v, ""
}
