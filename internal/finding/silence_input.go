package finding

import (
	"time"

	"almanac/schemas"
)

// SilenceMinuteRow is a row of detect/silence_minutes.
type SilenceMinuteRow struct {
	Service     string    `db:"service"`
	SignatureID string    `db:"signature_id"`
	Level       string    `db:"level"`
	MinuteTS    time.Time `db:"minute_ts"`
	FirstTS     time.Time `db:"first_ts"`
	LastTS      time.Time `db:"last_ts"`
	Count       int64     `db:"count"`
}

// SilenceVolumeRow is a row of detect/silence_volume.
type SilenceVolumeRow struct {
	Service string    `db:"service"`
	SlotTS  time.Time `db:"slot_ts"`
	Lines   int64     `db:"lines"`
}

// SilenceSourceRow is a row of detect/silence_sources: a file of a service, or
// with neither service nor times one that held nothing.
type SilenceSourceRow struct {
	Service string    `db:"service"`
	Source  string    `db:"source"`
	File    string    `db:"file"`
	FirstTS time.Time `db:"first_ts"`
	LastTS  time.Time `db:"last_ts"`
}

// SilenceCoverageRow is a row of detect/silence_coverage.
type SilenceCoverageRow struct {
	Source string    `db:"source"`
	HourTS time.Time `db:"hour_ts"`
	Lines  int64     `db:"lines"`
}

// SilenceInput is everything Silences needs.
type SilenceInput struct {
	Night        string
	Now          time.Time
	Since, Until time.Time // span of the log rows, [Since, Until)
	Zone         *time.Location
	Minutes      []SilenceMinuteRow
	Volume       []SilenceVolumeRow
	Sources      []SilenceSourceRow
	Coverage     []SilenceCoverageRow
	Signatures   []SignatureRow
	Records      Records
	Graph        Graph
}

// Silence is one job, signature or service that fell silent, with the change
// before it and the incident that came while it was silent.
type Silence struct {
	Onset   schemas.Onset
	Resumed time.Time // first event after it; zero: still silent
	// Due is the first instant at which an event was missing.
	Due         time.Time
	ChangeID    string // change before it that stands out; "" when none does
	Probability float64
	// IncidentNear says how the incident is related: "same service",
	// "1 call away", "its words", or "" when only the time fits.
	IncidentNear string
	near         int // how closely; see nearIncident
}

// SilenceResult is the verdict of Silences. Causes have subject_kind onset.
type SilenceResult struct {
	Silences []Silence
	Causes   []schemas.Cause
	Tests    int
	Findings []schemas.Finding
	Warnings []string
}

// Onsets are the rows to publish.
func (r SilenceResult) Onsets() []schemas.Onset {
	out := make([]schemas.Onset, 0, len(r.Silences))
	for _, s := range r.Silences {
		out = append(out, s.Onset)
	}
	return out
}
