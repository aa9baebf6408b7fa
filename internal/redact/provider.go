package redact

import (
	"encoding/base64"
	"strings"
)

// prefix is the fixed beginning of a provider's keys. The byte at trigger is
// where the scanner stops; body is what follows the prefix.
type prefix struct {
	text     string
	trigger  int // position in text of the byte the scanner stops at
	min, max int // length of the body
	body     func(byte) bool
	kind     string
}

func isWord(c byte) bool     { return isAlnum(c) || c == '_' }
func isURL64(c byte) bool    { return isAlnum(c) || c == '_' || c == '-' }
func isDotted(c byte) bool   { return isURL64(c) || c == '.' }
func isUpperNum(c byte) bool { return isUpper(c) || isDigit(c) }
func isPath(c byte) bool     { return isAlnum(c) || c == '/' }
func isBase64(c byte) bool   { return isURL64(c) || c == '+' || c == '/' || c == '=' }
func isHex(c byte) bool      { return isDigit(c) || c >= 'a' && c <= 'f' }
func isTilde(c byte) bool    { return isDotted(c) || c == '~' }

// prefixes are the forms that the providers document, or that the public rule
// sets of gitleaks and GitHub's secret scanning list, with lengths a little
// below the shortest seen.
var prefixes = []prefix{
	{"AKIA", 2, 16, 16, isUpperNum, AWS}, {"ASIA", 2, 16, 16, isUpperNum, AWS}, {"ABIA", 2, 16, 16, isUpperNum, AWS},
	{"ghp_", 3, 30, 255, isWord, GitHub}, {"gho_", 3, 30, 255, isWord, GitHub},
	{"ghu_", 3, 30, 255, isWord, GitHub}, {"ghs_", 3, 30, 255, isWord, GitHub},
	{"ghr_", 3, 30, 255, isWord, GitHub}, {"github_pat_", 6, 40, 255, isWord, GitHub},
	{"glpat-", 5, 20, 255, isDotted, GitLab}, {"gldt-", 4, 20, 255, isURL64, GitLab},
	{"glrt-", 4, 20, 255, isURL64, GitLab}, {"glptt-", 5, 20, 255, isURL64, GitLab},
	{"glcbt-", 5, 20, 255, isURL64, GitLab}, {"glft-", 4, 20, 255, isURL64, GitLab}, {"glsoat-", 6, 20, 255, isURL64, GitLab},
	{"gloas-", 5, 20, 255, isURL64, GitLab}, {"glagent-", 7, 20, 255, isURL64, GitLab},
	{"xoxb-", 4, 10, 255, isURL64, Slack}, {"xoxp-", 4, 10, 255, isURL64, Slack},
	{"xoxa-", 4, 10, 255, isURL64, Slack}, {"xoxr-", 4, 10, 255, isURL64, Slack},
	{"xoxs-", 4, 10, 255, isURL64, Slack}, {"xapp-", 4, 20, 255, isURL64, Slack}, {"xoxe-", 4, 10, 255, isURL64, Slack},
	{"xoxe.", 4, 20, 512, isDotted, Slack}, {"hooks.slack.com/workflows/", 5, 20, 255, isPath, Slack},
	{"hooks.slack.com/services/", 5, 20, 255, isPath, Slack},
	{"sk_live_", 2, 16, 255, isAlnum, Stripe}, {"sk_test_", 2, 16, 255, isAlnum, Stripe},
	{"rk_live_", 2, 16, 255, isAlnum, Stripe}, {"rk_test_", 2, 16, 255, isAlnum, Stripe},
	{"whsec_", 5, 16, 255, isBase64, Stripe},
	{"AIza", 1, 35, 60, isURL64, Google}, {"ya29.", 4, 20, 2048, isURL64, Google},
	{"GOCSPX-", 6, 20, 60, isURL64, Google},
	{"npm_", 3, 36, 36, isAlnum, NPM}, {"pypi-", 4, 50, 255, isURL64, Token},
	{"SG.", 2, 40, 100, isDotted, Token}, {"dop_v1_", 3, 40, 80, isAlnum, Token},
	{"hf_", 2, 30, 60, isAlnum, Token}, {"dckr_pat_", 4, 20, 60, isURL64, Token},
	{"dckr_oat_", 4, 20, 60, isURL64, Token}, {"doo_v1_", 3, 40, 80, isAlnum, Token}, {"dor_v1_", 3, 40, 80, isAlnum, Token},
	{"shpat_", 5, 32, 32, isAlnum, Token}, {"shpss_", 5, 32, 32, isAlnum, Token}, {"shpca_", 5, 32, 32, isAlnum, Token}, {"shppa_", 5, 32, 32, isAlnum, Token},
	{"sk-ant-", 2, 20, 255, isURL64, Token}, {"sk-proj-", 2, 20, 255, isURL64, Token}, {"sk-svcacct-", 2, 20, 255, isURL64, Token},
	{"sk-admin-", 2, 20, 255, isURL64, Token}, {"sk-or-v1-", 2, 20, 255, isURL64, Token}, {"sk-", 2, 32, 64, isAlnum, Token},
	{"hvs.", 3, 20, 255, isURL64, Token}, {"hvb.", 3, 20, 512, isURL64, Token}, {"hvr.", 3, 20, 255, isURL64, Token},
	{"glsa_", 4, 30, 60, isWord, Token}, {"glc_", 3, 30, 512, isBase64, Token}, {"lin_api_", 3, 30, 60, isAlnum, Token},
	{"ntn_", 3, 30, 80, isAlnum, Token}, {"NRAK-", 4, 20, 40, isAlnum, Token}, {"rubygems_", 8, 40, 60, isAlnum, Token},
	{"dp.pt.", 2, 30, 60, isAlnum, Token}, {"pul-", 3, 40, 40, isAlnum, Token}, {"PMAK-", 4, 30, 80, isURL64, Token},
	{"dt0c01.", 6, 40, 120, isDotted, Token}, {"sntrys_", 6, 40, 512, isBase64, Token},
	{"sntryu_", 6, 40, 80, isAlnum, Token}, {"figd_", 4, 30, 80, isURL64, Token}, {"sbp_", 3, 40, 60, isAlnum, Token},
	{"LTAI", 3, 12, 30, isAlnum, Token}, {"pscale_tkn_", 6, 30, 80, isURL64, Token}, {"pscale_pw_", 6, 30, 80, isURL64, Token},
	{"gsk_", 3, 40, 80, isAlnum, Token}, {"xai-", 3, 40, 120, isAlnum, Token}, {"pplx-", 4, 30, 80, isAlnum, Token},
	{"CCIPAT_", 6, 30, 120, isWord, Token}, {"nfp_", 3, 36, 60, isAlnum, Token}, {"bkua_", 4, 40, 60, isAlnum, Token},
	{"tskey-", 5, 20, 120, isURL64, Token}, {"sqp_", 3, 40, 40, isAlnum, Token}, {"squ_", 3, 40, 40, isAlnum, Token}, {"sqa_", 3, 40, 40, isAlnum, Token},
	{"sq0atp-", 6, 22, 22, isURL64, Token}, {"sq0csp-", 6, 40, 50, isURL64, Token}, {"AGE-SECRET-KEY-", 3, 50, 70, isUpperNum, Token},
	{"HRKU-", 4, 30, 80, isURL64, Token}, {"pat-na1-", 3, 30, 50, isURL64, Token}, {"pat-eu1-", 3, 30, 50, isURL64, Token}, {"key-", 3, 32, 32, isHex, Token},
}

// byTrigger lists the prefixes by the byte before the trigger and the trigger
// itself: the two bytes that decide in most texts that there is nothing.
var byTrigger, triggers = func() (lists [][]prefix, at [1 << 16]uint8) {
	lists = append(lists, nil)
	for _, p := range prefixes {
		k := pairOf(p.text[p.trigger-1], p.text[p.trigger])
		if at[k] == 0 {
			at[k] = uint8(len(lists))
			lists = append(lists, nil)
		}
		lists[at[k]] = append(lists[at[k]], p)
	}
	return lists, at
}()

func pairOf(before, trigger byte) uint16 { return uint16(before)<<8 | uint16(trigger) }

// byteSet is a set of bytes.
type byteSet [256 / 64]uint64

func (t *byteSet) add(c byte)      { t[c/64] |= 1 << (c % 64) }
func (t *byteSet) has(c byte) bool { return t[c/64]&(1<<(c%64)) != 0 }

// suspects marks the pairs of byTrigger (and of "yJ", "--", "Q~") without the
// cost of a map: by the trigger, the byte before it.
var suspects = func() (t [256]byteSet) {
	for _, p := range prefixes {
		t[p.text[p.trigger]].add(p.text[p.trigger-1])
	}
	t['J'].add('y')
	t['-'].add('-')
	t['~'].add('Q')
	return t
}()

// thirds marks what may stand before a pair of byTrigger. Pairs are common in
// ids (a- in a UUID, k_ in a block's number), what their prefixes begin with
// is not. A prefix whose trigger is its second byte asks for nothing.
var thirds = func() []byteSet {
	t := make([]byteSet, len(byTrigger))
	for k, list := range byTrigger {
		for _, p := range list {
			if p.trigger > 1 {
				t[k].add(p.text[p.trigger-2])
				continue
			}
			for c := range 256 {
				t[k].add(byte(c))
			}
		}
	}
	return t
}()

// mayEndPrefix says whether the mark at i can be where a provider's prefix,
// a web token, a key's frame or a secret of Entra is found.
func mayEndPrefix(s string, i int) bool {
	if i == 0 || !suspects[s[i]].has(s[i-1]) {
		return false
	}
	k := triggers[pairOf(s[i-1], s[i])]
	return k == 0 || s[i] == '-' && s[i-1] == '-' || i == 1 || thirds[k].has(s[i-2])
}

// findPrefixed looks for a provider's key around the byte at i.
func findPrefixed(s string, i, floor int) hit {
	if i == 0 || i == floor {
		return hit{}
	}
	before := s[i-1]
	switch s[i] {
	case 'J':
		return findJWT(s, i-2, floor)
	case '~':
		return findAzureSecret(s, i, floor)
	case '-':
		if before == '-' {
			return findPEM(s, i-1)
		}
	}
	list := byTrigger[triggers[pairOf(before, s[i])]]
	for k := range list { // by reference: an entry is large
		p := &list[k]
		start := i - p.trigger
		if start < floor || !strings.HasPrefix(s[start:], p.text) || isWordBefore(s, start) {
			continue
		}
		n := span(s, start+len(p.text), p.body)
		if n < p.min || p.min == p.max && n > p.max {
			continue
		}
		end := start + len(p.text) + min(n, p.max)
		return hit{start, end, p.kind, s[start:end]}
	}
	return hit{}
}

// isWordBefore says whether the text at start goes on from a word.
func isWordBefore(s string, start int) bool { return isAlnum(byteAt(s, start-1)) }

// findJWT finds a JSON web token, signed (three parts) or not (two).
func findJWT(s string, start, floor int) hit {
	if start < floor || !strings.HasPrefix(s[start:], "eyJ") || isWordBefore(s, start) {
		return hit{}
	}
	n := span(s, start, isDotted)
	text := strings.TrimRight(s[start:start+n], ".")
	head, rest, ok := strings.Cut(text, ".")
	if !ok || len(head) < 10 || !strings.HasPrefix(rest, "eyJ") {
		return hit{}
	}
	return hit{start, start + len(text), JWT, text}
}

// findAzureSecret finds a client secret of Entra: three characters, a digit,
// "Q~" and 31 to 34 more.
func findAzureSecret(s string, i, floor int) hit {
	start := i - 5
	if start < floor || !isDigit(s[i-2]) || span(s[:i-2], start, isTilde) < 3 || isWordBefore(s, start) {
		return hit{}
	}
	n := span(s, i+1, isTilde)
	if n < 31 || n > 34 {
		return hit{}
	}
	return hit{start, i + 1 + n, Azure, s[start : i+1+n]}
}

// findPEM finds a private key from its BEGIN to its END, or to the end of the
// text where that was cut.
func findPEM(s string, start int) hit {
	const begin, end = "-----BEGIN ", "-----END "
	if !strings.HasPrefix(s[start:], begin) {
		return hit{}
	}
	label, _, ok := strings.Cut(s[start+len(begin):], "-----")
	if !ok || len(label) > 40 || !strings.Contains(label, "PRIVATE KEY") {
		return hit{}
	}
	stop := len(s)
	if k := strings.Index(s[start:], end); k >= 0 {
		if e := strings.Index(s[start+k+len(end):], "-----"); e >= 0 {
			stop = start + k + len(end) + e + len("-----")
		}
	}
	return hit{start, stop, PEM, s[start:stop]}
}

// OpensKey says that a text begins a private key and does not end it: the rest
// comes in other texts.
func OpensKey(s string) bool {
	i := strings.LastIndex(s, "PRIVATE KEY")
	return i > 0 && strings.Contains(s[max(0, i-40):i], "-----BEGIN ") && !strings.Contains(s[i:], "-----END ")
}

// EndsKey says that a text ends a private key.
func EndsKey(s string) bool {
	i := strings.Index(s, "-----END ")
	return i >= 0 && strings.Contains(s[i:], "PRIVATE KEY")
}

// IsKeyLine says that a text can be a line of a private key: base64 alone, a
// header of an encrypted key, or its end.
func IsKeyLine(s string) bool {
	s = strings.Trim(s, " \t\r\n\"',")
	if strings.HasPrefix(s, "Proc-Type:") || strings.HasPrefix(s, "DEK-Info:") || EndsKey(s) {
		return true
	}
	return len(s) >= 4 && len(s) <= 4096 && span(s, 0, isKeyByte) == len(s)
}

func isKeyByte(c byte) bool {
	return isAlnum(c) || c == '+' || c == '/' || c == '=' || c == '\n' || c == '\r'
}

// findScheme finds the credential behind the words Bearer and Basic.
func findScheme(s string, i int) hit {
	if isWordBefore(s, i) {
		return hit{}
	}
	if at, ok := afterWord(s, i, "bearer "); ok {
		n := span(s, at, isCredential)
		if n >= 12 && looksRandom(s[at:at+n]) {
			return hit{at, at + n, Bearer, s[at : at+n]}
		}
	}
	if at, ok := afterWord(s, i, "basic "); ok {
		n := span(s, at, isBase64)
		if n >= 4 && isUserPass(s[at:at+n]) {
			return hit{at, at + n, Basic, s[at : at+n]}
		}
	}
	return hit{}
}

func isCredential(c byte) bool { return isBase64(c) || c == '.' || c == '~' }

// afterWord says where the text goes on after word, letter case aside.
func afterWord(s string, i int, word string) (int, bool) {
	end := i + len(word)
	if end >= len(s) || !strings.EqualFold(s[i:end], word) {
		return 0, false
	}
	return end, true
}

// isUserPass says whether base64 text holds "user:password".
func isUserPass(s string) bool {
	raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(s, "="))
	if err != nil {
		return false
	}
	colon := false
	for _, c := range raw {
		colon = colon || c == ':'
		if c < 0x20 {
			return false
		}
	}
	return colon
}

// looksRandom tells a credential from a word: it has a digit, or mixes its
// letter case within.
func looksRandom(s string) bool {
	upper, lower := 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case isDigit(c):
			return true
		case isUpper(c):
			if i > 0 {
				upper++
			}
		case isLower(c):
			lower++
		}
	}
	return upper > 1 && lower > 1
}
