package lake

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestIsClean: the fast look agrees with the slow one at every place.
func TestIsClean(t *testing.T) {
	for _, bad := range []string{"", "\x00", "\x01", "\x7f", "\x80", "\xff", "é", "é\x00", "\xc3", "€"} {
		for before := range 20 {
			for after := range 10 {
				s := strings.Repeat("a", before) + bad + strings.Repeat("b", after)
				want := strings.IndexByte(s, 0) < 0 && utf8.ValidString(s)
				if isClean(s) != want {
					t.Fatalf("%q: got %v", s, !want)
				}
			}
		}
	}
}
