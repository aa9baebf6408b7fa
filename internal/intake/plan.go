package intake

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"os"
	"slices"
	"strings"

	"almanac/schemas"
)

// Batch is a set of inputs whose beginnings are alike, so that one may be the
// continuation or a copy of another: they are read one after another, in this
// order. Different batches know nothing of each other and may be read at the
// same time.
type Batch struct {
	Inputs []Input
	// Size is about how many bytes of text there are to be read: what is
	// packed is taken for packedRatio times as much.
	Size   int64
	prior  []schemas.LedgerEntry
	copyOf []string // of each input: the source that has already read the same file
	within []*whole // of each input: where all its lines are to be found as well
}

// Plan sorts inputs into batches against the ledger. The same inputs give the
// same batches in whatever order they come. An input that cannot be opened
// gets a batch of its own: reading it gives the reject. The error is ctx's.
func Plan(ctx context.Context, inputs []Input, ledger []schemas.LedgerEntry) ([]Batch, error) {
	inputs = slices.Clone(inputs)
	slices.SortStableFunc(inputs, func(a, b Input) int {
		return cmp.Or(cmp.Compare(a.Source.Name, b.Source.Name), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Path, b.Path))
	})
	looked := make([]candidate, len(inputs))
	for i := range inputs {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		looked[i] = look(inputs[i])
	}
	sets := newSets(len(inputs))
	sameHead(sets, looked)
	sameEntry(sets, looked, ledger)
	sameFile(sets, looked)
	var batches []Batch
	for _, members := range sets.groups() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		batches = append(batches, order(looked, members, ledger))
	}
	return batches, nil
}

// packedRatio is about how many times log text shrinks when it is packed.
const packedRatio = 8

// candidate is an input with what tells it from others.
type candidate struct {
	in     Input
	head   []byte
	info   os.FileInfo
	size   int64  // about that of its text
	copied string // the source that has read the same file
	extent extent // only of members of larger batches
	within string // the name of an input that begins with all of this one
}

func look(in Input) candidate {
	c := candidate{in: in}
	st, err := open(in.Path)
	if err != nil {
		return c
	}
	defer st.Close()
	if c.info, _ = st.file.Stat(); c.info != nil {
		c.size = c.info.Size()
		if st.packed != "" {
			c.size *= packedRatio
		}
	}
	head := make([]byte, headSize)
	n, _ := io.ReadFull(st, head)
	c.head = head[:n]
	return c
}

// sameHead joins inputs of one source where the head of one begins the head
// of the other, and those of one name.
func sameHead(sets *sets, all []candidate) {
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(all[a].in.Source.Name, all[b].in.Source.Name), bytes.Compare(all[a].head, all[b].head), cmp.Compare(a, b))
	})
	// A prefix sorts before what it begins, so the open prefixes form a stack.
	var stack []int
	for _, i := range order {
		for len(stack) > 0 {
			top := stack[len(stack)-1]
			if all[top].in.Source.Name == all[i].in.Source.Name && bytes.HasPrefix(all[i].head, all[top].head) {
				sets.join(top, i)
				break
			}
			stack = stack[:len(stack)-1]
		}
		if len(all[i].head) > 0 {
			stack = append(stack, i)
		}
	}
	byName := map[[2]string]int{}
	for i := range all {
		key := [2]string{all[i].in.Source.Name, all[i].in.Name}
		if j, ok := byName[key]; ok {
			sets.join(i, j)
		}
		byName[key] = i
	}
}

// sameEntry joins inputs that may continue the same ledger entry: an entry
// shorter than a head can begin inputs whose heads differ.
func sameEntry(sets *sets, all []candidate, ledger []schemas.LedgerEntry) {
	first := map[string]int{}
	for i := range all {
		for _, e := range screen(all[i].head, all[i].in.Source.Name, ledger) {
			if j, ok := first[e.SourceID]; ok {
				sets.join(i, j)
			} else {
				first[e.SourceID] = i
			}
		}
	}
}

// sameFile finds one file reached by several paths or sources: it is read
// for the first of them.
func sameFile(sets *sets, all []candidate) {
	bySize := map[int64][]int{}
	for i := range all {
		if all[i].info == nil {
			continue
		}
		for _, j := range bySize[all[i].info.Size()] {
			if os.SameFile(all[i].info, all[j].info) {
				sets.join(i, j)
				if all[i].in.Source.Name != all[j].in.Source.Name && all[i].copied == "" {
					all[i].copied = all[j].in.Source.Name
				}
			}
		}
		bySize[all[i].info.Size()] = append(bySize[all[i].info.Size()], i)
	}
}

// order puts the members of a batch so that a shorter one is read before the
// one that continues it, and whole copies last.
func order(all []candidate, members []int, ledger []schemas.LedgerEntry) Batch {
	if len(members) > 1 {
		for _, i := range members {
			all[i].extent = measure(&all[i])
		}
	}
	slices.SortStableFunc(members, func(a, b int) int { return cmp.Compare(all[a].extent.bytes, all[b].extent.bytes) })
	if len(members) > 1 {
		findCopies(all, members)
		slices.SortStableFunc(members, func(a, b int) int { return cmp.Compare(min(len(all[a].within), 1), min(len(all[b].within), 1)) })
	}
	b := Batch{prior: ledger}
	for _, i := range members {
		b.Inputs = append(b.Inputs, all[i].in)
		b.Size += all[i].size
		b.copyOf = append(b.copyOf, all[i].copied)
		c := (*whole)(nil)
		if all[i].within != "" {
			c = &whole{all[i].extent, all[i].within}
		}
		b.within = append(b.within, c)
	}
	return b
}

// ReadBatch reads the inputs of a batch in order; sink gives the sink of each
// (one after another, from this goroutine). Results are in the order of
// b.Inputs.
func ReadBatch(ctx context.Context, b Batch, sink func(i int, in Input) (Sink, error)) ([]Result, error) {
	ledger := slices.Clone(b.prior)
	out := make([]Result, 0, len(b.Inputs))
	for i, in := range b.Inputs {
		s, err := sink(i, in)
		if err != nil {
			return nil, err
		}
		var r Result
		switch {
		case b.copyOf[i] != "":
			r = Result{Warnings: []string{"the same file is read for source " + b.copyOf[i]}}
		case b.within[i] != nil:
			r = copyResult(in, *b.within[i], ledger)
		default:
			if r, err = Read(ctx, in, ledger, s); err != nil {
				return nil, err
			}
		}
		ledger = Advance(ledger, r)
		out = append(out, r)
	}
	return out, nil
}

// Advance gives the ledger after one more reading: the entry of its source id
// is replaced, or a new one added, in order of source ids. ledger itself is
// not changed.
func Advance(ledger []schemas.LedgerEntry, r Result) []schemas.LedgerEntry {
	out := slices.Clone(ledger)
	if r.Entry.Bytes == 0 {
		return out
	}
	for i := range out {
		if out[i].SourceID == r.Entry.SourceID {
			out[i] = r.Entry
			return out
		}
	}
	out = append(out, r.Entry)
	slices.SortFunc(out, func(a, b schemas.LedgerEntry) int { return strings.Compare(a.SourceID, b.SourceID) })
	return out
}

// sets is a union-find over indices.
type sets struct{ parent []int }

func newSets(n int) *sets {
	s := &sets{parent: make([]int, n)}
	for i := range s.parent {
		s.parent[i] = i
	}
	return s
}

func (s *sets) find(i int) int {
	for s.parent[i] != i {
		s.parent[i] = s.parent[s.parent[i]]
		i = s.parent[i]
	}
	return i
}

func (s *sets) join(a, b int) {
	a, b = s.find(a), s.find(b)
	s.parent[max(a, b)] = min(a, b)
}

// groups gives the members of each set, both in rising order.
func (s *sets) groups() [][]int {
	at := map[int]int{}
	var out [][]int
	for i := range s.parent {
		root := s.find(i)
		k, ok := at[root]
		if !ok {
			k = len(out)
			at[root] = k
			out = append(out, nil)
		}
		out[k] = append(out[k], i)
	}
	return out
}
