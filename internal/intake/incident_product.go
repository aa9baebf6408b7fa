package intake

import (
	"strconv"
	"strings"
	"time"

	"almanac/schemas"
)

func init() {
	registerForms(
		&recordForm{
			name: "pagerduty", kind: KindIncident, doc: "PagerDuty incidents (REST), with log entries where exported",
			needs: []string{"incident_number", "service.summary|service", "urgency|priority", "created_at", "html_url|self|log_entries|last_status_change_at"},
			lists: []string{"incidents", "incident"}, confidence: 0.95,
			fields: map[string][]string{
				"id": {"incident_number", "id"}, "title": {"title", "summary"}, "service": {"service.summary", "service.name", "service"},
				"severity": {"priority.summary", "priority.name", "urgency"}, "detected": {"created_at"},
				"resolved": {"resolved_at"}, "url": {"html_url"}, "body": {"body.details", "notes.content"}, "timeline": {"notes"}, "team": {"teams.summary", "teams.name"},
			},
			adjust: pagerDuty,
		},
		&recordForm{
			name: "pagerduty-analytics", kind: KindIncident, doc: "PagerDuty analytics, raw incidents (JSON or CSV)",
			needs: []string{"seconds_to_first_ack", "created_at|created_on", "id|incident_number"}, lists: []string{"data"}, table: alsoTable, confidence: 0.96, utc: true,
			fields: map[string][]string{
				"id": {"incident_number", "id"}, "title": {"description", "title"}, "service": {"service_name"}, "severity": {"priority_name", "urgency"},
				"detected": {"created_at", "created_on"}, "resolved": {"resolved_at", "resolved_on"}, "time_to_recover_seconds": {"seconds_to_resolve"}, "team": {"team_name"},
			},
			adjust: func(n *node, d *draft) {
				in := &d.incident
				if s, err := strconv.ParseFloat(n.str("seconds_to_first_ack"), 64); err == nil && in.DetectedTS != 0 && s >= 0 && s < 1e9 {
					in.AcknowledgedTS = in.DetectedTS + int64(s*1e6)
				}
			},
		},
		&recordForm{
			name: "opsgenie", kind: KindIncident, doc: "Opsgenie incidents or alerts",
			needs: []string{"tinyId", "message", "createdAt"}, lists: []string{"data"}, confidence: 0.95,
			fields: map[string][]string{
				"id": {"id", "tinyId"}, "title": {"message"}, "service": {"impactedServices"}, "severity": {"priority"}, "started": {"impactStartDate"},
				"detected": {"createdAt"}, "resolved": {"impactEndDate", "resolvedAt"}, "body": {"description"}, "url": {"links.web"}, "category": {"tags"},
				"team": {"ownerTeam", "responders[type=team].name", "teams.name"},
			},
			adjust: func(n *node, d *draft) {
				if s := normKey(n.str("status")); d.incident.ResolvedTS == 0 && (s == "resolved" || s == "closed") {
					d.lateEnd(n.str("updatedAt"), "last update")
				}
			},
		},
		&recordForm{
			name: "incident-io", kind: KindIncident, doc: "incident.io incidents (v2); tests and tutorials are left out",
			needs: []string{"reference", "incident_timestamp_values|duration_metrics|incident_status", "name"}, lists: []string{"incidents", "incident"}, confidence: 0.95,
			fields: map[string][]string{
				"id": {"reference", "id"}, "title": {"name"}, "severity": {"severity.name"},
				"started":      stampsNamed("Impact started at", "Started at", "Impact started"),
				"detected":     append(stampsNamed("Reported at", "Detected at", "Identified at"), "created_at"),
				"acknowledged": stampsNamed("Accepted at", "Acknowledged at"), "mitigated": stampsNamed("Fixed at", "Mitigated at"),
				"resolved": stampsNamed("Resolved at", "Closed at"), "body": {"summary"}, "url": {"permalink", "postmortem_document_url"},
				"team":                    {"custom_field_entries[custom_field.name=Affected Team].values.value_option.value", "custom_field_entries[custom_field.name=Team].values.value_option.value", "custom_field_entries[custom_field.name=Teams].values.value_catalog_entry.name"},
				"service":                 {"custom_field_entries[custom_field.name=Affected services].values.value_catalog_entry.name", "custom_field_entries[custom_field.name=Services].values.value_option.value"},
				"time_to_recover_seconds": metricsNamed("Time to resolve", "Time to resolution", "Time to recovery"),
				"time_to_detect_seconds":  metricsNamed("Time to detect", "Time to detection"),
				"duration_seconds":        metricsNamed("Incident duration", "Duration"),
			},
			adjust: incidentIO,
			skip: func(n *node) string {
				if m := n.str("mode"); m != "" && m != "standard" && m != "retrospective" {
					return "a test or tutorial incident"
				}
				return ""
			},
		},
		&recordForm{
			name: "firehydrant", kind: KindIncident, doc: "FireHydrant incidents; game days and maintenance are left out",
			needs: []string{"milestones|lifecycle_phases", "name", "number|id"}, lists: []string{"data"}, confidence: 0.95,
			fields: map[string][]string{
				"id": {"number", "id"}, "title": {"name"}, "service": {"services.name"}, "severity": {"severity", "priority"},
				"started": append(milestones("started"), "started_at"), "detected": milestones("detected"), "acknowledged": milestones("acknowledged"),
				"mitigated": milestones("mitigated"), "resolved": milestones("resolved"), "body": {"summary", "customer_impact_summary"},
				"actions": {"incident_tickets"}, "url": {"incident_url"}, "team": {"team_assignments.team.name", "teams.name"},
			},
			skip: func(n *node) string {
				if s := strings.ToUpper(n.str("severity")); s == "GAMEDAY" || s == "MAINTENANCE" {
					return "a game day or maintenance"
				}
				return ""
			},
		},
		&recordForm{
			name: "statuspage", kind: KindIncident, doc: "Statuspage incidents.json; scheduled maintenance is left out",
			needs: []string{"incident_updates", "impact", "name"}, lists: []string{"incidents"}, confidence: 0.95,
			fields: map[string][]string{
				"id": {"id"}, "title": {"name"}, "service": {"components.name"}, "severity": {"impact"}, "started": {"started_at", "created_at"},
				"mitigated": {"monitoring_at"}, "resolved": {"resolved_at"}, "timeline": {"incident_updates"}, "body": {"postmortem_body"}, "url": {"shortlink"},
			},
			skip: func(n *node) string {
				if n.str("scheduled_for") != "" || n.str("impact") == "maintenance" {
					return "a scheduled maintenance"
				}
				return ""
			},
			adjust: firstInvestigating,
		},
		&recordForm{
			name: "servicenow", kind: KindIncident, doc: "ServiceNow incidents (table API or CSV); cancelled ones are left out",
			needs: []string{"number", "short_description", "opened_at"}, lists: []string{"result", "records"}, table: alsoTable, utc: true,
			fields: map[string][]string{
				"id": {"number", "sys_id"}, "title": {"short_description"}, "service": {"business_service.display_value", "business_service", "cmdb_ci.display_value", "cmdb_ci"},
				"severity": {"severity", "priority"}, "detected": {"opened_at"}, "acknowledged": {"work_start"}, "resolved": {"resolved_at", "closed_at"},
				"root_cause": {"close_notes"}, "category": {"close_code", "category"}, "trigger": {"caused_by.display_value", "caused_by"}, "body": {"description"},
				"team": {"assignment_group.display_value", "assignment_group"},
			},
			skip: func(n *node) string {
				if s := normKey(n.str("state", "incident_state")); s == "8" || s == "canceled" || s == "cancelled" {
					return "a cancelled incident"
				}
				return ""
			},
		},
		&recordForm{
			name: "jira-csv", kind: KindIncident, doc: "Jira issues as CSV (stamps carry no zone: set tz of the source)",
			needs: []string{"Issue key", "Summary", "Created"}, table: onlyTable, confidence: 0.95,
			fields: map[string][]string{
				"id": {"Issue key"}, "title": {"Summary"}, "service": {"Custom field (Affected services)", "Component/s", "Components"},
				"severity": {"Custom field (Severity)", "Priority"}, "started": {"Custom field (Incident start)", "Custom field (Start time)", "Custom field (Impact start)"},
				"detected": {"Created"}, "resolved": {"Resolved"}, "root_cause": {"Custom field (Bug Root Cause)", "Custom field (Root cause)"},
				"category": {"Issue Type"}, "body": {"Description"}, "team": {"Custom field (Team)", "Team"},
			},
		},
		&recordForm{
			name: "jira", kind: KindIncident, doc: "Jira issues (REST search)",
			needs: []string{"key", "fields.summary", "fields.created"}, lists: []string{"issues"}, confidence: 0.95,
			fields: map[string][]string{
				"id": {"key"}, "title": {"fields.summary"}, "service": {"fields.components.name"}, "severity": {"fields.severity.value", "fields.priority.name"},
				"detected": {"fields.created"}, "resolved": {"fields.resolutiondate"}, "category": {"fields.issuetype.name"}, "body": {"fields.description"}, "url": {"self"}, "team": {"fields.team.name", "fields.team"},
			},
		},
		&recordForm{
			name: "alertmanager", kind: KindIncident, doc: "Alertmanager or Grafana webhook payloads: one incident per alert and start",
			needs: []string{"alerts", "receiver|groupKey|groupLabels"}, confidence: 0.96, expand: expandAlerts,
			fields: map[string][]string{
				"id": {"almanac_id"}, "title": {"annotations.summary", "annotations.title", "labels.alertname"}, "service": {"labels.service", "labels.app", "labels.job"},
				"severity": {"labels.severity"}, "started": {"startsAt"}, "resolved": {"endsAt"}, "category": {"labels.alertname"}, "body": {"annotations.description"},
				"url": {"generatorURL"}, "team": {"labels.team", "labels.owner"},
			},
			adjust: func(n *node, d *draft) {
				if c := n.str("truncated"); c != "" && c != "0" {
					d.warn("the notification was cut: " + cut(c, 10) + " alerts are missing")
				}
			},
		},
		&recordForm{
			name: "devlake-issues", kind: KindIncident, doc: "DevLake webhook: issues of type INCIDENT",
			needs: []string{"issueKey|issue_key", "createdDate|created_date", "title"}, lists: []string{"issues"},
			fields: map[string][]string{
				"id": {"issueKey", "issue_key"}, "title": {"title"}, "service": {"component"}, "severity": {"severity", "priority"}, "started": {"createdDate", "created_date"},
				"resolved": {"resolutionDate", "resolution_date"}, "body": {"description"}, "url": {"url"},
			},
		},
		&recordForm{
			name: "github-issues", kind: KindIncident, doc: "GitHub or GitLab issues, upptime's among them; labels give the severity; pull requests are left out",
			needs: []string{"number|iid", "title", "labels", "state", "created_at", "html_url|web_url|comments_url|url|comments|user"}, never: []string{"incident_number", "tag_name"}, lists: []string{"items"},
			fields: map[string][]string{
				"id": {"number", "iid"}, "title": {"title"}, "detected": {"created_at"}, "resolved": {"closed_at"}, "body": {"body", "description"}, "url": {"html_url", "web_url"},
			},
			skip: func(n *node) string {
				if n.has("pull_request") {
					return "a pull request"
				}
				return ""
			},
			adjust: issueLabels,
		},
		&recordForm{
			name: "morgue", kind: KindIncident, doc: "postmortems table of Etsy's morgue (CSV or JSON, epoch seconds)",
			needs: []string{"starttime", "endtime", "detecttime"}, table: alsoTable,
			fields: map[string][]string{
				"id": {"id"}, "title": {"title"}, "severity": {"severity"}, "started": {"starttime"}, "detected": {"detecttime"}, "resolved": {"endtime"},
				"body": {"summary"}, "root_cause": {"why_surprised"}, "category": {"tags"},
			},
		},
		&recordForm{
			name: "datadog", kind: KindIncident, doc: "Datadog incidents (JSON:API)",
			needs: []string{"attributes.public_id|attributes.customer_impact_start", "attributes.title"}, lists: []string{"data"}, confidence: 0.95,
			fields: map[string][]string{
				"id": {"attributes.public_id", "id"}, "title": {"attributes.title"}, "severity": {"attributes.severity", "attributes.fields.severity.value"},
				"service": {"attributes.fields.services.value"}, "started": {"attributes.customer_impact_start"}, "detected": {"attributes.detected", "attributes.created"},
				"resolved": {"attributes.customer_impact_end", "attributes.resolved"}, "root_cause": {"attributes.fields.root_cause.value"}, "body": {"attributes.fields.summary.value"}, "team": {"attributes.fields.teams.value"},
			},
		},
	)
}

// firstInvestigating takes the first public word of the incident for its
// detection.
func firstInvestigating(n *node, d *draft) {
	in := &d.incident
	for _, v := range n.at("incident_updates[status=investigating].created_at") {
		if t, _, err := (stampRule{}).parseUTC(v.text); err == nil && !t.IsZero() {
			if us := schemas.Micros(t); in.DetectedTS == 0 || us < in.DetectedTS {
				in.DetectedTS = us
			}
		}
	}
}

// stampsNamed gives the paths of incident.io's stamps by their names, which
// each customer chooses: other names go into the source's fields.
func stampsNamed(names ...string) []string {
	var out []string
	for _, n := range names {
		out = append(out, "incident_timestamp_values[incident_timestamp.name="+n+"].value.value")
	}
	return out
}

// metricsNamed gives the paths of incident.io's durations by their names.
func metricsNamed(names ...string) []string {
	var out []string
	for _, n := range names {
		out = append(out, "duration_metrics[duration_metric.name="+n+"].value_seconds")
	}
	return out
}

// incidentIO takes the services from the first custom field whose name speaks
// of such: each customer names its fields.
func incidentIO(n *node, d *draft) {
	in := &d.incident
	for _, list := range n.at("custom_field_entries") {
		for _, e := range list.list {
			name := strings.ToLower(e.str("custom_field.name"))
			if len(in.Services) > 0 || !strings.Contains(name, "service") && !strings.Contains(name, "component") && !strings.Contains(name, "system") {
				continue
			}
			for _, path := range []string{"values.value_catalog_entry.name", "values.value_option.value", "values.value_text"} {
				for _, v := range e.at(path) {
					if v.text != "" {
						in.Services = append(in.Services, v.text)
					}
				}
			}
		}
	}
}

func milestones(name string) []string {
	return []string{"milestones[type=" + name + "].occurred_at", "lifecycle_phases.milestones[slug=" + name + "].occurred_at"}
}

// pagerDuty takes the first acknowledgement from the log entries: the
// incident's own list is emptied once it is resolved.
func pagerDuty(n *node, d *draft) {
	in := &d.incident
	for _, v := range append(n.at("log_entries[type=acknowledge_log_entry].created_at"), n.at("acknowledgements.at")...) {
		if t, _, err := (stampRule{}).parseUTC(v.text); err == nil && !t.IsZero() {
			if us := schemas.Micros(t); in.AcknowledgedTS == 0 || us < in.AcknowledgedTS {
				in.AcknowledgedTS = us
			}
		}
	}
	if in.ResolvedTS == 0 && n.str("status") == "resolved" {
		d.lateEnd(n.str("last_status_change_at"), "last change of status")
	}
	if n.str("resolve_reason.type") == "merge_resolve_reason" {
		d.warn("merged into another incident")
	}
}

// lateEnd takes an end from a stamp that stands for it.
func (d *draft) lateEnd(stamp, what string) {
	if t, _, err := (stampRule{}).parseUTC(stamp); err == nil && !t.IsZero() {
		d.incident.ResolvedTS = schemas.Micros(t)
		d.warn("end not stated: time of the " + what + " is taken")
	}
}

// parseUTC reads the stamp of an API, which is UTC where it says nothing.
func (r stampRule) parseUTC(s string) (time.Time, string, error) {
	r.zone = time.UTC
	return r.parseStamp(s, "")
}

// expandAlerts gives the alerts of a notification. One alert is sent again
// and again while it fires: fingerprint and start name it.
func expandAlerts(n *node) []*node {
	var out []*node
	for _, list := range n.at("alerts") {
		for _, a := range list.list {
			c := &node{kind: nodeObject, obj: append([]member(nil), a.obj...)}
			labels := append(n.at("commonLabels"), a.at("labels")...)
			var texts []string
			for _, l := range labels {
				texts = l.texts(texts)
			}
			name := a.str("fingerprint")
			if name == "" {
				name = contentID("", texts...)
			}
			start := a.str("startsAt")
			if t, _, err := (stampRule{}).parseUTC(start); err == nil { // the zone is the sender's
				start = t.UTC().Format(time.RFC3339Nano)
			}
			c.obj = append(c.obj, field("almanac_id", scalar(name+"-"+start)), field("truncated", scalar(n.str("truncatedAlerts"))))
			out = append(out, c)
		}
	}
	return out
}

// issueLabels takes severity and service from the labels of an issue, and the
// service from upptime's title.
func issueLabels(n *node, d *draft) {
	in := &d.incident
	for _, l := range n.at("labels") {
		for _, name := range l.names() {
			low := strings.ToLower(name)
			key, value, ok := strings.Cut(strings.NewReplacer("::", ":", "/", ":").Replace(low), ":")
			switch {
			case ok && (strings.HasPrefix(key, "sev") || strings.HasPrefix(key, "prio")):
				in.SeverityRaw, in.Severity = name, severityOf(value)
			case !ok && in.SeverityRaw == "" && severityNumber.MatchString(low):
				in.SeverityRaw, in.Severity = name, severityOf(low)
			case ok && (key == "service" || key == "component" || key == "app"):
				in.Services = append(in.Services, strings.TrimSpace(value))
			case ok && (key == "team" || key == "squad") && in.Team == "":
				in.Team = teamOf([]string{value})
			}
		}
	}
	if down, ok := strings.CutSuffix(in.Title, " is down"); ok && len(in.Services) == 0 {
		in.Services = []string{strings.TrimLeft(down, "🛑🔴 ")}
	}
	if strings.HasPrefix(in.Title, "🛑") && in.StartedTS == 0 { // upptime opens the issue at the first failed check
		in.StartedTS = in.DetectedTS
	}
	for _, l := range bulletsOf(docLines([]byte(n.str("body", "description")))) {
		if !actionBox.MatchString(l.text) {
			continue
		}
		if a, ok := readAction(l.text, stampRule{zone: time.UTC}); ok {
			in.Actions = append(in.Actions, a)
		}
	}
}
