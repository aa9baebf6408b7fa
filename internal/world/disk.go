package world

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"
	_ "time/tzdata" // the shop's zone, also where the system has none

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// logNames are the folders and file names of the logs; %s is the local date.
var logNames = [logCount]struct{ service, file, codec string }{
	logCart:      {"cart", "cart-%s.json", "gz"},
	logCheckout:  {"checkout", "checkout-%s.jsonl", "gz"},
	logGateway:   {"gateway", "access-%s.log", "gz"},
	logInventory: {"inventory", "inventory-%s.log", "zst"},
	logPayment:   {"payment", "payment.%s.log", "gz"},
	logSession:   {"session", "session-%s.log", "gz"},
	logSyslog:    {"syslog", "syslog-%s.log", "gz"},
}

// Write writes the world into dir, which need not exist: configuration, logs,
// changes, incidents and truth.json. Files have the modification time of the
// day they hold. Errors are those of the file system.
func (w *World) Write(dir string) error { return w.write(dir, 0, w.opt.Days, true) }

// WriteDays writes only the logs of days from..until-1 (0 = first), compressed
// or plain as in Write: a world that grows from night to night.
func (w *World) WriteDays(dir string, from, until int) error {
	return w.write(dir, max(0, from), min(until, w.opt.Days), false)
}

func (w *World) write(dir string, from, until int, records bool) error {
	stats := make([]dayStats, w.opt.Days)
	if err := w.writeLogs(dir, from, until, stats); err != nil {
		return fmt.Errorf("write logs of the invented world: %w", err)
	}
	if !records {
		return nil
	}
	for _, f := range w.records() {
		if err := w.writeFile(dir, f.name, f.data, w.AsOf()); err != nil {
			return err
		}
	}
	truth, err := json.MarshalIndent(w.truth(stats), "", "  ")
	if err != nil {
		return fmt.Errorf("write truth.json: %w", err)
	}
	return w.writeFile(dir, "truth.json", append(truth, '\n'), w.AsOf())
}

type file struct {
	name string
	data []byte
}

// records are all files except the logs and the truth.
func (w *World) records() []file {
	var changes, configs, incidents bytes.Buffer
	// A bytes.Buffer takes everything, and the rows hold only strings.
	_ = w.writeChangesCSV(&changes)
	_ = w.writeConfigJSONL(&configs)
	_ = w.writeIncidents(&incidents)
	out := []file{
		{"almanac.yaml", []byte(w.configText())},
		{"README.txt", []byte(w.readmeText())},
		{"changes/changes.csv", changes.Bytes()},
		{"changes/config.jsonl", configs.Bytes()},
		{"incidents/incidents.jsonl", incidents.Bytes()},
	}
	if w.opt.EveningOnly {
		return out
	}
	entries, _ := postmortems.ReadDir("postmortems") // embedded: cannot fail
	for _, e := range entries {
		data, _ := postmortems.ReadFile("postmortems/" + e.Name())
		out = append(out, file{"incidents/postmortems/" + e.Name(), data})
	}
	return out
}

func (w *World) writeFile(dir, name string, data []byte, mtime time.Time) error {
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return os.Chtimes(path, mtime, mtime)
}

// writeLogs makes the days in parallel: they do not depend on each other.
func (w *World) writeLogs(dir string, from, until int, stats []dayStats) error {
	days := make(chan int)
	errs := make([]error, max(1, min(runtime.GOMAXPROCS(0), 8)))
	var wg sync.WaitGroup
	for n := range errs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range days {
				if err := w.writeDay(dir, i, &stats[i]); err != nil && errs[n] == nil {
					errs[n] = err
				}
			}
		}()
	}
	for i := from; i < until; i++ {
		days <- i
	}
	close(days)
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// dayStats counts what a day wrote.
type dayStats struct {
	lines    [logCount]int
	attempts int
	bad      badCounts
}

// writeDay writes the logs of one day.
func (w *World) writeDay(dir string, i int, st *dayStats) error {
	d := newDay(w, i)
	st.attempts = d.attempts
	mtime := w.midnight(i + 1).Add(3 * time.Second)
	for k := range d.logs {
		data := d.logs[k].bytes()
		if !w.opt.Clean {
			data = d.spoil(k, data, &st.bad)
		}
		st.lines[k] = bytes.Count(data, []byte{'\n'})
		name := "logs/" + logNames[k].service + "/" + fmt.Sprintf(logNames[k].file, w.date(i))
		if i < w.opt.Days-1 {
			codec := logNames[k].codec
			name += "." + codec
			packed, err := pack(codec, data)
			if err != nil {
				return fmt.Errorf("compress %s: %w", name, err)
			}
			data = d.cut(k, packed, &st.bad)
		}
		if err := w.writeFile(dir, name, data, mtime); err != nil {
			return err
		}
	}
	return nil
}

// pack compresses a file. Neither form stores a name or a time.
func pack(codec string, data []byte) ([]byte, error) {
	if codec == "zst" {
		enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedDefault))
		if err != nil {
			return nil, err
		}
		defer enc.Close()
		return enc.EncodeAll(data, nil), nil
	}
	var buf bytes.Buffer
	zw, err := gzip.NewWriterLevel(&buf, 5)
	if err != nil {
		return nil, err
	}
	if _, err := zw.Write(data); err != nil {
		return nil, err
	}
	if err := zw.Close(); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}
