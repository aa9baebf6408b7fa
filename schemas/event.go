package schemas

// Levels, in rising order. A level that the log does not state and its words
// do not betray is "".
const (
	LevelTrace = "trace"
	LevelDebug = "debug"
	LevelInfo  = "info"
	LevelWarn  = "warn"
	LevelError = "error"
	LevelFatal = "fatal"
)

// Kinds of an event: a log statement, or a served request (access log line),
// which counts as load.
const (
	EventLog     = "log"
	EventRequest = "request"
)

// Event is one log event: grain source_id, line. Files of a date are sorted
// by (service, shape_id, ts, source_id, line).
type Event struct {
	EventDate string `parquet:"event_date,dict,optional"`
	TS        int64  `parquet:"ts,timestamp(microsecond:local),delta,optional"`
	Service   string `parquet:"service,dict,optional"`
	Host      string `parquet:"host,dict,optional"`
	Level     string `parquet:"level,dict,optional"`
	Kind      string `parquet:"kind,dict,optional"`
	// ShapeID is the hash of the masked message; the view `event` resolves it
	// to the signature_id of today's grouping.
	ShapeID string `parquet:"shape_id,dict,optional"`
	// Message is plain text, redacted, valid UTF-8; a stack trace follows its
	// first line after a newline.
	Message   string `parquet:"message,optional"`
	ErrorType string `parquet:"error_type,dict,optional"`
	TraceID   string `parquet:"trace_id,optional"`
	SourceID  string `parquet:"source_id,dict,optional"`
	// Line is the 1-based number of the event's first line in its input.
	Line int64 `parquet:"line,delta,optional"`
}
