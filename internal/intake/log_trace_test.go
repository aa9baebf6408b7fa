package intake

import (
	"strings"
	"testing"

	"almanac/schemas"
)

const hex32, hex16 = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"

// TestTraceOf: ids of traces are read where lines name them, and prose about
// traces and requests gives none.
func TestTraceOf(t *testing.T) {
	for text, want := range map[string]string{
		"paid trace_id=" + hex32 + " in 3 ms":            hex32,
		"paid traceId: \"" + hex32 + "\", spanId: \"1\"": hex32,
		"paid TraceID=" + hex32 + ",":                    hex32,
		`x {"trace.id":"` + hex32 + `"}`:                 hex32,
		"X-Trace-Id: " + hex32:                           hex32,
		"traceparent=00-" + hex32 + "-" + hex16 + "-01":  hex32,
		"request_id=req-77aa12 trace_id=" + hex32:        hex32,
		"request_id=req-77aa12 failed":                   "req-77aa12",
		"RequestId: 8b3d-1122-aa failed":                 "8b3d-1122-aa",
		"Traceback (most recent call last): trace of it": "",
		"trace_id=- request_id=-":                        "",
		"trace_id=00000000000000000000000000000000":      "",
		"trace_id=": "",
		"trace trace trace trace trace trace_id=" + hex32:   "",
		"a bad request: embrace identity":                   "",
		"traceparent=00-" + hex32:                           "",
		"trace_id=" + strings.Repeat("a", 65):               "",
		"stack trace: id=5, retrace_id=" + hex32 + " there": "",
	} {
		if got := string(traceOf([]byte(text))); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestBracketTrace: the forms in which Spring prints ids in a line's header.
func TestBracketTrace(t *testing.T) {
	for text, want := range map[string]string{
		" INFO [" + hex32 + "," + hex16 + "] 1 --- [main] c.x.A : m":           hex32,
		" INFO [shop," + hex32 + "," + hex16 + ",true] 1 --- [main] c.x.A : m": hex32,
		" INFO 1 --- [shop] [main] [" + hex32 + "-" + hex16 + "] c.x.A : m":    hex32,
		" INFO [shop,,,] 1 --- [main] c.x.A : m":                               "",
		" INFO [main] c.x.A - m":                                               "",
		" INFO [http-nio-8080-exec-1-with-a-long-name] c.x.A - m":              "",
	} {
		if got := string(bracketTrace([]byte(text))); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestTraceOfCostsNothing: no allocation, with an id and without.
func TestTraceOfCostsNothing(t *testing.T) {
	e := schemas.Event{}
	for _, message := range []string{"GET /cart 200 and some more words of a usual line", "paid trace_id=" + hex32} {
		if n := testing.AllocsPerRun(100, func() {
			e.TraceID, e.Message = "", message
			traced(&e)
		}); n != 0 {
			t.Errorf("%q: %v allocations", message, n)
		}
	}
}

// TestApplicationLineIsNoSyslog: an application's stamp, level and logger are
// not stamp, host and program; a logger is never a service.
func TestApplicationLineIsNoSyslog(t *testing.T) {
	for _, text := range []string{
		"2026-11-05 14:02:03,112 ERROR session.store: Connection lost\nTraceback (most recent call last):\n  File \"a.py\", line 3, in f\nredis.ConnectionError: no\n2026-11-05 14:02:04,112 INFO session.api: user 1\n",
		"2026-11-05 14:02:03,112 session.store: Connection lost\n2026-11-05 14:02:04,112 session.api: user 1\n",
		"2026-11-05T14:02:03.112Z ERROR: session.store: lost\n2026-11-05T14:02:04.112Z INFO: session.api: user 1\n",
		"2026-11-05T14:02:03.112Z ERROR session.store: lost\n2026-11-05T14:02:04.112Z INFO session.api: user 1\n",
		"2026-11-05 14:02:03,112 [main] INFO  com.x.Foo: text\n2026-11-05 14:02:04,112 [main] WARN  com.x.Foo: text\n",
	} {
		r, k := readBytes(t, []byte(text), func(in *Input) { in.Name = "shop.log" })
		if r.Format == "syslog" || len(k.events) != 2 {
			t.Errorf("%q: format %s, %d events", text, r.Format, len(k.events))
		}
		for _, e := range k.events {
			if e.Service != "shop" {
				t.Errorf("%q: service %q", text, e.Service)
			}
		}
	}
	r, _ := readBytes(t, []byte("2026-11-05T14:02:03.112+01:00 web1 sshd[12]: text\n2026-11-05T14:02:04.112+01:00 web1 cron: text\n"), nil)
	if r.Format != "syslog" {
		t.Errorf("rsyslog's ISO stamps: read as %s", r.Format)
	}
}

// TestExportedRecord: CloudWatch's export to S3 puts a stamp before records
// that have no time of their own.
func TestExportedRecord(t *testing.T) {
	_, k := readBytes(t, []byte("2024-01-01T00:00:00.000Z {\"level\":\"error\",\"msg\":\"card refused\",\"service\":\"pay\"}\n2024-01-01T00:00:01.000Z START RequestId: 8b3d1122-aa Version: $LATEST\n2024-01-01T00:00:02.000Z {\"a\":1} is no record\n"), nil)
	if len(k.events) != 3 || k.events[0].Message != "card refused" || k.events[0].Level != schemas.LevelError || k.events[0].Service != "pay" || k.events[1].TraceID != "8b3d1122-aa" || k.events[2].Message != `{"a":1} is no record` {
		t.Errorf("%+v", k.events)
	}
}

// TestTraceOfAnywhere: an id is found wherever its name stands, and what looks
// like the names hides none.
func TestTraceOfAnywhere(t *testing.T) {
	const id = "5fe1d2c3"
	for n := range 40 {
		for _, name := range []string{"trace_id", "Traceid", "request_id", "RequestId"} {
			for _, filler := range []string{".", "r", "s", "rb", "race ", "quest", "c.e.ec queue place "} {
				text := strings.Repeat(filler, n)[:n] + " " + name + "=" + id
				want := id
				if strings.Contains(name, "race") && strings.Count(text[:n], "race") >= triesOfName {
					want = "" // prose that speaks of traces is given up
				}
				for _, tail := range []string{"", ", and more of it"} {
					if got := string(traceOf([]byte(text + tail))); got != want {
						t.Fatalf("%q: %q, want %q", text+tail, got, want)
					}
				}
			}
		}
	}
}
