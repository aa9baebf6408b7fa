// Package listing writes a table for a person or a program: aligned text,
// JSON, JSON lines, CSV or Markdown. Control and direction characters of the
// data never reach a terminal raw; CSV cells never begin a formula.
package listing

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"almanac/schemas"
)

// Formats are the names Write knows.
var Formats = []string{"table", "json", "jsonl", "csv", "markdown"}

// Options of a listing.
type Options struct {
	Format string
	Zone   *time.Location // instants of table and markdown; nil: UTC
	Width  int            // of the terminal, 0: unlimited
	// Terminal says that a person's terminal reads: CSV is escaped too.
	Terminal bool
}

// Write prints t. Unknown formats are an error that names the known ones.
func Write(w io.Writer, t *schemas.Table, o Options) error {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	switch o.Format {
	case "", "table":
		return writeTable(w, t, o)
	case "json":
		return writeJSON(w, t)
	case "jsonl":
		return writeJSONLines(w, t)
	case "csv":
		return writeCSV(w, t, o.Terminal)
	case "markdown":
		return writeMarkdown(w, t, o)
	}
	return fmt.Errorf("unknown format %q; use one of %s", o.Format, strings.Join(Formats, ", "))
}

// maxCell keeps one long message from hiding the other columns of a table.
const maxCell = 100

func writeTable(w io.Writer, t *schemas.Table, o Options) error {
	widths := natural(t, o.Zone)
	if o.Width > 0 && !fit(t, widths, o.Width) {
		return writeRecords(w, t, o)
	}
	tw := newTable()
	tw.AppendHeader(headRow(t))
	for _, r := range t.Rows {
		row := make(table.Row, len(r))
		for i, v := range r {
			row[i] = clip(Escape(cell(v, o.Zone)))
		}
		tw.AppendRow(row)
	}
	columns := make([]table.ColumnConfig, len(widths))
	for i := range columns {
		columns[i] = table.ColumnConfig{Number: i + 1, WidthMax: widths[i], WidthMaxEnforcer: text.WrapSoft}
		if isNumber(t.Columns[i]) {
			columns[i].Align, columns[i].AlignHeader = text.AlignRight, text.AlignRight
		}
	}
	tw.SetColumnConfigs(columns)
	_, err := fmt.Fprintln(w, tw.Render())
	return err
}

func newTable() table.Writer {
	tw := table.NewWriter()
	style := table.StyleLight
	style.Options = table.OptionsNoBordersAndSeparators
	style.Format.Header = text.FormatDefault
	tw.SetStyle(style)
	return tw
}

// natural are the widths of the columns when nothing is cut.
func natural(t *schemas.Table, zone *time.Location) []int {
	widths := make([]int, len(t.Columns))
	for i, c := range t.Columns {
		widths[i] = text.StringWidth(c.Name)
	}
	for _, r := range t.Rows {
		for i, v := range r[:min(len(r), len(widths))] {
			widths[i] = max(widths[i], text.StringWidth(clip(Escape(cell(v, zone)))))
		}
	}
	return widths
}

const (
	padding     = 2  // of a cell, both sides
	leastColumn = 16 // a column of text is wrapped to no less
)

// fit narrows the widest columns of text until the table is no wider than the
// terminal; false where even then it is.
func fit(t *schemas.Table, widths []int, room int) bool {
	total := 0
	for _, w := range widths {
		total += w + padding
	}
	for total > room {
		widest := -1
		for i, w := range widths {
			if w > leastColumn && !isNumber(t.Columns[i]) && t.Columns[i].Type != "TIMESTAMP" && (widest < 0 || w > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return false
		}
		widths[widest]--
		total--
	}
	return true
}

// writeRecords writes a line per filled field: a table of many columns would
// be cut off in a narrow terminal, and what to do often stands last.
func writeRecords(w io.Writer, t *schemas.Table, o Options) error {
	names := 0
	for _, c := range t.Columns {
		names = max(names, text.StringWidth(c.Name))
	}
	for k, r := range t.Rows {
		if k > 0 {
			if _, err := fmt.Fprintln(w); err != nil {
				return err
			}
		}
		tw := newTable()
		for i, v := range r[:min(len(r), len(t.Columns))] {
			if s := cell(v, o.Zone); s != "" {
				tw.AppendRow(table.Row{t.Columns[i].Name, escapeEach(s)})
			}
		}
		tw.SetColumnConfigs([]table.ColumnConfig{
			{Number: 1, WidthMin: names},
			{Number: 2, WidthMax: max(leastColumn, o.Width-names-2*padding), WidthMaxEnforcer: text.WrapSoft},
		})
		if _, err := fmt.Fprintln(w, tw.Render()); err != nil {
			return err
		}
	}
	return nil
}

func headRow(t *schemas.Table) table.Row {
	var head table.Row
	for _, c := range t.Columns {
		head = append(head, c.Name)
	}
	return head
}

// escapeEach is Escape of every line of a text; its line breaks stay.
func escapeEach(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = Escape(lines[i])
	}
	return strings.Join(lines, "\n")
}

func isNumber(c schemas.Column) bool {
	return c.Type == "BIGINT" || c.Type == "DOUBLE" || c.Type == "INTEGER"
}

func clip(s string) string {
	r := []rune(s)
	if len(r) <= maxCell {
		return s
	}
	return string(r[:maxCell-1]) + "…"
}

// cell is a value in words; instants carry their offset.
func cell(v any, zone *time.Location) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	case time.Time:
		return x.In(zone).Format("2006-01-02 15:04:05 -07:00")
	case float64:
		return strconv.FormatFloat(x, 'g', 6, 64)
	}
	return fmt.Sprint(v)
}

// Escape makes C0, C1, direction and other invisible characters visible.
func Escape(s string) string {
	if strings.IndexFunc(s, hidden) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case hidden(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029'
}

func jsonValue(v any) any {
	if t, ok := v.(time.Time); ok {
		return t.UTC().Format("2006-01-02T15:04:05.999999Z")
	}
	return v
}

// marshal writes JSON in which templates stay readable (<*>, not \u003c) and
// invisible characters are escaped.
func marshal(v any) (string, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "", err
	}
	s := strings.TrimSuffix(b.String(), "\n")
	if strings.IndexFunc(s, hidden) < 0 {
		return s, nil
	}
	var out strings.Builder
	for _, r := range s {
		switch {
		case hidden(r) && r > 0xffff:
			hi, lo := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, hi, lo)
		case hidden(r):
			fmt.Fprintf(&out, `\u%04x`, r)
		default:
			out.WriteRune(r)
		}
	}
	return out.String(), nil
}

// jsonRow keeps the order of the columns, which a map would lose.
func jsonRow(t *schemas.Table, r []any) ([]byte, error) {
	var b strings.Builder
	b.WriteByte('{')
	for i, c := range t.Columns {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := marshal(c.Name)
		if err != nil {
			return nil, err
		}
		val, err := marshal(jsonValue(r[i]))
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", c.Name, err)
		}
		b.WriteString(name + ":" + val)
	}
	b.WriteByte('}')
	return []byte(b.String()), nil
}

func writeJSONLines(w io.Writer, t *schemas.Table) error {
	for _, r := range t.Rows {
		row, err := jsonRow(t, r)
		if err != nil {
			return err
		}
		if _, err := w.Write(append(row, '\n')); err != nil {
			return err
		}
	}
	return nil
}

func writeJSON(w io.Writer, t *schemas.Table) error {
	var b strings.Builder
	b.WriteString("[")
	for i, r := range t.Rows {
		row, err := jsonRow(t, r)
		if err != nil {
			return err
		}
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString("\n  ")
		b.Write(row)
	}
	if len(t.Rows) > 0 {
		b.WriteString("\n")
	}
	b.WriteString("]\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func writeCSV(w io.Writer, t *schemas.Table, escape bool) error {
	cw := csv.NewWriter(w)
	var head []string
	for _, c := range t.Columns {
		head = append(head, c.Name)
	}
	if err := cw.Write(head); err != nil {
		return err
	}
	for _, r := range t.Rows {
		rec := make([]string, len(r))
		for i, v := range r {
			switch x := v.(type) {
			case nil:
			case time.Time:
				rec[i] = x.UTC().Format("2006-01-02T15:04:05.999999Z")
			case string:
				if escape {
					x = Escape(x)
				}
				rec[i] = unformula(x)
			default:
				rec[i] = fmt.Sprint(x)
			}
		}
		if err := cw.Write(rec); err != nil {
			return err
		}
	}
	cw.Flush()
	return cw.Error()
}

// unformula keeps a spreadsheet from running a cell.
func unformula(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

func writeMarkdown(w io.Writer, t *schemas.Table, o Options) error {
	var b strings.Builder
	line := func(cells []string) {
		b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	var head, rule []string
	for _, c := range t.Columns {
		head = append(head, c.Name)
		rule = append(rule, "---")
	}
	line(head)
	line(rule)
	for _, r := range t.Rows {
		var cells []string
		for _, v := range r {
			cells = append(cells, mdEscape.Replace(Escape(cell(v, o.Zone))))
		}
		line(cells)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

var mdEscape = strings.NewReplacer("|", `\|`, "<", "&lt;", ">", "&gt;", "`", "\\`", "[", `\[`, "]", `\]`, "*", `\*`, "_", `\_`)
