package finding

import (
	"time"

	"almanac/schemas"
)

// IncidentErrorRow is a row of detect/incident_errors.
type IncidentErrorRow struct {
	IncidentID    string    `db:"incident_id"`
	Service       string    `db:"service"`
	SignatureID   string    `db:"signature_id"`
	Level         string    `db:"level"`
	ErrorType     string    `db:"error_type"`
	Count         int64     `db:"count"`
	FirstTS       time.Time `db:"first_ts"`
	LastTS        time.Time `db:"last_ts"`
	ObservedS     int64     `db:"observed_s"`
	BaseCount     int64     `db:"base_count"`
	BaseObservedS int64     `db:"base_observed_s"`
}

// SimilarInput is everything SimilarIncidents needs.
type SimilarInput struct {
	Night      string
	Now        time.Time
	Zone       *time.Location
	Records    Records
	Actions    []IncidentActionRow
	Errors     []IncidentErrorRow
	Signatures []SignatureRow // for the templates
	Cascades   []Cascade
	Causes     []schemas.Cause // of the incidents
}

// SimilarResult is the verdict of SimilarIncidents.
type SimilarResult struct {
	Similar  []schemas.Similar
	Findings []schemas.Finding
	Warnings []string
}
