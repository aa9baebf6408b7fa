package nightly_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// One file that is most of a night is read by two workers side by side: the
// lake's bytes, the rejects and the redaction are those of one worker, also
// where a private key, refused lines or a very long message stand in its
// middle.
func TestOneLargeFile(t *testing.T) {
	day := time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC)
	var lines []string
	line := func(i int, text string, a ...any) {
		at := day.Add(time.Duration(i) * 700 * time.Millisecond).Format("2006-01-02T15:04:05.000Z")
		lines = append(lines, at+" INFO "+fmt.Sprintf(text, a...))
	}
	for i := range 60_000 {
		switch {
		case i == 700 || i == 30_001:
			line(i, "-----BEGIN RSA PRIVATE KEY-----")
			for k := range 20 {
				line(i, "%s", strings.Repeat(fmt.Sprintf("MIIEowIBAAKC%02dQEA", k), 4))
			}
			line(i, "-----END RSA PRIVATE KEY-----")
		case i%997 == 5:
			lines = append(lines, "0001-01-01T00:00:00.000Z INFO before any calendar")
		case i == 20_000:
			line(i, "dump %s", strings.Repeat("abc ", 12_000))
			for k := range 300 {
				lines = append(lines, "\tat com.shop.Frame.call(Frame.java:"+fmt.Sprint(k)+")"+strings.Repeat("x", 700))
			}
		default:
			line(i, "order %d of jane%d@example.com kept in %d ms", i, i%7, i%40)
		}
	}
	want := ""
	for _, workers := range []int{1, 2, 4} {
		dir := t.TempDir()
		signatureSite(t, dir)
		writeLines(t, filepath.Join(dir, "logs", "app.log"), lines)
		writeLines(t, filepath.Join(dir, "logs", "other.log"), nightLines(3, 50))
		manifest, err := os.ReadFile(filepath.Join(ingest(t, dir, workers), "MANIFEST.json"))
		if err != nil {
			t.Fatal(err)
		}
		if want == "" {
			want = string(manifest)
			got := answer(t, filepath.Join(dir, "lake"), `SELECT count(*) AS n, count(*) FILTER (message LIKE '%MIIE%' OR message LIKE '%jane%') AS bare,
				count(*) FILTER (message LIKE '%PEM%' OR message LIKE '%pem%') AS keys, max(length(message)) > 200000 AS long FROM event`)
			if !strings.HasSuffix(strings.TrimSpace(got), "60031,0,44,true") {
				t.Errorf("not what was written: %s", got)
			}
		} else if string(manifest) != want {
			t.Errorf("%d workers: another lake than one worker's", workers)
		}
	}
}
