package schemas

// Kinds of change. A commit is not a deploy.
const (
	ChangeDeploy    = "deploy"
	ChangeConfig    = "config"
	ChangeFlag      = "flag"
	ChangeInfra     = "infra"
	ChangeRestart   = "restart"
	ChangeRollback  = "rollback"
	ChangeMigration = "migration"
	ChangeJob       = "job" // the definition of a scheduled job changed
	ChangeRelease   = "release"
	ChangeCommit    = "commit"
)

// Change is one change record: grain source_id, change_id. A changed input
// file replaces all its former rows; the view keeps one row per change_id.
type Change struct {
	EventDate  string `parquet:"event_date,dict,optional"`
	ChangeID   string `parquet:"change_id,optional"`
	Kind       string `parquet:"kind,dict,optional"`
	Service    string `parquet:"service,dict,optional"`
	Env        string `parquet:"env,dict,optional"`
	StartedTS  int64  `parquet:"started_ts,timestamp(microsecond:local),optional"`
	FinishedTS int64  `parquet:"finished_ts,timestamp(microsecond:local),optional"`
	// Status is success, failed, cancelled, running or "" (not stated).
	Status   string `parquet:"status,dict,optional"`
	Actor    string `parquet:"actor,dict,optional"`
	Version  string `parquet:"version,optional"`
	Commit   string `parquet:"commit,optional"`
	URL      string `parquet:"url,optional"`
	Title    string `parquet:"title,optional"`
	Source   string `parquet:"source,dict,optional"` // name of the configured source
	File     string `parquet:"file,optional"`        // input path as configured
	SourceID string `parquet:"source_id,dict,optional"`
	Line     int64  `parquet:"line,optional"`      // where the record begins in File
	Warning  string `parquet:"warning,optional"`   // what was doubtful in the record
	Team     string `parquet:"team,dict,optional"` // as the record names it
}
