package intake

import (
	"bytes"

	"github.com/valyala/fastjson"

	"almanac/schemas"
)

// The JSON lines family is read by one parser that knows the usual names; the
// formats differ in how they are told apart.
func init() {
	for _, f := range []struct {
		name, doc string
		need      []string // all of these keys
		any       []string // and one of these
		weight    float64
	}{
		{"slog", "Go log/slog, JSON handler", []string{"time", "level", "msg", upperLevel}, nil, 0.85},
		{"zap", "Go zap, production encoder", []string{"level", "ts", "msg"}, nil, 0.9},
		{"zerolog", "Go zerolog", []string{"time", "message", lowerLevel}, nil, 0.75},
		{"logrus", "Go logrus, JSON formatter", []string{"level", "msg", "time", lowerLevel}, nil, 0.8},
		{"bunyan", "Node bunyan", []string{"name", "hostname", "pid", "level", "msg", "time", "v"}, nil, 0.95},
		{"pino", "Node pino", []string{"level", "time", "pid", "hostname"}, nil, 0.9},
		{"ecs", "Elastic Common Schema: Filebeat, Spring Boot, dotted or nested", []string{"@timestamp"}, []string{"log.level", "log", "ecs.version", "ecs"}, 0.92},
		{"logstash", "logstash-logback-encoder", []string{"@timestamp", "message"}, []string{"logger_name", "level_value", "@version"}, 0.88},
		{"logback-json", "logback JsonEncoder", []string{"timestamp", "level"}, []string{"threadName", "loggerName", "sequenceNumber"}, 0.88},
		{"tracing", "Rust tracing, JSON", []string{"timestamp", "level", "fields"}, nil, 0.9},
		{"gcp", "Google Cloud LogEntry", []string{"timestamp", "logName"}, nil, 0.92},
		{"caddy", "Caddy access and error log", []string{"level", "ts", "logger", "msg", "request", "status"}, nil, 0.95},
		{"mongodb", "MongoDB 4.4 and later", []string{"t", "s", "c", "ctx", "msg"}, nil, 0.95},
		{"journald", "journalctl -o json", []string{"__REALTIME_TIMESTAMP"}, nil, 0.95},
		{"postgres-json", "PostgreSQL jsonlog", []string{"timestamp", "error_severity"}, nil, 0.95},
		{"loki", "Loki logcli --output=jsonl", []string{"timestamp", "line"}, nil, 0.88},
		{"docker", "Docker json-file", []string{"log", "time"}, []string{"stream", "attrs"}, 0.95},
		{"otel-flat", "OpenTelemetry, flattened", []string{"timestamp_ns", "body"}, nil, 0.9},
		{"json", "JSON lines with a time field under a usual name", nil, nil, 0.7},
	} {
		register(&Format{
			Name: f.name, Kind: KindLog, Doc: f.doc, Zone: "in the stamp; else of the source",
			Detect: func(h Head) float64 { return detectJSON(h, f.need, f.any, f.weight) },
			Lines:  func(c *Context) LineParser { return newJSONLog(c, f.name) },
		})
	}
}

// Keys that stand for how the level is written; a record without a level fits
// both.
const (
	upperLevel = "\x00LEVEL"
	lowerLevel = "\x00level"
)

// headMemo keeps what several formats ask of one head.
type headMemo struct {
	record *recordHead // of the record formats
	json   []jsonHead
	done   bool
}

// jsonHead is one line of the head as JSON: its keys, and whether the parser
// finds a time in it.
type jsonHead struct {
	keys      map[string]bool
	hasTime   bool
	hasText   bool // a message or a level
	isRequest bool
}

const jsonSample = 20

// jsonLines parses the first lines of the head once for all formats.
func (h Head) jsonLines() []jsonHead {
	if h.memo == nil {
		return readJSONHead(h)
	}
	if !h.memo.done {
		h.memo.json, h.memo.done = readJSONHead(h), true
	}
	return h.memo.json
}

func readJSONHead(h Head) []jsonHead {
	var out []jsonHead
	p := newJSONLog(detectContext(h.Name), "json")
	for i, line := range h.Lines {
		if i == jsonSample {
			break
		}
		j := jsonHead{}
		if line[0] == '{' {
			if v, err := p.parser.ParseBytes(line); err == nil && v.Type() == fastjson.TypeObject {
				j.keys = map[string]bool{}
				v.GetObject().Visit(func(k []byte, _ *fastjson.Value) { j.keys[string(k)] = true })
				p.collect(v)
				level := p.set.get(roleLevel)
				j.keys[upperLevel] = len(level) == 0 || level[0] >= 'A' && level[0] <= 'Z'
				j.keys[lowerLevel] = len(level) == 0 || level[0] >= 'a' && level[0] <= 'z'
				j.hasTime = p.set.has[roleTime]
				j.hasText = p.set.has[roleMessage] || p.set.has[roleLevel]
				j.isRequest = p.set.has[roleMethod] && p.set.has[rolePath] && p.set.has[roleStatus]
			}
		}
		out = append(out, j)
	}
	return out
}

// detectJSON rates by the share of lines that have the keys.
func detectJSON(h Head, need, some []string, weight float64) float64 {
	lines := h.jsonLines()
	good, objects := 0.0, 0
	for _, l := range lines {
		if l.keys == nil {
			continue
		}
		objects++
		if !l.hasTime {
			continue
		}
		ok := true
		for _, k := range need {
			ok = ok && l.keys[k]
		}
		if len(some) > 0 {
			found := false
			for _, k := range some {
				found = found || l.keys[k]
			}
			ok = ok && found
		}
		switch {
		case ok && (len(need) > 0 || l.hasText || l.isRequest):
			good++
		case ok:
			good += 0.5 // a time and nothing that says log
		}
	}
	if objects == 0 || float64(objects) < float64(len(lines))/4 {
		return 0
	}
	return weight * good / float64(objects)
}

// jsonLog reads one JSON object per line.
type jsonLog struct {
	c      *Context
	format string
	parser fastjson.Parser
	set    fieldSet
	path   []byte // dotted name of the field being visited
	visit  func(key []byte, v *fastjson.Value)
	nums   []byte // text of numbers
	buf    []byte
	had    bool
	inner  bool // it reads what is inside a wrapper itself
	inside *inner
	at     int       // docker: the stream of the line just read
	joined [2][]byte // docker: parts of a line so far, by stream
	partTS [2]int64  // of the last part
	beside *inner    // docker: of the second stream
	ids    map[uint64]bool
	many   bool    // journald, Loki: the streams of many services share the file
	units  streams // of them
	name   []byte
	known  [32]knownField // by place in the record
}

func newJSONLog(c *Context, format string) *jsonLog {
	p := &jsonLog{c: c, format: format}
	p.visit = p.field
	return p
}

// Parse implements LineParser.
func (p *jsonLog) Parse(line []byte, e *schemas.Event) (Verdict, string) {
	b := trimLeft(line, " \t")
	if len(b) == 0 || b[0] != '{' {
		if p.had && isStack(line) {
			return IsContinuation, ""
		}
		return IsReject, "not a JSON object"
	}
	v, err := p.parser.ParseBytes(b)
	if err != nil {
		return IsReject, "broken JSON"
	}
	p.collect(v)
	switch p.format {
	case "docker":
		p.at = 0
		if string(v.GetStringBytes("stream")) == "stderr" {
			p.at = 1
		}
		return p.docker(e)
	case "bunyan":
		if n := v.GetStringBytes("name"); n != nil {
			p.set.offer(slot{roleService, 0}, n, false)
		}
	case "otel-flat":
		p.set.otel = true
	case "journald", "loki":
		p.many = true
		return p.wrapped(e)
	case "gcp":
		if p.repeats(v) {
			return IsRepeat, ""
		}
	}
	p.buf = p.buf[:0]
	var reason string
	if p.buf, reason = p.set.fill(p.c, e, p.buf); reason != "" {
		return IsReject, reason
	}
	if !p.set.has[roleMessage] && e.Message == "" {
		e.Message = alias(b)
	}
	p.had = true
	if e.Level == "" && e.Kind == "" && p.ships() {
		return p.unwrap(e), ""
	}
	return IsEvent, ""
}

// ships says that a record without a level may be one that a shipper made of
// a line of text (Filebeat, Fluent Bit, Google's agent): the line is read too.
func (p *jsonLog) ships() bool {
	switch p.format {
	case "ecs", "gcp", "logstash", "json":
		return p.set.has[roleMessage] && !p.inner
	}
	return false
}

// isWrapper says that the record just read is a container's line: Docker's
// JSON, or what a shipper made of it.
func (p *jsonLog) isWrapper() bool { return p.set.log && p.set.get(roleLevel) == nil }

// wrapped reads records whose message is a log line of its own.
func (p *jsonLog) wrapped(e *schemas.Event) (Verdict, string) {
	p.buf = p.buf[:0]
	var reason string
	if p.buf, reason = p.set.fill(p.c, e, p.buf); reason != "" {
		return IsReject, reason
	}
	p.had = true
	if e.Message == "" && p.format == "journald" {
		e.Message = "(no MESSAGE: journalctl leaves out texts over 4096 bytes unless asked for --all)"
	}
	return p.unwrap(e), ""
}

func (p *jsonLog) unwrap(e *schemas.Event) Verdict {
	if p.many {
		p.name = append(append(append(p.name[:0], e.Service...), 0), e.Host...)
		in := p.units.of(p.name, p.c)
		p.at = p.units.at
		return in.read(e)
	}
	reader := &p.inside
	if p.at == 1 {
		reader = &p.beside
	}
	if *reader == nil {
		*reader = newInner(p.c)
	}
	return (*reader).read(e)
}

// collect gathers the fields of an object by their roles.
func (p *jsonLog) collect(v *fastjson.Value) {
	p.set.reset()
	p.path, p.nums = p.path[:0], p.nums[:0]
	if o := v.GetObject(); o != nil {
		o.Visit(p.visit)
	}
}

// field takes one field of the object at p.path.
func (p *jsonLog) field(key []byte, v *fastjson.Value) {
	p.set.count++
	name := key
	at := len(p.path)
	if at > 0 {
		p.path = append(p.path, key...)
		name = p.path
	}
	for _, s := range p.rolesOf(name) {
		if s.role != roleNone {
			p.take(s, name, v)
		}
	}
	if at == 0 && len(key) == 3 && string(key) == "log" && v.Type() == fastjson.TypeString {
		p.set.log = true
	}
	p.path = p.path[:at]
}

// knownField is the name of a field and what is known of it.
type knownField struct {
	name  []byte
	roles [2]slot
}

// rolesOf looks a name up. Records of one program have the same fields in the
// same places: the last record's are tried first.
func (p *jsonLog) rolesOf(name []byte) [2]slot {
	i := p.set.count - 1
	if i >= len(p.known) {
		return fieldRoles[string(name)]
	}
	k := &p.known[i]
	if !bytes.Equal(k.name, name) {
		k.name, k.roles = append(k.name[:0], name...), fieldRoles[string(name)]
	}
	return k.roles
}

func (p *jsonLog) take(s slot, name []byte, v *fastjson.Value) {
	if s.role == roleInside {
		if v.Type() == fastjson.TypeObject && len(p.path) < 64 { // Object() of another type allocates an error
			o := v.GetObject()
			at := len(p.path)
			if at == 0 {
				p.path = append(p.path, name...)
			}
			p.path = append(p.path, '.')
			o.Visit(p.visit)
			p.path = p.path[:at]
		}
		return
	}
	switch v.Type() {
	case fastjson.TypeString:
		if b := v.GetStringBytes(); len(b) > 0 {
			p.set.offer(s, b, false)
		}
	case fastjson.TypeNumber:
		start := len(p.nums)
		p.nums = v.MarshalTo(p.nums)
		p.set.offer(s, p.nums[start:], true)
	case fastjson.TypeArray: // journald: bytes that are no UTF-8, or a field given more than once
		switch first := v.Get("0"); {
		case first == nil:
		case first.Type() == fastjson.TypeString:
			p.set.offer(s, first.GetStringBytes(), false)
		case s.role == roleMessage:
			p.set.offer(s, byteArray(v), false)
		}
	}
}

// byteArray reads an array of byte values as text.
func byteArray(v *fastjson.Value) []byte {
	var out []byte
	for _, x := range v.GetArray() {
		n, err := x.Int()
		if err != nil || n < 0 || n > 255 {
			return nil
		}
		out = append(out, byte(n))
	}
	return appendTidy(nil, out)
}
