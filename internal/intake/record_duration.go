package intake

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

var durationPart = regexp.MustCompile(`(?i)(\d+(?:[.,]\d+)?)\s*(weeks?|w|days?|d|hours?|hrs?|hr|h|minutes?|mins?|min|m|seconds?|secs?|sec|s)(?:\b|\d|$)`)

// parseDuration reads a stated duration in seconds: "47 minutes", "1h50m",
// "54 hours 10 minutes", "01:30:00" (hours first), or a bare number of unit
// seconds. It reads from the start: prose that merely holds a duration is not
// one.
func parseDuration(s string, unit float64) (int64, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	for _, p := range [...]string{"~", "about ", "approximately ", "approx. ", "approx ", "ca. ", "around ", "roughly ", "<", ">"} {
		s = strings.TrimSpace(strings.TrimPrefix(s, p))
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil && unit > 0 {
		return seconds(f * unit)
	}
	if n, ok := clockDuration(s); ok {
		return n, true
	}
	total, found := 0.0, false
	for s != "" {
		m := durationPart.FindStringSubmatchIndex(s)
		if m == nil || m[0] != 0 {
			break
		}
		f, err := strconv.ParseFloat(strings.Replace(s[m[2]:m[3]], ",", ".", 1), 64)
		if err != nil {
			break
		}
		total += f * unitSeconds(s[m[4]:m[5]])
		found = true
		s = strings.TrimLeft(s[m[5]:], " ,&")
		s = strings.TrimPrefix(s, "and ")
	}
	if !found {
		return 0, false
	}
	return seconds(total)
}

func seconds(f float64) (int64, bool) {
	if math.IsNaN(f) || f < 0 || f > 1e10 {
		return 0, false
	}
	return int64(math.Round(f)), true
}

func unitSeconds(u string) float64 {
	switch u[0] {
	case 'w':
		return 7 * 86400
	case 'd':
		return 86400
	case 'h':
		return 3600
	case 'm':
		return 60
	}
	return 1
}

// clockDuration reads "h:mm" and "h:mm:ss".
func clockDuration(s string) (int64, bool) {
	parts := strings.Split(s, ":")
	if len(parts) != 2 && len(parts) != 3 {
		return 0, false
	}
	total := int64(0)
	for i, p := range parts {
		if !isDigits(p) || len(p) > 4 {
			return 0, false
		}
		n, _ := strconv.ParseInt(p, 10, 64)
		if i > 0 && n > 59 {
			return 0, false
		}
		total = total*60 + n
	}
	if len(parts) == 2 {
		total *= 60
	}
	return total, true
}
