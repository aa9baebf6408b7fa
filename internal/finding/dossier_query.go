package finding

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"almanac/queries"
	"almanac/schemas"
)

// Asked is what a ready query looks for: a service, a signature and its text,
// in [From, Until). Empty parts do not restrict.
type Asked struct {
	Service, SignatureID, Template string
	From, Until                    time.Time
}

// ReadyQueries writes the same question in six languages. Names and texts are
// hostile: each is quoted by the rules of its language, and what a language
// cannot quote becomes "any character". Field names are the common ones
// (service, service.name, message); a site may call them otherwise.
func ReadyQueries(a Asked) []schemas.DossierLanguage {
	return []schemas.DossierLanguage{
		{Language: "Splunk SPL", Query: a.splunk()},
		{Language: "Elastic KQL", Query: a.kql()},
		{Language: "Elastic ES|QL", Query: a.esql()},
		{Language: "Loki LogQL", Query: a.logQL()},
		{Language: "CloudWatch Logs Insights", Query: a.insights()},
		{Language: "lake SQL", Query: a.lakeSQL()},
	}
}

// wildcard stands for a value in a template, as package signature writes it.
const wildcard = "<*>"

// literalParts are the fixed texts of a template's first line, at most four,
// the longest ones, in order; pieces without two letters tell nothing.
func literalParts(template string) []string {
	line, _, _ := strings.Cut(template, "\n")
	var all []string
	for _, p := range strings.Split(line, wildcard) {
		letters := 0
		for _, r := range p {
			if unicode.IsLetter(r) {
				letters++
			}
		}
		if p = strings.Join(strings.Fields(p), " "); letters >= 2 {
			all = append(all, p)
		}
	}
	for len(all) > 4 {
		short := 0
		for i, p := range all {
			if len(p) < len(all[short]) {
				short = i
			}
		}
		all = append(all[:short], all[short+1:]...)
	}
	for i, p := range all {
		if r := []rune(p); len(r) > 120 {
			all[i] = string(r[:120])
		}
	}
	return all
}

// safePattern is a regular expression for the parts in order that every
// engine reads alike and that holds no quote, slash, backtick, brace or bar:
// letters, digits and spaces stand for themselves, other printable ASCII is
// \xHH, anything else is any character.
func safePattern(parts []string) string {
	var b strings.Builder
	for i, p := range parts {
		if i > 0 {
			b.WriteString(".*")
		}
		for _, r := range p {
			switch {
			case unicode.IsLetter(r), unicode.IsDigit(r), r == ' ', r == '_', r == ',', r == ':', r == '-', r == '=', r == '@', r == '%':
				b.WriteRune(r)
			case r > ' ' && r < 0x7f:
				fmt.Fprintf(&b, `\x%02x`, r)
			default:
				b.WriteByte('.')
			}
		}
	}
	return b.String()
}

// oneLine takes away what no single-line query can hold.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || !unicode.IsPrint(r) && r != ' ' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, " "))
}

// doubleQuoted escapes backslash and double quote: SPL (eval), KQL, ES|QL and
// Logs Insights share this rule.
func doubleQuoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(oneLine(s)) + `"`
}

func (a Asked) splunk() string {
	s := fmt.Sprintf("search index=* earliest=%d latest=%d", a.From.Unix(), ceilSecond(a.Until))
	var where []string
	if a.Service != "" {
		where = append(where, "service="+doubleQuoted(a.Service))
	}
	if p := safePattern(literalParts(a.Template)); p != "" {
		where = append(where, "match(_raw, "+doubleQuoted(p)+")")
	}
	if len(where) > 0 {
		s += "\n| where " + strings.Join(where, " AND ")
	}
	return s + "\n| sort 0 _time"
}

func ceilSecond(t time.Time) int64 {
	if t.Nanosecond() > 0 {
		return t.Unix() + 1
	}
	return t.Unix()
}

func isoInstant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func (a Asked) kql() string {
	parts := []string{fmt.Sprintf("@timestamp >= %q and @timestamp < %q", isoInstant(a.From), isoInstant(a.Until))}
	if a.Service != "" {
		parts = append(parts, "service.name: "+doubleQuoted(a.Service))
	}
	for _, l := range literalParts(a.Template) {
		parts = append(parts, "message: "+doubleQuoted(l))
	}
	return strings.Join(parts, " and ")
}

func (a Asked) esql() string {
	s := fmt.Sprintf("FROM logs-*\n| WHERE @timestamp >= %q AND @timestamp < %q", isoInstant(a.From), isoInstant(a.Until))
	if a.Service != "" {
		s += "\n    AND service.name == " + doubleQuoted(a.Service)
	}
	if l := literalParts(a.Template); len(l) > 0 {
		s += "\n    AND message LIKE " + esqlLike(l)
	}
	return s + "\n| SORT @timestamp ASC\n| LIMIT 1000"
}

// esqlLike is a LIKE pattern with its own wildcards escaped.
func esqlLike(parts []string) string {
	escape := strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`)
	p := "*"
	for _, l := range parts {
		p += escape.Replace(oneLine(l)) + "*"
	}
	return doubleQuoted(p)
}

func (a Asked) logQL() string {
	return fmt.Sprintf("# logcli query --from=%s --to=%s --forward\n", isoInstant(a.From), isoInstant(a.Until)) + a.logSelector()
}

// logSelector is the selector with one line filter per fixed text; LogQL
// strings follow Go's rules.
func (a Asked) logSelector() string {
	s := `{service=~".+"}`
	if a.Service != "" {
		s = "{service=" + strconv.Quote(oneLine(a.Service)) + "}"
	}
	for _, l := range literalParts(a.Template) {
		s += " |= " + strconv.Quote(oneLine(l))
	}
	return s
}

func (a Asked) insights() string {
	s := fmt.Sprintf("fields @timestamp, @message\n| filter @timestamp >= %d and @timestamp < %d", a.From.UnixMilli(), a.Until.UnixMilli())
	if a.Service != "" {
		s += "\n| filter service = " + doubleQuoted(a.Service)
	}
	if p := safePattern(literalParts(a.Template)); p != "" {
		s += "\n| filter @message like /" + p + "/"
	}
	return s + "\n| sort @timestamp asc\n| limit 1000"
}

// lakeSQL is ask/lines with the window filled in.
func (a Asked) lakeSQL() string {
	return printed("ask/lines", map[string]any{"since": a.From, "until": a.Until, "service": a.Service, "signature": a.SignatureID})
}

// printed is the text of a named query with its parameters filled in, the
// others at their defaults.
func printed(name string, values map[string]any) string {
	q, err := queries.Load(name)
	if err != nil {
		return "" // only in a build without its queries, which their test refuses
	}
	for _, p := range q.Params {
		if _, given := values[p.Name]; !given && p.HasDefault {
			values[p.Name] = p.Default
		}
	}
	return q.Inline(values)
}
