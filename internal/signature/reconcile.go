package signature

import (
	"sort"

	"almanac/schemas"
)

// Tables are what the lake holds of signatures.
type Tables struct {
	// Shapes holds every shape with today's signature_id, and after them the
	// former signature ids with the one they mean today.
	Shapes     []schemas.Shape
	Signatures []schemas.Signature
	Overflow   int // shapes that share a bucket because their family is too large
	Dropped    int // shapes of these rows that are beyond maxKnown
}

// Reconcile joins the shapes of the lake with those seen tonight, groups them
// all and gives the tables as they must be from now on. Seen shapes need
// ShapeID and Text; the rest describes their first event. Of two rows of one
// shape the one with the earlier (first_ts, source_id, line) wins, an unknown
// first_ts (0) last; so the order of nights and files does not matter. Former
// signature ids resolve for ever: one whose statement was split points to the
// signature that most of its shapes went to. Shapes beyond maxKnown have no
// row: the views count them under OverflowID, which then has one.
func Reconcile(old, seen []schemas.Shape, r Rules) Tables {
	return reconcile(old, seen, r, maxKnown)
}

func reconcile(old, seen []schemas.Shape, r Rules, limit int) Tables {
	rows, former, overflow := firstRows(old, seen)
	var t Tables
	moved := map[[2]string]int{} // former and present id -> shapes
	if len(rows) > limit {
		keep, n := keepFair(rows, limit), 0
		for i, s := range rows {
			if keep[i] {
				rows[n] = s
				n++
				continue
			}
			overflow = earlierOf(overflow, overflowRow(s))
			if s.SignatureID != "" {
				moved[[2]string{s.SignatureID, OverflowID}]++
			}
		}
		t.Dropped, rows = len(rows)-n, rows[:n]
	}
	known := make([]Known, len(rows))
	for i, s := range rows {
		known[i] = Known{ID: s.ShapeID, Text: s.Text}
	}
	as := Group(known, r) // sorted by shape id, as rows are
	for i, a := range as {
		s := rows[i]
		if s.SignatureID != "" && s.SignatureID != a.SignatureID {
			moved[[2]string{s.SignatureID, a.SignatureID}]++
		}
		s.SignatureID, s.EventDate = a.SignatureID, schemas.Undated
		t.Shapes = append(t.Shapes, s)
		if a.IsOverflow {
			t.Overflow++
		}
	}
	signatures := signatureRows(t.Shapes, as)
	if overflow.ShapeID != "" {
		signatures[OverflowID] = signatureRow(OverflowID, overflowTemplate, overflow, 0)
	}
	for _, s := range signatures {
		t.Signatures = append(t.Signatures, s)
	}
	sort.Slice(t.Signatures, func(i, j int) bool { return t.Signatures[i].SignatureID < t.Signatures[j].SignatureID })
	t.Shapes = append(t.Shapes, aliases(former, moved, signatures)...)
	if overflow.ShapeID != "" {
		t.Shapes = append(t.Shapes, overflow)
	}
	return t
}

// SameAs says that the shapes are those of the lake, in any order, each with
// the signature that it has there.
func (t *Tables) SameAs(old []schemas.Shape) bool {
	if len(old) != len(t.Shapes) {
		return false
	}
	today := make(map[string]string, len(old))
	for _, s := range t.Shapes {
		today[s.ShapeID] = s.SignatureID
	}
	for _, s := range old {
		if id, ok := today[s.ShapeID]; !ok || id != s.SignatureID {
			return false
		}
	}
	return true
}

// firstRows gives one row per shape, sorted by id, the former signature ids
// of the lake with what they meant last, and the row of OverflowID if any.
func firstRows(old, seen []schemas.Shape) (rows []schemas.Shape, former map[string]string, overflow schemas.Shape) {
	former = map[string]string{}
	at := map[string]int{}
	add := func(s schemas.Shape) {
		i, ok := at[s.ShapeID]
		if !ok {
			at[s.ShapeID] = len(rows)
			rows = append(rows, s)
			return
		}
		id := rows[i].SignatureID
		if earlier(s, rows[i]) {
			rows[i] = s
		}
		rows[i].SignatureID = max(id, s.SignatureID)
	}
	for _, s := range old {
		if s.ShapeID == OverflowID {
			overflow = earlierOf(overflow, s)
			continue
		}
		if s.Text == "" && len(s.ShapeID) > 1 && s.ShapeID[0] == 'S' {
			former[s.ShapeID] = s.SignatureID
			continue
		}
		add(s)
	}
	for _, s := range seen {
		if s.ShapeID == OverflowID {
			overflow = earlierOf(overflow, s)
			continue
		}
		s.SignatureID = ""
		add(s)
	}
	sort.Slice(rows, func(i, j int) bool { return rows[i].ShapeID < rows[j].ShapeID })
	return rows, former, overflow
}

// earlier orders rows of one shape by their first event; the message decides
// between rows that say the same of where it was.
func earlier(a, b schemas.Shape) bool {
	switch {
	case (a.FirstTS == 0) != (b.FirstTS == 0):
		return b.FirstTS == 0
	case a.FirstTS != b.FirstTS:
		return a.FirstTS < b.FirstTS
	case a.SourceID != b.SourceID:
		return a.SourceID < b.SourceID
	case a.Line != b.Line:
		return a.Line < b.Line
	}
	return a.Example < b.Example
}

// signatureRows gives the row of each signature, described by its first event.
func signatureRows(shapes []schemas.Shape, as []Assignment) map[string]schemas.Signature {
	first := map[string]schemas.Shape{}
	count := map[string]int64{}
	template := map[string]string{}
	for i, s := range shapes {
		id := as[i].SignatureID
		template[id] = as[i].Template
		if f, ok := first[id]; !ok || earlier(s, f) {
			first[id] = s
		}
		count[id]++
	}
	rows := make(map[string]schemas.Signature, len(first))
	for id, s := range first {
		rows[id] = signatureRow(id, template[id], s, count[id])
	}
	return rows
}

func signatureRow(id, template string, first schemas.Shape, shapes int64) schemas.Signature {
	return schemas.Signature{
		EventDate: schemas.Undated, SignatureID: id, Template: template, Level: first.Level,
		FirstTS: first.FirstTS, FirstService: first.FirstService, Example: first.Example, Shapes: shapes,
	}
}

// aliases gives the rows of former signature ids, sorted.
func aliases(former map[string]string, moved map[[2]string]int, today map[string]schemas.Signature) []schemas.Shape {
	best := map[string]string{}
	votes := map[string]int{}
	for k, n := range moved {
		if b, ok := best[k[0]]; !ok || n > votes[k[0]] || n == votes[k[0]] && k[1] < b {
			best[k[0]], votes[k[0]] = k[1], n
		}
	}
	for id, to := range former {
		if _, ok := best[id]; !ok {
			best[id] = to
		}
	}
	var out []schemas.Shape
	for id := range best {
		if _, ok := today[id]; ok {
			continue // in use again, with its own meaning
		}
		to := best[id]
		for hops := 0; hops < len(best); hops++ { // an id may have moved on since
			next, ok := best[to]
			if _, used := today[to]; used || !ok {
				break
			}
			to = next
		}
		out = append(out, schemas.Shape{EventDate: schemas.Undated, ShapeID: id, SignatureID: to})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].ShapeID < out[j].ShapeID })
	return out
}
