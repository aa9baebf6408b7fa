//go:build unix

package nightly_test

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"database/sql"
	"fmt"
	"io"
	"io/fs"
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
	t.Logf("%-34s %8s %8s %10s %12s %10s", "whole processes, the best of 3", "wall s", "cpu s", "lines/s", "lines/cpu-s", "peak MB")
	row := func(name string, d benchDay, u usage) usage {
		t.Logf("%-34s %8.2f %8.2f %10s %12s %10.0f", name, u.wall.Seconds(), u.cpu.Seconds(),
			grouped(int64(float64(d.lines)/u.wall.Seconds())), grouped(int64(float64(d.lines)/u.cpu.Seconds())), mb(u.peak))
		return u
	}
	one := row("text day to lake, 1 worker", day, measure(t, "ingest", day.dir, 1))
	lake1 := treeSize(t, filepath.Join(day.dir, "lake", "event"))
	two := row("text day to lake, 2 workers", day, measure(t, "ingest", day.dir, 2))
	row(".gz day to lake, 1 worker", packed, measure(t, "ingest", packed.dir, 1))
	row(".gz day to lake, 2 workers", packed, measure(t, "ingest", packed.dir, 2))
	row("JSON day to lake, 1 worker", asJSON, measure(t, "ingest", asJSON.dir, 1))
	row("JSON day to lake, 2 workers", asJSON, measure(t, "ingest", asJSON.dir, 2))
	benchGrown(t, filepath.Join(dir, "grown"), lines, row)
	less := row("DuckDB, cut and masked, 1 thread", day, measure(t, "duckdb", day.dir, 1))
	less2 := row("DuckDB, cut and masked, 2 threads", day, measure(t, "duckdb", day.dir, 2))
	whole := row("DuckDB, the whole job, 1 thread", day, measure(t, "duckdb whole", day.dir, 1))
	whole2 := row("DuckDB, the whole job, 2 threads", day, measure(t, "duckdb whole", day.dir, 2))
	t.Logf("wall of 2 workers against 1: %.2f (true only where the machine is idle)", ratio(two.wall, one.wall))
	t.Logf("CPU against DuckDB doing the whole job (masks, order, minutes; no secrets, stack traces or ledger): %.2f and %.2f",
		ratio(one.cpu, whole.cpu), ratio(two.cpu, whole2.cpu))
	t.Logf("CPU against DuckDB doing less (one mask, no order, no minutes): %.2f and %.2f", ratio(one.cpu, less.cpu), ratio(two.cpu, less2.cpu))
	t.Logf("the invented day: %s", sizes(day, lake1, zipped, gzipMixed(t, day.dir)))
	t.Logf("DuckDB's Parquet: %.1f MB unsorted, %.1f MB in the lake's order",
		mb(treeSize(t, filepath.Join(day.dir, "duckdb.parquet"))), mb(treeSize(t, filepath.Join(day.dir, "duckdb whole.parquet"))))
}

// benchGrown measures a day of the same size that is grown from public logs.
func benchGrown(t *testing.T, dir string, lines int64, row func(string, benchDay, usage) usage) {
	t.Helper()
	d, ok := growDay(t, dir, lines)
	if !ok {
		t.Log("no public logs beside the repository: no day was grown from them")
		return
	}
	row("grown public logs, 1 worker", d, measure(t, "ingest", dir, 1))
	row("grown public logs, 2 workers", d, measure(t, "ingest", dir, 2))
	lake := treeSize(t, filepath.Join(dir, "lake", "event"))
	mixed := gzipMixed(t, dir)
	t.Logf("the day grown from public logs, %s lines, %.0f MB: %s", grouped(d.lines), mb(d.bytes), sizes(d, lake, gzipDay(t, dir), mixed))
}

// sizes says what a day's events take on disk, beside gzip -6 of each service's
// file and of one file of all services.
func sizes(d benchDay, lake, zipped, mixed int64) string {
	return fmt.Sprintf("events %.1f MB, raw / lake %.1f; gzip per service %.1fx, lake / gzip %.2f; of all services mixed %.1fx, lake / gzip %.2f",
		mb(lake), float64(d.bytes)/float64(lake), float64(d.bytes)/float64(zipped), float64(lake)/float64(zipped),
		float64(d.bytes)/float64(mixed), float64(lake)/float64(mixed))
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

func eachFile(t *testing.T, dir string, f func(path string)) {
	t.Helper()
	err := filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			f(p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func treeSize(t *testing.T, dir string) (n int64) {
	t.Helper()
	eachFile(t, dir, func(p string) {
		st, err := os.Stat(p)
		if err != nil {
			t.Fatal(err)
		}
		n += st.Size()
	})
	return n
}

// gzipDay packs each service's file with gzip -6 and says what that comes to.
func gzipDay(t *testing.T, dir string) (n int64) {
	t.Helper()
	eachFile(t, filepath.Join(dir, "logs"), func(p string) {
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		z := gzip.NewWriter(&out) // level 6
		if _, err := z.Write(text); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p+".gz", out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(p); err != nil {
			t.Fatal(err)
		}
		n += int64(out.Len())
	})
	return n
}

// gzipMixed is what gzip -6 makes of the day in one file: the lines of all
// services in order of time. Services have the same curve of load, so the one
// of which the smallest part has been told is next.
func gzipMixed(t *testing.T, dir string) int64 {
	t.Helper()
	type tail struct {
		rest  []byte
		whole int
	}
	var tails []*tail
	eachFile(t, filepath.Join(dir, "logs"), func(p string) {
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		tails = append(tails, &tail{text, len(text)})
	})
	var c counter
	z := gzip.NewWriter(&c)
	for {
		next := slices.MaxFunc(tails, func(a, b *tail) int {
			return cmp.Compare(float64(len(a.rest))/float64(a.whole), float64(len(b.rest))/float64(b.whole))
		})
		if len(next.rest) == 0 {
			break
		}
		n := bytes.IndexByte(next.rest, '\n') + 1
		if _, err := z.Write(next.rest[:n]); err != nil {
			t.Fatal(err)
		}
		next.rest = next.rest[n:]
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return int64(c)
}

type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// measure runs one role over a day in processes of its own and gives the least
// of each figure: what else runs on the machine only adds.
func measure(t *testing.T, role, dir string, workers int) usage {
	t.Helper()
	times := 1
	if os.Getenv("ALMANAC_BENCH") != "" {
		times = 3
	}
	best := measureOnce(t, role, dir, workers)
	for range times - 1 {
		u := measureOnce(t, role, dir, workers)
		best = usage{min(best.wall, u.wall), min(best.cpu, u.cpu), max(best.peak, u.peak)}
	}
	return best
}

func measureOnce(t *testing.T, role, dir string, workers int) usage {
	t.Helper()
	if err := os.RemoveAll(filepath.Join(dir, "lake")); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(os.Args[0], "-test.run", "^TestBenchRole$")
	c.Env = append(os.Environ(), "ALMANAC_BENCH_ROLE="+role, "ALMANAC_BENCH_DIR="+dir,
		"ALMANAC_BENCH_WORKERS="+strconv.Itoa(workers), "GOMAXPROCS="+strconv.Itoa(workers))
	start := time.Now()
	out, err := c.CombinedOutput()
	wall := time.Since(start)
	if err != nil {
		t.Fatalf("%s: %v\n%s", role, err, out)
	}
	r := c.ProcessState.SysUsage().(*syscall.Rusage)
	return usage{wall: wall, cpu: c.ProcessState.UserTime() + c.ProcessState.SystemTime(), peak: int64(r.Maxrss) * maxrssUnit}
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
