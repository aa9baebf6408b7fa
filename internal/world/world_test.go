package world

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
)

// The demo of seed 1 is written once for all tests of it.
var demo struct {
	sync.Once
	dir   string
	took  time.Duration
	truth Truth
	err   error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if demo.dir != "" {
		os.RemoveAll(demo.dir)
	}
	os.Exit(code)
}

func theDemo(t *testing.T) (string, Truth) {
	t.Helper()
	demo.Do(func() {
		if demo.dir, demo.err = os.MkdirTemp("", "world"); demo.err != nil {
			return
		}
		began := time.Now()
		if demo.err = Demo(1).Write(demo.dir); demo.err != nil {
			return
		}
		demo.took = time.Since(began)
		demo.truth, demo.err = ReadTruth(filepath.Join(demo.dir, "truth.json"))
	})
	if demo.err != nil {
		t.Fatal(demo.err)
	}
	return demo.dir, demo.truth
}

// texts keeps the demo's logs once read: many tests read them all.
var texts = map[string]string{}

// readLog gives the text of one log on one local date, as much as there is.
func readLog(t *testing.T, dir string, log int, date string) string {
	t.Helper()
	if dir != demo.dir {
		return unpack(t, dir, log, date)
	}
	key := fmt.Sprint(log, date)
	if _, ok := texts[key]; !ok {
		texts[key] = unpack(t, dir, log, date)
	}
	return texts[key]
}

func unpack(t *testing.T, dir string, log int, date string) string {
	t.Helper()
	name := filepath.Join(dir, "logs", logNames[log].service, fmt.Sprintf(logNames[log].file, date))
	for _, suffix := range []string{"", ".gz", ".zst"} {
		data, err := os.ReadFile(name + suffix)
		if err != nil {
			continue
		}
		switch suffix {
		case ".gz":
			zr, err := gzip.NewReader(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			data, _ = io.ReadAll(zr) // one file is cut short on purpose
		case ".zst":
			zr, err := zstd.NewReader(nil)
			if err != nil {
				t.Fatal(err)
			}
			if data, err = zr.DecodeAll(data, nil); err != nil {
				t.Fatal(err)
			}
			zr.Close()
		}
		return string(data)
	}
	t.Fatalf("no log %s of %s", name, date)
	return ""
}

// matching gives the lines that contain all of the words.
func matching(text string, words ...string) []string {
	var out []string
next:
	for _, line := range strings.Split(text, "\n") {
		for _, w := range words {
			if !strings.Contains(line, w) {
				continue next
			}
		}
		out = append(out, line)
	}
	return out
}

// hashes maps every file under dir to its hash and modification time.
func hashes(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		out[rel] = fmt.Sprintf("%x %s", sha256.Sum256(data), info.ModTime().UTC())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSameSeedSameBytes(t *testing.T) {
	write := func(seed int64) map[string]string {
		dir := t.TempDir()
		if err := Mini(seed).Write(dir); err != nil {
			t.Fatal(err)
		}
		return hashes(t, dir)
	}
	a, b, c := write(3), write(3), write(4)
	if len(a) < 100 {
		t.Fatalf("only %d files", len(a))
	}
	for name, h := range a {
		if b[name] != h {
			t.Errorf("%s differs between two worlds of one seed", name)
		}
		if strings.HasPrefix(name, "logs"+string(filepath.Separator)) && c[name] == h {
			t.Errorf("%s is the same in worlds of two seeds", name)
		}
	}
}

// A folder grows as a real one does: finished days are those of the whole
// world, the running day is the beginning of its later self.
func TestWriteUntilGrows(t *testing.T) {
	dir, _ := theDemo(t)
	whole := hashes(t, dir)
	w := Demo(1)
	grown := t.TempDir()
	noon, evening := w.at(4, "12:00:00"), w.at(4, "20:00:00")
	var before string
	for _, moment := range []time.Time{noon, evening} {
		if err := w.WriteUntil(grown, moment); err != nil {
			t.Fatal(err)
		}
		text := readLog(t, grown, logGateway, w.date(4))
		if len(text) <= len(before) || !strings.HasPrefix(text, before) {
			t.Errorf("at %v the log does not continue what it was", moment)
		}
		before = text
	}
	for name, h := range hashes(t, filepath.Join(grown, "logs")) {
		name = filepath.Join("logs", name)
		if !strings.Contains(name, w.date(4)) && whole[name] != h {
			t.Errorf("%s is not the file of the whole world", name)
		}
	}
	if err := w.WriteUntil(grown, w.at(6, "06:00:00")); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(grown, "logs/*/*"+w.date(4)+"*"))
	if err != nil || len(files) != logCount {
		t.Errorf("after rotation there are %v (%v)", files, err)
	}
	if text := readLog(t, grown, logGateway, w.date(4)); !strings.HasPrefix(text, before) {
		t.Error("the rotated log does not begin as the plain one did")
	}
	changes, err := os.ReadFile(filepath.Join(grown, "changes/changes.csv"))
	if err != nil || strings.Contains(string(changes), "2026-09-2") || !strings.Contains(string(changes), "2026-09-19") {
		t.Errorf("changes are not those of the first six days (%v)", err)
	}
}

func TestDemoIsLargeEnoughAndQuick(t *testing.T) {
	_, truth := theDemo(t)
	total := 0
	for _, l := range truth.Logs {
		if l.Lines < 15000 {
			t.Errorf("log %s has only %d lines", l.Log, l.Lines)
		}
		total += l.Lines
	}
	if total < 600_000 || total > 900_000 {
		t.Errorf("%d lines, want 0.6 to 0.9 million", total)
	}
	if demo.took > 30*time.Second { // 2 s on two free cores
		t.Errorf("writing the demo took %v", demo.took)
	}
}

func TestFilesAreCompressedExceptTheLastDay(t *testing.T) {
	dir, truth := theDemo(t)
	for name := range hashes(t, filepath.Join(dir, "logs")) {
		plain := strings.HasSuffix(name, "log") || strings.Contains(name, "json") && !strings.HasSuffix(name, "gz")
		if last := strings.Contains(name, truth.LastDay); last != plain {
			t.Errorf("%s: plain %v, last day %v", name, plain, last)
		}
	}
}

func TestWriteNamesWhatFailed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "occupied")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Mini(1).Write(file); err == nil || !strings.Contains(err.Error(), "logs/") {
		t.Errorf("error %v does not name the file", err)
	}
}

func TestOddOptionsMakeAWorld(t *testing.T) {
	w := New(Options{Start: "yesterday", Days: -1, EveningOnly: true})
	if w.Days() != 1 || w.date(0) != "2026-09-14" {
		t.Errorf("days %d from %s", w.Days(), w.date(0))
	}
	if err := w.Write(t.TempDir()); err != nil {
		t.Error(err)
	}
}
