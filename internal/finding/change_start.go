package finding

import (
	"regexp"
	"strings"
	"time"
)

// IncidentEventRow is a row of detect/incident_event_list.
type IncidentEventRow struct {
	IncidentID string    `db:"incident_id"`
	Seq        int64     `db:"seq"`
	TS         time.Time `db:"ts"`
	Text       string    `db:"text"`
}

// openingReach bounds how long the changes that open a timeline may take.
const openingReach = 24 * time.Hour

var (
	tellsChange  = regexp.MustCompile(`(?i)\b(deploy(s|ed|ing|ment)?|merg(e|es|ed|ing)|upgrad(e|ed|ing)|releas(e|es|ed|ing)|roll(s|ed|ing)?[ -]?out|ship(s|ped)?|applied|migrat(e|ed|ion)|config(uration)? change|switched|enabled)\b`)
	tellsFailure = regexp.MustCompile(`(?i)(\bfail|\berror|\bdown\b|\boutage|\bunreachable|\bunavailable|\bunresponsive|\bnot respond|\bslow\b|\btime[sd]? ?out|\bcrash|\bbroke|\bdegrad|\balert|\bpage[dr]\b|\bdrop(s|ped)?\b|\breported\b|\bcomplain|\b[45]\d\d\b|\bout of (memory|disk|space)|\bfull\b|\bstuck\b|\bspike)`)
)

// openedByChange is, for an incident whose start is but the first entry of its
// timeline, the first entry that is not plainly about a change being made:
// timelines often begin with the deploy. Only an entry's first sentence
// counts. Zero where the first entry is no change.
func openedByChange(entries []IncidentEventRow, start time.Time) time.Time {
	for _, e := range entries {
		if e.TS.Before(start) || e.TS.Sub(start) > openingReach {
			continue
		}
		s := firstSentence(e.Text)
		if tellsChange.MatchString(s) && !tellsFailure.MatchString(s) {
			continue
		}
		if e.TS.After(start) {
			return e.TS
		}
		return time.Time{}
	}
	return time.Time{}
}

// firstSentence is a text up to its first full stop, exclamation mark or empty
// line.
func firstSentence(s string) string {
	end := len(s)
	for _, mark := range []string{". ", "! ", ".\n", "!\n", "\n\n"} {
		if i := strings.Index(s, mark); i >= 0 && i < end {
			end = i
		}
	}
	return s[:end]
}
