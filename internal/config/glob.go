package config

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"

	"github.com/bmatcuk/doublestar/v4"
)

// File is one input file of a source.
type File struct {
	Path string // where to open it
	Name string // with slashes; relative to the configuration's folder where the pattern is
}

// Expand lists a source's files, sorted by name, each once however many links
// lead to it, and the patterns that matched nothing. A folder that cannot be
// listed stands among the files, so that the reading refuses it by name. The
// site's own lake and pages are no input of a pattern or folder above them.
func (c *Config) Expand(s Source) (files []File, empty []string, err error) {
	if s.Literal {
		files, err = listFiles(s.Paths, c.own())
		return files, nil, err
	}
	var all []found
	names := map[string]string{} // by path, of the first pattern that matches
	own := c.own()
	for _, pattern := range s.Paths {
		matches, err := globbed(c.Resolve(pattern), own)
		if err != nil {
			return nil, nil, fmt.Errorf("source %s: pattern %q: %w", s.Name, pattern, err)
		}
		if len(matches) == 0 {
			empty = append(empty, pattern)
		}
		for _, m := range matches {
			if names[m.path] == "" && !c.excluded(s, m.path) {
				names[m.path] = c.name(pattern, m.path)
				all = append(all, m)
			}
		}
	}
	for _, f := range once(all) {
		files = append(files, File{Path: f.path, Name: names[f.path]})
	}
	sort.Slice(files, func(i, j int) bool { return files[i].Name < files[j].Name })
	return files, empty, nil
}

// own are the real folders that almanac writes.
func (c *Config) own() []string {
	var out []string
	for _, dir := range []string{c.Lake, c.Report} {
		if real, err := filepath.EvalSymlinks(c.Resolve(dir)); dir != "" && err == nil {
			if abs, err := filepath.Abs(real); err == nil {
				out = append(out, abs)
			}
		}
	}
	return out
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

// CheckFiles finds what only a look at the disk can: patterns without files,
// and folders that cannot be listed.
func (c *Config) CheckFiles() []string {
	var p []string
	for i, s := range c.Sources {
		files, empty, err := c.Expand(s)
		if err != nil {
			p = append(p, err.Error())
		}
		for _, e := range empty {
			if st, err := os.Stat(c.Resolve(e)); err == nil && st.IsDir() {
				p = append(p, fmt.Sprintf("sources[%d] (%s): %q is a folder; write %q for the files below it", i, s.Name, e, e+"/**"))
				continue
			}
			p = append(p, fmt.Sprintf("sources[%d] (%s): %q matches no file below %s", i, s.Name, e, c.Dir))
		}
		for _, f := range files {
			if st, err := os.Stat(f.Path); err == nil && st.IsDir() {
				p = append(p, fmt.Sprintf("sources[%d] (%s): the folder %s cannot be listed: let this user read it, or exclude it", i, s.Name, f.Name))
			}
		}
	}
	return p
}

// listFiles lists the files that paths on a command line name: files as they
// are, folders with everything below them but hidden files.
func listFiles(paths, own []string) ([]File, error) {
	var all []found
	for _, p := range paths {
		st, err := os.Stat(p)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", p, err)
		}
		if !st.IsDir() {
			real, err := filepath.EvalSymlinks(p)
			if err == nil {
				real, err = filepath.Abs(real)
			}
			if err != nil {
				return nil, fmt.Errorf("read %s: %w", p, err)
			}
			all = append(all, found{path: p, real: real})
			continue
		}
		w := &walker{own: own}
		w.list(p)
		all = append(all, w.out...)
	}
	var out []File
	for _, f := range once(all) {
		out = append(out, File{Path: f.path, Name: filepath.ToSlash(f.path)})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out, nil
}
