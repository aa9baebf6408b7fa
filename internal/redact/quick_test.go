package redact

import (
	"math/rand/v2"
	"testing"
)

// The cheap questions may let through too much, but must not pass over
// anything that the dear ones would find.
func TestCheapQuestionsMissNothing(t *testing.T) {
	pieces := []string{"4111", "1111", "1111", "1111", "378282246310005", "555", "0123", "415", "00", "0049", "30", "1234567", "49",
		"DE89", "3704", "0044", "0532", "0130", "00", "GB", "29", "NWBK", " ", " ", "-", "-", ".", "(", ")", "+", "x", "_", "@", "/", ":", "=",
		"token", "password", "a1b2c3d4e5f6", "ghp_", "Bearer ", "example.com", "%40", "eyJ", "--", "\"", "'"}
	r := rand.New(rand.NewPCG(1, 2))
	found := 0
	for range 400_000 {
		s := ""
		for range 2 + r.IntN(9) {
			s += pieces[r.IntN(len(pieces))]
		}
		for i := 0; i < len(s); i++ {
			c := classes[s[i]]
			worth := c != plain && c != digit && worthALook(s, i, c)
			if c == digit {
				if i > 0 && isDigit(s[i-1]) {
					continue
				}
				worth = worthCounting(s, i, span(s, i, isDigit))
			}
			if c == plain {
				continue
			}
			if h, _ := find(s, i, 0, c); h.kind != "" {
				if found++; !worth {
					t.Fatalf("%q: %s at %d is passed over", s, h.kind, i)
				}
			}
		}
	}
	if found < 1000 {
		t.Errorf("only %d secrets were found: the test tests nothing", found)
	}
}

// Each provider's prefix, wherever in a text it stands, passes the cheap
// question.
func TestEveryPrefixIsWorthALook(t *testing.T) {
	for _, p := range prefixes {
		body := ""
		for _, c := range []byte("A1b2Cd3e7") {
			if p.body(c) {
				body += string(c)
			}
		}
		for len(body) < p.min {
			body += body
		}
		body = body[:min(len(body), p.max)]
		for _, before := range []string{"", " ", "=", "key: ", "/", "--"} {
			s := before + p.text + body
			i := len(before) + p.trigger
			if p.min == p.max && len(body) != p.min {
				t.Fatalf("%s: a body of %d", p.text, len(body))
			}
			if h := findPrefixed(s, i, 0); h.kind == "" {
				t.Errorf("%q: not found", s)
			} else if !worthALook(s, i, mark) {
				t.Errorf("%q: passed over", s)
			}
		}
	}
}
