package nightly_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestDocumentsThatChange: an export that grows, or is written anew with a
// part of what it held, gives each event and each measured point once; what
// it no longer holds stays in the lake.
func TestDocumentsThatChange(t *testing.T) {
	record := func(ids ...int) string {
		var b strings.Builder
		for _, i := range ids {
			fmt.Fprintf(&b, `{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"/aws/lambda/pay","logStream":"s","subscriptionFilters":["f"],`+
				`"logEvents":[{"id":"%d","timestamp":%d,"message":"ERROR failed %d for a@example.com"}]}`, i, 1795219200000+i*43_200_000, i)
		}
		return b.String()
	}
	points := func(n int) (csv, prom string) {
		csv = "time,service,name,value\n"
		var values []string
		for i := range n {
			csv += fmt.Sprintf("2026-11-20T10:0%d:00Z,cart,cpu,1\n", i)
			values = append(values, fmt.Sprintf(`[%d,"1"]`, 1795219200+60*i))
		}
		return csv, `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"up","service":"pay"},"values":[` +
			strings.Join(values, ",") + `]}]}}`
	}
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("almanac.yaml", "zone: UTC\nsources:\n  - {name: cw, kind: log, paths: [\"export.json\"]}\n"+
		"  - {name: m, kind: metric, paths: [\"m.csv\", \"prom.json\"]}\n")
	c := load(t, dir)
	for night, x := range []struct {
		ids            []int
		points         int
		events, seen   int64 // tonight
		stored, metric int   // in the lake, afterwards
	}{
		{[]int{1}, 1, 1, 0, 1, 2},
		{[]int{1, 2, 2, 3}, 2, 3, 1, 4, 4}, // grown, with a line told twice
		{[]int{2, 3, 2, 4}, 3, 1, 3, 5, 6}, // written anew, from later on
		{[]int{2, 3, 2, 4}, 3, 0, 0, 5, 6}, // as it was
	} {
		csv, prom := points(x.points)
		write("export.json", record(x.ids...))
		write("m.csv", csv)
		write("prom.json", prom)
		out := walk(t, c, time.Date(2026, 11, 25+night, 0, 0, 0, 0, time.UTC), 2)
		for _, f := range out.Files {
			if f.File == "export.json" && night < 3 && (f.Counts.Events != x.events || f.Counts.AlreadySeen != x.seen) {
				t.Errorf("night %d: %+v, want %d new and %d seen", night, f.Counts, x.events, x.seen)
			}
		}
		if got := answer(t, out.Lake, "SELECT count(*) AS n FROM event"); got != fmt.Sprintf("n\n%d\n", x.stored) {
			t.Errorf("night %d: %q events, want %d", night, got, x.stored)
		}
		if got := answer(t, out.Lake, "SELECT CAST(sum(events) AS BIGINT) AS n FROM coverage WHERE source = 'cw'"); got != fmt.Sprintf("n\n%d\n", x.stored) {
			t.Errorf("night %d: coverage says %q, want %d", night, got, x.stored)
		}
		if got := answer(t, out.Lake, "SELECT count(*) AS n FROM metric"); got != fmt.Sprintf("n\n%d\n", x.metric) {
			t.Errorf("night %d: %q points, want %d", night, got, x.metric)
		}
	}
}
