package intake

import (
	"bytes"

	"almanac/schemas"
)

func init() {
	register(&Format{
		Name: "klog", Kind: KindLog, Doc: "klog and glog: E0517 15:04:22.619632 123 file.go:253] message", Zone: "of the source",
		Detect: func(h Head) float64 {
			return detectLines(h, 0.93, func(c *Context) LineParser { return &klogLog{c: c} })
		},
		Lines: func(c *Context) LineParser { return &klogLog{c: c} },
	})
}

// klogLog reads the header of glog. Its stamp has month and day and neither
// year nor zone.
type klogLog struct {
	c   *Context
	had bool
}

func isKlogHead(b []byte) bool {
	return len(b) > 22 && (b[0] == 'I' || b[0] == 'W' || b[0] == 'E' || b[0] == 'F' || b[0] == 'C') &&
		num(b, 1, 4) >= 0 && b[5] == ' ' && b[8] == ':' && b[11] == ':' && b[14] == '.'
}

// Parse implements LineParser.
func (p *klogLog) Parse(line []byte, e *schemas.Event) (Verdict, string) {
	if !isKlogHead(line) {
		if p.had {
			return IsContinuation, ""
		}
		return IsReject, "no klog header"
	}
	s := stamp{month: num(line, 1, 2), day: num(line, 3, 2)}
	i := hms(line, 6, &s)
	if i == 0 {
		return IsReject, "time stamp is not a possible time"
	}
	fraction(line, i, &s)
	ts, _, reason := p.c.clock.yearless(&s)
	if reason != "" {
		return IsReject, reason
	}
	p.had = true
	e.TS, e.Service, e.Level = ts, p.c.Service, levelLetter(line[0])
	msg := line[i:]
	if k := bytes.Index(msg, []byte("] ")); k > 0 && k < 200 {
		msg = msg[k+2:]
	}
	e.Message = alias(msg)
	return IsEvent, ""
}
