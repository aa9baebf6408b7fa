package intake

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// wallStamp is a stamp as written: a date, a clock or both, and what was said
// about the zone. It is no instant until a zone is decided.
type wallStamp struct {
	year, month, day    int // year 0: not written
	hour, min, sec, ns  int
	hasDate, hasClock   bool
	hasSeconds, isAbout bool
	zone                string // as written, "" when none
}

const monthNames = `jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?`

var (
	stampLead    = regexp.MustCompile(`(?i)^[\s\[(*_~>` + "`" + `]*(?:(?:ca\.?|c\.|circa|approx\.?(?:imately)?|about|around|at|on)\s+)*[~\[(*]*`)
	stampWeekday = regexp.MustCompile(`(?i)^(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?[,.]?\s+`)
	stampYMD     = regexp.MustCompile(`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:\D|$)`)
	stampCompact = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})(?:T|\s|$)`)
	stampDMY     = regexp.MustCompile(`(?i)^(\d{1,2})(?:st|nd|rd|th)?(?:\.?[ \t]+(?:of[ \t]+)?|[-/])(` + monthNames + `)\b\.?(?:,?[ \t]+(\d{4})\b|[-/](\d{4}|\d{2})\b)?`)
	stampMDY     = regexp.MustCompile(`(?i)^(` + monthNames + `)\.?[ \t]+(\d{1,2})(?:st|nd|rd|th)?\b(?:,?[ \t]+(\d{4})\b)?`)
	stampClock   = regexp.MustCompile(`(?i)^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:\s*([ap])\.?m\b\.?)?`)
	stampHour    = regexp.MustCompile(`(?i)^(\d{1,2})\s*([ap])\.?m\b\.?`)
	stampYear    = regexp.MustCompile(`^\s+(\d{4})\b`)
	stampOffset  = regexp.MustCompile(`^\s*([+-]\d{2}:?\d{2}|[+-]\d{2})(?:\D|$)`)
	stampUTCOff  = regexp.MustCompile(`(?i)^\s*\(?((?:UTC|GMT)\s?[+-]\s?\d{1,2}(?::?\d{2})?)\b\)?`)
	stampLetters = regexp.MustCompile(`^\s*\(?([A-Z]{1,5}|[A-Z][a-z]+/[A-Z][A-Za-z_]+)\b\)?`)
	stampSep     = regexp.MustCompile(`^(?:[T:]|,?\s*(?:at|@|-|\|)?\s*(?:(?:ca\.?|circa|about|around|approx\.?)\s*|~\s*)?)`)
)

// scanStamp reads a stamp at the start of s and gives the rest. In prose
// (strict false) an unknown word after the clock is text, not a zone, and
// "13:30-13:45" is a range, not an offset.
func scanStamp(s string, strict bool) (w wallStamp, rest string, ok bool) {
	lead := stampLead.FindString(s)
	w.isAbout = strings.ContainsAny(lead, "~") || strings.ContainsAny(strings.ToLower(lead), "cpbu")
	s = s[len(lead):]
	s = s[len(stampWeekday.FindString(s)):]
	after, okDate := w.scanDate(s)
	if okDate {
		sep := stampSep.FindString(after)
		if rest, okClock := w.scanClock(after[len(sep):]); okClock {
			after = rest
			w.isAbout = w.isAbout || strings.ContainsAny(sep, "~cbpu")
			if m := stampYear.FindStringSubmatch(after); w.year == 0 && m != nil {
				w.year, _ = strconv.Atoi(m[1])
				after = after[len(m[0]):]
			}
		}
	} else if after, ok = w.scanClock(s); !ok {
		return w, s, false
	}
	if w.hasClock {
		after = w.scanZone(after, strict)
	}
	if !w.valid() {
		return w, s, false
	}
	return w, after, true
}

func (w *wallStamp) scanDate(s string) (string, bool) {
	if m := stampYMD.FindStringSubmatch(s); m != nil {
		w.setDate(m[1], m[2], m[3])
		return s[len(m[1])+len(m[2])+len(m[3])+2:], true
	}
	if m := stampCompact.FindStringSubmatch(s); m != nil {
		w.setDate(m[1], m[2], m[3])
		return s[8:], true
	}
	if m := stampDMY.FindStringSubmatch(s); m != nil {
		w.setDate(m[3]+m[4], m[2], m[1])
		return s[len(m[0]):], true
	}
	if m := stampMDY.FindStringSubmatch(s); m != nil {
		w.setDate(m[3], m[1], m[2])
		return s[len(m[0]):], true
	}
	return s, false
}

func (w *wallStamp) setDate(y, m, d string) {
	w.hasDate = true
	w.year, _ = strconv.Atoi(y)
	if len(y) == 2 {
		w.year += 2000
	}
	w.day, _ = strconv.Atoi(d)
	if n, err := strconv.Atoi(m); err == nil {
		w.month = n
		return
	}
	for i := time.January; i <= time.December; i++ {
		if strings.EqualFold(i.String()[:3], m[:3]) {
			w.month = int(i)
		}
	}
}

func (w *wallStamp) scanClock(s string) (string, bool) {
	half := ""
	n := 0
	if m := stampClock.FindStringSubmatch(s); m != nil {
		w.hour, _ = strconv.Atoi(m[1])
		w.min, _ = strconv.Atoi(m[2])
		w.sec, _ = strconv.Atoi(m[3])
		w.ns, _ = strconv.Atoi((m[4] + "000000000")[:9])
		w.hasSeconds = m[3] != ""
		half, n = m[5], len(m[0])
	} else if m := stampHour.FindStringSubmatch(s); m != nil {
		w.hour, _ = strconv.Atoi(m[1])
		half, n = m[2], len(m[0])
	} else {
		return s, false
	}
	switch {
	case strings.EqualFold(half, "p") && w.hour < 12:
		w.hour += 12
	case strings.EqualFold(half, "a") && w.hour == 12:
		w.hour = 0
	}
	w.hasClock = true
	return s[n:], true
}

func (w *wallStamp) scanZone(s string, strict bool) string {
	trimmed := strings.TrimLeft(s, " ~")
	if m := stampUTCOff.FindStringSubmatch(trimmed); m != nil {
		w.zone = m[1]
		return trimmed[len(m[0]):]
	}
	if m := stampOffset.FindStringSubmatch(s); m != nil && (strict || w.hasSeconds && w.hasDate) {
		w.zone = m[1]
		return s[strings.Index(s, m[1])+len(m[1]):]
	}
	m := stampLetters.FindStringSubmatch(trimmed)
	if m == nil {
		return s
	}
	if _, known := findZone(m[1]); !known && !strict {
		return s
	}
	w.zone = m[1]
	s = trimmed[len(m[0]):]
	if m := stampUTCOff.FindStringSubmatch(s); m != nil { // "PST (UTC-7)": the offset is exact
		w.zone = m[1]
		s = s[len(m[0]):]
	}
	return s
}

func (w *wallStamp) valid() bool {
	if w.hour == 24 && w.min == 0 && w.sec == 0 && w.hasDate {
		w.hour, w.min, w.sec, w.ns = 23, 59, 59, 999999000
	}
	if w.sec == 60 {
		w.sec, w.ns = 59, 999999000
	}
	if w.hour > 23 || w.min > 59 || w.sec > 59 {
		return false
	}
	if !w.hasDate {
		return true
	}
	y := w.year
	if y == 0 {
		y = 2000
	} else if y < 1970 || y > 2200 {
		return false
	}
	d := time.Date(y, time.Month(w.month), w.day, 0, 0, 0, 0, time.UTC)
	return w.month >= 1 && w.month <= 12 && d.Day() == w.day
}

// instant places the wall stamp in a zone. An ambiguous local time takes its
// first occurrence; one that the clock change skips is shifted and noted.
func (w wallStamp) instant(loc *time.Location) (t time.Time, note string) {
	t = time.Date(w.year, time.Month(w.month), w.day, w.hour, w.min, w.sec, w.ns, loc)
	if t.Hour() != w.hour || t.Minute() != w.min {
		return t, "a local time that the clock change skipped was shifted"
	}
	for _, back := range [...]time.Duration{time.Hour, 30 * time.Minute} {
		if e := t.Add(-back); e.Hour() == w.hour && e.Minute() == w.min && e.Day() == w.day {
			return e, "an ambiguous local time was read as its first occurrence"
		}
	}
	return t, ""
}

// stampRule is how the stamps of one source are read.
type stampRule struct {
	zone   *time.Location // of stamps that state none
	stated bool           // the source itself names the zone
	utc    bool           // the format's own rule says that such stamps are UTC
	count  *clock         // counts stamps with and without a zone; nil: nobody asks
}

// zoneNamed reads a zone as written; an abbreviation that the table refuses as
// ambiguous is known where the source's own zone uses it.
func (r stampRule) zoneNamed(name string) (stampZone, bool) {
	z, ok := findZone(name)
	if ok || r.zone == nil || len(name) < 3 {
		return z, ok
	}
	up := strings.ToUpper(name)
	for month := time.January; month <= time.December; month++ {
		n, off := time.Date(2020, month, 15, 0, 0, 0, 0, r.zone).Zone()
		if n == up {
			return stampZone{time.FixedZone(up, off), up, stampSeasons[up]}, true
		}
	}
	return z, false
}

// place decides the zone of w: its own, else the given default.
func (r stampRule) place(w wallStamp, dflt stampZone) (t time.Time, note string, err error) {
	z := dflt
	if w.zone != "" {
		var ok bool
		if z, ok = r.zoneNamed(w.zone); !ok {
			return t, "", fmt.Errorf("unknown zone %q: set tz of the source or write an offset", w.zone)
		}
	}
	if r.count != nil && (z.loc != nil || r.utc) {
		r.count.stamped++
	} else if r.count != nil {
		r.count.local++
	}
	if z.loc == nil {
		t, note = w.instant(r.zone)
		return t, note, nil
	}
	t, note = w.instant(z.loc)
	if z.offSeason(t) {
		if lt, _ := w.instant(r.zone); r.stated && sameRegion(r.zone, z, t) {
			return lt, z.abbr + " is not in force on that day: read in the source's zone " + r.zone.String(), nil
		}
		note = z.abbr + " is not in force on that day: read as written, it may be an hour off"
	}
	return t, note, nil
}

// sameRegion says whether loc uses the abbreviation's offset in the other
// half of the year, so that the source's own clock was meant.
func sameRegion(loc *time.Location, z stampZone, t time.Time) bool {
	for month := time.January; month <= time.December; month++ {
		name, off := time.Date(t.Year(), month, 15, 0, 0, 0, 0, time.UTC).In(loc).Zone()
		if _, said := t.In(z.loc).Zone(); off == said && name == z.abbr {
			return true
		}
	}
	return false
}

// parseStamp reads the whole of s as an instant: epoch numbers (unit by
// magnitude), the fixed ISO and month-name forms, or the layout given. An
// all-numeric "6/7/2005" is refused without a layout: nobody can know which
// is the month. Absent values ("", null, "-", "N/A", year 1) give the zero time.
func (r stampRule) parseStamp(s, layout string) (t time.Time, note string, err error) {
	s = strings.TrimSpace(s)
	if isAbsent(s) || s == "0" || strings.HasPrefix(s, "0001-01-01T00:00:00") {
		return t, "", nil
	}
	if layout != "" {
		return r.parseLayout(s, layout)
	}
	if t, ok := epochStamp(s); ok {
		if r.count != nil {
			r.count.stamped++
		}
		return t, "", nil
	}
	w, rest, ok := scanStamp(s, true)
	if !ok || strings.TrimSpace(rest) != "" || !w.hasDate || w.year == 0 {
		return t, "", errors.New("unreadable time" + layoutHint(s))
	}
	if t, note, err = r.place(w, stampZone{}); err != nil {
		return t, "", err
	}
	if !w.hasClock {
		note = "known to the day only"
	}
	return t, note, nil
}

func (r stampRule) parseLayout(s, layout string) (time.Time, string, error) {
	t, err := time.Parse(layout, s)
	if err != nil {
		return t, "", fmt.Errorf("time does not fit layout %q", layout)
	}
	if strings.Contains(layout, "Z07") || strings.Contains(layout, "-07") {
		if r.count != nil {
			r.count.stamped++
		}
		return t.UTC(), "", nil
	}
	w := wallStamp{
		year: t.Year(), month: int(t.Month()), day: t.Day(), hour: t.Hour(), min: t.Minute(),
		sec: t.Second(), ns: t.Nanosecond(), hasDate: true, hasClock: true,
	}
	if strings.Contains(layout, "MST") { // time.Parse would read it as offset 0
		w.zone = t.Location().String()
	}
	if !w.valid() {
		return t, "", errors.New("time out of range")
	}
	return r.place(w, stampZone{})
}

// layoutHint tells what to do about "6/21/2005 10:54".
func layoutHint(s string) string {
	if a, b, ok := strings.Cut(s, "/"); ok && isDigits(a) && len(a) <= 2 && strings.Contains(b, "/") {
		return `: state the field's layout, such as "1/2/2006 15:04"`
	}
	return ""
}

// epochStamp reads a number of seconds, milli-, micro- or nanoseconds since
// 1970, told apart by magnitude; before 1980 or after 2200 it is no stamp.
func epochStamp(s string) (time.Time, bool) {
	whole, frac, _ := strings.Cut(s, ".")
	if !isDigits(whole) || len(whole) < 9 || len(whole) > 19 || (frac != "" && !isDigits(frac)) {
		return time.Time{}, false
	}
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return time.Time{}, false
	}
	var t time.Time
	switch {
	case n >= 1e17:
		t = time.Unix(0, n)
	case n >= 1e14:
		t = time.UnixMicro(n)
	case n >= 1e11:
		t = time.UnixMilli(n)
	default:
		us, _ := strconv.ParseInt((frac + "000000")[:6], 10, 64)
		t = time.Unix(n, us*1000)
	}
	return t.UTC(), t.Year() >= 1980 && t.Year() <= 2200
}

func isDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// isAbsent says whether a value is one of the usual ways to say "nothing".
func isAbsent(s string) bool {
	switch strings.ToLower(strings.Trim(s, " .*_`")) {
	case "", "null", "nil", "none", "n/a", "na", "-", "--", "—", "?", "??", "tbd", "unknown", "nan", "undefined":
		return true
	}
	return false
}

// cut shortens s to at most n bytes at a rune border.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n]
}
