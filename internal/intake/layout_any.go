package intake

import (
	"bytes"
	"math"
	"strconv"
)

// any tries the layouts that tell themselves apart by their first bytes.
func (c *clock) any(b []byte) (ts int64, n int, reason string) {
	if len(b) < 13 {
		return 0, 0, ""
	}
	if isDigit(b[0]) {
		if ts, n, reason = c.iso(b); n > 0 {
			return ts, n, reason
		}
		if ts, n, reason = c.clf(b); n > 0 {
			return ts, n, reason
		}
		if ts, n, reason = c.dayMonth(b); n > 0 {
			return ts, n, reason
		}
		if ts, n, reason = c.compact(b); n > 0 {
			return ts, n, reason
		}
		return c.slashed(b, false)
	}
	if monthOf(b) > 0 {
		return c.bsd(b)
	}
	return c.weekday(b)
}

// weekday reads ctime and "Mon, 02 Jan 2006 15:04:05 GMT".
func (c *clock) weekday(b []byte) (int64, int, string) {
	switch string(b[:3]) {
	case "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun":
	default:
		return 0, 0, ""
	}
	if b[3] == ',' && b[4] == ' ' {
		ts, n, reason := c.dayMonth(b[5:])
		if n > 0 {
			n += 5
		}
		return ts, n, reason
	}
	return c.ctime(b)
}

// text reads a whole value that is a stamp: nothing may follow it. A bare
// number is an epoch.
func (c *clock) text(b []byte) (int64, string) {
	if len(b) == 0 {
		return 0, "no time stamp"
	}
	ts, n, reason := c.any(b)
	if n == 0 {
		if isDigit(b[0]) && (len(b) >= 9) {
			if ts, r := c.epochText(b); r == "" {
				return ts, ""
			}
		}
		return 0, "time stamp in an unknown form"
	}
	if reason == "" && n != len(b) {
		return 0, "time stamp in an unknown form"
	}
	return ts, reason
}

// epochExp reads numbers such as 1.795278421693858e9, as JSON writers may
// print them.
func (c *clock) epochExp(b []byte) (int64, string) {
	v, err := strconv.ParseFloat(alias(b), 64)
	if err != nil || !(v >= 0 && v < 9e18) {
		return 0, "time stamp is not a number"
	}
	whole := int64(v)
	return c.epoch(whole, int64(math.Round((v-float64(whole))*1e6))*1000)
}

// isoAbbr reads an ISO stamp of a format that always prints a zone
// abbreviation: an unknown one is refused, not read as the message.
func (c *clock) isoAbbr(b []byte) (int64, int, string) {
	var s stamp
	if !isoStamp(b, &s) {
		return 0, 0, ""
	}
	if !s.hasZone && s.abbr == "" {
		s.n = offset(b, s.n, &s, true)
		if i := s.n; !s.hasZone && i+4 <= len(b) && b[i] == ' ' && (b[i+1] == '+' || b[i+1] == '-') && num(b, i+2, 2) >= 0 && (i+4 == len(b) || b[i+4] == ' ') {
			s.n = signedOffset(b, i+1, i+1, &s) // zones without an abbreviation print their hours
		}
	}
	ts, reason := c.resolve(&s)
	return ts, s.n, reason
}

// slashed reads 08/02/2023, 7:32:47 PM and 11/21/2026 16:27:01: JavaScript's
// and .NET's printing of local dates. AM or PM says that the month is first;
// without it (only where bare allows it) one of the numbers must be beyond 12.
func (c *clock) slashed(b []byte, bare bool) (int64, int, string) {
	first, i := shortNumber(b, 0)
	second, k := shortNumber(b, i+1)
	if first < 0 || second < 0 || i >= len(b) || b[i] != '/' || k >= len(b) || b[k] != '/' {
		return 0, 0, ""
	}
	s := stamp{year: num(b, k+1, 4)}
	k += 5
	if s.year < 1970 || k+9 > len(b) {
		return 0, 0, ""
	}
	if b[k] == ',' {
		k++
	}
	if b[k] != ' ' {
		return 0, 0, ""
	}
	end := hms(b, k+1, &s)
	if end == 0 { // an hour of one digit
		hour, at := shortNumber(b, k+1)
		if hour < 0 || at != k+2 || at+6 > len(b) || b[at] != ':' || b[at+3] != ':' {
			return 0, 0, ""
		}
		s.hour, s.min, s.sec, end = hour, num(b, at+1, 2), num(b, at+4, 2), at+6
		if s.min < 0 || s.sec < 0 {
			return 0, 0, ""
		}
	}
	end = fraction(b, end, &s)
	half, end := halfDay(b, end)
	switch {
	case half != 0:
		if s.hour < 1 || s.hour > 12 {
			return 0, end, "time stamp is not a possible time"
		}
		s.hour %= 12
		if half == 'P' {
			s.hour += 12
		}
		s.month, s.day = first, second
		c.monthFirst = true
	case !bare:
		return 0, 0, ""
	case first > 12:
		s.day, s.month = first, second
		c.dayFirst = true
	case second > 12:
		s.month, s.day = first, second
		c.monthFirst = true
	case c.monthFirst && !c.dayFirst: // other lines of the file say so
		s.month, s.day = first, second
	case c.dayFirst && !c.monthFirst:
		s.day, s.month = first, second
	default:
		return 0, end, "day and month of the date cannot be told apart"
	}
	s.n = offset(b, end, &s, false)
	ts, reason := c.resolve(&s)
	return ts, s.n, reason
}

// shortNumber reads one or two digits; -1: there are none.
func shortNumber(b []byte, i int) (int, int) {
	if v := num(b, i, 2); v >= 0 {
		return v, i + 2
	}
	return num(b, i, 1), i + 1
}

// halfDay reads " PM" (Node prints a narrow no-break space before it): 'A',
// 'P' or 0, and the index after it.
func halfDay(b []byte, i int) (byte, int) {
	k := i
	if bytes.HasPrefix(b[k:], []byte("\u202f")) {
		k += 3
	} else if k < len(b) && b[k] == ' ' {
		k++
	}
	if k+2 <= len(b) && b[k+1]|0x20 == 'm' && (k+2 == len(b) || !isWordByte(b[k+2])) {
		if half := b[k] &^ 0x20; half == 'A' || half == 'P' {
			return half, k + 2
		}
	}
	return 0, i
}
