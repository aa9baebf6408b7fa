package finding

import (
	"time"

	"almanac/schemas"
)

// ChangeRow is a row of detect/change_list. A zero time means not stated.
type ChangeRow struct {
	ChangeID   string    `db:"change_id"`
	Kind       string    `db:"kind"`
	Service    string    `db:"service"`
	Env        string    `db:"env"`
	StartedTS  time.Time `db:"started_ts"`
	FinishedTS time.Time `db:"finished_ts"`
	Status     string    `db:"status"`
	Actor      string    `db:"actor"`
	Version    string    `db:"version"`
	Commit     string    `db:"commit"`
	Title      string    `db:"title"`
	Source     string    `db:"source"`
	Warning    string    `db:"warning"`
	Team       string    `db:"team"`
}

// IncidentRow is a row of detect/incident_list. A zero time means not stated.
type IncidentRow struct {
	IncidentID  string    `db:"incident_id"`
	Title       string    `db:"title"`
	Service     string    `db:"service"`
	Severity    string    `db:"severity"`
	StartedTS   time.Time `db:"started_ts"`
	DetectedTS  time.Time `db:"detected_ts"`
	MitigatedTS time.Time `db:"mitigated_ts"`
	ResolvedTS  time.Time `db:"resolved_ts"`
	RootCause   string    `db:"root_cause"`
	Trigger     string    `db:"trigger"`
	Category    string    `db:"category"`
	Source      string    `db:"source"`
	Body        string    `db:"body"`
	Warning     string    `db:"warning"`
}

// IncidentServiceRow is a row of detect/incident_service_list.
type IncidentServiceRow struct {
	IncidentID string `db:"incident_id"`
	Service    string `db:"service"`
}

// IncidentActionRow is a row of detect/incident_action_list.
type IncidentActionRow struct {
	IncidentID       string    `db:"incident_id"`
	Seq              int64     `db:"seq"`
	Kind             string    `db:"kind"`
	Text             string    `db:"text"`
	Status           string    `db:"status"`
	SuccessCondition string    `db:"success_condition"`
	DueTS            time.Time `db:"due_ts"`
	DoneTS           time.Time `db:"done_ts"`
}

// Records are the change and incident records that several judges read.
type Records struct {
	Changes   []ChangeRow
	Incidents []IncidentRow
	Services  []IncidentServiceRow
	Events    []IncidentEventRow // of timelines; may be absent
	// Known are the services that the logs name; a record that names another
	// is used with a warning. Empty: no logs, nothing to compare with.
	Known []string
}

// ChangeInput is everything Changes needs.
type ChangeInput struct {
	Night        string    // event_date of the rows written, YYYY-MM-DD
	Now          time.Time // records later than this are in the future
	Since, Until time.Time // span of the records; zero: that of the records themselves
	Zone         *time.Location
	Records      Records
	Graph        Graph
	Signatures   []SignatureRow // of detect/onset_signatures: what is new with an incident
	LogSince     time.Time      // first instant of the logs; zero: no logs
	Recurrences  []schemas.Recurrence
	Onsets       []schemas.Onset // level changes and new signatures, of Onsets
	Silences     []Silence       // of Silences
	Cascades     []Cascade       // of Cascades: when an incident's errors really began
}

// ChangeResult is the verdict of Changes.
type ChangeResult struct {
	Causes    []schemas.Cause
	Crossover []CrossoverVerdict // do incidents follow changes at all, per lag
	Failure   []ChangeFailure    // change-failure rate: all, then per kind and service
	Findings  []schemas.Finding
	Warnings  []string // doubtful records, one sentence each
}

// CrossoverVerdict says whether incidents follow changes within a lag more
// often than the same weekday and time of other weeks would have them.
type CrossoverVerdict struct {
	Lag       time.Duration
	Incidents int     // merged incidents with at least two referents
	Exposed   int     // of these, with a change within Lag before
	Expected  float64 // by the referents
	PValue    float64 // one-sided, exact
	RiskRatio float64 // Mantel-Haenszel; 0 when it cannot be computed
	Reactive  int     // changes left out because they answer an incident
	Merged    int     // incidents merged into the one they relapse from
}

// ChangeFailure is a change-failure rate with its placebo.
type ChangeFailure struct {
	By, Part     string // "all" and "", "kind" and "deploy", "service", "team", "actor", "weekday" and its name
	Changes      int
	Followed     int
	Raw          float64
	Low, High    float64 // Wilson 95 % interval of Raw
	Placebo      float64 // share of comparable moments followed by an incident
	Moments      int     // comparable moments
	Excess       float64 // (Raw - Placebo) / (1 - Placebo)
	ExcessLow    float64 // 97.5 % bootstrap over weeks
	ExcessHigh   float64
	WeakEvidence string // why it proves little; "" when it does not
}
