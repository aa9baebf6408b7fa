package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Links are followed, never in circles, and a file that several lead to is
// read once, under the name that needs no link.
func TestExpandLinks(t *testing.T) {
	dir := t.TempDir()
	for _, f := range []string{"data/a.log", "data/.hidden.log", "data/.git/x.log", "logs/b.log", "logs/x/c.log", "logs/x/y/d.log", "logs/e.txt"} {
		write(t, dir, f, "x")
	}
	for name, to := range map[string]string{
		"logs/data": "../data", "logs/round": ".", "logs/x/up": "..", "logs/x/twin": "../x", "logs/z": "x",
		"logs/current.log": "b.log", "logs/gone.log": "nowhere.log", "data/back": "../logs", "entry": "logs",
	} {
		if err := os.Symlink(to, filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			t.Fatal(err)
		}
	}
	c := Default(dir)
	for _, x := range []struct {
		paths, want string
	}{
		{"logs/**/*.log", "logs/b.log logs/data/a.log logs/gone.log logs/x/c.log logs/x/y/d.log"},
		{"logs/*.log", "logs/b.log logs/gone.log"},
		{"logs/current.log", "logs/current.log"},
		{"entry/*/c.log", "entry/x/c.log"},
		{"entry/**/c.log", "entry/x/c.log"},
		{"logs/z/*.log", "logs/z/c.log"},
		{"data/.*.log", "data/.hidden.log"},
		{"data/**/.*/*.log", "data/.git/x.log"},
		{"logs/{b,x/c}.log", "logs/b.log logs/x/c.log"},
		{"logs/{x,z}/[c].log", "logs/x/c.log"},
		{"./logs//x/?.log", "logs/x/c.log"},
		{"nosuch/**", ""},
	} {
		files, empty, err := c.Expand(Source{Paths: strings.Fields(x.paths)})
		if err != nil {
			t.Fatal(err)
		}
		if got := namesOf(files); got != x.want {
			t.Errorf("%s: files are %q, want %q", x.paths, got, x.want)
		}
		if (len(empty) > 0) != (x.want == "") {
			t.Errorf("%s: empty patterns are %v", x.paths, empty)
		}
	}
	files, _, err := c.Expand(Source{Paths: []string{filepath.Join(dir, "logs")}, Literal: true})
	if err != nil {
		t.Fatal(err)
	}
	want := "logs/b.log logs/data/a.log logs/e.txt logs/gone.log logs/x/c.log logs/x/y/d.log"
	if got := strings.ReplaceAll(namesOf(files), filepath.ToSlash(dir)+"/", ""); got != want {
		t.Errorf("a folder of the command line: files are %q, want %q", got, want)
	}
}

// The site's own lake and pages are no input, unless they are named.
func TestExpandLeavesOwnFoldersOut(t *testing.T) {
	dir := t.TempDir()
	for _, f := range []string{"a.log", "lake/event/x.log", "report/index.log"} {
		write(t, dir, f, "x")
	}
	c := Default(dir)
	for _, x := range []struct {
		s    Source
		want string
	}{
		{Source{Paths: []string{"**/*.log"}}, "a.log"},
		{Source{Paths: []string{dir}, Literal: true}, "a.log"},
		{Source{Paths: []string{"report/*.log"}}, "report/index.log"},
	} {
		files, _, err := c.Expand(x.s)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.ReplaceAll(namesOf(files), filepath.ToSlash(dir)+"/", ""); got != x.want {
			t.Errorf("%v: files are %q, want %q", x.s.Paths, got, x.want)
		}
	}
}

// A folder that cannot be listed is among the files, so that the reading
// refuses it by name, and the check says what to do.
func TestExpandClosed(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root lists every folder")
	}
	dir := t.TempDir()
	write(t, dir, "logs/a.log", "x")
	write(t, dir, "logs/closed/b.log", "x")
	closed := filepath.Join(dir, "logs/closed")
	if err := os.Chmod(closed, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(closed, 0o700) }) // or the folder could not be removed
	c := Default(dir)
	c.Sources = []Source{{Name: "a", Paths: []string{"logs/**/*.log"}}, {Name: "b", Paths: []string{"logs"}}}
	files, _, err := c.Expand(c.Sources[0])
	if err != nil {
		t.Fatal(err)
	}
	if got := namesOf(files); got != "logs/a.log logs/closed" {
		t.Errorf("files are %q", got)
	}
	got := strings.Join(c.CheckFiles(), "\n")
	for _, want := range []string{"the folder logs/closed cannot be listed", `"logs" is a folder; write "logs/**"`} {
		if !strings.Contains(got, want) {
			t.Errorf("the check does not say %q: %s", want, got)
		}
	}
}

func namesOf(files []File) string {
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
	}
	return strings.Join(names, " ")
}
