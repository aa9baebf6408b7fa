package lake

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// DefaultKeep is how many former generations a lake keeps for readers that
// still hold them and for an operator who must go back: two weeks of nights.
const DefaultKeep = 14

// GCResult says what a garbage collection removed.
type GCResult struct {
	Files int   // data files that only older generations listed, and strays
	Bytes int64 // their size
}

// GC forgets all but the last keep former generations (negative means
// DefaultKeep) and removes the data files that neither the current manifest
// nor a kept one lists, and temporary files of killed nights. Foreign files,
// whose names no almanac writes, stay: Check names them. The writer's lock
// must be held.
func (l *Lake) GC(keep int) (GCResult, error) {
	if keep < 0 {
		keep = DefaultKeep
	}
	if l.m.Generation == 0 {
		return GCResult{}, nil
	}
	listed, err := l.collectListed(keep)
	if err != nil {
		return GCResult{}, fmt.Errorf("clean lake %s: %w", l.dir, err)
	}
	res, err := l.removeUnlisted(listed)
	if err == nil {
		err = l.disk.RemoveAll(filepath.Join(l.dir, tmpName))
	}
	if err != nil {
		return res, fmt.Errorf("clean lake %s: %w", l.dir, err)
	}
	return res, nil
}

// collectListed drops old manifests and gives the paths that the others list.
func (l *Lake) collectListed(keep int) (map[string]bool, error) {
	listed := map[string]bool{}
	for _, files := range l.m.Tables {
		for _, f := range files {
			listed[f.Path] = true
		}
	}
	for _, gen := range historyGenerations(l.dir) {
		path := historyPath(l.dir, gen)
		if gen < l.m.Generation-int64(keep) {
			if err := l.disk.Remove(path); err != nil {
				return nil, err
			}
			continue
		}
		m, err := readManifest(path)
		if err != nil {
			return nil, fmt.Errorf("%w; or %s", err, needless)
		}
		for _, files := range m.Tables {
			for _, f := range files {
				listed[f.Path] = true
			}
		}
	}
	return listed, nil
}

func (l *Lake) removeUnlisted(listed map[string]bool) (GCResult, error) {
	var res GCResult
	var dirs []string
	err := l.walkData(func(rel string, e fs.DirEntry) error {
		if e.IsDir() {
			dirs = append(dirs, rel)
			return nil
		}
		if listed[rel] || !filePattern.MatchString(rel) {
			return nil
		}
		if info, err := e.Info(); err == nil {
			res.Bytes += info.Size()
		}
		res.Files++
		return l.disk.Remove(filepath.Join(l.dir, filepath.FromSlash(rel)))
	})
	if err != nil {
		return res, err
	}
	slices.SortFunc(dirs, func(a, b string) int { return len(b) - len(a) })
	for _, dir := range dirs {
		full := filepath.Join(l.dir, filepath.FromSlash(dir))
		if entries, err := os.ReadDir(full); err == nil && len(entries) == 0 {
			if err := l.disk.Remove(full); err != nil {
				return res, err
			}
		}
	}
	return res, nil
}

// walkData visits everything in the lake but its own top-level names, with
// slash-separated paths relative to the lake.
func (l *Lake) walkData(fn func(rel string, e fs.DirEntry) error) error {
	return filepath.WalkDir(l.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(l.dir, path)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		switch {
		case rel == ".":
			return nil
		case rel == manifestName || rel == lockName:
			return nil
		case rel == historyName || rel == tmpName:
			if e.IsDir() {
				return fs.SkipDir
			}
		}
		if strings.HasPrefix(rel, historyName+"/") {
			return nil
		}
		return fn(rel, e)
	})
}
