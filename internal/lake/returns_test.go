package lake

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// Only what comes back from afar calls for the better level: not fresh values,
// and not what the lines around repeat.
func TestReturns(t *testing.T) {
	page := func(value func(r *rand.Rand, i int) uint64) []byte {
		r := rand.New(rand.NewPCG(8, 8))
		var b []byte
		for i := 0; len(b) < 3<<20; i++ {
			b = fmt.Appendf(b, "%016x of the volume was closed by its owner", value(r, i)*0x9E3779B97F4A7C15)
		}
		return b
	}
	for _, c := range []struct {
		name  string
		value func(r *rand.Rand, i int) uint64
		want  bool
	}{
		{"fresh", func(r *rand.Rand, i int) uint64 { return r.Uint64() }, false},
		{"near", func(r *rand.Rand, i int) uint64 { return uint64(i / 8) }, false},
		{"the same", func(r *rand.Rand, i int) uint64 { return 7 }, false},
		{"far", func(r *rand.Rand, i int) uint64 { return uint64(i % 6000) }, true},
		{"half", func(r *rand.Rand, i int) uint64 { return uint64(r.IntN(12000)) }, true},
	} {
		var x returns
		if got := x.enough(page(c.value)); got != c.want || x.enough(page(c.value)) != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	var x returns
	if x.enough(nil) || x.enough([]byte("short")) {
		t.Error("nothing comes back in nothing")
	}
}
