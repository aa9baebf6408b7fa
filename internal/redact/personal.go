package redact

import "strings"

func isLocal(c byte) bool {
	return isAlnum(c) || c == '.' || c == '_' || c == '%' || c == '+' || c == '-' || c >= 0x80
}

func isDomain(c byte) bool { return isAlnum(c) || c == '.' || c == '-' || c >= 0x80 }

// notDomains are last labels of names that only look like addresses:
// systemd's instances (user@1000.service) and files (x@1.2.tgz, logo@2x.png).
var notDomains = map[string]bool{
	"service": true, "socket": true, "timer": true, "slice": true, "mount": true, "target": true,
	"scope": true, "device": true, "path": true, "swap": true, "automount": true,
	"tgz": true, "gz": true, "zip": true, "jar": true, "js": true, "mjs": true, "json": true,
	"log": true, "txt": true, "go": true, "py": true, "java": true, "so": true,
	"png": true, "jpg": true, "jpeg": true, "gif": true, "svg": true, "webp": true, "css": true, "html": true,
}

// endings and commonTops tell a file that is called after an address
// (jane@example.com.log) from one with a sign in its name (logo@2x.min.js).
var (
	endings    = words("log txt gz zip json")
	commonTops = words("com org net edu gov io dev co de fr uk eu ch at nl be es it pl se no dk fi cz pt br in jp cn kr ru us ca au nz za mx")
)

// withoutEnding takes the ending of a file off a domain.
func withoutEnding(domain string) string {
	whole := domain
	for {
		i := strings.LastIndexByte(domain, '.')
		if i < 1 {
			return whole
		}
		last := strings.ToLower(domain[i+1:])
		if !endings[last] {
			if commonTops[last] {
				return domain
			}
			return whole
		}
		domain = domain[:i]
	}
}

// findEmail finds the address around the @ at i. The longest local part is 64
// bytes (RFC 5321).
func findEmail(s string, i, floor int) hit {
	start := i
	for start > floor && i-start < 64 && isLocal(s[start-1]) {
		start--
	}
	for start < i && (s[start] == '.' || s[start] == '-') {
		start++
	}
	sign := 1
	if s[i] == '%' { // %40, as URLs write it
		sign = 3
	}
	n := span(s, i+sign, isDomain)
	domain := withoutEnding(strings.TrimRight(s[i+sign:i+sign+n], ".-"))
	dot := strings.LastIndexByte(domain, '.')
	if start == i || dot < 1 {
		return hit{}
	}
	top := strings.ToLower(domain[dot+1:])
	if len(top) < 2 || span(top, 0, isLower) != len(top) || notDomains[top] {
		return hit{}
	}
	end := i + sign + len(domain)
	return hit{start, end, Email, strings.ToLower(s[start:i] + "@" + domain)}
}

// findNumber judges the number that begins at i: digits, in groups joined by
// single blanks or hyphens. Scanning goes on behind the digits at i.
func findNumber(s string, i, floor int) (hit, int) {
	n := span(s, i, isDigit)
	next := i + n
	if h := findIBAN(s, i, floor); h.kind != "" {
		return h, next
	}
	before := byteAt(s, i-1)
	if isAlnum(before) || before == '_' || before == '.' {
		return hit{}, next
	}
	if n == 3 && (byteAt(s, next) == '-' || byteAt(s, next) == '.') {
		return phoneUS(s, i, i), next
	}
	if h := phoneZeros(s, i, n); h.kind != "" {
		return h, next
	}
	if n != 4 && n < 14 || before == '-' { // a minus: not a card
		return hit{}, next
	}
	if sep := byteAt(s, next); n == 4 && sep != ' ' && sep != '-' && sep != '.' {
		return hit{}, next
	}
	return findCard(s, i, n), next
}

// findCard finds a payment card number: plain, or in the groups printed on
// cards, with a known issuer's beginning and length and a right check digit.
func findCard(s string, i, n int) hit {
	var digits [19]byte
	count, end := 0, i
	take := func(k int) bool {
		if span(s, end, isDigit) != k || count+k > len(digits) {
			return false
		}
		count += copy(digits[count:], s[end:end+k])
		end += k
		return true
	}
	if n == 4 {
		sep := byteAt(s, i+4)
		if sep != ' ' && sep != '-' && sep != '.' || !take(4) {
			return hit{}
		}
		for byteAt(s, end) == sep && isDigit(byteAt(s, end+1)) {
			end++
			if k := span(s, end, isDigit); k < 3 || k > 6 || !take(k) {
				return hit{}
			}
		}
	} else if n > len(digits) || !take(n) {
		return hit{}
	}
	after := byteAt(s, end)
	if isAlnum(after) || after == '_' || after == '.' && isDigit(byteAt(s, end+1)) ||
		!isIssued(digits[:count]) || !luhn(digits[:count]) {
		return hit{}
	}
	return hit{i, end, Card, string(digits[:count])}
}

// isIssued knows the beginnings and lengths of the large schemes' numbers
// (ISO/IEC 7812 issuer ranges). Epoch stamps begin with 1 and fall out.
func isIssued(d []byte) bool {
	if len(d) < 14 {
		return false
	}
	p2 := int(d[0]-'0')*10 + int(d[1]-'0')
	p4 := p2*100 + int(d[2]-'0')*10 + int(d[3]-'0')
	switch len(d) {
	case 14: // Diners
		return p2 == 36 || p2 == 38 || p2 == 39 || p4 >= 3000 && p4 <= 3059 || p4 == 3095
	case 15: // American Express
		return p2 == 34 || p2 == 37
	case 16: // Visa, Mastercard, Discover, JCB, UnionPay, Mir, Maestro
		return p2/10 == 4 || p4 >= 2200 && p4 <= 2204 || p4 == 5018 || p4 == 5020 || p4 == 5038 || p4 == 6304 || p4 == 6759 || p4 >= 6761 && p4 <= 6763 || p2 >= 51 && p2 <= 55 || p4 >= 2221 && p4 <= 2720 ||
			p4 == 6011 || p2 == 65 || p4 >= 6440 && p4 <= 6499 || p4 >= 3528 && p4 <= 3589 || p2 == 62
	case 19: // UnionPay, Maestro, Visa
		return p2 == 62 || p2 == 67 || p2/10 == 4
	}
	return false
}

// luhn checks the last digit (ISO/IEC 7812-1 annex B).
func luhn(d []byte) bool {
	sum := 0
	for i := range d {
		v := int(d[len(d)-1-i] - '0')
		if i%2 == 1 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return sum%10 == 0
}

// ibanLength gives the length of a country's numbers (SWIFT IBAN registry).
var ibanLength = map[string]int{
	"AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29,
	"CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24,
	"FI": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21,
	"HU": 28, "IE": 22, "IL": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LI": 21,
	"LT": 20, "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MT": 31, "NL": 18, "NO": 15,
	"PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SE": 24, "SI": 19,
	"BY": 28, "BI": 27, "DJ": 27, "FK": 18, "HN": 28, "IQ": 23, "LC": 32, "LY": 25, "MN": 20, "NI": 28, "OM": 23, "RU": 33, "SC": 31,
	"SD": 18, "SO": 23, "ST": 25, "SV": 28, "TL": 23, "YE": 30, "MR": 27, "MU": 30,
	"SK": 24, "SM": 27, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
}

// findIBAN finds an account number whose check digits begin at i, written in
// one piece or, in capitals, in groups of four. Between hyphens it may be a
// part of an id: 4a1c-be68-….
func findIBAN(s string, i, floor int) hit {
	start := i - 2
	if start < floor || !isLetter(s[i-1]) || !isLetter(s[i-2]) || isWordBefore(s, start) || byteAt(s, start-1) == '-' {
		return hit{}
	}
	country := [2]byte{s[start] &^ 0x20, s[start+1] &^ 0x20}
	want := ibanLength[string(country[:])]
	if want == 0 {
		return hit{}
	}
	var text [34]byte
	n, end := 0, start
	for group := byte(0); end < len(s) && n < want; end++ {
		switch c := s[end]; {
		case isUpperNum(c):
			text[n] = c
			n++
		case isLower(c) && group == 0:
			text[n] = c &^ 0x20
			n++
		case (c == ' ' || c == '-') && n%4 == 0 && (group == 0 || group == c) && isUpper(s[start]) && isUpper(s[start+1]):
			group = c
		default:
			return hit{}
		}
	}
	if n != want || isAlnum(byteAt(s, end)) || byteAt(s, end) == '-' || !mod97(text[:n]) {
		return hit{}
	}
	return hit{start, end, IBAN, string(text[:n])}
}

// mod97 checks ISO 7064 MOD 97-10 as ISO 13616 uses it.
func mod97(text []byte) bool {
	rest := 0
	for i := range text {
		c := text[(i+4)%len(text)]
		if isDigit(c) {
			rest = (rest*10 + int(c-'0')) % 97
		} else {
			rest = (rest*100 + int(c-'A') + 10) % 97
		}
	}
	return rest == 1
}

// findPhone finds a phone number that says it is one: +49 30 1234567, or the
// North American (415) 555-0123.
func findPhone(s string, i int) hit {
	if s[i] == '(' {
		if span(s, i+1, isDigit) == 3 && byteAt(s, i+4) == ')' && !isAlnum(byteAt(s, i-1)) {
			return phoneUS(s, i, i+1)
		}
		return hit{}
	}
	if c := byteAt(s, i-1); isAlnum(c) || c == '+' || c == '.' || c == '_' || c == '/' || !isDigit(byteAt(s, i+1)) || s[i+1] == '0' {
		return hit{}
	}
	digits := []byte{'+'}
	end, last := i+1, i+1
	for end < len(s) && len(digits) <= 16 {
		c := s[end]
		if isDigit(c) {
			digits = append(digits, c)
			last = end + 1
		} else if c != ' ' && c != '-' && c != '(' && c != ')' && c != '.' || end-last >= 2 {
			break
		}
		end++
	}
	n := len(digits) - 1
	if n < 9 || n > 15 || isAlnum(byteAt(s, last)) {
		return hit{}
	}
	return hit{i, last, Phone, string(digits)}
}

// phoneZeros finds a number with the international prefix 00: 0049 30 1234567
// or 00493012345678.
func phoneZeros(s string, i, n int) hit {
	if n < 4 || n > 15 || s[i] != '0' || s[i+1] != '0' || s[i+2] == '0' || byteAt(s, i-1) == '-' {
		return hit{}
	}
	var digits []byte
	end, last := i+2, i+2
	for end < len(s) && len(digits) <= 15 {
		c := s[end]
		if isDigit(c) {
			digits = append(digits, c)
			last = end + 1
		} else if c != ' ' && c != '-' && c != '(' && c != ')' || end-last >= 2 {
			break
		}
		end++
	}
	if len(digits) < 10 || len(digits) > 15 || isAlnum(byteAt(s, last)) || byteAt(s, last) == '.' || byteAt(s, last) == ':' || n > 4 && n < 12 {
		return hit{}
	}
	return hit{i, last, Phone, "+" + string(digits)}
}

// phoneUS finds ddd-ddd-dddd, ddd.ddd.dddd or (ddd) ddd-dddd whose area code begins at a.
// Area and exchange begin with 2-9 (NANP).
func phoneUS(s string, start, a int) hit {
	b := a + 4 // behind "ddd-" or "ddd)"
	if byteAt(s, a+3) == ')' && byteAt(s, b) == ' ' {
		b++
	}
	sep := byte('-')
	if byteAt(s, a+3) == '.' {
		sep = '.'
	}
	mid := byteAt(s, b+3)
	if byteAt(s, a) < '2' || byteAt(s, b) < '2' || span(s, b, isDigit) != 3 || mid != sep && (mid != ' ' || byteAt(s, a+3) != ')') ||
		span(s, b+4, isDigit) != 4 || isAlnum(byteAt(s, b+8)) || byteAt(s, b+8) == '-' || byteAt(s, b+8) == '.' && isDigit(byteAt(s, b+9)) {
		return hit{}
	}
	if c := byteAt(s, start-1); c == '-' || c == '/' {
		return hit{}
	}
	return hit{start, b + 8, Phone, "+1" + s[a:a+3] + s[b:b+3] + s[b+4:b+8]}
}
