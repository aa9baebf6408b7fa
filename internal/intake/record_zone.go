package intake

import (
	"strconv"
	"strings"
	"time"
)

// stampSeasons names the region whose clock says in which half of the year an
// abbreviation is true.
var stampSeasons = map[string]string{
	"PST": "America/Los_Angeles", "PDT": "America/Los_Angeles", "MDT": "America/Denver",
	"CST": "America/Chicago", "CDT": "America/Chicago", "EST": "America/New_York", "EDT": "America/New_York",
	"AKST": "America/Anchorage", "AKDT": "America/Anchorage",
	"WET": "Europe/Lisbon", "WEST": "Europe/Lisbon", "CET": "Europe/Berlin", "CEST": "Europe/Berlin",
	"EET": "Europe/Helsinki", "EEST": "Europe/Helsinki", "BST": "Europe/London",
	"AEST": "Australia/Sydney", "AEDT": "Australia/Sydney", "NZST": "Pacific/Auckland", "NZDT": "Pacific/Auckland",
}

// stampRegions are names of a region's clock as people write them, whatever
// the season.
var stampRegions = map[string]string{
	"PT": "America/Los_Angeles", "MT": "America/Denver", "CT": "America/Chicago",
	"ET": "America/New_York", "PACIFIC": "America/Los_Angeles", "MOUNTAIN": "America/Denver",
	"CENTRAL": "America/Chicago", "EASTERN": "America/New_York",
}

// stampZone is a zone as a record states it.
type stampZone struct {
	loc    *time.Location
	abbr   string // the abbreviation, where one was written
	region string // where the abbreviation is used, "" when it has no seasons
}

// findZone reads a zone by its name: an abbreviation of the table, a region
// word, an offset such as "UTC+2", "+0530" or "-06:00", or an IANA name.
func findZone(name string) (stampZone, bool) {
	name = strings.Trim(name, " ()[].,;:")
	up := strings.ToUpper(name)
	if off, ok := abbreviations[up]; ok {
		return stampZone{time.FixedZone(up, off), up, stampSeasons[up]}, true
	}
	if r, ok := stampRegions[up]; ok {
		if loc, err := time.LoadLocation(r); err == nil {
			return stampZone{loc: loc}, true
		}
	}
	off := strings.ReplaceAll(up, " ", "")
	if o, ok := cutAnyPrefix(off, "UTC", "GMT"); ok && o != "" {
		off = o
	}
	if sec, ok := zoneOffset(off); ok {
		return stampZone{loc: time.FixedZone("", sec)}, true
	}
	if area, city, ok := strings.Cut(name, "/"); ok && isWord(area) && isWord(strings.ReplaceAll(city, "/", "")) {
		if loc, err := time.LoadLocation(name); err == nil {
			return stampZone{loc: loc}, true
		}
	}
	return stampZone{}, false
}

func cutAnyPrefix(s string, prefixes ...string) (string, bool) {
	for _, p := range prefixes {
		if rest, ok := strings.CutPrefix(s, p); ok {
			return rest, true
		}
	}
	return s, false
}

// zoneOffset reads "+02:00", "-0530", "+2"; more than 14 hours is no zone.
func zoneOffset(s string) (int, bool) {
	if len(s) < 2 || len(s) > 6 || (s[0] != '+' && s[0] != '-') {
		return 0, false
	}
	digits := strings.ReplaceAll(s[1:], ":", "")
	n, err := strconv.Atoi(digits)
	if err != nil || n < 0 {
		return 0, false
	}
	h, m := n, 0
	if len(digits) > 2 {
		h, m = n/100, n%100
	}
	if h > 14 || m > 59 || (s[0] == '-' && h > 12) {
		return 0, false
	}
	sec := h*3600 + m*60
	if s[0] == '-' {
		sec = -sec
	}
	return sec, true
}

// offSeason says whether an abbreviation contradicts its region's clock at t:
// "PST" on a summer day.
func (z stampZone) offSeason(t time.Time) bool {
	if z.abbr == "" || z.region == "" {
		return false
	}
	loc, err := time.LoadLocation(z.region)
	if err != nil {
		return false
	}
	_, there := t.In(loc).Zone()
	_, said := t.In(z.loc).Zone()
	return there != said
}

func isWord(s string) bool {
	if s == "" || len(s) > 40 {
		return false
	}
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '_' && r != '-' {
			return false
		}
	}
	return true
}
