package schemas

// Cause is one candidate change for a subject: grain event_date,
// subject_kind, subject_id, rank. Where nothing stands out there is one row
// with rank 1, no change_id and label "none".
type Cause struct {
	EventDate   string   `parquet:"event_date,dict,optional"`
	SubjectKind string   `parquet:"subject_kind,dict,optional"` // incident, recurrence, onset
	SubjectID   string   `parquet:"subject_id,optional"`
	ChangeID    string   `parquet:"change_id,optional"`
	Rank        int64    `parquet:"rank,optional"`
	Probability *float64 `parquet:"probability,optional"`
	Label       string   `parquet:"label,dict,optional"` // likely, possible, none, ruled out
	LagS        *float64 `parquet:"lag_s,optional"`      // seconds from change to onset
	Distance    *int64   `parquet:"distance,optional"`   // hops in the service graph
	// CoincidenceShare is how often a change of this kind lies this close
	// before a comparable moment at this site (0-1): the base rate.
	CoincidenceShare *float64 `parquet:"coincidence_share,optional"`
	Reason           string   `parquet:"reason,optional"`
	Warnings         string   `parquet:"warnings,optional"`
}

// Onset is a moment at which something began, changed level or fell silent:
// grain event_date, onset_id.
type Onset struct {
	EventDate    string   `parquet:"event_date,dict,optional"`
	OnsetID      string   `parquet:"onset_id,optional"`  // O-…
	Kind         string   `parquet:"kind,dict,optional"` // up, down, new, silent, gone, reworded, service_silent, input_missing
	Service      string   `parquet:"service,dict,optional"`
	SignatureID  string   `parquet:"signature_id,optional"`
	Template     string   `parquet:"template,optional"`
	TS           int64    `parquet:"ts,timestamp(microsecond:local),optional"` // when it began; for silence the last event
	Before       *float64 `parquet:"before,optional"`                          // events per day before, load-normalised
	After        *float64 `parquet:"after,optional"`
	CadenceS     *float64 `parquet:"cadence_s,optional"` // usual gap of a job, seconds
	PValue       *float64 `parquet:"p_value,optional"`
	QValue       *float64 `parquet:"q_value,optional"`
	IncidentID   string   `parquet:"incident_id,optional"` // incident that followed a silence
	IncidentLagS *float64 `parquet:"incident_lag_s,optional"`
	Sentence     string   `parquet:"sentence,optional"`
	Warnings     string   `parquet:"warnings,optional"`
	// The interval that holds ts, where it is known to no better than that.
	EarlyTS int64 `parquet:"early_ts,timestamp(microsecond:local),optional"`
	LateTS  int64 `parquet:"late_ts,timestamp(microsecond:local),optional"`
}

// CascadeStep is one service in the order of failure of an incident: grain
// event_date, incident_id, rank.
type CascadeStep struct {
	EventDate      string   `parquet:"event_date,dict,optional"`
	IncidentID     string   `parquet:"incident_id,dict,optional"`
	Rank           int64    `parquet:"rank,optional"` // 1 = root
	Service        string   `parquet:"service,dict,optional"`
	SignatureID    string   `parquet:"signature_id,optional"` // the earliest of the service
	Template       string   `parquet:"template,optional"`
	OnsetTS        int64    `parquet:"onset_ts,timestamp(microsecond:local),optional"`
	EarliestTS     int64    `parquet:"earliest_ts,timestamp(microsecond:local),optional"`
	LastTS         int64    `parquet:"last_ts,timestamp(microsecond:local),optional"`
	Count          *int64   `parquet:"count,optional"`
	BaselinePerMin *float64 `parquet:"baseline_per_min,optional"`
	IsCertain      *bool    `parquet:"is_certain,optional"`
	ExplainedBy    string   `parquet:"explained_by,dict,optional"` // callee that failed before
	Evidence       string   `parquet:"evidence,optional"`
}

// Similar is a known failure mode met again: grain event_date, incident_id,
// other_id.
type Similar struct {
	EventDate  string   `parquet:"event_date,dict,optional"`
	IncidentID string   `parquet:"incident_id,dict,optional"`
	OtherID    string   `parquet:"other_id,optional"`
	Rank       int64    `parquet:"rank,optional"`
	Score      *float64 `parquet:"score,optional"` // 0-1
	Shared     string   `parquet:"shared,optional"`
	Different  string   `parquet:"different,optional"`
	Done       string   `parquet:"done,optional"`      // what was done then
	Held       string   `parquet:"held,dict,optional"` // whether it held, in words
}
