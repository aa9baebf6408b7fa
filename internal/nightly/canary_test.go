package nightly_test

import (
	"encoding/base64"
	"fmt"
	"math/big"
	"math/rand/v2"
	"net/url"
	"strings"
)

// canary is an invented secret in the words in which programs print it.
// secret is what must not stand anywhere afterwards; text may have several
// lines.
type canary struct{ kind, secret, text string }

// canaryMaker draws canaries. It shares nothing with the tests of the rules:
// what those were written by is not what judges them here.
type canaryMaker struct{ *rand.Rand }

const (
	letters = "abcdefghijklmnopqrstuvwxyz"
	capital = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	numbers = "0123456789"
	mixed   = letters + capital + numbers
)

func (r canaryMaker) of(alphabet string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(b)
}

func (r canaryMaker) one(of ...string) string { return of[r.IntN(len(of))] }

// in puts a secret into one of the phrases.
func (r canaryMaker) in(kind, secret string, phrases ...string) canary {
	return canary{kind, secret, strings.Replace(r.one(phrases...), "%s", secret, 1)}
}

// canaryKinds are the kinds of the issue, each with a maker.
var canaryKinds = []struct {
	name string
	make func(canaryMaker, string) canary
}{
	{"cloud key (AWS)", func(r canaryMaker, k string) canary {
		if r.IntN(2) == 0 {
			return r.in(k, "AKIA"+r.of(capital+"234567", 16), "request signed by %s was refused", "AWS_ACCESS_KEY_ID=%s", "accessKeyId: '%s'", "Credential=%s/20261101/eu-central-1/s3")
		}
		return r.in(k, r.of(mixed+"/+", 39)+r.of(numbers, 1), "AWS_SECRET_ACCESS_KEY=%s", "aws_secret_access_key = %s", "secretAccessKey: \"%s\"", "secret access key: %s")
	}},
	{"code host token", func(r canaryMaker, k string) canary {
		s := r.one("ghp_", "gho_", "ghs_") + r.of(mixed, 36)
		switch r.IntN(3) {
		case 0:
			s = "glpat-" + r.of(mixed, 20)
		case 1:
			s = "github_pat_" + r.of(mixed, 22) + "_" + r.of(mixed, 59)
		}
		return r.in(k, s, "push with %s denied", "https://oauth2:%s@git.example.net/shop.git not found", "GITHUB_TOKEN=%s", "header PRIVATE-TOKEN: %s", "(%s) expired")
	}},
	{"chat and payment token", func(r canaryMaker, k string) canary {
		switch r.IntN(4) {
		case 0:
			return r.in(k, "xoxb-"+r.of(numbers, 12)+"-"+r.of(numbers, 13)+"-"+r.of(mixed, 24), "slack said invalid_auth for %s", "SLACK_BOT_TOKEN=%s")
		case 1:
			return r.in(k, "T"+r.of(capital, 8)+"/B"+r.of(capital, 10)+"/"+r.of(mixed, 24), "POST https://hooks.slack.com/services/%s gave 404")
		case 2:
			return r.in(k, "whsec_"+r.of(mixed, 32), "signature check with %s failed")
		}
		return r.in(k, r.one("sk_live_", "rk_live_", "sk_test_")+r.of(mixed, 24), "stripe: Invalid API Key provided: %s", "STRIPE_KEY=%s", `{"key":"%s"}`)
	}},
	{"cloud key (Google, Azure)", func(r canaryMaker, k string) canary {
		switch r.IntN(4) {
		case 0:
			return r.in(k, "AIza"+r.of(mixed+"-_", 35), "GET /maps/api/js?key=%s&v=3", "geocoder key %s over quota")
		case 1:
			return r.in(k, "ya29."+r.of(mixed+"-_", 80), "refreshing %s", "access_token=%s")
		case 2:
			return r.in(k, r.of(mixed+"/+", 86)+"==", "BlobEndpoint=x;AccountName=shop;AccountKey=%s;EndpointSuffix=core.windows.net", "Endpoint=sb://q/;SharedAccessKeyName=root;SharedAccessKey=%s")
		}
		return r.in(k, r.of(mixed, 43)+"%3D", "https://shop.blob.core.windows.net/c/b?sv=2025-01-05&sr=b&sig=%s&se=2026-12-01")
	}},
	{"JWT", func(r canaryMaker, k string) canary {
		part := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
		s := part(`{"alg":"HS256","typ":"JWT"}`) + "." + part(fmt.Sprintf(`{"sub":"%s","iat":%d}`, r.of(letters, 8), r.IntN(1e9))) + "." + r.of(mixed+"-_", 43)
		return r.in(k, s, "jwt malformed: %s", "Authorization: Bearer %s", "id_token=%s&state=xyz", "parse \"%s\": signature is invalid", "claims of [%s]")
	}},
	{"private key (PEM)", func(r canaryMaker, k string) canary {
		name := r.one("RSA ", "EC ", "", "OPENSSH ", "DSA ")
		var body []string
		for range 2 + r.IntN(4) {
			body = append(body, r.of(mixed+"/+", 64))
		}
		text := r.one("loaded ", "key is ", "") + "-----BEGIN " + name + "PRIVATE KEY-----\n" + strings.Join(body, "\n") + "\n" + r.of(mixed, 30) + "==\n-----END " + name + "PRIVATE KEY-----"
		return canary{k, body[r.IntN(len(body))], text}
	}},
	{"Basic and Bearer", func(r canaryMaker, k string) canary {
		if r.IntN(2) == 0 {
			s := base64.StdEncoding.EncodeToString([]byte(r.of(letters, 6) + ":" + r.of(mixed, 10)))
			return r.in(k, s, "Authorization: Basic %s", `headers {"Authorization": "Basic %s"}`, "proxy-authorization: basic %s", "curl -H 'Authorization: Basic %s'")
		}
		return r.in(k, r.of(mixed, 31)+r.of(numbers, 1), "Authorization: Bearer %s", "authorization=Bearer %s", `"authorization": ["Bearer %s"]`, "upstream refused bearer %s")
	}},
	{"password in URL", func(r canaryMaker, k string) canary {
		return r.in(k, r.of(mixed, 1)+r.of(mixed+"!$*-_.~", 7+r.IntN(12))+r.of(mixed, 1), "dial postgresql://shop:%s@db.internal:5432/orders?sslmode=disable: timeout", "redis://:%s@cache-1:6379 refused",
			"mongodb+srv://app:%s@cluster0.example.net/test", "jdbc:mysql://root:%s@mysql/x", "clone https://ci:%s@git.example.net/a.git", "amqps://worker:%s@mq:5671/%2f down")
	}},
	{"password in key=value", func(r canaryMaker, k string) canary {
		s := r.one("Sommer", "tiger", "Xq", "letme", "pw-", "a.b_") + r.of(mixed, 6) + r.one("!", "7", "x")
		return r.in(k, s, "login failed user=bob password=%s", "PGPASSWORD=%s", `{"user":"bob","password":"%s"}`, "db.password: %s", "Server=db;Uid=app;Pwd=%s;", "--password=%s --host=db", "passwd = '%s'",
			`body {\"passphrase\":\"%s\"}`, "spring.datasource.password=%s", "client_secret=%s", "DB_PASS: \"%s\"")
	}},
	{"cookie", func(r canaryMaker, k string) canary {
		return r.in(k, r.of(mixed, 26), "Cookie: session=%s; lang=de", "Set-Cookie: connect.sid=%s; Path=/; HttpOnly", "request headers: cookie: _ga=1; auth=%s", `"cookie": "SESSION=%s"`, "JSESSIONID=%s", "set-cookie: [\"token=%s; Secure\"]", "PHPSESSID=%s; path=/")
	}},
	{"card number", func(r canaryMaker, k string) canary {
		s := r.card()
		if len(s) == 16 && r.IntN(2) == 0 {
			sep := r.one(" ", "-")
			s = s[:4] + sep + s[4:8] + sep + s[8:12] + sep + s[12:]
		}
		return r.in(k, s, "card %s was declined", `{"pan":"%s"}`, "charge(%s, 12.99 EUR)", "cc=%s exp=12/29", "number: %s;")
	}},
	{"e-mail", func(r canaryMaker, k string) canary {
		s := r.of(letters, 3) + r.one(".", "_", "-", "+") + r.of(letters, 5) + r.of(numbers, 2) + "@" + r.of(letters, 6) + r.one(".com", ".de", ".co.uk", "-mail.example", ".IO")
		return r.in(k, s, "no account for %s", "RCPT TO:<%s>", "user=%s action=login", `{"email":"%s"}`, "bounce from %s;", "[%s] locked", "mailto:%s?subject=x")
	}},
	{"phone", func(r canaryMaker, k string) canary {
		n := func(k int) string { return r.of("23456789", 1) + r.of(numbers, k-1) }
		s := r.one("+49 "+n(3)+" "+n(7), "+1 ("+n(3)+") "+n(3)+"-"+n(4), "+44"+n(10), "+33-"+n(1)+"-"+n(2)+"-"+n(2)+"-"+n(2)+"-"+n(2), "("+n(3)+") "+n(3)+"-"+n(4), n(3)+"-"+n(3)+"-"+n(4), "0049 "+n(3)+" "+n(7), "+4915"+n(9), n(3)+"."+n(3)+"."+n(4))
		return r.in(k, s, "call to %s failed", `{"phone":"%s"}`, "sms %s queued", "msisdn=%s", "Caller: %s")
	}},
	{"IBAN", func(r canaryMaker, k string) canary {
		s := r.iban()
		if r.IntN(2) == 0 {
			var groups []string
			for i := 0; i < len(s); i += 4 {
				groups = append(groups, s[i:min(len(s), i+4)])
			}
			s = strings.Join(groups, " ")
		}
		return r.in(k, s, "transfer to %s refused", `{"iban":"%s"}`, "account %s unknown.", "debit(%s, 10 EUR)")
	}},
	{"other API keys", func(r canaryMaker, k string) canary {
		switch r.IntN(5) {
		case 0:
			return r.in(k, "npm_"+r.of(mixed, 36), "npm publish with %s: 403", "//registry.npmjs.org/:_authToken=%s")
		case 1:
			return r.in(k, "SG."+r.of(mixed+"-_", 22)+"."+r.of(mixed+"-_", 43), "sendgrid rejected %s")
		case 2:
			return r.in(k, r.one("sk-ant-api03-", "sk-proj-")+r.of(mixed, 90), "model call with %s failed")
		case 3:
			return r.in(k, r.one("hvs.", "glsa_", "hf_", "dop_v1_")+r.of(mixed, 44), "secret store says %s is invalid")
		}
		return r.in(k, r.of("0123456789abcdef", 32), "X-Api-Key: %s", "api_key=%s", "GET /v1/x?apikey=%s", `{"apiKey":"%s"}`, "api key: %s")
	}},
}

// card draws a number with a right check digit.
func (r canaryMaker) card() string {
	s := r.one("4", "51", "54", "2223", "6011", "3528", "37", "36")
	n := map[string]int{"37": 15, "36": 14}[s]
	if n == 0 {
		n = 16
	}
	s += r.of(numbers, n-len(s)-1)
	sum := 0
	for i := range len(s) {
		v := int(s[len(s)-1-i] - '0')
		if i%2 == 0 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return s + fmt.Sprint((10-sum%10)%10)
}

// iban draws an account number with right check digits (ISO 13616).
func (r canaryMaker) iban() string {
	country := r.one("DE", "AT", "NL", "ES", "BE", "IT")
	body := map[string]string{"DE": r.of(numbers, 18), "AT": r.of(numbers, 16), "NL": r.of(capital, 4) + r.of(numbers, 10), "ES": r.of(numbers, 20), "BE": r.of(numbers, 12), "IT": r.of(capital, 1) + r.of(numbers, 22)}[country]
	var digits strings.Builder
	for _, c := range body + country + "00" {
		if c >= 'A' {
			fmt.Fprint(&digits, c-'A'+10)
		} else {
			digits.WriteRune(c)
		}
	}
	n, _ := new(big.Int).SetString(digits.String(), 10)
	return fmt.Sprintf("%s%02d%s", country, 98-new(big.Int).Mod(n, big.NewInt(97)).Int64(), body)
}

// canaries draws n of each kind.
func canaries(n int, seed uint64) []canary {
	var out []canary
	for i, kind := range canaryKinds {
		r := canaryMaker{rand.New(rand.NewPCG(seed, uint64(i)))}
		for range n {
			out = append(out, kind.make(r, kind.name))
		}
	}
	return out
}

// hiding gives the forms in which a secret may stand in a file: as it is, as
// JSON and as HTML would write it, and escaped for a URL.
func (c canary) hiding() []string {
	out := []string{c.secret}
	if e := url.QueryEscape(c.secret); e != c.secret {
		out = append(out, e)
	}
	if h := strings.NewReplacer("+", "&#43;", "'", "&#39;", "\"", "&#34;").Replace(c.secret); h != c.secret {
		out = append(out, h)
	}
	return out
}
