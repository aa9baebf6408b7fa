package schemas

// Incident is one incident or postmortem: grain source_id, incident_id. A
// changed input file replaces all its former rows. Stated durations
// stand beside those that the stamps give; neither is corrected by the other.
type Incident struct {
	EventDate      string `parquet:"event_date,dict,optional"`
	IncidentID     string `parquet:"incident_id,optional"`
	Title          string `parquet:"title,optional"`
	Service        string `parquet:"service,dict,optional"` // the first named
	Severity       string `parquet:"severity,dict,optional"`
	SeverityRaw    string `parquet:"severity_raw,dict,optional"`
	StartedTS      int64  `parquet:"started_ts,timestamp(microsecond:local),optional"`
	DetectedTS     int64  `parquet:"detected_ts,timestamp(microsecond:local),optional"`
	AcknowledgedTS int64  `parquet:"acknowledged_ts,timestamp(microsecond:local),optional"`
	MitigatedTS    int64  `parquet:"mitigated_ts,timestamp(microsecond:local),optional"`
	ResolvedTS     int64  `parquet:"resolved_ts,timestamp(microsecond:local),optional"`
	// Stated durations in seconds, as the record claims them; NULL: not stated.
	StatedDurationS *int64 `parquet:"stated_duration_s,optional"`
	StatedDetectS   *int64 `parquet:"stated_detect_s,optional"`
	StatedRecoverS  *int64 `parquet:"stated_recover_s,optional"`
	RootCause       string `parquet:"root_cause,optional"`
	Trigger         string `parquet:"trigger,optional"`
	Category        string `parquet:"category,dict,optional"`
	URL             string `parquet:"url,optional"`
	Source          string `parquet:"source,dict,optional"`
	File            string `parquet:"file,optional"` // input path as configured
	SourceID        string `parquet:"source_id,dict,optional"`
	Line            int64  `parquet:"line,optional"` // where the record begins in File
	Body            string `parquet:"body,optional"`
	Warning         string `parquet:"warning,optional"`   // contradictions, one per line
	Team            string `parquet:"team,dict,optional"` // as the record names it
}

// IncidentService names one affected service: grain incident_id, service.
type IncidentService struct {
	EventDate  string `parquet:"event_date,dict,optional"`
	IncidentID string `parquet:"incident_id,optional"`
	Service    string `parquet:"service,dict,optional"`
	SourceID   string `parquet:"source_id,dict,optional"`
}

// IncidentEvent is one entry of an incident's timeline: grain incident_id, seq.
type IncidentEvent struct {
	EventDate  string `parquet:"event_date,dict,optional"`
	IncidentID string `parquet:"incident_id,optional"`
	Seq        int64  `parquet:"seq,optional"` // 1-based, as written
	TS         int64  `parquet:"ts,timestamp(microsecond:local),optional"`
	Status     string `parquet:"status,dict,optional"` // investigating, identified …, or ""
	Text       string `parquet:"text,optional"`
	SourceID   string `parquet:"source_id,dict,optional"`
}

// Kinds of action.
const (
	ActionImmediate  = "immediate"
	ActionWorkaround = "workaround"
	ActionPrevention = "prevention"
	ActionDetection  = "detection"
)

// Action is one follow-up of an incident: grain incident_id, seq.
type Action struct {
	EventDate        string `parquet:"event_date,dict,optional"`
	IncidentID       string `parquet:"incident_id,optional"`
	Seq              int64  `parquet:"seq,optional"`
	Kind             string `parquet:"kind,dict,optional"` // one of the Action kinds, or ""
	Text             string `parquet:"text,optional"`
	Owner            string `parquet:"owner,optional"`
	DueTS            int64  `parquet:"due_ts,timestamp(microsecond:local),optional"`
	Status           string `parquet:"status,dict,optional"` // open, done, or ""
	SuccessCondition string `parquet:"success_condition,optional"`
	SourceID         string `parquet:"source_id,dict,optional"`
	DoneTS           int64  `parquet:"done_ts,timestamp(microsecond:local),optional"` // when it was done, as stated
}

// IncidentRecord is an incident with its child rows, as intake reads it. It
// is not a table: the lake takes it apart.
type IncidentRecord struct {
	Incident
	Services []string
	Timeline []IncidentEvent
	Actions  []Action
}
