package redact

import "strings"

// secretKey is the end of a key's name whose value is secret. Names are
// compared in lower case without _, - and blanks.
type secretKey struct {
	name string
	kind string
	// min is the shortest value taken: "token=5" is a count.
	min int
	// anywhere: the name may end any word (dbpassword); otherwise it must
	// be a word of its own (db_pass, dbPass, but not bypass).
	anywhere bool
}

var secretKeys = []secretKey{
	{"password", Password, 1, true}, {"passwd", Password, 1, true}, {"passphrase", Password, 1, true},
	{"pwd", Password, 1, false}, {"pass", Password, 4, false}, {"passcode", Password, 4, true}, {"passwort", Password, 1, true}, {"pw", Password, 4, false},
	{"cvv", Card, 3, false}, {"cvc", Card, 3, false}, {"cardnumber", Card, 12, true}, {"creditcard", Card, 12, true}, {"ccnumber", Card, 12, false}, {"pan", Card, 12, false},
	{"secret", Token, 6, true}, {"token", Token, 8, true}, {"apikey", Token, 8, true},
	{"accesskey", Token, 8, true}, {"secretkey", Token, 8, true}, {"privatekey", Token, 8, true},
	{"authkey", Token, 8, true}, {"encryptionkey", Token, 8, true}, {"signingkey", Token, 8, true},
	{"accountkey", Azure, 8, true}, {"sharedaccesskey", Azure, 8, true},
	{"sig", Azure, 20, false}, {"signature", Token, 20, false},
	{"credential", Token, 8, true}, {"credentials", Token, 8, true},
	{"authorization", Token, 4, true}, {"xauth", Token, 8, false},
	{"cookie", Cookie, 3, true}, {"cookies", Cookie, 12, true}, {"jsessionid", Cookie, 8, false}, {"sessiontoken", Cookie, 8, true}, {"phpsessid", Cookie, 8, false}, {"sessid", Cookie, 8, true},
	{"phone", Phone, 7, false}, {"mobile", Phone, 7, false}, {"telephone", Phone, 7, false},
	{"msisdn", Phone, 7, false}, {"phonenumber", Phone, 7, true}, {"phoneno", Phone, 7, true}, {"tel", Phone, 7, false}, {"cell", Phone, 7, false},
	{"fax", Phone, 7, false}, {"mobilenumber", Phone, 7, true}, {"caller", Phone, 7, false}, {"callerid", Phone, 7, false}, {"iban", IBAN, 12, false},
}

// keysByEnd lists secretKeys by their last letter.
var keysByEnd = func() (t [256][]secretKey) {
	for _, k := range secretKeys {
		c := k.name[len(k.name)-1]
		t[c] = append(t[c], k)
	}
	return t
}()

// keyEnds marks the last two letters of the keys.
var keyEnds = func() (t [32][32]bool) {
	for _, k := range secretKeys {
		n := len(k.name)
		t[k.name[n-2]&31][k.name[n-1]&31] = true
	}
	return t
}()

// mayEndKey marks what can stand before the separator of a pair: the last
// letter of a key, the quote behind it, or a blank.
var mayEndKey = func() (t [256]bool) {
	for c, keys := range keysByEnd {
		t[c] = keys != nil
		t[c&^0x20] = t[c&^0x20] || keys != nil
	}
	t['"'], t['\''], t[' '] = true, true, true
	return t
}()

// nothings are values that give nothing away.
var nothings = map[string]bool{
	"null": true, "nil": true, "none": true, "true": true, "false": true, "undefined": true,
	"redacted": true, "masked": true, "hidden": true, "empty": true, "yes": true, "no": true,
}

// findPair judges the = or : at i: a URL with a password, or a key whose
// name says that its value is secret.
func findPair(s string, i int) hit {
	if s[i] == ':' && strings.HasPrefix(s[i:], "://") {
		return findURLPassword(s, i+3)
	}
	end, quoted := keyEnd(s[:i])
	if end == 0 {
		return hit{}
	}
	candidates := keysByEnd[s[end-1]|0x20]
	if candidates == nil || !isAlnum(s[end-1]) || end > 1 && isLetter(s[end-2]) && !keyEnds[s[end-2]&31][s[end-1]&31] {
		return hit{}
	}
	for _, k := range candidates {
		if matched, _ := matchKey(s[:end], k); matched {
			if h := pairValue(s, i, k, quoted); h.kind != "" {
				return h
			}
		}
	}
	return hit{}
}

// keyEnd is where the name of a key ends in the text before a separator:
// before blanks and a quote.
func keyEnd(text string) (end int, quoted bool) {
	end = len(text)
	for end > 0 && text[end-1] == ' ' && len(text)-end < 2 {
		end--
	}
	if end > 0 && (text[end-1] == '"' || text[end-1] == '\'') {
		end, quoted = end-1, true
		for end > 0 && text[end-1] == '\\' { // JSON inside JSON
			end--
		}
	}
	return end, quoted
}

// matchKey says whether text ends with the key's name, as a word where it must
// be one; more says that it would depend on what stands before the text.
func matchKey(text string, k secretKey) (matched, more bool) {
	i := len(text)
	for n := len(k.name) - 1; n >= 0; n-- {
		for i > 0 && n < len(k.name)-1 && (text[i-1] == '_' || text[i-1] == '-' || text[i-1] == ' ' || text[i-1] == '.') {
			i--
		}
		if i == 0 {
			return false, true
		}
		if text[i-1]|0x20 != k.name[n] {
			return false, false
		}
		i--
	}
	if i > 0 && text[i-1] == '<' {
		return false, false // <token:…> is a token already
	}
	if k.anywhere || i == 0 {
		return true, false
	}
	return !isAlnum(text[i-1]) || isUpper(text[i]) && isLower(text[i-1]), false
}

// pairValue finds the value behind the separator at i.
func pairValue(s string, i int, k secretKey, quoted bool) hit {
	at := i + 1
	if byteAt(s, at) == '>' { // =>
		at++
	}
	blank := byteAt(s, at) == ' '
	for byteAt(s, at) == ' ' && at-i < 4 {
		at++
	}
	if c := byteAt(s, at+1); byteAt(s, at) == '[' && (c == '"' || c == '\'' || c == '\\') { // a list of one
		at++
	}
	if n := span(s, at, isBackslash); n > 0 && byteAt(s, at+n) == '"' {
		at += n
	}
	end := 0
	if q := byteAt(s, at); q == '"' || q == '\'' {
		at, quoted = at+1, true
		end = quoteEnd(s, at, q)
	} else if k.kind == Cookie {
		end = cookieEnd(s, at)
	} else if k.kind == Phone || k.kind == Card || k.kind == IBAN {
		end = groupsEnd(s, at)
	} else {
		at = skipScheme(s, at, k)
		end = at + span(s, at, isValue)
	}
	if k.name == "authorization" {
		at = skipScheme(s, at, k)
	}
	if at >= end {
		return hit{}
	}
	value := s[at:end]
	prose := s[i] == ':' && blank && !quoted && k.kind != Cookie
	if len(value) < k.min || value[0] == '<' || isNothing(value) {
		return hit{}
	}
	if prose && (k.kind == Password || k.kind == Token) && (len(value) < 6 || !looksRandom(value)) && !loneWord(s, end, value) {
		return hit{}
	}
	kind := k.kind
	if (kind == Card || kind == IBAN) && countDigits(value) < k.min-2 {
		return hit{}
	}
	if kind == Token && strings.IndexByte("[{(", value[0]) >= 0 {
		return hit{} // credentials: [UserCredential(…)]
	}
	if kind == Phone && countDigits(value) < 7 {
		return hit{}
	}
	if kind == Token && k.min < 20 && !quoted && !looksRandom(value) && len(value) < 16 {
		return hit{} // token=expired, secret=missing
	}
	return hit{at, end, kind, value}
}

func isBackslash(c byte) bool { return c == '\\' }

// groupsEnd goes over a number written in groups: 030 123-45 67.
func groupsEnd(s string, at int) int {
	end := at
	for i := at; i < len(s) && i-at < 48; i++ {
		switch c := s[i]; {
		case isAlnum(c):
			end = i + 1
		case c == ' ' || c == '-' || c == '.' || c == '/' || c == '(' || c == ')' || c == '+':
			if i+1 < len(s) && !isDigit(s[i+1]) && s[i+1] != '(' && s[i+1] != ')' && s[i+1] != '+' && !isUpper(s[i+1]) {
				return end
			}
		default:
			return end
		}
	}
	return end
}

// loneWord says that a value behind "password: " is a password although it is
// a word: it ends its clause, and is none of the words that speak of one.
func loneWord(s string, end int, value string) bool {
	if c := byteAt(s, end); c != 0 && c != '\n' && c != '\r' && c != ',' && c != ';' && c != '}' && c != '"' {
		return false
	}
	return len(value) >= 4 && !speaksOf[strings.ToLower(strings.TrimRight(value, ".!?"))]
}

// speaksOf are words that follow "password:" or "token:" in messages.
var speaksOf = words(`incorrect invalid wrong missing required expired mismatch failed failure error unknown denied changed reset empty blank unset
	weak short long correct valid accepted rejected user password username token secret login authentication authorization unauthorized forbidden
	disabled enabled locked revoked revocation bad needed absent present unchanged updated used unused found given ok okay default configured set
	string bytes number object array encrypted plain text hashed unsupported malformed unexpected identifier expression symbol keyword eof end`)

func words(text string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(text) {
		m[w] = true
	}
	return m
}

func isValue(c byte) bool {
	return c > ' ' && c < 0x7f && !strings.ContainsRune(`,;&"')]}<>|`, rune(c)) || c >= 0x80
}

// quoteEnd finds the quote that ends the text from at on; a backslash hides
// the quote behind it, unless the whole is quoted that way.
func quoteEnd(s string, at int, q byte) int {
	escaped := at >= 2 && s[at-2] == '\\'
	for i := at; i < len(s); i++ {
		switch {
		case escaped && s[i] == '\\' && byteAt(s, i+1) == q:
			return i
		case !escaped && s[i] == '\\':
			i++
		case s[i] == q:
			return i
		}
	}
	return len(s)
}

// cookieEnd goes over "name=value; name=value".
func cookieEnd(s string, at int) int {
	end := at
	for {
		end += span(s, end, func(c byte) bool { return c > ' ' && c != ';' && c != '"' && c != '\'' && c != ',' })
		if byteAt(s, end) != ';' || byteAt(s, end+1) != ' ' {
			return end
		}
		n := span(s, end+2, isWordDash)
		if n == 0 || byteAt(s, end+2+n) != '=' && byteAt(s, end+2+n) != ';' {
			return end
		}
		end += 2
	}
}

func isWordDash(c byte) bool { return isWord(c) || c == '-' }

// skipScheme goes over the scheme of an Authorization header.
func skipScheme(s string, at int, k secretKey) int {
	if k.name != "authorization" {
		return at
	}
	for _, word := range []string{"basic ", "bearer ", "token ", "digest ", "negotiate ", "apikey "} {
		if next, ok := afterWord(s, at, word); ok {
			return next
		}
	}
	return at
}

// isNothing knows values that are empty, masked already, or say so.
func isNothing(value string) bool {
	trimmed := strings.Trim(value, "*xX.#-_[]{}()$%")
	return trimmed == "" || nothings[strings.ToLower(trimmed)]
}

func countDigits(s string) int {
	n := 0
	for i := range len(s) {
		if isDigit(s[i]) {
			n++
		}
	}
	return n
}

// findURLPassword finds the password in scheme://user:password@host.
func findURLPassword(s string, at int) hit {
	n := span(s, at, func(c byte) bool {
		return c > ' ' && c != '/' && c != '?' && c != '#' && c != '"' && c != '\'' && c != '<' && c != '>'
	})
	authority := s[at : at+n]
	host := strings.LastIndexByte(authority, '@')
	if host < 0 {
		return hit{}
	}
	colon := strings.IndexByte(authority[:host], ':')
	if colon < 0 || colon+1 == host || isNothing(authority[colon+1:host]) {
		return hit{}
	}
	return hit{at + colon + 1, at + host, Password, authority[colon+1 : host]}
}
