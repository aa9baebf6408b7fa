package lake

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go/encoding/delta"
)

// What the lake writes is read by others: here by the library's own decoders.
func TestDeltasAreReadBack(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	cases := [][]int64{
		{}, {-7}, slices.Repeat([]int64{1 << 40}, 300),
		{math.MinInt64, math.MaxInt64, 0, -1, math.MaxInt64, math.MinInt64},
	}
	for _, n := range []int{2, 32, 33, 34, 128, 129, 130, 161, 1000} {
		var stamps, wild []int64
		at := int64(1_800_000_000_000_000)
		for range n {
			at += r.Int64N(90_000) * 1000
			stamps = append(stamps, at)
			wild = append(wild, int64(r.Uint64()>>r.IntN(64)))
		}
		cases = append(cases, stamps, wild)
	}
	for _, values := range cases {
		var e delta.BinaryPackedEncoding
		b := appendDeltas([]byte("before"), values)
		got, err := e.DecodeInt64(nil, b[len("before"):])
		if err != nil || !slices.Equal(got, values) {
			t.Errorf("%d values: %v, read %v, want %v", len(values), err, got, values)
		}
	}
}

func TestTextsAreReadBack(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for n := range 300 {
		var data []byte
		ends := []uint32{0}
		for range n {
			text := strings.Repeat("lease of the volume ", r.IntN(3)) + strings.Repeat("x", r.IntN(12)) + string(rune('a'+r.IntN(3)))
			data = append(data, text...)
			ends = append(ends, uint32(len(data)))
		}
		whole, scratch := appendWhole(nil, data, ends, nil)
		fronts, _ := appendFronts(nil, data, ends, scratch)
		var e delta.LengthByteArrayEncoding
		got, at, err := e.DecodeByteArray(nil, whole, nil)
		if err != nil || !bytes.Equal(got, data) || n > 0 && !slices.Equal(at, ends) {
			t.Fatalf("%d texts stored whole: %v", n, err)
		}
		var f delta.ByteArrayEncoding
		got, at, err = f.DecodeByteArray(nil, fronts, nil)
		if err != nil || !bytes.Equal(got, data) || n > 0 && !slices.Equal(at, ends) {
			t.Fatalf("%d texts stored as differences: %v", n, err)
		}
	}
}

// A page's services are those of its rows, not of those beside it.
func TestServicesOfAPage(t *testing.T) {
	g := &eventGroup{place: map[*attr]int32{}}
	g.reset("2026-11-05")
	for _, s := range []string{"a", "a", "b", "c"} {
		g.group(groupKey{service: s, shape: "s1"})
		for range 10 {
			g.add(&eventRow{attr: &attr{}})
		}
	}
	x := &groupEncoder{g: g}
	for _, c := range []struct{ first, rows, want int }{
		{0, 20, 1}, {0, 21, 2}, {5, 10, 1}, {19, 12, 3}, {20, 10, 1}, {29, 2, 2}, {30, 10, 1}, {0, 40, 3},
	} {
		if got := x.services(c.first, c.rows); got != c.want {
			t.Errorf("rows %d to %d: %d services, want %d", c.first, c.first+c.rows, got, c.want)
		}
	}
}
