package nightly_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"almanac/internal/redact"
	"almanac/internal/signature"
)

// TestPlanMissesNothing: what a plan, made from one message, says of another
// of the same mask is what reading the whole of it says.
func TestPlanMissesNothing(t *testing.T) {
	texts := strings.Split(`token= | key=| number: |password= |user |"password":" |pass|db_|: |:// |=|:|"|\"|' |Bearer |bearer|basic |Basic |because |@|.|..|-|_|-- |~|(|)|+|%|%40|,|; |
		eyJ|ghp_|sk-|xoxb-|AKIA|key-|SG.|Q~|-----BEGIN |IBAN |iban: |DE|GB|card |phone= |call |a|ab|id=|url=http://|postgres://u:|eth|ssh|x|/|<|>|[|{|\\ | | `, "|")
	values := []string{"7", "42", "17ms", "0x1f", "4111", "1111", "4111111111111111", "378282246310005", "555", "0123", "415", "00", "0049", "+49", "30", "1234567",
		"DE89", "3704", "0044", "0532", "0130", "DE89370400440532013000", "NWBK", "29", "a1b2c3d4e5f6a7b8", "ghp_0123456789abcdefghijABCDEFGHIJ012345",
		"AKIA0123456789ABCDEF", "x1@example.com", "jane99.doe@mail.example.org", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.c2ln", "10.0.0.7", "f00-ba4",
		"415-555-0123", "(415)555-0123", "sk-0123456789abcdefghijABCDEFGHIJ0123", "p4ss:w0rd@db1.example.com/x", "//u:h4nter@h1/", "/v1/x?token=a1b2c3d4e5f6", "hunter2hunter2",
		"dXNlcjpwYXNzd29yZDE=", "2024-11-20", "12:30:11", "00:1c:bf:aa:12:9e", "xoxb-1234567890-abc", "key-0123456789abcdef0123456789abcdef", "db2_password", "x1api", "my2card", "x1token", "2pass", "Aa1Q~0123456789012345678901234567890"}
	r := rand.New(rand.NewPCG(3, 4))
	clean := redact.New([]byte("k"), nil)
	same, loud := 0, 0
	for range 100_000 {
		var parts []string
		for range 2 + r.IntN(7) {
			parts = append(parts, texts[r.IntN(len(texts))]+[]string{"", " "}[r.IntN(2)], "\x00")
		}
		fill := func() string {
			var b strings.Builder
			for _, p := range parts {
				if p == "\x00" {
					p = values[r.IntN(len(values))]
				}
				b.WriteString(p)
			}
			return strings.TrimSpace(b.String())
		}
		one, two := fill(), fill()
		m := signature.NewMiner(signature.DefaultRules())
		k, ok := m.Mask(one)
		if !ok {
			continue
		}
		plan, _ := clean.Plan(one, k.Values)
		m.Learn(one, &k, 7)
		if k, ok = m.Mask(two); !ok || m.Note(k) != 7 {
			continue
		}
		same++
		quiet := clean.Redact(two) == two
		if !quiet {
			loud++
		}
		if plan.Quiet(two, k.Values) != quiet {
			t.Fatalf("of %q the plan made from %q says quiet: %v", two, one, !quiet)
		}
	}
	if same < 20_000 || loud < 5_000 {
		t.Errorf("%d pairs of one mask, %d with secrets: the test tests little", same, loud)
	}
	t.Logf("%d pairs of one mask, %d with secrets", same, loud)
}
