//go:build unix

package nightly_test

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// sizes says what a day's events take on disk, beside gzip -6 of each service's
// file and of one file of all services.
func sizes(t *testing.T, d benchDay, zipped, mixed int64) string {
	t.Helper()
	lake := treeSize(t, filepath.Join(d.dir, "lake", "event"))
	return fmt.Sprintf("events %.1f MB, raw / lake %.1f; gzip per service %.1fx, lake / gzip %.2f; of all services mixed %.1fx, lake / gzip %.2f",
		mb(lake), float64(d.bytes)/float64(lake), float64(d.bytes)/float64(zipped), float64(lake)/float64(zipped),
		float64(d.bytes)/float64(mixed), float64(lake)/float64(mixed))
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
