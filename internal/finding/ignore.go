package finding

import (
	"fmt"
	"strings"
	"time"

	"almanac/schemas"
)

// StatusIgnored is the status of a finding that people asked not to be told.
const StatusIgnored = "ignored"

// ignoredOn gives the entries in force on the local date of an instant: the
// last day of an entry still counts, after it the finding shows again.
func ignoredOn(list []schemas.Ignore, at time.Time, zone *time.Location) map[string]schemas.Ignore {
	if zone == nil {
		zone = time.UTC
	}
	today := at.In(zone).Format(time.DateOnly)
	out := map[string]schemas.Ignore{}
	for _, x := range list {
		if x.Until >= today {
			out[x.ID] = x
		}
	}
	return out
}

// IgnoreRecurrences marks the recurrences that are not to be told and takes
// their forecasts out: those listed, and with a lead its family, whose story
// it tells. They are judged and kept as ever.
func IgnoreRecurrences(r *RecurrenceResult, list []schemas.Ignore, at time.Time, zone *time.Location) {
	by := ignoredOn(list, at, zone)
	family := map[string]schemas.Ignore{}
	for _, x := range r.Recurrences {
		if e, ok := by[x.RecurrenceID]; ok && x.IsLead != nil && *x.IsLead && x.FamilyID != "" {
			family[x.FamilyID] = e
		}
	}
	silent := map[string]bool{}
	for i := range r.Recurrences {
		x := &r.Recurrences[i]
		e, ok := by[x.RecurrenceID]
		if !ok {
			e, ok = family[x.FamilyID]
		}
		// A row carried over from an earlier night brings its old mark along.
		x.IgnoredReason, x.IgnoredUntil = "", ""
		if ok {
			x.IgnoredReason, x.IgnoredUntil = e.Reason, e.Until
			silent[x.RecurrenceID] = true
		}
	}
	kept := r.Forecasts[:0]
	for _, f := range r.Forecasts {
		if !silent[f.RecurrenceID] {
			kept = append(kept, f)
		}
	}
	r.Forecasts = kept
}

// IgnoreFindings marks the findings that are not to be told and puts them
// behind the others, each with the reason; the order is otherwise kept.
func IgnoreFindings(all []schemas.Finding, list []schemas.Ignore, at time.Time, zone *time.Location) []schemas.Finding {
	by := ignoredOn(list, at, zone)
	told, silent := make([]schemas.Finding, 0, len(all)), []schemas.Finding(nil)
	for _, f := range all {
		e, ok := by[f.FindingID]
		if !ok {
			told = append(told, f)
			continue
		}
		f.Status = StatusIgnored
		f.Warnings = strings.TrimSuffix(fmt.Sprintf("ignored until %s: %s\n%s", e.Until, e.Reason, f.Warnings), "\n")
		silent = append(silent, f)
	}
	out := append(told, silent...)
	for i := range out {
		out[i].Rank = int64(i + 1)
	}
	return out
}
