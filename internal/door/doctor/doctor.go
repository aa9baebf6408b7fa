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
	rows, err := sources(ctx, l, c)
	if err != nil {
		return append(checks, Check{Fail, "queries", err.Error(), "see 'almanac check'"}), err
	}
	return append(checks, sourceChecks(rows, c, now)...), nil
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

func sources(ctx context.Context, l *lake.Lake, c *config.Config) ([]sourceRow, error) {
	w, err := warehouse.Open(ctx, l, warehouse.Options{Zone: c.Location(), Teams: c.Teams(), Threads: 1})
	if err != nil {
		return nil, err
	}
	defer w.Close()
	return warehouse.Rows[sourceRow](ctx, w, "ask/sources", nil)
}

func sourceChecks(rows []sourceRow, c *config.Config, now time.Time) []Check {
	kinds := map[string]string{}
	for _, s := range c.Sources {
		kinds[s.Name] = s.Kind
	}
	var out []Check
	for _, r := range rows {
		k := Check{OK, "source " + r.Source, fmt.Sprintf("%d events in %d hours up to %s", r.Events, r.Hours, r.LastHour.Format("2006-01-02 15:04Z")), ""}
		log := kinds[r.Source] == config.KindLog
		switch {
		case log && c.Now == "clock" && now.Sub(r.LastHour) > lateSource:
			k.State, k.Do = Warn, fmt.Sprintf("nothing for %.0f h: see whether the service writes and the file arrives", now.Sub(r.LastHour).Hours())
		case r.RejectShare != nil && *r.RejectShare > 0.01:
			k.State, k.Do = Warn, fmt.Sprintf("%.1f %% refused; 'almanac ask rejects' says why", 100**r.RejectShare)
		case log && r.MissingHours > 0:
			k.Found += fmt.Sprintf(", %d hours without data between", r.MissingHours)
		}
		out = append(out, k)
	}
	return out
}
