package intake

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding"
	"encoding/hex"
	"hash"
	"io"
	"slices"

	"almanac/schemas"
)

// UnknownFormat stands in the ledger for a file that no format fits: it is
// tried again only when it has changed or its source names a format.
const UnknownFormat = "unknown"

// place is where reading goes on: after the longest known prefix of a stream.
type place struct {
	entry  *schemas.LedgerEntry // nil: nothing of it has been read before
	whole  bool                 // the entry covers the stream to its end
	sum    hash.Hash            // of the prefix
	head   []byte               // first bytes of the stream, at most headSize
	onLine bool                 // the prefix ends with a complete line
	rest   io.Reader            // the stream after the prefix; nil: open it anew
}

// ReadsWhole says that an entry counts only where it covers a stream to the
// end: documents are read whole or not at all.
func ReadsWhole(e *schemas.LedgerEntry) bool {
	if e.Format == UnknownFormat {
		return true
	}
	f := formatNamed(e.Format)
	return f != nil && f.Document != nil
}

// screen keeps the entries of a source whose head hash fits the first bytes
// of a stream, shortest prefix first.
func screen(head []byte, source string, prior []schemas.LedgerEntry) []*schemas.LedgerEntry {
	sums := map[int64]string{}
	var out []*schemas.LedgerEntry
	for i := range prior {
		e := &prior[i]
		if e.Source != source || e.Bytes <= 0 || e.HeadBytes <= 0 || e.HeadBytes > int64(len(head)) || e.HeadBytes > e.Bytes {
			continue
		}
		h, ok := sums[e.HeadBytes]
		if !ok {
			s := sha256.Sum256(head[:e.HeadBytes])
			h = hex.EncodeToString(s[:])
			sums[e.HeadBytes] = h
		}
		if h == e.HeadHash {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b *schemas.LedgerEntry) int {
		return cmp.Or(cmp.Compare(a.Bytes, b.Bytes), rankCopy(a)-rankCopy(b), cmp.Compare(b.SourceID, a.SourceID))
	})
	return out
}

// rankCopy puts the entries of copies before others of the same length: the
// last that fits is taken.
func rankCopy(e *schemas.LedgerEntry) int {
	if e.Format == CopyFormat {
		return 0
	}
	return 1
}

// locate finds the longest entry whose prefix the stream repeats. It reads
// the stream up to there; trouble on the way only ends the search.
func locate(st *stream, source string, prior []schemas.LedgerEntry) place {
	head := make([]byte, headSize)
	n, _ := io.ReadFull(st, head)
	head = head[:n]
	p := place{head: head}
	candidates := screen(head, source, prior)
	if len(candidates) == 0 {
		return p
	}
	in := bufio.NewReaderSize(io.MultiReader(bytes.NewReader(head), st), 64<<10)
	sum := sha256.New()
	var at int64
	var last byte
	tail := tailWriter{h: sum, last: &last}
	for _, e := range candidates {
		if _, err := io.CopyN(&tail, in, e.Bytes-at); err != nil {
			p.rest = nil // the stream is used up beyond the best prefix
			return p
		}
		at = e.Bytes
		p.rest = nil
		if hex.EncodeToString(sum.Sum(nil)) != e.SHA256 {
			continue
		}
		_, err := in.Peek(1)
		whole := err == io.EOF
		if ReadsWhole(e) && !whole {
			continue
		}
		state, _ := sum.(encoding.BinaryMarshaler).MarshalBinary()
		h := sha256.New()
		_ = h.(encoding.BinaryUnmarshaler).UnmarshalBinary(state)
		p.entry, p.whole, p.sum, p.onLine, p.rest = e, whole, h, last == '\n', in
	}
	return p
}

// tailWriter feeds a hash and remembers the last byte.
type tailWriter struct {
	h    hash.Hash
	last *byte
}

func (t *tailWriter) Write(p []byte) (int, error) {
	if len(p) > 0 {
		*t.last = p[len(p)-1]
	}
	return t.h.Write(p)
}
