package nightly_test

import (
	"bytes"
	"context"
	"testing"

	"almanac/internal/door/listing"
	"almanac/internal/lake"
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
