package intake

import (
	"fmt"
	"time"
)

// clock turns the stamps of one file into UTC microseconds. Layouts are fixed
// and read by hand: a layout that is not known is refused, never guessed.
type clock struct {
	zone *time.Location
	year *YearGuess
	unit epochUnit // of epoch numbers, decided by the first one
	// What slashed dates of the file have shown of their order: by AM or PM, or
	// by a number beyond 12. Where they show both, neither counts.
	monthFirst, dayFirst bool

	stamped, local int64 // stamps that carried a zone, and those that did not
	repeated       int64 // wall times that occur twice: the first is taken
	missing        int64 // wall times that do not exist: shifted
	oddAt          int64 // the first repeated or missing one
	wrapped        int64 // stamps without a zone that were read by the wrapper around them
	inside         []*clock

	// The minute last seen: logs stay in one for many lines.
	key     [16]byte
	wall    int64 // of the minute, as if in UTC
	base    int64 // of the minute, UTC, read in zone
	hasBase bool
	hasKey  bool
}

func newClock(zone *time.Location, year *YearGuess) *clock {
	if zone == nil {
		zone = time.UTC
	}
	return &clock{zone: zone, year: year}
}

// stamp is a wall time as written, with what it said about its zone.
type stamp struct {
	year, month, day, hour, min, sec int
	micro                            int
	n                                int    // bytes used
	hasZone                          bool   // offset is stated
	offset                           int    // seconds east of UTC
	abbr                             string // zone abbreviation as written, aliasing the line
}

// resolve gives the instant of a stamp, or the reason why there is none.
func (c *clock) resolve(s *stamp) (int64, string) {
	if s.month < 1 || s.month > 12 || s.day < 1 || s.day > daysIn(s.year, s.month) || s.hour > 23 || s.min > 59 || s.sec > 60 {
		return 0, "time stamp is not a possible time"
	}
	if s.sec == 60 { // a leap second: the last millisecond before it
		s.sec, s.micro = 59, 999000
	}
	wall := (daysFromCivil(s.year, s.month, s.day)*86400+int64(s.hour*3600+s.min*60+s.sec))*1e6 + int64(s.micro)
	switch {
	case s.hasZone:
		c.stamped++
		return wall - int64(s.offset)*1e6, ""
	case s.abbr != "":
		off, reason := c.abbreviation(s.abbr, wall)
		if reason != "" {
			return 0, reason
		}
		c.stamped++
		return wall - int64(off)*1e6, ""
	}
	c.local++
	minute := wall - mod(wall, 60e6)
	if !c.hasBase || minute != c.wall {
		c.wall, c.base, c.hasBase, c.hasKey = minute, c.toUTC(minute), true, false
	}
	return c.base + wall - minute, ""
}

// toUTC reads a wall time (micros as if in UTC) in the clock's zone. Of two
// instants with this wall time it takes the first; a wall time that the clock
// skipped is shifted by the skipped span.
func (c *clock) toUTC(wall int64) int64 {
	if c.zone == time.UTC {
		return wall
	}
	before, after := c.offsetAt(wall-dayMicros), c.offsetAt(wall+dayMicros)
	a, b := wall-before, wall-after
	okA, okB := c.offsetAt(a) == before, c.offsetAt(b) == after
	switch {
	case okA && okB && a != b:
		c.odd(&c.repeated, min(a, b))
		return min(a, b)
	case okA:
		return a
	case okB:
		return b
	}
	c.odd(&c.missing, a)
	return a
}

func (c *clock) odd(n *int64, at int64) {
	if c.repeated+c.missing == 0 {
		c.oddAt = at
	}
	*n++
}

// offsetAt gives the zone's offset at an instant, both in micros.
func (c *clock) offsetAt(us int64) int64 {
	_, off := time.UnixMicro(us).In(c.zone).Zone()
	return int64(off) * 1e6
}

// gather adds what the clocks inside wrappers have seen.
func (c *clock) gather() {
	for _, in := range c.inside {
		if c.repeated+c.missing == 0 {
			c.oddAt = in.oddAt
		}
		c.stamped += in.stamped
		c.local += in.local
		c.repeated += in.repeated
		c.missing += in.missing
		c.wrapped += in.wrapped
	}
	c.inside = nil
}

// warnings says what was doubtful about the clock of the file.
func (c *clock) warnings() []string {
	var out []string
	c.gather()
	at := time.UnixMicro(c.oddAt).In(c.zone).Format("2006-01-02")
	if c.repeated > 0 {
		out = append(out, fmt.Sprintf("clocks went back on %s in %s: %d minutes occur twice and were read as the first", at, c.zone, c.repeated))
	}
	if c.missing > 0 {
		out = append(out, fmt.Sprintf("clocks went forward on %s in %s: %d minutes do not exist and were shifted", at, c.zone, c.missing))
	}
	if c.wrapped > 0 {
		out = append(out, fmt.Sprintf("%d stamps without a zone, read in %s, were whole quarter hours off the wrapper around them: its zone was taken", c.wrapped, c.zone))
	}
	return out
}

// Bounds of byWrapper, micros: zones differ by whole quarter hours, by 26
// hours at most, and a line is written within seconds of being printed.
const (
	quarterHour = 15 * 60e6
	mostZones   = 26 * 3600e6
	writeDelay  = 30e6
)

// byWrapper corrects a stamp without a zone inside a wrapper with one, where
// the zone is only assumed: programs in containers print UTC whatever the
// site's zone. The stamp is moved only by whole quarter hours that bring it to
// the wrapper's.
func (c *clock) byWrapper(ts, outer int64) int64 {
	off := outer - ts
	steps := floorDiv(off+quarterHour/2, quarterHour)
	if steps == 0 || off > mostZones || off < -mostZones {
		return ts
	}
	if rest := off - steps*quarterHour; rest > writeDelay || rest < -writeDelay {
		return ts
	}
	c.wrapped++
	return ts + steps*quarterHour
}

// zoneSource says where the zone of the stamps came from.
func (c *clock) zoneSource(s *Source) string {
	c.gather()
	switch {
	case c.local == 0 && c.stamped == 0:
		return ""
	case c.local == 0:
		return "in the stamp"
	case c.local == c.wrapped:
		return "of the wrapper around the line"
	case s.ZoneStated:
		return "source " + c.zone.String()
	}
	return "site zone " + c.zone.String() + " (assumed)"
}

// abbreviations holds the zone abbreviations that mean one thing in logs.
// Go's time.Parse reads an unknown one as UTC without an error; here it is
// refused.
var abbreviations = map[string]int{
	"UTC": 0, "GMT": 0, "Z": 0, "UCT": 0, "WET": 0, "WEST": 3600,
	"CET": 3600, "CEST": 7200, "MET": 3600, "MEST": 7200, "EET": 7200, "EEST": 10800, "MSK": 10800,
	"EST": -18000, "EDT": -14400, "CDT": -18000, "MST": -25200, "MDT": -21600, "PST": -28800, "PDT": -25200,
	"AKST": -32400, "AKDT": -28800, "HST": -36000, "NST": -12600, "NDT": -9000,
	"JST": 32400, "KST": 32400, "HKT": 28800, "SGT": 28800, "PKT": 18000, "NPT": 20700, "ICT": 25200, "WIB": 25200,
	"AEST": 36000, "AEDT": 39600, "ACST": 34200, "ACDT": 37800, "AWST": 28800, "NZST": 43200, "NZDT": 46800,
	"SAST": 7200, "CAT": 7200, "EAT": 10800, "WAT": 3600, "BRT": -10800, "ART": -10800, "CLT": -14400,
}

// ambiguous holds those that mean different things in different places.
var ambiguous = map[string]bool{
	"IST": true, "CST": true, "BST": true, "AST": true, "ADT": true, "SST": true, "GST": true, "AMT": true,
	"ECT": true, "WST": true, "PYT": true, "ACT": true, "BOT": true, "LHST": true, "MSD": true, "EGT": true,
}

// abbreviation gives the offset in seconds. The configured zone decides where
// it uses the abbreviation itself; otherwise the table does.
func (c *clock) abbreviation(name string, wall int64) (int, string) {
	if off, ok := c.ownAbbreviation(name, wall); ok {
		return off, ""
	}
	if off, ok := abbreviations[name]; ok {
		return off, ""
	}
	if ambiguous[name] {
		return 0, "time zone abbreviation " + name + " is ambiguous: set tz of the source"
	}
	return 0, "unknown time zone abbreviation: set tz of the source"
}

func (c *clock) ownAbbreviation(name string, wall int64) (int, bool) {
	for _, shift := range []int64{0, -dayMicros, dayMicros, -180 * dayMicros, 180 * dayMicros} {
		if n, off := time.UnixMicro(wall + shift).In(c.zone).Zone(); n == name {
			return off, true
		}
	}
	return 0, false
}

// epochUnit is how many of an epoch number make a second; 0: not decided.
type epochUnit int64

// unitOf reads the unit off the magnitude: seconds until 1e11 (the year
// 5138), milliseconds from there, microseconds from 1e14, nanoseconds from
// 1e17.
func unitOf(v float64) epochUnit {
	switch {
	case v >= 1e17:
		return 1e9
	case v >= 1e14:
		return 1e6
	case v >= 1e11:
		return 1e3
	}
	return 1
}

// epoch reads an epoch number: whole and, for fractions, frac billionths of
// its unit. The unit is that of the first number of the file.
func (c *clock) epoch(whole int64, frac int64) (int64, string) {
	if c.unit == 0 {
		c.unit = unitOf(float64(whole))
	}
	c.stamped++
	switch c.unit {
	case 1e9:
		return floorDiv(whole, 1000), ""
	case 1e6:
		return whole, ""
	case 1e3:
		if whole > 1<<53 || whole < 0 {
			return 0, "epoch number of another unit than the rest of the file"
		}
		return whole*1000 + frac/1e6, ""
	}
	if whole > 1<<40 || whole < 0 {
		return 0, "epoch number of another unit than the rest of the file"
	}
	return whole*1e6 + frac/1000, ""
}

// epochText reads an epoch number in decimal digits with an optional
// fraction.
func (c *clock) epochText(b []byte) (int64, string) {
	var whole, frac, scale int64 = 0, 0, 1e9
	i := 0
	for ; i < len(b) && isDigit(b[i]) && i < 19; i++ {
		whole = whole*10 + int64(b[i]-'0')
	}
	if i == 0 {
		return 0, "time stamp is not a number"
	}
	if i < len(b) && b[i] == '.' {
		for i++; i < len(b) && isDigit(b[i]); i++ {
			if scale > 1 {
				scale /= 10
				frac += int64(b[i]-'0') * scale
			}
		}
	}
	if i != len(b) {
		return c.epochExp(b)
	}
	return c.epoch(whole, frac)
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if isLeap(year) {
			return 29
		}
		return 28
	}
	return 31
}

// daysFromCivil counts days since 1970-01-01 in the proleptic Gregorian
// calendar (Howard Hinnant, chrono-compatible low-level date algorithms).
func daysFromCivil(y, m, d int) int64 {
	if m <= 2 {
		y--
		m += 12
	}
	era := floorDiv(int64(y), 400)
	yoe := int64(y) - era*400
	doy := int64((153*(m-3)+2)/5 + d - 1)
	return era*146097 + yoe*365 + yoe/4 - yoe/100 + doy - 719468
}

func isDigit(c byte) bool { return c-'0' < 10 }
