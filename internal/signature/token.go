package signature

import "bytes"

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

// wild is the id of Wildcard among the words of a grouping.
const wild = 0

// token is one place of a shape.
type token struct {
	id    uint32 // the word's number in words
	soft  softness
	space bool // a blank stands before it
	isKey bool // names what follows: never a value
	isWrd bool // a word (not punctuation or a value)
}

// words numbers the words of a grouping.
type words struct {
	ids  map[string]uint32
	text []string
	skel []uint32 // id of the word with its digit as '#', for numbered words
}

func newWords() *words {
	w := &words{ids: map[string]uint32{}}
	w.id([]byte(Wildcard))
	return w
}

func (w *words) id(b []byte) uint32 {
	if n, ok := w.ids[string(b)]; ok {
		return n
	}
	n := uint32(len(w.text))
	s := string(b)
	w.ids[s] = n
	w.text = append(w.text, s)
	w.skel = append(w.skel, n)
	if i := nextDigit(b, 0); i < len(b) {
		skel := append([]byte(nil), b...)
		skel[i] = '#'
		w.skel[n] = w.id(skel)
	}
	return n
}

// tokens cuts a shape's text for grouping.
func (w *words) tokens(text []byte, ps []piece, never map[string]bool) []token {
	ps = joinWordLists(text, ps)
	out := make([]token, 0, len(ps))
	space := false
	for i, p := range ps {
		if p.kind == blank {
			space = true
			continue
		}
		t := token{space: space, isWrd: p.kind == word}
		space = false
		switch p.kind {
		case value:
			t.id, t.soft = wild, named
		case word:
			b := text[p.lo:p.hi]
			t.id = w.id(b)
			t.isKey = isKey(text, ps, i)
			t.soft = soften(text, ps, i, t.isKey)
			if never[string(b)] {
				t.soft, t.isKey = hard, true
			}
		default:
			t.id = w.id(text[p.lo:p.hi])
		}
		out = append(out, t)
	}
	return out
}

// joinWordLists makes one word of a list of words: "a,b" and, between
// brackets, "a, b, c".
func joinWordLists(b []byte, ps []piece) []piece {
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
	case glued(b, ps, i+1, '='), glued(b, ps, i+1, '('):
		return true
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
	if firstWord(ps, i) {
		if dotted {
			return ident
		}
		return numberedOr(w, plain)
	}
	if quoted(b, ps, i) || glued(b, ps, i-1, '=') {
		return named
	}
	switch c := cue(b, ps, i); {
	case strongCues[c]:
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

func firstWord(ps []piece, i int) bool {
	for _, p := range ps[:i] {
		if p.kind == word || p.kind == value {
			return false
		}
	}
	return true
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
