package signature

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
)

// Pattern is a site's own value: text that matches is a value of that class.
// Exactly one of Regexp and Literal is set.
type Pattern struct {
	Class   string // name shown by Explain, such as "order"
	Regexp  string // RE2; matched against the first line
	Literal string // exact text
}

// Rules are what a site knows about its own logs.
type Rules struct {
	// Patterns are masked before anything else.
	Patterns []Pattern
	// NeverMerge are words that tell statements apart: a column that holds
	// one of them is never taken for a value. Whole words, case-sensitive.
	NeverMerge []string
}

// DefaultRules are the rules of a site that has none of its own.
func DefaultRules() Rules { return Rules{} }

// Check says what is wrong with the rules; nil when nothing is.
func (r Rules) Check() error {
	for i, p := range r.Patterns {
		if (p.Regexp == "") == (p.Literal == "") {
			return fmt.Errorf("signature pattern %d (%q): give either regexp or literal", i+1, p.Class)
		}
		if p.Regexp == "" {
			continue
		}
		re, err := regexp.Compile(p.Regexp)
		if err != nil {
			return fmt.Errorf("signature pattern %d (%q): %w", i+1, p.Class, err)
		}
		if re.MatchString("") {
			return fmt.Errorf("signature pattern %d (%q): regexp %q matches the empty text", i+1, p.Class, p.Regexp)
		}
	}
	return nil
}

// compiled is Rules made ready.
type compiled struct {
	hasPatterns bool
	patterns    []matcher
	never       map[string]bool
}

type matcher struct {
	class   string
	re      *regexp.Regexp
	literal []byte
}

func compile(r Rules) *compiled {
	c := &compiled{never: map[string]bool{}}
	for _, p := range r.Patterns {
		m := matcher{class: p.Class, literal: []byte(p.Literal)}
		if p.Regexp != "" {
			re, err := regexp.Compile(p.Regexp)
			if err != nil || re.MatchString("") {
				continue
			}
			m.re = re
		} else if p.Literal == "" {
			continue
		}
		c.patterns = append(c.patterns, m)
	}
	c.hasPatterns = len(c.patterns) > 0
	for _, w := range r.NeverMerge {
		c.never[w] = true
	}
	return c
}

// placeholder is what a matched text becomes: two digits, which the scanner
// takes for a value together with the rest of their token.
const placeholder = "00"

// rewrite replaces what the site's patterns match, in their order. The line
// itself is left alone.
func (c *compiled) rewrite(line []byte) []byte {
	for _, m := range c.patterns {
		switch {
		case m.re != nil && m.re.Match(line):
			line = m.re.ReplaceAllLiteral(line, []byte(placeholder))
		case m.re == nil && bytes.Contains(line, m.literal):
			line = bytes.ReplaceAll(line, m.literal, []byte(placeholder))
		}
	}
	return line
}

// remask puts Wildcard for every token of a shape's text that a pattern of the
// site matches: shapes from before the pattern then group with later ones.
func (c *compiled) remask(text string) string {
	for _, m := range c.patterns {
		var at [][]int
		if m.re != nil {
			at = m.re.FindAllStringIndex(text, -1)
		} else {
			at = indexAll(text, string(m.literal))
		}
		if len(at) == 0 {
			continue
		}
		var out strings.Builder
		done := 0
		for _, r := range at {
			lo, hi := r[0], r[1]
			for lo > done && class[text[lo-1]]&isDelim == 0 {
				lo--
			}
			for hi < len(text) && class[text[hi]]&(isDelim|isTrail) == 0 {
				hi++
			}
			if lo < done {
				continue
			}
			out.WriteString(text[done:lo])
			out.WriteString(Wildcard)
			done = hi
		}
		out.WriteString(text[done:])
		text = out.String()
	}
	return text
}

func indexAll(text, literal string) (at [][]int) {
	for i := 0; ; {
		n := strings.Index(text[i:], literal)
		if n < 0 {
			return at
		}
		at = append(at, []int{i + n, i + n + len(literal)})
		i += n + len(literal)
	}
}
