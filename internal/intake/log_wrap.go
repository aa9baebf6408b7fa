package intake

import (
	"bytes"

	"almanac/schemas"
)

func init() {
	lineFormat("cri", "Kubernetes CRI: stamp stdout F message; what is inside is read too", "in the stamp", 0.98, func(c *Context) LineParser { return &criLog{c: c} })
}

// criLog reads <stamp> stdout|stderr P|F content. Parts (P) are joined per
// stream until F; the event has the line of its last part.
type criLog struct {
	c      *Context
	part   [2][]byte
	first  [2]int64 // stamp of the first part
	inside [2]*inner
	at     int // the stream of the line just read
}

// stream is streamer's.
func (p *criLog) stream() int { return p.at }

// Parse implements LineParser.
func (p *criLog) Parse(line []byte, e *schemas.Event) (Verdict, string) {
	ts, n, reason := p.c.clock.iso(line)
	if n == 0 || n >= len(line) || line[n] != ' ' {
		return IsReject, "no CRI time stamp"
	}
	if reason != "" {
		return IsReject, reason
	}
	b := line[n+1:]
	stream := 0
	switch {
	case hasPrefix(b, "stdout "):
	case hasPrefix(b, "stderr "):
		stream = 1
	default:
		return IsReject, "no stream name"
	}
	p.at = stream
	b = b[7:]
	tag, content, _ := bytes.Cut(b, []byte{' '})
	if len(tag) == 0 || tag[0] != 'F' && tag[0] != 'P' || len(tag) > 1 && tag[1] != ':' {
		return IsReject, "no P or F tag"
	}
	if tag[0] == 'P' {
		if len(p.part[stream]) == 0 {
			p.first[stream] = ts
		}
		if len(p.part[stream])+len(content) <= maxJoinBytes {
			p.part[stream] = append(p.part[stream], content...)
		}
		return IsSkip, ""
	}
	if len(p.part[stream]) > 0 {
		content = append(p.part[stream], content...)
		p.part[stream] = content[:0]
	}
	if isBlank(content) {
		return IsBlank, ""
	}
	e.TS, e.Service, e.Message = ts, p.c.Service, alias(content)
	if p.inside[stream] == nil {
		p.inside[stream] = newInner(p.c)
	}
	return p.inside[stream].read(e), ""
}

// finish gives the parts whose end never came: the container died, or the
// file was rotated between them.
func (p *criLog) finish(e *schemas.Event) bool {
	for stream := range p.part {
		if content := p.part[stream]; len(content) > 0 {
			p.part[stream] = nil
			e.TS, e.Service, e.Message = p.first[stream], p.c.Service, alias(content)
			newInner(p.c).read(e)
			return true
		}
	}
	return false
}
