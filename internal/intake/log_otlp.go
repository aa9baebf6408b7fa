package intake

import (
	"bytes"

	"github.com/valyala/fastjson"

	"almanac/schemas"
)

// Log formats in which one JSON value holds many events: they are documents.
func init() {
	register(&Format{
		Name: "otlp", Kind: KindLog, Doc: "OpenTelemetry OTLP/JSON: resourceLogs, one or more values per file", Zone: "in the stamp",
		Detect: func(h Head) float64 {
			return max(holds(h, 0.97, `"resourceLogs"`, `"scopeLogs"`), holds(h, 0.97, `"resource_logs"`, `"scope_logs"`))
		},
		Document: func(c *Context, doc []byte, out *Recorder) error { return eachJSON(doc, out, otlpValue(c, out)) },
	})
	register(&Format{
		Name: "cloudwatch", Kind: KindLog, Doc: "CloudWatch: filter-log-events, get-log-events, and subscription records of Firehose", Zone: "in the stamp",
		Detect: func(h Head) float64 {
			return max(holds(h, 0.96, `"logStreamName"`, `"eventId"`), holds(h, 0.96, `"messageType"`, `"logGroup"`),
				holds(h, 0.96, `"events"`, `"ingestionTime"`, `"message"`))
		},
		Document: func(c *Context, doc []byte, out *Recorder) error { return eachJSON(doc, out, cloudwatchValue(c, out)) },
	})
}

// holds gives the weight when the head begins a JSON value and has all words.
func holds(h Head, weight float64, words ...string) float64 {
	b := bytes.TrimLeft(h.Bytes, " \t\r\n")
	if len(b) == 0 || b[0] != '{' && b[0] != '[' {
		return 0
	}
	for _, w := range words {
		if !bytes.Contains(b, []byte(w)) {
			return 0
		}
	}
	return weight
}

// eachJSON parses the top-level values of a document, which may follow each
// other with or without line ends, and gives each with the line it begins on.
func eachJSON(doc []byte, out *Recorder, take func(v *fastjson.Value, line int64) error) error {
	var p fastjson.Parser
	line, at := int64(1), 0
	budget := 4 * len(doc) // for values that do not end: without it broken input costs squared time
	for at < len(doc) {
		start := at
		for start < len(doc) && doc[start] != '{' && doc[start] != '[' {
			start++
		}
		line += int64(bytes.Count(doc[at:start], []byte{'\n'}))
		if start == len(doc) {
			return nil
		}
		size, ends := jsonEnd(doc[start:], budget)
		if !ends {
			budget -= min(budget, len(doc)-start)
		}
		end := start + size
		v, err := p.ParseBytes(doc[start:end])
		if err != nil {
			err = out.Reject(line, "broken JSON", doc[start:end])
		} else {
			err = take(v, line)
		}
		if err != nil {
			return err
		}
		line += int64(bytes.Count(doc[start:end], []byte{'\n'}))
		at = end
	}
	return nil
}

// jsonEnd measures the JSON value at b[0] by its brackets, looking at most
// limit bytes far; one that does not end there is cut with its line.
func jsonEnd(b []byte, limit int) (size int, ends bool) {
	depth, quoted := 0, false
	for i := 0; i < min(len(b), limit); i++ {
		switch c := b[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				return i + 1, true
			}
		}
	}
	if i := bytes.IndexByte(b, '\n'); i > 0 {
		return i, false
	}
	return len(b), false
}

func otlpValue(c *Context, out *Recorder) func(*fastjson.Value, int64) error {
	return func(v *fastjson.Value, line int64) error {
		any := false
		for _, r := range either(v, "resourceLogs", "resource_logs").GetArray() {
			service, host := otlpAttr(r.GetArray("resource", "attributes"), "service.name"), otlpAttr(r.GetArray("resource", "attributes"), "host.name")
			for _, s := range either(r, "scopeLogs", "scope_logs").GetArray() {
				for _, rec := range either(s, "logRecords", "log_records").GetArray() {
					any = true
					e := schemas.Event{Service: service, Host: host}
					if reason := otlpRecord(c, rec, &e); reason != "" {
						if err := out.Reject(line, reason, rec.MarshalTo(nil)); err != nil {
							return err
						}
						continue
					}
					if err := out.Event(line, &e); err != nil {
						return err
					}
				}
			}
		}
		if !any {
			out.Blank()
		}
		return nil
	}
}

// either gives the field under its JSON name or the one of the .proto file,
// which some exporters write.
func either(v *fastjson.Value, name, proto string) *fastjson.Value {
	if x := v.Get(name); x != nil {
		return x
	}
	return v.Get(proto)
}

// otlpRecord reads one log record. Ids stay hexadecimal text.
func otlpRecord(c *Context, rec *fastjson.Value, e *schemas.Event) (reason string) {
	stamp := either(rec, "timeUnixNano", "time_unix_nano")
	if n := otlpNumber(stamp); n == "" || n == "0" {
		stamp = either(rec, "observedTimeUnixNano", "observed_time_unix_nano")
	}
	if c.clock.unit == 0 {
		c.clock.unit = 1e9
	}
	if e.TS, reason = c.clock.epochText([]byte(otlpNumber(stamp))); reason != "" {
		return reason
	}
	if e.Service == "" {
		e.Service = c.Service
	}
	if e.Level = levelField(either(rec, "severityText", "severity_text").GetStringBytes(), false); e.Level == "" {
		e.Level = levelField([]byte(otlpNumber(either(rec, "severityNumber", "severity_number"))), true)
	}
	e.Message = otlpText(rec.Get("body"))
	attrs := rec.GetArray("attributes")
	e.ErrorType = otlpAttr(attrs, "exception.type")
	if m := otlpAttr(attrs, "exception.message"); m != "" && !bytes.Contains([]byte(e.Message), []byte(m)) {
		e.Message += ": " + m
	}
	if s := otlpAttr(attrs, "exception.stacktrace"); s != "" {
		e.Message += "\n" + s
	}
	e.TraceID = string(either(rec, "traceId", "trace_id").GetStringBytes())
	return ""
}

// otlpNumber reads a number that may be written as a string.
func otlpNumber(v *fastjson.Value) string {
	if v == nil {
		return ""
	}
	if v.Type() == fastjson.TypeString {
		return string(v.GetStringBytes())
	}
	return string(v.MarshalTo(nil))
}

func otlpText(v *fastjson.Value) string {
	if v == nil {
		return ""
	}
	if v.Type() == fastjson.TypeString {
		return string(v.GetStringBytes())
	}
	if s := either(v, "stringValue", "string_value"); s != nil {
		return string(s.GetStringBytes())
	}
	// A body of fields: the one that is its message, or the whole.
	fields := either(v, "kvlistValue", "kvlist_value").GetArray("values")
	for _, name := range []string{"message", "msg", "body", "event"} {
		for _, f := range fields {
			if string(f.GetStringBytes("key")) == name {
				if text := either(f.Get("value"), "stringValue", "string_value"); text != nil {
					return string(text.GetStringBytes())
				}
			}
		}
	}
	return string(v.MarshalTo(nil))
}

func otlpAttr(attrs []*fastjson.Value, key string) string {
	for _, a := range attrs {
		if string(a.GetStringBytes("key")) == key {
			return otlpText(a.Get("value"))
		}
	}
	return ""
}

// cloudwatchValue reads events[] of the API, logEvents[] of a subscription.
func cloudwatchValue(c *Context, out *Recorder) func(*fastjson.Value, int64) error {
	inside := newInner(c)
	return func(v *fastjson.Value, line int64) error {
		if string(v.GetStringBytes("messageType")) == "CONTROL_MESSAGE" {
			out.Blank()
			return nil
		}
		events := v.GetArray("events")
		if events == nil {
			events = v.GetArray("logEvents")
		}
		if events == nil {
			return out.Reject(line, "no events in it", v.MarshalTo(nil))
		}
		service := serviceOfGroup(string(v.GetStringBytes("logGroup")), c.Service)
		for _, ev := range events {
			ts, reason := c.clock.epochText([]byte(otlpNumber(ev.Get("timestamp"))))
			if reason != "" {
				if err := out.Reject(line, reason, ev.MarshalTo(nil)); err != nil {
					return err
				}
				continue
			}
			e := schemas.Event{TS: ts, Service: service, Message: string(bytes.TrimRight(ev.GetStringBytes("message"), "\n"))}
			inside.had = false // each event is one message: nothing to join
			inside.read(&e)
			if err := out.Event(line, &e); err != nil {
				return err
			}
		}
		return nil
	}
}

// serviceOfGroup: /aws/lambda/checkout is the service checkout.
func serviceOfGroup(group, other string) string {
	if i := bytes.LastIndexByte([]byte(group), '/'); i >= 0 && i+1 < len(group) {
		return group[i+1:]
	}
	if group != "" {
		return group
	}
	return other
}
