package intake

// changeFields are the names under which plain change records are known.
var changeFields = map[string][]string{
	"id":       {"change_id", "id", "deployment_id", "deploy_id", "change_number", "number", "key"},
	"kind":     {"kind", "change_type", "type", "change_kind", "category", "operation"},
	"service":  {"service", "services", "service_name", "app", "application", "component", "project", "repo", "repository"},
	"env":      {"env", "environment", "stage"},
	"started":  {"started_at", "started", "start", "start_time", "deployed_at", "deployed", "deploy_time", "deployment_time", "changed_at", "when", "at", "ts", "time", "timestamp", "@timestamp", "datetime", "committed_at", "committed", "commit_date", "published_at", "released_at", "date", "created_at", "created", "merged_at"},
	"finished": {"finished_at", "finished", "ended_at", "end", "end_time", "completed_at", "completed"},
	"duration": {"duration", "elapsed"},
	"status":   {"status", "result", "outcome", "state", "conclusion"},
	"actor":    {"actor", "author", "user", "deployed_by", "by", "username", "committer", "initiated_by", "owner", "who"},
	"version":  {"version", "to_version", "new_version", "tag", "release", "image_tag", "ref"},
	"commit":   {"commit", "sha", "commit_sha", "git_sha", "revision", "commit_id", "hash"},
	"team":     {"team", "team_name", "squad", "owning_team", "owner_team", "tribe", "department"},
	"url":      {"url", "link", "html_url", "web_url"},
	"title":    {"title", "subject", "summary", "message", "description", "name", "text", "what", "comment"},
}

// changeTimes are the paths of which one makes a record a candidate.
const changeTimes = "started_at|started|start|start_time|deployed_at|deployed|deploy_time|deployment_time|changed_at|when|at|ts|time|timestamp|datetime|committed_at|committed|committed_at_utc|committed_utc|commit_date|published_at|released_at|merged_at|started_utc|deployed_utc"

// notChanges speak for logs, incidents or metrics.
var notChanges = []string{
	"level", "lvl", "severity", "resolved_at", "resolved", "root_cause", "acknowledged_at", "acknowledged", "msg", "logger",
	"request", "method", "path", "status_code", "latency", "trace_id", "pid", "hostname", "thread", "stack",
}

func init() {
	registerForms(
		&recordForm{
			name: "change-csv", kind: KindChange, doc: "changes as CSV or TSV with a header; names by default or by the source's fields",
			needs:  []string{changeTimes, "commit|sha|commit_sha|revision|version|kind|change_type|change_id|deployment_id|deploy_id|deployed_at|env|environment"},
			never:  notChanges,
			fields: changeFields, table: onlyTable, confidence: 0.8,
		},
		&recordForm{
			name: "change-json", kind: KindChange, doc: "changes as JSON lines, an array, or a list in one object; names by default or by the source's fields",
			needs:  []string{changeTimes, "commit|sha|commit_sha|revision|version|kind|change_type|change_id|deployment_id|deploy_id|deployed_at|env|environment"},
			never:  append([]string{"message"}, notChanges...),
			lists:  []string{"changes", "deployments", "deploys", "releases", "commits", "items", "data", "results", "records", "values"},
			fields: changeFields, confidence: 0.75,
		},
	)
}
