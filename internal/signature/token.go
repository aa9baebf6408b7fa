package signature

import (
	"bytes"

	"github.com/cespare/xxhash/v2"
)

// softness says how ready a word is to be taken for a value: the number of
// different words that must be seen in its place, in statements otherwise
// alike, is thresholds[softness].
type softness uint8

const (
	hard       softness = iota // punctuation, keys, states, function names
	plain                      // a word of a sentence
	weak                       // a word after a preposition: "for x", "from x"
	ident                      // looks like a name of something: a_b, a.b.C, fooBar
	named                      // announced as a name: "user x", 'x'
	numbered                   // a name with one digit: eth0
	softnesses                 // how many there are
)

// thresholds are what grouping asks for. They are reasons, not similarities:
// two different names after "user" are two users; prose needs many.
var thresholds = [softnesses]int{plain: 8, weak: 4, ident: 3, named: 2, numbered: 2}

// wild is the id of a value among the words of a grouping.
const wild = 0

// token is one place of a shape. Words are known by the hash of their text:
// with 64 bits, a million words collide once in 40 million groupings.
type token struct {
	id      uint64
	support uint16 // different words merged into this place so far
	soft    softness
	space   bool // a blank stands before it
	isKey   bool // names what follows: never a value
	isWord  bool // a word, not punctuation or a value
	isShort bool // of at most three bytes
}

// words cuts shapes into tokens.
type words struct {
	never map[string]bool
	// skeleton maps numbered words to the hash with their digit as '#'.
	skeleton map[uint64]uint64
	arena    []token // holds the tokens of many shapes in few allocations
	ps       []piece
	text     []byte
}

func (w *words) id(b []byte) uint64 { return xxhash.Sum64(b) | 1 }

// pieces cuts a shape's text; what it gives is good until the next call.
func (w *words) pieces(text string) (b []byte, ps []piece) {
	w.text = append(w.text[:0], text...)
	w.ps = lexTemplate(w.text, w.ps[:0])
	return w.text, joinWordLists(w.text, w.ps)
}

// tokens cuts a shape's text for grouping: its pieces without the blanks.
func (w *words) tokens(text string) []token {
	b, ps := w.pieces(text)
	if cap(w.arena)-len(w.arena) < len(ps) {
		w.arena = make([]token, 0, max(len(ps), 1<<14))
	}
	start := len(w.arena)
	out := w.arena[start:start:cap(w.arena)]
	space := false
	for i, p := range ps {
		if p.kind == blank {
			space = true
			continue
		}
		t := token{space: space, soft: named}
		space = false
		if p.kind != value {
			t.id, t.soft = w.id(b[p.lo:p.hi]), hard
		}
		if p.kind == word {
			w.judge(&t, b, ps, i)
		}
		out = append(out, t)
	}
	w.arena = w.arena[:start+len(out)]
	return out[:len(out):len(out)]
}

// judge fills in what the word at i is.
func (w *words) judge(t *token, b []byte, ps []piece, i int) {
	text := b[ps[i].lo:ps[i].hi]
	t.isWord, t.isShort = true, len(text) <= 3
	t.isKey = isKey(b, ps, i) || w.never[string(text)]
	t.soft = soften(b, ps, i, t.isKey)
	if t.soft != numbered {
		return
	}
	if _, ok := w.skeleton[t.id]; !ok {
		skeleton := append([]byte(nil), text...)
		skeleton[nextDigit(skeleton, 0)] = '#'
		w.skeleton[t.id] = w.id(skeleton)
	}
}

// joinWordLists makes one word of a list of words: "a,b" and, between
// brackets, "a, b, c".
func joinWordLists(b []byte, ps []piece) []piece {
	if !hasComma(b, ps) {
		return ps
	}
	out := make([]piece, 0, len(ps))
	for i := 0; i < len(ps); i++ {
		p := ps[i]
		if p.kind == word || p.kind == value {
			inside := i > 0 && (glued(b, ps, i-1, '[') || glued(b, ps, i-1, '(') || glued(b, ps, i-1, '{'))
			end := listEnd(b, ps, i, inside)
			if end > i+1 && (!inside || glued(b, ps, end, ']') || glued(b, ps, end, ')') || glued(b, ps, end, '}')) {
				p.hi, p.kind = ps[end-1].hi, word
				i = end - 1
			}
		}
		out = append(out, p)
	}
	return out
}

func hasComma(b []byte, ps []piece) bool {
	for i := range ps {
		if glued(b, ps, i, ',') {
			return true
		}
	}
	return false
}

// listEnd is the first piece after the list of words that begins at i.
func listEnd(b []byte, ps []piece, i int, blanks bool) int {
	end := i + 1
	for glued(b, ps, end, ',') {
		j := end + 1
		if blanks && j < len(ps) && ps[j].kind == blank {
			j++
		}
		if j >= len(ps) || ps[j].kind != word && ps[j].kind != value {
			break
		}
		end = j + 1
	}
	return end
}

// isKey says that the word at i names what follows it: key=…, key:value,
// function(, and the label before a colon that opens the line.
func isKey(b []byte, ps []piece, i int) bool {
	if i+1 >= len(ps) {
		return false
	}
	switch {
	case glued(b, ps, i+1, '='):
		return true
	case glued(b, ps, i+1, '('): // a function, but not a program with its pid
		return !(valueAt(ps, i+2) && bytes.Count(b[ps[i].lo:ps[i].hi], []byte{'.'}) >= 2)
	case ps[i+1].kind == blank && glued(b, ps, i+2, '='):
		return true
	case glued(b, ps, i+1, ':'):
		return i+2 < len(ps) && ps[i+2].kind != blank
	}
	return false
}

// soften judges the word at i by its place and its looks.
func soften(b []byte, ps []piece, i int, key bool) softness {
	w := b[ps[i].lo:ps[i].hi]
	if key {
		return hard
	}
	if bytes.IndexByte(w, ',') > 0 {
		return named // a list
	}
	if isState(w) {
		return hard
	}
	dotted := bytes.Count(w, []byte{'.'}) >= 2
	if firstWord(b, ps, i) {
		if dotted || bytes.IndexByte(w, '.') > 0 && names(b, ps, i) {
			return ident
		}
		return numberedOr(w, plain)
	}
	if quoted(b, ps, i) || glued(b, ps, i-1, '=') {
		return named
	}
	switch c := cue(b, ps, i); {
	case strongCues[c], restates(b, ps, i):
		return named
	case dotted || isIdent(w):
		return ident
	case glued(b, ps, i-1, ':') || i > 1 && ps[i-1].kind == blank && (glued(b, ps, i-2, ':') || glued(b, ps, i-2, '=')):
		return numberedOr(w, ident)
	case weakCues[c], glued(b, ps, i-1, '(') && glued(b, ps, i+1, ')'), glued(b, ps, i-1, '[') && glued(b, ps, i+1, ']'):
		return numberedOr(w, weak)
	}
	return numberedOr(w, plain)
}

func numberedOr(w []byte, s softness) softness {
	if nextDigit(w, 0) < len(w) {
		return numbered
	}
	return s
}

// restates says that the word at i stands in brackets behind a value, and so
// says in words what the value is: "process 18866 (httpd)", "error 5 (gone)".
func restates(b []byte, ps []piece, i int) bool {
	return glued(b, ps, i-1, '(') && glued(b, ps, i+1, ')') && i > 2 && ps[i-2].kind == blank && valueAt(ps, i-3)
}

// names says that the word at i names who speaks: "usb.c: …", "chrome.exe - …".
func names(b []byte, ps []piece, i int) bool {
	return glued(b, ps, i+1, ':') || i+2 < len(ps) && ps[i+1].kind == blank && glued(b, ps, i+2, '-')
}

// firstWord says that the word at i opens the message, or does so after a
// prefix of values and bracketed fields, or after a dash.
func firstWord(b []byte, ps []piece, i int) bool {
	if i > 2 && ps[i-1].kind == blank && glued(b, ps, i-2, '-') && ps[i-3].kind == blank {
		return true
	}
	depth := 0
	for k, p := range ps[:i] {
		switch {
		case glued(b, ps, k, '['):
			depth++
		case glued(b, ps, k, ']'):
			depth--
		case p.kind == word && depth <= 0:
			return false
		}
	}
	return depth <= 0
}

// quoted says that the word at i stands alone between quotes.
func quoted(b []byte, ps []piece, i int) bool {
	for _, q := range []byte("\"'`") {
		if glued(b, ps, i-1, q) && glued(b, ps, i+1, q) {
			return true
		}
	}
	return false
}

// cue is the word before i in lower case, looking over a blank, a colon, a
// number sign or an opening quote or bracket.
func cue(b []byte, ps []piece, i int) string {
	for i--; i >= 0; i-- {
		switch ps[i].kind {
		case word:
			return lower(b[ps[i].lo:ps[i].hi])
		case value:
			return ""
		case punct:
			switch b[ps[i].lo] {
			case ':', '#', '"', '\'', '`', '[', '(', '<', '{':
			default:
				return ""
			}
		}
	}
	return ""
}

// isIdent says that a word looks like the name of a thing rather than a word
// of a sentence: inner punctuation or inner capitals.
func isIdent(w []byte) bool {
	for i, c := range w {
		switch {
		case i == 0 || i == len(w)-1:
		case c == '_' || c == '.' || c == '$' || c == '/' || c == '\\' || c == '~' || c == '@' || c == '-':
			return true
		case c >= 'A' && c <= 'Z' && w[i-1] >= 'a' && w[i-1] <= 'z':
			return true
		}
	}
	return false
}
