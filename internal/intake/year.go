package intake

import "time"

// YearGuess gives year-less stamps their year. The newest stamp of a file is
// not after the time at which the file was last written, so the year of the
// first stamp is the latest that respects this; from there it rolls over
// where the month falls from the end of the year to its beginning.
type YearGuess struct {
	ref   time.Time // newest possible instant, in the zone of the stamps
	year  int       // of the last stamp; 0: none yet
	month int
	known bool
}

// NewYearGuess takes the time the file was last written (zero: unknown) and
// the zone its stamps are in.
func NewYearGuess(modTime time.Time, zone *time.Location) *YearGuess {
	return &YearGuess{ref: modTime.In(zone).Add(24 * time.Hour), known: !modTime.IsZero()}
}

// Resume says that the stamps follow an instant already read.
func (y *YearGuess) Resume(last time.Time) {
	last = last.In(y.ref.Location())
	y.year, y.month, y.known = last.Year(), int(last.Month()), true
}

// Of gives the year of a stamp in month and day (1-based), false where there
// is nothing to take it from. Stamps are given in the order of the file.
func (y *YearGuess) Of(month, day int) (int, bool) {
	switch {
	case !y.known:
		return 0, false
	case y.year == 0:
		year := y.ref.Year()
		if month > int(y.ref.Month()) || month == int(y.ref.Month()) && day > y.ref.Day() {
			year--
		}
		for month == 2 && day == 29 && !isLeap(year) {
			year--
		}
		y.year, y.month = year, month
	case month+6 < y.month && !y.beyond(y.year+1, month, day): // December, then January
		y.year, y.month = y.year+1, month
	case month > y.month+6: // a late line of December after the turn
		return y.year - 1, true
	case y.beyond(y.year, month, day): // the file cannot tell of what came after it
		return y.year - 1, true
	default:
		y.month = month
	}
	return y.year, true
}

// beyond says that a day lies after the time at which the file was last
// written.
func (y *YearGuess) beyond(year, month, day int) bool {
	return y.ref.Year() > 1970 && time.Date(year, time.Month(month), day, 0, 0, 0, 0, y.ref.Location()).After(y.ref)
}

func isLeap(y int) bool { return y%4 == 0 && (y%100 != 0 || y%400 == 0) }
