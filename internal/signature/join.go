package signature

import "bytes"

// maskNeighbours masks names of days and months, halves of the day and zones
// that stand beside a value: parts of a printed time.
func maskNeighbours(b []byte, ps []piece) {
	for i := range ps {
		if ps[i].kind != word || !timeWords[string(b[ps[i].lo:ps[i].hi])] {
			continue
		}
		if nextIs(ps, i, 1) || nextIs(ps, i, -1) || i+2 < len(ps) && ps[i+2].kind == word &&
			timeWords[string(b[ps[i+2].lo:ps[i+2].hi])] && nextIs(ps, i+2, 1) {
			ps[i].kind, ps[i].why = value, ruleTime
		}
	}
}

// nextIs says that the next piece that is not blank, in direction d, is a
// value.
func nextIs(ps []piece, i, d int) bool {
	i += d
	if i >= 0 && i < len(ps) && ps[i].kind == blank {
		i += d
	}
	return valueAt(ps, i)
}

// maskUnits joins a number with its unit ("1.2 KB"), with the comparison
// before it ("<1 sec") and with a restatement in brackets ("1229 bytes (1.2
// KB)"): one size or duration, however it was printed.
func maskUnits(b []byte, ps []piece) []piece {
	out := ps[:0]
	for i := 0; i < len(ps); i++ {
		p := ps[i]
		if end := sizeEnd(b, ps, i); end > i+1 {
			if again := i + 1; end+1 < len(ps) && ps[end].kind == blank && glued(b, ps, end+1, '(') {
				if again = sizeEnd(b, ps, end+2); again > end+3 && glued(b, ps, again, ')') {
					end = again + 1
				}
			}
			if n := len(out); n > 0 && glued(b, out, n-1, '<') && (n == 1 || out[n-2].kind == blank || out[n-2].kind == punct) {
				p.lo = out[n-1].lo
				out = out[:n-1]
			}
			p.hi, p.kind, p.why, p.slash = ps[end-1].hi, value, ruleUnit, 0
			i = end - 1
		}
		out = append(out, p)
	}
	return out
}

// sizeEnd is the first piece after the number with unit at i, or 0.
func sizeEnd(b []byte, ps []piece, i int) int {
	if !valueAt(ps, i) || ps[i].why != ruleDigit || i+1 >= len(ps) {
		return 0
	}
	if ps[i+1].kind == blank && i+2 < len(ps) && ps[i+2].kind == word && units[string(b[ps[i+2].lo:ps[i+2].hi])] {
		return i + 3
	}
	return 0
}

// maskRanges joins the name and the members of a range of hosts
// ("node-[40-63]"), and masks switches printed between brackets ("( on off
// )").
func maskRanges(b []byte, ps []piece) []piece {
	out := ps[:0]
	for i := 0; i < len(ps); i++ {
		p := ps[i]
		switch {
		case p.kind == word && b[p.hi-1] == '-' && glued(b, ps, i+1, '[') && valueAt(ps, i+2):
			if end := bracketEnd(b, ps, i+1); end > i+1 {
				p.hi, p.kind, p.why = ps[end-1].hi, value, ruleList
				i = end - 1
			}
		case glued(b, ps, i, '('), glued(b, ps, i, '['):
			for j := range ps[i+1 : switchesEnd(b, ps, i)] {
				if q := &ps[i+1+j]; q.kind == word {
					q.kind, q.why = value, ruleBool
				}
			}
		}
		out = append(out, p)
	}
	return out
}

// maskAbsent masks the lone dashes that stand for an absent value in a field
// of their own: "[-]", "[<*> - -]". A dash between texts is no such field.
func maskAbsent(b []byte, ps []piece) {
	for i := range ps {
		if !glued(b, ps, i, '-') {
			continue
		}
		left, right := i-1, i+1
		if left >= 0 && ps[left].kind == blank {
			left--
		}
		if right < len(ps) && ps[right].kind == blank {
			right++
		}
		if left == i-1 && left >= 0 && !opens(b, ps, left) || right == i+1 && right < len(ps) && !closes(b, ps, right) {
			continue // glued to a word
		}
		if left >= 0 && opens(b, ps, left) || right < len(ps) && closes(b, ps, right) ||
			right < len(ps) && glued(b, ps, right, '-') || left >= 0 && ps[left].why == ruleAbsent {
			ps[i].kind, ps[i].why = value, ruleAbsent
		}
	}
}

func opens(b []byte, ps []piece, i int) bool {
	return glued(b, ps, i, '[') || glued(b, ps, i, '(') || glued(b, ps, i, '"')
}

func closes(b []byte, ps []piece, i int) bool {
	return glued(b, ps, i, ']') || glued(b, ps, i, ')') || glued(b, ps, i, '"')
}

// switchesEnd is the closing bracket after i when only switches stand before
// it, else i+1.
func switchesEnd(b []byte, ps []piece, i int) int {
	for j := i + 1; j < len(ps); j++ {
		switch {
		case ps[j].kind == blank:
		case ps[j].kind == word && switches[string(b[ps[j].lo:ps[j].hi])]:
		case glued(b, ps, j, ')'), glued(b, ps, j, ']'):
			return j
		default:
			return i + 1
		}
	}
	return i + 1
}

// joiners are what may stand between the members of a list of values.
const joiners = ",:;/-.|+*&#@~^%_"

// joinLists makes one value of values that nothing but punctuation separates:
// a list has as many members as the program had at hand.
func joinLists(b []byte, ps []piece) []piece {
	out := ps[:0]
	for i := 0; i < len(ps); i++ {
		out = append(out, ps[i])
		if ps[i].kind != value {
			continue
		}
		last := &out[len(out)-1]
		for j := i + 1; j < len(ps); j++ {
			if ps[j].kind == value {
				last.why = ruleList
				last.hi = ps[j].hi
				i = j
				continue
			}
			if ps[j].kind == word || ps[j].kind == punct && len(bytes.Trim(b[ps[j].lo:ps[j].hi], joiners)) > 0 {
				break
			}
		}
	}
	return out
}

// maxPeriod is how many pieces a record of a printed list may have.
const maxPeriod = 16

// joinRepeats keeps one of the records of a list that a program printed in a
// loop: "node <*> <ok> node <*> <ok>". A record must hold a value and be there
// at least twice in a row, word for word the same besides its values.
func joinRepeats(b []byte, ps []piece) []piece {
	if len(ps) < 6 {
		return ps
	}
	out := ps[:0]
	for i := 0; i < len(ps); i++ {
		n := repeat(b, ps, i)
		if n == 0 {
			out = append(out, ps[i])
			continue
		}
		end, last := i+n, i // of the records; start of the last one
		for end+n <= len(ps) && samePieces(b, ps[i:i+n], ps[end:end+n]) {
			last, end = end, end+n
		}
		v := lastValue(ps[i : i+n])
		if rest := n - 1; v < rest && end+rest == len(ps) && samePieces(b, ps[i:i+rest], ps[end:]) {
			last, end = end, len(ps) // without a separator at the end
		}
		first := ps[i+v]
		first.hi, first.why = ps[last+v].hi, ruleList
		tail := ps[last+v+1 : end]
		out = append(append(append(out, ps[i:i+v]...), first), tail...)
		i = end - 1
	}
	return out
}

// repeat is the length of the record that is repeated at i, or 0.
func repeat(b []byte, ps []piece, i int) int {
	if ps[i].kind == blank {
		return 0
	}
	for n := 2; n <= maxPeriod && i+2*n-1 <= len(ps); n++ {
		end := min(i+2*n, len(ps))
		if p, q := ps[i], ps[i+n]; p.kind != q.kind || p.kind == word && p.hi-p.lo != q.hi-q.lo {
			continue // nearly always
		}
		if !samePieces(b, ps[i:end-n], ps[i+n:end]) {
			continue
		}
		if v := lastValue(ps[i : i+n]); v >= 0 && i+n+v < end {
			return n
		}
	}
	return 0
}

func samePieces(b []byte, x, y []piece) bool {
	for k := range x {
		if x[k].kind != y[k].kind {
			return false
		}
		if x[k].kind == word || x[k].kind == punct {
			if !bytes.Equal(b[x[k].lo:x[k].hi], b[y[k].lo:y[k].hi]) {
				return false
			}
		}
	}
	return true
}

func lastValue(ps []piece) int {
	for i := len(ps) - 1; i >= 0; i-- {
		if ps[i].kind == value {
			return i
		}
	}
	return -1
}
