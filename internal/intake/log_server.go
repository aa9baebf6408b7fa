package intake

import (
	"bytes"

	"almanac/schemas"
)

// Error logs and load balancers: nginx error, Apache error, HAProxy, AWS ALB.
func init() {
	lineFormat("nginx-error", "nginx error log", "of the source", 0.95, func(c *Context) LineParser { return &nginxError{c: c} })
	lineFormat("apache-error", "Apache error log, 2.4 with module:level and 2.2", "of the source", 0.95, func(c *Context) LineParser { return &apacheError{c: c} })
	lineFormat("haproxy", "HAProxy HTTP log behind a syslog header", "of the source", 0.97, func(c *Context) LineParser { return &haproxyLog{syslogLog: syslogLog{c: c}} })
	lineFormat("alb", "AWS load balancers, application and classic", "in the stamp", 0.97, func(c *Context) LineParser { return &albLog{c: c} })
}

// lineFormat registers a line format that is detected by trying its parser.
func lineFormat(name, doc, zone string, weight float64, parser func(*Context) LineParser) {
	register(&Format{
		Name: name, Kind: KindLog, Doc: doc, Zone: zone, Lines: parser,
		Detect: func(h Head) float64 { return detectLines(h, weight, parser) },
	})
}

// nginxError reads 2026/11/21 16:27:02 [error] 12#12: *3 text, client: ….
// The message leaves out process, connection and client.
type nginxError struct {
	c   *Context
	had bool
	buf []byte
}

// Parse implements LineParser.
func (p *nginxError) Parse(line []byte, e *schemas.Event) (Verdict, string) {
	ts, n, reason := p.c.clock.iso(line)
	if n == 0 || len(line) < n+4 || line[4] != '/' || line[n] != ' ' || line[n+1] != '[' {
		if p.had {
			return IsContinuation, ""
		}
		return IsReject, "no nginx error time stamp"
	}
	if reason != "" {
		return IsReject, reason
	}
	level, rest, ok := bytes.Cut(line[n+2:], []byte("] "))
	if !ok {
		return IsReject, "no level"
	}
	e.Level = levelOf(level)
	if i := bytes.Index(rest, []byte(": ")); i > 0 && bytes.IndexByte(rest[:i], '#') > 0 {
		rest = rest[i+2:]
	} else if e.Level == "" || i < 0 {
		return IsReject, "no process id"
	}
	if len(rest) > 0 && rest[0] == '*' {
		if i := bytes.IndexByte(rest, ' '); i > 0 {
			rest = rest[i+1:]
		}
	}
	p.had = true
	e.TS, e.Service = ts, p.c.Service
	msg, tail, cut := bytes.Cut(rest, []byte(", client: "))
	p.buf = append(p.buf[:0], msg...)
	if cut {
		if i := bytes.Index(tail, []byte(`, upstream: "`)); i >= 0 {
			up := tail[i:]
			if k := bytes.IndexByte(up[13:], '"'); k >= 0 {
				p.buf = append(p.buf, up[:13+k+1]...)
			}
		}
	}
	e.Message = alias(p.buf)
	return IsEvent, ""
}

// apacheError reads [stamp] [module:level] [pid n] [client ip] AH00123: text.
type apacheError struct {
	c   *Context
	had bool
}

// Parse implements LineParser.
func (p *apacheError) Parse(line []byte, e *schemas.Event) (Verdict, string) {
	var ts int64
	var n int
	var reason string
	if line[0] == '[' {
		ts, n, reason = p.c.clock.ctime(line[1:])
	}
	if n == 0 || n+2 > len(line) || line[n+1] != ']' {
		if p.had && isStack(line) {
			return IsContinuation, ""
		}
		return IsReject, "no Apache error time stamp"
	}
	if reason != "" {
		return IsReject, reason
	}
	b := bytes.TrimLeft(line[n+2:], " ")
	for len(b) > 0 && b[0] == '[' {
		k := bracket(b)
		if k == 0 {
			break
		}
		group := b[1 : k-1]
		level := group
		if i := bytes.LastIndexByte(group, ':'); i >= 0 {
			level = group[i+1:]
		}
		switch {
		case e.Level == "" && levelOf(level) != "":
			e.Level = levelOf(level)
		case hasPrefix(group, "pid ") || hasPrefix(group, "client ") || hasPrefix(group, "tid ") || hasPrefix(group, "remote "):
		default:
			k = 0
		}
		if k == 0 {
			break
		}
		b = bytes.TrimLeft(b[k:], " ")
	}
	if e.Level == "" {
		return IsReject, "no level"
	}
	p.had = true
	e.TS, e.Service, e.Message = ts, p.c.Service, alias(b)
	return IsEvent, ""
}

// haproxyLog reads the HTTP log line of HAProxy; other lines of the file are
// plain syslog.
type haproxyLog struct {
	syslogLog
	buf []byte
}

// Parse implements LineParser.
func (p *haproxyLog) Parse(line []byte, e *schemas.Event) (Verdict, string) {
	if isBareHAProxy(line) {
		e.Service, e.Message = p.c.Service, alias(line)
		return p.request(e)
	}
	v, reason := p.syslogLog.Parse(line, e)
	if v != IsEvent {
		return v, reason
	}
	if !hasPrefix([]byte(e.Service), "haproxy") {
		return IsReject, "not a line of haproxy"
	}
	return p.request(e)
}

// isBareHAProxy says that a line begins with the client's address and port
// and the accept date, as HAProxy prints it to standard output.
func isBareHAProxy(line []byte) bool {
	k := bytes.Index(line[:min(len(line), 64)], []byte(" ["))
	return k > 8 && k+24 < len(line) && bytes.IndexByte(line[:k], ' ') < 0 && bytes.LastIndexByte(line[:k], ':') > 0 &&
		line[k+4] == '/' && line[k+8] == '/' && line[k+22] == '.'
}

// request reads the request in e.Message; a line that holds none stays as it
// is, or is refused where it has no stamp of syslog.
func (p *haproxyLog) request(e *schemas.Event) (Verdict, string) {
	b := []byte(e.Message)
	if e.TS == 0 {
		k := bytes.IndexByte(b, '[')
		ts, n, why := p.c.clock.clf(b[k+1:])
		if n == 0 || why != "" {
			return IsReject, "no accept date"
		}
		e.TS = ts
	}
	open := bytes.Index(b, []byte(" ["))
	if open < 0 {
		return IsEvent, ""
	}
	ts, n, why := p.c.clock.clf(b[open+2:])
	if n == 0 || why != "" {
		return IsEvent, ""
	}
	request := bytes.IndexByte(b[open+2+n:], '"') + open + 2 + n
	if request < open+2+n {
		return IsEvent, ""
	}
	f := bytes.Fields(b[open+2+n : request]) // ] fe be/srv Tq/Tw/Tc/Tr/Tt status bytes …
	if len(f) > 0 && f[0][0] == ']' {
		f = f[1:]
	}
	inside, _, ok := quotedPart(b[request:])
	if len(f) < 4 || !ok || num(f[3], 0, len(f[3])) < 0 || len(f[3]) != 3 {
		return IsEvent, ""
	}
	e.TS, e.Kind, e.Level = ts, schemas.EventRequest, schemas.LevelInfo
	if f[3][0] == '5' {
		e.Level = schemas.LevelError
	}
	p.buf = requestMessage(p.buf[:0], inside, f[3])
	p.buf = append(append(p.buf, ' '), f[1]...)
	if len(f) > 7 && len(f[7]) == 4 {
		p.buf = append(append(p.buf, ' '), f[7]...)
	}
	e.Message = alias(p.buf)
	return IsEvent, ""
}

// albLog reads the access log of AWS application load balancers. The service
// is the load balancer's name.
type albLog struct {
	c   *Context
	buf []byte
}

// Parse implements LineParser.
func (p *albLog) Parse(line []byte, e *schemas.Event) (Verdict, string) {
	q := bytes.IndexByte(line, '"')
	if q < 0 {
		return IsReject, "no request in quotes"
	}
	f := bytes.Fields(line[:q]) // type time elb client target t1 t2 t3 status target_status in out
	if len(f) == 11 && isDigit(f[0][0]) {
		f = append([][]byte{[]byte("http")}, f...) // classic: without the type
	}
	if len(f) < 12 || len(f[8]) != 3 || !hasPrefix(f[0], "h") && !hasPrefix(f[0], "w") && !hasPrefix(f[0], "g") {
		return IsReject, "not a load balancer line"
	}
	ts, n, reason := p.c.clock.iso(f[1])
	if n == 0 {
		return IsReject, "no time stamp"
	}
	if reason != "" {
		return IsReject, reason
	}
	request, rest, ok := quotedPart(line[q:])
	if !ok {
		return IsReject, "no request in quotes"
	}
	e.TS, e.Kind, e.Level, e.Service = ts, schemas.EventRequest, schemas.LevelInfo, p.c.Service
	if parts := bytes.Split(f[2], []byte{'/'}); len(parts) == 3 {
		e.Service = alias(parts[1])
	} else if p.c.Source.Service == "" && len(parts) == 1 {
		e.Service = alias(f[2])
	}
	if f[8][0] == '5' {
		e.Level = schemas.LevelError
	}
	if i := bytes.Index(rest, []byte(`"Root=`)); i >= 0 {
		id, _, _ := bytes.Cut(rest[i+6:], []byte{'"'})
		e.TraceID = alias(id)
	}
	p.buf = requestMessage(p.buf[:0], withoutHost(request), f[8])
	e.Message = alias(p.buf)
	return IsEvent, ""
}

// withoutHost turns "GET http://host:80/path HTTP/1.1" into "GET /path HTTP/1.1".
func withoutHost(request []byte) []byte {
	i := bytes.Index(request, []byte("://"))
	if i < 0 {
		return request
	}
	method, _, ok := bytes.Cut(request, []byte{' '})
	k := bytes.IndexByte(request[i+3:], '/')
	if !ok || k < 0 {
		return request
	}
	return append(append(append([]byte(nil), method...), ' '), request[i+3+k:]...)
}
