package finding

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// recClock writes minutes of a day as HH:MM; minutes past midnight wrap, but
// the end of the day itself is 24:00.
func recClock(m int) string {
	if m == recDayMin {
		return "24:00"
	}
	m = (m%recDayMin + recDayMin) % recDayMin
	return fmt.Sprintf("%02d:%02d", m/60, m%60)
}

func recCount(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// recSeconds says a short duration: "41 s", "12 min", "1 h 05 min".
func recSeconds(s float64) string {
	switch r := int(math.Round(s)); {
	case r < 120:
		return strconv.Itoa(r) + " s"
	case r < 7200:
		return strconv.Itoa((r+30)/60) + " min"
	default:
		return fmt.Sprintf("%d h %02d min", r/3600, r%3600/60)
	}
}

// minutesOf says the length of a period.
func minutesOf(m int) string {
	switch {
	case m%60 == 0 && m > 60:
		return strconv.Itoa(m/60) + " hours"
	case m == 60:
		return "hour"
	case m > 60:
		return fmt.Sprintf("%d h %02d min", m/60, m%60)
	}
	return strconv.Itoa(m) + " min"
}

// storedKind is the kind as stored: helpers of the search are folded in.
func (st *recStory) storedKind() string {
	if st.kind == kindAnyHour {
		return kindWeekday
	}
	return st.kind
}

// label says when, without the window: "every Monday", "every 45 min".
func (st *recStory) label() string {
	if st.gather != nil {
		return st.gatherLabel()
	}
	switch st.kind {
	case kindHourly, kindPeriod:
		return "every " + minutesOf(int(st.period))
	case kindInterval:
		return "every " + minutesOf(int(math.Round(st.period)))
	case kindAnyHour:
		return classLabel(st.kind, st.arg) + " at no fixed hour"
	}
	return classLabel(st.kind, st.arg)
}

// cron gives the cron line that says the same, or "" where there is none:
// timers that drift and calendars that cron cannot say.
func (st *recStory) cron() string {
	if st.gather != nil {
		return ""
	}
	h, m := st.start/60%24, (st.start%60+60)%60
	if st.start < 0 {
		h = (st.start + recDayMin) / 60 % 24
	}
	switch st.kind {
	case kindDaily:
		return fmt.Sprintf("%d %d * * *", m, h)
	case kindWeekdays:
		return fmt.Sprintf("%d %d * * %s", m, h, cronDays(st.arg, "1-5"))
	case kindWeekend:
		return fmt.Sprintf("%d %d * * %s", m, h, cronDays(st.arg, "6,0"))
	case kindWeekday:
		return fmt.Sprintf("%d %d * * %d", m, h, st.arg%7)
	case kindMonthDay:
		return fmt.Sprintf("%d %d %d * *", m, h, st.arg)
	case kindHourly:
		return fmt.Sprintf("%d * * * *", st.start)
	case kindPeriod:
		switch p := int(st.period); {
		case 60%p == 0:
			return fmt.Sprintf("%d-59/%d * * * *", st.start, p)
		case p%60 == 0:
			return fmt.Sprintf("%d %d-23/%d * * *", st.start%60, st.start/60, p/60)
		}
	}
	return ""
}

// cronDays writes a run of weekdays as cron does, Sunday 0; usual where the
// run is the usual one.
func cronDays(run int, usual string) string {
	switch run {
	case 0:
		return usual
	case sundayToThursday:
		return "0-4"
	case saturdayToWednesday:
		return "6,0-3"
	case mondayToSaturday:
		return "1-6"
	}
	return "5,6" // Friday and Saturday
}

// when says the label with its window: "every day between 17:00 and 19:00
// (Europe/Berlin)".
func (st *recStory) when() string {
	zone := st.frame.zone.String()
	switch st.kind {
	case kindHourly:
		return fmt.Sprintf("every hour at minute %02d", st.start)
	case kindPeriod:
		p := int(st.period)
		if p < 60 {
			return fmt.Sprintf("every %s on the clock, from minute %02d of the hour", minutesOf(p), st.start)
		}
		return fmt.Sprintf("every %s on the clock, from %s (%s)", minutesOf(p), recClock(st.start), zone)
	case kindInterval:
		if st.drift() != 0 {
			return st.label() + ", not at a fixed time of day"
		}
		return st.label() + " by a timer that is not on the clock"
	case kindAnyHour:
		return st.label() + " (" + zone + ")"
	}
	return fmt.Sprintf("%s between %s and %s (%s)", st.label(), recClock(st.start), recClock(st.end), zone)
}

// recPercent writes a share: 8 %, 0.2 %.
func recPercent(x float64) string {
	switch p := 100 * x; {
	case p >= 9.95 || p == 0:
		return fmt.Sprintf("%.0f %%", p)
	case p >= 0.1:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", p), ".0") + " %"
	}
	return "under 0.1 %"
}

// who names the subject: checkout "payment timed out", or incidents.
func (st *recStory) who() string {
	s := st.sub
	switch s.kind {
	case subjectIncident:
		if s.template != "" {
			return strings.TrimPrefix(s.service+" incident “"+recClip(s.template)+"” recurs", " ")
		}
		if s.service == "" {
			return "incidents begin"
		}
		return "incidents of " + s.service + " begin"
	case subjectService:
		return recService(s.service) + " fails"
	case subjectErrorType:
		return recService(s.service) + " fails with " + recClip(s.id)
	}
	if s.template == "" {
		return recService(s.service) + " logs " + s.id
	}
	return recService(s.service) + " logs “" + recClip(s.template) + "”"
}

func recService(s string) string {
	if s == "" {
		return "an unnamed service"
	}
	return s
}

// recClip keeps a template short enough for a sentence.
func recClip(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 72 {
		return string(r[:71]) + "…"
	}
	return s
}

// unit is what exposures are counted in.
func (st *recStory) unit() string {
	switch st.kind {
	case kindDaily:
		return "observed days"
	case kindWeekdays, kindWeekend:
		if st.arg != 0 {
			return "observed days of them"
		}
		if st.kind == kindWeekdays {
			return "observed weekdays"
		}
		return "observed weekend days"
	case kindWeekday, kindAnyHour:
		return "observed " + dowNames[st.arg] + "s"
	case kindHourly, kindPeriod:
		return "observed cycles"
	case kindInterval:
		if st.drift() != 0 {
			return "observed cycles"
		}
		return "intervals"
	}
	return "observed occasions"
}

// sentence says the recurrence in plain words; errsFirst names the service
// whose errors precede the subject's, "" for none.
func (st *recStory) sentence(errsFirst string) string {
	if st.gather != nil {
		return st.gatherSentence()
	}
	var b strings.Builder
	share := float64(st.hits) / math.Max(1, float64(st.exposed))
	fmt.Fprintf(&b, "%s %s: ", st.who(), st.when())
	if m := st.job; m != nil && m.skips > 0 && m.runs+m.skips == st.exposed {
		fmt.Fprintf(&b, "%d of %d %s %s ran, %d of %d it did not; expected by chance %s",
			m.runHits, m.runs, st.unit(), m.name(), m.skipHits, m.skips, recPercent(st.expected))
	} else {
		fmt.Fprintf(&b, "%d of %d %s (%s; expected by chance %s)",
			st.hits, st.exposed, st.unit(), recPercent(share), recPercent(st.expected))
	}
	if errsFirst != "" {
		fmt.Fprintf(&b, "; %s errs first", errsFirst)
	}
	if m := st.job; m != nil {
		fmt.Fprintf(&b, "; follows %s, which %s at %s", m.name(), m.beginsOrEnds(), recClock(int(math.Round(m.clock))))
	}
	if !st.since[0].IsZero() {
		fmt.Fprintf(&b, "; since %s", st.since[0].In(st.frame.zone).Format("2 January 2006"))
	}
	if !st.until.IsZero() {
		fmt.Fprintf(&b, "; until %s", st.until.In(st.frame.zone).Format("2 January 2006"))
	}
	return b.String() + "."
}

// frameWords says what is known of the zone.
func (st *recStory) frameWords(until time.Time) string {
	span := st.sub.load.span
	if span.changes || st.gather != nil || st.kind == kindInterval || st.period > 0 && st.period <= 60 {
		return ""
	}
	_, off := until.In(span.frames[0].zone).Zone()
	if off == 0 {
		return ""
	}
	return fmt.Sprintf("no clock change in the span: local time = UTC%+d:%02d, the two cannot be told apart yet", off/3600, recAbs(off)%3600/60)
}

func recAbs(x int) int {
	if x < 0 {
		return -x
	}
	return x
}

// recurrenceID is a short hash of what a recurrence is about.
func recurrenceID(parts ...string) string {
	h := sha256.Sum256([]byte(strings.Join(parts, "\x1f")))
	return "R-" + hex.EncodeToString(h[:4])
}

// ownID is the id of a story that no earlier night knows.
func (st *recStory) ownID() string {
	hour := (st.start + 30 + recDayMin) / 60 % 24
	if st.period > 0 {
		hour = 0
	}
	return recurrenceID(st.sub.kind, st.sub.id, st.sub.service, st.label(), strconv.Itoa(hour))
}
