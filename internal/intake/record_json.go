package intake

import (
	"bytes"

	"github.com/valyala/fastjson"
)

// record is one record of a document: a node and the line it begins on.
// A broken one has no node but the reason why, and its text.
type record struct {
	line   int64
	node   *node
	reason string
	raw    []byte
}

// jsonRecords splits a document into its top records: the objects of an
// array, of JSON lines, of concatenated JSON, or of the list found under one
// of the paths of a single wrapping object. One broken element costs itself.
func jsonRecords(doc []byte, lists ...string) []record {
	doc = trimBOM(doc)
	s := jsonSplitter{doc: doc, line: 1}
	s.space()
	if s.peek() == '[' {
		s.pos++
		s.inArray = true
	}
	records := s.all()
	if len(records) == 1 && records[0].node != nil {
		for _, path := range lists {
			if found := records[0].node.at(path); len(found) > 0 {
				return unwrap(doc, records[0], found)
			}
		}
	}
	return records
}

// unwrap gives the elements of the lists found inside a wrapping object.
// Their lines are not known: all carry the wrapper's.
func unwrap(doc []byte, wrapper record, found []*node) []record {
	var out []record
	for _, n := range found {
		if n.kind == nodeObject {
			out = append(out, record{line: wrapper.line, node: n, raw: doc})
		}
		for _, e := range n.list {
			if e.kind == nodeObject {
				out = append(out, record{line: wrapper.line, node: e})
			} else {
				out = append(out, record{line: wrapper.line, reason: "not an object"})
			}
		}
	}
	return out
}

func trimBOM(doc []byte) []byte { return bytes.TrimPrefix(doc, []byte("\xef\xbb\xbf")) }

// jsonSplitter finds where records begin and end without parsing them, so
// that a broken one does not hide the rest.
type jsonSplitter struct {
	doc     []byte
	pos     int
	line    int64
	inArray bool
	wasted  int // bytes scanned for records that turned out broken
	parser  fastjson.Parser
}

// maxWaste is how many times over a document may be scanned in vain before
// its rest is given up as one broken record.
const maxWaste = 16

func (s *jsonSplitter) peek() byte {
	if s.pos < len(s.doc) {
		return s.doc[s.pos]
	}
	return 0
}

// space skips blanks and separators between records.
func (s *jsonSplitter) space() {
	for s.pos < len(s.doc) {
		switch s.doc[s.pos] {
		case '\n':
			s.line++
		case ' ', '\t', '\r', ',':
		case ']':
			if !s.inArray {
				return
			}
		default:
			return
		}
		s.pos++
	}
}

func (s *jsonSplitter) all() []record {
	var out []record
	for {
		s.space()
		if s.pos >= len(s.doc) {
			return out
		}
		out = append(out, s.next())
	}
}

func (s *jsonSplitter) next() record {
	start, line := s.pos, s.line
	end, sound := s.span(start)
	if sound {
		raw := s.doc[start:end]
		if v, err := s.parser.ParseBytes(raw); err == nil {
			s.advance(end)
			if v.Type() != fastjson.TypeObject {
				return record{line: line, reason: "not a JSON object", raw: raw}
			}
			return record{line: line, node: fromJSON(v), raw: raw}
		}
	}
	if s.wasted += end - start; s.wasted > maxWaste*len(s.doc) {
		raw := s.doc[start:]
		s.advance(len(s.doc))
		return record{line: line, reason: "broken JSON to the end of the document", raw: raw}
	}
	end = s.resync(start, end)
	raw := s.doc[start:end]
	s.advance(end)
	return record{line: line, reason: "broken JSON", raw: raw}
}

func (s *jsonSplitter) advance(to int) {
	s.line += int64(bytes.Count(s.doc[s.pos:to], []byte{'\n'}))
	s.pos = to
}

// span gives the end of the value that starts at from, and whether its
// brackets close. JSON forbids a raw line end in a string: it ends the string
// here, so that an unclosed quote is soon over.
func (s *jsonSplitter) span(from int) (int, bool) {
	depth, inString := 0, false
	for i := from; i < len(s.doc); i++ {
		c := s.doc[i]
		if inString {
			switch c {
			case '\\':
				i++
			case '"', '\n':
				inString = false
			}
			continue
		}
		switch c {
		case '"':
			inString = true
		case '{', '[':
			depth++
		case '}', ']':
			depth--
			if depth <= 0 {
				return i + 1, true
			}
		case '\n':
			if depth == 0 {
				return i, true
			}
		}
	}
	return len(s.doc), depth == 0
}

// resync gives the end of a broken record: the next line that begins an
// object no deeper than this one did, or the next "},{" of a one-line array.
func (s *jsonSplitter) resync(start, end int) int {
	indent := start
	for indent > 0 && (s.doc[indent-1] == ' ' || s.doc[indent-1] == '\t') {
		indent--
	}
	width := start - indent
	for i := start; i < len(s.doc); {
		nl := bytes.IndexByte(s.doc[i:], '\n')
		if nl < 0 {
			break
		}
		i += nl + 1
		j := i
		for j < len(s.doc) && (s.doc[j] == ' ' || s.doc[j] == '\t' || s.doc[j] == ',') {
			j++
		}
		if j < len(s.doc) && s.doc[j] == '{' && j-i <= width+1 {
			return s.oneLine(start, i)
		}
	}
	if end < len(s.doc) && s.inArray {
		return s.oneLine(start, end)
	}
	return s.oneLine(start, len(s.doc))
}

// oneLine looks for a sound border "},{" before limit.
func (s *jsonSplitter) oneLine(start, limit int) int {
	text := s.doc[start:limit]
	for off := 0; ; {
		i := bytes.Index(text[off:], []byte("}"))
		if i < 0 {
			return limit
		}
		off += i + 1
		j := off
		for j < len(text) && (text[j] == ' ' || text[j] == '\t') {
			j++
		}
		if j < len(text) && text[j] == ',' {
			for j++; j < len(text) && (text[j] == ' ' || text[j] == '\t'); j++ {
			}
			if j < len(text) && text[j] == '{' {
				return start + off
			}
		}
	}
}
