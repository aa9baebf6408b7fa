package signature

// maxCached bounds the shapes a miner remembers. 8,050 masks covered 1.5 M
// real lines; a stream that keeps making new ones starts over now and then,
// which costs time and changes no shape.
const maxCached = 1 << 17

// table maps the hash of a mask to its shape: open addressing, linear probing,
// at most half full.
type table struct {
	keys   []uint64
	shapes []*Shape
	facts  []fact
	n      int
}

func (t *table) get(h uint64) *Shape {
	if k := t.find(h); k >= 0 {
		return t.shapes[k]
	}
	return nil
}

// find is the place of a hash, or -1.
func (t *table) find(h uint64) int {
	if t.n == 0 {
		return -1
	}
	mask := uint64(len(t.keys) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		if t.shapes[i] == nil {
			return -1
		}
		if t.keys[i] == h {
			return int(i)
		}
	}
}

func (t *table) put(h uint64, s *Shape, f fact) {
	if t.n >= maxCached {
		t.n = 0
		clear(t.shapes)
	}
	if 2*(t.n+1) > len(t.keys) {
		t.grow()
	}
	mask := uint64(len(t.keys) - 1)
	i := h & mask
	for t.shapes[i] != nil {
		i = (i + 1) & mask
	}
	t.keys[i], t.shapes[i], t.facts[i] = h, s, f
	t.n++
}

func (t *table) grow() {
	old := *t
	size := max(1024, 2*len(old.keys))
	*t = table{keys: make([]uint64, size), shapes: make([]*Shape, size), facts: make([]fact, size)}
	for i, s := range old.shapes {
		if s != nil {
			t.put(old.keys[i], s, old.facts[i])
		}
	}
}
