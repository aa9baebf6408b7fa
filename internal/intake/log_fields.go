package intake

import (
	"bytes"

	"almanac/schemas"
)

// role is what a named field of a record means to almanac.
type role uint8

const (
	roleNone role = iota
	roleTime
	roleLevel
	roleMessage
	roleService
	roleHost
	roleTrace
	roleError
	roleErrorType
	roleStack
	roleMethod
	rolePath
	roleStatus
	roleInside // an object whose fields are looked at too
	roles
)

type slot struct {
	role role
	rank uint8 // the lowest rank wins; equal ranks: the first
}

// fieldRoles knows the usual names, dotted where they are nested. Names of
// one role are listed from the surest to the weakest.
var fieldRoles = buildRoles(map[role][]string{
	roleTime: {"time", "ts", "@timestamp", "timestamp", "timestamp_ns", "timeUnixNano", "_SOURCE_REALTIME_TIMESTAMP", "__REALTIME_TIMESTAMP",
		"@t", "t", "t.$date", "asctime", "datetime", "date", "eventTime", "timeMillis", "instant.epochSecond", "receiveTimestamp", "observedTimeUnixNano", "log_time", "_time", "when", "created", "start_time", "T", "Timestamp"},
	roleLevel: {"level", "log.level", "severity", "severityText", "severity_text", "lvl", "levelname", "level_name", "levelName", "@level", "@l", "loglevel", "log_level", "logLevel",
		"error_severity", "PRIORITY", "severityNumber", "severity_number", "labels.level", "fields.level", "s", "L", "Level", "LogLevel"},
	roleMessage: {"msg", "formattedMessage", "message", "fields.message", "@message", "@m", "@mt", "short_message", "MESSAGE", "textPayload", "jsonPayload.message", "jsonPayload.msg",
		"protoPayload.status.message", "event", "body", "body.stringValue", "log", "line", "text", "Message", "fields.msg", "message.message", "M", "RenderedMessage", "MessageTemplate", "resultDescription", "properties.message"},
	roleService: {"service.name", "service", "service_name", "serviceName", "app", "application", "app_name", "appname", "applicationName", "dd.service",
		"resource.labels.container_name", "resource.labels.service_name", "resource.labels.module_id", "labels.service_name", "labels.app", "labels.container", "labels.job",
		"kubernetes.container_name", "kubernetes.container.name", "container_name", "CONTAINER_NAME", "SYSLOG_IDENTIFIER", "_SYSTEMD_UNIT", "program", "fields.service", "Properties.Application"},
	roleHost: {"host.name", "hostname", "host", "host.hostname", "_HOSTNAME", "source_host", "@host", "HOSTNAME", "kubernetes.pod_name", "labels.pod", "node", "Properties.MachineName"},
	roleTrace: {"trace_id", "trace.id", "traceId", "traceID", "TraceId", "traceid", "trace", "dd.trace_id", "otelTraceID", "X-B3-TraceId", "x_b3_traceid", "mdc.traceId", "contextMap.traceId",
		"logging.googleapis.com/trace", "fields.trace_id", "span.trace_id", "Properties.TraceId", "@tr",
		"traceparent", "request_id", "requestId", "request.id", "http.request.id", "req_id", "reqId", "req.id", "correlation_id", "correlationId", "correlation.id", "x_request_id"},
	roleError: {"error.message", "err.message", "exception.message", "exception.exception_message", "error", "err", "exception", "@x", "error_message", "errorMessage", "reason.message", "fields.error",
		"jsonPayload.error", "thrown.message", "throwable.message", "Exception", "attr.error.errmsg", "attr.error"},
	roleErrorType: {"error.type", "err.type", "exception.type", "exception.exception_class", "error_type", "errorType", "exception_class", "error.kind", "err.name", "error.name", "error.class", "thrown.name", "throwable.className"},
	roleStack:     {"error.stack_trace", "stack_trace", "stacktrace", "stack", "error.stack", "err.stack", "exception.stacktrace", "exception.stack_trace", "exc_info", "traceback", "errorVerbose", "thrown.extendedStackTrace"},
	roleMethod:    {"request.method", "http.request.method", "req.method", "httpRequest.requestMethod", "http.method", "method", "http_method", "request_method", "verb", "RequestMethod"},
	rolePath:      {"request.uri", "url.path", "url.original", "req.url", "httpRequest.requestUrl", "http.target", "http.route", "http.url", "path", "uri", "request_uri", "http_path", "url", "RequestPath"},
	roleStatus:    {"http.response.status_code", "res.statusCode", "httpRequest.status", "http.status_code", "status_code", "statusCode", "http_status", "response.status", "response_code", "status", "DownstreamStatus"},
	roleInside: {"log", "service", "host", "trace", "error", "err", "exception", "fields", "jsonPayload", "protoPayload", "protoPayload.status", "resource", "resource.labels", "labels", "kubernetes",
		"kubernetes.container", "request", "http", "http.request", "http.response", "req", "res", "response", "httpRequest", "url", "t", "instant", "body", "attr", "attr.error", "dd", "mdc", "contextMap", "span",
		"thrown", "throwable", "message", "reason", "Properties", "properties", "http.request.headers"},
})

func buildRoles(by map[role][]string) map[string][2]slot {
	out := map[string][2]slot{}
	for r := role(1); r < roles; r++ {
		for i, name := range by[r] {
			s := out[name]
			if s[0].role == roleNone {
				s[0] = slot{r, uint8(i)}
			} else {
				s[1] = slot{r, uint8(i)}
			}
			out[name] = s
		}
	}
	return out
}

// fieldSet holds the best value of each role of one record, as text.
type fieldSet struct {
	value  [roles][]byte
	rank   [roles]uint8
	number [roles]bool // the value is a JSON number
	has    [roles]bool
	otel   bool // severity numbers are those of OpenTelemetry
	log    bool // the record has a text field "log", as Docker's has
	count  int
}

func (f *fieldSet) reset() {
	f.has = [roles]bool{}
	f.otel, f.log, f.count = false, false, 0
}

func (f *fieldSet) offer(s slot, v []byte, number bool) {
	if f.has[s.role] && f.rank[s.role] <= s.rank {
		return
	}
	f.value[s.role], f.rank[s.role], f.number[s.role], f.has[s.role] = v, s.rank, number, true
}

// get gives the value of a role, nil where there is none.
func (f *fieldSet) get(r role) []byte {
	if !f.has[r] {
		return nil
	}
	return f.value[r]
}

// fill makes an event of the fields. reason is set where there is no usable
// time; buf is scratch for composed messages.
func (f *fieldSet) fill(c *Context, e *schemas.Event, buf []byte) (scratch []byte, reason string) {
	t := f.get(roleTime)
	switch {
	case t == nil:
		return buf, "no time field"
	case f.number[roleTime]:
		e.TS, reason = c.clock.epochText(t)
	default:
		e.TS, reason = c.clock.text(t)
	}
	if reason != "" {
		return buf, reason
	}
	f.details(c, e)
	e.Message = alias(f.get(roleMessage))
	method, path, status := f.get(roleMethod), f.get(rolePath), f.get(roleStatus)
	if method != nil && path != nil && len(status) == 3 && num(status, 0, 3) > 0 {
		buf = f.request(e, method, path, status, buf)
	}
	return f.withError(e, buf), ""
}

// details fills level, service, host, trace and class.
func (f *fieldSet) details(c *Context, e *schemas.Event) {
	e.Level = levelField(f.get(roleLevel), f.otel)
	e.Service = alias(bytes.TrimSuffix(f.get(roleService), []byte(".service")))
	if e.Service == "" {
		e.Service = c.Service
	}
	e.Host = alias(f.get(roleHost))
	trace := f.get(roleTrace)
	if i := bytes.LastIndexByte(trace, '/'); i >= 0 { // projects/p/traces/ID
		trace = trace[i+1:]
	}
	if len(trace) == 55 && trace[2] == '-' && trace[35] == '-' { // traceparent
		trace = trace[3:35]
	}
	e.TraceID = alias(trace)
	e.ErrorType = alias(f.get(roleErrorType))
}

// request makes a request event: load is counted by these.
func (f *fieldSet) request(e *schemas.Event, method, path, status, buf []byte) []byte {
	e.Kind = schemas.EventRequest
	if status[0] == '5' && (e.Level == "" || e.Level == schemas.LevelInfo) {
		e.Level = schemas.LevelError
	} else if e.Level == "" {
		e.Level = schemas.LevelInfo
	}
	if i := bytes.IndexByte(path, '?'); i >= 0 {
		path = path[:i]
	}
	start := len(buf)
	if e.Message != "" {
		buf = append(append(buf, e.Message...), ": "...)
	}
	buf = append(append(append(append(buf, method...), ' '), path...), ' ')
	buf = appendStatus(buf, status)
	e.Message = alias(buf[start:])
	return buf
}

// withError appends the error's text to a message that does not hold it, and
// the stack trace after a line end.
func (f *fieldSet) withError(e *schemas.Event, buf []byte) []byte {
	errText, stack := f.get(roleError), f.get(roleStack)
	if len(errText) > 0 && errText[0] != '{' && !bytes.Contains([]byte(e.Message), errText) {
		start := len(buf)
		buf = append(buf, e.Message...)
		if e.Message != "" {
			buf = append(buf, ": "...)
		}
		buf = append(buf, errText...)
		e.Message = alias(buf[start:])
	}
	if len(stack) > 0 && stack[0] != '{' {
		start := len(buf)
		buf = append(append(append(buf, e.Message...), '\n'), bytes.TrimRight(stack, "\n ")...)
		e.Message = alias(buf[start:])
	}
	return buf
}
