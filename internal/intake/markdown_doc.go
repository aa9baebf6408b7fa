package intake

import (
	"html"
	"regexp"
	"strings"
)

// mdLine is one line of a Markdown document.
type mdLine struct {
	n    int64 // 1-based
	text string
	code bool // inside a code block
}

// mdSection is a heading with the lines up to the next heading of any level.
type mdSection struct {
	level int // 1-6; 0: the lines before the first heading
	title string
	line  int64
	lines []mdLine
}

var (
	mdHeading  = regexp.MustCompile(`^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$`)
	mdFence    = regexp.MustCompile("^\\s{0,8}(```+|~~~+)")
	mdRule     = regexp.MustCompile(`^\s*(?:[-*_]\s*){3,}$`)
	mdSetext   = regexp.MustCompile(`^ {0,3}(=+|-+)\s*$`)
	mdBoldLine = regexp.MustCompile(`^ {0,3}(?:\*\*|__)\s*([^*_:]{2,60}?)\s*:?\s*(?:\*\*|__)\s*:?\s*$`)
	mdLink     = regexp.MustCompile(`!?\[([^\]\[]*)\]\([^()\s]*(?:\([^()\s]*\))?[^()\s]*(?:\s+"[^"]*")?\)`)
	mdRefLink  = regexp.MustCompile(`\[([^\]\[]+)\]\[[^\]]*\]`)
	mdTag      = regexp.MustCompile(`(?i)</?(?:br|b|i|em|strong|code|p|span|div|sup|sub|details|summary)\b[^<>]*>`)
	mdBullet   = regexp.MustCompile(`^(\s*)(?:[-*+•]|\d{1,3}[.)])\s+(.*)$`)
)

// splitMarkdown cuts a document into its front matter and sections. It works
// by lines, not by the CommonMark tree: reports are full of tables with
// missing pipes and lists without blank lines, and each line keeps its number.
func splitMarkdown(doc string) (front string, sections []mdSection) {
	doc = strings.ReplaceAll(strings.ReplaceAll(doc, "\r\n", "\n"), "\r", "\n")
	doc = dropComments(doc)
	lines := strings.Split(doc, "\n")
	start := 0
	if len(lines) > 0 && strings.TrimSpace(lines[0]) == "---" {
		for i := 1; i < len(lines); i++ {
			if t := strings.TrimSpace(lines[i]); t == "---" || t == "..." {
				front, start = strings.Join(lines[1:i], "\n"), i+1
				break
			}
		}
	}
	cur := mdSection{line: int64(start) + 1}
	fence := ""
	for i := start; i < len(lines); i++ {
		text, n := cut(strings.TrimRight(lines[i], " \t"), maxMarkdownLine), int64(i)+1
		if m := mdFence.FindStringSubmatch(text); m != nil && (fence == "" || strings.HasPrefix(m[1], fence)) {
			if fence == "" {
				fence = m[1]
			} else {
				fence = ""
			}
			continue
		}
		if fence != "" {
			cur.lines = append(cur.lines, mdLine{n, text, true})
			continue
		}
		if m := mdHeading.FindStringSubmatch(text); m != nil {
			sections = append(sections, cur)
			cur = mdSection{level: len(m[1]), title: plainText(m[2]), line: n}
			continue
		}
		if m := mdSetext.FindStringSubmatch(text); m != nil && setextTitle(cur.lines) {
			last := cur.lines[len(cur.lines)-1]
			cur.lines = cur.lines[:len(cur.lines)-1]
			sections = append(sections, cur)
			level := 2
			if m[1][0] == '=' {
				level = 1
			}
			cur = mdSection{level: level, title: plainText(last.text), line: last.n}
			continue
		}
		if title := boldHeading(text); title != "" {
			sections = append(sections, cur)
			cur = mdSection{level: 6, title: title, line: n}
			continue
		}
		cur.lines = append(cur.lines, mdLine{n, text, false})
	}
	return front, append(sections, cur)
}

// boldHeading gives the title where a line in bold alone opens a list or a
// text of a report: **Action Items:**.
func boldHeading(text string) string {
	m := mdBoldLine.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	switch title := plainText(m[1]); headOf(title) {
	case "actions", "timeline", "root_cause", "trigger":
		return title
	}
	return ""
}

// maxMarkdownLine bounds what is looked at of one line, bytes.
const maxMarkdownLine = 8 << 10

// dropComments takes HTML comments out and keeps their line ends.
func dropComments(doc string) string {
	var b strings.Builder
	for {
		from := strings.Index(doc, "<!--")
		if from < 0 {
			break
		}
		to := strings.Index(doc[from:], "-->")
		if to < 0 {
			break
		}
		b.WriteString(doc[:from])
		b.WriteString(strings.Repeat("\n", strings.Count(doc[from:from+to], "\n")))
		doc = doc[from+to+3:]
	}
	b.WriteString(doc)
	return b.String()
}

// setextTitle says whether the last line can be a heading underlined below:
// one line of text alone, no list, table or metadata.
func setextTitle(lines []mdLine) bool {
	if len(lines) == 0 {
		return false
	}
	last := lines[len(lines)-1]
	alone := len(lines) == 1 || strings.TrimSpace(lines[len(lines)-2].text) == ""
	t := strings.TrimSpace(last.text)
	return alone && !last.code && t != "" && !strings.ContainsAny(t[:1], "-*+>|#=") && !strings.Contains(t, ": ") && !mdRule.MatchString(t)
}

// plainText takes inline markup, tags and entities out of s.
func plainText(s string) string {
	s = mdTag.ReplaceAllString(s, " ")
	s = mdLink.ReplaceAllString(s, "$1")
	s = mdRefLink.ReplaceAllString(s, "$1")
	for _, mark := range [...]string{"**", "__", "`", "~~"} {
		s = strings.ReplaceAll(s, mark, "")
	}
	return strings.Join(strings.Fields(html.UnescapeString(s)), " ")
}

// plainLines is the text of lines without markup, paragraphs kept apart.
func plainLines(lines []mdLine, max int) string {
	var b strings.Builder
	for _, l := range lines {
		t := l.text
		if !l.code {
			t = strings.TrimPrefix(strings.TrimSpace(t), "> ")
			if m := mdBullet.FindStringSubmatch(t); m != nil {
				t = "- " + m[2]
			}
			t = plainText(t)
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(t)
		if b.Len() > max {
			break
		}
	}
	text := strings.TrimSpace(b.String())
	for strings.Contains(text, "\n\n\n") {
		text = strings.ReplaceAll(text, "\n\n\n", "\n\n")
	}
	return cut(text, max)
}

// tableCells cuts a table row; ok is false for lines that are none. Rows may
// lack their last pipe.
func tableCells(line string) ([]string, bool) {
	t := strings.TrimSpace(line)
	if !strings.HasPrefix(t, "|") {
		return nil, false
	}
	t = strings.TrimSuffix(strings.TrimPrefix(t, "|"), "|")
	t = strings.ReplaceAll(t, `\|`, "\x00")
	cells := strings.Split(t, "|")
	for i, c := range cells {
		cells[i] = strings.TrimSpace(strings.ReplaceAll(c, "\x00", "|"))
	}
	return cells, true
}

// isTableRule says whether cells are the line under a table's header.
func isTableRule(cells []string) bool {
	for _, c := range cells {
		if strings.Trim(c, "-: ") != "" || !strings.Contains(c, "-") {
			return false
		}
	}
	return len(cells) > 0
}

// mdTable is a table with its header; rows keep their line numbers.
type mdTable struct {
	header []string
	rows   [][]string
	lines  []int64
}

// tablesOf gives the tables of a section in order.
func tablesOf(lines []mdLine) []mdTable {
	var out []mdTable
	var cur *mdTable
	var before []string
	for _, l := range lines {
		cells, ok := tableCells(l.text)
		if l.code || !ok {
			cur, before = nil, nil
			continue
		}
		if isTableRule(cells) {
			if before != nil && cur == nil {
				out = append(out, mdTable{header: before})
				cur = &out[len(out)-1]
			}
			continue
		}
		if cur != nil {
			cur.rows = append(cur.rows, cells)
			cur.lines = append(cur.lines, l.n)
		}
		before = cells
	}
	return out
}

// bulletsOf gives the list items of lines: continuation lines and nested
// plain items join their parent, nested boxes are items themselves.
func bulletsOf(lines []mdLine) []mdLine {
	var out []mdLine
	base := -1
	open := false
	for _, l := range lines {
		t := strings.TrimSpace(l.text)
		if t == "" || l.code {
			open = open && l.code
			continue
		}
		m := mdBullet.FindStringSubmatch(l.text)
		switch {
		case m != nil && (base < 0 || len(m[1]) <= base+1 || actionBox.MatchString(m[2]) || len(out) == 0):
			if base < 0 {
				base = len(m[1])
			}
			out = append(out, mdLine{n: l.n, text: m[2]})
			open = true
		case m != nil:
			out[len(out)-1].text += "; " + m[2]
			open = true
		case len(out) > 0 && (open || strings.HasPrefix(l.text, "  ")) && !strings.HasPrefix(t, "|"):
			out[len(out)-1].text += " " + t
		}
	}
	return out
}
