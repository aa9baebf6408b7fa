package lake

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"almanac/schemas"
)

// Records and conclusions are few rows a day, but come on many days: a file
// per date would make every opening read hundreds of tiny files. Such tables
// are gathered: all their rows, which sort by event_date first, make one
// sequence that is cut into files of gatheredRows. The cuts depend on the
// sequence alone, so the bytes are still a function of the set of rows; and a
// night that adds at the end rewrites the last file only.
const (
	gatheredRows  = 32 << 10
	gatheredBytes = 64 << 20 // of text
)

// isGathered says whether a table keeps all its dates in few files. Tables
// that grow with the logs keep a folder per date, shapes and signatures are
// one file already.
func isGathered(table string) bool {
	switch table {
	case TableEvent, TableEventMinute, TableEventDay, TableServiceVolume, TableMetric, TableShape, TableSignature:
		return false
	}
	return true
}

// fileDates lists the event dates of a file's rows.
func fileDates(f schemas.TableFile) []string {
	if f.EventDate != schemas.Gathered {
		return []string{f.EventDate}
	}
	var out []string
	for _, span := range f.Dates {
		first, last, isRun := strings.Cut(span, "/")
		out = append(out, first)
		for day := first; isRun && day < last; {
			if day = nextDay(day); day == "" {
				break
			}
			out = append(out, day)
		}
	}
	return out
}

// holdsDate says whether a file has rows of a date.
func holdsDate(f schemas.TableFile, date string) bool {
	if f.EventDate != schemas.Gathered {
		return f.EventDate == date
	}
	return slices.ContainsFunc(f.Dates, func(span string) bool {
		first, last, isRun := strings.Cut(span, "/")
		return span == date || isRun && first <= date && date <= last
	})
}

// lastDate is the last event date of a file's rows.
func lastDate(f schemas.TableFile) string {
	if f.EventDate != schemas.Gathered || len(f.Dates) == 0 {
		return f.EventDate
	}
	span := f.Dates[len(f.Dates)-1]
	return span[strings.IndexByte(span, '/')+1:]
}

// datesPattern is the form of one element of TableFile.Dates.
var datesPattern = regexp.MustCompile(`^(\d{4}-\d\d-\d\d(/\d{4}-\d\d-\d\d)?|` + schemas.Undated + `)$`)

// packDates writes rising dates with runs of days as "first/last".
func packDates(dates []string) []string {
	var out []string
	for i := 0; i < len(dates); {
		j := i
		for j+1 < len(dates) && nextDay(dates[j]) == dates[j+1] {
			j++
		}
		span := dates[i]
		if j > i {
			span += "/" + dates[j]
		}
		out = append(out, span)
		i = j + 1
	}
	return out
}

// nextDay is the date after a date; "" after what is none.
func nextDay(date string) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return ""
	}
	return t.AddDate(0, 0, 1).Format(time.DateOnly)
}
