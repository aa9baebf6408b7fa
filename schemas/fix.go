package schemas

// Fix is a claim that something was mended, with what a night made of it:
// grain event_date, fix_id. A claim as entered has no State yet.
type Fix struct {
	EventDate    string `parquet:"event_date,dict,optional"`
	FixID        string `parquet:"fix_id,optional"` // F-…
	RecurrenceID string `parquet:"recurrence_id,optional"`
	FixedTS      int64  `parquet:"fixed_ts,timestamp(microsecond:local),optional"`
	What         string `parquet:"what,optional"`
	Source       string `parquet:"source,dict,optional"` // operator, an incident's action, or restarts
	// State: untested, holding, held, partial, moved, failed, already stopped
	// before, no evidence, withdrawn, helps one occasion (of restarts).
	State           string   `parquet:"state,dict,optional"`
	NotFixed        *float64 `parquet:"not_fixed,optional"` // probability that it still goes on
	HitsBefore      *int64   `parquet:"hits_before,optional"`
	OccasionsBefore *int64   `parquet:"occasions_before,optional"`
	HitsAfter       *int64   `parquet:"hits_after,optional"`
	OccasionsAfter  *int64   `parquet:"occasions_after,optional"`
	Needed          *int64   `parquet:"needed,optional"` // further clean occasions until it counts as held
	Sentence        string   `parquet:"sentence,optional"`
	Warnings        string   `parquet:"warnings,optional"`
	// Detail is what belongs to the state: "0 of 3", "2 more clean occasions",
	// "-20 %", "18:00", the local time of the first failure since.
	Detail       string   `parquet:"detail,optional"`
	EffectShare  *float64 `parquet:"effect_share,optional"`                           // change of hits, or of errors per hit: -0.2 is a fifth less
	MovedTo      string   `parquet:"moved_to,optional"`                               // local clock, "18:00"
	FailedTS     int64    `parquet:"failed_ts,timestamp(microsecond:local),optional"` // first hit since
	Unobserved   *int64   `parquet:"unobserved,optional"`                             // occasions since that show nothing
	WithdrawnTS  int64    `parquet:"withdrawn_ts,timestamp(microsecond:local),optional"`
	WithdrawnWhy string   `parquet:"withdrawn_why,optional"`
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
