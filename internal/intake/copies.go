package intake

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"almanac/schemas"
)

// CopyFormat stands in the ledger for a file whose lines were all read from
// another one: it is known, and gave no rows under its own source id.
const CopyFormat = "copy"

// extent is what there is to read of an input: its complete lines.
type extent struct {
	bytes, lines int64
	sum, headSum string
	headBytes    int64
	first        []byte // its first line
}

// whole says that all lines of an input begin another one.
type whole struct {
	extent extent
	other  string
}

// measure reads an input once for its extent; what is damaged counts up to
// the damage.
func measure(c *candidate) extent {
	st, err := open(c.in.Path)
	if err != nil {
		return extent{}
	}
	defer st.Close()
	sp := newSplitter(st)
	sp.takeLast = c.in.Final || st.packed != ""
	e := extent{first: append([]byte(nil), newHead("", sp.peek(maxHead)).first()...)}
	for {
		if _, ok := sp.next(); !ok {
			break
		}
	}
	e.bytes, e.sum, e.headBytes, e.headSum = sp.digest()
	e.lines = sp.lines
	return e
}

// findCopies marks the members (rising by length) whose lines all begin a
// longer member, or are those of an equal one that comes before.
func findCopies(all []candidate, members []int) {
	for k := len(members) - 1; k >= 0; k-- {
		long := &all[members[k]]
		if long.copied != "" || k > 0 && twin(long, &all[members[k-1]]) {
			continue // its first twin stands for it
		}
		var other []*candidate
		for j, i := range members {
			c := &all[i]
			fits := c.extent.bytes < long.extent.bytes || j > k && twin(c, long)
			if fits && j != k && c.within == "" && c.copied == "" && c.extent.bytes > 0 && c.in.Source.Name == long.in.Source.Name {
				other = append(other, c)
			}
		}
		markPrefixes(long, other)
	}
}

func twin(a, b *candidate) bool {
	return a.extent.bytes == b.extent.bytes && a.extent.sum == b.extent.sum && a.in.Source.Name == b.in.Source.Name && b.copied == ""
}

// markPrefixes hashes the long input up to the length of each shorter one.
func markPrefixes(long *candidate, shorter []*candidate) {
	if len(shorter) == 0 {
		return
	}
	st, err := open(long.in.Path)
	if err != nil {
		return
	}
	defer st.Close()
	in := bufio.NewReaderSize(st, 64<<10)
	sum := sha256.New()
	var at int64
	for _, c := range shorter { // rising by length
		if _, err := io.CopyN(sum, in, c.extent.bytes-at); err != nil {
			return
		}
		at = c.extent.bytes
		if hex.EncodeToString(sum.Sum(nil)) == c.extent.sum {
			c.within = long.in.Name
		}
	}
}

// copyResult reports an input whose lines are read from another one. Its
// ledger entry keeps it known when the other one is gone.
func copyResult(in Input, w whole, ledger []schemas.LedgerEntry) Result {
	r := Result{
		Format: CopyFormat, Confidence: 1,
		Counts:   schemas.Accounting{Lines: w.extent.lines, AlreadySeen: w.extent.lines},
		Warnings: []string{fmt.Sprintf("all its %d lines are read from %s", w.extent.lines, w.other)},
	}
	id := ""
	for i := range ledger {
		e := &ledger[i]
		if e.Source != in.Source.Name {
			continue
		}
		if ReadsWhole(e) && e.Bytes == w.extent.bytes && e.SHA256 == w.extent.sum {
			r.Entry, r.Format = *e, e.Format
			return r
		}
		if e.Format == CopyFormat && e.File == in.Name {
			id = e.SourceID
		}
	}
	if id == "" {
		id = sourceID(in, w.extent.first, ledger)
	}
	r.Entry = schemas.LedgerEntry{
		SourceID: id, Source: in.Source.Name, File: in.Name, Format: CopyFormat,
		Bytes: w.extent.bytes, SHA256: w.extent.sum, HeadBytes: w.extent.headBytes, HeadHash: w.extent.headSum, Lines: w.extent.lines,
	}
	return r
}
