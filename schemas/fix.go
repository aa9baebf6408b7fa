package schemas

// Fix is a claim that something was mended: grain fix_id.
type Fix struct {
	EventDate    string `parquet:"event_date,dict,optional"`
	FixID        string `parquet:"fix_id,optional"` // F-…
	RecurrenceID string `parquet:"recurrence_id,optional"`
	FixedTS      int64  `parquet:"fixed_ts,timestamp(microsecond:local),optional"`
	What         string `parquet:"what,optional"`
	Source       string `parquet:"source,dict,optional"` // operator, or an incident's action
}

// Forecast is an occasion on which a recurrence is due, written before the
// fact: grain event_date, recurrence_id, due_ts.
type Forecast struct {
	EventDate    string   `parquet:"event_date,dict,optional"` // the night that made it
	RecurrenceID string   `parquet:"recurrence_id,dict,optional"`
	DueTS        int64    `parquet:"due_ts,timestamp(microsecond:local),optional"`
	DueEndTS     int64    `parquet:"due_end_ts,timestamp(microsecond:local),optional"`
	Probability  *float64 `parquet:"probability,optional"`
}
