package schemas

// Kinds of finding.
const (
	FindingRecurrence = "recurrence" // R-…
	FindingChange     = "change"     // incident or onset with a candidate change
	FindingOnset      = "onset"      // level change, new signature
	FindingSilence    = "silence"    // job, signature or service gone silent
	FindingCascade    = "cascade"    // order of failure in an incident
	FindingSimilar    = "similar"    // known failure mode
	FindingFix        = "fix"        // state of a claimed fix
	FindingData       = "data"       // holes, rejects, clocks
)

// Finding is one conclusion of one night, in words: grain event_date,
// finding_id. Kind-specific rows (Recurrence, Cause, Onset …) carry the
// numbers. History is append-only; a rerun of a night replaces that night.
type Finding struct {
	EventDate   string `parquet:"event_date,dict,optional"` // the night, UTC date of as-of
	FindingID   string `parquet:"finding_id,optional"`
	Kind        string `parquet:"kind,dict,optional"`
	Rank        int64  `parquet:"rank,optional"`              // 1 = the first thing to read this week
	SubjectKind string `parquet:"subject_kind,dict,optional"` // signature, error_type, service, incident, change
	SubjectID   string `parquet:"subject_id,optional"`
	Service     string `parquet:"service,dict,optional"`
	// Sentence is one sentence in plain words, Evidence what it rests on.
	Sentence string   `parquet:"sentence,optional"`
	Evidence string   `parquet:"evidence,optional"`
	Status   string   `parquet:"status,dict,optional"`
	FirstTS  int64    `parquet:"first_ts,timestamp(microsecond:local),optional"`
	LastTS   int64    `parquet:"last_ts,timestamp(microsecond:local),optional"`
	Score    *float64 `parquet:"score,optional"` // orders findings; see DESIGN.md
	QValue   *float64 `parquet:"q_value,optional"`
	Warnings string   `parquet:"warnings,optional"` // one per line; weak evidence is said here
}
