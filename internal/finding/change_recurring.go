package finding

import (
	"strings"
	"time"

	"almanac/schemas"
)

// recurringSlack widens a recurrence's window: an incident is recorded when
// somebody notices it.
const recurringSlack = 20 * time.Minute

// recurring finds the recurrence to which something that began at an instant
// on these services belongs: one of its services, its calendar, its window.
func recurring(all []schemas.Recurrence, zone *time.Location, services []string, t time.Time) (schemas.Recurrence, bool) {
	for _, r := range all {
		if r.Status == "retired" || r.Status == "tentative" || r.FirstTS == 0 || schemas.Time(r.FirstTS).After(t) {
			continue
		}
		if r.UntilTS != 0 && schemas.Time(r.UntilTS).Before(t) {
			continue
		}
		at := false
		for _, s := range serviceList(append(seenIn(r.SeenIn), r.Service, r.FirstService)...) {
			at = at || concerns(s, services)
		}
		if at && inWindow(r, zone, t) {
			return r, true
		}
	}
	return schemas.Recurrence{}, false
}

// inWindow says whether an instant lies in the window of a recurrence by day,
// on a day of its calendar. Periods within the day have no such window.
func inWindow(r schemas.Recurrence, zone *time.Location, t time.Time) bool {
	if z, err := time.LoadLocation(r.Zone); err == nil && r.Zone != "" {
		zone = z
	}
	if zone == nil {
		zone = time.UTC
	}
	t = t.In(zone)
	weekend := t.Weekday() == time.Saturday || t.Weekday() == time.Sunday
	switch r.Kind {
	case "daily":
	case "weekdays":
		if weekend {
			return false
		}
	case "weekend":
		if !weekend {
			return false
		}
	case "weekday":
		if !strings.Contains(r.Label, t.Weekday().String()) {
			return false
		}
	default:
		return false
	}
	from, err1 := time.Parse("15:04", r.WindowStart)
	until, err2 := time.Parse("15:04", r.WindowEnd)
	if err1 != nil || err2 != nil {
		return false
	}
	const day = 24 * time.Hour
	of := func(t time.Time) time.Duration {
		return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
	}
	start := of(from) - recurringSlack
	length := (of(until)-of(from)+day)%day + 2*recurringSlack
	return (of(t)-start+2*day)%day <= length
}
