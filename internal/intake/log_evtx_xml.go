package intake

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"almanac/schemas"
)

func init() {
	lineFormat("windows-xml", "Windows events as XML (wevtutil qe /f:xml, evtx_dump, Event Viewer's export)", "in the stamp", 0.97, func(c *Context) LineParser { return &eventXML{c: c} })
}

// isXML says that a file begins as XML whose events may share a line.
func isXML(head []byte) bool {
	b := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
	return hasPrefix(b, "<?xml") || hasPrefix(b, "<Event")
}

// xmlBreaker ends the line behind every </Event>, so that a file of one line
// is read event by event and in little memory.
type xmlBreaker struct {
	r    io.Reader
	in   []byte // not given yet
	buf  [8 << 10]byte
	seen int  // bytes of the end tag matched so far
	due  bool // an end tag is behind us: a line end follows
	err  error
}

const eventEnd = "</Event>"

func (x *xmlBreaker) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if len(x.in) == 0 {
			if x.err != nil || n > 0 {
				break
			}
			var k int
			k, x.err = x.r.Read(x.buf[:])
			x.in = x.buf[:k]
			continue
		}
		c := x.in[0]
		if x.due && c != '\n' && c != '\r' {
			p[n] = '\n'
			n++
			x.due = false
			continue
		}
		x.due = false
		switch {
		case c == eventEnd[x.seen]:
			x.seen++
		case c == eventEnd[0]:
			x.seen = 1
		default:
			x.seen = 0
		}
		if x.seen == len(eventEnd) {
			x.seen, x.due = 0, true
		}
		p[n] = c
		n++
		x.in = x.in[1:]
	}
	if n == 0 {
		return 0, x.err
	}
	return n, nil
}

// eventXML reads <Event><System>…</System><EventData>…. An event may be
// printed over many lines. Nothing is expanded: a document type is not read,
// and entities other than XML's own five are an error.
type eventXML struct {
	c    *Context
	open openValue
	buf  []byte
}

func (p *eventXML) dropped() ([]byte, int64, string) {
	return p.open.dropped("an event that does not end")
}

func (p *eventXML) finish(*schemas.Event) bool {
	if len(p.open.text) > 0 {
		p.open.giveUp()
	}
	return false
}

// Parse implements LineParser.
func (p *eventXML) Parse(line []byte, e *schemas.Event) (Verdict, string) {
	at := eventStart(line)
	if at >= 0 && len(p.open.text) > 0 {
		p.open.giveUp()
	}
	ends := bytes.HasSuffix(trimRight(line, " \t"), []byte(eventEnd))
	switch {
	case at >= 0 && ends:
		return p.event(line[at:], e)
	case at >= 0:
		p.open.add(line[at:])
		return IsSkip, ""
	case len(p.open.text) > 0:
		if !p.open.add(line) || !ends {
			return IsSkip, ""
		}
		return p.event(p.open.take(), e)
	}
	b := trimLeft(line, " \t")
	for _, frame := range []string{"<?xml", "<Events", "</Events", "Record ", "<!--"} {
		if hasPrefix(b, frame) {
			return IsSkip, ""
		}
	}
	return IsReject, "no <Event>"
}

// eventStart finds <Event> or <Event xmlns…, -1: there is none.
func eventStart(line []byte) int {
	for at := 0; ; {
		i := bytes.Index(line[at:], []byte("<Event"))
		if i < 0 {
			return -1
		}
		at += i
		if end := at + len("<Event"); end == len(line) || bytes.IndexByte([]byte(" \t>"), line[end]) >= 0 {
			return at
		}
		at++
	}
}

// Bounds of what is read of one event.
const (
	maxXMLDepth  = 16
	maxXMLTokens = 4000
)

func (p *eventXML) event(text []byte, e *schemas.Event) (Verdict, string) {
	f := eventFields{}
	if reason := f.read(text); reason != "" {
		return IsReject, reason
	}
	at := f.at
	if len(f.date) == 10 && len(f.clock) == 8 { // a request of IIS: W3C's own fields, which are UTC
		at = f.date + "T" + f.clock + "Z"
	}
	ts, n, reason := p.c.clock.iso([]byte(at))
	if n == 0 {
		return IsReject, "no SystemTime"
	}
	if reason != "" {
		return IsReject, reason
	}
	p.buf = fmt.Appendf(p.buf[:0], "%s %s", f.provider, f.id)
	if f.rendered != "" {
		p.buf = append(append(p.buf, ' '), f.rendered...)
	} else {
		p.buf = append(p.buf, f.data...)
	}
	e.TS, e.Service, e.Host, e.Message = ts, f.provider, f.computer, alias(p.buf)
	e.Level = levelWindows(int(num64(f.level)))
	return IsEvent, ""
}

// eventFields is what is told of one event.
type eventFields struct {
	provider, id, level, computer, at, rendered string
	date, clock                                 string // of EventData, where it has both
	data                                        []byte
	unnamed                                     int // values without a name so far
}

// read goes through the tokens of one event.
func (f *eventFields) read(text []byte) (reason string) {
	d := xml.NewDecoder(bytes.NewReader(text))
	var path []string
	name := "" // attribute Name of the element that is open
	for range maxXMLTokens {
		t, err := d.RawToken()
		if err == io.EOF {
			if len(path) > 0 {
				return "broken XML"
			}
			return ""
		}
		if err != nil {
			return "broken XML"
		}
		switch t := t.(type) {
		case xml.StartElement:
			if len(path) >= maxXMLDepth {
				return "XML nested too deep"
			}
			path = append(path, t.Name.Local)
			name = t.Name.Local
			f.attributes(t, &name)
		case xml.EndElement:
			if len(path) == 0 || path[len(path)-1] != t.Name.Local {
				return "broken XML"
			}
			path = path[:len(path)-1]
		case xml.CharData:
			if v := strings.TrimSpace(string(t)); v != "" {
				f.text(path, name, v)
			}
		case xml.Directive:
			return "a document type inside an event"
		}
	}
	return "too much XML in one event"
}

func (f *eventFields) attributes(t xml.StartElement, name *string) {
	for _, a := range t.Attr {
		switch {
		case t.Name.Local == "Provider" && a.Name.Local == "Name":
			f.provider = strings.Clone(a.Value)
		case t.Name.Local == "TimeCreated" && a.Name.Local == "SystemTime":
			f.at = strings.Clone(a.Value)
		case a.Name.Local == "Name":
			*name = a.Value
		}
	}
}

// text takes the text of the element at path.
func (f *eventFields) text(path []string, name, v string) {
	if len(path) < 3 || path[0] != "Event" {
		return
	}
	element := path[len(path)-1]
	switch path[1] {
	case "System":
		switch element {
		case "EventID":
			f.id = v
		case "Level":
			f.level = v
		case "Computer":
			f.computer = v
		}
	case "EventData", "UserData":
		switch name {
		case "date":
			f.date = v
		case "time":
			f.clock = v
		}
		if len(f.data) > maxEventText {
			return
		}
		if name == "Data" {
			f.unnamed++
			name = fmt.Sprintf("Data%d", f.unnamed)
		}
		f.data = fmt.Appendf(f.data, " %s=%s", name, v)
	case "RenderingInfo":
		if element == "Message" {
			f.rendered = v
		}
	}
}
