package nightly

import (
	"context"
	"time"

	"almanac/internal/warehouse"
)

// span is what an analysis looks at.
type span struct {
	asOf         time.Time // "now" for every judge
	since, until time.Time // of the logs, [since, until)
	logSince     time.Time // first log of the lake; zero: no logs
	records      time.Time // first record of any kind
	linesPerDay  float64   // of the logs
}

type spanRow struct {
	Kind    string    `db:"kind"`
	FirstTS time.Time `db:"first_ts"`
	LastTS  time.Time `db:"last_ts"`
	Rows    int64     `db:"rows"`
}

// findSpan reads what the lake holds and settles what "now" means: the
// caller's clock, the end of the data for archives, or a stated instant.
func (n *night) findSpan(ctx context.Context, w *warehouse.Warehouse) (span, error) {
	rows, err := warehouse.Rows[spanRow](ctx, w, "detect/span", nil)
	if err != nil {
		return span{}, err
	}
	var s span
	var last, lastLog time.Time
	for _, r := range rows {
		if r.Rows == 0 || r.FirstTS.IsZero() {
			continue
		}
		if r.LastTS.After(last) {
			last = r.LastTS
		}
		if s.records.IsZero() || r.FirstTS.Before(s.records) {
			s.records = r.FirstTS
		}
		if r.Kind == "log" {
			s.logSince, lastLog = r.FirstTS, r.LastTS
			s.linesPerDay = float64(r.Rows) / max(lastLog.Sub(s.logSince).Hours()/24, 1)
		}
	}
	s.asOf = n.asOf(last)
	s.until = s.asOf
	if !lastLog.IsZero() && lastLog.Add(slot).Before(s.until) {
		s.until = lastLog.Add(slot)
	}
	s.since = s.until.AddDate(0, 0, -n.Config.Analyze.Days)
	if s.logSince.After(s.since) {
		s.since = s.logSince
	}
	return s, nil
}

// slot is the grain of service_volume.
const slot = 5 * time.Minute

// asOf is the instant the night looks back from, to the second: a clock's
// fractions would make equal nights differ.
func (n *night) asOf(lastRecord time.Time) time.Time {
	switch n.Config.Now {
	case "clock":
		return n.Now.UTC().Truncate(time.Second)
	case "data":
		if lastRecord.IsZero() {
			return n.Now.UTC().Truncate(time.Second)
		}
		// The hour after the last record: what it began may end within.
		return lastRecord.Truncate(time.Hour).Add(time.Hour)
	}
	t, err := time.Parse(time.RFC3339, n.Config.Now)
	if err != nil {
		return n.Now.UTC().Truncate(time.Second)
	}
	return t.UTC()
}
