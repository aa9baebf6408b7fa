package redact

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

// usual lines carry no secret: they come back as they are.
var usual = []string{
	"2026-11-20T17:00:00.123Z INFO checkout finished order 4711 in 35 ms",
	"2026-11-20 17:00:00,123 [main] WARN o.a.z.s.NIOServerCnxn - caught end of stream: sessionid 0x1497e90e7f4001a",
	"081109 203615 148 INFO dfs.DataNode$PacketResponder: PacketResponder 1 for block blk_38865049064139660 terminating",
	"Nov 20 06:25:01 host CRON[12345]: pam_unix(cron:session): session opened for user root by (uid=0)",
	"sshd[24200]: Failed password for invalid user webmaster from 173.234.31.186 port 38926 ssh2",
	"sshd[24200]: reverse mapping checking getaddrinfo for ns.marryaldkfaczcz.com [173.234.31.186] failed - POSSIBLE BREAK-IN ATTEMPT!",
	"pam_unix(sshd:auth): check pass; user unknown",
	"authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=112.95.230.3",
	"Started session user@1000.service - User Manager for UID 1000",
	"getty@tty1.service: Succeeded.",
	"10.0.0.1 - - [20/Nov/2026:17:00:00 +0000] \"GET /api/v1/items?id=42&page=3 HTTP/1.1\" 200 1532 \"-\" \"Mozilla/5.0 (X11; Linux x86_64)\"",
	"trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=00f067aa0ba902b7",
	"commit 9fceb02d0ae598e95dc970b74767f19372d61af8 merged",
	"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 verified",
	"id 550e8400-e29b-41d4-a716-446655440000 not found",
	"epoch 1774915200 1774915200123 1774915200123456 1774915200123456789",
	"listening on [::]:8080, peer fe80::1ff:fe23:4567:890a, mac 00:1b:44:11:3a:b7",
	"upstream 192.168.100.200:8080 timed out after 30000 ms",
	"java.lang.NullPointerException: Cannot invoke \"Cart.items()\" because \"cart\" is null",
	"\tat com.shop.cart.Cart$Token.parse(Cart.java:123) ~[cart-1.2.3.jar:?]",
	"Unexpected token: '}' at line 3 column 14",
	"invalid token: expected identifier",
	"tokens=1532 prompt_tokens: 900 max_token=4096",
	"token=expired for session", "secret=missing in namespace default", "password=null", "password: ****", "password=", "pwd=[REDACTED]",
	"bypass=1 compass=north trespass=0123456",
	"password: incorrect", "password reset requested for user 17",
	"cache key=user:5512 miss, primary key=991234567 duplicated",
	"INSERT failed: duplicate key value violates unique constraint \"orders_pkey\"",
	"order 2026-1120-0042-7 shipped, parcel 00340434161094042557",
	"resolved lodash@4.17.21 from lodash@4.17.21.tgz", "object com.shop.Order@1b2c3d4e released",
	"user bob@localhost connected", "version 1.2.3-beta.4+build.5678 rolled out",
	"GC pause 123.456ms heap 4111M->1024M(8192M)",
	"http://example.com:8080/path@2x.png?x=1", "redis://cache:6379/0 connected", "https://host/a:b@c",
	"Basic authentication required", "Bearer authentication failed", "basic checks passed", "Bearer token missing",
	"blk_-5195120009388265 blk_-4043525878322523713", "Supplied credentials: [UserCredential(username=john1, source=null)]",
	"tel:ephone, cookie jar empty; cookies=3", "authorization: required",
	"block 4532 0151 1283 036 freed", "numbers 4111111111111112 5500000000000005", "part no. 411-111-11",
	"-----BEGIN CERTIFICATE-----MIIB-----END CERTIFICATE-----", "-------------- 10 --------------",
	"temperature +12.5 offset +0100 delta +15ms", "eyJust a word", "AKIA is a prefix", "ghp_short", "sk_live_",
	"DE12 is a road, GB29 too, AT000000000000000000 fails the check",
	"дата=сегодня пароль", "naïve café ☕ = ok", "a=b", ":", "=", "@", "+", "(", "", "x@", "@y.com", "eyJ", "-----BEGIN ", "://", "a://@", "password", "password:",
}

func TestUsualLinesStay(t *testing.T) {
	red := New([]byte("site"), nil)
	for _, s := range usual {
		// A number that fails its check digit stays; 5500000000000005 is a
		// card number and the one exception planted here.
		want := strings.Replace(s, "5500000000000005", red.Redact("5500000000000005"), 1)
		if got := red.Redact(s); got != want {
			t.Errorf("%q became %q", s, got)
		}
	}
}

func TestForms(t *testing.T) {
	red := New([]byte("k"), nil)
	token := regexp.MustCompile(`<[a-z]+:[0-9][0-9a-f]{7}>`)
	cases := []struct{ in, want string }{
		{"mail to a@example.com now", "mail to <email> now"},
		{"open a@example.com.log.gz and logo@2x.min.json", "open <email>.log.gz and logo@2x.min.json"},
		{"user=a@example.com password=hunter2 host=x", "user=<email> password=<password> host=x"},
		{`{"password":"a\"b c","n":1}`, `{"password":"<password>","n":1}`},
		{`{\"password\":\"abc\",\"n\":1}`, `{\"password\":\"<password>\",\"n\":1}`},
		{"postgres://app:p@ss@db:5432/x", "postgres://app:<password>@db:5432/x"},
		{"Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic <basic>"},
		{"Authorization: Bearer abc123def456ghi7", "Authorization: Bearer <token>"},
		{"Cookie: a=1; sid=22; c=3", "Cookie: <cookie>"},
		{"pay 4111 1111 1111 1111 and 4111-1111-1111-1111", "pay <card> and <card>"},
		{"to DE89 3704 0044 0532 0130 00.", "to <iban>."},
		{"to DE89-3704-0044-0532-0130-00.", "to <iban>."},
		{"to de89370400440532013000.", "to <iban>."},
		{"call (415) 555-0123 or +49 30 901820", "call <phone> or <phone>"},
		{"key AKIAIOSFODNN7EXAMPLE used", "key <aws> used"},
	}
	for _, c := range cases {
		got := token.ReplaceAllStringFunc(red.Redact(c.in), func(s string) string { return s[:strings.IndexByte(s, ':')] + ">" })
		if want := strings.Replace(c.want, "Basic <basic>", "Basic <token>", 1); got != want {
			t.Errorf("%q\n got %q\nwant %q", c.in, got, want)
		}
	}
}

// Random ids are nobody's: each is told from every kind of number.
func TestIDsStay(t *testing.T) {
	red := New([]byte("k"), nil)
	r := rand.New(rand.NewPCG(5, 6))
	for range 100_000 {
		h := fmt.Sprintf("%016x%016x", r.Uint64(), r.Uint64())
		s := "block " + h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:] + " from node 0x" + h[3:15] + " of " + h
		if got := red.Redact(s); got != s {
			t.Errorf("%q became %q", s, got)
		}
	}
}

// Tokens join: the same value has the same token however it is written, and
// another one under another key.
func TestTokensJoin(t *testing.T) {
	a, b := New([]byte("a"), nil), New([]byte("b"), nil)
	if x, y := a.Redact("x Bob@Example.com"), a.Redact("x bob@example.com"); x != y {
		t.Errorf("%q and %q differ", x, y)
	}
	if x, y := a.Redact("4111 1111 1111 1111"), a.Redact("4111111111111111"); x != y {
		t.Errorf("%q and %q differ", x, y)
	}
	if x, y := a.Redact("+49 30 901820"), a.Redact("+4930901820"); x != y || !strings.HasPrefix(x, "<phone:") {
		t.Errorf("%q and %q differ", x, y)
	}
	if x, y := a.Redact("bob@example.com"), b.Redact("bob@example.com"); x == y {
		t.Errorf("two sites share the token %q", x)
	}
	if x, y := a.Redact("bob@example.com"), a.Redact("rob@example.com"); x == y {
		t.Errorf("two people share the token %q", x)
	}
}

func TestExtraRules(t *testing.T) {
	rules, err := ParseRules("rules.txt", "# ours\n\ncustomer C-[0-9]{8}\nticket  ref ([A-Z]{3})\n")
	if err != nil {
		t.Fatal(err)
	}
	red := New(nil, rules)
	got := red.Redact("customer C-12345678, ref ABC, a@example.com")
	if !regexp.MustCompile(`^customer <customer:\w{8}>, ref <ticket:\w{8}>, <email:\w{8}>$`).MatchString(got) {
		t.Errorf("got %q", got)
	}
	for _, bad := range []string{"x", "Kind abc", "kind (", "kind a*"} {
		if _, err := ParseRules("rules.txt", "\n"+bad); err == nil || !strings.Contains(err.Error(), "rules.txt:2") {
			t.Errorf("%q: error %v", bad, err)
		}
	}
}

func TestUnchangedTextIsNotCopied(t *testing.T) {
	red := New([]byte("k"), nil)
	s := usual[0] + " " + usual[10]
	if n := testing.AllocsPerRun(100, func() { red.Redact(s) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// No text makes it panic, loop or change its mind.
func FuzzRedact(f *testing.F) {
	for _, s := range usual {
		f.Add(s)
	}
	f.Add(`password="\`)
	f.Add("a@b.cc:+123456789012@-----BEGIN PRIVATE KEY-----")
	red := New([]byte("k"), nil)
	f.Fuzz(func(t *testing.T, s string) {
		if a, b := red.Redact(s), red.Redact(s); a != b {
			t.Errorf("%q and %q", a, b)
		}
	})
}

func BenchmarkUsual(b *testing.B) {
	red := New([]byte("k"), nil)
	text := strings.Join(usual[:20], "\n")
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		red.Redact(text)
	}
}

// One line of a hundred carries a secret.
func BenchmarkMixed(b *testing.B) {
	red := New([]byte("k"), nil)
	var size int64
	var lines []string
	for i := range 100 {
		lines = append(lines, usual[i%20])
	}
	lines[50] = "login of bob@example.com with password=hunter2"
	for _, l := range lines {
		size += int64(len(l))
	}
	b.SetBytes(size)
	for b.Loop() {
		for _, l := range lines {
			red.Redact(l)
		}
	}
}
