package intake

import (
	"bytes"
	"fmt"

	"github.com/valyala/fastjson"

	"almanac/schemas"
)

func init() {
	lineFormat("windows-evtx", "Windows events as JSON (evtx_dump -o json and -o jsonl)", "in the stamp", 0.97, func(c *Context) LineParser { return &evtxLog{c: c} })
}

// maxEvent is how much of an event that is written over several lines is
// gathered, bytes.
const maxEvent = 1 << 20

// evtxLog reads Event.System and the values of Event.EventData. An event is a
// line, or is printed over many behind a line "Record n".
type evtxLog struct {
	c      *Context
	parser fastjson.Parser
	buf    []byte
	open   openValue
}

// openValue gathers the lines of a value that is not complete yet.
type openValue struct {
	text  []byte
	lines int64
	lost  []byte // a value that never ended
	back  int64  // lines since it began
}

// add takes one more line; false: the value is too large and given up.
func (o *openValue) add(line []byte) bool {
	if len(o.text)+len(line) >= maxEvent {
		o.giveUp()
		return false
	}
	if len(o.text) > 0 {
		o.text = append(o.text, '\n')
	}
	o.text = append(o.text, line...)
	o.lines++
	return true
}

// giveUp keeps what was gathered to be refused.
func (o *openValue) giveUp() {
	o.lost, o.back = bytes.Clone(o.text[:min(len(o.text), MaxRejectRaw)]), o.lines
	o.text, o.lines = o.text[:0], 0
}

// take gives the text and begins anew; it is valid until the next add.
func (o *openValue) take() []byte {
	b := o.text
	o.text, o.lines = o.text[:0], 0
	return b
}

// dropped is dropper's.
func (o *openValue) dropped(reason string) ([]byte, int64, string) {
	raw, back := o.lost, o.back
	o.lost = nil
	return raw, back, reason
}

func (p *evtxLog) dropped() ([]byte, int64, string) {
	return p.open.dropped("an event that does not end")
}

// finish has nothing to give: what is open at the end is refused.
func (p *evtxLog) finish(*schemas.Event) bool {
	if len(p.open.text) > 0 {
		p.open.giveUp()
	}
	return false
}

// Parse implements LineParser.
func (p *evtxLog) Parse(line []byte, e *schemas.Event) (Verdict, string) {
	starts := line[0] == '{' || hasPrefix(line, "Record ")
	if starts && len(p.open.text) > 0 {
		p.open.giveUp()
	}
	switch {
	case line[0] == '{' && line[len(line)-1] == '}' && len(line) > 2:
		return p.event(line, e)
	case line[0] == '{':
		p.open.add(line)
		return IsSkip, ""
	case hasPrefix(line, "Record ") && num(line, 7, len(line)-7) >= 0:
		return IsSkip, ""
	case len(p.open.text) == 0:
		return IsReject, "not a JSON object"
	case !p.open.add(line) || line[0] != '}':
		return IsSkip, ""
	}
	return p.event(p.open.take(), e)
}

func (p *evtxLog) event(text []byte, e *schemas.Event) (Verdict, string) {
	v, err := p.parser.ParseBytes(text)
	if err != nil {
		return IsReject, "broken JSON"
	}
	ev := v.Get("Event")
	if d := v.Get("data", "Event"); d != nil {
		ev = d
	}
	sys := ev.Get("System")
	if sys == nil {
		return IsReject, "no Event.System"
	}
	at := attribute(sys, "TimeCreated", "SystemTime")
	if at == nil {
		at = v.GetStringBytes("timestamp") // the writing of the record
	}
	ts, n, reason := p.c.clock.iso(at)
	if n == 0 {
		return IsReject, "no SystemTime"
	}
	if reason != "" {
		return IsReject, reason
	}
	id := sys.Get("EventID")
	if t := id.Get("#text"); t != nil {
		id = t
	}
	provider := attribute(sys, "Provider", "Name")
	p.buf = fmt.Appendf(p.buf[:0], "%s %s", provider, otlpNumber(id))
	for _, part := range []string{"EventData", "UserData"} {
		p.values(ev.Get(part), 0)
	}
	e.TS, e.Service, e.Host, e.Message = ts, string(provider), string(sys.GetStringBytes("Computer")), alias(p.buf)
	e.Level = levelWindows(int(num64(otlpNumber(sys.Get("Level")))))
	return IsEvent, ""
}

// attribute reads an attribute of an element: below "#attributes", or beside
// it as Name_attributes.
func attribute(v *fastjson.Value, element, name string) []byte {
	if b := v.GetStringBytes(element, "#attributes", name); b != nil {
		return b
	}
	return v.GetStringBytes(element+"_attributes", name)
}

// maxEventText is how much of the values of an event goes into its message,
// bytes; they are beyond it only in dumps of memory.
const maxEventText = 2000

// values appends name=value of what is below v.
func (p *evtxLog) values(v *fastjson.Value, depth int) {
	o := v.GetObject()
	if o == nil || depth > 4 {
		return
	}
	o.Visit(func(k []byte, x *fastjson.Value) {
		if len(p.buf) > maxEventText || string(k) == "#attributes" || bytes.HasSuffix(k, []byte("_attributes")) {
			return
		}
		if t := x.Get("#text"); t != nil {
			x = t
		}
		switch x.Type() {
		case fastjson.TypeObject:
			p.values(x, depth+1)
		case fastjson.TypeArray:
			for i, one := range x.GetArray() {
				p.buf = fmt.Appendf(p.buf, " %s%d=%s", k, i+1, otlpText(one))
			}
		case fastjson.TypeNull:
		default:
			p.buf = fmt.Appendf(p.buf, " %s=%s", k, otlpText(x))
		}
	})
}

// levelWindows reads the level of an event: 1 critical, 2 error, 3 warning, 4
// information, 5 verbose; 0 stands for information.
func levelWindows(n int) string {
	switch n {
	case 1:
		return schemas.LevelFatal
	case 2:
		return schemas.LevelError
	case 3:
		return schemas.LevelWarn
	case 5:
		return schemas.LevelDebug
	}
	return schemas.LevelInfo
}

// num64 reads a short decimal number; 0 where it is none.
func num64(s string) int64 {
	if n := num(bytesOf(s), 0, min(len(s), 9)); n > 0 {
		return int64(n)
	}
	return 0
}
