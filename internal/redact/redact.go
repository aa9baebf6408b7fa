// Package redact takes secrets and personal data out of text before it is
// stored: keys of the large providers, JWT, PEM private keys, credentials in
// headers, URLs and key=value pairs, cookies, card numbers, e-mail addresses,
// phone numbers and IBANs. What it takes out becomes a token such as
// <email:3f2a91c0>, the same for the same value and site key, so that
// counting and joining still work.
//
// It looks at one text at a time, keeps no state and reads nothing. It does
// not promise to know every secret: a password in free prose, or a key of a
// form that nobody told it, stays. Rules of the site's own come on top.
package redact

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"strings"
	"sync"
)

// Kinds of what is taken out: the word in the token.
const (
	Email    = "email"
	Phone    = "phone"
	Card     = "card"
	IBAN     = "iban"
	Password = "password"
	Token    = "token"
	Cookie   = "cookie"
	Basic    = "basic"
	Bearer   = "bearer"
	JWT      = "jwt"
	PEM      = "pem"
	AWS      = "aws"
	GitHub   = "github"
	GitLab   = "gitlab"
	Slack    = "slack"
	Stripe   = "stripe"
	Google   = "google"
	Azure    = "azure"
	NPM      = "npm"
)

// Redactor takes secrets out of texts. It is immutable and safe for
// concurrent use.
type Redactor struct {
	key   []byte
	extra []Rule
	macs  *sync.Pool // of hash.Hash, keyed
}

// New gives a redactor whose tokens depend on the site's key: without the key
// nobody can try out phone numbers until a token fits. Extra rules run after
// the built-in ones.
func New(key []byte, extra []Rule) *Redactor {
	r := &Redactor{key: append([]byte(nil), key...), extra: append([]Rule(nil), extra...)}
	r.macs = &sync.Pool{New: func() any { return hmac.New(sha256.New, r.key) }}
	return r
}

// hit is a stretch of text to take out. value is what its token is made of:
// the same value written another way has the same token.
type hit struct {
	start, end int
	kind       string
	value      string
}

// class says which bytes may begin or betray a secret; all others are passed
// over at the speed of a table look-up.
type class uint8

const (
	plain     class = iota
	digit           // card, phone, IBAN
	separator       // key=value, key: value, scheme://
	at              // e-mail
	mark            // a byte that ends a provider's prefix
	plus            // +49 …
	scheme          // Bearer, Basic
	escaped         // %40: e-mail in a URL
)

var classes = func() (t [256]class) {
	for c := '0'; c <= '9'; c++ {
		t[c] = digit
	}
	for _, c := range "=:" {
		t[c] = separator
	}
	for _, c := range "_-.IJ~" {
		t[c] = mark
	}
	t['@'], t['%'], t['+'], t['('], t['B'], t['b'] = at, escaped, plus, plus, scheme, scheme
	return t
}()

// Redact gives s with every secret it knows replaced by a token, or s itself,
// without an allocation, where there is none. Redacting twice changes nothing
// more.
func (r *Redactor) Redact(s string) string {
	var out strings.Builder
	last := 0
	for i := 0; i < len(s); {
		if classes[s[i]] == plain {
			i++
			continue
		}
		h, next := look(s, i, last)
		if h.kind == "" {
			i = next
			continue
		}
		out.WriteString(s[last:h.start])
		r.writeToken(&out, h.kind, h.value)
		last, i = h.end, h.end
	}
	if last > 0 {
		out.WriteString(s[last:])
		s = out.String()
	}
	for _, rule := range r.extra {
		s = rule.apply(r, s)
	}
	return s
}

// look asks what the byte at i, which is not plain, betrays: the cheap
// question first. Text before floor is done with; where there is nothing,
// scanning goes on at next.
func look(s string, i, floor int) (h hit, next int) {
	c := classes[s[i]]
	if c == digit {
		n := 1
		for i+n < len(s) && s[i+n]-'0' < 10 {
			n++
		}
		if !worthCounting(s, i, n) {
			return hit{}, i + n
		}
	} else if !worthALook(s, i, c) {
		return hit{}, i + 1
	}
	return find(s, i, floor, c)
}

// worthCounting says whether n digits at i can begin a number that matters: a
// card (4 in a group, or 14 and more), a phone number (3 in a group, or behind
// 00) or an IBAN (behind the two letters of a country).
func worthCounting(s string, i, n int) bool {
	switch {
	case i >= 2 && s[i-1]|0x20-'a' < 26:
		return n >= 2 && isLetter(s[i-2]) && (i == 2 || !isAlnum(s[i-3]))
	case i+n+2 > len(s):
		return n >= 12
	case n == 3: // 415-555-0123, but not 192.168.0.1
		c := s[i+3]
		return (c == '-' || c == '.') && i+7 < len(s) && isDigit(s[i+4]) && isDigit(s[i+5]) && isDigit(s[i+6])
	case n == 4 && s[i] == '0': // 0049 (30) …
		c := s[i+4]
		return c == '-' || c == '.' || c == ' ' || c == '(' || c == ')'
	case n == 4: // 4111 1111 …
		c := s[i+4]
		return (c == '-' || c == '.' || c == ' ') && isDigit(s[i+5])
	}
	return n >= 12
}

// worthALook is the cheap question before the dear one: it passes everything
// that find could find, and little else.
func worthALook(s string, i int, c class) bool {
	if i+1 >= len(s) {
		return false
	}
	switch c {
	case separator:
		return i > 0 && mayEndKey[s[i-1]] || s[i+1] == '/'
	case mark:
		return mayEndPrefix(s, i)
	case plus:
		return isDigit(s[i+1])
	case escaped:
		return i+2 < len(s) && s[i+1] == '4' && s[i+2] == '0'
	case scheme:
		return mayBeScheme(s, i)
	}
	return true
}

// mayBeScheme says whether the b at i can begin Bearer or Basic.
func mayBeScheme(s string, i int) bool {
	if i+2 >= len(s) {
		return false
	}
	a, b := s[i+1]|0x20, s[i+2]|0x20
	return a == 'e' && b == 'a' || a == 'a' && b == 's'
}

// find looks for a secret betrayed by the byte at i. Text before floor is
// done with. Where it finds none, scanning goes on at next.
func find(s string, i, floor int, c class) (h hit, next int) {
	switch c {
	case digit:
		return findNumber(s, i, floor)
	case separator:
		h = findPair(s, i)
	case at, escaped:
		h = findEmail(s, i, floor)
	case mark:
		h = findPrefixed(s, i, floor)
	case plus:
		h = findPhone(s, i)
	case scheme:
		h = findScheme(s, i)
	}
	return h, i + 1
}

// Token gives the token of a value of a kind.
func (r *Redactor) Token(kind, value string) string {
	var out strings.Builder
	r.writeToken(&out, kind, value)
	return out.String()
}

// writeToken writes <kind:8 characters>. The characters are of an HMAC-SHA256;
// the first is a digit, so that maskers take every token for a variable.
func (r *Redactor) writeToken(out *strings.Builder, kind, value string) {
	var buf [sha256.Size]byte
	mac := r.macs.Get().(hash.Hash)
	mac.Reset()
	mac.Write(append(append(append(make([]byte, 0, 128), kind...), 0), value...))
	sum := mac.Sum(buf[:0])
	r.macs.Put(mac)
	var text [8]byte
	hex.Encode(text[:], sum[:4])
	text[0] = '0' + sum[4]%10
	out.WriteByte('<')
	out.WriteString(kind)
	out.WriteByte(':')
	out.Write(text[:])
	out.WriteByte('>')
}

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isUpper(c byte) bool  { return c >= 'A' && c <= 'Z' }
func isLower(c byte) bool  { return c >= 'a' && c <= 'z' }
func isLetter(c byte) bool { return isUpper(c) || isLower(c) }
func isAlnum(c byte) bool  { return isDigit(c) || isUpper(c) || isLower(c) }

// byteAt gives the byte at i, or 0 outside of s.
func byteAt(s string, i int) byte {
	if i < 0 || i >= len(s) {
		return 0
	}
	return s[i]
}

// span counts the bytes of s from i on that ok accepts.
func span(s string, i int, ok func(byte) bool) int {
	n := 0
	for i+n < len(s) && ok(s[i+n]) {
		n++
	}
	return n
}
