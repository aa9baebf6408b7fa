//go:build unix

package nightly_test

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/marcboeker/go-duckdb/v2"

	"almanac/internal/config"
	"almanac/internal/intake"
	"almanac/internal/nightly"
	"almanac/internal/redact"
	"almanac/internal/signature"
	"almanac/internal/world"
	"almanac/queries"
	"almanac/schemas"
)

// The day that make bench reads; ALMANAC_BENCH_LINES sets its size.
const benchLines = 1_500_000

// usage is what one measured process took.
type usage struct {
	wall, cpu time.Duration
	peak      int64 // bytes resident
}

// TestBench measures a day from text to lake in processes of its own, beside
// DuckDB doing the same job in SQL, and prints a table. It runs with
// ALMANAC_BENCH=1 (make bench); elsewhere its parts run on a small day, so that
// they cannot rot.
func TestBench(t *testing.T) {
	if os.Getenv("ALMANAC_BENCH_ROLE") != "" {
		t.Skip("this is a measured process")
	}
	lines := int64(3000)
	if os.Getenv("ALMANAC_BENCH") != "" {
		lines = benchLines
		if s := os.Getenv("ALMANAC_BENCH_LINES"); s != "" {
			lines, _ = strconv.ParseInt(s, 10, 64)
		}
	}
	dir := t.TempDir()
	day := writeDay(t, filepath.Join(dir, "text"), lines, false)
	asJSON := writeDay(t, filepath.Join(dir, "json"), lines, true)
	packed := writeDay(t, filepath.Join(dir, "gz"), lines, false)
	zipped := gzipDay(t, packed.dir)
	t.Logf("a day of 26 services: %s lines of text, %.0f MB; as JSON lines %.0f MB; %d cores, Go %s",
		grouped(day.lines), mb(day.bytes), mb(asJSON.bytes), runtime.NumCPU(), runtime.Version())
	benchMining(t, day)
	rows := []benchRow{
		{"text day to lake, 1 worker", "ingest", day, 1}, {"text day to lake, 2 workers", "ingest", day, 2},
		{".gz day to lake, 1 worker", "ingest", packed, 1}, {".gz day to lake, 2 workers", "ingest", packed, 2},
		{"JSON day to lake, 1 worker", "ingest", asJSON, 1}, {"JSON day to lake, 2 workers", "ingest", asJSON, 2},
		{"DuckDB, cut and masked, 1 thread", "duckdb", day, 1}, {"DuckDB, cut and masked, 2 threads", "duckdb", day, 2},
		{"DuckDB, the whole job, 1 thread", "duckdb whole", day, 1}, {"DuckDB, the whole job, 2 threads", "duckdb whole", day, 2},
	}
	grown, ok := growDay(t, filepath.Join(dir, "grown"), lines)
	if ok {
		rows = append(rows, benchRow{"grown public logs, 1 worker", "ingest", grown, 1}, benchRow{"grown public logs, 2 workers", "ingest", grown, 2})
	} else {
		t.Log("no public logs beside the repository: no day was grown from them")
	}
	least := measureAll(t, rows)
	of := func(role string, workers int) usage { // over the day of text
		return least[slices.IndexFunc(rows, func(r benchRow) bool { return r.role == role && r.day == day && r.workers == workers })]
	}
	one, two := of("ingest", 1), of("ingest", 2)
	t.Logf("wall of 2 workers against 1: %.2f (true only where the machine is idle)", ratio(two.wall, one.wall))
	t.Logf("CPU against DuckDB doing the whole job (secrets by plain patterns, masks, error types, trace ids, order, minutes; no stack traces or ledger): %.2f and %.2f",
		ratio(one.cpu, of("duckdb whole", 1).cpu), ratio(two.cpu, of("duckdb whole", 2).cpu))
	t.Logf("CPU against DuckDB doing less (one mask, no secrets, no order, no minutes): %.2f and %.2f",
		ratio(one.cpu, of("duckdb", 1).cpu), ratio(two.cpu, of("duckdb", 2).cpu))
	t.Logf("the invented day: %s", sizes(t, day, zipped, gzipMixed(t, day.dir)))
	if ok {
		mixed := gzipMixed(t, grown.dir)
		t.Logf("the day grown from public logs, %s lines, %.0f MB: %s", grouped(grown.lines), mb(grown.bytes), sizes(t, grown, gzipDay(t, grown.dir), mixed))
	}
	t.Logf("DuckDB's Parquet: %.1f MB unsorted, %.1f MB in the lake's order",
		mb(treeSize(t, filepath.Join(day.dir, "duckdb.parquet"))), mb(treeSize(t, filepath.Join(day.dir, "duckdb whole.parquet"))))
}

// benchRow is a job that is measured as a whole process.
type benchRow struct {
	name, role string
	day        benchDay
	workers    int
}

// measureAll measures jobs one after another, round by round: a machine that is
// shared is slow for minutes, and all jobs should have their share of that. It
// prints the least of each figure: what else runs on the machine only adds.
func measureAll(t *testing.T, rows []benchRow) []usage {
	t.Helper()
	rounds := 1
	if os.Getenv("ALMANAC_BENCH") != "" {
		rounds = 5
	}
	least := make([]usage, len(rows))
	for n := range rounds {
		for i, r := range rows {
			u := measure(t, r)
			if n > 0 {
				b := least[i]
				u = usage{min(b.wall, u.wall), min(b.cpu, u.cpu), max(b.peak, u.peak)}
			}
			least[i] = u
		}
	}
	t.Logf("%-34s %8s %8s %10s %12s %10s", fmt.Sprintf("whole processes, the best of %d", rounds), "wall s", "cpu s", "lines/s", "lines/cpu-s", "peak MB")
	for i, r := range rows {
		u := least[i]
		t.Logf("%-34s %8.2f %8.2f %10s %12s %10.0f", r.name, u.wall.Seconds(), u.cpu.Seconds(),
			grouped(int64(float64(r.day.lines)/u.wall.Seconds())), grouped(int64(float64(r.day.lines)/u.cpu.Seconds())), mb(u.peak))
	}
	return least
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(b) }
func mb(n int64) float64               { return float64(n) / 1e6 }

func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// benchDay is a day on disk.
type benchDay struct {
	dir          string
	lines, bytes int64
}

func writeDay(t *testing.T, dir string, lines int64, asJSON bool) benchDay {
	t.Helper()
	b := world.Scale(1, lines)
	b.JSON = asJSON
	if err := b.Write(dir); err != nil {
		t.Fatal(err)
	}
	d := benchDay{dir: dir}
	eachFile(t, filepath.Join(dir, "logs"), func(path string) {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		buf := make([]byte, 1<<20)
		for {
			n, err := f.Read(buf)
			d.bytes += int64(n)
			for _, c := range buf[:n] {
				if c == '\n' {
					d.lines++
				}
			}
			if err == io.EOF {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	})
	return d
}

// measure runs a job in a process of its own.
func measure(t *testing.T, r benchRow) usage {
	t.Helper()
	if r.role == "ingest" {
		if err := os.RemoveAll(filepath.Join(r.day.dir, "lake")); err != nil {
			t.Fatal(err)
		}
	}
	c := exec.Command(os.Args[0], "-test.run", "^TestBenchRole$")
	c.Env = append(os.Environ(), "ALMANAC_BENCH_ROLE="+r.role, "ALMANAC_BENCH_DIR="+r.day.dir,
		"ALMANAC_BENCH_WORKERS="+strconv.Itoa(r.workers), "GOMAXPROCS="+strconv.Itoa(r.workers))
	start := time.Now()
	out, err := c.CombinedOutput()
	wall := time.Since(start)
	if err != nil {
		t.Fatalf("%s: %v\n%s", r.name, err, out)
	}
	used := c.ProcessState.SysUsage().(*syscall.Rusage)
	return usage{wall: wall, cpu: c.ProcessState.UserTime() + c.ProcessState.SystemTime(), peak: int64(used.Maxrss) * maxrssUnit}
}

// maxrssUnit: Linux counts in KiB.
const maxrssUnit = 1024

// TestBenchRole is the measured process.
func TestBenchRole(t *testing.T) {
	role, dir := os.Getenv("ALMANAC_BENCH_ROLE"), os.Getenv("ALMANAC_BENCH_DIR")
	workers, _ := strconv.Atoi(os.Getenv("ALMANAC_BENCH_WORKERS"))
	switch role {
	case "":
		t.Skip("TestBench runs this")
	case "ingest":
		c, err := config.Load(filepath.Join(dir, config.FileName))
		if err != nil {
			t.Fatal(err)
		}
		_, err = nightly.Ingest(context.Background(), nightly.Options{
			Config: c, Now: time.Date(2026, 11, 21, 6, 0, 0, 0, time.UTC), Tool: "almanac bench", Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
	case "duckdb", "duckdb whole":
		name := map[string]string{"duckdb": "duckdb/bench_day", "duckdb whole": "duckdb/bench_whole"}[role]
		q, err := queries.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		db, err := sql.Open("duckdb", "")
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		text := strings.ReplaceAll(q.SQL, "$files", quoted(filepath.Join(dir, "logs", "*", "*.log")))
		out := quoted(filepath.Join(dir, role+".parquet"))
		steps := []string{
			fmt.Sprintf("SET threads = %d", workers),
			"COPY (" + text + ") TO " + out + " (FORMAT parquet, COMPRESSION zstd)",
		}
		if role != "duckdb" {
			steps = append(steps, "COPY (SELECT service, shape_id, level, date_trunc('minute', ts) AS minute_ts, count(*) AS lines FROM read_parquet("+out+
				") GROUP BY ALL ORDER BY ALL) TO "+quoted(filepath.Join(dir, "minutes.parquet"))+" (FORMAT parquet, COMPRESSION zstd)")
		}
		for _, s := range steps {
			if _, err := db.Exec(s); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// benchMining measures the parts of the hot path on the day's messages: one
// core, processor time.
func benchMining(t *testing.T, d benchDay) {
	t.Helper()
	const most = 400_000
	var texts collector
	c, err := config.Load(filepath.Join(d.dir, config.FileName))
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range c.Sources {
		files, _, err := c.Expand(s)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			texts.left = most / len(c.Sources)
			in := intake.Input{Source: &intake.Source{Name: s.Name, Kind: s.Kind, Service: s.Service, Zone: time.UTC}, Path: f.Path, Name: f.Name, Final: true}
			if _, err := intake.Read(context.Background(), in, nil, &texts); err != nil {
				t.Fatal(i, err)
			}
		}
	}
	m := signature.NewMiner(signature.DefaultRules())
	clean := redact.New([]byte("bench"), nil)
	for _, part := range []struct {
		name string
		f    func(string)
	}{
		{"mining, cold", func(s string) { m.Shape(s) }},
		{"mining, warm", func(s string) { m.Shape(s) }},
		{"level and error type", func(s string) { signature.Level(s); signature.ErrorType(s) }},
		{"redaction", func(s string) { clean.Redact(s) }},
	} {
		start := cpuTime(t)
		for _, s := range texts.kept {
			part.f(s)
		}
		took := cpuTime(t) - start
		t.Logf("%-34s %12s lines/cpu-s", part.name, grouped(int64(float64(len(texts.kept))/max(took.Seconds(), 1e-6))))
	}
}

func cpuTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// collector keeps the messages of a file's first events.
type collector struct {
	kept []string
	left int
}

func (c *collector) Event(e *schemas.Event) error {
	if c.left > 0 {
		c.left--
		c.kept = append(c.kept, strings.Clone(e.Message))
	}
	return nil
}

func (c *collector) Reject(schemas.Reject) error           { return nil }
func (c *collector) Change(schemas.Change) error           { return nil }
func (c *collector) Incident(schemas.IncidentRecord) error { return nil }
func (c *collector) Metric(schemas.Metric) error           { return nil }
