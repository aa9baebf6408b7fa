package signature

import "strings"

// maxCached bounds the shapes a miner remembers. 8,050 masks covered 1.5 M
// real lines; a stream that keeps making new ones starts over now and then,
// which costs time and changes no shape.
const maxCached = 1 << 17

// entry is what is known of a mask, small enough that a look-up of one that
// was not seen for a while waits for memory once.
type entry struct {
	key   uint64
	shape *Shape
	fact  int32 // of table.facts
	note  int32 // the caller's
}

// table maps the hash of a mask to its shape: open addressing, linear probing,
// at most half full.
type table struct {
	entries []entry
	n       int
	facts   []fact
	factAt  map[fact]int32
}

func (t *table) get(h uint64) *Shape {
	if k := t.find(h); k >= 0 {
		return t.entries[k].shape
	}
	return nil
}

// find is the place of a hash, or -1.
func (t *table) find(h uint64) int {
	if t.n == 0 {
		return -1
	}
	mask := uint64(len(t.entries) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		e := &t.entries[i]
		if e.shape == nil {
			return -1
		}
		if e.key == h {
			return int(i)
		}
	}
}

// put notes a mask that is not there yet.
func (t *table) put(h uint64, s *Shape) {
	if t.n >= maxCached {
		t.n = 0
		clear(t.entries)
	}
	if 2*(t.n+1) > len(t.entries) {
		t.grow()
	}
	t.entries[t.free(h)] = entry{key: h, shape: s}
	t.n++
}

// free is where a hash that is not there yet belongs.
func (t *table) free(h uint64) int {
	mask := uint64(len(t.entries) - 1)
	i := h & mask
	for t.entries[i].shape != nil {
		i = (i + 1) & mask
	}
	return int(i)
}

func (t *table) grow() {
	old := t.entries
	t.entries = make([]entry, max(1024, 2*len(old)))
	for _, e := range old {
		if e.shape != nil {
			t.entries[t.free(e.key)] = e
		}
	}
}

// maxFacts bounds the different facts: exceptions that many masks name.
const maxFacts = 1 << 16

// setFact notes what is known of the lines of the mask at k. Beyond maxFacts
// nothing is: such lines are read word by word.
func (t *table) setFact(k int, f fact) {
	if t.factAt == nil {
		t.factAt = map[fact]int32{{}: 0}
		t.facts = []fact{{}}
	}
	i, ok := t.factAt[f]
	if !ok && len(t.facts) < maxFacts {
		f.errorType = strings.Clone(f.errorType) // it is a part of a message
		i = int32(len(t.facts))
		t.factAt[f] = i
		t.facts = append(t.facts, f)
	}
	t.entries[k].fact = i
}

// factOf is what is known of a mask's lines; nothing where setFact was never
// called.
func (t *table) factOf(e *entry) *fact {
	if len(t.facts) == 0 {
		return &fact{}
	}
	return &t.facts[e.fact]
}
