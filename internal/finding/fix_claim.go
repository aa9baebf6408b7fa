package finding

import (
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"time"

	"almanac/schemas"
)

// SourceOperator is the source of a fix that a person entered; that of one
// from a postmortem begins with actionSource.
const (
	SourceOperator = "operator"
	actionSource   = "action "
)

// FixID is the id of a fix that a person enters: the same claim entered twice
// is one.
func FixID(recurrence string, fixed time.Time, what string) string {
	return stableID("F", recurrence, strconv.FormatInt(fixed.UnixMicro(), 10), what)
}

// ClaimInput is what FixClaims reads.
type ClaimInput struct {
	Published   []schemas.Fix // as entered, or as of earlier nights
	Actions     []IncidentActionRow
	Records     Records
	Recurrences []schemas.Recurrence
	Now         time.Time
	Zone        *time.Location
}

// FixClaims gives every claim that something was mended: those entered, and
// the finished follow-ups of postmortems whose success condition names what
// recurs. notes are the conditions that could not be matched, doubts warn of
// single claims by their id. A claim whose action is gone goes with it.
func FixClaims(in ClaimInput) (claims []schemas.Fix, doubts map[string]string, notes []string) {
	doubts = map[string]string{}
	known := map[string]schemas.Fix{}
	for _, c := range latestClaims(in.Published) {
		if strings.HasPrefix(c.Source, actionSource) {
			known[c.FixID] = c
			continue
		}
		claims = append(claims, c)
	}
	incidents := map[string]IncidentRow{}
	for _, i := range in.Records.Incidents {
		incidents[i.IncidentID] = i
	}
	services := map[string][]string{}
	for _, s := range in.Records.Services {
		services[s.IncidentID] = append(services[s.IncidentID], s.Service)
	}
	for _, a := range in.Actions {
		if strings.TrimSpace(a.SuccessCondition) == "" || !strings.EqualFold(a.Status, "done") {
			continue
		}
		i := incidents[a.IncidentID]
		name := fmt.Sprintf("%s%d of %s", actionSource, a.Seq, clip(a.IncidentID, 60))
		at, doubt := doneAt(a, i, in.Now)
		r, why := matchAction(a, i, serviceList(append(services[a.IncidentID], i.Service)...), in)
		id := stableID("F", "action", a.IncidentID, strconv.FormatInt(a.Seq, 10))
		c := known[id] // carries the last verdict
		switch {
		case why == "" && c.RecurrenceID != "":
			doubt = joinLines(doubt, "its condition was matched on an earlier night")
		case why == "":
			notes = append(notes, fmt.Sprintf("The success condition of %s (%s) matches no recurrence: whether it holds is not checked", name, clip(a.SuccessCondition, 80)))
			continue
		case at.IsZero():
			notes = append(notes, fmt.Sprintf("%s is done, but neither its date nor that of its incident is recorded: whether it holds is not checked", name))
			continue
		default:
			doubt = joinLines(doubt, "its success condition was matched by "+why)
			c.RecurrenceID = r.RecurrenceID
		}
		c.FixID, c.FixedTS, c.What, c.Source = id, schemas.Micros(at), a.Text, name
		doubts[id] = doubt
		claims = append(claims, c)
	}
	sort.SliceStable(claims, func(a, b int) bool { return claims[a].FixID < claims[b].FixID })
	return claims, doubts, notes
}

// doneAt is when a follow-up was done: as stated, else as well as the record
// tells: its due date, else the end of its incident.
func doneAt(a IncidentActionRow, i IncidentRow, now time.Time) (time.Time, string) {
	if !a.DoneTS.IsZero() {
		return a.DoneTS, ""
	}
	if !a.DueTS.IsZero() && (now.IsZero() || !a.DueTS.After(now)) {
		return a.DueTS, "when it was done is not recorded: its due date was taken"
	}
	for _, t := range []time.Time{i.ResolvedTS, i.MitigatedTS, incidentStart(i)} {
		if !t.IsZero() {
			return t, "when it was done is not recorded: the end of its incident was taken"
		}
	}
	return time.Time{}, ""
}

var (
	recurrenceName = regexp.MustCompile(`\bR-[0-9a-f]{8}\b`)
	signatureName  = regexp.MustCompile(`\bS-[0-9a-f]{12}\b`)
	clockName      = regexp.MustCompile(`\b([01]?\d|2[0-3])[:.]([0-5]\d)\b`)
)

// matchAction finds the recurrence that a success condition is about: by its
// id, its signature, its window and service, its words, or because the
// incident is one of its occasions. why is "" where there is none.
func matchAction(a IncidentActionRow, i IncidentRow, services []string, in ClaimInput) (r schemas.Recurrence, why string) {
	text := a.SuccessCondition + "\n" + a.Text
	best := 0
	for _, x := range in.Recurrences {
		if !isClaim(x.Status) {
			continue
		}
		score, by := 0, ""
		switch {
		case contains(recurrenceName.FindAllString(text, -1), x.RecurrenceID):
			score, by = 50, "its id"
		case contains(signatureName.FindAllString(text, -1), x.SubjectID):
			score, by = 40, "its signature"
		case speaksOf(text, services, x) && namesWindow(text, x):
			score, by = 30, "service and time of day"
		case speaksOf(text, services, x) && sharesWords(text, x.Template):
			score, by = 20, "service and words"
		}
		if score == 0 {
			if one, ok := recurring([]schemas.Recurrence{x}, in.Zone, services, incidentStart(i)); ok && len(services) > 0 && !incidentStart(i).IsZero() {
				score, by = 10, "its incident, an occasion of "+one.RecurrenceID
			}
		}
		if score > 0 && x.IsLead != nil && *x.IsLead {
			score++
		}
		if score > best || score == best && score > 0 && x.RecurrenceID < r.RecurrenceID {
			best, r, why = score, x, by
		}
	}
	return r, why
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// speaksOf says whether a text, or else its incident, concerns a service in
// which the recurrence is seen.
func speaksOf(text string, services []string, r schemas.Recurrence) bool {
	low := strings.ToLower(text)
	for _, s := range serviceList(append(seenIn(r.SeenIn), r.Service, r.FirstService)...) {
		if strings.Contains(low, strings.ToLower(s)) || contains(services, s) {
			return true
		}
	}
	return false
}

// namesWindow says whether a text names a time of day in the recurrence's
// window, give or take the slack of a record.
func namesWindow(text string, r schemas.Recurrence) bool {
	from, to, ok := parseWindow(r.WindowStart, r.WindowEnd)
	if !ok {
		return false
	}
	slack := int(recurringSlack / time.Minute)
	for _, m := range clockName.FindAllStringSubmatch(text, -1) {
		h, _ := strconv.Atoi(m[1])
		mm, _ := strconv.Atoi(m[2])
		for _, at := range []int{h*60 + mm, h*60 + mm + recDayMin} {
			if at >= from-slack && at <= to+slack {
				return true
			}
		}
	}
	return false
}

// sharesWords says whether a text has at least two, and sixty in a hundred, of
// the words of a template.
func sharesWords(text, template string) bool {
	low := " " + strings.Join(wordsOf(text), " ") + " "
	found, all := 0, 0
	for _, w := range wordsOf(template) {
		all++
		if strings.Contains(low, " "+w+" ") {
			found++
		}
	}
	return found >= 2 && 10*found >= 6*all
}

// wordsOf are the words of three letters and more, in lower case.
func wordsOf(s string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return (r < 'a' || r > 'z') && r < 128 }) {
		if len(w) >= 3 {
			out = append(out, w)
		}
	}
	return out
}
