package finding

import (
	"time"

	"almanac/schemas"
)

// OnsetDayRow is a row of detect/onset_daily.
type OnsetDayRow struct {
	EventDate   string    `db:"event_date"`
	Service     string    `db:"service"`
	SignatureID string    `db:"signature_id"`
	Level       string    `db:"level"`
	Count       int64     `db:"count"`
	Minutes     int64     `db:"minutes"`
	FirstTS     time.Time `db:"first_ts"`
	LastTS      time.Time `db:"last_ts"`
}

// OnsetVolumeRow is a row of detect/onset_volume.
type OnsetVolumeRow struct {
	EventDate string `db:"event_date"`
	Service   string `db:"service"`
	Lines     int64  `db:"lines"`
	Requests  int64  `db:"requests"`
	Slots     int64  `db:"slots"`
}

// SignatureRow is a row of detect/onset_signatures.
type SignatureRow struct {
	Service     string    `db:"service"`
	SignatureID string    `db:"signature_id"`
	Template    string    `db:"template"`
	Level       string    `db:"level"`
	FirstTS     time.Time `db:"first_ts"`
	LastTS      time.Time `db:"last_ts"`
	EverTS      time.Time `db:"ever_ts"`
	Count       int64     `db:"count"`
	Days        int64     `db:"days"`
}

// OnsetInput is everything Onsets needs.
type OnsetInput struct {
	Night        string
	Now          time.Time
	Since, Until time.Time // span of the log rows, [Since, Until)
	Zone         *time.Location
	Days         []OnsetDayRow
	Volume       []OnsetVolumeRow
	Signatures   []SignatureRow
}

// OnsetResult is the verdict of Onsets: up, down and new.
type OnsetResult struct {
	Onsets   []schemas.Onset
	Tests    int // signatures tested
	Findings []schemas.Finding
	Warnings []string
	daily    map[string]float64 // lines of an average day, by service
}
