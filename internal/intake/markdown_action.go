package intake

import (
	"strings"

	"almanac/schemas"
)

// readActions reads the follow-ups: tables, boxes, list items, else the
// paragraphs under an action heading. A kind is taken from headings and
// labels only.
func (r *mdReport) readActions() {
	for _, part := range r.parts("actions") {
		for _, s := range part {
			kind := actionKind(s.title)
			found := r.actionTables(s, kind)
			for _, l := range bulletsOf(s.lines) {
				if a, ok := readAction(l.text, r.clock.rule); ok {
					found = append(found, withKind(a, kind))
				}
			}
			if len(found) == 0 && len(part) == 1 {
				for _, p := range paragraphsOf(s.lines) {
					if a, ok := readAction(p, r.clock.rule); ok {
						found = append(found, withKind(a, kind))
					}
				}
			}
			r.incident.Actions = append(r.incident.Actions, found...)
		}
	}
}

func withKind(a schemas.Action, kind string) schemas.Action {
	if a.Kind == "" {
		a.Kind = kind
	}
	return a
}

// actionTables reads tables by the names of their columns; the first column
// that is no number, owner, date or state is the text.
func (r *mdReport) actionTables(s mdSection, kind string) []schemas.Action {
	var out []schemas.Action
	rule := r.clock.rule
	rule.count = nil
	for _, t := range tablesOf(s.lines) {
		roles := actionColumns(t.header)
		for _, row := range t.rows {
			var a schemas.Action
			for i, cell := range row {
				if i >= len(roles) || isPlaceholder(plainText(cell)) {
					continue
				}
				switch roles[i] {
				case "text":
					read, _ := readAction(cell, rule)
					a.Text, a.SuccessCondition = read.Text, read.SuccessCondition
					if a.Status == "" {
						a.Status = read.Status
					}
				case "owner":
					a.Owner = strings.TrimPrefix(plainText(cell), "@")
				case "due":
					if t, _, err := rule.parseStamp(plainText(cell), ""); err == nil {
						a.DueTS = schemas.Micros(t)
					} else {
						r.warn("an action has an unreadable due date")
					}
				case "status":
					if st := actionStatus(plainText(cell)); st != "" {
						a.Status = st
					}
				case "done":
					a.Status = "done"
					if t, _, err := rule.parseStamp(plainText(cell), ""); err == nil {
						a.DoneTS = schemas.Micros(t)
					} else {
						a.Status = actionStatus(plainText(cell))
					}
				case "kind":
					a.Kind = actionKind(plainText(cell))
				case "success":
					a.SuccessCondition = cut(plainText(cell), maxText)
				}
			}
			if !isPlaceholder(a.Text) {
				out = append(out, withKind(a, kind))
			}
		}
	}
	return out
}

func actionColumns(header []string) []string {
	roles := make([]string, len(header))
	text := false
	for i, h := range header {
		switch normKey(plainText(h)) {
		case "owner", "owners", "assignee", "who", "responsible", "assignedto", "team", "dri", "poc":
			roles[i] = "owner"
		case "due", "duedate", "deadline", "by", "eta", "when", "targetdate", "target":
			roles[i] = "due"
		case "status", "state":
			roles[i] = "status"
		case "done", "doneon", "completed", "completedon", "completiondate", "completedat", "closed", "closedon", "finished", "finishedon", "resolvedon":
			roles[i] = "done"
		case "type", "kind", "category":
			roles[i] = "kind"
		case "success", "successcondition", "successcriteria", "verify", "verification", "donewhen", "acceptance", "acceptancecriteria":
			roles[i] = "success"
		case "id", "no", "nr", "priority", "prio", "ticket", "tickets", "issue", "jira", "link", "bug", "tracking", "":
			roles[i] = "other"
		default:
			if !text {
				roles[i], text = "text", true
			}
		}
	}
	return roles
}

// paragraphsOf gives the paragraphs of text lines.
func paragraphsOf(lines []mdLine) []string {
	var out []string
	open := false
	for _, l := range lines {
		t := strings.TrimSpace(l.text)
		if t == "" || l.code || strings.HasPrefix(t, "|") || mdRule.MatchString(t) {
			open = false
			continue
		}
		if open {
			out[len(out)-1] += " " + t
		} else {
			out = append(out, t)
		}
		open = true
	}
	return out
}
