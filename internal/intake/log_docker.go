package intake

import (
	"hash/fnv"

	"github.com/valyala/fastjson"

	"almanac/schemas"
)

// What two of the JSON formats need beyond their fields: Docker's parts of
// lines, and the entries of Google Cloud that exports repeat.

// docker joins the parts of a line (a part has no line end) and reads what is
// inside.
func (p *jsonLog) docker(e *schemas.Event) (Verdict, string) {
	text, joined := p.set.get(roleMessage), &p.joined[p.at]
	if n := len(text); n == 0 || text[n-1] != '\n' {
		if len(*joined)+len(text) <= maxJoinBytes {
			*joined = append(*joined, text...)
		}
		if len(text) > 0 {
			var first schemas.Event
			p.buf, _ = p.set.fill(p.c, &first, p.buf[:0])
			p.partTS[p.at] = first.TS
			return IsSkip, ""
		}
	}
	if len(*joined) > 0 {
		*joined = append(*joined, text...)
		text = *joined
		*joined = (*joined)[:0]
	}
	p.set.value[roleMessage] = trimRight(text, "\r\n")
	return p.wrapped(e)
}

// finish gives the parts whose end never came.
func (p *jsonLog) finish(e *schemas.Event) bool {
	for at := range p.joined {
		if len(p.joined[at]) == 0 || p.partTS[at] == 0 {
			continue
		}
		e.TS, e.Service, e.Message = p.partTS[at], p.c.Service, alias(p.joined[at])
		p.joined[at], p.at = nil, at
		p.unwrap(e)
		return true
	}
	return false
}

// stream is streamer's.
func (p *jsonLog) stream() int { return p.at }

// maxRepeats is how many ids of entries are remembered.
const maxRepeats = 1 << 17

// repeats says that an entry of Google Cloud has been read: its insertId is
// unique within a log and stamp, and exports overlap.
func (p *jsonLog) repeats(v *fastjson.Value) bool {
	id := v.GetStringBytes("insertId")
	if len(id) == 0 {
		return false
	}
	h := fnv.New64a()
	for _, b := range [][]byte{id, v.GetStringBytes("timestamp"), v.GetStringBytes("logName")} {
		h.Write(b)
		h.Write([]byte{0})
	}
	key := h.Sum64()
	if p.ids[key] {
		return true
	}
	if p.ids == nil || len(p.ids) >= maxRepeats {
		p.ids = map[uint64]bool{}
	}
	p.ids[key] = true
	return false
}
