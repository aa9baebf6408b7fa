package intake

import (
	"regexp"
	"strings"

	"almanac/schemas"
)

var (
	actionBox     = regexp.MustCompile(`^\[([ xX])\]\s*`)
	actionDone    = regexp.MustCompile(`(?i)\s*(?:\((?:done|completed?|fixed|closed)\)|\[(?:done|completed?|fixed|closed)\]|✅|✔️?)\s*\.?$|^(?:\((?:done)\)|\[(?:done)\]|done:|✅|✔️?)\s*`)
	actionLabel   = regexp.MustCompile(`(?i)^[*_]*[\[(]?(immediate|short[- ]term|workaround|prevention|prevent|preventative|preventive|corrective|detection|detect|monitoring|alerting)[\])]?[*_]*(?:\s*:|\s+[-–—]\s)\s*[*_]*\s*`)
	actionBracket = regexp.MustCompile(`(?i)^\[(immediate|short[- ]term|workaround|prevention|prevent|preventative|corrective|detection|detect|monitoring|alerting)\]\s*`)
	actionSuccess = regexp.MustCompile(`(?i)(?:^|[\s;,.(—–-]+)(?:verify|verified by|success(?: condition| criteria| when)?|done when)\s*[:=]\s*`)
	actionTail    = regexp.MustCompile(`\s*[(\[]([^()\[\]]*)[)\]]\.?\s*$`)
	actionOwner   = regexp.MustCompile(`(?i)(?:^|[\s;,(—–-]+)(?:owner|assignee|assigned to|who)\s*[:=]\s*([^;,)(—–]+?)\s*(?:$|[;,)—–])`)
	actionDue     = regexp.MustCompile(`(?i)(?:^|[\s;,(—–-]+)(?:due|deadline|by|eta)\s*[:=]?\s*(\d{4}-\d{2}-\d{2}|[A-Z][a-z]{2,8}\.? \d{1,2},? \d{4}|\d{1,2} [A-Z][a-z]{2,8} \d{4})\b`)
	actionDoneOn  = regexp.MustCompile(`(?i)(?:^|[\s;,(—–-]+)(?:done|completed?|fixed|closed|finished)(?:\s+(?:on|at))?\s*[:=]?\s*(\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:?\d{2})?)?)\s*\)?`)
	actionHandle  = regexp.MustCompile(`^@?[A-Za-z][A-Za-z0-9]*[._-]?[A-Za-z0-9]+$`)
	actionAt      = regexp.MustCompile(`(?:^|\s)@([A-Za-z0-9][A-Za-z0-9_.\-]*)\s*$`)
)

// readAction reads one follow-up as written in a list: a box, a kind label, a
// success condition, and an owner and due date only where they are marked or
// stand in closing brackets as "(owner, date)". ok is false for placeholders.
func readAction(s string, rule stampRule) (a schemas.Action, ok bool) {
	s = strings.TrimSpace(s)
	box := false
	if m := actionBox.FindStringSubmatch(s); m != nil {
		box = true
		a.Status = "open"
		if m[1] != " " {
			a.Status = "done"
		}
		s = s[len(m[0]):]
	}
	if strings.HasPrefix(s, "~~") && strings.HasSuffix(s, "~~") && len(s) > 4 {
		s, a.Status = s[2:len(s)-2], "done"
	}
	if loc := actionDone.FindStringIndex(s); loc != nil {
		s, a.Status = strings.TrimSpace(s[:loc[0]]+s[loc[1]:]), "done"
	}
	for _, re := range []*regexp.Regexp{actionBracket, actionLabel} {
		if m := re.FindStringSubmatch(s); m != nil && len(m[0]) < len(s) {
			a.Kind = actionKind(m[1])
			if a.Kind == "" {
				a.Kind = schemas.ActionImmediate
			}
			s = s[len(m[0]):]
			break
		}
	}
	success := ""
	if loc := actionSuccess.FindStringIndex(s); loc != nil && loc[0] > 0 {
		s, success = s[:loc[0]], s[loc[1]:]
	}
	rule.count = nil // a due date says nothing about the clock of the stamps
	s = actionPeople(s, &a, box, rule)
	if success != "" && a.Owner == "" && a.DueTS == 0 {
		success = actionPeople(success, &a, box, rule)
	}
	a.SuccessCondition = cut(strings.Trim(plainText(success), " ()."), maxText)
	a.Text = cut(strings.TrimSpace(plainText(s)), maxText)
	return a, !isPlaceholder(a.Text)
}

// actionPeople takes owner and due date out of s.
func actionPeople(s string, a *schemas.Action, box bool, rule stampRule) string {
	if m := actionDoneOn.FindStringSubmatchIndex(s); m != nil && a.DoneTS == 0 {
		if t, _, err := rule.parseStamp(s[m[2]:m[3]], ""); err == nil {
			a.DoneTS, a.Status = schemas.Micros(t), "done"
			s = strings.TrimRight(s[:m[0]], " (") + closing(s[:m[0]], s[m[0]:m[1]]) + s[m[1]:]
		}
	}
	if m := actionTail.FindStringSubmatchIndex(s); m != nil {
		if tail := s[m[2]:m[3]]; tailPeople(tail, a, rule) {
			s = s[:m[0]]
		} else if box && actionHandle.MatchString(tail) {
			a.Owner, s = tail, s[:m[0]]
		}
	}
	if m := actionOwner.FindStringSubmatchIndex(s); m != nil && a.Owner == "" {
		a.Owner = strings.TrimPrefix(strings.TrimSpace(s[m[2]:m[3]]), "@")
		s = strings.TrimRight(s[:m[0]], " ") + s[m[3]:]
	}
	if m := actionDue.FindStringSubmatchIndex(s); m != nil && a.DueTS == 0 {
		if t, _, err := rule.parseStamp(s[m[2]:m[3]], ""); err == nil {
			a.DueTS = schemas.Micros(t)
			s = s[:m[0]] + s[m[3]:]
		}
	}
	s = strings.TrimRight(s, " ,;—–-")
	if m := actionAt.FindStringSubmatchIndex(s); m != nil && a.Owner == "" {
		a.Owner = s[m[2]:m[3]]
		s = s[:m[0]]
	}
	return strings.TrimRight(s, " ,;—–-")
}

// tailPeople reads "(owner, due)", "(owner: x, due: y)", "(@x)", "(2025-09-01)".
// Brackets that hold anything else are text.
func tailPeople(tail string, a *schemas.Action, rule stampRule) bool {
	var owner, status string
	var due int64
	for _, part := range strings.Split(tail, ",") {
		part = strings.TrimSpace(part)
		label, value, labelled := strings.Cut(part, ":")
		if !labelled {
			value = part
		}
		value = strings.TrimSpace(value)
		t, _, err := rule.parseStamp(value, "")
		switch {
		case labelled && normKey(label) == "owner" || labelled && normKey(label) == "assignee":
			owner = strings.TrimPrefix(value, "@")
		case labelled && normKey(label) != "due" && normKey(label) != "status":
			return false
		case labelled && normKey(label) == "status" || !labelled && actionStatus(value) != "" && len(value) > 2:
			status = actionStatus(value)
		case err == nil && !t.IsZero() && strings.Trim(value, "0123456789.") != "": // a bare number is no day
			due = schemas.Micros(t)
		case labelled:
			return false
		case strings.HasPrefix(value, "@") && !strings.Contains(value, " "):
			owner = value[1:]
		case owner == "" && len(value) < 40 && strings.Count(value, " ") < 3:
			owner = value
		default:
			return false
		}
	}
	named := strings.Contains(tail, "@") || strings.Contains(strings.ToLower(tail), "owner") || strings.Contains(strings.ToLower(tail), "assignee")
	if due == 0 && status == "" && !named {
		return false // "(see the log)" is no owner
	}
	a.Owner, a.DueTS = owner, due
	if status != "" {
		a.Status = status
	}
	return true
}

// isPlaceholder tells texts that say nothing: "none", "TBD", "{{ summary }}".
func isPlaceholder(s string) bool {
	return isAbsent(s) || strings.HasPrefix(s, "{{") || strings.HasPrefix(s, "<") && strings.HasSuffix(s, ">") || normKey(s) == "todo"
}

// closing is the bracket that goes with an open one when a note at the end of
// the brackets, "(anna, done 2026-11-03)", is taken out.
func closing(before, note string) string {
	if strings.HasSuffix(note, ")") && strings.Count(before, "(") > strings.Count(before, ")") {
		return ")"
	}
	return ""
}
