package signature

import "strings"

// Part is a piece of a message with what was made of it.
type Part struct {
	Text    string // as it stands in the message's first line
	IsValue bool   // masked in the shape
	Rule    string // why; "text" for what stays
}

// Explain says piece by piece which rule masked a message's first line. The
// texts of the parts, put together, are the line (as the site's patterns left
// it, with 00 for what they matched).
func Explain(message string, r Rules) []Part {
	line, cut := firstLine([]byte(message))
	line = compile(r).rewrite(line)
	_, spans := scan(line, cut, nil)
	ps := mask(line, lex(line, spans, nil))
	var out []Part
	at := int32(0)
	add := func(hi int32, isValue bool, why rule) {
		if hi <= at {
			return
		}
		text := string(line[at:hi])
		at = hi
		if n := len(out); n > 0 && !isValue && !out[n-1].IsValue {
			out[n-1].Text += text
			return
		}
		out = append(out, Part{Text: text, IsValue: isValue, Rule: ruleNames[why]})
	}
	for _, p := range ps {
		if p.kind != value {
			continue
		}
		add(p.lo, false, ruleNone)
		why := p.why
		if why == ruleDigit {
			out = append(out, Part{Text: string(line[p.lo:p.hi]), IsValue: true, Rule: digitClass(line[p.lo:p.hi])})
			at = p.hi
			continue
		}
		add(p.hi, true, why)
	}
	add(int32(len(line)), false, ruleNone)
	if cut {
		out = append(out, Part{Text: "…", IsValue: true, Rule: "beyond 4096 bytes"})
	}
	return out
}

// digitClass names what a token with a digit is. It is for people: the shape
// does not depend on it.
func digitClass(w []byte) string {
	letters, digits, others := 0, 0, 0
	for _, c := range w {
		switch {
		case class[c]&isDigit != 0:
			digits++
		case class[c]&isLetter != 0:
			letters++
		default:
			others++
		}
	}
	s := string(w)
	switch {
	case letters == 0 && strings.Count(s, ".") == 3 && digits <= 12 && others == 3:
		return "IPv4 address"
	case len(s) == 36 && strings.Count(s, "-") == 4:
		return "UUID"
	case strings.HasPrefix(s, "0x") || strings.HasPrefix(s, "0X"):
		return "hexadecimal number"
	case strings.ContainsAny(s, "/\\"):
		return "path"
	case letters == 0 && strings.Count(s, ":") >= 2, letters == 0 && strings.Count(s, "-") == 2:
		return "date or time"
	case letters == 0:
		return "number"
	case strings.Contains(s, ":"):
		return "address"
	}
	return "id with a digit"
}
