package render

import (
	"bytes"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"almanac/schemas"
)

// ICS gives the occasions due after AsOf as an iCalendar file (RFC 5545), one
// event per occasion of a recurrence that tells its story. Instants are UTC;
// DTSTAMP is AsOf, so that equal facts give equal bytes.
func ICS(in Site) []byte {
	f := newFacts(&in)
	var c calendarFile
	c.line("BEGIN:VCALENDAR")
	c.line("VERSION:2.0")
	c.line("PRODID:-//almanac//forecasts//EN")
	c.text("X-WR-CALNAME", firstOf(in.Name, "almanac")+": recurrences due")
	for _, x := range f.forecasts {
		r, known := f.recurrence[x.RecurrenceID]
		if !known || isFollower(r) || x.DueTS == 0 {
			continue
		}
		end := x.DueEndTS
		if end <= x.DueTS {
			end = x.DueTS + int64(30*time.Minute/time.Microsecond)
		}
		title := r.Service + ": " + subject(r)
		if x.Probability != nil {
			title += " (" + percent(*x.Probability) + ")"
		}
		c.line("BEGIN:VEVENT")
		c.line("UID:" + slug(x.RecurrenceID, 24) + "-" + strconv.FormatInt(x.DueTS/1e6, 10) + "@almanac")
		c.line("DTSTAMP:" + icsTime(in.AsOf))
		c.line("DTSTART:" + icsTime(schemas.Time(x.DueTS)))
		c.line("DTEND:" + icsTime(schemas.Time(end)))
		c.text("SUMMARY", title)
		c.text("DESCRIPTION", r.Sentence)
		c.line("TRANSP:TRANSPARENT")
		c.line("END:VEVENT")
	}
	c.line("END:VCALENDAR")
	return c.out.Bytes()
}

func icsTime(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

type calendarFile struct{ out bytes.Buffer }

var icsEscape = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`)

// text writes a property whose value is text of others.
func (c *calendarFile) text(name, value string) {
	c.line(name + ":" + icsEscape.Replace(visible(strings.ToValidUTF8(value, "\uFFFD"))))
}

// line folds at 75 octets, between characters (RFC 5545, 3.1).
func (c *calendarFile) line(s string) {
	room := 75
	for len(s) > room {
		cut := room
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		c.out.WriteString(s[:cut] + "\r\n ")
		s, room = s[cut:], 74
	}
	c.out.WriteString(s + "\r\n")
}
