package intake

import (
	"bytes"
	"fmt"
	"strings"
)

// csvTable is a parsed CSV or TSV document.
type csvTable struct {
	header []string
	rows   []record
}

// maxQuotedLines ends a quoted cell that never closes.
const maxQuotedLines = 500

// csvRecords reads CSV as it comes out of real tools: delimiter by the header
// (comma, semicolon, tab, pipe), quoted cells over several lines, a stray
// quote that costs its own row only, a BOM, duplicate headers. A row whose
// number of cells is not the header's is refused.
func csvRecords(doc []byte) csvTable {
	r := csvReader{doc: trimBOM(doc), line: 1}
	var t csvTable
	for r.pos < len(r.doc) && len(bytes.TrimSpace(r.physical())) == 0 {
		r.skipLine()
	}
	if r.pos >= len(r.doc) {
		return t
	}
	r.delim = sniffDelimiter(r.physical())
	header, end, ok := r.cells(r.pos, false)
	if !ok {
		header, end, _ = r.cells(r.pos, true)
	}
	r.advance(end)
	for i, h := range header {
		header[i] = strings.TrimSpace(h)
	}
	t.header = header
	names := make([]member, len(header))
	for i, h := range header {
		names[i] = field(h, nil)
	}
	r.want = len(header)
	for r.pos < len(r.doc) {
		if len(bytes.TrimSpace(r.physical())) == 0 {
			r.skipLine()
			continue
		}
		t.rows = append(t.rows, r.row(names))
	}
	return t
}

// sniffDelimiter takes the candidate that the header holds most often.
func sniffDelimiter(header []byte) byte {
	best, most := byte(','), 0
	for _, d := range []byte{'\t', ',', ';', '|'} {
		n, quoted := 0, false
		for _, c := range header {
			if c == '"' {
				quoted = !quoted
			} else if c == d && !quoted {
				n++
			}
		}
		if n > most {
			best, most = d, n
		}
	}
	return best
}

type csvReader struct {
	doc   []byte
	pos   int
	line  int64
	delim byte
	want  int
	// wasted counts the bytes scanned for quotes that never closed; past a
	// bound, quoted cells may no longer span lines.
	wasted int
}

// physical is the rest of the line at pos, without its end.
func (r *csvReader) physical() []byte {
	rest := r.doc[r.pos:]
	if i := bytes.IndexByte(rest, '\n'); i >= 0 {
		rest = rest[:i]
	}
	return bytes.TrimSuffix(rest, []byte{'\r'})
}

func (r *csvReader) lineEnd(from int) int {
	if i := bytes.IndexByte(r.doc[from:], '\n'); i >= 0 {
		return from + i + 1
	}
	return len(r.doc)
}

func (r *csvReader) skipLine() { r.advance(r.lineEnd(r.pos)) }

func (r *csvReader) advance(to int) {
	r.line += int64(bytes.Count(r.doc[r.pos:to], []byte{'\n'}))
	r.pos = to
}

// row reads one record: strictly over as many lines as its quotes span; else
// its first line alone with stray quotes taken as text; else it is refused.
func (r *csvReader) row(header []member) record {
	start, line := r.pos, r.line
	oneEnd := r.lineEnd(start)
	cells, end, ok := r.cells(start, false)
	cells = r.trimExtra(cells)
	if ok && len(cells) == r.want {
		r.advance(end)
		return record{line: line, node: rowNode(header, cells), raw: r.doc[start:end]}
	}
	got := len(cells)
	lazy, _, _ := r.cells(start, true)
	lazy = r.trimExtra(lazy)
	if len(lazy) == r.want && (!ok || end != oneEnd) {
		r.advance(oneEnd)
		return record{line: line, node: rowNode(header, lazy), raw: r.doc[start:oneEnd]}
	}
	reason := "a quote that does not close"
	if ok {
		reason = fmt.Sprintf("%d cells where the header has %d", got, r.want)
	}
	if !ok || end != oneEnd && r.soundAt(oneEnd) {
		end = oneEnd
	}
	r.advance(end)
	return record{line: line, reason: reason, raw: bytes.TrimRight(r.doc[start:end], "\r\n")}
}

// soundAt says whether a whole record begins at pos: then the one before it
// did not span that line.
func (r *csvReader) soundAt(pos int) bool {
	if pos >= len(r.doc) {
		return false
	}
	cells, _, ok := r.cells(pos, false)
	return ok && len(r.trimExtra(cells)) == r.want
}

// trimExtra drops empty cells beyond the header: spreadsheets add them.
func (r *csvReader) trimExtra(cells []string) []string {
	for r.want > 0 && len(cells) > r.want && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	return cells
}

// cells reads the record at from. Lazy takes quotes inside the first physical
// line as text unless they enclose a cell.
func (r *csvReader) cells(from int, lazy bool) (cells []string, end int, ok bool) {
	limit := len(r.doc)
	if lazy {
		limit = r.lineEnd(from)
	}
	i := from
	for {
		if i < limit && r.doc[i] == '"' {
			text, next, closed := r.quoted(i, limit, lazy)
			if !closed && !lazy {
				r.wasted += next - i
				return cells, next, false
			}
			cells, i = append(cells, text), next
		} else {
			j := i
			for j < limit && r.doc[j] != r.delim && r.doc[j] != '\n' {
				j++
			}
			cells, i = append(cells, strings.TrimSuffix(string(r.doc[i:j]), "\r")), j
		}
		if i >= limit {
			return cells, limit, true
		}
		if r.doc[i] == '\n' {
			return cells, i + 1, true
		}
		i++ // the delimiter
	}
}

// quoted reads a quoted cell; next is at its delimiter or line end.
func (r *csvReader) quoted(from, limit int, lazy bool) (text string, next int, closed bool) {
	var b strings.Builder
	lines := 0
	for i := from + 1; i < limit; i++ {
		c := r.doc[i]
		if c == '\n' {
			if lines++; lines > maxQuotedLines || r.wasted > maxWaste*len(r.doc) {
				return "", i, false
			}
		}
		if c != '"' {
			b.WriteByte(c)
			continue
		}
		if i+1 < limit && r.doc[i+1] == '"' {
			b.WriteByte('"')
			i++
			continue
		}
		j := i + 1
		if j < limit && r.doc[j] == '\r' {
			j++
		}
		if j >= limit || r.doc[j] == r.delim || r.doc[j] == '\n' {
			return b.String(), j, true
		}
		if !lazy {
			return "", i, false
		}
		b.WriteByte(c)
	}
	if !lazy {
		return "", limit, false
	}
	// No closing quote on this line: the opening one was a slip.
	j := from
	for j < limit && r.doc[j] != r.delim && r.doc[j] != '\n' {
		j++
	}
	return strings.TrimSuffix(string(r.doc[from+1:j]), "\r"), j, true
}

// rowNode makes a record of a row: values lie in one block.
func rowNode(header []member, cells []string) *node {
	n := &node{kind: nodeObject, obj: make([]member, 0, len(header))}
	values := make([]node, len(header))
	for i, h := range header {
		if h.key != "" {
			values[i] = node{kind: nodeScalar, text: cells[i]}
			n.obj = append(n.obj, member{h.key, h.norm, &values[i]})
		}
	}
	return n
}
