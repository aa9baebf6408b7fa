package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// found is one path of a walk.
type found struct {
	path   string
	real   string // path with every symbolic link resolved
	linked bool   // a symbolic link leads to it
	closed bool   // a folder that could not be listed
}

// walker lists what lies below a folder, links followed: a link that leads
// back to where the walk came from is not followed again.
type walker struct {
	segments []string // of a pattern below the folder; nil: everything
	hidden   bool     // names that begin with a dot, too
	pipes    bool     // what is no regular file, too
	own      []string // real folders not entered: what almanac itself wrote
	out      []found
}

// globbed lists what a pattern matches, once per path, folders left out. It
// differs from a shell in one thing: ** follows links, but never in circles.
func globbed(pattern string, own []string) ([]found, error) {
	pattern = filepath.Clean(pattern)
	base, rest := doublestar.SplitPattern(filepath.ToSlash(pattern))
	w := &walker{segments: strings.Split(rest, "/"), hidden: strings.Contains("/"+rest, "/."), pipes: true, own: own}
	w.list(filepath.FromSlash(base))
	var out []found
	for _, f := range w.out {
		if f.closed {
			out = append(out, f) // whatever it hides may have matched
			continue
		}
		ok, err := doublestar.PathMatch(pattern, f.path)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, f)
		}
	}
	return out, nil
}

func (w *walker) list(base string) {
	real, err := filepath.EvalSymlinks(base)
	if err == nil {
		real, err = filepath.Abs(real)
	}
	if err != nil {
		return
	}
	if st, err := os.Stat(base); err != nil || !st.IsDir() {
		return
	}
	w.folder(base, []string{real}, false)
}

// folder lists one folder; chain are the real folders that led to it, itself
// last.
func (w *walker) folder(dir string, chain []string, linked bool) {
	real := chain[len(chain)-1]
	entries, err := os.ReadDir(dir)
	if err != nil {
		w.out = append(w.out, found{path: dir, real: real, linked: linked, closed: true})
		return
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") && !w.hidden {
			continue
		}
		f := found{path: filepath.Join(dir, e.Name()), real: filepath.Join(real, e.Name()), linked: linked}
		isDir, isRegular := e.IsDir(), e.Type().IsRegular()
		if e.Type()&os.ModeSymlink != 0 {
			f.linked = true
			if to, err := filepath.EvalSymlinks(f.path); err == nil {
				if abs, err := filepath.Abs(to); err == nil {
					f.real = abs
				}
			}
			st, err := os.Stat(f.path)
			isDir, isRegular = err == nil && st.IsDir(), err != nil || st.Mode().IsRegular() // one that leads nowhere is refused later, by name
		}
		switch {
		case isDir && w.enters(len(chain)-1, e.Name()) && !slices.Contains(chain, f.real) && !slices.Contains(w.own, f.real):
			w.folder(f.path, append(slices.Clip(chain), f.real), f.linked)
		case !isDir && (isRegular || w.pipes):
			w.out = append(w.out, f)
		}
	}
}

// enters says whether a pattern may match something below the folder of that
// name, depth levels below the first.
func (w *walker) enters(depth int, name string) bool {
	if w.segments == nil || slices.Contains(w.segments[:min(depth+1, len(w.segments))], "**") {
		return true
	}
	if depth >= len(w.segments)-1 {
		return false
	}
	if slices.ContainsFunc(w.segments[:depth+1], isPart) {
		return true
	}
	ok, err := doublestar.Match(w.segments[depth], name)
	return err != nil || ok
}

// isPart says that alternatives such as {a/b,c} go on in the next segment.
func isPart(segment string) bool {
	return strings.Count(segment, "{") != strings.Count(segment, "}")
}

// once keeps one of the paths that lead to the same file: the one without a
// link, then the shortest, then the first.
func once(list []found) []found {
	best := map[string]found{}
	for _, f := range list {
		b, ok := best[f.real]
		if !ok || b.linked && !f.linked || b.linked == f.linked && shorter(f.path, b.path) {
			best[f.real] = f
		}
	}
	out := make([]found, 0, len(best))
	for _, f := range list {
		if best[f.real] == f {
			out = append(out, f)
			delete(best, f.real)
		}
	}
	return out
}

func shorter(a, b string) bool {
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	return a < b
}
