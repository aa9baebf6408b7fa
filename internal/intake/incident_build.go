package intake

import (
	"fmt"
	"strings"
	"time"

	"almanac/schemas"
)

const (
	maxBody = 64 << 10 // bytes of an incident's text that are kept
	maxText = 4 << 10  // bytes of a cause, a timeline entry, an action
)

// buildIncident makes an incident of one record. What is missing stays
// missing; what contradicts itself is kept and flagged.
func (f *fieldReader) buildIncident(c *Context, n *node) (schemas.IncidentRecord, string) {
	var d draft
	in := &d.incident
	in.IncidentID, in.Title = f.text(n, "id"), oneLine(f.text(n, "title"), 500)
	stated := in.IncidentID != "" || in.Title != ""
	if reason := f.incidentTimes(n, &d); reason != "" {
		return *in, reason
	}
	if !stated && in.StartedTS == 0 && in.DetectedTS == 0 {
		return *in, "neither id nor title nor time"
	}
	in.Services = f.list(n, "service")
	if len(in.Services) == 0 && c.Source.Service != "" {
		in.Services = []string{c.Source.Service}
	}
	in.SeverityRaw = f.raw(n, "severity")
	if in.Severity = severityOf(f.mapped("severity", in.SeverityRaw)); in.Severity == "" && isMapped(f, in.SeverityRaw) {
		in.Severity = f.mapped("severity", in.SeverityRaw)
	}
	in.RootCause = cut(f.text(n, "root_cause"), maxText)
	in.Trigger = cut(f.text(n, "trigger"), maxText)
	in.Category = oneLine(f.text(n, "category"), 200)
	in.URL, in.Team = f.text(n, "url"), teamOf(f.list(n, "team"))
	in.Body = cut(f.text(n, "body"), maxBody)
	in.StatedDurationS = f.duration(n, "duration")
	in.StatedDetectS = f.duration(n, "time_to_detect")
	in.StatedRecoverS = f.duration(n, "time_to_recover")
	f.timeline(n, &d)
	f.actions(n, &d)
	if f.form.adjust != nil {
		f.form.adjust(n, &d)
	}
	if in.Title == "" {
		in.Title = oneLine(in.RootCause, 200)
	}
	if in.IncidentID == "" {
		in.IncidentID = contentID("I-", n.texts(nil)...)
	}
	d.finishIncident()
	return *in, ""
}

func isMapped(f *fieldReader, raw string) bool { return f.mapped("severity", raw) != raw }

// incidentTimes reads the five instants. An unreadable start refuses the
// record; another unreadable stamp is a warning.
func (f *fieldReader) incidentTimes(n *node, d *draft) string {
	in := &d.incident
	for _, t := range []struct {
		field string
		to    *int64
	}{
		{"started", &in.StartedTS}, {"detected", &in.DetectedTS}, {"acknowledged", &in.AcknowledgedTS},
		{"mitigated", &in.MitigatedTS}, {"resolved", &in.ResolvedTS},
	} {
		us, _, note, err := f.instant(n, t.field)
		switch {
		case err != nil && t.field == "started":
			return "started: " + err.Error()
		case err != nil:
			d.warn(t.field + ": " + err.Error())
			continue
		case us != 0 && us < earliest:
			return t.field + ": time before 1990"
		}
		*t.to = us
		d.note(t.field, note)
	}
	return ""
}

// finishIncident derives ids and flags contradictions.
func (d *draft) finishIncident() {
	in := &d.incident
	if len(in.Services) > 0 {
		in.Service = in.Services[0]
	}
	if in.StartedTS == 0 {
		d.warn("start not stated")
	}
	d.checkOrder()
	d.checkStated("duration", in.StatedDurationS, in.StartedTS, in.ResolvedTS)
	d.checkStated("time to detect", in.StatedDetectS, in.StartedTS, in.DetectedTS)
	d.checkStated("time to recover", in.StatedRecoverS, in.StartedTS, in.ResolvedTS)
	in.Warning = strings.Join(d.warnings, "\n")
}

func (d *draft) checkOrder() {
	in := &d.incident
	steps := []struct {
		name string
		us   int64
	}{{"started", in.StartedTS}, {"detected", in.DetectedTS}, {"acknowledged", in.AcknowledgedTS}, {"mitigated", in.MitigatedTS}, {"resolved", in.ResolvedTS}}
	last := steps[0]
	for _, s := range steps[1:] {
		if s.us == 0 {
			continue
		}
		if last.us != 0 && s.us < last.us {
			d.warn(s.name + " lies before " + last.name)
		}
		last = s
	}
	if in.StartedTS != 0 && in.ResolvedTS-in.StartedTS > int64(30*24*time.Hour/time.Microsecond) {
		d.warn("resolved more than 30 days after the start")
	}
}

// checkStated compares a stated duration with the one that the stamps give.
// A tenth or two minutes apart is agreement.
func (d *draft) checkStated(what string, stated *int64, from, to int64) {
	if stated == nil || from == 0 || to == 0 || to < from {
		return
	}
	computed := (to - from) / 1e6
	gap := computed - *stated
	if gap < 0 {
		gap = -gap
	}
	if gap > 120 && gap*10 > max(computed, *stated) {
		d.warn(fmt.Sprintf("%s: stated %s, the stamps give %s", what, humanDuration(*stated), humanDuration(computed)))
	}
}

func humanDuration(s int64) string {
	switch {
	case s >= 2*86400:
		return fmt.Sprintf("%.1f days", float64(s)/86400)
	case s >= 2*3600:
		return fmt.Sprintf("%.1f h", float64(s)/3600)
	}
	return fmt.Sprintf("%d min", (s+30)/60)
}

// timeline reads updates or timeline elements in their order.
func (f *fieldReader) timeline(n *node, d *draft) {
	for _, e := range f.children(n, "timeline") {
		ev := schemas.IncidentEvent{
			Status: strings.ToLower(e.str("status", "state", "type", "kind")),
			Text:   cut(e.str("text", "body", "message", "description", "event", "summary", "note", "content", "details"), maxText),
		}
		if e.kind == nodeScalar {
			ev.Text = cut(strings.TrimSpace(e.text), maxText)
		}
		stamp := e.str("at", "ts", "time", "timestamp", "occurred_at", "created_at", "display_at", "date", "updated_at")
		if t, _, err := f.rule.parseStamp(stamp, ""); err == nil {
			ev.TS = schemas.Micros(t)
		} else {
			d.warn("a timeline entry has an unreadable time")
		}
		if ev.Text != "" || ev.Status != "" {
			d.incident.Timeline = append(d.incident.Timeline, ev)
		}
	}
}

// actions reads follow-ups: objects, or plain texts.
func (f *fieldReader) actions(n *node, d *draft) {
	rule := f.rule
	rule.count = nil // a due date says nothing about the clock of the stamps
	for _, e := range f.children(n, "actions") {
		if e.kind == nodeScalar {
			for _, line := range strings.FieldsFunc(e.text, func(r rune) bool { return r == '\n' || r == ';' }) {
				if a, ok := readAction(strings.TrimSpace(line), rule); ok {
					d.incident.Actions = append(d.incident.Actions, a)
				}
			}
			continue
		}
		a := schemas.Action{
			Text:             cut(e.str("text", "title", "summary", "item", "action", "description", "name"), maxText),
			Owner:            e.str("owner", "assignee", "owner.name", "assignee.name", "assigned_to"),
			Status:           actionStatus(e.str("status", "state", "done")),
			Kind:             actionKind(e.str("kind", "type", "category")),
			SuccessCondition: cut(e.str("success_condition", "success", "verify", "verification", "success_criteria", "done_when"), maxText),
		}
		if t, _, err := rule.parseStamp(e.str("due", "due_at", "due_date", "due_on", "deadline"), ""); err == nil {
			a.DueTS = schemas.Micros(t)
		} else {
			d.warn("an action has an unreadable due date")
		}
		a.DoneTS = actionDoneAt(e, rule)
		if a.DoneTS != 0 && a.Status == "" {
			a.Status = "done"
		}
		if a.Text != "" {
			d.incident.Actions = append(d.incident.Actions, a)
		}
	}
}

// actionDoneAt is when a follow-up was done, where a field of that name holds
// an instant.
func actionDoneAt(e *node, rule stampRule) int64 {
	for _, name := range []string{"done_at", "done_on", "completed_at", "completed_on", "completed", "completion_date", "closed_at", "finished_at", "resolved_at", "done"} {
		if t, _, err := rule.parseStamp(e.str(name), ""); err == nil && !t.IsZero() {
			return schemas.Micros(t)
		}
	}
	return 0
}
