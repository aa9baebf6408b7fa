package signature

import "slices"

// minContext is how many literal words must stay around a column of prose
// before it is merged: "Starting <*>" says too little to be one statement.
const minContext = 2

// minSupport is how many different words a column must have had before words
// of the closed vocabulary count as values too: a user may be called "test".
const minSupport = 5

// placeHash is what a token adds to the hash of its statement.
func placeHash(i int, t token) uint64 {
	k := t.id
	if t.space {
		k++
	}
	return mix(k*prime2^uint64(i+1)*prime1, prime3)
}

// sums hashes every statement as the sum over its places, so that one place
// can be swapped for a value in constant time.
func (g *grouping) sums() []uint64 {
	out := make([]uint64, len(g.rows))
	for i := range g.rows {
		h := uint64(len(g.rows[i].toks)) * prime1
		for c, t := range g.rows[i].toks {
			h += placeHash(c, t)
		}
		out[i] = h
	}
	return out
}

// swapped is a statement's hash with a value in place c.
func swapped(sum uint64, c int, t token) uint64 {
	v := t
	v.id = wild
	return sum - placeHash(c, t) + placeHash(c, v)
}

// mergeColumns merges columns of single words: statements that differ in one
// place only, where there are many different words, or where a value is
// known to stand. It says whether anything changed.
func (g *grouping) mergeColumns() bool {
	sums := g.sums()
	crowded := g.crowded(sums)
	byValue := g.valueColumns(sums)
	changed := false
	for i := range g.rows {
		s := &g.rows[i]
		for c, t := range s.toks {
			if !t.isWord || t.isKey {
				continue
			}
			h := swapped(sums[i], c, t)
			n, ok := crowded[h]
			if ok && n < int32(thresholds[plain]) || t.soft == hard && n < 2*int32(thresholds[plain]) {
				ok = false
			}
			if !ok {
				n = byValue[h]
				ok = n > 0 && (t.soft != hard || !t.isShort)
			}
			if ok {
				s.merge(c, int(n))
				changed = true
				break // other places: next round, on the new statement
			}
		}
	}
	if changed {
		g.dedupe()
	}
	return changed
}

// crowded counts, for every place that a word of prose holds, the different
// words found there in otherwise equal statements; places with few are left
// out. Sorting all places is faster than a map of them, most of which hold
// one word.
func (g *grouping) crowded(sums []uint64) map[uint64]int32 {
	var places []uint64
	g.eachPlain(sums, func(h uint64) { places = append(places, h) })
	slices.Sort(places)
	out := map[uint64]int32{}
	for i := 0; i < len(places); {
		n := i + 1
		for n < len(places) && places[n] == places[i] {
			n++
		}
		if n-i >= thresholds[plain] {
			out[places[i]] = int32(n - i)
		}
		i = n
	}
	return out
}

// eachPlain calls f with the swapped hash of every place of prose that has
// enough context. Statements are distinct, so equal hashes mean as many
// different words.
func (g *grouping) eachPlain(sums []uint64, f func(uint64)) {
	for i := range g.rows {
		context := -1
		for _, t := range g.rows[i].toks {
			if t.isWord && !t.isKey {
				context++
			}
		}
		if context < minContext {
			continue
		}
		for c, t := range g.rows[i].toks {
			if t.isWord && !t.isKey && t.soft != hard {
				f(swapped(sums[i], c, t))
			}
		}
	}
}

// valueColumns gives the support of statements that have well supported
// columns, by their hash.
func (g *grouping) valueColumns(sums []uint64) map[uint64]int32 {
	out := map[uint64]int32{}
	for i := range g.rows {
		most := uint16(0)
		for _, t := range g.rows[i].toks {
			most = max(most, t.support)
		}
		if most >= minSupport {
			out[sums[i]] = max(out[sums[i]], int32(most))
		}
	}
	return out
}

// overflow puts statements that differ in nothing but data into one bucket
// where they are too many.
func (g *grouping) overflow() {
	if len(g.rows) <= maxFamily {
		return
	}
	families := g.bucket(func(t token) uint64 {
		if t.isWord && !t.isKey {
			return wild
		}
		return uint64(t.id)
	})
	for _, members := range families {
		if len(members) <= maxFamily {
			continue
		}
		for _, m := range members {
			s := &g.rows[m]
			s.overflow = true
			for c, t := range s.toks {
				if t.isWord && !t.isKey {
					s.merge(c, 0)
				}
			}
		}
	}
	g.dedupe()
}
