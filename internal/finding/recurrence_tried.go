package finding

import (
	"fmt"
	"strings"

	"almanac/schemas"
)

// TestsTried says what a recurrence was picked from, a line each: the
// calendars searched in every subject, and the subjects of that night. The
// p-value pays for the former, the q-value for the latter.
func TestsTried(r schemas.Recurrence) []string {
	lengths := make([]string, len(recWindows))
	for i, n := range recWindows {
		lengths[i] = fmt.Sprint(n * recSlotMin)
	}
	periods := make([]string, len(recPeriods))
	for i, p := range recPeriods {
		periods[i] = fmt.Sprint(p)
	}
	out := []string{
		fmt.Sprintf("windows of the day: %d starts x lengths of %s min, on every day, weekdays, weekends, each weekday, in longer spans the last 14 or 28 days and days of the month (from 84 days on)",
			recDaySlots, strings.Join(lengths, ", ")),
		fmt.Sprintf("windows of the week: %d", recWeekCount),
		"a weekday at any hour: 7",
		"periods on the clock: " + strings.Join(periods, ", ") + " min, every phase",
		"free-running timers: intervals between events of 6 minutes to 2 days, and days that drift",
		fmt.Sprintf("clocks: local time, and UTC where the span holds a clock change; expected rates: %d (flat, by load, any rise with load), the largest chance counts", recWeights),
		"raised rates of what is always there, by day and window",
	}
	if r.SubjectKind == subjectIncident {
		out = append(out[:3], out[5])
	}
	if r.Tests != nil {
		out = append(out, fmt.Sprintf("subjects searched that night: %d (false-discovery rate of Benjamini and Hochberg)", *r.Tests))
	}
	return out
}
