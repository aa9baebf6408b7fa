package finding

import (
	"time"

	"almanac/schemas"
)

// States of a fix.
const (
	FixUntested   = "untested"               // no occasion since
	FixHolding    = "holding"                // clean so far, not enough occasions
	FixHeld       = "held"                   // clean often enough
	FixPartial    = "partial"                // rarer or with fewer errors than before, not gone
	FixMoved      = "moved"                  // gone from its window, come at another time of day
	FixFailed     = "failed"                 // it goes on
	FixStopped    = "already stopped before" // it had ended before the fix
	FixNoEvidence = "no evidence"            // occasions passed, none of them observed
	FixWithdrawn  = "withdrawn"              // whoever claimed it took it back
	FixOnce       = "helps one occasion"     // restarts end the errors until the next occasion
)

// FixInput is everything Fixes needs.
type FixInput struct {
	Night       string
	Now         time.Time
	Zone        *time.Location
	Claims      []schemas.Fix // as entered, or as published on an earlier night
	Recurrences []schemas.Recurrence
	Days        []schemas.RecurrenceDay
	Records     Records // restarts on a recurrence's services
	Graph       Graph
	// Volume is the load of the services of the claimed recurrences, Minutes
	// the errors of each of these, by recurrence id; both may be absent.
	Volume  []FixVolumeRow
	Minutes map[string][]FixMinuteRow
	// Doubts are warnings about single claims, by their id, of FixClaims.
	Doubts map[string]string
}

// FixVolumeRow is a row of detect/fix_volume.
type FixVolumeRow struct {
	Service string    `db:"service"`
	SlotTS  time.Time `db:"slot_ts"`
	Lines   int64     `db:"lines"` // without those of level error
}

// FixMinuteRow is a row of detect/fix_minutes.
type FixMinuteRow struct {
	MinuteTS time.Time `db:"minute_ts"`
	Count    int64     `db:"event_count"`
}

// FixResult is the verdict of Fixes: every claim once, judged, and what
// restarts did.
type FixResult struct {
	Fixes    []schemas.Fix
	Restarts []RestartVerdict
	Findings []schemas.Finding
	Warnings []string
}

// RestartVerdict says what restarting a service did for a recurrence.
type RestartVerdict struct {
	RecurrenceID string
	Service      string
	Days         int       // days of the recurrence with a restart in or after its window's start
	Ended        int       // of these, on which no more errors came that day
	Returned     int       // of these, on which it was back on the next occasion
	NextObserved int       // of Days, those whose next occasion was observed
	Last         time.Time // the latest of these restarts
	Sentence     string
}
