package redact

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

const (
	upper  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	lower  = "abcdefghijklmnopqrstuvwxyz"
	digits = "0123456789"
	hexes  = "0123456789abcdef"
	alnum  = upper + lower + digits
	url64  = alnum + "-_"
	b64    = alnum + "+/"
)

type source struct{ *rand.Rand }

func (r source) text(alphabet string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(b)
}

func (r source) pick(words ...string) string { return words[r.IntN(len(words))] }

// canary is a secret in the middle of a text. Text must not hold secret any
// more when it has been redacted.
type canary struct{ secret, text string }

// canaries makes secrets of each kind in the surroundings in which logs carry
// them. Passwords are of what people and generators choose: letters, digits
// and the signs that need no quoting.
var canaries = map[string]func(source) canary{
	"email": func(r source) canary {
		s := r.pick("jane", "bob.miller", "a_b+tag", "o-neil", "x99") + fmt.Sprint(r.IntN(99)) + "@" +
			r.pick("example.com", "mail.example.co.uk", "sub-domain.example.org", "EXAMPLE.DE", "uni.museum")
		return canary{s, fmt.Sprintf(r.pick("user %s logged in", "to=<%s> status=sent", `{"email":"%s","id":7}`, "mail from %s.", "contact:%s, ok", "[%s] denied"), s)}
	},
	"phone": func(r source) canary {
		d := func(n int) string { return r.pick("2", "4", "7", "9") + r.text(digits[2:], n-1) }
		s := r.pick("+49 "+d(3)+" "+d(7), "+1-"+d(3)+"-"+d(3)+"-"+d(4), "+44"+d(10), "+33 "+d(1)+" "+d(2)+" "+d(2)+" "+d(2)+" "+d(2),
			"("+d(3)+") "+d(3)+"-"+d(4), d(3)+"-"+d(3)+"-"+d(4))
		return canary{s, fmt.Sprintf(r.pick("sms to %s queued", "phone=%s", `{"phone":"%s"}`, "call %s, no answer", "caller: %s"), s)}
	},
	"card": func(r source) canary {
		s := luhnNumber(r)
		if len(s) == 16 && r.IntN(2) == 0 {
			sep := r.pick(" ", "-")
			s = s[:4] + sep + s[4:8] + sep + s[8:12] + sep + s[12:]
		}
		return canary{s, fmt.Sprintf(r.pick("charge card %s declined", "pan=%s", `{"card":"%s"}`, "card:%s;exp=10/29", "card number is %s."), s)}
	},
	"iban": func(r source) canary {
		s := makeIBAN(r)
		if r.IntN(2) == 0 {
			var parts []string
			for i := 0; i < len(s); i += 4 {
				parts = append(parts, s[i:min(i+4, len(s))])
			}
			s = strings.Join(parts, " ")
		}
		return canary{s, fmt.Sprintf(r.pick("payout to %s failed", "iban=%s", `{"iban":"%s"}`, "debit %s, 12 EUR", "account %s."), s)}
	},
	"password in key=value": func(r source) canary {
		s := r.pick("S3cret", "hunter", "pÄss", "correct-horse", "P@", "zz!") + r.text(alnum, 6)
		return canary{s, fmt.Sprintf(r.pick("login password=%s user=x", "db_password: %s1", `{"password":"%s"}`, `{"userPassword": "%s"}`,
			"PGPASSWORD=%s psql", `passwd='%s'`, "--db-pass=%s", "pwd=%s;Server=db", `{\"password\":\"%s\"}`, "dbPassword => %s,"), s)}
	},
	"password in URL": func(r source) canary {
		s := r.text(alnum+"!$~", 4+r.IntN(12))
		return canary{":" + s + "@", fmt.Sprintf(r.pick("dial postgres://app:%s@db:5432/shop failed", "amqp://guest:%s@mq.local/", `"url":"https://u:%s@example.com/x"`,
			"redis://:%s@cache:6379/0", "mongodb+srv://root:%s@c0.example.net"), s)}
	},
	"jwt": func(r source) canary {
		part := func(n int) string { return r.text(url64, n) }
		s := "eyJ" + part(30) + ".eyJ" + part(60) + "." + part(43)
		return canary{s, fmt.Sprintf(r.pick("token %s rejected", "jwt=%s", `{"access_token":"%s"}`, "Authorization: Bearer %s", "id_token=%s&state=1"), s)}
	},
	"pem": func(r source) canary {
		body := r.text(b64, 64)
		nl := r.pick("\n", `\n`)
		kind := r.pick("RSA ", "EC ", "", "OPENSSH ", "ENCRYPTED ")
		text := "-----BEGIN " + kind + "PRIVATE KEY-----" + nl + body + nl + "-----END " + kind + "PRIVATE KEY-----"
		if r.IntN(5) == 0 {
			text = text[:strings.Index(text, "-----END")+4]
		}
		return canary{body, r.pick("loaded key ", `{"key":"`, "key:\n") + text}
	},
	"basic and bearer": func(r source) canary {
		if r.IntN(2) == 0 {
			s := base64.StdEncoding.EncodeToString([]byte(r.text(lower, 5) + ":" + r.text(alnum, 5+r.IntN(9))))
			return canary{s, fmt.Sprintf(r.pick("Authorization: Basic %s", `"authorization":"Basic %s"`, "header basic %s sent", "-H 'Authorization: Basic %s'"), s)}
		}
		s := r.text(alnum, 24) + r.text(digits, 1)
		return canary{s, fmt.Sprintf(r.pick("Authorization: Bearer %s", `"Authorization":["Bearer %s"]`, "got bearer %s, expired", "auth header: Bearer %s"), s)}
	},
	"cookie": func(r source) canary {
		s := r.text(alnum, 20)
		return canary{s, fmt.Sprintf(r.pick("Cookie: sid=%s; theme=dark", "Cookie: theme=dark; sid=%s", "Set-Cookie: id=%s; Path=/; HttpOnly", `"cookie":"a=1; s=%s"`, "JSESSIONID=%s", "PHPSESSID=%s;"), s)}
	},
	"aws": func(r source) canary {
		if r.IntN(2) == 0 {
			s := r.pick("AKIA", "ASIA") + r.text(upper+"234567", 16)
			return canary{s, fmt.Sprintf(r.pick("key %s denied", "aws_access_key_id=%s", `"AccessKeyId":"%s"`, "Credential=%s/20260101/eu-west-1"), s)}
		}
		s := r.text(b64, 40)
		return canary{s, fmt.Sprintf(r.pick("aws_secret_access_key=%s", "AWS_SECRET_ACCESS_KEY: %s", `"SecretAccessKey":"%s"`, "secretAccessKey=%s"), s)}
	},
	"github and gitlab": func(r source) canary {
		s := r.pick("ghp_", "gho_", "ghu_", "ghs_", "ghr_") + r.text(alnum, 36)
		switch r.IntN(4) {
		case 0:
			s = "glpat-" + r.text(url64[:62], 20)
		case 1:
			s = "github_pat_" + r.text(alnum, 22) + "_" + r.text(alnum, 59)
		}
		return canary{s, fmt.Sprintf(r.pick("clone with %s failed", "TOKEN=%s", "https://x-access-token:%s@github.com/a/b", `{"token":"%s"}`, "(%s)"), s)}
	},
	"slack and stripe": func(r source) canary {
		s := r.pick("xoxb-", "xoxp-") + r.text(digits, 12) + "-" + r.text(digits, 12) + "-" + r.text(alnum, 24)
		switch r.IntN(3) {
		case 0:
			s = r.pick("sk_live_", "rk_live_", "sk_test_") + r.text(alnum, 24)
		case 1:
			s = "hooks.slack.com/services/T" + r.text(upper, 8) + "/B" + r.text(upper, 8) + "/" + r.text(alnum, 24)
			return canary{s, "POST https://" + s + " 404"}
		}
		return canary{s, fmt.Sprintf(r.pick("using %s", "key=%s", `"%s"`, "secret:%s,"), s)}
	},
	"google and azure": func(r source) canary {
		var s, text string
		switch r.IntN(5) {
		case 0:
			s, text = "AIza"+r.text(url64[:62], 35), "maps?key=%s&q=x"
		case 1:
			s, text = "ya29."+r.text(url64, 60), "oauth %s expired"
		case 2:
			s, text = r.text(b64, 86)+"==", "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=%s;EndpointSuffix=x"
		case 3:
			s, text = r.text(alnum, 3)+r.text(digits, 1)+"Q~"+r.text(url64[:62], 34), "client_secret %s is wrong"
		default:
			s, text = r.text(alnum, 40)+"%3D", "https://a.blob.core.windows.net/c?sv=2024&sig=%s&se=2026"
		}
		return canary{s, strings.Replace(text, "%s", s, 1)}
	},
	"npm and other tokens": func(r source) canary {
		s := "npm_" + r.text(alnum, 36)
		switch r.IntN(5) {
		case 0:
			s = "SG." + r.text(url64[:62], 22) + "." + r.text(url64[:62], 43)
		case 1:
			s = "sk-ant-api03-" + r.text(alnum, 80)
		case 2:
			s = r.text(hexes, 32)
			return canary{s, fmt.Sprintf(r.pick("api_key=%s", "X-Api-Key: %s", `"apiKey": "%s"`, "client_secret=%s", "?access_token=%s&x=1", "X-Auth-Token: %s"), s)}
		}
		return canary{s, fmt.Sprintf(r.pick("publish with %s", "_authToken=%s", `"%s"`, "(%s)"), s)}
	},
}

func luhnNumber(r source) string {
	form := []struct {
		prefix string
		n      int
	}{{"4", 16}, {"51", 16}, {"55", 16}, {"2221", 16}, {"37", 15}, {"34", 15}, {"6011", 16}, {"65", 16}, {"36", 14}, {"3530", 16}}[r.IntN(10)]
	s := form.prefix + r.text(digits, form.n-len(form.prefix)-1)
	for c := '0'; c <= '9'; c++ {
		if luhn([]byte(s + string(c))) {
			return s + string(c)
		}
	}
	return ""
}

func makeIBAN(r source) string {
	country := r.pick("DE", "FR", "GB", "NL", "CH", "AT", "ES", "PL")
	body := r.text(digits, ibanLength[country]-4)
	if country == "GB" || country == "NL" {
		body = r.text(upper, 4) + body[4:]
	}
	for check := 2; check < 99; check++ {
		if s := fmt.Sprintf("%s%02d%s", country, check, body); mod97([]byte(s)) {
			return s
		}
	}
	return ""
}

// S11: 15 kinds x 200 canaries, 98 % or more of each kind found.
func TestRecall(t *testing.T) {
	if len(canaries) != 15 {
		t.Fatalf("%d kinds", len(canaries))
	}
	red := New([]byte("site"), nil)
	for kind, make := range canaries {
		r := source{rand.New(rand.NewPCG(1, 2))}
		missed := 0
		for range 200 {
			c := make(r)
			if c.secret == "" || !strings.Contains(c.text, c.secret) {
				t.Fatalf("%s: bad canary %+v", kind, c)
			}
			got := red.Redact(c.text)
			if strings.Contains(got, c.secret) {
				if missed++; missed <= 3 {
					t.Logf("%s missed: %q -> %q", kind, c.text, got)
				}
			}
			if again := red.Redact(got); again != got {
				t.Errorf("%s: a second pass changes %q into %q", kind, got, again)
			}
		}
		if missed > 4 {
			t.Errorf("%s: %d of 200 missed", kind, missed)
		}
	}
}

// No half of a secret stays: of what was found, no long piece is left over.
func TestNoRemainders(t *testing.T) {
	red := New([]byte("site"), nil)
	for kind, make := range canaries {
		r := source{rand.New(rand.NewPCG(5, 6))}
		left := 0
		for range 200 {
			c := make(r)
			got := red.Redact(c.text)
			half := c.secret[len(c.secret)/2:]
			if len(half) >= 6 && strings.Contains(got, half) {
				if left++; left <= 3 {
					t.Logf("%s: %q -> %q", kind, c.text, got)
				}
			}
		}
		if left > 4 {
			t.Errorf("%s: %d of 200 leave a half behind", kind, left)
		}
	}
}
