// Package doctor looks at a site's configuration, lake and sources and says
// what is well and what is not. It changes nothing.
package doctor

import (
	"context"
	"fmt"
	"os"
	"time"

	"almanac/internal/config"
	"almanac/internal/lake"
	"almanac/internal/warehouse"
	"almanac/schemas"
)

// States of a check.
const (
	OK   = "ok"
	Warn = "warn"
	Fail = "fail"
)

// Check is one thing looked at.
type Check struct {
	State, What, Found, Do string // Do: what to do where it is not well
}

// Table lists checks for a person or a program.
func Table(checks []Check) *schemas.Table {
	t := &schemas.Table{Columns: []schemas.Column{{Name: "state"}, {Name: "check"}, {Name: "found"}, {Name: "do"}}}
	for _, c := range checks {
		t.Rows = append(t.Rows, []any{c.State, c.What, c.Found, c.Do})
	}
	return t
}

// Ages beyond which a night, or a source, is late.
const (
	lateNight  = 26 * time.Hour
	lateSource = 26 * time.Hour
)

// Look runs every check. The error is of a lake that cannot be opened; it is
// also among the checks.
func Look(ctx context.Context, c *config.Config, now time.Time) ([]Check, error) {
	checks := []Check{{OK, "configuration", c.File, ""}}
	if c.File == "" {
		checks[0].Found = "none; --lake names the lake"
	}
	for _, p := range c.CheckFiles() {
		checks = append(checks, Check{Warn, "inputs", p, "mend the pattern, or see why the files are missing"})
	}
	dir := c.Resolve(c.Lake)
	if _, err := os.Stat(dir); err != nil {
		return append(checks, Check{Warn, "lake", "there is none at " + dir, "run: almanac nightly"}), nil
	}
	l, err := lake.Open(dir)
	if err != nil {
		return append(checks, Check{Fail, "lake", err.Error(), "restore it, or see 'almanac check'"}), err
	}
	checks = append(checks, lakeChecks(l, c, now)...)
	until := reference(l, c, now)
	rows, trends, err := sources(ctx, l, c, until)
	if err != nil {
		return append(checks, Check{Fail, "queries", err.Error(), "see 'almanac check'"}), err
	}
	checks = append(checks, lagCheck(rows, c, until)...)
	checks = append(checks, sourceChecks(rows, c, until)...)
	checks = append(checks, unread(rows, l, c)...)
	return append(checks, trendChecks(trends)...), nil
}

// reference is the instant that ages are counted from: the clock, or, for a
// site whose now is that of its data, the end of what was read.
func reference(l *lake.Lake, c *config.Config, now time.Time) time.Time {
	if asOf, err := time.Parse(time.RFC3339, l.Manifest().AsOf); c.Now != "clock" && err == nil {
		return asOf.UTC()
	}
	return now.UTC()
}

func lakeChecks(l *lake.Lake, c *config.Config, now time.Time) []Check {
	m := l.Manifest()
	var files, bytes int64
	for _, list := range m.Tables {
		for _, f := range list {
			files++
			bytes += f.Bytes
		}
	}
	out := []Check{{OK, "lake", fmt.Sprintf("generation %d, %d files, %.1f MB, %d inputs", m.Generation, files, float64(bytes)/1e6, len(m.Ledger)), ""}}
	asOf, err := time.Parse(time.RFC3339, m.AsOf)
	switch {
	case m.AsOf == "" || err != nil:
		out = append(out, Check{Warn, "last night", "nothing was analysed yet", "run: almanac nightly"})
	case c.Now == "clock" && now.Sub(asOf) > lateNight:
		out = append(out, Check{Warn, "last night", fmt.Sprintf("%s, %.0f h ago", asOf.Format(time.RFC3339), now.Sub(asOf).Hours()), "see why the nightly job does not run"})
	default:
		out = append(out, Check{OK, "last night", asOf.Format(time.RFC3339), ""})
	}
	return out
}

// sourceRow is a row of ask/sources.
type sourceRow struct {
	Source       string    `db:"source"`
	FirstHour    time.Time `db:"first_hour"`
	LastHour     time.Time `db:"last_hour"`
	Hours        int64     `db:"hours"`
	MissingHours int64     `db:"missing_hours"`
	Lines        int64     `db:"lines"`
	Events       int64     `db:"events"`
	Rejects      int64     `db:"rejects"`
	RejectShare  *float64  `db:"reject_share"`
}

// trendRow is a row of ask/reject_trend.
type trendRow struct {
	Source        string   `db:"source"`
	RecentLines   int64    `db:"recent_lines"`
	RecentRejects int64    `db:"recent_rejects"`
	RecentShare   *float64 `db:"recent_share"`
	BeforeShare   *float64 `db:"before_share"`
}

// The trend compares the last week with the four weeks before it.
const (
	recentTime = 7 * 24 * time.Hour
	beforeTime = 28 * 24 * time.Hour
)

func sources(ctx context.Context, l *lake.Lake, c *config.Config, until time.Time) ([]sourceRow, []trendRow, error) {
	w, err := warehouse.Open(ctx, l, warehouse.Options{Zone: c.Location(), Teams: c.Teams(), Threads: 1})
	if err != nil {
		return nil, nil, err
	}
	defer w.Close()
	rows, err := warehouse.Rows[sourceRow](ctx, w, "ask/sources", nil)
	if err != nil {
		return nil, nil, err
	}
	since := until.Add(-recentTime)
	trends, err := warehouse.Rows[trendRow](ctx, w, "ask/reject_trend", warehouse.Params{
		"before": since.Add(-beforeTime).Format(time.DateTime), "since": since.Format(time.DateTime), "until": until.Add(time.Hour).Format(time.DateTime)})
	return rows, trends, err
}

// lagCheck says how old the newest hour of any log is.
func lagCheck(rows []sourceRow, c *config.Config, until time.Time) []Check {
	kinds := kindsOf(c)
	var newest time.Time
	for _, r := range rows {
		if kinds[r.Source] == config.KindLog && r.LastHour.After(newest) {
			newest = r.LastHour
		}
	}
	if newest.IsZero() {
		return nil
	}
	lag := max(0, until.Sub(newest.Add(time.Hour)))
	k := Check{OK, "lag", fmt.Sprintf("logs reach to %s, %.0f h ago", newest.Add(time.Hour).Format("2006-01-02 15:04Z"), lag.Hours()), ""}
	if lag > lateSource {
		k.State, k.Do = Warn, "see whether the files still arrive"
	}
	return []Check{k}
}

// unread names the sources of which nothing was ever taken in.
func unread(rows []sourceRow, l *lake.Lake, c *config.Config) []Check {
	read := map[string]bool{}
	for _, r := range rows {
		read[r.Source] = true
	}
	for _, e := range l.Manifest().Ledger {
		if e.Counts.Events > 0 {
			read[e.Source] = true
		}
	}
	var out []Check
	for _, s := range c.Sources {
		if !read[s.Name] {
			out = append(out, Check{Warn, "source " + s.Name, "nothing was ever read of it", "try a file of it: almanac formats test FILE"})
		}
	}
	return out
}

// A share of refused lines has risen where it is beyond 1 % and twice what it
// was.
const (
	risenShare = 0.01
	risenTimes = 2
)

// trendChecks compares what was refused in the last week with before.
func trendChecks(trends []trendRow) []Check {
	var out []Check
	for _, r := range trends {
		if r.RecentShare == nil || r.RecentRejects == 0 && (r.BeforeShare == nil || *r.BeforeShare == 0) {
			continue
		}
		k := Check{OK, "rejects of " + r.Source, fmt.Sprintf("%.2f %% in the last week", 100**r.RecentShare), ""}
		if r.BeforeShare != nil {
			k.Found += fmt.Sprintf(", %.2f %% before", 100**r.BeforeShare)
			if *r.RecentShare > risenShare && *r.RecentShare > risenTimes**r.BeforeShare {
				k.State, k.Do = Warn, "more is refused than before: has a format changed? 'almanac ask rejects' says why"
			}
		}
		out = append(out, k)
	}
	return out
}

func kindsOf(c *config.Config) map[string]string {
	kinds := map[string]string{}
	for _, s := range c.Sources {
		kinds[s.Name] = s.Kind
	}
	return kinds
}

func sourceChecks(rows []sourceRow, c *config.Config, until time.Time) []Check {
	kinds := kindsOf(c)
	var out []Check
	for _, r := range rows {
		k := Check{OK, "source " + r.Source, fmt.Sprintf("%d events in %d hours up to %s", r.Events, r.Hours, r.LastHour.Format("2006-01-02 15:04Z")), ""}
		log := kinds[r.Source] == config.KindLog
		switch {
		case log && until.Sub(r.LastHour) > lateSource:
			k.State, k.Do = Warn, fmt.Sprintf("silent: nothing for %.0f h; see whether the service writes and the file arrives", until.Sub(r.LastHour).Hours())
		case r.RejectShare != nil && *r.RejectShare > 0.01:
			k.State, k.Do = Warn, fmt.Sprintf("%.1f %% refused; 'almanac ask rejects' says why", 100**r.RejectShare)
		case log && r.MissingHours > 0:
			k.Found += fmt.Sprintf(", %d hours without data between", r.MissingHours)
		}
		out = append(out, k)
	}
	return out
}
