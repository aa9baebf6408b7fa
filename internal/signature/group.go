package signature

import (
	"cmp"
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
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
	shape    int32 // one of the shapes, for the text
	overflow bool
}

func newGrouping(shapes []Known, rules *compiled) *grouping {
	g := &grouping{known: uniqueKnown(shapes), words: &words{never: rules.never, skeleton: map[uint64]uint64{}}}
	g.rows = make([]statement, len(g.known))
	g.of = make([]int32, len(g.known))
	for i := range g.known {
		k := &g.known[i]
		k.Text = rules.remask(k.Text)
		g.rows[i] = statement{toks: g.words.tokens(k.Text), shape: int32(i)}
		g.of[i] = int32(i)
	}
	return g
}

// uniqueKnown sorts by id and leaves out repetitions.
func uniqueKnown(shapes []Known) []Known {
	type entry struct {
		key uint64 // the id's bytes behind the letter: most comparisons end here
		at  int32
	}
	es := make([]entry, len(shapes))
	for i, k := range shapes {
		var b [8]byte
		if len(k.ID) > 0 {
			copy(b[:], k.ID[1:])
		}
		es[i] = entry{binary.BigEndian.Uint64(b[:]), int32(i)}
	}
	slices.SortFunc(es, func(x, y entry) int {
		if x.key != y.key {
			return cmp.Compare(x.key, y.key)
		}
		a, b := shapes[x.at], shapes[y.at]
		return cmp.Or(strings.Compare(a.ID, b.ID), strings.Compare(a.Text, b.Text))
	})
	out := make([]Known, 0, len(shapes))
	for _, e := range es {
		if k := shapes[e.at]; len(out) == 0 || k.ID != out[len(out)-1].ID {
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
		case weak, ident, named, numbered:
			return wild
		}
		return t.id
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
		different := map[uint64]bool{}
		skeletons := map[uint64]bool{}
		soft, isValue := numbered, false
		for _, m := range members {
			t := g.rows[m].toks[c]
			if t.id == wild {
				isValue = true
				continue
			}
			different[t.id] = true
			skeletons[g.words.skeleton[t.id]] = true
			soft = min(soft, t.soft)
		}
		n := len(different)
		if soft == numbered && len(skeletons) > 1 {
			soft = ident // eth0 and lo0
		}
		if isValue && n > 0 || n >= thresholds[soft] && n > 1 {
			for _, m := range members {
				g.rows[m].merge(c, n)
			}
		}
	}
}

// merge makes a place a value that has shown this many different words.
func (s *statement) merge(c, support int) {
	t := &s.toks[c]
	t.id, t.soft, t.isWord = wild, named, false
	t.support = max(t.support, uint16(min(support, math.MaxUint16)))
}

// bucket groups the statements by the hash of what key gives for their
// tokens, in the order of their first members.
func (g *grouping) bucket(key func(token) uint64) [][]int32 {
	numbers := newIndex(len(g.rows))
	of := make([]int32, len(g.rows))
	for i := range g.rows {
		h := uint64(prime3)
		for _, t := range g.rows[i].toks {
			k := key(t) << 1
			if t.space {
				k |= 1
			}
			h = mix(h^k, prime1)
		}
		of[i] = numbers.number(h)
	}
	return membersOf(of, int(numbers.n))
}

// index numbers hashes in the order in which they come.
type index struct {
	keys    []uint64
	numbers []int32 // plus one; 0 is a free place
	n       int32
}

// newIndex makes an index for at most n hashes.
func newIndex(n int) *index {
	size := 1 << bits.Len(uint(2*n))
	return &index{keys: make([]uint64, size), numbers: make([]int32, size)}
}

func (x *index) number(h uint64) int32 {
	mask := uint64(len(x.keys) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		switch {
		case x.numbers[i] == 0:
			x.n++
			x.keys[i], x.numbers[i] = h, x.n
			return x.n - 1
		case x.keys[i] == h:
			return x.numbers[i] - 1
		}
	}
}

// membersOf lists the members of n groups, given the group of each.
func membersOf(of []int32, n int) [][]int32 {
	ends := make([]int32, n+1)
	for _, k := range of {
		ends[k+1]++
	}
	for k := range n {
		ends[k+1] += ends[k]
	}
	flat := make([]int32, len(of))
	next := append([]int32(nil), ends[:n]...)
	for i, k := range of {
		flat[next[k]] = int32(i)
		next[k]++
	}
	out := make([][]int32, n)
	for k := range out {
		out[k] = flat[ends[k]:ends[k+1]]
	}
	return out
}

// dedupe folds statements that have become the same.
func (g *grouping) dedupe() {
	groups := g.bucket(func(t token) uint64 { return t.id })
	to := make([]int32, len(g.rows))
	rows := make([]statement, len(groups))
	for n, members := range groups {
		rows[n] = g.rows[members[0]]
		for _, m := range members {
			to[m] = int32(n)
			for c := range rows[n].toks {
				rows[n].toks[c].support = max(rows[n].toks[c].support, g.rows[m].toks[c].support)
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
	b, ps := g.words.pieces(g.known[s.shape].Text)
	n := 0
	for i := range ps {
		if ps[i].kind == blank {
			continue
		}
		if s.toks[n].id == wild {
			ps[i].kind = value
		}
		n++
	}
	out := render(b, joinRepeats(b, joinLists(b, ps)))
	if s.overflow {
		out = overflowTemplate + " " + out
	}
	return out
}
