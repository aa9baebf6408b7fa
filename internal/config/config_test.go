package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	p := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return p
}

// What `init` writes must itself be sound.
func TestTemplateLoads(t *testing.T) {
	c, err := Load(write(t, t.TempDir(), FileName, Template))
	if err != nil {
		t.Fatal(err)
	}
	if c.Zone != "UTC" || len(c.Sources) != 1 || c.Analyze.Days != 90 {
		t.Errorf("template gives %+v", c)
	}
}

// Names with dots and capitals survive: they stand in values.
func TestNamesAreKept(t *testing.T) {
	c, err := Load(write(t, t.TempDir(), FileName, `
zone: Europe/Berlin
now: 2026-11-09T06:00:00+01:00
services:
  - {name: Check.Out, calls: [Pay.Ment]}
sources:
  - {name: App.One, paths: ["*.log"], values: [{field: kind, from: "a| B ", to: deploy}]}
`))
	if err != nil {
		t.Fatal(err)
	}
	if c.Services[0].Name != "Check.Out" || c.Services[0].Calls[0] != "Pay.Ment" || c.Sources[0].Name != "App.One" {
		t.Errorf("names changed: %+v", c)
	}
	if got := strings.Join(c.Sources[0].Values[0].Words(), ","); got != "a,B" {
		t.Errorf("words are %q", got)
	}
	if c.Now != "2026-11-09T06:00:00+01:00" {
		t.Errorf("now is %q", c.Now)
	}
}

func TestEveryMistakeIsNamed(t *testing.T) {
	_, err := Load(write(t, t.TempDir(), FileName, `
zone: PST
nwo: data
max_rejects: lots
analyze: {days: 0, dayz: 3}
sources:
  - {name: a, kind: logs, paths: ["["]}
  - {name: a, paths: []}
  - {paths: ["x"], tz: Mars/Olympus, fields: [{to: started}]}
`))
	if err == nil {
		t.Fatal("no mistake found")
	}
	for _, want := range []string{
		`nwo: no such key; did you mean "now"?`, `analyze.dayz: no such key; did you mean "days"?`,
		"zone: \"PST\"", `max_rejects: "lots"`, "analyze.days: 0", `kind: "logs"; did you mean "log"?`,
		`"[" is not a valid pattern`, "the name is taken by sources[0]", "sources[2]: needs a name",
		`tz: "Mars/Olympus" is not an IANA zone`, "fields[0]: needs to and from", "paths: needs at least one",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in\n%v", want, err)
		}
	}
}

func TestDiscovery(t *testing.T) {
	root := t.TempDir()
	deep := filepath.Join(root, "a", "b")
	if err := os.MkdirAll(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	xdg := filepath.Join(root, "xdg")
	up := write(t, root, "a/almanac.yaml", "")
	home := write(t, xdg, "almanac/almanac.yaml", "")
	named := write(t, root, "named.yaml", "")
	for _, c := range []struct {
		d    Discovery
		want string
	}{
		{Discovery{Flag: named, Env: home, WorkDir: deep}, named},
		{Discovery{Env: named, WorkDir: deep}, named},
		{Discovery{WorkDir: deep, ConfigHome: xdg}, up},
		{Discovery{WorkDir: root, ConfigHome: xdg}, home},
		{Discovery{WorkDir: root, System: xdg}, home},
	} {
		if got, err := Find(c.d); err != nil || got != c.want {
			t.Errorf("%+v: got %q, %v; want %q", c.d, got, err, c.want)
		}
	}
	if _, err := Find(Discovery{Env: filepath.Join(root, "nosuch"), WorkDir: deep}); err == nil {
		t.Error("a named file that is missing is no error")
	}
}

// A file is read once however many patterns match it, in order of name, and
// excluded ones not at all.
func TestExpand(t *testing.T) {
	dir := t.TempDir()
	for _, f := range []string{"logs/b.log", "logs/a.log", "logs/deep/c.log", "logs/debug.log"} {
		write(t, dir, f, "x")
	}
	c := Default(dir)
	files, empty, err := c.Expand(Source{Paths: []string{"logs/*.log", "logs/**/*.log", "none/*"}, Exclude: []string{"logs/debug*"}})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
	}
	if got := strings.Join(names, " "); got != "logs/a.log logs/b.log logs/deep/c.log" {
		t.Errorf("files are %s", got)
	}
	if len(empty) != 1 || empty[0] != "none/*" {
		t.Errorf("empty patterns are %v", empty)
	}
}

func TestRejectLimit(t *testing.T) {
	for _, c := range []struct {
		max  string
		n    int64
		want int64
	}{{"1%", 1000, 10}, {"0", 1000, 0}, {"25", 1000, 25}, {"0.5%", 1000, 5}, {"100%", 3, 3}} {
		cfg := Default(".")
		cfg.MaxRejects = c.max
		if got := cfg.RejectLimit(c.n); got != c.want {
			t.Errorf("%s of %d is %d, want %d", c.max, c.n, got, c.want)
		}
	}
}
