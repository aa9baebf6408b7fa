package finding

import (
	"sort"
	"time"
)

// A day has recDaySlots slots of recSlotMin minutes.
const (
	recSlotMin  = 5
	recDaySlots = 288
	recDayMin   = 1440
)

// Names of frames: how the wall clock that a recurrence follows is said.
const (
	frameWall    = "wall clock"
	frameUTC     = "UTC"
	frameUnknown = "not decidable yet"
)

// recFrame is a calendar laid over the span: minutes of UTC become minutes of
// a wall clock, counted from the midnight that begins day 0. One empty day of
// padding lies at each end, so that windows over midnight are ordinary. On a
// day of a clock change an hour is missing, or met twice and added up.
type recFrame struct {
	name  string
	zone  *time.Location
	day0  int64 // days since 1970-01-01 on this wall clock
	days  int   // padding included
	steps []recStep
}

// recStep is an offset from UTC that holds from a minute on.
type recStep struct{ from, offset int64 }

// recSpan is the observed stretch of time, in UTC minutes since 1970, and the
// frames in which it is searched.
type recSpan struct {
	from, until int64
	frames      []*recFrame
	changes     bool // the zone's offset changes inside the span
}

// newRecSpan lays the site's zone, and UTC where the two can be told apart,
// over [since, until).
func newRecSpan(since, until time.Time, zone *time.Location) *recSpan {
	if zone == nil {
		zone = time.UTC
	}
	s := &recSpan{from: since.Unix() / 60, until: (until.Unix() + 59) / 60}
	s.from -= recMod(s.from, recSlotMin)
	if s.until < s.from {
		s.until = s.from
	}
	local := newRecFrame(frameWall, zone, s)
	s.frames = []*recFrame{local}
	if len(local.steps) > 1 {
		s.changes = true
		s.frames = append(s.frames, newRecFrame(frameUTC, time.UTC, s))
	}
	return s
}

func newRecFrame(name string, zone *time.Location, s *recSpan) *recFrame {
	f := &recFrame{name: name, zone: zone}
	for m := s.from - recMod(s.from, 30); m <= s.until; m += 30 {
		_, off := time.Unix(m*60, 0).In(zone).Zone()
		if n := len(f.steps); n == 0 || f.steps[n-1].offset != int64(off/60) {
			f.steps = append(f.steps, recStep{m, int64(off / 60)})
		}
	}
	f.day0 = recFloorDiv(f.wall(s.from), recDayMin) - 1
	f.days = int(recFloorDiv(f.wall(s.until-1), recDayMin)-f.day0) + 2
	return f
}

// wall gives the wall-clock minute since 1970-01-01 of a UTC minute.
func (f *recFrame) wall(m int64) int64 {
	i := sort.Search(len(f.steps), func(i int) bool { return f.steps[i].from > m })
	if i == 0 {
		i = 1
	}
	return m + f.steps[i-1].offset
}

// minute gives the minute since the midnight of day 0; it may be out of range
// for instants outside the span.
func (f *recFrame) minute(m int64) int { return int(f.wall(m) - f.day0*recDayMin) }

// slots is the number of slots of the frame.
func (f *recFrame) slots() int { return f.days * recDaySlots }

// date gives day d's civil date, at midnight UTC.
func (f *recFrame) date(d int) time.Time { return time.Unix((f.day0+int64(d))*86400, 0).UTC() }

// instant turns a minute of day d of the wall clock into an instant. Minutes
// below 0 or above 1439 are of the day before or after.
func (f *recFrame) instant(d, minute int) time.Time {
	t := f.date(d)
	return time.Date(t.Year(), t.Month(), t.Day(), 0, minute, 0, 0, f.zone)
}

func recFloorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func recMod(a, b int64) int64 { return a - recFloorDiv(a, b)*b }
