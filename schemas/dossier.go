package schemas

import "time"

// Dossier is all that can be said of one incident, or of one window of time
// without a record. It is an answer, not a table: it is computed from the
// lake when asked for. Instants are UTC; a zero instant is left out.
type Dossier struct {
	Incident DossierHead `json:"incident"`
	// Missing says what the record or the logs lack for this to be whole.
	Missing    []string      `json:"missing"`
	ErrorTable []DossierLine `json:"error_table"` // by onset
	Cascade    []DossierStep `json:"cascade"`
	// Verdict is root, not certain or no log evidence.
	Verdict  string            `json:"verdict"`
	Sentence string            `json:"sentence"` // the verdict in words
	Notes    []string          `json:"notes"`    // doubts and clocks
	Suspects []string          `json:"silent_suspects"`
	Shape    string            `json:"cascade_shape,omitempty"` // the order met before, and where
	Timeline []DossierMoment   `json:"timeline"`
	Gaps     []DossierGap      `json:"gaps"`
	Trend    []DossierTrend    `json:"trend"`
	State    DossierState      `json:"state"`
	Alerts   []DossierAlert    `json:"alerts"`
	Causes   []DossierCause    `json:"causes"`
	Similar  []DossierSimilar  `json:"similar"`
	Actions  []DossierAction   `json:"actions"`
	Tree     []DossierNode     `json:"root_cause_tree"`
	Queries  []DossierQuestion `json:"queries"`
}

// DossierHead says what the dossier is about.
type DossierHead struct {
	ID           string    `json:"incident_id"` // "" for a window without a record
	Title        string    `json:"title"`
	Severity     string    `json:"severity,omitempty"`
	Services     []string  `json:"services"`
	From         time.Time `json:"from,omitzero"` // window looked at
	Until        time.Time `json:"until,omitzero"`
	Started      time.Time `json:"started_ts,omitzero"`
	Detected     time.Time `json:"detected_ts,omitzero"`
	Acknowledged time.Time `json:"acknowledged_ts,omitzero"`
	Mitigated    time.Time `json:"mitigated_ts,omitzero"`
	Resolved     time.Time `json:"resolved_ts,omitzero"`
	RootCause    string    `json:"root_cause,omitempty"` // as recorded
	Trigger      string    `json:"trigger,omitempty"`
	Source       string    `json:"source,omitempty"`
	SQL          string    `json:"sql,omitempty"` // gives the record again
}

// DossierLine is a kind of error in the window.
type DossierLine struct {
	Type        string    `json:"type,omitempty"` // error type as logged
	SignatureID string    `json:"signature_id"`
	Template    string    `json:"template"`
	Level       string    `json:"level,omitempty"`
	Count       int64     `json:"count"`
	Services    []string  `json:"services"`
	First       time.Time `json:"first_seen"`
	Last        time.Time `json:"last_seen"`
	Onset       time.Time `json:"onset_ts"` // rise above its own week; first seen where it did not rise
	Rose        bool      `json:"rose"`     // above its own week
	IsNew       bool      `json:"is_new"`   // not seen in the week before
	// Expected is what its own week gives in the same observed time; nil:
	// nothing of the week before was observed. Excess is Count less that.
	Expected  *float64 `json:"expected"`
	Excess    *float64 `json:"excess"`
	IsFirst   bool     `json:"is_first"`
	IsLoudest bool     `json:"is_loudest"`
}

// DossierStep is a service in the order of failure.
type DossierStep struct {
	Service     string    `json:"service"`
	Rank        int64     `json:"rank"`
	Onset       time.Time `json:"onset_ts"`
	Earliest    time.Time `json:"earliest_ts"`
	Last        time.Time `json:"last_ts"`
	Certain     bool      `json:"certain"`
	ExplainedBy string    `json:"explained_by"`
	Evidence    string    `json:"evidence"`
	SignatureID string    `json:"signature_id"`
	Template    string    `json:"template"`
	Count       int64     `json:"count"`
}

// DossierMoment is one entry of the timeline.
type DossierMoment struct {
	TS     time.Time `json:"ts,omitzero"`
	Kind   string    `json:"kind"`
	What   string    `json:"what"`
	Source string    `json:"source"` // record, postmortem entry, logs, changes
}

// DossierGap is a length of time of the incident beside its history. Seconds
// is nil where a stamp is missing; IsOpen: it still runs, Seconds is how long
// so far.
type DossierGap struct {
	Name    string        `json:"name"` // detection, response, mitigation, resolution
	From    string        `json:"from"` // what it is counted from, in words
	To      string        `json:"to"`
	Seconds *float64      `json:"seconds"`
	IsOpen  bool          `json:"is_open"`
	Stated  *float64      `json:"stated_s,omitempty"` // as the record claims
	History DossierSpread `json:"history"`
}

// DossierSpread is a distribution over all incidents: open ones are counted
// apart and in no quantile; nil below one, P90 below five.
type DossierSpread struct {
	N      int      `json:"n"`
	Open   int      `json:"open"`
	Median *float64 `json:"median_s"`
	P90    *float64 `json:"p90_s"`
}

// DossierTrend is the course of a service's errors per minute.
type DossierTrend struct {
	Service      string          `json:"service"` // "" for all together
	Baseline     *float64        `json:"baseline_per_min"`
	Plateau      *float64        `json:"plateau_per_min"`
	Peak         int64           `json:"peak_per_min"`
	PeakTS       time.Time       `json:"peak_ts,omitzero"`
	From         time.Time       `json:"elevated_from,omitzero"`
	Until        time.Time       `json:"elevated_until,omitzero"` // end of the first wave
	DecayMinutes *float64        `json:"decay_min"`               // last minute of the plateau to the end of the wave
	After        *float64        `json:"after_per_min"`
	Back         string          `json:"back"` // back, not back, not observed, never rose
	SecondWave   time.Time       `json:"second_wave_ts,omitzero"`
	SecondPeak   int64           `json:"second_wave_peak,omitempty"`
	Sentence     string          `json:"sentence"`
	Minutes      []DossierMinute `json:"minutes"`
}

// DossierMinute is a count; nil: nothing of the service was observed.
type DossierMinute struct {
	TS    time.Time `json:"ts"`
	Count *int64    `json:"count"`
}

// DossierState is how things stood when it began.
type DossierState struct {
	At       time.Time        `json:"ts,omitzero"`
	Versions []DossierVersion `json:"versions"`
	Changes  []DossierChange  `json:"changes"` // the last ones before
	Jobs     []DossierJob     `json:"jobs"`
	Gauges   []DossierGauge   `json:"gauges"`
}

// DossierVersion is the last deployment of a service before the failure.
type DossierVersion struct {
	Service string    `json:"service"`
	Version string    `json:"version"`
	Since   time.Time `json:"since"`
}

// DossierChange is a change before the failure.
type DossierChange struct {
	ID      string    `json:"change_id"`
	Kind    string    `json:"kind"`
	Service string    `json:"service"`
	Title   string    `json:"title"`
	TS      time.Time `json:"ts"`
}

// DossierJob is what started on a schedule shortly before.
type DossierJob struct {
	Service string    `json:"service"`
	Text    string    `json:"text"`
	TS      time.Time `json:"ts"`
}

// DossierGauge is the last value written before the failure, and that of the
// same clock time a week before; Before is nil where there was none.
type DossierGauge struct {
	Service string    `json:"service"`
	Name    string    `json:"name"`
	Value   float64   `json:"value"`
	TS      time.Time `json:"ts"`
	Before  *float64  `json:"week_before"`
	Source  string    `json:"source"` // log, metric
	AtLimit string    `json:"at_limit,omitempty"`
}

// DossierAlert is a threshold that would have told of it.
type DossierAlert struct {
	Service     string    `json:"service"`
	SignatureID string    `json:"signature_id"`
	Template    string    `json:"template"`
	Threshold   int64     `json:"threshold"` // events in WindowS
	WindowS     int64     `json:"window_s"`
	FiredTS     time.Time `json:"fired_ts"`
	LeadS       *float64  `json:"lead_s"` // before the recorded alert; nil without one
	FalsePerWk  float64   `json:"false_alarms_per_week"`
	False       int64     `json:"false_alarms"`
	Weeks       float64   `json:"weeks"` // of history tried
	Prometheus  string    `json:"prometheus"`
	Loki        string    `json:"loki"`
	Elastic     string    `json:"elastic"`
}

// DossierCause is a change that may have begun it; no id: none stands out.
type DossierCause struct {
	ChangeID    string    `json:"change_id"`
	Rank        int64     `json:"rank"`
	Label       string    `json:"label"`
	Probability *float64  `json:"probability"`
	LagS        *float64  `json:"lag_s"`
	Kind        string    `json:"kind,omitempty"`
	Service     string    `json:"service,omitempty"`
	Title       string    `json:"title,omitempty"`
	TS          time.Time `json:"ts,omitzero"`
	Reason      string    `json:"reason"`
	Warnings    string    `json:"warnings,omitempty"`
}

// DossierSimilar is an earlier incident like this one.
type DossierSimilar struct {
	IncidentID string    `json:"incident_id"`
	Title      string    `json:"title"`
	Started    time.Time `json:"started_ts,omitzero"`
	Score      *float64  `json:"score"`
	Shared     string    `json:"shared"`
	Different  string    `json:"different"`
	Done       string    `json:"done"`
	Held       string    `json:"held"`
}

// DossierAction is a follow-up as recorded.
type DossierAction struct {
	Kind      string    `json:"kind"`
	Text      string    `json:"text"`
	Owner     string    `json:"owner"`
	Due       time.Time `json:"due_ts,omitzero"`
	Done      time.Time `json:"done_ts,omitzero"`
	Status    string    `json:"status"`
	Condition string    `json:"success_condition"`
}

// States of a node of the root-cause tree.
const (
	NodeObserved = "observed"  // the query shows it
	NodeInferred = "inferred"  // follows from what was observed
	NodeRuledOut = "ruled out" // looked at and excluded
	NodeUnproven = "unproven"  // possible; nothing shows it
)

// DossierNode is one answer to "why?"; Depth 0 is the symptom.
type DossierNode struct {
	Depth int    `json:"depth"`
	Text  string `json:"text"`
	State string `json:"state"`
	SQL   string `json:"sql"` // gives what it rests on from the lake
}

// DossierQuestion is a ready query for the window and one finding.
type DossierQuestion struct {
	For  string            `json:"for"`
	Text []DossierLanguage `json:"text"`
}

// DossierLanguage is the query in one language.
type DossierLanguage struct {
	Language string `json:"language"`
	Query    string `json:"query"`
}
