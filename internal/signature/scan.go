package signature

import (
	"bytes"
	"encoding/binary"
	"math/bits"

	"almanac/schemas"
)

// Byte classes of the scanner.
const (
	isSpace  = 1 << iota
	isDelim  // ends a token: blanks and structural punctuation
	isDigit  // 0-9
	isLetter // A-Z, a-z and every byte of a non-ASCII character
	isHex    // 0-9, A-F, a-f
	isTrail  // closes a sentence when it ends a token
)

var class = byteClasses()

func byteClasses() (t [256]uint8) {
	for c := range 256 {
		switch {
		case c <= ' ' || c == 0x7f:
			t[c] = isSpace | isDelim
		case c >= '0' && c <= '9':
			t[c] = isDigit | isHex
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= 0x80:
			t[c] = isLetter
		}
		if c|0x20 >= 'a' && c|0x20 <= 'f' && c < 0x80 && t[c] == isLetter {
			t[c] |= isHex
		}
	}
	for _, c := range "=,;:()[]{}<>\"'|`" {
		t[c] |= isDelim
	}
	for _, c := range ".!?" {
		t[c] |= isTrail
	}
	return t
}

// slashes says how a value begins, the only thing of it that the mask may
// depend on: 0 no slash, 1 "/" or "\\", 2 "//".
func slashes(b []byte, s schemas.Span) uint8 {
	switch lo := int(s.Lo); {
	case b[lo] != '/' && b[lo] != '\\':
		return 0
	case b[lo] == '/' && lo+1 < int(s.Hi) && b[lo+1] == '/':
		return 2
	}
	return 1
}

// Constants of the running hash (xxhash's primes).
const (
	prime1 = 0x9E3779B185EBCA87
	prime2 = 0xC2B2AE3D27D4EB4F
	prime3 = 0x165667B19E3779F9
)

// scan finds the values of a line that carry a digit (tokens, but for words
// that end in one) and hashes all the rest: lines that differ only in such
// values have the same hash. It allocates only to let spans grow.
func scan(b []byte, cut bool, spans []schemas.Span) (uint64, []schemas.Span) {
	h := uint64(prime3)
	if cut {
		h = prime1
	}
	run := 0 // start of the literal text not hashed yet
	for i := nextDigit(b, 0); i < len(b); {
		lo, hi, keep := tokenAt(b, i, run)
		if keep {
			i = nextDigit(b, hi)
			continue
		}
		s := schemas.Span{Lo: int32(lo), Hi: int32(hi)}
		h = hashRun(h, b[run:lo])
		h = mix(h^(prime2+uint64(slashes(b, s))), prime1)
		spans = append(spans, s)
		run = hi
		i = nextDigit(b, hi)
	}
	h = hashRun(h, b[run:])
	return mix(h, prime2), spans
}

// tokenAt gives the bounds of the token around the digit at i, not left of
// floor. A word that carries one digit as a part of its name (ssh2, eth0,
// HttpServer2) is kept as text.
func tokenAt(b []byte, i, floor int) (lo, hi int, keep bool) {
	lo = i
	for lo > floor && class[b[lo-1]]&isDelim == 0 && b[lo-1] != '@' && !leaders(b, lo, floor) {
		lo--
	}
	digits := 0
	for hi = i; hi < len(b); hi++ {
		c := class[b[hi]]
		if c&isDelim != 0 {
			if b[hi] == ':' && hexGroup(b, hi+1) {
				continue
			}
			break
		}
		digits += int(c&isDigit) >> 2
	}
	for hi > i+1 && class[b[hi-1]]&isTrail != 0 {
		hi--
	}
	if digits == 1 && i-lo >= 2 && class[b[i-1]]&isLetter != 0 && class[b[i-2]]&isLetter != 0 {
		return lo, hi, true
	}
	if lo > floor && b[lo-1] == ':' {
		lo = macStart(b, lo, hi, floor)
	}
	return lo, hi, false
}

// leaders says that dots lead up to lo, as in "parity error......0".
func leaders(b []byte, lo, floor int) bool {
	return lo-2 >= floor && b[lo-1] == '.' && b[lo-2] == '.'
}

// hexGroup says that at i stands a group of an IPv6 or MAC address that has no
// digit of its own, such as the "bf" of 00:1c:bf.
func hexGroup(b []byte, i int) bool {
	n := i
	for n < len(b) && n-i < 5 && class[b[n]]&isHex != 0 {
		n++
	}
	if n == i || n-i > 4 {
		return false
	}
	return n == len(b) || class[b[n]]&(isLetter|isDigit) == 0
}

// macStart widens a MAC address to the left over groups without a digit, such
// as the "be" and "ef" of be:ef:00:12:34:56.
func macStart(b []byte, lo, hi, floor int) int {
	groups, at := 0, lo
	for i := lo; i+2 <= hi && isHexPair(b, i, hi); i += 3 {
		groups++
	}
	for at-3 >= floor && b[at-1] == ':' && isHexPair(b, at-3, at-1) {
		at -= 3
		groups++
	}
	if groups < 4 || at > floor && class[b[at-1]]&isDelim == 0 {
		return lo
	}
	return at
}

// isHexPair says that two hex digits and nothing else stand at i, up to a
// colon or the end.
func isHexPair(b []byte, i, hi int) bool {
	return class[b[i]]&isHex != 0 && class[b[i+1]]&isHex != 0 && (i+2 == hi || b[i+2] == ':')
}

// nextDigit is the index of the first digit at or after i, or len(b). It looks
// at eight bytes at a time.
func nextDigit(b []byte, i int) int {
	for ; i+8 <= len(b); i += 8 {
		x := binary.LittleEndian.Uint64(b[i:]) ^ 0x3030303030303030
		// A byte is a digit when it is now 0-9: adding 0x76 then leaves the
		// top bit clear.
		t := ((x & 0x7f7f7f7f7f7f7f7f) + 0x7676767676767676) | x
		if t = ^t & 0x8080808080808080; t != 0 {
			return i + bits.TrailingZeros64(t)>>3
		}
	}
	for ; i < len(b); i++ {
		if b[i]-'0' <= 9 {
			return i
		}
	}
	return i
}

// hashRun adds literal text to a hash, eight bytes at a time.
func hashRun(h uint64, b []byte) uint64 {
	h ^= uint64(len(b)) * prime3
	for len(b) >= 8 {
		h = mix(h^binary.LittleEndian.Uint64(b), prime1)
		b = b[8:]
	}
	if len(b) > 0 {
		var x uint64
		if len(b) >= 4 {
			x = uint64(binary.LittleEndian.Uint32(b)) | uint64(binary.LittleEndian.Uint32(b[len(b)-4:]))<<32
		} else {
			x = uint64(b[0]) | uint64(b[len(b)>>1])<<8 | uint64(b[len(b)-1])<<16
		}
		h = mix(h^x, prime2)
	}
	return h
}

// mix multiplies to 128 bits and folds.
func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo ^ a
}

func indexNewline(b []byte) int {
	i := bytes.IndexByte(b, '\n')
	if i > 0 && b[i-1] == '\r' {
		return i - 1
	}
	return i
}
