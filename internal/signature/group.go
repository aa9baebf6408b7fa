package signature

import (
	"sort"
	"strings"
)

// Known is a shape that was seen.
type Known struct {
	ID   string // ShapeID of Text
	Text string
}

// Assignment says which statement a shape comes from.
type Assignment struct {
	ShapeID     string
	SignatureID string // ID of Template
	Template    string // with Wildcard for values
	// IsOverflow marks statements of a family that has more members than
	// maxFamily: they share one bucket.
	IsOverflow bool
}

// maxFamily bounds the statements that differ in nothing but words without a
// pattern. Programs have some thousands of statements in all; beyond that the
// words are data, and one bucket per form of line holds them.
const maxFamily = 10000

// rounds bounds how often merging is tried again after it changed something;
// a statement with three columns of prose needs three.
const rounds = 3

// Group says for each shape which statement it comes from. The answer depends
// on the set of shapes only: not on order, repetition or history. It is
// sorted by shape id. Time and memory grow linearly with the text.
func Group(shapes []Known, r Rules) []Assignment {
	g := newGrouping(shapes, compile(r))
	g.mergeSoft()
	for range rounds {
		if !g.mergeColumns() {
			break
		}
	}
	g.overflow()
	return g.assignments()
}

// grouping is the state of one Group call.
type grouping struct {
	known []Known
	words *words
	rows  []statement // distinct token sequences
	of    []int32     // statement of each known shape
}

// statement is a token sequence that some shapes share by now.
type statement struct {
	toks     []token
	support  []int32 // different words merged into each place so far
	overflow bool
}

func newGrouping(shapes []Known, rules *compiled) *grouping {
	g := &grouping{known: uniqueKnown(shapes), words: newWords()}
	g.rows = make([]statement, len(g.known))
	g.of = make([]int32, len(g.known))
	var ps []piece
	for i, k := range g.known {
		text := []byte(k.Text)
		ps = lexTemplate(text, ps[:0])
		g.rows[i].toks = g.words.tokens(text, ps, rules.never)
		g.of[i] = int32(i)
	}
	return g
}

// uniqueKnown sorts by id and leaves out repetitions.
func uniqueKnown(shapes []Known) []Known {
	ks := append([]Known(nil), shapes...)
	sort.Slice(ks, func(i, j int) bool {
		if ks[i].ID != ks[j].ID {
			return ks[i].ID < ks[j].ID
		}
		return ks[i].Text < ks[j].Text
	})
	out := ks[:0]
	for i, k := range ks {
		if i == 0 || k.ID != out[len(out)-1].ID {
			out = append(out, k)
		}
	}
	return out
}

// mergeSoft groups statements that are alike in everything but soft words
// (see softness), and merges each column of soft words that has enough
// different ones.
func (g *grouping) mergeSoft() {
	for _, members := range g.bucket(func(t token) uint64 {
		switch t.soft {
		case weak, ident, named:
			return uint64(wild)
		case numbered:
			return uint64(g.words.skel[t.id])
		}
		return uint64(t.id)
	}) {
		g.mergeMembers(members)
	}
	g.dedupe()
}

// mergeMembers merges columns among statements of one skeleton.
func (g *grouping) mergeMembers(members []int32) {
	if len(members) < 2 {
		return
	}
	first := g.rows[members[0]].toks
	for c := range first {
		if first[c].soft < weak {
			continue
		}
		different := map[uint32]bool{}
		soft, isValue := numbered, false
		for _, m := range members {
			t := g.rows[m].toks[c]
			if t.id == wild {
				isValue = true
				continue
			}
			different[t.id] = true
			soft = min(soft, t.soft)
		}
		n := len(different)
		if isValue && n > 0 || n >= thresholds[soft] && n > 1 {
			for _, m := range members {
				g.rows[m].merge(c, int32(n))
			}
		}
	}
}

// merge makes a place a value.
func (s *statement) merge(c int, support int32) {
	s.toks[c].id, s.toks[c].soft, s.toks[c].isWrd = wild, named, false
	if s.support == nil {
		s.support = make([]int32, len(s.toks))
	}
	s.support[c] = max(s.support[c], support)
}

// bucket groups the statements by the hash of what key gives for their tokens.
func (g *grouping) bucket(key func(token) uint64) [][]int32 {
	heads := make(map[uint64]int32, len(g.rows))
	var out [][]int32
	for i := range g.rows {
		h := uint64(prime3)
		for _, t := range g.rows[i].toks {
			k := key(t) << 1
			if t.space {
				k |= 1
			}
			h = mix(h^k, prime1)
		}
		n, ok := heads[h]
		if !ok {
			n = int32(len(out))
			heads[h] = n
			out = append(out, nil)
		}
		out[n] = append(out[n], int32(i))
	}
	return out
}

// dedupe folds statements that have become the same.
func (g *grouping) dedupe() {
	groups := g.bucket(func(t token) uint64 { return uint64(t.id) })
	to := make([]int32, len(g.rows))
	rows := make([]statement, len(groups))
	for n, members := range groups {
		rows[n] = g.rows[members[0]]
		for _, m := range members {
			to[m] = int32(n)
			for c, s := range g.rows[m].support {
				if rows[n].support == nil {
					rows[n].support = make([]int32, len(rows[n].toks))
				}
				rows[n].support[c] = max(rows[n].support[c], s)
			}
		}
	}
	for i, n := range g.of {
		g.of[i] = to[n]
	}
	g.rows = rows
}

// assignments writes the templates.
func (g *grouping) assignments() []Assignment {
	texts := make([]string, len(g.rows))
	ids := make([]string, len(g.rows))
	for i := range g.rows {
		texts[i] = g.template(&g.rows[i])
		ids[i] = ID(texts[i])
	}
	out := make([]Assignment, len(g.known))
	for i, k := range g.known {
		n := g.of[i]
		out[i] = Assignment{ShapeID: k.ID, SignatureID: ids[n], Template: texts[n], IsOverflow: g.rows[n].overflow}
	}
	return out
}

// template is the text of a statement, with neighbouring values joined.
func (g *grouping) template(s *statement) string {
	var b strings.Builder
	for _, t := range s.toks {
		if t.space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(g.words.text[t.id])
	}
	text := []byte(b.String())
	ps := lexTemplate(text, nil)
	ps = joinRepeats(text, joinLists(text, ps))
	out := render(text, ps)
	if s.overflow {
		out = "<overflow> " + out
	}
	return out
}
