package intake

import (
	"bytes"

	"almanac/schemas"
)

// header finds the level among the first words after the stamp and the
// beginning of the message.
func (p *stampedLog) header(rest []byte, e *schemas.Event) {
	e.TraceID = alias(bracketTrace(rest))
	if b := trimLeft(rest, " \t"); isThrowable(b) { // a stamp and an exception: its class is no logger
		e.Message = alias(trimRight(b, " \t"))
		return
	}
	rest = trimLeft(rest, " \t,:|")
	b, words := rest, 0
	for tries := 0; e.Level == "" && tries < 6 && len(b) > 0; tries++ {
		word, end := headerWord(b)
		level := ""
		if plausibleLevel(word, b[:end], tries == 0) {
			level = levelOf(word)
		}
		if i := bytes.LastIndexByte(word, '.'); level == "" && i > 0 && b[end-1] == ':' && plausibleLevel(word[i+1:], b[:end], false) {
			level = levelOf(word[i+1:]) // Monolog: channel.ERROR:
		}
		if level != "" {
			e.Level = level
			if words > 0 && !dashBefore(rest, b) {
				e.Message = alias(bytes.TrimRight(rest, " ")) // a word of prose came first
				return
			}
			p.message(b[end:], e)
			return
		}
		if !headerLike(word, b[0]) {
			if words++; words > 1 {
				break
			}
		}
		b = trimLeft(b[end:], " \t|,:")
	}
	p.message(rest, e)
}

// headerWord gives the next word without its brackets, and where it ends. A
// bracketed group is one word.
func headerWord(b []byte) (word []byte, end int) {
	if b[0] == '[' || b[0] == '(' || b[0] == '<' {
		if n := bracket(b); n > 0 {
			return bytes.TrimSpace(b[1 : n-1]), n
		}
	}
	for end < len(b) && b[end] != ' ' && b[end] != '\t' && b[end] != '|' && (b[end] != '[' || end == 0) {
		end++
	}
	if end == 0 {
		end = 1
	}
	return trimRight(b[:end], ":,]"), end
}

// bracket measures a balanced bracketed group at b[0]; 0: it does not end.
func bracket(b []byte) int {
	open, depth := b[0], 0
	shut := byte(']')
	if open == '(' {
		shut = ')'
	} else if open == '<' {
		shut = '>'
	}
	for i := 0; i < len(b) && i < 512; i++ {
		switch b[i] {
		case open:
			depth++
		case shut:
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}

// plausibleLevel keeps words of prose from being read as levels: a level is in
// capitals or bracketed, or the very first word.
func plausibleLevel(word, raw []byte, first bool) bool {
	if len(word) < 3 || len(word) > 12 {
		return false
	}
	if raw[0] == '[' || raw[0] == '<' {
		return true
	}
	if first {
		switch string(word) { // of prose
		case "panic", "alert", "note", "log", "default", "fine", "config", "failure", "emergency":
			return false
		}
		return true
	}
	for _, c := range word {
		if c < 'A' || c > 'Z' {
			return false
		}
	}
	return true
}

// headerLike words stand between stamp and level: numbers, brackets, dashes,
// dotted names.
func headerLike(word []byte, first byte) bool {
	if first == '[' || first == '(' || first == '<' || first == '-' || len(word) == 0 || isDigit(first) {
		return true
	}
	return bytes.IndexByte(word, '.') > 0 || bytes.IndexByte(word, '/') > 0 || bytes.IndexByte(word, '#') > 0
}

// dashBefore says that "- " stands before b in rest: name - LEVEL - message.
func dashBefore(rest, b []byte) bool {
	head := trimRight(rest[:len(rest)-len(b)], " |")
	return len(head) > 0 && (head[len(head)-1] == '-' || len(rest) > len(b) && rest[len(head)] == '|')
}

// message strips thread and logger where a separator shows that they are such.
func (p *stampedLog) message(b []byte, e *schemas.Event) {
	b = trimLeft(b, " \t:|]")
	if hasPrefix(b, "- ") {
		b = bytes.TrimLeft(b[2:], " ")
		if word, _, _ := bytes.Cut(b, []byte{' '}); bytes.IndexByte(word, '.') < 0 && len(b) > 0 && b[0] != '[' { // LEVEL - message - more of it
			e.Message = alias(trimRight(b, " \t"))
			return
		}
	}
	e.Message = alias(trimRight(p.afterLogger(b, e), " \t"))
}

// springDashes finds "--- [" after the process id of Spring Boot, before which
// a group of trace ids may stand; -1: there is none.
func springDashes(b []byte) int {
	if len(b) == 0 || !isDigit(b[0]) && b[0] != '[' {
		return -1
	}
	return bytes.Index(b[:min(len(b), 160)], []byte("--- ["))
}

func (p *stampedLog) afterLogger(b []byte, e *schemas.Event) []byte {
	if i := springDashes(b); i >= 0 {
		if k := bytes.Index(b[i:], []byte(" : ")); k > 0 {
			return bytes.TrimLeft(b[i+k+3:], " ")
		}
	}
	q, groups := b, 0
	for len(q) > 0 && q[0] == '[' && groups < 4 {
		n := bracket(q)
		if n == 0 {
			return b
		}
		if name := bytes.TrimRight(q[1:n-1], " "); groups == 0 && bytes.IndexByte(name, '.') > 0 && isLoggerName(name) {
			b = bytes.TrimLeft(q[n:], " ") // Elasticsearch: [LEVEL][logger] text
		}
		q = bytes.TrimLeft(q[n:], " ")
		groups++
	}
	if groups > 0 && (hasPrefix(q, "- ") || hasPrefix(q, ": ")) {
		return bytes.TrimLeft(q[2:], " ")
	}
	end := bytes.IndexByte(q, ' ')
	if end <= 0 || end > 120 {
		return b
	}
	word := q[:end]
	after := bytes.TrimLeft(q[end:], " ")
	if hasPrefix(after, "- ") || hasPrefix(after, ": ") {
		if isLoggerName(bytes.TrimSuffix(word, []byte{':'})) {
			return bytes.TrimLeft(after[2:], " ")
		}
		return b
	}
	dotted := bytes.IndexByte(word, '.') > 0 || bytes.IndexByte(word, '$') > 0
	if word[end-1] == ':' && isLoggerName(word[:end-1]) && (dotted || groups > 0) {
		return after
	}
	if dotted && hasPrefix(after, "[") && isLoggerName(word) { // oslo.log: logger [req-…] message
		if n := bracket(after); n > 0 {
			if hasPrefix(after, "[req-") {
				id, _, _ := bytes.Cut(after[1:n-1], []byte{' '})
				e.TraceID = alias(id)
			}
			return bytes.TrimLeft(after[n:], " ")
		}
	}
	if bytes.Count(word, []byte{'.'}) >= 2 && isLoggerName(word) {
		return after
	}
	return b
}

// isLoggerName: letters, digits and the signs of class names.
func isLoggerName(b []byte) bool {
	for _, c := range b {
		if !isWordByte(c) && c != '.' && c != '$' && c != '-' && c != '/' && c != '@' && c != '<' && c != '>' && c != '(' && c != ')' {
			return false
		}
	}
	return len(b) > 0 && !isDigit(b[0])
}
