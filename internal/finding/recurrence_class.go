package finding

import (
	"fmt"
	"time"
)

// Kinds of a recurrence, as stored in schemas.Recurrence.Kind.
const (
	kindDaily       = "daily"
	kindWeekdays    = "weekdays"
	kindWeekend     = "weekend"
	kindWeekday     = "weekday"
	kindMonthDay    = "day_of_month"
	kindLastDay     = "last_day"
	kindLastBiz     = "last_business_day"
	kindNthWeekday  = "nth_weekday"
	kindHourly      = "hourly"
	kindPeriod      = "period"
	kindInterval    = "interval"
	kindAnyHour     = "any_hour" // a weekday at any hour: stored as weekday
	kindRecentDays  = "recent"   // last 14 or 28 days: stored as daily
	recMinClassDays = 3
)

// recClass is a set of days on which something may be due: "every Monday".
// Its weight is the prior share of the p-value it may spend; all weights
// together with those of the other calendars are 1.
type recClass struct {
	kind   string
	arg    int // weekday 1-7, run of weekdays, day of month, nth*10+weekday, or days back
	weight float64
	days   []int // indexes of the frame's days, rising, padding left out
}

// Prior weights of the calendars that are not classes of days.
const (
	weightWeekBlock = 0.15
	weightPeriods   = 0.12
	weightInterval  = 0.02
	weightSlow      = 0.01
	weightAnyHour   = 0.04
)

// Working weeks and weekends other than Monday to Friday and Saturday with
// Sunday (arg 0): ISO weekday of the first day x 10 + number of days.
const (
	sundayToThursday    = 75
	saturdayToWednesday = 65
	mondayToSaturday    = 16
	fridayAndSaturday   = 52
)

// inRun says whether ISO weekday dow is among the days of a run of weekdays.
func inRun(run, dow int) bool { return (dow-run/10+7)%7 < run%10 }

// newRecClasses gives the classes worth searching in a frame: those of the
// month only where the span can hold three of them.
func newRecClasses(f *recFrame) []recClass {
	n := f.days - 2
	out := []recClass{
		{kind: kindDaily, weight: 0.25},
		{kind: kindWeekdays, weight: 0.06}, {kind: kindWeekdays, arg: sundayToThursday, weight: 0.01},
		{kind: kindWeekdays, arg: saturdayToWednesday, weight: 0.005}, {kind: kindWeekdays, arg: mondayToSaturday, weight: 0.005},
		{kind: kindWeekend, weight: 0.02}, {kind: kindWeekend, arg: fridayAndSaturday, weight: 0.01},
	}
	for d := 1; d <= 7; d++ {
		out = append(out, recClass{kind: kindWeekday, arg: d, weight: 0.02})
	}
	if n >= 42 {
		out = append(out, recClass{kind: kindRecentDays, arg: 14, weight: 0.05})
	}
	if n >= 56 {
		out = append(out, recClass{kind: kindRecentDays, arg: 28, weight: 0.05})
	}
	if n >= 84 {
		out = append(out, monthClasses()...)
	}
	for i := range out {
		for d := 1; d <= n; d++ {
			if out[i].has(f, d) {
				out[i].days = append(out[i].days, d)
			}
		}
	}
	return out
}

// monthClasses are the calendars of the month. The rare ones share what the
// common ones leave: 1st, 15th and last are where people schedule.
func monthClasses() []recClass {
	out := []recClass{{kind: kindLastDay, weight: 0.01}, {kind: kindLastBiz, weight: 0.005}}
	for d := 1; d <= 31; d++ {
		w := 0.0005
		if d == 1 || d == 15 {
			w = 0.01
		}
		out = append(out, recClass{kind: kindMonthDay, arg: d, weight: w})
	}
	for nth := 1; nth <= 5; nth++ {
		for d := 1; d <= 7; d++ {
			out = append(out, recClass{kind: kindNthWeekday, arg: nth*10 + d, weight: 0.0003})
		}
	}
	return out
}

// has says whether day d of the frame is of the class.
func (c *recClass) has(f *recFrame, d int) bool {
	if c.kind == kindRecentDays {
		return d > f.days-2-c.arg
	}
	return onCalendar(c.kind, c.arg, f.date(d))
}

// onCalendar says whether a civil date is of a kind of day.
func onCalendar(kind string, arg int, t time.Time) bool {
	dow := isoDow(t)
	lastDay := t.AddDate(0, 0, 1).Day() == 1
	switch kind {
	case kindWeekdays:
		return arg == 0 && dow <= 5 || arg != 0 && inRun(arg, dow)
	case kindWeekend:
		return arg == 0 && dow >= 6 || arg != 0 && inRun(arg, dow)
	case kindWeekday, kindAnyHour:
		return dow == arg
	case kindMonthDay:
		return t.Day() == arg
	case kindLastDay:
		return lastDay
	case kindLastBiz:
		if dow > 5 {
			return false
		}
		return t.AddDate(0, 0, 1).Day() == 1 || dow == 5 && (t.AddDate(0, 0, 2).Day() == 1 || t.AddDate(0, 0, 3).Day() == 1)
	case kindNthWeekday:
		if dow != arg%10 {
			return false
		}
		if arg/10 == 5 { // the last one
			return t.AddDate(0, 0, 7).Month() != t.Month()
		}
		return (t.Day()-1)/7+1 == arg/10
	}
	return true
}

// isoDow is 1 for Monday to 7 for Sunday.
func isoDow(t time.Time) int { return (int(t.Weekday())+6)%7 + 1 }

var dowNames = [...]string{"", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}

// classLabel names a kind of day: "every Monday".
func classLabel(kind string, arg int) string {
	switch kind {
	case kindWeekdays:
		if arg != 0 {
			return "every day from " + dowNames[arg/10] + " to " + dowNames[(arg/10+arg%10-2)%7+1]
		}
		return "every weekday"
	case kindWeekend:
		if arg != 0 {
			return "every " + dowNames[arg/10] + " and " + dowNames[arg/10%7+1]
		}
		return "every weekend day"
	case kindWeekday, kindAnyHour:
		return "every " + dowNames[arg]
	case kindMonthDay:
		return fmt.Sprintf("on day %d of every month", arg)
	case kindLastDay:
		return "on the last day of every month"
	case kindLastBiz:
		return "on the last business day of every month"
	case kindNthWeekday:
		nth := [...]string{"", "first", "second", "third", "fourth", "last"}[arg/10]
		return "on the " + nth + " " + dowNames[arg%10] + " of every month"
	}
	return "every day"
}
