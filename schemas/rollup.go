package schemas

// EventMinute counts events per minute: grain minute_ts, service, level,
// shape_id. It holds every event of level warn and above, and all events of
// shapes with at most RareLinesPerDay lines on that service and day (jobs).
type EventMinute struct {
	EventDate string `parquet:"event_date,dict,optional"`
	MinuteTS  int64  `parquet:"minute_ts,timestamp(microsecond:local),delta,optional"`
	Service   string `parquet:"service,dict,optional"`
	Level     string `parquet:"level,dict,optional"`
	ShapeID   string `parquet:"shape_id,dict,optional"`
	ErrorType string `parquet:"error_type,dict,optional"`
	Count     int64  `parquet:"count,optional"`
	FirstTS   int64  `parquet:"first_ts,timestamp(microsecond:local),optional"`
	LastTS    int64  `parquet:"last_ts,timestamp(microsecond:local),optional"`
}

// RareLinesPerDay bounds what is rolled up per minute below level warn: once
// every five minutes is 288 a day, so the usual jobs stay in.
const RareLinesPerDay = 300

// EventDay counts events per day: grain event_date, service, level, shape_id.
// It holds every event, so that a signature that is too frequent for
// event_minute is never taken for one that fell silent.
type EventDay struct {
	EventDate string `parquet:"event_date,dict,optional"`
	Service   string `parquet:"service,dict,optional"`
	Level     string `parquet:"level,dict,optional"`
	ShapeID   string `parquet:"shape_id,dict,optional"`
	Count     int64  `parquet:"count,optional"`
	Minutes   int64  `parquet:"minutes,optional"` // minutes with at least one
	FirstTS   int64  `parquet:"first_ts,timestamp(microsecond:local),optional"`
	LastTS    int64  `parquet:"last_ts,timestamp(microsecond:local),optional"`
	// IsByMinute says that event_minute holds these events too.
	IsByMinute *bool `parquet:"is_by_minute,optional"`
}

// ServiceVolume is the load of a service: grain slot_ts (5 minutes), service,
// level. A slot without a row was not observed: it is not a zero.
type ServiceVolume struct {
	EventDate string `parquet:"event_date,dict,optional"`
	SlotTS    int64  `parquet:"slot_ts,timestamp(microsecond:local),delta,optional"`
	Service   string `parquet:"service,dict,optional"`
	Level     string `parquet:"level,dict,optional"`
	Lines     int64  `parquet:"lines,optional"`
	Requests  *int64 `parquet:"requests,optional"` // lines of kind "request"
}

// Coverage says what was read of a source in an hour: grain source, hour_ts.
// An hour without a row is "no data", never "no errors".
type Coverage struct {
	EventDate string `parquet:"event_date,dict,optional"`
	Source    string `parquet:"source,dict,optional"`
	HourTS    int64  `parquet:"hour_ts,timestamp(microsecond:local),optional"`
	Lines     *int64 `parquet:"lines,optional"`
	Events    *int64 `parquet:"events,optional"`
	Rejects   *int64 `parquet:"rejects,optional"`
}
