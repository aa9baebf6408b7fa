package world

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
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
func (w *World) Write(dir string) error {
	stats, err := w.writeLogs(dir, w.AsOf())
	if err != nil {
		return fmt.Errorf("write logs of the invented world: %w", err)
	}
	if err := w.writeRecords(dir, w.AsOf()); err != nil {
		return err
	}
	truth, err := json.MarshalIndent(w.truth(stats), "", "  ")
	if err != nil {
		return fmt.Errorf("write truth.json: %w", err)
	}
	return w.writeFile(dir, "truth.json", append(truth, '\n'), w.AsOf())
}

// WriteUntil writes what lies in the folder at the given moment: logs up to
// it, the day's own files plain and growing, older days compressed, changes and
// incidents begun by then, and no truth. Called again with a later moment it
// makes the folder grow as a real one does: a plain log gets longer, then is
// replaced by its compressed form.
func (w *World) WriteUntil(dir string, moment time.Time) error {
	if _, err := w.writeLogs(dir, moment); err != nil {
		return fmt.Errorf("write logs of the invented world: %w", err)
	}
	return w.writeRecords(dir, moment)
}

func (w *World) writeRecords(dir string, moment time.Time) error {
	for _, f := range w.records(moment) {
		if err := w.writeFile(dir, f.name, f.data, moment); err != nil {
			return err
		}
	}
	return nil
}

type file struct {
	name string
	data []byte
}

// records are all files except the logs and the truth.
func (w *World) records(moment time.Time) []file {
	var changes, configs, incidents bytes.Buffer
	// A bytes.Buffer takes everything, and the rows hold only strings.
	_ = w.writeChangesCSV(&changes, moment)
	_ = w.writeConfigJSONL(&configs, moment)
	_ = w.writeIncidents(&incidents, moment)
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

// writeLogs writes the days begun before the moment, in parallel: they do not
// depend on each other.
func (w *World) writeLogs(dir string, moment time.Time) ([]dayStats, error) {
	last := -1
	for last+1 < w.opt.Days && w.midnight(last+1).Before(moment) {
		last++
	}
	stats := make([]dayStats, w.opt.Days)
	errs := make([]error, max(1, min(runtime.GOMAXPROCS(0), 8)))
	days := make(chan int)
	var wg sync.WaitGroup
	for n := range errs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range days {
				if err := w.writeDay(dir, i, i == last, moment, &stats[i]); err != nil && errs[n] == nil {
					errs[n] = err
				}
			}
		}()
	}
	for i := range last + 1 {
		days <- i
	}
	close(days)
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return stats, nil
}

// dayStats counts what a day wrote.
type dayStats struct {
	lines    [logCount]int
	attempts int
	bad      badCounts
}

// writeDay writes the logs of one day up to the moment; the newest day is
// plain, the others are compressed.
func (w *World) writeDay(dir string, i int, newest bool, moment time.Time, st *dayStats) error {
	d := newDay(w, i)
	st.attempts = d.attempts
	mtime := w.midnight(i + 1).Add(3 * time.Second)
	if moment.Before(mtime) {
		mtime = moment
	}
	for k := range d.logs {
		entries := d.logs[k].entries()
		if !w.opt.Clean {
			entries = d.spoil(k, entries, &st.bad)
		}
		data := join(entries, moment)
		st.lines[k] = bytes.Count(data, []byte{'\n'})
		name := "logs/" + logNames[k].service + "/" + fmt.Sprintf(logNames[k].file, w.date(i))
		if !newest {
			packed, err := pack(logNames[k].codec, data)
			if err != nil {
				return fmt.Errorf("compress %s: %w", name, err)
			}
			if err := os.Remove(filepath.Join(dir, filepath.FromSlash(name))); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("rotate %s: %w", name, err)
			}
			name += "." + logNames[k].codec
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
