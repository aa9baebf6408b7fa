// Package explain says why a message has the signature it has: which rule took
// each of its values, what its shape is, what the lake's grouping made of it
// and which other shapes it was grouped with. It reads the rows it is given
// and nothing else.
package explain

import (
	"fmt"
	"regexp"
	"sort"

	"almanac/internal/signature"
	"almanac/schemas"
)

// Lake is what a lake knows of signatures; empty without one.
type Lake struct {
	Shapes     []schemas.Shape
	Signatures []schemas.Signature
}

var idForm = regexp.MustCompile(`^(S-[0-9a-f]{12}|s[0-9a-f]{15})$`)

// IsID says that a text is the id of a signature or of a shape.
func IsID(text string) bool { return idForm.MatchString(text) }

// answer is the table in the making: what a row is, its text, and why.
type answer struct{ rows [][]any }

func (a *answer) add(what, text, because string) {
	a.rows = append(a.rows, []any{what, text, because})
}

func (a *answer) table() *schemas.Table {
	return &schemas.Table{Rows: a.rows, Columns: []schemas.Column{
		{Name: "what", Type: "VARCHAR"}, {Name: "text", Type: "VARCHAR"}, {Name: "because", Type: "VARCHAR"}}}
}

// Message explains a message, as the night sees it: redacted.
func Message(message string, l Lake, r signature.Rules) *schemas.Table {
	var a answer
	shape := signature.NewMiner(r).Shape(message)
	row, known := l.shape(shape.ID)
	if !known {
		a.parts(signature.Explain(message, r))
		a.add("shape", shape.Text, shape.ID)
		why := "the lake holds no such shape"
		if len(l.Shapes) == 0 {
			why = "no lake: its grouping is not known"
		}
		as := signature.Group([]signature.Known{{ID: shape.ID, Text: shape.Text}}, r)
		a.add("template alone", as[0].Template, why)
		return a.table()
	}
	a.grouped(message, row.SignatureID, shape, l, r)
	return a.table()
}

// ID explains a signature or a shape by its id, former ids too. The error says
// that the lake does not know it.
func ID(id string, l Lake, r signature.Rules) (*schemas.Table, error) {
	row, ok := l.shape(id)
	today := row.SignatureID
	if !ok {
		if _, ok = l.signature(id); !ok {
			return nil, fmt.Errorf("the lake knows no signature or shape %s; 'almanac signatures' lists them", id)
		}
		today = id
	}
	var a answer
	if id[0] == 'S' && today != id {
		a.add("former id", id, "its statement is "+today+" today")
	}
	if id == signature.OverflowID {
		s, _ := l.signature(id)
		a.add("signature", s.Template, "lines of shapes beyond the bound are counted together")
		a.add("example", s.Example, "the first of them")
		return a.table(), nil
	}
	example := row.Example
	if id[0] == 'S' {
		s, _ := l.signature(today)
		example = s.Example
	}
	a.grouped(example, today, nil, l, r)
	return a.table(), nil
}

// grouped explains a message under the lake's template.
func (a *answer) grouped(message, id string, shape *signature.Shape, l Lake, r signature.Rules) {
	s, _ := l.signature(id)
	parts := signature.ExplainTemplate(message, s.Template, r)
	if parts == nil {
		parts = signature.Explain(message, r)
	}
	a.parts(parts)
	if shape == nil {
		shape = signature.NewMiner(r).Shape(message)
	}
	a.add("shape", shape.Text, shape.ID)
	a.add("signature", s.Template, id)
	a.members(id, shape.ID, l)
}

func (a *answer) parts(parts []signature.Part) {
	for _, p := range parts {
		what := "text"
		if p.IsValue {
			what = "value"
		}
		a.add(what, p.Text, p.Rule)
	}
}

// maxMembers bounds the shapes that are listed.
const maxMembers = 20

// members lists the other shapes and the former ids of a signature.
func (a *answer) members(id, but string, l Lake) {
	var shapes []schemas.Shape
	var former []string
	for _, s := range l.Shapes {
		switch {
		case s.SignatureID != id || s.ShapeID == but:
		case IsID(s.ShapeID) && s.ShapeID[0] == 'S':
			former = append(former, s.ShapeID)
		default:
			shapes = append(shapes, s)
		}
	}
	sort.Slice(shapes, func(i, j int) bool { return shapes[i].ShapeID < shapes[j].ShapeID })
	sort.Strings(former)
	for _, s := range shapes[:min(len(shapes), maxMembers)] {
		a.add("grouped with", s.Text, s.ShapeID)
	}
	if n := len(shapes) - maxMembers; n > 0 {
		a.add("grouped with", fmt.Sprintf("%d more shapes", n), "")
	}
	for _, f := range former {
		a.add("former id", f, "means this signature today")
	}
}

func (l Lake) shape(id string) (schemas.Shape, bool) {
	for _, s := range l.Shapes {
		if s.ShapeID == id {
			return s, true
		}
	}
	return schemas.Shape{}, false
}

func (l Lake) signature(id string) (schemas.Signature, bool) {
	for _, s := range l.Signatures {
		if s.SignatureID == id {
			return s, true
		}
	}
	return schemas.Signature{}, false
}
