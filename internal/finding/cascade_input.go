package finding

import (
	"time"

	"almanac/schemas"
)

// CascadeEventRow is one error around an incident.
type CascadeEventRow struct {
	IncidentID  string
	FromTS      time.Time
	UntilTS     time.Time
	Service     string
	SignatureID string
	TS          time.Time
	TraceID     string
	Count       int64
	LastTS      time.Time
}

// CascadeBaselineRow is how usual an error was before an incident. An empty
// SignatureID is the row of the service as a whole.
type CascadeBaselineRow struct {
	IncidentID  string
	Service     string
	SignatureID string
	Count       int64
	P99PerMin   int64
	ObservedS   int64
}

// DemandRow is a row of page/window_demand.
type DemandRow struct {
	Service       string `db:"service"`
	Lines         int64  `db:"lines"`
	BaseLines     int64  `db:"base_lines"`
	BaseObservedS int64  `db:"base_observed_s"`
}

// CascadeInput is everything Cascades needs.
type CascadeInput struct {
	Night      string
	Since      time.Time // first and last start of an incident judged here, [Since, Until)
	Until      time.Time
	Zone       *time.Location
	Incidents  []IncidentRow
	Services   []IncidentServiceRow
	Events     []CascadeEventRow
	Baseline   []CascadeBaselineRow
	Signatures []SignatureRow // for the templates
	Graph      Graph
	Skew       time.Duration // standard deviation between the clocks of two services; 0: aligned
	MaxSkew    time.Duration // largest difference between two clocks, where one is known
	Calls      []CallRow     // requests that two services logged; their clocks are measured from them
	// CallsOf gives the calls around one incident, instead of Calls; may be nil.
	CallsOf func(incident string) []CallRow
	// Demand gives how busy the services were in an incident's window; may be nil.
	Demand func(incident string) []DemandRow
	// Flow gives requests of an incident's window and of the time before it;
	// asked for where errors alone leave the root open. May be nil.
	Flow func(incident string) []FlowRow
	// Template gives the text of a signature that no error has; may be nil.
	Template func(signature string) string
}

// Verdicts of a cascade.
const (
	CascadeRoot       = "root"            // the first service stands apart
	CascadeUncertain  = "not certain"     // two could have been first
	CascadeNoEvidence = "no log evidence" // no error rose in the window
	CascadeNoLogs     = "no logs"         // nothing was logged around the start
)

// Cascade is the order of failure of one incident.
type Cascade struct {
	IncidentID string
	Verdict    string // one of the Cascade verdicts
	Steps      []schemas.CascadeStep
	Onset      time.Time // first error of the rise; zero without evidence
	// Visible is the first error outside the root: what the root itself logs
	// reaches no customer as long as nothing above it fails. With one service
	// it is Onset.
	Visible  time.Time
	Alert    time.Time     // as recorded; zero when not
	Gap      time.Duration // from Visible to Alert, when both are known and in order
	Suspects []string      // services without an alarm that those which failed call
	Rises    []Rise        // every signature that rose, by service and signature
	New      []string      // signature ids never seen before that rose with it
	Sentence string
	Notes    []string
}

// Rise is a signature of a service that rose above its own week.
type Rise struct {
	Service, SignatureID string
	Onset                time.Time
	IsNew                bool // not seen in the week before
}

// CascadeResult is the verdict of Cascades, in order of incident id.
type CascadeResult struct {
	Cascades []Cascade
	Findings []schemas.Finding
	Warnings []string
}

// Steps are the rows to publish.
func (r CascadeResult) Steps() []schemas.CascadeStep {
	var out []schemas.CascadeStep
	for _, c := range r.Cascades {
		out = append(out, c.Steps...)
	}
	return out
}

// IncidentStart is when an incident is taken to have begun: the earlier of
// start and detection; zero when neither is stated.
func IncidentStart(i IncidentRow) time.Time { return incidentStart(i) }
