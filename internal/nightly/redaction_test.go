package nightly_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"almanac/internal/lake"
	"almanac/internal/warehouse"
)

// planting writes canaries into the inputs of a site: logs of many formats,
// lines that are refused, changes, incidents, reports and metrics.
type planting struct {
	files map[string]*strings.Builder
	n     int
}

func asJSON(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

func (p *planting) add(file, format string, args ...any) {
	b := p.files[file]
	if b == nil {
		b = &strings.Builder{}
		p.files[file] = b
	}
	fmt.Fprintf(b, format, args...)
}

// stamp gives each record its own second of one day.
func (p *planting) stamp() time.Time {
	p.n++
	return time.Date(2026, 11, 1, 0, 0, p.n*7, 0, time.UTC)
}

var places = []func(p *planting, c canary){
	func(p *planting, c canary) {
		p.add("logfmt.log", "time=%s level=ERROR msg=%s\n", p.stamp().Format(time.RFC3339), asJSON("failed: "+c.text))
	},
	func(p *planting, c canary) {
		p.add("zap.log", `{"level":"error","ts":%d,"msg":%s,"error":"x"}`+"\n", p.stamp().Unix(), asJSON(c.text))
	},
	func(p *planting, c canary) {
		p.add("zap.log", `{"level":"error","ts":%d,"msg":"cannot go on","error":%s}`+"\n", p.stamp().Unix(), asJSON(c.text))
	},
	func(p *planting, c canary) {
		p.add("java.log", "%s,000 [main] ERROR shop.cart.Basket - %s\n", p.stamp().Format("2006-01-02 15:04:05"), c.text)
	},
	func(p *planting, c canary) { // in a line that continues the one before
		p.add("java.log", "%s,000 [main] ERROR shop.cart.Basket - broken\n\tcaused with %s\n", p.stamp().Format("2006-01-02 15:04:05"), c.text)
	},
	func(p *planting, c canary) { // each line a record of its own
		at := p.stamp()
		for _, line := range strings.Split(c.text, "\n") {
			p.add("docker.log", `{"log":%s,"stream":"stderr","time":%q}`+"\n", asJSON(line+"\n"), at.Format(time.RFC3339Nano))
		}
	},
	func(p *planting, c canary) {
		at := p.stamp().Format(time.RFC3339Nano)
		for _, line := range strings.Split(c.text, "\n") {
			p.add("cri.log", "%s stdout F %s\n", at, line)
		}
	},
	func(p *planting, c canary) {
		at := p.stamp().Format("Jan _2 15:04:05")
		for _, line := range strings.Split(c.text, "\n") {
			p.add("syslog.log", "%s web01 shop[7]: %s\n", at, line)
		}
	},
	func(p *planting, c canary) {
		p.add("journal.log", `{"__REALTIME_TIMESTAMP":"%d","PRIORITY":"3","_SYSTEMD_UNIT":"shop.service","MESSAGE":%s}`+"\n", p.stamp().UnixMicro(), asJSON(c.text))
	},
	func(p *planting, c canary) { // refused
		p.add("zap.log", "%s\n", c.text)
	},
	func(p *planting, c canary) { // refused, with the secret where a stored text is cut
		line := strings.ReplaceAll(c.text, "\n", " ")
		p.add("zap.log", "%s%s%s\n", strings.Repeat("x ", (1024-len(line)/2)/2), line, strings.Repeat(" y", 40))
	},
	func(p *planting, c canary) {
		p.add("changes.jsonl", `{"id":"C-%d","kind":"deploy","service":"shop","started":%q,"title":%s}`+"\n", p.n, p.stamp().Format(time.RFC3339), asJSON(c.text))
	},
	func(p *planting, c canary) { // in the small fields
		p.add("changes.jsonl", `{"id":"D-%d","kind":"deploy","service":%s,"started":%q,"actor":%s,"url":%s,"status":%s}`+"\n", p.n,
			asJSON("shop "+c.text), p.stamp().Format(time.RFC3339), asJSON(c.text), asJSON("https://x/?"+c.text), asJSON(c.text))
	},
	func(p *planting, c canary) {
		p.add("incidents.jsonl", `{"id":"INC-%d","title":%s,"service":%s,"severity":%s,"started_at":%q,"summary":%s,"root_cause":%s,"updates":[{"at":%q,"status":"x","body":%s}]}`+"\n",
			p.n, asJSON("down: "+c.text), asJSON(c.text), asJSON(c.text), p.stamp().Format(time.RFC3339), asJSON(c.text), asJSON(c.text), p.stamp().Format(time.RFC3339), asJSON(c.text))
	},
	func(p *planting, c canary) {
		at := p.stamp()
		p.add(fmt.Sprintf("report-%d.md", p.n), "# PM-%d shop down\n\n**Started:** %s UTC\n\n## Root cause\n\n%s\n\n## Timeline\n\n- %s UTC - %s\n\n## Action items\n\n- [ ] rotate %s\n",
			p.n, at.Format("2006-01-02 15:04"), c.text, at.Format("15:04"), strings.ReplaceAll(c.text, "\n", " "), strings.ReplaceAll(c.text, "\n", " "))
	},
	func(p *planting, c canary) {
		p.add("metrics.jsonl", `{"ts":%q,"service":"shop","name":%s,"value":1}`+"\n", p.stamp().Format(time.RFC3339), asJSON("latency "+c.text))
	},
	func(p *planting, c canary) {
		p.add("windows.log", `{"Event":{"System":{"Provider":{"#attributes":{"Name":"Shop"}},"EventID":7,"Level":2,"Computer":"w","TimeCreated":{"#attributes":{"SystemTime":%q}}},"EventData":{"Data":%s}}}`+"\n",
			p.stamp().Format("2006-01-02T15:04:05.000000Z"), asJSON(c.text))
	},
}

// costly is the first of the two places that give an incident, whose pages
// take most of the test's time: they get a sixth of what others get.
const costly = 13

const canaryConfig = `zone: UTC
now: data
max_rejects: 100%
sources:
  - {name: app, kind: log, paths: ["*.log"]}
  - {name: changes, kind: change, paths: ["changes.jsonl"]}
  - {name: incidents, kind: incident, paths: ["incidents.jsonl", "*.md"]}
  - {name: metrics, kind: metric, paths: ["metrics.jsonl"]}
`

// TestSecretsStayOut is S11 from end to end: 15 kinds of 200 invented secrets
// each, spread over everything that a night reads. Nothing that it leaves on
// disk holds one: no column of the lake, no refused line, no page, no
// calendar, no manifest, no temporary file.
func TestSecretsStayOut(t *testing.T) {
	dir, temp := t.TempDir(), t.TempDir()
	t.Setenv("TMPDIR", temp)
	all := canaries(200, 11)
	p := &planting{files: map[string]*strings.Builder{}}
	p.add("zap.log", `{"level":"info","ts":1793491200,"msg":"up"}`+"\n")
	for i, c := range all {
		at := i % len(places)
		if at >= costly && at < costly+2 && i/len(places)%6 > 0 {
			at = 0
		}
		places[at](p, c)
	}
	for name, b := range p.files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "almanac.yaml"), []byte(canaryConfig), 0o644); err != nil {
		t.Fatal(err)
	}
	out := walk(t, load(t, dir), time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC), 2)
	if out.Counts.Events < int64(len(all))*8/10 || out.Counts.Rejects == 0 {
		t.Fatalf("read %+v\n%s", out.Counts, clip(answer(t, out.Lake, "SELECT file, line, reason, raw FROM reject")))
	}
	written := map[string]string{"lake": lakeText(t, out.Lake), "run": fmt.Sprintf("%+v", out)}
	inputs := map[string]bool{}
	for name := range p.files {
		inputs[filepath.Join(dir, name)] = true
	}
	for _, root := range []string{dir, temp} {
		filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || inputs[path] || strings.HasSuffix(path, ".parquet") {
				return err
			}
			b, err := os.ReadFile(path)
			written[path] = string(b)
			return err
		})
	}
	judgeCanaries(t, all, written)
	if got := answer(t, out.Lake, "SELECT count(*) FROM event WHERE message LIKE '%<email:%'"); !strings.Contains(got, "\n1") && !strings.Contains(got, "\n2") && !strings.Contains(got, "\n") {
		t.Errorf("no token stands where an address stood: %s", got)
	}
}

// judgeCanaries prints the share of each kind that stayed out; 98 % is the
// figure asked for, and what is left over is named.
func judgeCanaries(t *testing.T, all []canary, written map[string]string) {
	t.Helper()
	count, left := map[string]int{}, map[string]int{}
	byStart := map[uint64][]int{} // a secret is at least 8 bytes long
	for i, c := range all {
		count[c.kind]++
		for _, form := range c.hiding() {
			key := binary.LittleEndian.Uint64([]byte(form))
			byStart[key] = append(byStart[key], i)
		}
	}
	told := map[int]bool{}
	for path, body := range written {
		b := []byte(body)
		for at := 0; at+8 <= len(b); at++ {
			for _, i := range byStart[binary.LittleEndian.Uint64(b[at:])] {
				c := all[i]
				for _, form := range c.hiding() {
					if told[i] || !strings.HasPrefix(body[at:], form) {
						continue
					}
					told[i] = true
					if left[c.kind]++; left[c.kind] <= 5 {
						t.Errorf("%s: %q is in %s: …%s…", c.kind, c.text, filepath.Base(path), body[max(0, at-120):min(len(body), at+len(form)+60)])
					}
				}
			}
		}
	}
	for _, kind := range canaryKinds {
		share := 1 - float64(left[kind.name])/float64(count[kind.name])
		t.Logf("%-26s %d planted, %.1f %% taken out", kind.name, count[kind.name], 100*share)
		if share < 0.98 {
			t.Errorf("%s: %.1f %% taken out, 98 %% wanted", kind.name, 100*share)
		}
	}
}

// lakeText gives all values of all columns of text in the lake.
func lakeText(t *testing.T, dir string) string {
	t.Helper()
	l, err := lake.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	w, err := warehouse.Open(context.Background(), l, warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	var b strings.Builder
	for _, table := range lake.TableNames() {
		rows, err := w.SQL(context.Background(), "SELECT * FROM lake_"+table)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows.Rows {
			for _, v := range r {
				if text, ok := v.(string); ok {
					b.WriteString(text)
					b.WriteByte('\n')
				}
			}
		}
	}
	return b.String()
}

// TestSecretsInNamesOfFiles: a file may be called after a person or a key. Its
// name is known again on the next night.
func TestSecretsInNamesOfFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("almanac.yaml", "site: shop\nzone: UTC\nlake: lake\nreport: report\nsources:\n  - {name: app, kind: log, paths: [\"*.log\"]}\n")
	write("home of jane.doe@example.com.log", "2026-11-01T10:00:00Z INFO one\n2026-11-01T10:00:01Z INFO two\nno line of a log\n")
	write("AKIAIOSFODNN7EXAMPLE.log", "2026-11-01T10:00:00Z ERROR three failed\n")
	c := load(t, dir)
	out := walk(t, c, time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC), 1)
	if out.Counts.Events != 3 {
		t.Fatalf("read %+v", out.Counts)
	}
	again := walk(t, c, time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC), 1)
	if again.Counts.Events != 0 {
		t.Errorf("the second night read %+v", again.Counts)
	}
	written := map[string]string{"lake": lakeText(t, out.Lake), "run": fmt.Sprintf("%+v", out)}
	for name, body := range tree(t, out.Report) {
		written["report/"+name] = body
	}
	for name, body := range tree(t, out.Lake) {
		written["lake/"+name] = body
	}
	for where, body := range written {
		for _, secret := range []string{"jane.doe", "AKIAIOSFODNN7EXAMPLE"} {
			if i := strings.Index(body, secret); i >= 0 {
				t.Errorf("%s holds %q", where, body[max(0, i-60):i+30])
			}
		}
	}
	if !strings.Contains(written["lake"], "home of <email:") {
		t.Error("no token stands where the address stood")
	}
}
