package signature

// rule says why a piece of a line is a value. Each has a reason that holds
// for logs at large, not a threshold.
type rule uint8

const (
	ruleNone    rule = iota
	ruleDigit        // a token with a digit: number, id, address, time, version
	ruleURL          // scheme://…
	rulePath         // /a/b, C:\a, a/b/c
	ruleHost         // a.b.com, name:port
	ruleEmail        // name@host
	ruleBool         // true, false, null: printed values of a variable
	ruleHex          // eight or more hex digits that happen to be letters
	ruleLong         // a token of more than 64 bytes
	ruleTime         // month, weekday, am/pm, zone beside a time
	ruleUnit         // unit of the size or duration before it
	ruleSetting      // the value of key=value
	ruleQuote        // quoted text of several words
	ruleList         // further members of a list of values
	ruleAbsent       // a dash in a field of its own
	ruleColumn       // many values in this place of the statement (grouping)
)

var ruleNames = [...]string{
	ruleNone: "text", ruleDigit: "token with a digit", ruleURL: "URL", rulePath: "path",
	ruleHost: "host name", ruleEmail: "mail or login address", ruleBool: "boolean or null",
	ruleHex: "hexadecimal id", ruleLong: "token over 64 bytes", ruleTime: "part of a time",
	ruleUnit: "unit of a size or duration", ruleSetting: "value of key=value",
	ruleQuote: "quoted text", ruleList: "list of values", ruleAbsent: "absent value",
	ruleColumn: "column of many values",
}

// mask finds the values that carry no digit and joins neighbours.
func mask(b []byte, ps []piece) []piece {
	ps = maskURLs(b, ps)
	ps = maskTargets(b, ps)
	for i := range ps {
		if ps[i].kind == word {
			if r := wordRule(b, ps, i); r != ruleNone {
				ps[i].kind, ps[i].why = value, r
			}
		}
	}
	ps = maskSettings(b, ps)
	ps = maskQuotes(b, ps)
	maskNeighbours(b, ps)
	ps = maskUnits(b, ps)
	ps = maskRanges(b, ps)
	maskAbsent(b, ps)
	ps = joinLists(b, ps)
	ps = joinRepeats(b, ps)
	if len(ps) > maxPieces { // a dump of data follows the statement
		last := ps[len(ps)-1]
		ps = ps[:maxPieces]
		ps[maxPieces-1] = piece{lo: ps[maxPieces-1].lo, hi: last.hi, kind: value, why: ruleList}
	}
	return ps
}

// maxPieces is how many words and marks of a line belong to its statement:
// nobody writes longer ones, but programs print whole tables.
const maxPieces = 160

// wordRule is the rule by which a word is a value by its own looks.
func wordRule(b []byte, ps []piece, i int) rule {
	w := b[ps[i].lo:ps[i].hi]
	switch {
	case len(w) > 64:
		return ruleLong
	case isPath(b, ps, i):
		return rulePath
	case isHost(w, glued(b, ps, i+1, ':') && valueAt(ps, i+2)):
		return ruleHost
	case isAddress(w):
		return ruleEmail
	case isBool(w):
		return ruleBool
	case len(w) >= 8 && isHexWord(w):
		return ruleHex
	}
	return ruleNone
}

// glued says that piece i is the punctuation c.
func glued(b []byte, ps []piece, i int, c byte) bool {
	return i >= 0 && i < len(ps) && ps[i].kind == punct && ps[i].hi-ps[i].lo == 1 && b[ps[i].lo] == c
}

func valueAt(ps []piece, i int) bool { return i >= 0 && i < len(ps) && ps[i].kind == value }

// maskURLs joins scheme, colon and the rest of a URL, and a drive with its
// path.
func maskURLs(b []byte, ps []piece) []piece {
	out := ps[:0]
	for i := 0; i < len(ps); i++ {
		p := ps[i]
		switch {
		case p.kind != word || !glued(b, ps, i+1, ':') || i+2 >= len(ps):
		case p.hi-p.lo == 1 && startsSlash(b, ps[i+2]): // a drive's letter
			p.hi, p.kind, p.why = ps[i+2].hi, value, rulePath
			i += 2
		case startsSlashes(b, ps[i+2]):
			end := urlEnd(b, ps, i+2)
			p.hi, p.kind, p.why = ps[end-1].hi, value, ruleURL
			i = end - 1
		}
		out = append(out, p)
	}
	return out
}

// maskTargets joins the pieces of a path with a query (/a?b=c&d=e), and of
// what a request line asks for, whatever it looks like.
func maskTargets(b []byte, ps []piece) []piece {
	out := ps[:0]
	for i := 0; i < len(ps); i++ {
		p := ps[i]
		asked := i >= 2 && ps[i-1].kind == blank && isRequest(b, ps, i-2) && p.kind != blank
		query := glued(b, ps, i+1, '=') && (asked || startsSlash(b, p)) && p.kind != punct
		if asked && startsSlash(b, p) || query {
			end := urlEnd(b, ps, i)
			p.hi, p.kind, p.why = ps[end-1].hi, value, ruleURL
			i = end - 1
		}
		out = append(out, p)
	}
	return out
}

func startsSlash(b []byte, p piece) bool {
	return p.kind == value && p.slash > 0 || p.kind == word && (b[p.lo] == '/' || b[p.lo] == '\\')
}

func startsSlashes(b []byte, p piece) bool {
	if p.kind == value {
		return p.slash == 2
	}
	return p.hi-p.lo >= 2 && b[p.lo] == '/' && b[p.lo+1] == '/'
}

// urlEnd is the first piece after the URL whose rest begins at i: it goes on
// over inner punctuation, but not over what ends it.
func urlEnd(b []byte, ps []piece, i int) int {
	end := i + 1
	for j := i + 1; j < len(ps); j++ {
		p := ps[j]
		if p.kind == blank {
			break
		}
		if p.kind == punct {
			switch b[p.lo] {
			case '"', '\'', '`', '<', '>', ')', ']', '}', '|', '(', '[', '{':
				return end
			}
			continue // counts only when something of the URL follows
		}
		end = j + 1
	}
	return end
}

// maskSettings masks the value of key=value: a program prints it because it
// varies. Keys whose values are a closed set of states stay, as do values
// that begin with a bracket (their inside is looked at on its own).
func maskSettings(b []byte, ps []piece) []piece {
	out := ps[:0]
	for i := 0; i < len(ps); i++ {
		out = append(out, ps[i])
		if !glued(b, ps, i, '=') || i == 0 || ps[i-1].kind == blank || ps[i-1].kind == punct || i+1 >= len(ps) {
			continue
		}
		if ps[i-1].kind == word && keepsValue(b[ps[i-1].lo:ps[i-1].hi]) {
			continue
		}
		end := settingEnd(b, ps, i+1)
		if end == i+1 {
			continue
		}
		v := ps[i+1]
		if end == i+2 && v.kind == word && isState(b[v.lo:v.hi]) {
			continue
		}
		why := ruleSetting
		if end == i+2 && v.kind == value {
			why = v.why
		}
		out = append(out, piece{lo: v.lo, hi: ps[end-1].hi, kind: value, slash: 0, why: why})
		i = end - 1
	}
	return out
}

// settingEnd is the first piece after the value that begins at i: a word or a
// value, with a bracketed group that is glued to it (WorkSource{10113}), or a
// quoted text. It is i when there is no such value.
func settingEnd(b []byte, ps []piece, i int) int {
	if glued(b, ps, i, '"') {
		for j := i + 1; j < len(ps) && j < i+40; j++ {
			if glued(b, ps, j, '"') {
				return j + 1
			}
		}
		return i
	}
	if ps[i].kind != word && ps[i].kind != value {
		return i
	}
	end := bracketEnd(b, ps, i+1)
	for (glued(b, ps, end, '|') || glued(b, ps, end, ':')) && end+1 < len(ps) &&
		(ps[end+1].kind == word || ps[end+1].kind == value) && !glued(b, ps, end+2, '=') {
		end += 2 // a|b|c, 12:30:11
	}
	return end
}

// bracketEnd is the first piece after the balanced bracket group at i, or i
// when none of at most maxPieces begins there.
func bracketEnd(b []byte, ps []piece, i int) int {
	depth := 0
	for j := i; j < min(len(ps), i+maxPieces); j++ {
		if ps[j].kind == punct && ps[j].hi-ps[j].lo == 1 {
			switch b[ps[j].lo] {
			case '(', '[', '{':
				depth++
			case ')', ']', '}':
				depth--
			}
		}
		if depth == 0 {
			if j == i {
				return i
			}
			return j + 1
		}
		if depth < 0 {
			return i
		}
	}
	return i
}

// maskQuotes masks quoted text of several words. Request lines keep their
// method, keys of JSON stay, and so does the text of a message field.
func maskQuotes(b []byte, ps []piece) []piece {
	out := ps[:0]
	for i := 0; i < len(ps); i++ {
		out = append(out, ps[i])
		end, words := quoteEnd(b, ps, i)
		if end == 0 || words < 2 || glued(b, ps, end+1, ':') || isRequest(b, ps, i+1) || quoteKept(b, ps, i) {
			continue
		}
		out = append(out, piece{lo: ps[i+1].lo, hi: ps[end-1].hi, kind: value, why: ruleQuote}, ps[end])
		i = end
	}
	return out
}

// quoteEnd is the closing quote of the quoted text that opens at i, with the
// number of words and values inside; 0 when none opens here.
func quoteEnd(b []byte, ps []piece, i int) (end, words int) {
	if !glued(b, ps, i, '"') && !glued(b, ps, i, '\'') && !glued(b, ps, i, '`') {
		return 0, 0
	}
	q := b[ps[i].lo]
	if i > 0 && (ps[i-1].kind == word || ps[i-1].kind == value) {
		return 0, 0 // an apostrophe
	}
	for j := i + 1; j < len(ps) && j < i+60; j++ {
		if ps[j].kind == word || ps[j].kind == value {
			words++
		}
		if glued(b, ps, j, q) && (j+1 == len(ps) || ps[j+1].kind == blank || ps[j+1].kind == punct) {
			return j, words
		}
	}
	return 0, 0
}

// quoteKept says that the quoted text at i is the message itself.
func quoteKept(b []byte, ps []piece, i int) bool {
	k := i - 2
	if !glued(b, ps, i-1, '=') && !glued(b, ps, i-1, ':') {
		return false
	}
	for k >= 0 && ps[k].kind == punct {
		k--
	}
	return k >= 0 && ps[k].kind == word && keepsValue(b[ps[k].lo:ps[k].hi])
}

func isRequest(b []byte, ps []piece, i int) bool {
	return i < len(ps) && ps[i].kind == word && httpMethods[string(b[ps[i].lo:ps[i].hi])]
}
