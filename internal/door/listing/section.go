package listing

import (
	"fmt"
	"io"
	"strings"

	"almanac/schemas"
)

// Section is one titled table of a longer answer.
type Section struct {
	Title string
	Table *schemas.Table
}

// WriteSections writes several tables as one valid JSON document, {"id",
// "sections": [{"title", "query", "sql", "rows"}]}, or as JSON lines in which
// the first field of every row says its section.
func WriteSections(w io.Writer, id string, all []Section, format string) error {
	if format == "jsonl" {
		for _, s := range all {
			if err := writeJSONLines(w, titled(s)); err != nil {
				return err
			}
		}
		return nil
	}
	var b strings.Builder
	head, err := marshal(id)
	if err != nil {
		return err
	}
	b.WriteString("{\n\"id\": " + head + ",\n\"sections\": [")
	for i, s := range all {
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString("\n{")
		for _, f := range [...]struct{ name, text string }{{"title", s.Title}, {"query", s.Table.Query}, {"sql", s.Table.SQL}} {
			v, err := marshal(f.text)
			if err != nil {
				return err
			}
			fmt.Fprintf(&b, "%q: %s,\n", f.name, v)
		}
		b.WriteString("\"rows\": ")
		if err := writeJSON(&b, s.Table); err != nil {
			return err
		}
		b.WriteString("}")
	}
	b.WriteString("]\n}\n")
	_, err = io.WriteString(w, b.String())
	return err
}

// titled is a section's table with its title as the first column.
func titled(s Section) *schemas.Table {
	t := &schemas.Table{Columns: append([]schemas.Column{{Name: "section"}}, s.Table.Columns...)}
	for _, r := range s.Table.Rows {
		t.Rows = append(t.Rows, append([]any{s.Title}, r...))
	}
	return t
}
