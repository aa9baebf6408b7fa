package intake

import (
	"bytes"

	"almanac/schemas"
)

// inner reads the log line inside a wrapper (CRI, Docker, journald, syslog …):
// its own time, level and fields win over the wrapper's; a line that is no
// known record stays the message.
type inner struct {
	c      *Context
	json   *jsonLog
	logfmt *logfmtLog
	text   *stampedLog
	klog   *klogLog
	access *accessLog
	apache *apacheError
	nginx  *nginxError
	mysql  *mysqlLog
	redis  *redisLog
	rails  *railsLog
	cri    *criLog // made when met: it holds an inner of its own
	again  *inner  // what is inside the line inside: Docker's JSON in journald
	had    bool
	event  schemas.Event
	buf    []byte
}

func newInner(c *Context) *inner {
	// The clock inside is its own (epoch numbers may be of another unit) and
	// reports with that of the file.
	inside := *c
	inside.clock = newClock(c.Zone, c.Year)
	c.clock.inside = append(c.clock.inside, inside.clock)
	c = &inside
	i := &inner{c: c}
	i.json = newJSONLog(c, "json")
	i.json.inner = true
	i.logfmt = &logfmtLog{c: c}
	i.text = &stampedLog{c: c}
	i.klog = &klogLog{c: c}
	i.access = &accessLog{c: c}
	i.apache = &apacheError{c: c}
	i.nginx = &nginxError{c: c}
	i.mysql = &mysqlLog{c: c}
	i.redis = &redisLog{c: c}
	i.rails = &railsLog{c: c}
	return i
}

// read looks into e.Message and completes e. The line is a continuation where
// it looks like a part of a stack trace.
func (i *inner) read(e *schemas.Event) Verdict {
	msg := bytesOf(e.Message) // parsers do not write into it
	i.event = schemas.Event{}
	if i.had && isStack(msg) {
		return IsContinuation
	}
	i.had = true
	p := i.parserFor(msg)
	if p == nil {
		bareLevel(msg, e)
		return IsEvent
	}
	i.text.had = false
	local := i.c.clock.local
	if v, _ := p.Parse(msg, &i.event); v != IsEvent || i.event.TS < earliest {
		switch p { // a record without a time of its own
		case LineParser(i.json):
			i.timeless(&i.json.set)
		case LineParser(i.logfmt):
			i.timeless(&i.logfmt.set)
		}
		i.merge(e)
		return IsEvent
	}
	if i.c.clock.local > local && !i.c.Source.ZoneStated {
		i.event.TS = i.c.clock.byWrapper(i.event.TS, e.TS)
	}
	if p == LineParser(i.json) && i.json.isWrapper() {
		return i.deeper(e)
	}
	// The inner time wins, unless it is only the outer one cut to seconds.
	if in := i.event.TS; in%1e6 != 0 || in != e.TS-mod(e.TS, 1e6) {
		e.TS = in
	}
	i.merge(e)
	return IsEvent
}

// timeless takes what a record says that states no time.
func (i *inner) timeless(set *fieldSet) {
	if set.has[roleTime] && i.event.TS != 0 || !set.has[roleMessage] {
		return
	}
	i.event = schemas.Event{}
	set.details(i.c, &i.event)
	i.event.Message = alias(set.get(roleMessage))
	i.buf = set.withError(&i.event, i.buf[:0])
}

// deeper reads the line in the wrapper that was itself inside a wrapper.
func (i *inner) deeper(e *schemas.Event) Verdict {
	if i.again == nil {
		i.again = newInner(i.c)
	}
	e.TS = i.event.TS
	e.Message = alias(trimRight(bytesOf(i.event.Message), "\r\n"))
	return i.again.read(e)
}

// bareLevel takes the level of Python's default form, ERROR:logger:message,
// and of a line that begins with a level and a colon or in brackets: the time
// is the wrapper's.
func bareLevel(msg []byte, e *schemas.Event) {
	if len(msg) == 0 || e.Level != "" && e.Level != schemas.LevelInfo {
		return
	}
	word, rest, ok := bytes.Cut(msg[:min(len(msg), 80)], []byte{':'})
	if msg[0] == '[' {
		word, rest, ok = bytes.Cut(msg[1:min(len(msg), 80)], []byte{']'})
	}
	if level := levelOf(word); ok && level != "" && len(rest) > 0 && len(word) > 3 && word[0] <= 'Z' {
		e.Level = level
	}
}

// mixable are the formats in whose files lines of other formats turn up: a
// program's own log, that of its libraries and an access log on one stream.
var mixable = map[string]bool{"logfmt": true, "log4j": true, "python": true, "text": true, "access": true, "nginx-error": true, "json": true, "slog": true, "zap": true,
	"zerolog": true, "logrus": true, "ecs": true, "logstash": true, "pino": true, "bunyan": true, "tracing": true, "logback-json": true, "caddy": true}

// maybeHead says that a line that continues an event may as well be a record
// of another format: it begins with a brace, a bracket, a digit or glog's
// header.
func maybeHead(line []byte) bool {
	return line[0] == '{' || line[0] == '[' || isDigit(line[0]) || isKlogHead(line)
}

// foreign reads a line that the format of the file does not know, where it is
// surely a record of another one.
func (i *inner) foreign(line []byte, e *schemas.Event) bool {
	p := i.parserFor(line)
	if p == nil {
		return false
	}
	i.event = schemas.Event{}
	i.text.had = false
	if v, _ := p.Parse(line, &i.event); v != IsEvent || i.event.TS < earliest {
		return false
	}
	*e = i.event
	return true
}

// merge takes over what the inner record says.
func (i *inner) merge(e *schemas.Event) {
	in := &i.event
	if in.Message != "" {
		e.Message = in.Message
	}
	if in.Level != "" {
		e.Level = in.Level
	}
	if in.Kind != "" {
		e.Kind = in.Kind
	}
	if in.Service != "" && in.Service != i.c.Service {
		e.Service = in.Service
	}
	if in.Host != "" {
		e.Host = in.Host
	}
	if in.TraceID != "" {
		e.TraceID = in.TraceID
	}
	if in.ErrorType != "" {
		e.ErrorType = in.ErrorType
	}
}

// parserFor picks the parser of a line by its first bytes; nil: none.
func (i *inner) parserFor(b []byte) LineParser {
	if len(b) < 8 {
		return nil
	}
	i.json.set.reset()
	i.logfmt.set.reset()
	switch {
	case b[0] == '{':
		return i.json
	case isKlogHead(b):
		return i.klog
	case len(b) > 30 && b[1] == ',' && b[2] == ' ' && b[3] == '[':
		return i.rails
	case isRedisHead(b):
		return i.redis
	case looksLogfmt(b):
		return i.logfmt
	case isDigit(b[0]) || b[0] == '[':
		if k := bytes.Index(b[:min(len(b), 120)], []byte(" [")); k > 0 && k+22 < len(b) && b[k+4] == '/' && monthOf(b[k+5:]) > 0 {
			return i.access
		}
		if b[0] == '[' && b[4] == ' ' && monthOf(b[5:]) > 0 {
			return i.apache
		}
		if len(b) > 40 && (bytes.Contains(b[20:min(len(b), 48)], []byte(" stdout F ")) || bytes.Contains(b[20:min(len(b), 48)], []byte(" stderr F "))) {
			if i.cri == nil {
				i.cri = &criLog{c: i.c}
			}
			return i.cri
		}
		switch {
		case len(b) > 24 && b[4] == '/' && b[19] == ' ' && b[20] == '[':
			return i.nginx
		case len(b) > 40 && bytes.Contains(b[20:min(len(b), 60)], []byte("] [MY-")):
			return i.mysql
		}
		return i.text
	}
	return nil
}
