package world

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestScaleIsSeededAndOfTheSizeAsked(t *testing.T) {
	const want = 60_000
	var total int64
	size := 0
	for k := range 26 {
		var a, b, c bytes.Buffer
		n, err := Scale(1, want).Stream(k, &a)
		if err != nil {
			t.Fatal(err)
		}
		if lines := int64(bytes.Count(a.Bytes(), []byte{'\n'})); lines != n {
			t.Errorf("service %d: %d lines, says %d", k, lines, n)
		}
		if _, err := Scale(1, want).Stream(k, &b); err != nil || !bytes.Equal(a.Bytes(), b.Bytes()) {
			t.Errorf("service %d differs between two runs (%v)", k, err)
		}
		if _, err := Scale(2, want).Stream(k, &c); err != nil || bytes.Equal(a.Bytes(), c.Bytes()) {
			t.Errorf("service %d is the same with another seed (%v)", k, err)
		}
		total += n
		size += a.Len()
	}
	if total < want*95/100 || total > want*106/100 {
		t.Errorf("%d lines, want about %d", total, want)
	}
	if perLine := float64(size) / float64(total); perLine < 90 || perLine > 240 {
		t.Errorf("%.0f bytes a line", perLine)
	}
}

// A day whose values are all fresh shrinks 5 times, which no real log of many
// services does; one without any fresh values would flatter.
func TestScaleShrinksLikeRealLogs(t *testing.T) {
	var raw, zipped int
	for k := range 26 {
		var text, out bytes.Buffer
		if _, err := Scale(1, 150_000).Stream(k, &text); err != nil {
			t.Fatal(err)
		}
		z := gzip.NewWriter(&out) // level 6
		if _, err := z.Write(text.Bytes()); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		raw, zipped = raw+text.Len(), zipped+out.Len()
	}
	if r := float64(raw) / float64(zipped); r < 7 || r > 9 {
		t.Errorf("gzip makes the services' files %.1f times smaller, want 7 to 9", r)
	}
}

func TestScaleWritesAConfigAndAFilePerService(t *testing.T) {
	for _, asJSON := range []bool{false, true} {
		dir := t.TempDir()
		b := Scale(1, 2000)
		b.JSON = asJSON
		if err := b.Write(dir); err != nil {
			t.Fatal(err)
		}
		config, err := os.ReadFile(filepath.Join(dir, "almanac.yaml"))
		if err != nil || strings.Count(string(config), "kind: log") != 26 {
			t.Errorf("config %q, %v", config, err)
		}
		files, err := filepath.Glob(filepath.Join(dir, "logs/*/*.log"))
		if err != nil || len(files) != 26 {
			t.Fatalf("%d files, %v", len(files), err)
		}
		data, err := os.ReadFile(files[0])
		if err != nil || bytes.HasPrefix(data, []byte("{")) != asJSON {
			t.Errorf("first line %.80q, %v", data, err)
		}
	}
}
