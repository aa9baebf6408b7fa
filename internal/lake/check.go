package lake

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go"

	"almanac/schemas"
)

// Problem is something in a lake that is not as it should be.
type Problem struct {
	Path string // relative to the lake, slash-separated
	What string // what is wrong
	Do   string // what the operator can do
}

// Check compares every file with the manifest (size, sha256, columns, rows)
// and names files that no manifest lists. It changes nothing and needs no
// lock. The error is for trouble with reading the lake itself; problems are
// sorted by path.
func (l *Lake) Check(ctx context.Context) ([]Problem, error) {
	var problems []Problem
	manifest := filepath.Join(l.dir, manifestName)
	if _, err := readManifest(manifest); err != nil && l.m.Generation > 0 {
		problems = append(problems, Problem{manifestName, err.Error(), "restore it from a backup or from the newest file in " + historyName})
	}
	for _, table := range sortedKeys(l.m.Tables) {
		for _, f := range l.m.Tables[table] {
			if err := ctx.Err(); err != nil {
				return nil, fmt.Errorf("check lake %s: %w", l.dir, err)
			}
			if what := l.checkFile(table, f); what != "" {
				problems = append(problems, Problem{f.Path, what,
					"restore this file from a backup; or remove the lake and ingest its inputs again"})
			}
		}
	}
	strays, err := l.checkStrays()
	if err != nil {
		return nil, fmt.Errorf("check lake %s: %w", l.dir, err)
	}
	problems = append(problems, strays...)
	slices.SortFunc(problems, func(a, b Problem) int { return strings.Compare(a.Path, b.Path) })
	return problems, nil
}

// checkFile says what is wrong with a listed file, or "". Only a file whose
// hash is right is parsed.
func (l *Lake) checkFile(table string, f schemas.TableFile) (what string) {
	path := l.path(f)
	if err := verify(path, f); errors.Is(err, os.ErrNotExist) {
		return "missing"
	} else if err != nil {
		return err.Error()
	}
	t := findTable(table)
	if t == nil {
		return "" // of a later almanac with the same lake format
	}
	in, err := os.Open(path)
	if err != nil {
		return err.Error()
	}
	defer in.Close()
	defer func() {
		if p := recover(); p != nil {
			what = fmt.Sprintf("not readable as Parquet: %v", p)
		}
	}()
	pf, err := openParquet(in, f.Bytes)
	if err != nil {
		return fmt.Sprintf("not readable as Parquet: %v", err)
	}
	if f.Schema == schemaVersion && !isOlder(pf.Schema(), t.schema()) {
		return "its columns are not those of table " + table
	}
	if pf.NumRows() != f.Rows {
		return fmt.Sprintf("holds %d rows, the manifest says %d", pf.NumRows(), f.Rows)
	}
	return ""
}

// isOlder says whether a file's columns are columns of the table: tables grow
// from release to release, and a column that an old file lacks reads as NULL.
func isOlder(file, table *parquet.Schema) bool {
	now := map[string]parquet.Field{}
	for _, f := range table.Fields() {
		now[f.Name()] = f
	}
	for _, f := range file.Fields() {
		if now[f.Name()] == nil || !parquet.EqualNodes(f, now[f.Name()]) {
			return false
		}
	}
	return true
}

// needless is what to do with a damaged manifest of a former generation.
const needless = "remove it; only going back to that generation needs it"

// checkStrays names what lies in the lake without being part of it.
func (l *Lake) checkStrays() ([]Problem, error) {
	listed := map[string]bool{}
	var problems []Problem
	add := func(m *schemas.Manifest) {
		for _, files := range m.Tables {
			for _, f := range files {
				listed[f.Path] = true
			}
		}
	}
	add(l.m)
	for _, gen := range historyGenerations(l.dir) {
		path := historyPath(l.dir, gen)
		m, err := readManifest(path)
		if err != nil {
			problems = append(problems, Problem{historyName + "/" + filepath.Base(path), err.Error(), needless})
			continue
		}
		add(m)
	}
	err := l.walkData(func(rel string, e fs.DirEntry) error {
		switch {
		case e.IsDir() || listed[rel]:
		case filePattern.MatchString(rel):
			problems = append(problems, Problem{rel, "listed by no manifest; it is never read", "nothing; the next night removes it"})
		default:
			problems = append(problems, Problem{rel, "not a file of the lake; it is never read", "move it elsewhere"})
		}
		return nil
	})
	if errors.Is(err, os.ErrNotExist) {
		err = nil
	}
	if entries, readErr := os.ReadDir(filepath.Join(l.dir, tmpName)); readErr == nil && len(entries) > 0 {
		problems = append(problems, Problem{tmpName, "temporary files of a night at work or killed", "nothing; the next night removes them"})
	}
	return problems, err
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
