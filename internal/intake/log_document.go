package intake

import (
	"bytes"

	"github.com/valyala/fastjson"

	"almanac/schemas"
)

// Logs that an API or a viewer gave as one document: an array of records, a
// few records printed over many lines, or records below a name.
func init() {
	register(&Format{
		Name: "json-document", Kind: KindLog, Doc: "JSON records as a document: gcloud --format=json, Elasticsearch hits, Azure records, printed over many lines", Zone: "in the stamp; else of the source",
		Detect: detectJSONDocument,
		Document: func(c *Context, doc []byte, out *Recorder) error {
			p := newJSONLog(c, "json")
			return eachJSON(doc, out, func(v *fastjson.Value, line int64) error { return recordsIn(c, p, v, line, out) })
		},
	})
	register(&Format{
		Name: "loki-query", Kind: KindLog, Doc: "Grafana Loki's query API: streams with values", Zone: "in the stamp",
		Detect:   func(h Head) float64 { return holds(h, 0.97, `"resultType"`, `"streams"`, `"values"`) },
		Document: func(c *Context, doc []byte, out *Recorder) error { return eachJSON(doc, out, lokiValue(c, out)) },
	})
}

// recordNames are the names below which a document keeps its records.
var recordNames = [][]string{{"hits", "hits"}, {"records"}, {"entries"}, {"logs"}, {"events"}, {"data"}}

// recordsOf gives the records of one JSON value.
func recordsOf(v *fastjson.Value) []*fastjson.Value {
	if v.Type() == fastjson.TypeArray {
		return v.GetArray()
	}
	for _, name := range recordNames {
		if a := v.GetArray(name...); len(a) > 0 && a[0].Type() == fastjson.TypeObject {
			return a
		}
	}
	return []*fastjson.Value{v}
}

// recordsIn reads the records of one value.
func recordsIn(c *Context, p *jsonLog, v *fastjson.Value, line int64, out *Recorder) error {
	for _, r := range recordsOf(v) {
		if source := r.Get("_source"); source != nil {
			r = source
		}
		text := r.MarshalTo(nil)
		if r.GetStringBytes("insertId") != nil {
			p.format = "gcp"
		}
		if p.inside != nil {
			p.inside.had = false // each record is one message: nothing to join
		}
		e := schemas.Event{}
		verdict, reason := p.Parse(text, &e)
		var err error
		switch verdict {
		case IsEvent:
			own(&e)
			err = out.Event(line, &e)
		case IsRepeat:
			out.repeat()
		default:
			if reason == "" {
				reason = "a part of another record"
			}
			err = out.Reject(line, reason, text)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// own copies the strings of an event that alias a parser's buffer.
func own(e *schemas.Event) {
	for _, s := range []*string{&e.Service, &e.Host, &e.Message, &e.ErrorType, &e.TraceID} {
		*s = string([]byte(*s))
	}
}

// detectJSONDocument looks at the first records: most need a time, and a
// level and a message. A file of one record per line is JSON lines.
func detectJSONDocument(h Head) float64 {
	b := bytes.TrimLeft(h.Bytes, " \t\r\n")
	if len(b) < 2 || b[0] != '[' && b[0] != '{' {
		return 0
	}
	at := 0
	if b[0] == '{' { // records below a name?
		for _, name := range recordNames {
			word := []byte(`"` + name[len(name)-1] + `"`)
			if i := bytes.LastIndex(b[:min(len(b), 512)], word); i >= 0 {
				if k := bytes.IndexByte(b[i:], '['); k > 0 && k < len(word)+8 {
					at = i + k
				}
			}
		}
	}
	const sample = 5
	p := newJSONLog(detectContext(h.Name), "json")
	seen, good := 0, 0
	for budget := 4 * len(b); at < len(b) && seen < sample && budget > 0; {
		i := bytes.IndexByte(b[at:], '{')
		if i < 0 {
			break
		}
		at += i
		size, ends := jsonEnd(b[at:], budget)
		budget -= size
		if !ends {
			break
		}
		if v, err := p.parser.ParseBytes(b[at : at+size]); err == nil {
			if source := v.Get("_source"); source != nil {
				v = source
			}
			seen++
			p.collect(v)
			if p.set.has[roleTime] && p.set.has[roleMessage] && p.set.has[roleLevel] {
				good++
			}
		}
		at += size
	}
	if seen == 0 || good*2 <= seen {
		return 0
	}
	return 0.45 * float64(good) / float64(seen)
}

// lokiValue reads data.result[].values[] of [nanoseconds, line].
func lokiValue(c *Context, out *Recorder) func(*fastjson.Value, int64) error {
	return func(v *fastjson.Value, line int64) error {
		streams := v.GetArray("data", "result")
		if len(streams) == 0 {
			out.Blank()
			return nil
		}
		for _, s := range streams {
			labels := s.Get("stream")
			inside := newInner(c)
			for _, pair := range s.GetArray("values") {
				ts, reason := c.clock.epochText([]byte(otlpNumber(pair.Get("0"))))
				if reason != "" {
					if err := out.Reject(line, reason, pair.MarshalTo(nil)); err != nil {
						return err
					}
					continue
				}
				e := schemas.Event{TS: ts, Service: c.Service, Message: string(bytes.TrimRight(pair.GetStringBytes("1"), "\r\n"))}
				for _, name := range []string{"service_name", "app", "container", "job"} {
					if l := labels.GetStringBytes(name); len(l) > 0 {
						e.Service = string(l)
						break
					}
				}
				e.Host, e.Level = string(labels.GetStringBytes("pod")), levelField(labels.GetStringBytes("level"), false)
				inside.had = false
				inside.read(&e)
				own(&e)
				if err := out.Event(line, &e); err != nil {
					return err
				}
			}
		}
		return nil
	}
}
