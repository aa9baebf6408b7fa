package intake

import (
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
		return c.compact(b)
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
	}
	ts, reason := c.resolve(&s)
	return ts, s.n, reason
}
