package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"almanac/schemas"
)

func TestIgnoredLines(t *testing.T) {
	got, problems := parseIgnored("almanac.ignore", "# known\n\nR-1, export, nightly, agreed with ops, 2026-12-31\r\n  O-2 , \"quoted\" , 2027-01-01\n"+
		"R-3, no date\nR-4,, 2026-12-31\nR-5, x, 31.12.2026\nR 6, x, 2026-12-31\nR-1, twice, 2026-12-31\n")
	want := []schemas.Ignore{
		{ID: "R-1", Reason: "export, nightly, agreed with ops", Until: "2026-12-31", Line: 3},
		{ID: "O-2", Reason: "quoted", Until: "2027-01-01", Line: 4},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	for i, part := range []string{"almanac.ignore:5: ", "almanac.ignore:6: R-4: say why", "almanac.ignore:7: R-5: \"31.12.2026\" is not a date", "almanac.ignore:8: \"R 6\" is not an id", "almanac.ignore:9: R-1 stands on line 3 already"} {
		if i >= len(problems) || !strings.HasPrefix(problems[i], part) {
			t.Errorf("problem %d of %q: want %q", i, problems, part)
		}
	}
}

// The file beside the configuration is optional; a named one is not.
func TestIgnoredFile(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return p
	}
	const plain = "zone: UTC\nsources:\n  - {name: a, paths: [\"*.log\"]}\n"
	path := write("almanac.yaml", plain)
	if c, err := Load(path); err != nil || len(c.Ignored) != 0 {
		t.Fatalf("without a file: %v %v", c, err)
	}
	write("almanac.ignore", "R-1, known, 2026-12-31\n")
	if c, err := Load(path); err != nil || len(c.Ignored) != 1 {
		t.Fatalf("with one: %v", err)
	}
	write("almanac.yaml", plain+"ignore: other.ignore\n")
	if _, err := Load(path); err == nil || !strings.Contains(err.Error(), "other.ignore") {
		t.Errorf("a named file that does not exist: %v", err)
	}
}
