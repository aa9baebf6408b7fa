package redact

import (
	"bufio"
	"fmt"
	"regexp"
	"strings"
)

// Rule is a rule of the site's own: what Pattern matches, or its first group
// where it has one, becomes a token of Kind.
type Rule struct {
	Kind    string
	Pattern *regexp.Regexp
}

var kindPattern = regexp.MustCompile(`^[a-z][a-z_]{0,19}$`)

// ParseRules reads a file of rules: one a line, a kind, blanks and a Go
// regular expression; lines that begin with # and empty ones are skipped.
// name stands in errors.
func ParseRules(name, text string) ([]Rule, error) {
	var rules []Rule
	lines := bufio.NewScanner(strings.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		kind, pattern, _ := strings.Cut(line, " ")
		pattern = strings.TrimSpace(pattern)
		if !kindPattern.MatchString(kind) || pattern == "" {
			return nil, fmt.Errorf("read redaction rule %s:%d: want a kind of lower-case letters and a pattern, such as: customer C-[0-9]{8}", name, n)
		}
		re, err := regexp.Compile(pattern)
		if err != nil {
			return nil, fmt.Errorf("read redaction rule %s:%d: %w", name, n, err)
		}
		if re.MatchString("") {
			return nil, fmt.Errorf("read redaction rule %s:%d: the pattern matches the empty text; make it say what it must contain", name, n)
		}
		rules = append(rules, Rule{Kind: kind, Pattern: re})
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read redaction rules %s: %w", name, err)
	}
	return rules, nil
}

func (rule Rule) apply(r *Redactor, s string) string {
	matches := rule.Pattern.FindAllStringSubmatchIndex(s, -1)
	if matches == nil {
		return s
	}
	var out strings.Builder
	last := 0
	for _, m := range matches {
		start, end := m[0], m[1]
		if len(m) >= 4 && m[2] >= 0 {
			start, end = m[2], m[3]
		}
		if start < last || start == end {
			continue
		}
		out.WriteString(s[last:start])
		r.writeToken(&out, rule.Kind, s[start:end])
		last = end
	}
	out.WriteString(s[last:])
	return out.String()
}
