// Package floors holds the import policy of DESIGN.md as a test: it parses
// every Go file in process, so that a cached test run cannot hide a violation.
package floors

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const root = "../.."

// floor of each room; a room imports lower floors only.
var floor = map[string]int{
	"schemas": 0, "queries": 0, "reports": 0,
	"internal/intake": 1, "internal/signature": 1, "internal/lake": 1, "internal/stat": 1,
	"internal/render": 1, "internal/redact": 1, "internal/config": 1, "internal/world": 1,
	"internal/warehouse": 2, "internal/finding": 2,
	"internal/nightly": 3, "internal/door": 3,
	"cmd/almanac": 4,
}

// stairs are the two imports allowed inside a floor or past its rule.
var stairs = map[[2]string]bool{
	{"internal/warehouse", "internal/lake"}: true,
	{"internal/finding", "internal/stat"}:   true,
}

// only says which room may import a module: each is behind one door.
var only = map[string]string{
	"github.com/marcboeker/go-duckdb":  "internal/warehouse",
	"github.com/parquet-go/parquet-go": "internal/lake",
	"github.com/spf13/viper":           "internal/config",
	"github.com/go-echarts/go-echarts": "internal/render",
	"github.com/yuin/goldmark":         "internal/intake",
	"github.com/valyala/fastjson":      "internal/intake",
	"github.com/jedib0t/go-pretty":     "internal/door",
	"github.com/schollz/progressbar":   "cmd/almanac",
	"github.com/spf13/cobra":           "cmd/almanac",
	"github.com/peterh/liner":          "cmd/almanac",
	"github.com/bmatcuk/doublestar":    "internal/config",
	"github.com/gofrs/flock":           "internal/lake",
	"github.com/duckdb/duckdb-go":      "nobody",
	"github.com/araddon/dateparse":     "nobody",
	"github.com/stretchr/testify":      "nobody",
	"log":                              "nobody",
	"log/slog":                         "nobody",
}

type source struct {
	room, path string
	test       bool
	file       *ast.File
}

func room(dir string) string {
	dir = filepath.ToSlash(dir)
	if strings.HasPrefix(dir, "internal/door/") {
		return "internal/door"
	}
	for r := range floor {
		if dir == r || strings.HasPrefix(dir, r+"/") {
			return r
		}
	}
	return dir
}

func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || strings.ContainsAny(d.Name()[:1], "._") && p != root) {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(p, ".go") {
			return nil
		}
		text, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), p, text, parser.ParseComments)
		if err != nil {
			return err
		}
		out = append(out, source{room(filepath.Dir(rel)), filepath.ToSlash(rel), strings.HasSuffix(p, "_test.go"), f})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 50 {
		t.Fatalf("only %d Go files found below %s", len(out), root)
	}
	return out
}

func imports(s source) []string {
	var out []string
	for _, i := range s.file.Imports {
		if p, err := strconv.Unquote(i.Path.Value); err == nil {
			out = append(out, p)
		}
	}
	return out
}

func TestRoomsImportLowerFloorsOnly(t *testing.T) {
	for _, s := range sources(t) {
		here, known := floor[s.room]
		if !known && s.room != "internal/floors" {
			t.Errorf("%s: package %s has no floor; give it one in DESIGN.md and here", s.path, s.room)
			continue
		}
		for _, p := range imports(s) {
			rel, ours := strings.CutPrefix(p, "almanac/")
			if !ours || s.test {
				continue // tests may look across
			}
			there := room(rel)
			if there == s.room || stairs[[2]string{s.room, there}] {
				continue
			}
			if floor[there] >= here {
				t.Errorf("%s (floor %d) imports %s (floor %d)", s.path, here, there, floor[there])
			}
		}
	}
}

func TestModulesStandBehindOneDoor(t *testing.T) {
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		for _, p := range imports(s) {
			for module, r := range only {
				if (p == module || strings.HasPrefix(p, module+"/")) && s.room != r {
					t.Errorf("%s imports %s, which only %s may", s.path, p, r)
				}
			}
		}
	}
}

// forbidden calls below floor 3: the clock, the environment, the process.
var forbidden = map[string]map[string]bool{
	"time": {"Now": true, "Since": true, "Until": true},
	"os":   {"Getenv": true, "LookupEnv": true, "Environ": true, "Exit": true},
	"fmt":  {"Print": true, "Println": true, "Printf": true},
}

func TestLowRoomsNeitherReadTheClockNorExit(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || floor[s.room] >= 3 {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if pkg, ok := sel.X.(*ast.Ident); ok && pkg.Obj == nil && forbidden[pkg.Name][sel.Sel.Name] {
				t.Errorf("%s calls %s.%s; take it as an argument", s.path, pkg.Name, sel.Sel.Name)
			}
			return true
		})
	}
}

// The unsafe ways to write a page must not come back.
func TestNoUnsafeRendering(t *testing.T) {
	bad := []string{".Render" + "(w", "Render" + "Snippet", "Func" + "Opts"}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, s.path))
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range bad {
			if strings.Contains(string(text), b) {
				t.Errorf("%s contains %s", s.path, b)
			}
		}
	}
}

func TestEveryPackageSaysWhatItPromises(t *testing.T) {
	doc := map[string]bool{}
	dirs := map[string]string{}
	for _, s := range sources(t) {
		d := filepath.Dir(s.path)
		if s.test && s.room != "internal/floors" {
			continue
		}
		dirs[d] = s.path
		doc[d] = doc[d] || s.file.Doc != nil
	}
	for d := range dirs {
		if !doc[d] {
			t.Errorf("package in %s has no package comment", d)
		}
	}
}

func TestMainIsThin(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "cmd/almanac/main.go"))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), "\n"); n > 30 {
		t.Errorf("main.go has %d lines, more than 30", n)
	}
}
