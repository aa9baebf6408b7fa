package intake

// num reads n digits at b[i:]; -1 where they are not.
func num(b []byte, i, n int) int {
	if i+n > len(b) {
		return -1
	}
	v := 0
	for _, c := range b[i : i+n] {
		if !isDigit(c) {
			return -1
		}
		v = v*10 + int(c-'0')
	}
	return v
}

// monthOf reads an English month of three letters; 0 where it is none.
func monthOf(b []byte) int {
	if len(b) < 3 {
		return 0
	}
	switch string(b[:3]) {
	case "Jan":
		return 1
	case "Feb":
		return 2
	case "Mar":
		return 3
	case "Apr":
		return 4
	case "May":
		return 5
	case "Jun":
		return 6
	case "Jul":
		return 7
	case "Aug":
		return 8
	case "Sep":
		return 9
	case "Oct":
		return 10
	case "Nov":
		return 11
	case "Dec":
		return 12
	}
	return 0
}

// hms reads HH:MM:SS at b[i:] into s and gives the index after it, 0 where it
// is none.
func hms(b []byte, i int, s *stamp) int {
	if i+8 > len(b) || b[i+2] != ':' || b[i+5] != ':' {
		return 0
	}
	h, m, sec := num(b, i, 2), num(b, i+3, 2), num(b, i+6, 2)
	if b[i] == ' ' { // MariaDB pads the hour with a blank
		h = num(b, i+1, 1)
	}
	if h|m|sec < 0 {
		return 0
	}
	s.hour, s.min, s.sec = h, m, sec
	return i + 8
}

// fraction reads .123 or ,123 (1 to 9 digits or more) at b[i:], to micros.
func fraction(b []byte, i int, s *stamp) int {
	if i+1 >= len(b) || b[i] != '.' && b[i] != ',' || !isDigit(b[i+1]) {
		return i
	}
	scale := 100000
	for i++; i < len(b) && isDigit(b[i]); i++ {
		s.micro += int(b[i]-'0') * scale
		scale /= 10
	}
	return i
}

// offset reads Z, +02:00, -0700, +02 or one of these after a blank, and zone
// abbreviations that are known or known to be ambiguous. anyAbbr takes every
// word of capitals for an abbreviation (layouts that always print one).
func offset(b []byte, i int, s *stamp, anyAbbr bool) int {
	j := i
	if j < len(b) && b[j] == ' ' {
		j++
	}
	if j >= len(b) {
		return i
	}
	switch c := b[j]; {
	case c == 'Z' && (j+1 == len(b) || !isWordByte(b[j+1])):
		s.hasZone, s.offset = true, 0
		return j + 1
	case c == '+' || c == '-':
		return signedOffset(b, i, j, s)
	case c >= 'A' && c <= 'Z':
		k := j
		for k < len(b) && b[k] >= 'A' && b[k] <= 'Z' {
			k++
		}
		if k-j > 5 || k-j < 2 || k < len(b) && isWordByte(b[k]) {
			return i
		}
		word := b[j:k]
		if _, known := abbreviations[string(word)]; known || ambiguous[string(word)] || anyAbbr {
			s.abbr = alias(word)
			return k
		}
	}
	return i
}

func signedOffset(b []byte, i, j int, s *stamp) int {
	h := num(b, j+1, 2)
	if h < 0 {
		return i
	}
	end, m := j+3, 0
	if v := num(b, j+3, 2); v >= 0 {
		end, m = j+5, v
	} else if j+3 < len(b) && b[j+3] == ':' && num(b, j+4, 2) >= 0 {
		end, m = j+6, num(b, j+4, 2)
	} else if i != j {
		return i // " -5 something" is no offset
	}
	if h > 15 || m > 59 || end < len(b) && isWordByte(b[end]) {
		return i
	}
	s.hasZone, s.offset = true, h*3600+m*60
	if b[j] == '-' {
		s.offset = -s.offset
	}
	return end
}

func isWordByte(c byte) bool {
	return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_'
}

// isoStamp reads 2006-01-02T15:04:05.000Z and its kin: '-', '/' or '.'
// between the date's parts, 'T', ' ' or '_' before the time, fraction after
// '.' or ',', zone by offset(). n = 0: not such a stamp.
func isoStamp(b []byte, s *stamp) bool {
	if len(b) < 19 || b[4] != b[7] || b[4] != '-' && b[4] != '/' && b[4] != '.' {
		return false
	}
	at := 11
	switch {
	case b[10] == ' ' && b[11] == '-' && b[12] == ' ' && len(b) >= 21: // gin: 2006/01/02 - 15:04:05
		at = 13
	case b[10] != 'T' && b[10] != ' ' && b[10] != '_' && b[10] != 't' && b[10] != '\t':
		return false
	}
	y, m, d := num(b, 0, 4), num(b, 5, 2), num(b, 8, 2)
	if y|m|d < 0 {
		return false
	}
	i := hms(b, at, s)
	if i == 0 {
		return false
	}
	s.year, s.month, s.day = y, m, d
	i = fraction(b, i, s)
	s.n = offset(b, i, s, false)
	return true
}

// iso reads an ISO-like stamp at the beginning of b. n is the bytes it took,
// 0 when there is none; reason is set when it is no possible time.
func (c *clock) iso(b []byte) (ts int64, n int, reason string) {
	// The fast path: the same minute as the line before, no zone.
	if c.hasKey && len(b) >= 24 && string(b[:16]) == string(c.key[:]) && b[16] == ':' && c.hasBase {
		if ts, n, ok := c.sameMinute(b); ok {
			return ts, n, ""
		}
	}
	var s stamp
	if !isoStamp(b, &s) {
		return 0, 0, ""
	}
	ts, reason = c.resolve(&s)
	if reason == "" && !s.hasZone && s.abbr == "" {
		copy(c.key[:], b[:16])
		c.hasKey = true
	}
	return ts, s.n, reason
}

// sameMinute reads the seconds and the fraction of a stamp whose minute is
// the cached one; false where a zone may follow.
func (c *clock) sameMinute(b []byte) (int64, int, bool) {
	sec := num(b, 17, 2)
	if sec < 0 || sec > 59 {
		return 0, 0, false
	}
	s := stamp{}
	i := fraction(b, 19, &s)
	if offset(b, i, &s, false) != i {
		return 0, 0, false
	}
	c.local++
	return c.base + int64(sec)*1e6 + int64(s.micro), i, true
}

// clf reads 02/Jan/2006:15:04:05 -0700; a fraction and a missing zone are
// accepted.
func (c *clock) clf(b []byte) (int64, int, string) {
	if len(b) < 20 || b[2] != '/' || b[6] != '/' || b[11] != ':' {
		return 0, 0, ""
	}
	var s stamp
	s.day, s.month, s.year = num(b, 0, 2), monthOf(b[3:]), num(b, 7, 4)
	i := hms(b, 12, &s)
	if s.day < 0 || s.month == 0 || s.year < 0 || i == 0 {
		return 0, 0, ""
	}
	i = fraction(b, i, &s)
	s.n = offset(b, i, &s, false)
	ts, reason := c.resolve(&s)
	return ts, s.n, reason
}

// bsd reads the year-less stamp of RFC 3164: Jan _2 15:04:05.
func (c *clock) bsd(b []byte) (int64, int, string) {
	if len(b) < 15 || b[3] != ' ' || b[6] != ' ' {
		return 0, 0, ""
	}
	var s stamp
	s.month = monthOf(b)
	if s.day = num(b, 4, 2); s.day < 0 && b[4] == ' ' {
		s.day = num(b, 5, 1)
	}
	if s.year = num(b, 7, 4); s.year > 0 && len(b) >= 20 && b[11] == ' ' { // Cisco and others print it
		i := hms(b, 12, &s)
		if s.month == 0 || s.day < 0 || i == 0 {
			return 0, 0, ""
		}
		s.n = offset(b, fraction(b, i, &s), &s, false)
		ts, reason := c.resolve(&s)
		return ts, s.n, reason
	}
	s.year = 0
	i := hms(b, 7, &s)
	if s.month == 0 || s.day < 0 || i == 0 {
		return 0, 0, ""
	}
	s.n = fraction(b, i, &s)
	return c.yearless(&s)
}

// yearless completes a stamp with the year of its context.
func (c *clock) yearless(s *stamp) (int64, int, string) {
	if s.month < 1 || s.month > 12 || s.day < 1 || s.day > daysIn(2000, s.month) {
		return 0, s.n, "time stamp is not a possible time"
	}
	if c.year == nil {
		return 0, s.n, "no year in the stamp and no file time to take it from"
	}
	y, ok := c.year.Of(s.month, s.day)
	if !ok {
		return 0, s.n, "no year in the stamp and no file time to take it from"
	}
	s.year = y
	ts, reason := c.resolve(s)
	return ts, s.n, reason
}

// ctime reads Mon Jan _2 15:04:05.000000 2006.
func (c *clock) ctime(b []byte) (int64, int, string) {
	if len(b) < 24 || b[3] != ' ' || b[7] != ' ' {
		return 0, 0, ""
	}
	var s stamp
	s.month = monthOf(b[4:])
	if s.day = num(b, 8, 2); s.day < 0 && b[8] == ' ' {
		s.day = num(b, 9, 1)
	}
	i := hms(b, 11, &s)
	if s.month == 0 || s.day < 0 || i == 0 {
		return 0, 0, ""
	}
	i = fraction(b, i, &s)
	if i+5 > len(b) || b[i] != ' ' {
		return 0, 0, ""
	}
	if s.year = num(b, i+1, 4); s.year < 0 {
		return 0, 0, ""
	}
	s.n = i + 5
	ts, reason := c.resolve(&s)
	return ts, s.n, reason
}

// dayMonth reads 29 Aug 2023 13:47:38.984 and 29-Aug-2023 13:47:38 (a comma
// or a weekday before it is the caller's).
func (c *clock) dayMonth(b []byte) (int64, int, string) {
	if len(b) < 19 {
		return 0, 0, ""
	}
	i := 2
	if !isDigit(b[1]) {
		i = 1
	}
	if sep := b[i]; sep != ' ' && sep != '-' || b[i+4] != sep {
		return 0, 0, ""
	}
	var s stamp
	s.day, s.month, s.year = num(b, 0, i), monthOf(b[i+1:]), num(b, i+5, 4)
	if s.day < 0 || s.month == 0 || s.year < 0 || b[i+9] != ' ' {
		return 0, 0, ""
	}
	j := hms(b, i+10, &s)
	if j == 0 {
		return 0, 0, ""
	}
	j = fraction(b, j, &s)
	s.n = offset(b, j, &s, false)
	ts, reason := c.resolve(&s)
	return ts, s.n, reason
}

// compact reads 17/06/09 20:10:40 (Spark: yy/mm/dd), 081109 203615 (HDFS),
// 170213 16:00:33 (old MySQL) and 20170213 16:00:33.
func (c *clock) compact(b []byte) (int64, int, string) {
	var s stamp
	i := 0
	switch {
	case len(b) >= 17 && b[2] == '/' && b[5] == '/' && b[8] == ' ':
		s.year, s.month, s.day = num(b, 0, 2), num(b, 3, 2), num(b, 6, 2)
		i = hms(b, 9, &s)
	case len(b) >= 13 && b[6] == ' ' && num(b, 7, 6) >= 0:
		s.year, s.month, s.day = num(b, 0, 2), num(b, 2, 2), num(b, 4, 2)
		s.hour, s.min, s.sec, i = num(b, 7, 2), num(b, 9, 2), num(b, 11, 2), 13
	case len(b) >= 15 && b[6] == ' ':
		s.year, s.month, s.day = num(b, 0, 2), num(b, 2, 2), num(b, 4, 2)
		i = hms(b, 7, &s)
	case len(b) >= 17 && b[8] == ' ':
		s.year, s.month, s.day = num(b, 0, 4), num(b, 4, 2), num(b, 6, 2)
		i = hms(b, 9, &s)
	}
	if i == 0 || s.year < 0 || s.month < 0 || s.day < 0 {
		return 0, 0, ""
	}
	if s.year < 100 { // as POSIX: 69-99 are 19xx
		s.year += 1900
		if s.year < 1969 {
			s.year += 100
		}
	}
	i = fraction(b, i, &s)
	s.n = offset(b, i, &s, false)
	ts, reason := c.resolve(&s)
	return ts, s.n, reason
}
