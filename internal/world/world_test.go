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

// readLog gives the text of one log on one local date, as much as there is.
func readLog(t *testing.T, dir string, log int, date string) string {
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

func TestDemoDaysDoNotDependOnEachOther(t *testing.T) {
	dir, _ := theDemo(t)
	again := t.TempDir()
	for _, i := range []int{3, 52, 55} {
		if err := Demo(1).WriteDays(again, i, i+1); err != nil {
			t.Fatal(err)
		}
	}
	whole := hashes(t, dir)
	part := hashes(t, again)
	if len(part) != 3*logCount {
		t.Fatalf("%d files, want %d", len(part), 3*logCount)
	}
	for name, h := range part {
		if whole[name] != h {
			t.Errorf("%s differs when written alone", name)
		}
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
