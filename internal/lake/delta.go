package lake

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// Integers go into Parquet as DELTA_BINARY_PACKED, in widths of whole bytes: it
// allows any width, and one that is no more than needed hides from zstd that
// values come back. Measured: the column of stamps 2 to 6 % smaller, what says
// how long messages are 15 to 22 %, the files 2 to 4 %.
const (
	deltaBlock = 128            // values that share a least difference
	deltaMini  = deltaBlock / 4 // values that share a width
)

// appendDeltas appends integers as DELTA_BINARY_PACKED (Parquet's Encodings.md).
func appendDeltas(dst []byte, values []int64) []byte {
	dst = append(dst, deltaBlock&0x7f|0x80, deltaBlock>>7, deltaBlock/deltaMini)
	dst = binary.AppendUvarint(dst, uint64(len(values)))
	if len(values) == 0 {
		return append(dst, 0)
	}
	last := values[0]
	dst = binary.AppendVarint(dst, last)
	var block [deltaBlock]int64
	for rest := values[1:]; len(rest) > 0; {
		n := min(len(rest), deltaBlock)
		least := rest[0] - last
		for i, v := range rest[:n] {
			block[i] = v - last
			least = min(least, block[i])
			last = v
		}
		dst = appendBlock(dst, block[:n], least)
		rest = rest[n:]
	}
	return dst
}

// appendBlock appends the differences of a block; the last miniblock that has
// any is filled up, those after it are not there.
func appendBlock(dst []byte, differences []int64, least int64) []byte {
	dst = binary.AppendVarint(dst, least)
	widths := len(dst)
	dst = append(dst, 0, 0, 0, 0)
	for k := 0; len(differences) > 0; k++ {
		n := min(len(differences), deltaMini)
		used := uint64(0)
		for i, d := range differences[:n] {
			differences[i] = d - least
			used |= uint64(d - least)
		}
		width := (bits.Len64(used) + 7) / 8
		dst[widths+k] = byte(8 * width)
		dst = slices.Grow(dst, deltaMini*width+8)
		at := len(dst)
		dst = dst[:at+deltaMini*width+8]
		clear(dst[at:])
		for i, d := range differences[:n] {
			binary.LittleEndian.PutUint64(dst[at+i*width:], uint64(d))
		}
		dst = dst[:at+deltaMini*width]
		differences = differences[n:]
	}
	return dst
}

// appendWhole appends texts as DELTA_LENGTH_BYTE_ARRAY: their lengths, then
// their bytes. Text i is data[ends[i]:ends[i+1]]. The scratch is given back.
func appendWhole(dst, data []byte, ends []uint32, scratch []int64) ([]byte, []int64) {
	scratch = scratch[:0]
	for i := 1; i < len(ends); i++ {
		scratch = append(scratch, int64(ends[i]-ends[i-1]))
	}
	return append(appendDeltas(dst, scratch), data[ends[0]:ends[len(ends)-1]]...), scratch
}

// appendFronts appends texts as DELTA_BYTE_ARRAY: of each, how many bytes it
// shares with the beginning of the one before it, and the rest.
func appendFronts(dst, data []byte, ends []uint32, scratch []int64) ([]byte, []int64) {
	scratch = scratch[:0]
	var before []byte
	for i := 1; i < len(ends); i++ {
		b := data[ends[i-1]:ends[i]]
		scratch = append(scratch, int64(shared(before, b)))
		before = b
	}
	dst = appendDeltas(dst, scratch)
	fronts := len(scratch)
	for i := range fronts {
		scratch = append(scratch, int64(ends[i+1]-ends[i])-scratch[i])
	}
	dst = appendDeltas(dst, scratch[fronts:])
	for i, front := range scratch[:fronts] {
		dst = append(dst, data[int64(ends[i])+front:ends[i+1]]...)
	}
	return dst, scratch
}

// shared is how many bytes two texts begin with alike.
func shared(a, b []byte) int {
	n := min(len(a), len(b))
	i := 0
	for ; i+8 <= n; i += 8 {
		if x := binary.LittleEndian.Uint64(a[i:]) ^ binary.LittleEndian.Uint64(b[i:]); x != 0 {
			return i + bits.TrailingZeros64(x)/8
		}
	}
	for i < n && a[i] == b[i] {
		i++
	}
	return i
}
