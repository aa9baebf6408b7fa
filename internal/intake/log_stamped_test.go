package intake

import "testing"

// TestHeaders: level and message of the usual text layouts.
func TestHeaders(t *testing.T) {
	const at = "2026-11-21 16:27:01,693"
	for line, want := range map[string]string{
		at + " INFO [shop,4bf92f3577b34da6,00f067aa0ba902b7,true] 1 --- [nio-1] c.x.A : order":  "info|order|4bf92f3577b34da6",
		at + "  INFO 1 --- [shop] [main] c.x.A   : order: 7 placed":                             "info|order: 7 placed|",
		"[" + at + "][ERROR][o.e.b.Bootstrap   ] [node-1] failed":                               "error|[node-1] failed|",
		"[2026-11-21 16:27:01] production.ERROR: Connection refused":                            "error|Connection refused|",
		"2026/11/21 16:27:01 panic serving 10.0.0.1:33: runtime error":                          "|panic serving 10.0.0.1:33: runtime error|",
		at + " [main] WARN  com.x.Foo - slow":                                                   "warn|slow|",
		at + " - a.b - ERROR - text - more":                                                     "error|text - more|",
		at + " ERROR a.b: text":                                                                 "error|text|",
		"[2026-11-21 16:27:01 +0000] [7] [CRITICAL] WORKER TIMEOUT (pid:9)":                     "fatal|WORKER TIMEOUT (pid:9)|",
		at + " [error] <0.45.0> closing AMQP connection":                                        "error|closing AMQP connection|",
		"2026-11-21 16:27:01.693 +01:00 [ERR] Unhandled exception":                              "error|Unhandled exception|",
		at + " [main] INFO  com.x.Foo - paid trace_id=4bf92f3577b34da6a3ce929d0e0e4736 in 3 ms": "info|paid trace_id=4bf92f3577b34da6a3ce929d0e0e4736 in 3 ms|4bf92f3577b34da6a3ce929d0e0e4736",
	} {
		_, k := readBytes(t, []byte(line+"\n"), func(in *Input) { in.Source.Format = "text" })
		if len(k.events) != 1 {
			t.Errorf("%s: %d events", line, len(k.events))
			continue
		}
		e := k.events[0]
		if got := e.Level + "|" + e.Message + "|" + e.TraceID; got != want {
			t.Errorf("%s\n got %s\nwant %s", line, got, want)
		}
	}
}
