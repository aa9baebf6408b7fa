package intake

import (
	"strings"
	"time"

	"almanac/schemas"
)

// recordForm describes one shape of change, incident or metric records by
// field paths: adding a product is adding one value of this type.
type recordForm struct {
	name, kind, doc string
	// needs are the paths that a record of this form must all have; an
	// element "a|b" is met by either. They decide detection.
	needs []string
	// never are paths that speak against this form.
	never []string
	// lists are paths of the record list inside a wrapping object.
	lists []string
	// fields maps a canonical field to the paths tried in order.
	fields map[string][]string
	values []ValueMap
	// kindOf is the change kind of records that state none.
	kindOf string
	// skip gives the reason why a sound record is not to be counted (a test,
	// a draft), or "".
	skip func(n *node) string
	// adjust mends what field paths cannot say.
	adjust func(n *node, d *draft)
	// expand gives the records hidden in one.
	expand func(n *node) []*node
	// table says whether a CSV with these columns is of this form too.
	table tableUse
	// utc says that stamps of its JSON without a zone are UTC.
	utc bool
	// confidence of detection when needs are met; 0 means 0.9.
	confidence float64
}

// tableUse says whether a CSV table with the same columns is of a form.
type tableUse uint8

const (
	noTable tableUse = iota
	alsoTable
	onlyTable
)

// draft is a record between its fields and its row.
type draft struct {
	change   schemas.Change
	incident schemas.IncidentRecord
	warnings []string
}

func (d *draft) warn(s string) {
	for _, w := range d.warnings {
		if w == s {
			return
		}
	}
	d.warnings = append(d.warnings, s)
}

// fieldReader reads the canonical fields of records: the source's own mapping
// first, then the form's.
type fieldReader struct {
	form   *recordForm
	source *Source
	rule   stampRule
	known  map[string]fieldPaths
}

// fieldPaths are the places of one field.
type fieldPaths struct {
	paths, layouts, utc []string // utc: the same names with "_utc"
	durations           []durationPaths
}

type durationPaths struct {
	unit  float64 // seconds; 0: the value says its units
	paths []string
}

func newFieldReader(c *Context, form *recordForm) *fieldReader {
	return &fieldReader{form: form, source: c.Source, rule: stampRuleOf(c)}
}

func stampRuleOf(c *Context) stampRule {
	zone := c.Zone
	if zone == nil {
		zone = time.UTC
	}
	return stampRule{zone: zone, stated: c.Source.ZoneStated, count: c.clock}
}

// paths gives where a field is looked for, each with the layout that reads it.
func (f *fieldReader) paths(field string) (paths, layouts []string) {
	p := f.of(field)
	return p.paths, p.layouts
}

// of finds the places of a field once.
func (f *fieldReader) of(field string) fieldPaths {
	if p, ok := f.known[field]; ok {
		return p
	}
	if f.known == nil {
		f.known = map[string]fieldPaths{}
	}
	var p fieldPaths
	p.paths, p.layouts = f.find(field)
	for _, path := range p.paths {
		p.utc = append(p.utc, path+"_utc")
	}
	f.known[field] = p
	return p
}

func (f *fieldReader) find(field string) (paths, layouts []string) {
	for _, m := range f.source.Fields {
		if strings.EqualFold(m.To, field) {
			for _, p := range m.From {
				paths, layouts = append(paths, p), append(layouts, m.Layout)
			}
		}
	}
	for _, p := range f.form.fields[field] {
		paths, layouts = append(paths, p), append(layouts, "")
	}
	return paths, layouts
}

// raw is the text of a field as the record has it. A place "subject + body" is
// the texts of both, joined by a colon.
func (f *fieldReader) raw(n *node, field string) string {
	paths, _ := f.paths(field)
	for _, p := range paths {
		if s := joined(n, p); s != "" {
			return s
		}
	}
	return ""
}

// joined is the text of one place of a field, or of several joined by plus.
func joined(n *node, path string) string {
	if !strings.Contains(path, " + ") {
		return n.str(path)
	}
	var parts []string
	for _, p := range strings.Split(path, " + ") {
		if s := strings.TrimSpace(n.str(strings.TrimSpace(p))); s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ": ")
}

// text is the text of a field after the value mapping.
func (f *fieldReader) text(n *node, field string) string {
	return f.mapped(field, f.raw(n, field))
}

func (f *fieldReader) mapped(field, v string) string {
	for _, values := range [][]ValueMap{f.source.Values, f.form.values} {
		for _, m := range values {
			if !strings.EqualFold(m.Field, field) {
				continue
			}
			for _, from := range m.From {
				if strings.EqualFold(strings.TrimSpace(from), v) {
					return m.To
				}
			}
		}
	}
	return v
}

// instant reads a time field. path is where it was found, "" when nowhere.
func (f *fieldReader) instant(n *node, field string) (us int64, path, note string, err error) {
	at := f.of(field)
	for i, p := range at.paths {
		for _, key := range [...]string{p, at.utc[i]} {
			s := n.str(key)
			if isAbsent(s) {
				continue
			}
			rule := f.rule
			if key != p {
				rule.zone, rule.utc = time.UTC, true
			}
			t, note, err := rule.parseStamp(s, at.layouts[i])
			if err == nil && t.IsZero() {
				continue
			}
			return schemas.Micros(t), key, note, err
		}
	}
	return 0, "", "", nil
}

// list gives all values of the first path that has any: strings, the name of
// objects, cells divided by comma or semicolon.
func (f *fieldReader) list(n *node, field string) []string {
	paths, _ := f.paths(field)
	var out []string
	for _, p := range paths {
		for _, v := range n.at(p) {
			out = append(out, v.names()...)
		}
		if len(out) > 0 {
			break
		}
	}
	seen := map[string]bool{}
	kept := out[:0]
	for _, s := range out {
		if s = f.mapped(field, s); !isAbsent(s) && !seen[s] {
			seen[s] = true
			kept = append(kept, s)
		}
	}
	return kept
}

// names gives the texts of a value that lists things.
func (n *node) names() []string {
	var out []string
	switch n.kind {
	case nodeScalar:
		for _, s := range strings.FieldsFunc(n.text, func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
			if s = strings.TrimSpace(s); s != "" {
				out = append(out, s)
			}
		}
	case nodeList:
		for _, e := range n.list {
			if e.kind == nodeScalar {
				if s := strings.TrimSpace(e.text); s != "" {
					out = append(out, s)
				}
			} else {
				out = append(out, e.names()...)
			}
		}
	case nodeObject:
		if s := n.str("name", "summary", "title", "value", "slug", "id"); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// children gives the elements of the first path of a field that has any.
func (f *fieldReader) children(n *node, field string) []*node {
	paths, _ := f.paths(field)
	for _, p := range paths {
		var out []*node
		for _, v := range n.at(p) {
			if v.kind == nodeList {
				out = append(out, v.list...)
			} else if v.kind != nodeNull {
				out = append(out, v)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

// duration reads a stated duration: the field with a unit in its name
// (_seconds, _minutes, _hours) as a number, or itself as a text with units.
func (f *fieldReader) duration(n *node, field string) *int64 {
	at := f.of(field)
	if at.durations == nil {
		at.durations = f.durationPaths(field)
		f.known[field] = at
	}
	for _, u := range at.durations {
		for _, p := range u.paths {
			if s := n.str(p); !isAbsent(s) {
				if sec, ok := parseDuration(s, u.unit); ok {
					return &sec
				}
			}
		}
	}
	return nil
}

func (f *fieldReader) durationPaths(field string) []durationPaths {
	var out []durationPaths
	base, _ := f.find(field)
	for _, u := range [...]struct {
		suffix string
		unit   float64
	}{{"_seconds", 1}, {"_s", 1}, {"_minutes", 60}, {"_min", 60}, {"_hours", 3600}, {"_h", 3600}, {"_ms", 0.001}, {"", 0}} {
		paths, _ := f.find(field + u.suffix)
		if u.suffix != "" {
			for _, p := range base {
				paths = append(paths, p+u.suffix)
			}
		}
		out = append(out, durationPaths{u.unit, paths})
	}
	return out
}
