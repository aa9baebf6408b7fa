package warehouse

import (
	"context"
	"os"
	"testing"

	"almanac/internal/lake"
)

// Every shipped query runs on the lake of every release, also where columns
// and tables came later.
func TestQueriesRunOnOldLakes(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../lake/testdata/lakes/v1")); err != nil {
		t.Fatal(err)
	}
	l, err := lake.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	w, err := Open(context.Background(), l, Options{TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for _, q := range allQueries(t, "view", "detect", "ask", "page") {
		p := Params{}
		for _, d := range q.Params {
			if !d.HasDefault {
				p[d.Name] = sampleArgument[d.Type]
			}
		}
		if _, err := w.Table(context.Background(), q.Name, p); err != nil {
			t.Error(err)
		}
	}
	table, err := w.SQL(context.Background(), "SELECT count(*) AS n FROM event")
	if err != nil || table.Rows[0][0] != int64(120) {
		t.Errorf("%v events, %v", table, err)
	}
}
