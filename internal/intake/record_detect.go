package intake

import (
	"bytes"
	"path"
	"strings"

	"github.com/valyala/fastjson"
)

// recordHead is what the record formats ask of a head, found out once.
type recordHead struct {
	records []*node // the first sound JSON objects at top level
	header  []string
	first   *node // first CSV row
	delim   byte
}

const maxHeadRecords = 20

// recordHeadOf reads the head as JSON and as CSV, whichever it can be.
func recordHeadOf(h Head) *recordHead {
	if h.memo != nil && h.memo.record != nil {
		return h.memo.record
	}
	r := &recordHead{}
	body := bytes.TrimLeft(trimBOM(h.Bytes), " \t\r\n")
	switch {
	case len(body) == 0:
	case body[0] == '{' || body[0] == '[' && looksJSONArray(body):
		r.readJSON(body)
	case len(h.Lines) >= 1:
		r.readCSV(body, h.Name)
	}
	if h.memo != nil {
		h.memo.record = r
	}
	return r
}

// looksJSONArray tells "[ {" from "[2026-11-21 …] a log line".
func looksJSONArray(b []byte) bool {
	b = bytes.TrimLeft(b[1:], " \t\r\n")
	return len(b) == 0 || b[0] == '{' || b[0] == ']'
}

func (r *recordHead) readJSON(body []byte) {
	s := jsonSplitter{doc: body, line: 1}
	if body[0] == '[' {
		s.pos, s.inArray = 1, true
	}
	for range maxHeadRecords {
		s.space()
		if s.pos >= len(body) {
			return
		}
		start := s.pos
		rec := s.next()
		if rec.node == nil && s.pos >= len(body) { // cut by the end of the head
			if v, err := fastjson.ParseBytes(closeJSON(body[start:])); err == nil && v.Type() == fastjson.TypeObject {
				rec.node = fromJSON(v)
			}
		}
		if rec.node != nil {
			r.records = append(r.records, rec.node)
		}
	}
}

// closeJSON cuts an unfinished value after its last whole member and closes
// what is open.
func closeJSON(b []byte) []byte {
	var stack, best []byte
	cutAt, inString := -1, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{':
			stack = append(stack, '}')
		case c == '[':
			stack = append(stack, ']')
		case c == '}' || c == ']':
			if len(stack) == 0 {
				return b
			}
			stack = stack[:len(stack)-1]
		case c == ',':
			cutAt, best = i, append(best[:0], stack...)
		}
	}
	if cutAt < 0 {
		return b
	}
	out := append([]byte{}, b[:cutAt]...)
	for i := len(best) - 1; i >= 0; i-- {
		out = append(out, best[i])
	}
	return out
}

func (r *recordHead) readCSV(body []byte, name string) {
	line, _, _ := bytes.Cut(body, []byte{'\n'})
	r.delim = sniffDelimiter(line)
	if bytes.Count(line, []byte{r.delim}) < 2 || len(line) > 8<<10 {
		return
	}
	t := csvRecords(body[:min(len(body), 16<<10)])
	for _, h := range t.header { // names, not values
		if h == "" || len(h) > 60 || strings.ContainsAny(h[:1], "0123456789[{<") {
			return
		}
	}
	sound := 0
	for _, row := range t.rows {
		if row.node != nil {
			if sound++; r.first == nil {
				r.first = row.node
			}
		}
	}
	ext := strings.ToLower(path.Ext(name))
	if sound*2 >= len(t.rows) && (sound > 0 || ext == ".csv" || ext == ".tsv") {
		r.header = t.header
	}
}

// headerNode is the header as a record whose values are the first row's.
func (r *recordHead) headerNode() *node {
	if r.first != nil {
		return r.first
	}
	n := &node{kind: nodeObject}
	for _, h := range r.header {
		n.obj = append(n.obj, field(h, scalar("")))
	}
	return n
}

// meets says whether a record has what a form needs and nothing that speaks
// against it.
func (f *recordForm) meets(n *node) bool {
	for _, need := range f.needs {
		found := false
		for _, alt := range strings.Split(need, "|") {
			if path, want, ok := strings.Cut(alt, "=="); ok {
				found = found || strings.HasPrefix(strings.ToLower(n.str(path)), want)
			} else {
				found = found || n.has(alt)
			}
		}
		if !found {
			return false
		}
	}
	for _, p := range f.never {
		if n.has(p) {
			return false
		}
	}
	return true
}

// detect rates a form of JSON records by the share of the first records that
// meet it, looking into wrapping objects.
func (f *recordForm) detect(h Head) float64 {
	r := recordHeadOf(h)
	if len(r.records) == 0 || f.table == onlyTable {
		if f.table != noTable && len(r.header) > 0 && f.meets(r.headerNode()) {
			return f.rated()
		}
		return 0
	}
	met, seen := 0, 0
	for _, n := range r.records {
		inner := f.inner(n)
		if len(inner) == 0 {
			inner = []*node{n}
		}
		for _, e := range inner[:min(len(inner), maxHeadRecords)] {
			seen++
			if f.meets(e) {
				met++
			}
		}
	}
	if met*2 < seen || met == 0 {
		return 0
	}
	return f.rated() * (0.7 + 0.3*float64(met)/float64(seen))
}

func (f *recordForm) rated() float64 {
	if f.confidence == 0 {
		return 0.9
	}
	return f.confidence
}

// inner gives the records of the lists of a wrapping object.
func (f *recordForm) inner(n *node) []*node {
	for _, p := range f.lists {
		var out []*node
		for _, v := range n.at(p) {
			if v.kind == nodeList {
				for _, e := range v.list {
					if e.kind == nodeObject {
						out = append(out, e)
					}
				}
			} else if v.kind == nodeObject {
				out = append(out, v)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}
