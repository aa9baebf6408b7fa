package config

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// File is one input file of a source.
type File struct {
	Path string // where to open it
	Name string // with slashes; relative to the configuration's folder where the pattern is
}

// Expand lists a source's files, sorted by name, each once, and the patterns
// that matched nothing.
func (c *Config) Expand(s Source) (files []File, empty []string, err error) {
	if s.Literal {
		files, err = listFiles(s.Paths)
		return files, nil, err
	}
	seen := map[string]bool{}
	for _, pattern := range s.Paths {
		matches, err := doublestar.FilepathGlob(c.Resolve(pattern), doublestar.WithFilesOnly())
		if err != nil {
			return nil, nil, fmt.Errorf("source %s: pattern %q: %w", s.Name, pattern, err)
		}
		n := 0
		for _, m := range matches {
			if seen[m] || c.excluded(s, m) {
				continue
			}
			seen[m] = true
			files = append(files, File{Path: m, Name: c.name(pattern, m)})
			n++
		}
		if len(matches) == 0 && n == 0 {
			empty = append(empty, pattern)
		}
	}
	sort.Slice(files, func(i, j int) bool { return files[i].Name < files[j].Name })
	return files, empty, nil
}

func (c *Config) excluded(s Source, path string) bool {
	for _, x := range s.Exclude {
		if ok, _ := doublestar.PathMatch(c.Resolve(x), path); ok {
			return true
		}
	}
	return false
}

// name keeps names the same when the whole site moves to another folder.
func (c *Config) name(pattern, path string) string {
	rel, err := filepath.Rel(c.Dir, path)
	if err != nil || filepath.IsAbs(pattern) {
		return filepath.ToSlash(path)
	}
	return filepath.ToSlash(rel)
}

// CheckFiles finds what only a look at the disk can: patterns without files.
func (c *Config) CheckFiles() []string {
	var p []string
	for i, s := range c.Sources {
		_, empty, err := c.Expand(s)
		if err != nil {
			p = append(p, err.Error())
		}
		for _, e := range empty {
			p = append(p, fmt.Sprintf("sources[%d] (%s): %q matches no file below %s", i, s.Name, e, c.Dir))
		}
	}
	return p
}

// listFiles lists the files that paths on a command line name: files as they
// are, folders with everything below them but hidden files.
func listFiles(paths []string) ([]File, error) {
	var out []File
	for _, p := range paths {
		st, err := os.Stat(p)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", p, err)
		}
		if !st.IsDir() {
			out = append(out, File{Path: p, Name: filepath.ToSlash(p)})
			continue
		}
		err = filepath.WalkDir(p, func(q string, d os.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if q != p && strings.HasPrefix(d.Name(), ".") {
				if d.IsDir() {
					return filepath.SkipDir
				}
				return nil
			}
			if d.Type().IsRegular() {
				out = append(out, File{Path: q, Name: filepath.ToSlash(q)})
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("list %s: %w", p, err)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out, nil
}
