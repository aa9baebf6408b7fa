package finding

import "time"

// WindowErrorRow is a row of page/window_errors.
type WindowErrorRow struct {
	Service       string    `db:"service"`
	SignatureID   string    `db:"signature_id"`
	Template      string    `db:"template"`
	Level         string    `db:"level"`
	ErrorType     string    `db:"error_type"`
	Count         int64     `db:"count"`
	FirstTS       time.Time `db:"first_ts"`
	LastTS        time.Time `db:"last_ts"`
	ObservedS     int64     `db:"observed_s"`
	BaseCount     int64     `db:"base_count"`
	BaseObservedS int64     `db:"base_observed_s"`
}

// WindowMinuteRow is a row of page/window_minutes.
type WindowMinuteRow struct {
	MinuteTS time.Time `db:"minute_ts"`
	Service  string    `db:"service"`
	Count    int64     `db:"count"`
}

// WindowSlotRow is a row of page/window_slots: five minutes in which a
// service wrote anything.
type WindowSlotRow struct {
	SlotTS  time.Time `db:"slot_ts"`
	Service string    `db:"service"`
	Lines   int64     `db:"lines"`
}

// WindowGaugeRow is a row of page/window_gauges.
type WindowGaugeRow struct {
	Service     string    `db:"service"`
	SignatureID string    `db:"signature_id"`
	TS          time.Time `db:"ts"`
	Message     string    `db:"message"`
}

// WindowMetricRow is a row of page/window_metrics.
type WindowMetricRow struct {
	Service string    `db:"service"`
	Name    string    `db:"name"`
	TS      time.Time `db:"ts"`
	Value   float64   `db:"value"`
}

// WindowJobRow is a row of page/window_jobs.
type WindowJobRow struct {
	Service  string    `db:"service"`
	Template string    `db:"template"`
	TS       time.Time `db:"ts"`
}

// WindowHistoryRow is a row of page/window_history.
type WindowHistoryRow struct {
	Service     string    `db:"service"`
	SignatureID string    `db:"signature_id"`
	MinuteTS    time.Time `db:"minute_ts"`
	Count       int64     `db:"count"`
}
