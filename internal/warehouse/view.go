package warehouse

import (
	"context"
	"database/sql/driver"
	"fmt"
	"strconv"
	"strings"
	"time"

	"almanac/internal/lake"
	"almanac/queries"
	"almanac/schemas"
)

// settings are run before anything else. No extension is ever fetched, and
// the session's zone cannot change an answer.
func settings(o Options, tmp string) []string {
	if o.MemoryMiB == 0 {
		o.MemoryMiB = 2048
	}
	s := []string{
		"SET autoinstall_known_extensions = false",
		"SET autoload_known_extensions = false",
		"SET TimeZone = 'UTC'",
		"SET preserve_insertion_order = false",
		"SET parquet_metadata_cache = true",
		"SET memory_limit = '" + strconv.Itoa(o.MemoryMiB) + "MiB'",
		"SET temp_directory = " + quote(tmp),
	}
	if o.Threads > 0 {
		s = append(s, "SET threads = "+strconv.Itoa(o.Threads))
	}
	return s
}

// lock ends all access to files but the generation's own, for good. It is
// defence in depth: user SQL passes the gate of adhoc.go first.
func (w *Warehouse) lock(ctx context.Context, l *lake.Lake) error {
	var paths []string
	for _, t := range lake.TableNames() {
		for _, f := range l.Files(t) {
			paths = append(paths, quote(f))
		}
	}
	for _, text := range []string{
		"SET allowed_paths = [" + strings.Join(paths, ", ") + "]",
		"SET enable_external_access = false",
		"SET lock_configuration = true",
	} {
		if err := w.exec(ctx, text); err != nil {
			return fmt.Errorf("close DuckDB to the outside: %w", err)
		}
	}
	return nil
}

// streamed are the tables that can be large: they stay in their files, and
// each query reads the columns and dates it needs. The others are small
// records, read once at opening: binding a query to hundreds of files costs
// more than their rows.
var streamed = map[string]bool{
	lake.TableEvent: true, lake.TableEventMinute: true, lake.TableEventDay: true,
	lake.TableServiceVolume: true, lake.TableMetric: true,
}

// rawRelation reads a table's explicit files; without files it is empty, of
// the right types. Files older than some of today's columns (aged) give NULL
// for those.
func rawRelation(table string, files []string, cols []schemas.Column, aged bool) string {
	kind := "TABLE"
	if streamed[table] {
		kind = "VIEW"
	}
	head := "CREATE " + kind + " " + ident("lake_"+table) + " AS "
	var names, nulls []string
	for _, c := range cols {
		names = append(names, ident(c.Name))
		nulls = append(nulls, "CAST(NULL AS "+c.Type+") AS "+ident(c.Name))
	}
	empty := "SELECT " + strings.Join(nulls, ", ") + " WHERE false"
	if len(files) == 0 {
		return head + empty
	}
	var paths []string
	for _, f := range files {
		paths = append(paths, quote(unglob.Replace(f)))
	}
	read := "read_parquet([" + strings.Join(paths, ", ") + "], hive_partitioning = false, union_by_name = "
	selected := "SELECT " + strings.Join(names, ", ") + " FROM "
	if aged {
		return head + selected + "(" + empty + " UNION ALL BY NAME SELECT * FROM " + read + "true))"
	}
	return head + selected + read + "false)"
}

// unglob keeps read_parquet from taking a path's own characters as a pattern.
var unglob = strings.NewReplacer("*", "[*]", "?", "[?]", "[", "[[]")

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func ident(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// keptRows bounds the rows of a table whose view is kept in memory. Events,
// with their messages, never are.
const keptRows = 1_000_000

// isSmall says that what a view reads has few rows: tables of the lake, small
// tables made at opening, and views that are kept themselves.
func isSmall(reads []string, kept map[string]bool, l *lake.Lake) bool {
	rows := int64(0)
	for _, name := range reads {
		table, raw := strings.CutPrefix(name, "lake_")
		if !raw && !kept[name] || table == lake.TableEvent {
			return false
		}
		for _, f := range l.Manifest().Tables[table] {
			rows += f.Rows
		}
	}
	return rows <= keptRows
}

// makeViews makes the views. With keep, those of little are tables of what
// they would give.
func (w *Warehouse) makeViews(ctx context.Context, l *lake.Lake, keep bool) error {
	kept := map[string]bool{}
	for _, name := range queries.Names("table") {
		q, err := queries.Load(name)
		if err != nil {
			return err
		}
		kept[q.Object] = keep
	}
	for _, name := range queries.Names("view") {
		q, err := queries.Load(name)
		if err != nil {
			return err
		}
		kind := "VIEW"
		if keep && isSmall(q.Reads, kept, l) {
			kind, kept[q.Object] = "TABLE", true
		}
		if err := w.exec(ctx, "CREATE "+kind+" "+ident(q.Object)+" AS "+q.SQL); err != nil {
			return fmt.Errorf("make view %s: %w", name, err)
		}
	}
	return nil
}

func (w *Warehouse) makeTables(ctx context.Context, ledger []schemas.LedgerEntry, o Options) error {
	rows := map[string][][]driver.Value{
		"zone_offset":  zoneOffsets(o.Zone),
		"input":        inputRows(ledger),
		"service_team": teamRows(o.Teams),
	}
	for _, name := range queries.Names("table") {
		q, err := queries.Load(name)
		if err != nil {
			return err
		}
		if err := w.exec(ctx, q.SQL); err != nil {
			return fmt.Errorf("make table %s: %w", name, err)
		}
		if err := appendRows(ctx, w.db, q.Object, rows[q.Object]); err != nil {
			return fmt.Errorf("fill table %s: %w", name, err)
		}
	}
	return nil
}

// teamRows keeps the first team of a service.
func teamRows(teams [][2]string) [][]driver.Value {
	var rows [][]driver.Value
	seen := map[string]bool{}
	for _, t := range teams {
		if t[0] != "" && t[1] != "" && !seen[t[0]] {
			seen[t[0]] = true
			rows = append(rows, []driver.Value{t[0], t[1]})
		}
	}
	return rows
}

func inputRows(ledger []schemas.LedgerEntry) [][]driver.Value {
	var rows [][]driver.Value
	for _, e := range ledger {
		var last driver.Value
		if e.LastTS != 0 {
			last = schemas.Time(e.LastTS)
		}
		c := e.Counts
		rows = append(rows, []driver.Value{e.SourceID, e.Source, e.File, e.Format, e.Bytes,
			c.Lines, c.Events, c.Continuations, c.Blanks, c.Rejects, last})
	}
	return rows
}

// zoneOffsets lists the zone's offsets from 1970 to 2100, split where they
// change (found by day, then by bisection to the second).
func zoneOffsets(zone *time.Location) [][]driver.Value {
	var rows [][]driver.Value
	offset := func(t time.Time) int64 { _, o := t.In(zone).Zone(); return int64(o) }
	end := time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
	from := time.Unix(0, 0).UTC()
	for t := from; t.Before(end); t = t.AddDate(0, 0, 1) {
		next := t.AddDate(0, 0, 1)
		if offset(next) == offset(t) {
			continue
		}
		lo, hi := t.Unix(), next.Unix()
		for hi-lo > 1 {
			if mid := (lo + hi) / 2; offset(time.Unix(mid, 0)) == offset(t) {
				lo = mid
			} else {
				hi = mid
			}
		}
		at := time.Unix(hi, 0).UTC()
		rows = append(rows, []driver.Value{from, at, offset(t)})
		from = at
	}
	return append(rows, []driver.Value{from, end, offset(from)})
}
