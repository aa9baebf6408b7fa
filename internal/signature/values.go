package signature

import "strings"

// Values gives what stands at the wildcards of a template in a message's
// first line, in order; nil when the message does not come from it. Where a
// template stands for a printed list of records, the values of all records
// come as one.
func Values(message, template string) []string {
	line, cut := firstLine([]byte(message))
	_, spans := scan(line, cut, nil)
	ps := mask(line, lex(line, spans, nil))
	if !cut && render(line, ps) == template {
		return maskedValues(line, ps)
	}
	text := joinBlanks(line)
	var out []string
	for _, v := range matchValues(text, template) {
		out = append(out, text[v[0]:v[1]])
	}
	return out
}

// maskedValues are the values that the mask alone found.
func maskedValues(line []byte, ps []piece) []string {
	var out []string
	for _, p := range ps {
		if p.kind == value {
			out = append(out, string(line[p.lo:p.hi]))
		}
	}
	return out
}

// joinBlanks writes every run of blanks as one space, as shapes do.
func joinBlanks(line []byte) string { return strings.Join(strings.Fields(string(line)), " ") }

// matchValues finds where the values of a template stand in a text, given its
// literal parts: each as early as it can be, the last one to the end. It is
// nil when the text does not come from the template.
func matchValues(text, template string) [][2]int {
	literals := strings.Split(template, Wildcard)
	if len(literals) == 1 || !strings.HasPrefix(text, literals[0]) {
		return nil
	}
	at := len(literals[0])
	var out [][2]int
	for i, l := range literals[1:] {
		end := -1
		if i == len(literals)-2 {
			if strings.HasSuffix(text[at:], l) {
				end = len(text) - len(l)
			}
		} else if n := strings.Index(text[at:], l); n >= 0 {
			end = at + n
		}
		if end < at {
			return nil
		}
		out = append(out, [2]int{at, end})
		at = end + len(l)
	}
	return out
}

// ExplainTemplate is Explain with the template that grouping gave the
// message: what only grouping took for a value is named so. It is nil when
// the message does not come from the template word for word, as with a
// printed list of records.
func ExplainTemplate(message, template string, r Rules) []Part {
	rules := map[string]string{}
	for _, p := range Explain(message, r) {
		if p.IsValue {
			rules[p.Text] = p.Rule
		}
	}
	line, _ := firstLine([]byte(message))
	text := joinBlanks(compile(r).rewrite(line))
	var out []Part
	at := 0
	for _, v := range matchValues(text, template) {
		if v[0] > at {
			out = append(out, Part{Text: text[at:v[0]], Rule: ruleNames[ruleNone]})
		}
		why, ok := rules[text[v[0]:v[1]]]
		if !ok {
			why = ruleNames[ruleColumn]
		}
		out = append(out, Part{Text: text[v[0]:v[1]], IsValue: true, Rule: why})
		at = v[1]
	}
	if len(out) > 0 && at < len(text) {
		out = append(out, Part{Text: text[at:], Rule: ruleNames[ruleNone]})
	}
	return out
}
