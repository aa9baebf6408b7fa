package render

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"almanac/schemas"
)

// stamp is an instant as a page shows it: wall clock of the site's zone with
// its offset, and the exact instant for machines.
type stamp struct {
	Text string // Mon 2 Nov 2026, 14:02:08 +01:00
	ISO  string // 2026-11-02T13:02:08Z
}

// when shows an instant; the zero time shows as "not recorded".
func (f *facts) when(t time.Time) stamp {
	if t.IsZero() {
		return stamp{Text: "not recorded"}
	}
	l := t.In(f.zone)
	clock := "15:04"
	if l.Second() != 0 || l.Nanosecond() != 0 {
		clock = "15:04:05"
	}
	return stamp{
		Text: l.Format("Mon 2 Jan 2006, " + clock + " -07:00"),
		ISO:  t.UTC().Format(time.RFC3339Nano),
	}
}

func (f *facts) whenMicros(us int64) stamp { return f.when(schemas.Time(us)) }

// day is a short date, "Mon 2 Nov"; "" for no instant.
func (f *facts) day(us int64) string {
	if us == 0 {
		return ""
	}
	return schemas.Time(us).In(f.zone).Format("Mon 2 Jan")
}

// clock is the wall clock of an instant, with seconds.
func (f *facts) clock(us int64) string {
	if us == 0 {
		return "–"
	}
	return schemas.Time(us).In(f.zone).Format("15:04:05")
}

// period is the week the review covers.
func (f *facts) period() string {
	to := f.site.AsOf.In(f.zone)
	from := to.AddDate(0, 0, -7)
	_, week := to.AddDate(0, 0, -1).ISOWeek()
	return fmt.Sprintf("%s – %s, week %d", from.Format("2 Jan"), to.Format("2 Jan 2006"), week)
}

// zoneNote says what the offset is and whether it changed while we looked.
func (f *facts) zoneNote() string {
	note := "times in " + f.zone.String() + ", UTC" + f.site.AsOf.In(f.zone).Format("-07:00")
	var days []string
	for _, d := range f.clockChanges() {
		days = append(days, d.In(f.zone).Format("Mon 2 Jan"))
	}
	if len(days) > 0 {
		note += "; the clock changed on " + strings.Join(days, " and ")
	}
	return note
}

// clockChanges are the instants between since and AsOf at which the site's
// offset changed.
func (f *facts) clockChanges() []time.Time {
	var out []time.Time
	t := f.site.since().In(f.zone)
	for t.Before(f.site.AsOf) {
		_, end := t.ZoneBounds()
		if end.IsZero() || end.After(f.site.AsOf) {
			break
		}
		out = append(out, end)
		t = end
	}
	return out
}

// isClockChange says whether a local date has more or fewer than 24 hours.
func (f *facts) isClockChange(date string) bool {
	d, err := time.ParseInLocation("2006-01-02", date, f.zone)
	return err == nil && d.AddDate(0, 0, 1).Sub(d) != 24*time.Hour
}

// localDates are the local dates from since to AsOf, in order, at most n of
// the latest.
func (f *facts) localDates(n int) []string {
	from := f.site.since().In(f.zone)
	d := time.Date(from.Year(), from.Month(), from.Day(), 12, 0, 0, 0, f.zone)
	end := f.site.AsOf.Add(-time.Nanosecond).In(f.zone)
	if limit := end.AddDate(0, 0, 1-n); d.Before(limit) {
		d = time.Date(limit.Year(), limit.Month(), limit.Day(), 12, 0, 0, 0, f.zone)
	}
	var out []string
	last := end.Format("2006-01-02")
	for ; ; d = d.AddDate(0, 0, 1) {
		s := d.Format("2006-01-02")
		if s > last {
			return out
		}
		out = append(out, s)
	}
}

// duration says a length of time with its two largest units: "13 d 22 h",
// "9 min 57 s", "40 s". Negative lengths keep their sign.
func duration(s float64) string {
	if math.IsNaN(s) || math.IsInf(s, 0) || math.Abs(s) > 1e11 {
		return "unknown"
	}
	if s < 0 {
		return "−" + duration(-s)
	}
	if s < 1 && s > 0 {
		return strconv.FormatFloat(s*1000, 'f', 0, 64) + " ms"
	}
	n := int64(math.Round(s))
	units := []struct {
		size int64
		name string
	}{{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}}
	for i, u := range units {
		if n < u.size {
			continue
		}
		text := fmt.Sprintf("%d %s", n/u.size, u.name)
		if i+1 < len(units) {
			if rest := n % u.size / units[i+1].size; rest > 0 {
				text += fmt.Sprintf(" %d %s", rest, units[i+1].name)
			}
		}
		return text
	}
	return "0 s"
}

// between is the length from a to b in microseconds, "" when either is
// unknown.
func between(a, b int64) string {
	if a == 0 || b == 0 {
		return ""
	}
	return duration(float64(b-a) / 1e6)
}

// count groups digits: 12,345.
func count(n int64) string {
	s := strconv.FormatInt(n, 10)
	neg := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(s, "-")
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	if neg {
		return "−" + s
	}
	return s
}

// percent is a share as "42 %"; small shares keep one digit.
func percent(p float64) string {
	switch {
	case math.IsNaN(p) || math.IsInf(p, 0):
		return "unknown"
	case p > 0 && p < 0.001:
		return "< 0.1 %"
	case p > 0 && p < 0.1:
		return strconv.FormatFloat(p*100, 'f', 1, 64) + " %"
	}
	return strconv.FormatFloat(p*100, 'f', 0, 64) + " %"
}
