package queries

import (
	"fmt"
	"path"
	"sort"
	"strings"
)

// Query is one SQL file with what its header declares.
type Query struct {
	Name    string // "ask/recurrences", "detect/…", "view/20_event"
	Object  string // name in the header: the view's or query's name
	Doc     string // the header's prose, the first sentence first
	Reads   []string
	Params  []Param
	Columns []Column
	Grain   string
	SQL     string // the statement without its header and without a final ';'
}

// Param is a declared parameter.
type Param struct {
	Name, Type, Doc string
	Default         string // text form, where HasDefault
	HasDefault      bool
}

// Column is a declared column of the answer.
type Column struct{ Name, Type, Doc string }

// Load reads one query by name ("ask/recurrences").
func Load(name string) (Query, error) {
	text, err := Files.ReadFile(name + ".sql")
	if err != nil {
		return Query{}, fmt.Errorf("query %q: there is no such file in queries/", name)
	}
	return Parse(name, string(text))
}

// Names lists the queries of a folder ("view", "detect", "ask") in order.
func Names(folder string) []string {
	entries, err := Files.ReadDir(folder)
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if n, ok := strings.CutSuffix(e.Name(), ".sql"); ok {
			names = append(names, folder+"/"+n)
		}
	}
	sort.Strings(names)
	return names
}

// Parse splits a file into its header and its statement.
func Parse(name, text string) (Query, error) {
	q := Query{Name: name}
	p := headerParser{q: &q}
	lines := strings.Split(text, "\n")
	i := 0
	for ; i < len(lines) && strings.HasPrefix(lines[i], "--"); i++ {
		p.line(strings.TrimPrefix(lines[i], "--"))
	}
	q.Doc = strings.TrimSpace(strings.Join(p.doc, "\n"))
	q.SQL = strings.TrimSuffix(strings.TrimSpace(strings.Join(lines[i:], "\n")), ";")
	if q.Object == "" {
		return q, fmt.Errorf("query %s: the header must begin with \"-- name: one sentence\"", name)
	}
	if q.SQL == "" {
		return q, fmt.Errorf("query %s: no statement after the header", name)
	}
	if base := path.Base(name); q.Object != strings.TrimLeft(base, "0123456789_") && q.Object != base {
		return q, fmt.Errorf("query %s: header names %q", name, q.Object)
	}
	return q, nil
}

type headerParser struct {
	q       *Query
	doc     []string
	section string
}

func (p *headerParser) line(s string) {
	trimmed := strings.TrimSpace(s)
	if p.q.Object == "" {
		name, rest, ok := strings.Cut(trimmed, ":")
		if ok && !strings.ContainsAny(name, " \t") {
			p.q.Object = name
			p.doc = append(p.doc, strings.TrimSpace(rest))
		}
		return
	}
	for _, sec := range []string{"Reads", "Params", "Columns", "Grain"} {
		if rest, ok := strings.CutPrefix(trimmed, sec+":"); ok {
			p.section = sec
			p.item(strings.TrimSpace(rest))
			return
		}
	}
	p.item(trimmed)
}

func (p *headerParser) item(s string) {
	if s == "" {
		if p.section == "" {
			p.doc = append(p.doc, "")
		}
		return
	}
	switch p.section {
	case "":
		p.doc = append(p.doc, s)
	case "Reads":
		for _, r := range strings.Split(s, ",") {
			if r = strings.TrimSpace(r); r != "" {
				p.q.Reads = append(p.q.Reads, r)
			}
		}
	case "Params":
		p.param(s)
	case "Columns":
		p.columns(s)
	case "Grain":
		p.q.Grain = strings.TrimSpace(p.q.Grain + " " + s)
	}
}

// param reads "$since TIMESTAMP first instant"; "$by VARCHAR = 'service' …"
// declares a default.
func (p *headerParser) param(s string) {
	if !strings.HasPrefix(s, "$") {
		if n := len(p.q.Params); n > 0 {
			p.q.Params[n-1].Doc += " " + s
		}
		return
	}
	f := strings.Fields(s)
	prm := Param{Name: strings.TrimPrefix(f[0], "$")}
	if len(f) > 1 {
		prm.Type = f[1]
	}
	rest := f[min(2, len(f)):]
	if len(rest) >= 2 && rest[0] == "=" {
		prm.Default, prm.HasDefault = strings.Trim(rest[1], "'"), true
		rest = rest[2:]
	}
	prm.Doc = strings.Join(rest, " ")
	p.q.Params = append(p.q.Params, prm)
}

var columnTypes = map[string]bool{
	"VARCHAR": true, "BIGINT": true, "INTEGER": true, "DOUBLE": true,
	"BOOLEAN": true, "TIMESTAMP": true, "DATE": true,
}

// columns reads "service VARCHAR, signature_id VARCHAR" and
// "hour INTEGER      local hour, 0-23"; other lines continue the last doc.
func (p *headerParser) columns(s string) {
	for s != "" {
		f := strings.Fields(s)
		if len(f) < 2 || !columnTypes[strings.Trim(f[1], ",")] {
			if n := len(p.q.Columns); n > 0 {
				p.q.Columns[n-1].Doc = strings.TrimSpace(p.q.Columns[n-1].Doc + " " + s)
			}
			return
		}
		c := Column{Name: f[0], Type: strings.Trim(f[1], ",")}
		rest := s[strings.Index(s, f[1])+len(f[1]):]
		if strings.HasSuffix(f[1], ",") {
			p.q.Columns = append(p.q.Columns, c)
			s = strings.TrimSpace(rest)
			continue
		}
		if after, ok := strings.CutPrefix(strings.TrimSpace(rest), ","); ok {
			p.q.Columns = append(p.q.Columns, c)
			s = strings.TrimSpace(after)
			continue
		}
		c.Doc = strings.TrimSpace(rest)
		p.q.Columns = append(p.q.Columns, c)
		return
	}
}
