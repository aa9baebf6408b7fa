package render

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var (
	update = flag.Bool("update", false, "rewrite golden files")
	outDir = flag.String("pages", "", "also write the fixture's pages into this folder")
)

func mustRender(t *testing.T, s Site) []Page {
	t.Helper()
	pages, err := Render(s)
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

func writePages(t *testing.T, dir string, pages []Page) {
	t.Helper()
	for _, p := range pages {
		name := filepath.Join(dir, filepath.FromSlash(p.Path))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, p.Bytes, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSamePagesTwice: equal facts, equal bytes.
func TestSamePagesTwice(t *testing.T) {
	a, b := mustRender(t, shop()), mustRender(t, shop())
	if len(a) != len(b) {
		t.Fatalf("%d pages, then %d", len(a), len(b))
	}
	for i := range a {
		if a[i].Path != b[i].Path || !bytes.Equal(a[i].Bytes, b[i].Bytes) {
			t.Errorf("page %s differs between two renderings of the same facts", a[i].Path)
		}
	}
	if *outDir != "" {
		writePages(t, *outDir, a)
	}
}
