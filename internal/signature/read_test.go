package signature

import (
	"path/filepath"
	"reflect"
	"testing"
)

func TestErrorType(t *testing.T) {
	for message, want := range map[string]string{
		"":                                  "",
		"all is well, 503 customers served": "",
		"Error: something went wrong":       "",
		"0 errors, no exceptions":           "",
		"java.lang.IllegalStateException: no lease\n\tat a.B.c(B.java:1)\nCaused by: java.io.IOException: gone\n\tat x\nCaused by: java.net.ConnectException: refused\n\tat y": "java.net.ConnectException",
		"request failed: org.example.OrderException: bad order 12":                                "org.example.OrderException",
		"Traceback (most recent call last):\n  File \"a.py\", line 1\nKeyError: 'x'":              "KeyError",
		"Traceback (most recent call last):\n  File \"a.py\"\nrequests.exceptions.HTTPError: 404": "requests.exceptions.HTTPError",
		"TypeError: Cannot read property 'x' of undefined\n    at f (a.js:1:2)":                   "TypeError",
		"System.NullReferenceException: Object reference not set\n   at A.B()":                    "System.NullReferenceException",
		"panic: runtime error: index out of range [3]\n\ngoroutine 1 [running]:":                  "panic: runtime error",
		"panic: no config":                              "panic",
		"connect ECONNREFUSED 203.0.113.7:5432":         "ECONNREFUSED",
		"write failed: ENOSPC: no space left on device": "ENOSPC",
		`203.0.113.7 "GET /v2 HTTP/1.1" 503 17`:         "HTTP 503",
		"upstream returned 502 after 3 s":               "HTTP 502",
		"status: 500 len: 12":                           "HTTP 500",
		"status=504":                                    "HTTP 504",
		"status: 5000":                                  "",
		"zip code 551":                                  "",
		"Server returned HTTP response code: 503":       "HTTP 503",
	} {
		if got := ErrorType(message); got != want {
			t.Errorf("%q: got %q, want %q", message, got, want)
		}
	}
}

func TestLevel(t *testing.T) {
	for message, want := range map[string]string{
		"":                                   "",
		"served 12 requests":                 "",
		"ERROR while reading":                "error",
		"Connection refused by 203.0.113.7":  "error",
		"0 errors found":                     "",
		"finished without errors":            "",
		"warning: disk at 91 %":              "warn",
		"kernel panic - not syncing":         "fatal",
		"debug: x=1":                         "debug",
		"java.io.IOException: gone":          "error",
		"ok\nCaused by: java.io.IOException": "",
		"authentication failure for root":    "error",
	} {
		if got := Level(message); got != want {
			t.Errorf("%q: got %q, want %q", message, got, want)
		}
	}
}

func TestValues(t *testing.T) {
	for _, c := range []struct {
		message, template string
		want              []string
	}{
		{"pool active=50 max=50", "pool active=<*> max=<*>", []string{"50", "50"}},
		{"user alice from 203.0.113.7 port 22", "user <*> from <*> port <*>", []string{"alice", "203.0.113.7", "22"}},
		{"user alice left", "user <*> came", nil},
		{"nothing here", "nothing here", nil},
		{"took 1.2 KB (1229 bytes) of it", "took <*> of it", []string{"1.2 KB (1229 bytes)"}},
		{"user  alice\nleft", "user <*>", []string{"alice"}},
		{"node a1 0x1 <ok> node b2 0x2 <ok>", "node <*> <ok>", []string{"a1 0x1 <ok> node b2 0x2"}},
	} {
		if got := Values(c.message, c.template); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q: got %q, want %q", c.message, got, c.want)
		}
	}
}

func TestExplain(t *testing.T) {
	got := Explain("job 12 of bob@example.com took 3 s on eth0", DefaultRules())
	want := []Part{
		{"job ", false, "text"}, {"12", true, "number"}, {" of ", false, "text"},
		{"bob@example.com", true, "mail or login address"}, {" took ", false, "text"},
		{"3 s", true, "unit of a size or duration"}, {" on eth0", false, "text"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
}

func TestExplainTemplate(t *testing.T) {
	got := ExplainTemplate("user alice from 203.0.113.7", "user <*> from <*>", DefaultRules())
	want := []Part{
		{"user ", false, "text"}, {"alice", true, "column of many values"},
		{" from ", false, "text"}, {"203.0.113.7", true, "IPv4 address"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	if got := ExplainTemplate("user alice left", "user <*> came", DefaultRules()); got != nil {
		t.Errorf("got %+v", got)
	}
}

// TestShapeIDs pins ids: they must never change.
func TestShapeIDs(t *testing.T) {
	s := NewMiner(DefaultRules()).Shape("Failed password for root from 203.0.113.7 port 56079 ssh2")
	if s.Text != "Failed password for root from <*> port <*> ssh2" || s.ID != "s82baf79008322ef" {
		t.Errorf("got %+v", s)
	}
	if id := ID("Failed password for <*> from <*> port <*> ssh2"); id != "S-f195e0e620af" {
		t.Errorf("got %s", id)
	}
	if s := NewMiner(DefaultRules()).Shape(""); s.ID != "sef46db3751d8e99" || s.Text != "" {
		t.Errorf("empty message: got %+v", s)
	}
}

// TestReadIsOnePass: the level and the error type that come with the shape are
// those of Level and ErrorType, whatever other lines of the mask said before.
func TestReadIsOnePass(t *testing.T) {
	messages, _ := readBlocks(t, "testdata/statements.txt")
	messages = append(messages,
		"found 0 errors", "found 3 errors", "found 17 errors",
		"GET /a HTTP/1.1 status 200", "GET /a HTTP/1.1 status 503", "GET /a HTTP/1.1 status 500",
		`"GET /b HTTP/1.1" 404 12`, `"GET /b HTTP/1.1" 502 12`, "code:503", "code:404", "HTTP/1.1:503", "HTTP/1.1:200",
		"thrown: com.http2.Http2Exception", "thrown: com.http2.Http2Thing", "read /var/error/1", "read /var/fine/1",
		"gone: a1-FooError-12", "gone: a1-FooThing-12", "Caused by: 5 things", "Caused by: E7 x", "connect ECONNREFUSED 203.0.113.7:5432",
		"timeout after 5s", "ERROR 5", "zip code 551", "job 500: status 500 of 500", " leading 503", "")
	if samples := allSamples(t); samples != nil {
		messages = append(messages, samples...)
	}
	m, plain := NewMiner(DefaultRules()), NewMiner(DefaultRules())
	for range 2 {
		for _, msg := range messages {
			r := m.Read(msg)
			if r.Shape.ID != plain.Shape(msg).ID || r.Level != Level(msg) || r.ErrorType != ErrorType(msg) {
				t.Errorf("%q: read as %q and %q, want %q and %q", msg, r.Level, r.ErrorType, Level(msg), ErrorType(msg))
			}
		}
	}
}

// allSamples are messages of the sample systems, where they are there.
func allSamples(t *testing.T) (out []string) {
	paths, err := filepath.Glob(filepath.Join(samples, "*", "*_2k.log"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range paths {
		out = append(out, readSample(t, filepath.Base(filepath.Dir(p))).content[:500]...)
	}
	return out
}
