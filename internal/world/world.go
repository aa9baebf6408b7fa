// Package world invents a small shop: weeks of logs, change records, incidents
// and postmortems, with everything planted in them written down as truth. It
// is pure and seeded: the same options give the same bytes, on every machine.
// It judges nothing it invents except in Score, which compares an outcome with
// the truth; it reads no clock and no environment.
package world

import (
	"math/rand/v2"
	"time"
)

// zoneName is the shop's zone; it changes its clocks on 2026-10-25.
const zoneName = "Europe/Berlin"

// Options say how large an invented shop is and what is planted in it.
type Options struct {
	Seed  int64
	Start string // first local date, "2006-01-02"
	Days  int
	// WeekdayOrders and WeekendOrders are checkout attempts per day; every
	// other line count follows from them.
	WeekdayOrders, WeekendOrders float64
	// FailShare is the share of attempts (0-1) that the 17:00 job makes fail.
	FailShare float64
	// EveningOnly plants the 17:00 story and one incident and nothing else.
	EveningOnly bool
	// Clean leaves out broken lines, the cut file and the other bad input.
	Clean bool
}

// World is one invented shop, planned but not yet written.
type World struct {
	opt   Options
	zone  *time.Location
	start time.Time // local midnight of the first day
	plan  plan
}

// Demo is the world of `make demo`: eight weeks of a shop of six services,
// 2026-09-14 to 2026-11-08 in Europe/Berlin, with every story and decoy.
func Demo(seed int64) *World {
	return New(Options{
		Seed: seed, Start: "2026-09-14", Days: 56,
		WeekdayOrders: 1500, WeekendOrders: 1250, FailShare: 0.05,
	})
}

// Mini is a world for quick tests: fourteen days over the change of the clocks
// (2026-10-19 to 2026-11-01) with the 17:00 story and one incident.
func Mini(seed int64) *World {
	return New(Options{
		Seed: seed, Start: "2026-10-19", Days: 14,
		WeekdayOrders: 160, WeekendOrders: 140, FailShare: 0.3,
		EveningOnly: true, Clean: true,
	})
}

// New plans a world. Nothing is written before Write. An unreadable Start
// means the demo's.
func New(o Options) *World {
	zone, err := time.LoadLocation(zoneName)
	if err != nil {
		zone = time.UTC // only without time/tzdata, which this package embeds
	}
	start, err := time.ParseInLocation("2006-01-02", o.Start, zone)
	if err != nil {
		start = time.Date(2026, 9, 14, 0, 0, 0, 0, zone)
	}
	if o.Days < 1 {
		o.Days = 1
	}
	w := &World{opt: o, zone: zone, start: start}
	w.plan = newPlan(w)
	return w
}

// AsOf is the moment at which the night after the last day runs: 06:00 local.
func (w *World) AsOf() time.Time { return w.at(w.opt.Days, "06:00:00") }

// Days is the number of local days with logs.
func (w *World) Days() int { return w.opt.Days }

// at is a local clock time on day i (0 = first). The calendar moves, not the
// count of hours: 17:00 is 15:00 UTC in summer and 16:00 in winter.
func (w *World) at(i int, clock string) time.Time {
	t, err := time.Parse("15:04:05", clock)
	if err != nil {
		return w.midnight(i)
	}
	d := w.start
	return time.Date(d.Year(), d.Month(), d.Day()+i, t.Hour(), t.Minute(), t.Second(), 0, w.zone)
}

// midnight is the local start of day i.
func (w *World) midnight(i int) time.Time {
	d := w.start
	return time.Date(d.Year(), d.Month(), d.Day()+i, 0, 0, 0, 0, w.zone)
}

// date is the local date of day i.
func (w *World) date(i int) string { return w.midnight(i).Format("2006-01-02") }

// index is the number of the day of a local date, outside 0..Days-1 for a
// date outside the span.
func (w *World) index(date string) int {
	t, err := time.Parse("2006-01-02", date)
	if err != nil {
		return -1
	}
	d := w.start
	first := time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, time.UTC)
	return int(t.Sub(first) / (24 * time.Hour)) // whole days: both are UTC midnights
}

// rng gives an independent stream per purpose, so that a change in one part of
// the world does not stir the others.
func (w *World) rng(stream uint64) *rand.Rand {
	return rand.New(rand.NewPCG(uint64(w.opt.Seed)*0x9e3779b97f4a7c15+1, stream*0xbf58476d1ce4e5b9+7))
}
