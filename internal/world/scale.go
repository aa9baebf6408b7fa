package world

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// Bench is one large day of many services for measuring speed and size:
// nothing is planted in it, and its values are spread as in real logs
// (scale_value.go).
type Bench struct {
	seed     int64
	services int
	lines    int64
	// JSON writes every service as JSON lines (slog) instead of the text mix.
	JSON bool
}

// benchDate is the day of every Bench.
var benchDate = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)

// Scale plans a day of about the given number of lines over 26 services: nginx
// combined, log4j, logfmt, syslog and Python text, 190 bytes a line or so.
func Scale(seed, lines int64) *Bench {
	return &Bench{seed: seed, services: 26, lines: max(1, lines)}
}

// Write writes logs/<service>/<service>-2026-11-20.log and an almanac.yaml
// into dir, two services at a time, streaming. Errors are those of the file
// system.
func (b *Bench) Write(dir string) error {
	errs := make([]error, b.services)
	slots := make(chan struct{}, 2)
	var wg sync.WaitGroup
	for k := range b.services {
		wg.Add(1)
		slots <- struct{}{}
		go func() {
			defer wg.Done()
			errs[k] = b.writeService(dir, k)
			<-slots
		}()
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return fmt.Errorf("write a day for measuring: %w", err)
		}
	}
	return b.writeConfig(dir)
}

func (b *Bench) writeConfig(dir string) error {
	text := "site: Bench\nzone: UTC\nlake: lake\nreport: report\nsources:\n"
	for k := range b.services {
		text += fmt.Sprintf("  - {name: %[1]s, kind: log, paths: [\"logs/%[1]s/*\"], service: %[1]s, tz: UTC}\n", b.name(k))
	}
	if err := os.WriteFile(filepath.Join(dir, "almanac.yaml"), []byte(text), 0o644); err != nil {
		return fmt.Errorf("write almanac.yaml: %w", err)
	}
	return nil
}

func (b *Bench) writeService(dir string, k int) error {
	folder := filepath.Join(dir, "logs", b.name(k))
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	path := filepath.Join(folder, b.name(k)+"-"+benchDate.Format("2006-01-02")+".log")
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriterSize(f, 1<<20)
	_, err = b.Stream(k, buffered)
	if flush := buffered.Flush(); err == nil {
		err = flush
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	mtime := benchDate.AddDate(0, 0, 1)
	return os.Chtimes(path, mtime, mtime)
}

// name is the name of service k, with the kind of its log.
func (b *Bench) name(k int) string {
	return fmt.Sprintf("svc%02d-%s", k, benchKinds[k%len(benchKinds)])
}

var benchKinds = []string{"web", "java", "logfmt", "syslog", "python"}

// Stream writes the day of service k (0-25) and says how many lines it wrote.
// Service sizes fall off slowly from the first to the last.
func (b *Bench) Stream(k int, out io.Writer) (int64, error) {
	total := 0.0
	for i := range b.services {
		total += 1 / float64(i+6)
	}
	want := float64(b.lines) / total / float64(k+6)
	s := newStream(b, k)
	var n int64
	load := 0.0
	for _, v := range weekdayLoad {
		load += v
	}
	for h, v := range weekdayLoad {
		count := int(want*v/load + 0.5)
		for i := range count {
			at := benchDate.Add(time.Duration(h)*time.Hour + time.Duration((float64(i)+s.r.Float64())/float64(count)*float64(time.Hour)))
			n += s.line(at)
			if len(s.buf) > 1<<16 {
				if _, err := out.Write(s.buf); err != nil {
					return n, err
				}
				s.buf = s.buf[:0]
			}
		}
	}
	_, err := out.Write(s.buf)
	return n, err
}

// stream is the state of one service's log.
type stream struct {
	r         *rand.Rand
	kind      string
	service   string
	json      bool
	buf       []byte
	templates []template
	at        int // of templates: the last one printed
	last      time.Time
	values    *values
}

// template is a message with holes for fresh values.
type template struct {
	level string
	class string
	parts []string // literal, hole, literal, hole, …
}

func newStream(b *Bench, k int) *stream {
	r := rand.New(rand.NewPCG(uint64(b.seed)+0x51ed, uint64(k)*2654435761+3))
	s := &stream{r: r, kind: benchKinds[k%len(benchKinds)], service: b.name(k), json: b.JSON, values: newValues(r)}
	for range 40 + r.IntN(60) {
		s.templates = append(s.templates, newTemplate(r))
	}
	return s
}

var (
	benchNouns    = []string{"order", "segment", "replica", "block", "lease", "quota", "shard", "ticket", "cache", "index", "partition", "session", "queue", "worker", "snapshot", "bucket"}
	benchVerbs    = []string{"opened", "closed", "moved", "verified", "expired", "flushed", "assigned", "rejected", "renewed", "merged", "queued", "dropped"}
	benchTails    = []string{"for client", "from node", "in pool", "after retry", "during rebalance", "by scheduler", "with checksum", "on volume", "at offset", "of tenant"}
	benchClasses  = []string{"DefaultRequestHandler", "AsyncDispatcher", "StorageManager", "ReplicationMonitor", "LeaseService", "QuotaController"}
	benchEnds     = []string{"", "", " and released it to the pool", ", waiting for the next heartbeat", " because the lease is still held", ", no further replica needed", " (will be retried)"}
	benchOpenings = []string{"", "", "Received notice that the", "Background task of the coordinator:", "Finished the scheduled run,", "Failed to complete the request,", "State of the local member changed:", "Retry of a former attempt succeeded:", "Could not reach the leader of the group,"}
	benchHoles    = []string{"int", "hex", "ip", "dur", "path", "size", "uuid", "entity", "node"}
)

// newTemplate makes a sentence. In public logs (Loghub-2k, OpenStack, Kafka) a
// third of a message stands before its first value, .31 to .88 of it begins as
// the message of its statement before did, and 15 % of the lines have no value
// at all: where values stand matters for how lines are stored and compressed.
func newTemplate(r *rand.Rand) template {
	t := template{level: "INFO", class: "com.shop." + pick(r, benchNouns) + "." + pick(r, benchClasses)}
	switch n := r.IntN(100); {
	case n < 4:
		t.level = "ERROR"
	case n < 12:
		t.level = "WARN"
	}
	opening := pick(r, benchOpenings)
	if opening != "" {
		opening += " "
	}
	opening += pick(r, benchNouns) + " " + pick(r, benchVerbs)
	end := pick(r, benchEnds)
	if r.IntN(7) == 0 {
		t.parts = []string{opening + " " + pick(r, benchTails) + " " + pick(r, benchNouns) + end}
		return t
	}
	t.parts = append(t.parts, opening+" ", pick(r, benchHoles))
	for range 1 + r.IntN(2) {
		t.parts = append(t.parts, " "+pick(r, benchTails)+" "+pick(r, benchNouns)+"=", pick(r, benchHoles))
	}
	t.parts = append(t.parts, end)
	return t
}

// next chooses the statement to print, and when: statements of one flow
// follow each other within milliseconds, and the first ones are common and the
// last rare.
func (s *stream) next(at time.Time) (*template, time.Time) {
	if s.at++; s.at < len(s.templates) && !s.last.IsZero() && s.r.IntN(3) > 0 {
		at = s.last.Add(time.Duration(s.r.IntN(12)) * time.Millisecond)
	} else {
		s.at = int(s.r.Float64() * s.r.Float64() * float64(len(s.templates)))
	}
	if at.Before(s.last) {
		at = s.last
	}
	s.last = at
	return &s.templates[s.at], at
}

// line writes one event and says how many lines it took.
func (s *stream) line(at time.Time) int64 {
	t, at := s.next(at)
	switch {
	case s.json:
		s.buf = at.AppendFormat(append(s.buf, `{"time":"`...), time.RFC3339Nano)
		s.add(`","level":"`, t.level, `","msg":"`)
		s.message(t)
		s.add(`","service":"`, s.service, `","logger":"`, t.class, "\"}\n")
	case s.kind == "web":
		s.request(at)
	case s.kind == "java":
		s.buf = at.AppendFormat(s.buf, plainStamp)
		s.add(" [worker-", itoa(s.r.IntN(64)), "] ", t.level, " ", t.class, " - ")
		s.message(t)
		s.buf = append(s.buf, '\n')
		if t.level == "ERROR" && s.r.IntN(4) == 0 {
			s.add("java.io.IOException: connection reset by peer\n\tat ", t.class, ".call(Handler.java:", itoa(40+s.r.IntN(200)), ")\n\tat java.lang.Thread.run(Thread.java:1583)\n")
			return 4
		}
	case s.kind == "logfmt":
		s.buf = at.AppendFormat(append(s.buf, "ts="...), "2006-01-02T15:04:05.000Z")
		s.add(" level=", t.level, " caller=", t.class, " msg=\"")
		s.message(t)
		s.buf = append(s.buf, "\"\n"...)
	case s.kind == "syslog":
		s.buf = at.AppendFormat(s.buf, "Jan _2 15:04:05")
		s.add(" host", itoa(s.r.IntN(20)), " ", s.service, "[", pick(s.r, s.values.pids[:]), "]: ")
		s.message(t)
		s.buf = append(s.buf, '\n')
	default:
		s.buf = at.AppendFormat(s.buf, plainStamp)
		s.add(" ", t.level, " ", t.class, ": ")
		s.message(t)
		s.buf = append(s.buf, '\n')
	}
	return 1
}

// request writes a line of an access log.
func (s *stream) request(at time.Time) {
	c, t := few(s.r, s.values.clients), few(s.r, s.values.routes)
	s.add(c.address)
	s.buf = at.AppendFormat(append(s.buf, " - - ["...), "02/Jan/2006:15:04:05 -0700")
	s.add(`] "`, pick(s.r, []string{"GET", "GET", "GET", "POST"}), " ")
	s.buf = s.values.appendRoute(s.buf, t)
	size := t.size
	if t.isObject {
		size = s.values.skewed(4000)
	}
	s.add(` HTTP/1.1" `, s.status(), " ", strconv.FormatInt(size, 10))
	s.add(` "https://shop.example`, few(s.r, s.values.routes).path, `" "`, c.agent, "\"\n")
}

func (s *stream) status() string {
	switch n := s.r.IntN(200); {
	case n < 2:
		return "500"
	case n < 8:
		return "404"
	case n < 24:
		return "304"
	}
	return "200"
}

func (s *stream) add(texts ...string) {
	for _, t := range texts {
		s.buf = append(s.buf, t...)
	}
}

func (s *stream) message(t *template) {
	for i, p := range t.parts {
		if i%2 == 0 {
			s.buf = append(s.buf, p...)
		} else {
			s.buf = s.values.appendHole(s.buf, p)
		}
	}
}
