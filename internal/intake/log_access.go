package intake

import (
	"bytes"
	"unicode/utf8"

	"almanac/schemas"
)

func init() {
	register(&Format{
		Name: "access", Kind: KindLog, Doc: "nginx and Apache access log, common and combined, with or without a virtual host before it", Zone: "in the stamp",
		Detect: func(h Head) float64 {
			if len(h.Lines) == 0 || h.Lines[0][0] == '{' {
				return 0
			}
			return detectLines(h, 0.96, func(c *Context) LineParser { return &accessLog{c: c} })
		},
		Lines: func(c *Context) LineParser { return &accessLog{c: c} },
	})
}

// accessLog reads ip - user [stamp] "METHOD /path HTTP/1.1" status bytes ….
// The message is method, path without its query, and status (with its words
// where it failed), so that equal requests have one signature; a status of
// 500 and above is an error.
type accessLog struct {
	c   *Context
	buf []byte
}

// Parse implements LineParser.
func (p *accessLog) Parse(line []byte, e *schemas.Event) (Verdict, string) {
	open := bytes.Index(line, []byte(" ["))
	if line[0] == '[' && len(line) > 22 && line[12] == ' ' { // [21/Nov/2026 16:27:01] "GET / HTTP/1.1" 200 12 of Django's server
		p.buf = append(append(p.buf[:0], "- ["...), line[1:12]...)
		p.buf = append(append(p.buf, ':'), line[13:]...)
		line, open = bytes.Clone(p.buf), 1
	}
	if line[0] == '[' && len(line) > 30 && line[5] == '-' { // [2026-11-21T16:27:01.693Z] "GET / HTTP/1.1" 503 of Envoy
		return p.envoy(line, e)
	}
	if open <= 0 || open > 1024 || len(line) > 10 && line[4] == '-' && line[7] == '-' && num(line, 0, 4) > 0 {
		return IsReject, "not an access log line"
	}
	ts, n, reason := p.c.clock.clf(line[open+2:])
	if n == 0 {
		return IsReject, "no access log time stamp"
	}
	if reason != "" {
		return IsReject, reason
	}
	return p.request(line[open+2+n:], line[:open], ts, e)
}

// envoy reads the default form of Envoy's access log.
func (p *accessLog) envoy(line []byte, e *schemas.Event) (Verdict, string) {
	ts, n, reason := p.c.clock.iso(line[1:])
	if n == 0 || !bytes.HasPrefix(line[1+n:], []byte(`] "`)) {
		return IsReject, "not an access log line"
	}
	if reason != "" {
		return IsReject, reason
	}
	return p.request(line[1+n:], nil, ts, e)
}

// request reads what follows the stamp: the bracket, the request, the status.
// before is what stands before the stamp.
func (p *accessLog) request(rest, before []byte, ts int64, e *schemas.Event) (Verdict, string) {
	q := bytes.IndexByte(rest, '"')
	if len(rest) == 0 || rest[0] != ']' || q < 0 || q > 64 {
		return IsReject, "no request in quotes"
	}
	request, tail, ok := quotedPart(rest[q:])
	if !ok {
		return IsReject, "no request in quotes"
	}
	tail = bytes.TrimLeft(tail, " ")
	status := num(tail, 0, 3)
	if status < 0 || len(tail) > 3 && tail[3] != ' ' {
		return IsReject, "no status"
	}
	e.TS, e.Kind, e.Level = ts, schemas.EventRequest, schemas.LevelInfo
	if status >= 500 {
		e.Level = schemas.LevelError
	}
	e.Service = p.virtualHost(before)
	p.buf = requestMessage(p.buf[:0], request, tail[:3])
	e.Message = alias(p.buf)
	if len(tail) > 3 && bytes.IndexByte(tail[3:], '=') >= 0 { // ids are printed as name=value
		e.TraceID = alias(traceOf(tail[3:]))
	}
	return IsEvent, ""
}

// virtualHost is the word before the client's address, if there is one.
func (p *accessLog) virtualHost(b []byte) string {
	if bytes.Count(b, []byte{' '}) < 3 {
		return p.c.Service
	}
	host, _, _ := bytes.Cut(b, []byte{' '})
	if i := bytes.LastIndexByte(host, ':'); i > 0 {
		host = host[:i]
	}
	if bytes.IndexByte(host, '.') < 0 || isDigit(host[len(host)-1]) || len(host) > 80 {
		return p.c.Service
	}
	return alias(host)
}

// quotedPart reads "…" at b[0]; a quote after a backslash does not end it.
func quotedPart(b []byte) (inside, rest []byte, ok bool) {
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return b[1:i], b[i+1:], true
		}
	}
	return nil, nil, false
}

// requestMessage appends method, path without query, status and its words.
func requestMessage(out, request, status []byte) []byte {
	method, rest, ok := bytes.Cut(request, []byte{' '})
	if !ok || len(method) > 32 {
		n := min(len(request), 200)
		for n > 0 && n < len(request) && !utf8.RuneStart(request[n]) {
			n--
		}
		out = append(out, request[:n]...)
		out = append(out, ' ')
		return appendStatus(out, status)
	}
	path, _, _ := bytes.Cut(rest, []byte{' '})
	if i := bytes.IndexAny(path, "?;"); i >= 0 {
		path = path[:i]
	}
	out = append(append(out, method...), ' ')
	out = append(append(out, path...), ' ')
	return appendStatus(out, status)
}
