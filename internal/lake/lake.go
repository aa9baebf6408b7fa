// Package lake keeps rows in immutable, content-named Parquet files under one
// atomically replaced manifest. It promises that a reader sees one generation
// whole, that a night is published entirely or not at all, and that the same
// inputs give byte-identical files whatever their order, the number of
// workers or the nights over which they came.
//
// It is the only importer of parquet-go. It knows no log formats, counts
// nothing beyond the two rollups of schemas, reads no clock and logs nothing.
package lake

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"sync"

	"almanac/schemas"
)

// Names inside a lake directory.
const (
	manifestName = "MANIFEST.json"
	historyName  = "history"
	tmpName      = "tmp"
	lockName     = "LOCK"
)

// ErrNewer marks a lake written by a newer almanac.
var ErrNewer = errors.New("written by a newer almanac")

// Lake is one generation of a lake: a snapshot that later nights do not
// change. It is safe for concurrent use.
type Lake struct {
	dir  string // absolute
	m    *schemas.Manifest
	disk disk

	mu       sync.Mutex
	lastPath string
	lastRows any // of the gathered file lastPath
}

// Open reads the manifest of the lake in dir. A directory that is absent or
// has never been published to is an empty lake of generation 0. A lake of a
// newer format is refused with ErrNewer.
func Open(dir string) (*Lake, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open lake %s: %w", dir, err)
	}
	l := &Lake{dir: abs, disk: osDisk{}}
	if l.m, err = readManifest(filepath.Join(abs, manifestName)); err == nil {
		return l, nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("open lake %s: %w", dir, err)
	}
	if info, statErr := os.Stat(abs); statErr == nil && !info.IsDir() {
		return nil, fmt.Errorf("open lake %s: it is a file; give a directory", dir)
	}
	if gens := historyGenerations(abs); len(gens) > 0 {
		last := gens[len(gens)-1]
		return nil, fmt.Errorf("open lake %s: %s is missing although generation %d was published; restore it from a backup or with: cp %s %s",
			dir, manifestName, last, historyPath(abs, last), filepath.Join(abs, manifestName))
	}
	l.m = &schemas.Manifest{Version: schemas.ManifestVersion, Tables: map[string][]schemas.TableFile{}}
	return l, nil
}

// Dir is the lake's absolute directory.
func (l *Lake) Dir() string { return l.dir }

// Generation counts the publications; 0 is a lake never published to.
func (l *Lake) Generation() int64 { return l.m.Generation }

// Manifest gives a copy of this generation's manifest.
func (l *Lake) Manifest() *schemas.Manifest {
	m := *l.m
	m.Tables = make(map[string][]schemas.TableFile, len(l.m.Tables))
	for name, files := range l.m.Tables {
		m.Tables[name] = slices.Clone(files)
	}
	m.Ledger = slices.Clone(l.m.Ledger)
	return &m
}

// Files lists the absolute paths of a table's files in this generation, in
// the order of their rows' dates: a file per date, or few for all (gather.go). A table without rows has none.
func (l *Lake) Files(table string) []string {
	files := l.m.Tables[table]
	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = l.path(f)
	}
	return paths
}

// Dates lists the dates for which a table has rows, in rising order with
// schemas.Undated last.
func (l *Lake) Dates(table string) []string {
	seen := map[string]bool{}
	for _, f := range l.m.Tables[table] {
		for _, date := range fileDates(f) {
			seen[date] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// Read gives all rows of a table on one date (schemas.Undated for tables
// without dates). T must be the table's row type. Every file is checked
// against the manifest's hash before it is parsed. What the rows' pointers
// point to may be shared with other calls: do not write through them.
func Read[T any](l *Lake, table, date string) ([]T, error) {
	t, err := tableOf[T](table)
	if err != nil {
		return nil, err
	}
	var rows []T
	for _, f := range l.filesOn(table, date) {
		all, err := readFile(l, t, f)
		if err != nil {
			return nil, err
		}
		if f.EventDate == schemas.Gathered {
			all = rowsOn(t, all, date)
		}
		rows = append(rows, all...)
	}
	return rows, nil
}

// EachEvent calls fn for every event of a date, in the order of files; a row
// is valid during the call.
func (l *Lake) EachEvent(date string, fn func(*schemas.Event) error) error {
	for _, f := range l.filesOn(TableEvent, date) {
		if err := eachRow(l, eventTable, f, fn); err != nil {
			return err
		}
	}
	return nil
}

// readFile gives a file's rows. The gathered file read last is remembered:
// whoever asks for one date after another reads it once.
func readFile[T any](l *Lake, t *table[T], f schemas.TableFile) ([]T, error) {
	if f.EventDate == schemas.Gathered {
		l.mu.Lock()
		defer l.mu.Unlock()
		if rows, ok := l.lastRows.([]T); ok && l.lastPath == f.Path {
			return rows, nil
		}
	}
	rows := make([]T, 0, min(f.Rows, gatheredRows))
	err := eachRow(l, t, f, func(row *T) error {
		rows = append(rows, *row)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if f.EventDate == schemas.Gathered {
		l.lastPath, l.lastRows = f.Path, rows
	}
	return rows, nil
}

// rowsOn gives the rows of one date of a gathered file, which sorts by date.
func rowsOn[T any](t *table[T], rows []T, date string) []T {
	at := func(i int) string { return valueOfRow(&rows[i]).Field(t.cols[0].field).String() }
	from := sort.Search(len(rows), func(i int) bool { return at(i) >= date })
	to := sort.Search(len(rows), func(i int) bool { return at(i) > date })
	return rows[from:to]
}

// filesOn lists a table's files with rows of one date.
func (l *Lake) filesOn(table, date string) []schemas.TableFile {
	var out []schemas.TableFile
	for _, f := range l.m.Tables[table] {
		if holdsDate(f, date) {
			out = append(out, f)
		}
	}
	return out
}

func (l *Lake) path(f schemas.TableFile) string {
	return filepath.Join(l.dir, filepath.FromSlash(f.Path))
}
