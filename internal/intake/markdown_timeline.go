package intake

import (
	"regexp"
	"strings"
	"time"

	"almanac/schemas"
)

// mdClock is what a report's times of day mean: the date that clocks without
// one belong to, and the zone of stamps that state none.
type mdClock struct {
	rule     stampRule
	zone     stampZone // stated by the report, loc nil: not stated
	date     time.Time // UTC midnight of the current date; zero: unknown
	last     int       // minutes of the last clock on that date, -1: none
	notes    []string
	assumed  bool      // a stamp was read in the source's zone
	placed   bool      // an entry has got its instant
	firstDay time.Time // date of an entry without clock before the first placed one
	unplaced int       // entries with a clock but no date
}

func (c *mdClock) note(s string) {
	for _, n := range c.notes {
		if n == s {
			return
		}
	}
	if s != "" {
		c.notes = append(c.notes, s)
	}
}

// rollGap is by how many minutes a clock must fall back to mean the next day;
// less is an entry out of order.
const rollGap = 4 * 60

// place gives the instant of a stamp in the run of the report's stamps; 0 when
// it has no clock or no date is known.
func (c *mdClock) place(w wallStamp) int64 {
	if w.hasDate {
		if w.year == 0 {
			if c.date.IsZero() {
				c.unplaced++
				return 0
			}
			w.year = nearestYear(c.date, w.month, w.day)
		}
		c.date = time.Date(w.year, time.Month(w.month), w.day, 0, 0, 0, 0, time.UTC)
		c.last = -1
	}
	if !w.hasClock {
		if !c.placed && c.firstDay.IsZero() {
			c.firstDay = c.date
		}
		return 0
	}
	if c.date.IsZero() {
		c.unplaced++
		return 0
	}
	minute := w.hour*60 + w.min
	if !w.hasDate && c.last >= 0 && minute < c.last {
		if c.last-minute >= rollGap {
			c.date = c.date.AddDate(0, 0, 1)
		} else {
			c.note("timeline entries out of order")
		}
	}
	c.last = minute
	w.year, w.month, w.day = c.date.Year(), int(c.date.Month()), c.date.Day()
	c.assumed = c.assumed || w.zone == "" && c.zone.loc == nil
	t, note, err := c.rule.place(w, c.zone)
	if err != nil {
		c.note(err.Error())
		return 0
	}
	c.note(note)
	c.placed = true
	return schemas.Micros(t)
}

// nearestYear gives a day and month without year the year that puts it
// closest to a known date.
func nearestYear(near time.Time, month, day int) int {
	best := near.Year()
	for _, y := range [...]int{near.Year() - 1, near.Year() + 1} {
		d := time.Date(y, time.Month(month), day, 0, 0, 0, 0, time.UTC).Sub(near).Abs()
		if d < time.Date(best, time.Month(month), day, 0, 0, 0, 0, time.UTC).Sub(near).Abs() {
			best = y
		}
	}
	return best
}

var (
	mdEventStatus = regexp.MustCompile(`(?i)^[\[(*_]*(investigating|identified|monitoring|detected|acknowledged|mitigated|resolved|update|started)[\])*_]*\s*(?::|\s[-–—]\s)[*_]*\s*`)
	mdEntryJoin   = regexp.MustCompile(`^[\s\])*_}|]*(?:[-–—:→>]+\s*|,\s+)?`)
	mdRangeEnd    = regexp.MustCompile(`^\s*(?:[-–—→]|to|until|till)+>?\s*`)
)

// entry reads "14:02 — text", "[2025-08-19 14:02] text" and the like.
func (c *mdClock) entry(s string) (schemas.IncidentEvent, bool) {
	w, rest, ok := scanStamp(s, false)
	if !ok || !w.hasClock && !w.hasDate {
		return schemas.IncidentEvent{}, false
	}
	if m := mdRangeEnd.FindString(rest); m != "" { // "13:30-13:45 text"
		if e, after, ok := scanStamp(rest[len(m):], false); ok && e.hasClock {
			rest = after
			if w.zone == "" {
				w.zone = e.zone
			}
		}
	}
	date := strings.TrimSpace(s[:len(s)-len(rest)])
	text := strings.TrimLeft(rest, " ")
	text = text[len(mdEntryJoin.FindString(text)):]
	ev := schemas.IncidentEvent{TS: c.place(w)}
	ev.Status, ev.Text = eventText(text)
	if ev.TS == 0 { // the day or clock as written is all that is known
		ev.Text = strings.TrimSpace(plainText(date) + " " + ev.Text)
	}
	return ev, true
}

// eventText takes a stated status off the front of an entry's text.
func eventText(s string) (status, text string) {
	if m := mdEventStatus.FindStringSubmatch(s); m != nil {
		status, s = strings.ToLower(m[1]), s[len(m[0]):]
	}
	return status, cut(plainText(s), maxText)
}

// timeline reads the entries of the sections of a report's timeline: headings
// that are stamps, table rows, list items, lines of code blocks and of text.
func (c *mdClock) timeline(sections []mdSection) []schemas.IncidentEvent {
	var out []schemas.IncidentEvent
	for i, s := range sections {
		if i > 0 && isStampLike(s.title) {
			if dateHeading(s.title) { // "### 2026-02-11" over its own entries
				w, _, _ := scanStamp(s.title, false)
				c.place(w)
				if under := append(c.tables(s), c.lines(s)...); len(under) > 0 {
					out = append(out, under...)
					continue
				}
			}
			if ev, ok := c.entry(s.title); ok {
				if body := plainLines(s.lines, maxText); body != "" {
					ev.Text = cut(strings.TrimSpace(ev.Text+"\n"+body), maxText)
				}
				out = append(out, ev)
				continue
			}
		}
		out = append(out, c.tables(s)...)
		out = append(out, c.lines(s)...)
	}
	return out
}

// tables reads rows whose stamp is in the first cell, or in the first two
// (date and time).
func (c *mdClock) tables(s mdSection) []schemas.IncidentEvent {
	var out []schemas.IncidentEvent
	for _, t := range tablesOf(s.lines) {
		zone := c.zone
		if z, ok := zoneInText(strings.Join(t.header, " ")); ok {
			c.zone = z
		}
		for _, row := range t.rows {
			if len(row) < 2 {
				continue
			}
			stamp, text := row[0], row[1:]
			if len(row) > 2 {
				if w, rest, ok := scanStamp(stamp+" "+row[1], false); ok && w.hasDate && w.hasClock && strings.TrimSpace(rest) == "" && !strings.Contains(row[0], ":") {
					stamp, text = stamp+" "+row[1], row[2:]
				}
			}
			w, rest, ok := scanStamp(stamp, false)
			if !ok { // kept as text: what happened is still known
				if plainText(stamp) != "" {
					c.note("a timeline row has an unreadable time")
				}
				if what := plainText(strings.Join(text, " — ")); what != "" {
					out = append(out, schemas.IncidentEvent{Text: cut(strings.TrimSpace(plainText(stamp)+" "+what), maxText)})
				}
				continue
			}
			if strings.TrimSpace(strings.Trim(rest, "~?*")) != "" {
				c.note("a timeline time has words beside it")
			}
			ev := schemas.IncidentEvent{TS: c.place(w)}
			ev.Status, ev.Text = eventText(strings.Join(text, " — "))
			if ev.TS == 0 {
				ev.Text = strings.TrimSpace(plainText(stamp) + " " + ev.Text)
			}
			out = append(out, ev)
		}
		c.zone = zone
	}
	return out
}

// lines reads list items, code lines and text lines that begin with a stamp;
// text after an entry belongs to it.
func (c *mdClock) lines(s mdSection) []schemas.IncidentEvent {
	var out []schemas.IncidentEvent
	for _, l := range s.lines {
		t := strings.TrimSpace(l.text)
		if t == "" || strings.HasPrefix(t, "|") {
			continue
		}
		bullet := mdBullet.FindStringSubmatch(l.text)
		if bullet != nil {
			t = bullet[2]
		}
		if w, _, ok := scanStamp(t, false); ok && (w.hasClock || w.hasDate && bullet != nil) {
			if !w.hasClock && dateAlone(t) {
				c.place(w) // "- 2025-08-19" over its own entries
				continue
			}
			if ev, ok := c.entry(t); ok {
				out = append(out, ev)
				continue
			}
		}
		if m := dateHeading(t); m && bullet == nil {
			if w, _, ok := scanStamp(t, false); ok {
				c.place(w)
				continue
			}
		}
		if len(out) > 0 && len(out[len(out)-1].Text) < maxText {
			last := &out[len(out)-1]
			last.Text = cut(strings.TrimSpace(last.Text+"\n"+plainText(t)), maxText)
		}
	}
	return out
}

func dateAlone(s string) bool {
	_, rest, _ := scanStamp(s, false)
	return strings.Trim(rest, " :*_-–—") == ""
}

// dateHeading tells "**2025-08-19**" and "Feb 21:" standing alone.
func dateHeading(s string) bool {
	w, _, ok := scanStamp(s, false)
	return ok && w.hasDate && !w.hasClock && dateAlone(s)
}

var mdZoneSentence = regexp.MustCompile(`(?i)\b(?:all\s+)?(?:times?(?:stamps?|zone)?|clock|dates?)\b([^.\n]{0,80})`)

// zoneInText finds the zone that a table header or a sentence such as "All
// times in PST (UTC-7)" states. The exact offset wins over the name.
func zoneInText(s string) (stampZone, bool) {
	for _, m := range mdZoneSentence.FindAllString(s, 4) {
		if off := regexpUTCOffset.FindString(m); off != "" {
			if z, ok := findZone(off); ok {
				return z, true
			}
		}
		for _, word := range strings.FieldsFunc(m, func(r rune) bool { return strings.ContainsRune(" ()[],;:*_|`", r) }) {
			if strings.ToUpper(word) == word && len(word) > 1 || strings.Contains(word, "/") || isRegionWord(word) {
				if z, ok := findZone(word); ok {
					return z, true
				}
			}
		}
	}
	return stampZone{}, false
}

var regexpUTCOffset = regexp.MustCompile(`(?i)\b(?:UTC|GMT)\s?[+-]\s?\d{1,2}(?::?\d{2})?\b`)

func isRegionWord(w string) bool {
	switch w {
	case "Pacific", "Eastern", "Central", "Mountain":
		return true
	}
	return false
}

var mdAllTimes = regexp.MustCompile(`(?i)\btimes?(?:stamps?)?\s+(?:are\s+|shown\s+|given\s+|listed\s+|below\s+)*(?:in|are)\s+\(?([A-Za-z{][\w/+{} -]{0,30})`)
