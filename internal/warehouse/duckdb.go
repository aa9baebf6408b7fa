package warehouse

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"

	duckdb "github.com/marcboeker/go-duckdb/v2"
)

// openDuckDB opens an in-memory database; boot runs on every connection.
func openDuckDB(boot []string) (*sql.DB, error) {
	c, err := duckdb.NewConnector("", func(x driver.ExecerContext) error {
		for _, s := range boot {
			if _, err := x.ExecContext(context.Background(), s, nil); err != nil {
				return fmt.Errorf("%s: %w", s, err)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(c)
	// One connection: settings and small tables belong to it, and DuckDB
	// parallelises inside a query.
	db.SetMaxOpenConns(1)
	return db, nil
}

// appendRows fills a table through the appender, without SQL text.
func appendRows(ctx context.Context, db *sql.DB, table string, rows [][]driver.Value) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(c any) error {
		a, err := duckdb.NewAppenderFromConn(c.(driver.Conn), "", table)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := a.AppendRow(r...); err != nil {
				a.Close()
				return err
			}
		}
		return a.Close()
	})
}
