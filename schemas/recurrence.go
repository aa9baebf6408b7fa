package schemas

// Recurrence is a named recurrence as judged in one night: grain event_date,
// recurrence_id.
type Recurrence struct {
	EventDate    string `parquet:"event_date,dict,optional"`
	RecurrenceID string `parquet:"recurrence_id,optional"`     // R-…, stable across nights
	SubjectKind  string `parquet:"subject_kind,dict,optional"` // signature, error_type, service, incident
	SubjectID    string `parquet:"subject_id,optional"`
	Service      string `parquet:"service,dict,optional"`
	Template     string `parquet:"template,optional"`
	// Kind: daily, weekdays, weekend, weekday, day_of_month, last_day,
	// last_business_day, nth_weekday, hourly, period, interval.
	Kind          string   `parquet:"kind,dict,optional"`
	Label         string   `parquet:"label,optional"`        // "every Monday", "every day", "every 45 min"
	WindowStart   string   `parquet:"window_start,optional"` // "17:00" wall clock in Zone
	WindowEnd     string   `parquet:"window_end,optional"`
	Zone          string   `parquet:"zone,dict,optional"`  // IANA
	Frame         string   `parquet:"frame,dict,optional"` // wall clock, UTC, not decidable yet
	Cron          string   `parquet:"cron,optional"`       // "" where no cron line exists
	Hits          *int64   `parquet:"hits,optional"`
	Exposures     *int64   `parquet:"exposures,optional"`
	HitLow        *float64 `parquet:"hit_low,optional"` // Wilson 95 % interval of hits/exposures
	HitHigh       *float64 `parquet:"hit_high,optional"`
	ExpectedShare *float64 `parquet:"expected_share,optional"` // share of exposures hit by chance
	Lift          *float64 `parquet:"lift,optional"`
	PValue        *float64 `parquet:"p_value,optional"` // adjusted inside the signature
	QValue        *float64 `parquet:"q_value,optional"` // Benjamini-Hochberg over Tests
	Tests         *int64   `parquet:"tests,optional"`   // subjects searched that night
	// Status: candidate, confirmed, retired, tentative.
	Status      string   `parquet:"status,dict,optional"`
	FirstNight  string   `parquet:"first_night,dict,optional"`                      // night that first named it
	SinceTS     int64    `parquet:"since_ts,timestamp(microsecond:local),optional"` // 0: as long as there is data
	SinceLowTS  int64    `parquet:"since_low_ts,timestamp(microsecond:local),optional"`
	SinceHighTS int64    `parquet:"since_high_ts,timestamp(microsecond:local),optional"`
	UntilTS     int64    `parquet:"until_ts,timestamp(microsecond:local),optional"` // 0: still going
	FirstTS     int64    `parquet:"first_ts,timestamp(microsecond:local),optional"` // first and last hit
	LastTS      int64    `parquet:"last_ts,timestamp(microsecond:local),optional"`
	NextDueTS   int64    `parquet:"next_due_ts,timestamp(microsecond:local),optional"`
	JitterS     *float64 `parquet:"jitter_s,optional"`   // 1.4826 MAD of the hit days' starts, seconds
	DurationS   *float64 `parquet:"duration_s,optional"` // median, seconds
	// Verdict: job, load, both, undetermined.
	Verdict      string   `parquet:"verdict,dict,optional"`
	JobService   string   `parquet:"job_service,dict,optional"`
	JobSignature string   `parquet:"job_signature,optional"` // signature_id of the start line
	JobTemplate  string   `parquet:"job_template,optional"`
	JobLagS      *float64 `parquet:"job_lag_s,optional"`          // median seconds from job start to error
	FirstService string   `parquet:"first_service,dict,optional"` // which service errs first in the window
	// The candidate job against the errors, in observed days: on how many days
	// the job ran, on how many of those errors came; the same for days without.
	JobRuns     *int64 `parquet:"job_runs,optional"`
	JobRunHits  *int64 `parquet:"job_run_hits,optional"`
	JobSkips    *int64 `parquet:"job_skips,optional"`
	JobSkipHits *int64 `parquet:"job_skip_hits,optional"`
	// FamilyID joins recurrences of one cause (same class, same window); the
	// one with IsLead tells the story, SeenIn names the others' services.
	FamilyID string `parquet:"family_id,optional"`
	IsLead   *bool  `parquet:"is_lead,optional"`
	SeenIn   string `parquet:"seen_in,optional"`
	Sentence string `parquet:"sentence,optional"`
	Why      string `parquet:"why,optional"` // reasons for the verdict, one per line
	Warnings string `parquet:"warnings,optional"`
	// Why and until when people asked not to be told; "" where they did not.
	IgnoredReason string `parquet:"ignored_reason,optional"`
	IgnoredUntil  string `parquet:"ignored_until,optional"` // local date, the last day
}

// RecurrenceDay is one occasion of a recurrence: grain event_date,
// recurrence_id, local_date. An occasion that was not observed has
// is_observed false and no is_hit: missing is not zero.
type RecurrenceDay struct {
	EventDate    string `parquet:"event_date,dict,optional"`
	RecurrenceID string `parquet:"recurrence_id,dict,optional"`
	LocalDate    string `parquet:"local_date,optional"` // in the recurrence's zone
	IsObserved   *bool  `parquet:"is_observed,optional"`
	IsHit        *bool  `parquet:"is_hit,optional"`
	DueTS        int64  `parquet:"due_ts,timestamp(microsecond:local),optional"` // start of the occasion's window
	OnsetTS      int64  `parquet:"onset_ts,timestamp(microsecond:local),optional"`
	EndTS        int64  `parquet:"end_ts,timestamp(microsecond:local),optional"`
	Count        *int64 `parquet:"count,optional"`                               // events in the window
	JobTS        int64  `parquet:"job_ts,timestamp(microsecond:local),optional"` // start of the job that day
}
