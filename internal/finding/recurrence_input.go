package finding

import (
	"iter"
	"time"

	"almanac/schemas"
)

// RecurrenceMinute is a row of detect/recurrence_minute: one minute in which
// a subject logged something.
type RecurrenceMinute struct {
	SubjectKind string    `db:"subject_kind"` // signature, error_type, service
	SubjectID   string    `db:"subject_id"`
	Service     string    `db:"service"`
	MinuteTS    time.Time `db:"minute_ts"`
	EventCount  int64     `db:"event_count"`
	FirstTS     time.Time `db:"first_ts"`
	LastTS      time.Time `db:"last_ts"`
}

// RecurrenceSubject is a row of detect/recurrence_subject: something that may
// recur, tested or not.
type RecurrenceSubject struct {
	SubjectKind string    `db:"subject_kind"`
	SubjectID   string    `db:"subject_id"`
	Service     string    `db:"service"`
	Template    string    `db:"template"`
	EventCount  int64     `db:"event_count"`
	DayCount    int64     `db:"day_count"` // UTC dates with an event
	FirstTS     time.Time `db:"first_ts"`
	LastTS      time.Time `db:"last_ts"`
}

// RecurrenceVolume is a row of detect/recurrence_volume: the load of a service
// in five minutes. A slot without a row was not observed.
type RecurrenceVolume struct {
	Service           string    `db:"service"`
	SlotTS            time.Time `db:"slot_ts"`
	LineCount         int64     `db:"line_count"`
	RequestCount      int64     `db:"request_count"`
	ErrorCount        int64     `db:"error_count"`
	RequestErrorCount int64     `db:"request_error_count"` // of ErrorCount, served requests
}

// RecurrenceIncident is a row of detect/recurrence_incident: one incident and
// one service it affected ("" when it names none).
type RecurrenceIncident struct {
	Service    string    `db:"service"`
	StartedTS  time.Time `db:"started_ts"`
	IncidentID string    `db:"incident_id"`
	Title      string    `db:"title"`
}

// RecurrenceJob is a row of detect/recurrence_job: one minute in which a line
// was logged that may be the start of a scheduled job.
type RecurrenceJob struct {
	Service     string    `db:"service"`
	SignatureID string    `db:"signature_id"`
	Template    string    `db:"template"`
	MinuteTS    time.Time `db:"minute_ts"`
	FirstTS     time.Time `db:"first_ts"`
	EventCount  int64     `db:"event_count"`
}

// RecurrenceEdge says that Caller calls Callee.
type RecurrenceEdge struct{ Caller, Callee string }

// RecurrenceInput is everything the judge of recurrences needs.
type RecurrenceInput struct {
	Night         string         // event_date of the rows written, YYYY-MM-DD
	Since, Until  time.Time      // the span of the log rows, [Since, Until)
	IncidentSince time.Time      // span of the incidents; zero: Since
	Now           time.Time      // forecasts begin here
	Zone          *time.Location // the site's zone; nil: UTC
	Subjects      []RecurrenceSubject
	Minutes       iter.Seq2[RecurrenceMinute, error] // in the query's order; nil: none
	Volume        iter.Seq2[RecurrenceVolume, error] // in the query's order; nil: none
	Incidents     []RecurrenceIncident
	Jobs          []RecurrenceJob
	Edges         []RecurrenceEdge // may be empty
	Previous      []schemas.Recurrence
	Params        RecurrenceParams
}

// RowSeq walks a slice as a query's answer is walked.
func RowSeq[T any](rows []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// RecurrenceParams are the thresholds of the judge. A zero field takes the
// default of DefaultRecurrenceParams; the defaults were measured together.
type RecurrenceParams struct {
	Report       float64 // q-value at or under which a recurrence is reported
	Drop         float64 // share of chance at which a known one is retired
	MinDays      int     // distinct days with a hit
	MinShare     float64 // hits per occasion in the active period
	DenseShare   float64 // share of observed slots that makes a subject dense
	GapMin       int     // minutes of silence that end an episode
	Rounds       int     // recurrences looked for in one subject
	ForecastDays int     // days ahead
	Workers      int     // subjects judged at a time; the answer does not depend on it
	MaxNotes     int     // notes kept
}

// DefaultRecurrenceParams gives the parameters under which power and false
// alarms were measured (testdata/recurrence_score.txt).
func DefaultRecurrenceParams() RecurrenceParams {
	return RecurrenceParams{
		Report: 0.05, Drop: 0.2, MinDays: 3, MinShare: 0.2, DenseShare: 0.15,
		GapMin: 15, Rounds: 5, ForecastDays: 7, Workers: 2, MaxNotes: 1000,
	}
}

// filled gives p with defaults where a field is zero.
func (p RecurrenceParams) filled() RecurrenceParams {
	d := DefaultRecurrenceParams()
	pick := func(v *float64, def float64) {
		if !(*v > 0) {
			*v = def
		}
	}
	pickInt := func(v *int, def int) {
		if *v <= 0 {
			*v = def
		}
	}
	pick(&p.Report, d.Report)
	pick(&p.Drop, d.Drop)
	pick(&p.MinShare, d.MinShare)
	pick(&p.DenseShare, d.DenseShare)
	pickInt(&p.MinDays, d.MinDays)
	pickInt(&p.GapMin, d.GapMin)
	pickInt(&p.Rounds, d.Rounds)
	pickInt(&p.ForecastDays, d.ForecastDays)
	pickInt(&p.Workers, d.Workers)
	pickInt(&p.MaxNotes, d.MaxNotes)
	return p
}

// RecurrenceNote says why a subject carries no verdict, in words.
type RecurrenceNote struct {
	SubjectKind, SubjectID, Service, Template string
	Reason                                    string // "needs 2 more Mondays", "no volume: …"
	IsTested                                  bool
}

// RecurrenceResult is one night's judgement, every slice in a fixed order.
type RecurrenceResult struct {
	Recurrences []schemas.Recurrence
	Days        []schemas.RecurrenceDay
	Forecasts   []schemas.Forecast
	Notes       []RecurrenceNote
	Tests       int // subjects tested, the size of the correction
}
