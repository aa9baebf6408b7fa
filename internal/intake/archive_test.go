package intake

import (
	"bytes"
	"encoding/base64"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// bzipped is 40 lines of a log, compressed by bzip2 (Go has no writer).
const bzipped = "QlpoOTFBWSZTWZFY23IAAkxfgAAQQAd/8AEjgAo7Z8gQQAG9JhAaog0/fqqgA0AAASnpT1SagAAAADDIwJpgTIYmjAKVSehQNAAMgYTcJ6ifwmyOoTKq+BOsT6FOkksiSWTRJLJnklkvuYtWvZt3XgAAAAVVttVVVVMhgAXDCBj000007BMxOoTiJwE2iaZ7dueMYwJ7+wmTMTKshNddmuuMY2CZ6ZZd4YSKqq4GCq8YGEvDhN9avDwAw4gMNaVVVeAGEmBgqu++8m2rsqqqqqq7bWSbW2yS22ySwDDQGFZZJYBhbLJK21dXoDM5gMEM9QMNwJ8CbhNwmBPkTITeJ5CbAnATMTiJgTkJvE3hNROYnMTUToE4CYFWBOQnMTQTMTwE5if4u5IpwoSEisbbkA=="

// TestBzip2 reads a bzip2 file, whole, damaged and two in one.
func TestBzip2(t *testing.T) {
	b, err := base64.StdEncoding.DecodeString(bzipped)
	if err != nil {
		t.Fatal(err)
	}
	if r, k := readBytes(t, b, nil); len(k.events) != 40 || len(k.rejects) != 0 || r.Format != "log4j" {
		t.Errorf("whole: %s %+v", r.Format, r.Counts)
	}
	if _, k := readBytes(t, append(bytes.Clone(b), b...), nil); len(k.events) != 80 {
		t.Errorf("two streams: %d events", len(k.events))
	}
	bad := bytes.Clone(b)
	bad[len(bad)/2] ^= 4
	if _, k := readBytes(t, bad, nil); len(k.rejects) != 1 {
		t.Errorf("damaged: %+v", k.rejects)
	}
}

// TestCutArchivesAsTheToolsReadThem is R11: of a cut archive as many lines are
// kept as the codec's own tool gives, and the damage is said.
func TestCutArchivesAsTheToolsReadThem(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	text := []byte(someLines(4000))
	var told []string
	_, whole := readBytes(t, text, nil)
	for _, e := range whole.events {
		told = append(told, e.Message)
	}
	for _, c := range []struct{ suffix, pack, unpack string }{
		{".gz", "gzip", "zcat"}, {".zst", "zstd", "zstdcat"}, {".xz", "xz", "xzcat"}, {".lz4", "lz4", "lz4cat"}, {".bz2", "bzip2", "bzcat"},
	} {
		t.Run(c.suffix, func(t *testing.T) {
			unpack, err := exec.LookPath(c.unpack)
			pack, err2 := exec.LookPath(c.pack)
			if err != nil || err2 != nil {
				t.Skipf("%s and %s are not installed", c.pack, c.unpack)
			}
			cmd := exec.Command(pack, "-c")
			cmd.Stdin = bytes.NewReader(text)
			whole, err := cmd.Output()
			if err != nil {
				t.Skipf("%s: %v", c.pack, err)
			}
			path := filepath.Join(t.TempDir(), "cut"+c.suffix)
			for range 12 {
				b := whole[:20+rng.IntN(len(whole)-20)]
				if err := os.WriteFile(path, b, 0o600); err != nil {
					t.Fatal(err)
				}
				kept, _ := exec.Command(unpack, path).Output() // it fails, and gives what it has
				_, k := readBytes(t, b, nil)
				want := bytes.Count(kept, []byte{'\n'})
				if c.suffix == ".xz" && len(k.events) > want { // xzcat keeps the last line or two to itself
					want = min(len(k.events), want+2)
				}
				for i, e := range k.events {
					if e.Message != told[i] {
						t.Fatalf("cut at %d: line %d is %q", len(b), i+1, e.Message)
					}
				}
				if len(k.events) != want || len(k.rejects) != 1 {
					t.Errorf("cut at %d of %d: %d events, %s gives %d; rejects %+v", len(b), len(whole), len(k.events), c.unpack, want, k.rejects)
				}
			}
		})
	}
}
