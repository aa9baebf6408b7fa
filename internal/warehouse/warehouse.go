// Package warehouse opens one generation of a lake in DuckDB, makes the views
// and runs named queries into rows. It reads only: files are listed one by one
// from the manifest, nothing is globbed, extensions are never fetched. It is
// the only importer of DuckDB.
package warehouse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"almanac/internal/lake"
	"almanac/schemas"
)

// Options of an opened warehouse.
type Options struct {
	Zone      *time.Location // the site's zone; nil is UTC
	Teams     [][2]string    // service and the team that owns it
	Threads   int            // 0: DuckDB's own choice
	MemoryMiB int            // 0: 2048
	TempDir   string         // where DuckDB may spill; "" is the system's folder
	// Keep computes the small views once, at opening: for those who ask many
	// questions. Answers are the same.
	Keep bool
}

// Warehouse answers queries about one generation of a lake. It is safe for
// use by one goroutine at a time.
type Warehouse struct {
	db      *sql.DB
	release func() error
}

// Open makes the views over a generation. The files may be garbage collected
// by later nights; the lake's grace period of generations keeps them.
func Open(ctx context.Context, l *lake.Lake, o Options) (*Warehouse, error) {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	tmp, err := os.MkdirTemp(o.TempDir, "almanac-sql-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for DuckDB to spill to: %w", err)
	}
	w := &Warehouse{release: func() error { return os.RemoveAll(tmp) }}
	if w.db, err = openDuckDB(settings(o, tmp)); err != nil {
		return nil, errors.Join(fmt.Errorf("open DuckDB: %w", err), w.release())
	}
	if err := w.prepare(ctx, l, o); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

// Close ends the session and removes what DuckDB spilled.
func (w *Warehouse) Close() error {
	return errors.Join(w.db.Close(), w.release())
}

func (w *Warehouse) prepare(ctx context.Context, l *lake.Lake, o Options) error {
	for _, t := range lake.TableNames() {
		cols := lake.EmptyColumns(t)
		aged := slices.ContainsFunc(l.Manifest().Tables[t], func(f schemas.TableFile) bool { return f.Columns != len(cols) })
		if err := w.exec(ctx, rawRelation(t, l.Files(t), cols, aged)); err != nil {
			return fmt.Errorf("read table %s: %w", t, err)
		}
	}
	if err := w.makeTables(ctx, l.Manifest().Ledger, o); err != nil {
		return err
	}
	if err := w.makeViews(ctx, l, o.Keep); err != nil {
		return err
	}
	return w.lock(ctx, l)
}

func (w *Warehouse) exec(ctx context.Context, text string) error {
	_, err := w.db.ExecContext(ctx, text)
	return err
}
