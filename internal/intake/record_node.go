package intake

import (
	"strings"

	"github.com/valyala/fastjson"
)

// node is one value of a record: a scalar with its text, an object or a list.
// CSV rows, JSON objects and YAML front matter all become nodes, so that one
// field mapping serves them all.
type node struct {
	kind nodeKind
	text string // of a scalar
	obj  []member
	list []*node
}

type nodeKind uint8

const (
	nodeNull nodeKind = iota
	nodeScalar
	nodeObject
	nodeList
)

type member struct {
	key   string
	norm  string // key, normalised
	value *node
}

func field(key string, value *node) member { return member{key, normKey(key), value} }

func scalar(s string) *node { return &node{kind: nodeScalar, text: s} }

// fromJSON copies a parsed value: fastjson's own die at the next Parse.
func fromJSON(v *fastjson.Value) *node {
	switch v.Type() {
	case fastjson.TypeObject:
		n := &node{kind: nodeObject}
		o, _ := v.Object()
		o.Visit(func(k []byte, v *fastjson.Value) {
			n.obj = append(n.obj, field(string(k), fromJSON(v)))
		})
		return n
	case fastjson.TypeArray:
		n := &node{kind: nodeList}
		a, _ := v.Array()
		for _, e := range a {
			n.list = append(n.list, fromJSON(e))
		}
		return n
	case fastjson.TypeString:
		b, _ := v.StringBytes()
		return scalar(string(b))
	case fastjson.TypeNull:
		return &node{}
	default:
		return scalar(v.String())
	}
}

// normKey normalises a field name: "Prob Started", "prob_started" and
// "probStarted" are one.
func normKey(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= 'A' && c <= 'Z':
			b.WriteByte(c + 'a' - 'A')
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c >= 0x80:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// at gives all values at a path, in order. "a.b" finds the literal key "a.b"
// and the key b inside a; a list on the way is walked through, and
// "a[type=x].b" keeps only those elements of list a whose field type is x.
func (n *node) at(path string) []*node {
	var out []*node
	n.walk(path, &out, 0)
	return out
}

const maxPathDepth = 8

func (n *node) walk(path string, out *[]*node, depth int) {
	if n == nil || depth > maxPathDepth {
		return
	}
	if path == "" {
		*out = append(*out, n)
		return
	}
	if n.kind == nodeList {
		for _, e := range n.list {
			e.walk(path, out, depth+1)
		}
		return
	}
	if n.kind != nodeObject {
		return
	}
	before := len(*out)
	for _, m := range n.obj { // the literal key wins
		if m.key == path {
			*out = append(*out, m.value)
		}
	}
	if len(*out) > before {
		return
	}
	want := normKey(path)
	if !strings.ContainsAny(path, ".[") {
		for _, m := range n.obj {
			if m.norm == want {
				*out = append(*out, m.value)
			}
		}
		return
	}
	n.descend(path, out, depth)
	if len(*out) == before && !strings.Contains(path, "[") {
		for _, m := range n.obj {
			if m.norm == want {
				*out = append(*out, m.value)
			}
		}
	}
}

// descend tries every split of the path at a dot or bracket.
func (n *node) descend(path string, out *[]*node, depth int) {
	for i := 1; i < len(path); i++ {
		if path[i] != '.' && path[i] != '[' {
			continue
		}
		head := normKey(path[:i])
		switch path[i] {
		case '.':
			for _, m := range n.obj {
				if m.norm == head {
					m.value.walk(path[i+1:], out, depth+1)
				}
			}
		case '[':
			end := strings.IndexByte(path[i:], ']')
			if end < 0 {
				return
			}
			field, want, _ := strings.Cut(path[i+1:i+end], "=")
			rest := strings.TrimPrefix(path[i+end+1:], ".")
			for _, m := range n.obj {
				if m.norm == head {
					for _, e := range m.value.filter(field, want) {
						e.walk(rest, out, depth+1)
					}
				}
			}
			return
		}
	}
}

func (n *node) filter(field, want string) []*node {
	var out []*node
	for _, e := range n.list {
		if strings.EqualFold(e.str(field), want) {
			out = append(out, e)
		}
	}
	return out
}

// str is the first present text at any of the paths, trimmed; "" when there
// is none. Lists of scalars give their first.
func (n *node) str(paths ...string) string {
	if n.kind == nodeObject && len(n.obj) == 0 {
		return ""
	}
	for _, p := range paths {
		for _, v := range n.at(p) {
			if v.kind == nodeList && len(v.list) > 0 {
				v = v.list[0]
			}
			if v.kind == nodeScalar {
				if s := strings.TrimSpace(v.text); s != "" && s != "null" {
					return s
				}
			}
		}
	}
	return ""
}

// has says whether any value, even an empty one, is at the path.
func (n *node) has(path string) bool { return len(n.at(path)) > 0 }

// texts appends all keys and scalar texts of a value in order.
func (n *node) texts(out []string) []string {
	switch n.kind {
	case nodeScalar:
		out = append(out, n.text)
	case nodeList:
		for _, e := range n.list {
			out = e.texts(out)
		}
	case nodeObject:
		for _, m := range n.obj {
			out = m.value.texts(append(out, m.key))
		}
	}
	return out
}
