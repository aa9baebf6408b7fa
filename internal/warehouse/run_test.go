package warehouse

import (
	"context"
	"database/sql"
	"strings"
	"testing"
	"time"

	"almanac/queries"
)

// The wall clock that SQL sees is the zone database's, on both sides of a
// clock change.
func TestZoneOffsets(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	rows := zoneOffsets(berlin)
	at := func(ts time.Time) int64 {
		for _, r := range rows {
			if !ts.Before(r[0].(time.Time)) && ts.Before(r[1].(time.Time)) {
				return r[2].(int64)
			}
		}
		t.Fatalf("no offset at %s", ts)
		return 0
	}
	for _, c := range []struct {
		utc  string
		want int64
	}{
		{"2026-10-25T00:59:59Z", 7200}, {"2026-10-25T01:00:00Z", 3600},
		{"2026-03-29T00:59:59Z", 3600}, {"2026-03-29T01:00:00Z", 7200},
		{"1999-07-01T00:00:00Z", 7200}, {"2099-12-31T23:59:59Z", 3600},
	} {
		ts, err := time.Parse(time.RFC3339, c.utc)
		if err != nil {
			t.Fatal(err)
		}
		if got := at(ts); got != c.want {
			t.Errorf("%s: offset %d, want %d", c.utc, got, c.want)
		}
	}
	if rows := zoneOffsets(time.UTC); len(rows) != 1 {
		t.Errorf("UTC has %d spans", len(rows))
	}
}

// The driver ignores a parameter that the text lacks; the warehouse does not.
func TestParametersAreChecked(t *testing.T) {
	w := emptyWarehouse(t)
	for _, c := range []struct {
		p    Params
		want string
	}{
		{Params{"since": "2026-01-01", "until": "2026-02-01", "nosuch": 1}, `has no parameter "nosuch"`},
		{Params{"since": "yesterday"}, `"yesterday" is not an instant`},
	} {
		if _, err := w.Table(context.Background(), "ask/errors", c.p); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: got %v, want %q", c.p, err, c.want)
		}
	}
	if _, err := w.Table(context.Background(), "detect/onset_daily", nil); err == nil || !strings.Contains(err.Error(), "needs the parameter since") {
		t.Errorf("a missing parameter gave %v", err)
	}
	if _, err := w.Table(context.Background(), "ask/errors", Params{"since": "2026-01-01"}); err != nil {
		t.Errorf("declared defaults: %v", err)
	}
}

func TestInlineKeepsTextsTextual(t *testing.T) {
	got := inline(queries.Query{SQL: "SELECT $a, $ab, $t, $n, $f"}, []any{
		sql.Named("a", "it's'; DROP VIEW event; --"), sql.Named("ab", "$a"),
		sql.Named("t", time.Date(2026, 11, 1, 17, 0, 0, 500000, time.FixedZone("x", 3600))),
		sql.Named("n", int64(7)), sql.Named("f", 0.5),
	})
	want := "SELECT 'it''s''; DROP VIEW event; --', '$a', TIMESTAMP '2026-11-01 16:00:00.0005', 7, CAST(0.5 AS DOUBLE)"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// A struct and a query that drifted apart are an error, not a zero value.
func TestScanNamesWhatDoesNotFit(t *testing.T) {
	w := emptyWarehouse(t)
	type short struct {
		Kind string `db:"kind"`
	}
	if _, err := Rows[short](context.Background(), w, "detect/span", nil); err == nil || !strings.Contains(err.Error(), "first_ts has no field") {
		t.Errorf("a column without a field gave %v", err)
	}
	type long struct {
		Kind    string    `db:"kind"`
		FirstTS time.Time `db:"first_ts"`
		LastTS  time.Time `db:"last_ts"`
		Rows    int64     `db:"rows"`
		Other   string    `db:"other"`
	}
	if _, err := Rows[long](context.Background(), w, "detect/span", nil); err == nil || !strings.Contains(err.Error(), "other") {
		t.Errorf("a field without a column gave %v", err)
	}
}

// People's SQL: what must not run.
func TestGate(t *testing.T) {
	w := emptyWarehouse(t)
	for _, text := range []string{
		"SELECT * FROM read_text('/etc/passwd')", "SELECT * FROM '/etc/passwd'", "SELECT * FROM read_csv('/etc/passwd')",
		"SELECT * FROM glob('/*')", "COPY (SELECT 1) TO '/tmp/x.csv'", "ATTACH 'x.db'", "INSTALL httpfs", "LOAD httpfs",
		"SET memory_limit = '1GB'", "PRAGMA database_list", "CREATE TABLE x AS SELECT 1", "DROP VIEW event",
		"SELECT 1; SELECT 2", "CALL enable_logging()", "EXPORT DATABASE '/tmp/x'", "PREPARE a AS SELECT 1",
		"SELECT * FROM (SELECT * FROM read_parquet('/tmp/x.parquet'))", "WITH a AS (SELECT * FROM read_blob('/etc/passwd')) SELECT * FROM a",
		"SELECT (SELECT content FROM read_text('/etc/passwd'))", "SELECT * FROM duckdb_secrets()", "SELECT * FROM query('SELECT 1')",
		"", ";", "SELEKT 1",
	} {
		if table, err := w.SQL(context.Background(), text); err == nil {
			t.Errorf("%q ran and gave %v", text, table.Rows)
		}
	}
	for _, text := range []string{
		"SELECT 1", "SELECT count(*) FROM event;", "SELECT * FROM range(3)", "WITH a AS (SELECT 1 AS x) SELECT x FROM a",
		"SELECT 1 -- a comment; with a semicolon", "SELECT * FROM event_minute_local LIMIT 1",
	} {
		if _, err := w.SQL(context.Background(), text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}
