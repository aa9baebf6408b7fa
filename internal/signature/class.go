package signature

import "bytes"

// isPath says that the word at i is a file path or a component name: it begins
// at a root, or has slashes and looks like no "and/or".
func isPath(b []byte, ps []piece, i int) bool {
	w := b[ps[i].lo:ps[i].hi]
	switch {
	case w[0] == '/' || w[0] == '\\':
		return len(w) > 1
	case len(w) > 2 && (w[0] == '~' || w[0] == '.') && (w[1] == '/' || w[1] == '\\'),
		len(w) > 3 && w[0] == '.' && w[1] == '.' && (w[2] == '/' || w[2] == '\\'):
		return true
	}
	slashes := bytes.Count(w, []byte{'/'}) + bytes.Count(w, []byte{'\\'})
	dots := bytes.Count(w, []byte{'.'})
	return slashes >= 2 || slashes == 1 && dots >= 1
}

// isHost says that a word is a host name: a dotted name under a public or a
// customary private domain, or any dotted name with a port behind it. Names
// of classes begin with the domain (com.example.Thing); names of files end in
// a suffix, with a line number for a port.
func isHost(w []byte, port bool) bool {
	i := bytes.LastIndexByte(w, '.')
	if i <= 0 || i == len(w)-1 {
		return string(w) == "localhost"
	}
	for _, c := range w {
		if class[c]&(isLetter|isDigit) == 0 && c != '.' && c != '-' && c != '_' {
			return false
		}
	}
	first := w[:bytes.IndexByte(w, '.')]
	if classRoots[lower(first)] {
		return false
	}
	last := lower(w[i+1:])
	if topDomains[last] {
		return true
	}
	rest := w[:i]
	second := rest[bytes.LastIndexByte(rest, '.')+1:]
	if len(last) == 2 && len(second) < len(rest) && secondDomains[lower(second)] {
		return true
	}
	return port && !fileSuffixes[last] && !hasUpper(w[i+1:])
}

// isAddress says that a word is a mail address or a login at a host; the
// default text of an object of class a.b.Type@hash is not.
func isAddress(w []byte) bool {
	i := bytes.IndexByte(w, '@')
	return i > 0 && i < len(w)-1 && bytes.IndexByte(w[i+1:], '@') < 0
}

// isBool says that a word is the printed value of a boolean or a pointer.
func isBool(w []byte) bool {
	switch string(w) {
	case "true", "True", "TRUE", "false", "False", "FALSE", "null", "NULL", "None", "nil", "undefined", "NaN":
		return true
	}
	return false
}

func isHexWord(w []byte) bool {
	for _, c := range w {
		if class[c]&isHex == 0 {
			return false
		}
	}
	return true
}

func hasUpper(w []byte) bool {
	for _, c := range w {
		if c >= 'A' && c <= 'Z' {
			return true
		}
	}
	return false
}

func hasLower(w []byte) bool {
	for _, c := range w {
		if c >= 'a' && c <= 'z' || c >= 0x80 {
			return true
		}
	}
	return false
}

// lower is the ASCII lower case of a short word.
func lower(w []byte) string { return string(bytes.ToLower(w)) }

// keepsValue says that the values of a key are a closed set that tells
// statements apart, or the message itself.
func keepsValue(key []byte) bool {
	if i := bytes.LastIndexAny(key, "._-"); i >= 0 && i+1 < len(key) {
		key = key[i+1:]
	}
	return keptKeys[lower(key)]
}

// isState says that a word belongs to the closed vocabulary of states, levels,
// verbs and function words, or has the form of one: it is part of the
// statement, not a value put into it.
func isState(w []byte) bool {
	if len(w) >= 2 && hasUpper(w) && !hasLower(w) {
		return true // a constant of the program: LOOKING, E_FAIL
	}
	l := bytes.ToLower(w)
	if vocabulary[string(l)] {
		return true
	}
	for _, suffix := range []string{"ed", "ing", "able", "ible", "ly", "tion", "ment", "ful", "less"} {
		if len(l) > len(suffix)+2 && bytes.HasSuffix(l, []byte(suffix)) && bytes.IndexAny(l, "._-$/@\\") < 0 && !hasUpper(w[1:]) {
			return true
		}
	}
	return false
}
