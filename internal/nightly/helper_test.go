package nightly_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"almanac/internal/config"
	"almanac/internal/door/listing"
	"almanac/internal/lake"
	"almanac/internal/nightly"
	"almanac/internal/warehouse"
)

// openLake opens a lake and its views until the test ends.
func openLake(t *testing.T, dir string) (*lake.Lake, *warehouse.Warehouse) {
	t.Helper()
	l, err := lake.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	w, err := warehouse.Open(context.Background(), l, warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return l, w
}

// takeIn writes a configuration into a folder of its own, takes its sources in
// and opens the lake.
func takeIn(t *testing.T, yaml string) (*config.Config, *warehouse.Warehouse) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, config.FileName), []byte(yaml), 0o644); err != nil {
		t.Fatal(err)
	}
	c := load(t, dir)
	out, err := nightly.Ingest(context.Background(), nightly.Options{Config: c, Now: time.Now(), Tool: "test", Workers: 2, Final: true})
	if err != nil {
		t.Fatal(err)
	}
	_, w := openLake(t, out.Lake)
	return c, w
}

// answer runs one SELECT over a lake and gives the rows as CSV.
func answer(t *testing.T, dir, text string) string {
	t.Helper()
	_, w := openLake(t, dir)
	table, err := w.SQL(context.Background(), text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	var b bytes.Buffer
	if err := listing.Write(&b, table, listing.Options{Format: "csv"}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func clip(s string) string {
	if len(s) > 2000 {
		return s[:2000] + "…"
	}
	return s
}
