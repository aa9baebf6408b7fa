package intake

// incidentFields are the names under which plain incident records are known.
var incidentFields = map[string][]string{
	"id":              {"incident_id", "id", "incident_number", "number", "key", "issue_key", "reference", "incident", "ticket"},
	"title":           {"title", "name", "short_description", "subject", "headline", "summary", "description"},
	"service":         {"services", "service", "affected_services", "affected_service", "service_name", "components", "component", "systems", "system", "application", "app"},
	"severity":        {"severity", "sev", "severity_level", "impact", "priority", "urgency"},
	"started":         {"started_at", "started", "start", "start_time", "start_at", "impact_start", "outage_start", "downtime_start", "incident_start", "began_at", "begin", "occurred_at", "opened_at", "opened", "created_at", "created", "when", "time", "timestamp", "date"},
	"detected":        {"detected_at", "detected", "detected_time", "detection_time", "detect_time", "alerted_at", "reported_at", "reported"},
	"acknowledged":    {"acknowledged_at", "acknowledged", "acknowledged_time", "acked_at", "acked", "ack_time", "ack_at", "responded_at"},
	"mitigated":       {"mitigated_at", "mitigated", "mitigated_time", "mitigation_time", "contained_at", "stabilized_at"},
	"resolved":        {"resolved_at", "resolved", "resolved_time", "resolution_date", "ended_at", "ended", "end", "end_time", "end_at", "impact_end", "outage_end", "downtime_end", "incident_end", "closed_at", "closed", "fixed_at", "finished_at", "finished"},
	"duration":        {"duration", "downtime", "outage_duration"},
	"time_to_detect":  {"time_to_detect", "time_to_detection", "ttd", "mttd"},
	"time_to_recover": {"time_to_recover", "time_to_recovery", "time_to_resolve", "time_to_resolution", "time_to_restore", "ttr", "mttr"},
	"root_cause":      {"root_cause", "rootcause", "cause", "root_cause_description"},
	"trigger":         {"trigger", "triggered_by", "caused_by"},
	"category":        {"category", "cause_category", "incident_type", "type", "tags"},
	"team":            {"team", "teams", "team_name", "squad", "owning_team", "owner_team", "responders", "assignment_group"},
	"url":             {"url", "link", "html_url", "permalink", "shortlink"},
	"body":            {"body", "description", "details", "summary", "postmortem", "impact_description", "notes"},
	"timeline":        {"timeline", "updates", "incident_updates", "events", "history"},
	"actions":         {"actions", "action_items", "follow_ups", "followups", "corrective_actions", "remediation"},
}

const incidentTimes = "started_at|started|start|start_time|start_at|impact_start|outage_start|downtime_start|incident_start|began_at|occurred_at|opened_at|opened|detected_at|detected|created_at|created|started_utc|detected_utc"

const incidentMarks = "resolved_at|resolved|acknowledged_at|acknowledged|detected_at|detected|mitigated_at|mitigated|root_cause|impact|downtime_start|downtime_end|impact_start|incident_id|incident_number|severity|sev|postmortem|time_to_resolve|resolved_utc"

func init() {
	registerForms(
		&recordForm{
			name: "incident-csv", kind: KindIncident, doc: "incidents as CSV or TSV with a header; names by default or by the source's fields",
			needs:  []string{incidentTimes, incidentMarks, "id|incident_id|incident_number|number|key|issue_key|title|name|short_description|summary"},
			never:  []string{"msg", "logger", "level", "version", "sha"},
			fields: incidentFields, table: onlyTable, confidence: 0.85,
		},
		&recordForm{
			name: "incident-json", kind: KindIncident, doc: "incidents as JSON lines, an array, or a list in one object; names by default or by the source's fields",
			needs:  []string{incidentTimes, incidentMarks, "id|incident_id|incident_number|number|key|issue_key|title|name|short_description|summary"},
			never:  []string{"msg", "logger", "level", "@version", "sha"},
			lists:  []string{"incidents", "issues", "items", "data", "results", "result", "records", "values"},
			fields: incidentFields, confidence: 0.8,
		},
	)
}
