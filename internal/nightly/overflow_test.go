//go:build unix

package nightly_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// lettersOf writes n in letters: a word without a digit.
func lettersOf(n int) string {
	b := []byte{}
	for n++; n > 0; n /= 26 {
		b = append(b, byte('a'+n%26))
	}
	return string(b)
}

// writeFlood writes lines of so many forms, no digit in any, and between them
// a rare statement.
func writeFlood(t *testing.T, dir string, lines, forms int) {
	t.Helper()
	signatureSite(t, dir)
	for f := range 2 {
		out, err := os.Create(filepath.Join(dir, "logs", fmt.Sprintf("app-%d.log", f)))
		if err != nil {
			t.Fatal(err)
		}
		w := bufio.NewWriterSize(out, 1<<20)
		at := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
		for i := f * lines / 2; i < (f+1)*lines/2; i++ {
			stamp := at.Add(time.Duration(i) * 10 * time.Millisecond).Format("2006-01-02T15:04:05.000Z")
			k := i * 7919 % forms
			fmt.Fprintf(w, "%s INFO wrote %s beside %s\n", stamp, lettersOf(k*31+17), lettersOf(k))
			if i%(lines/10) == 7 {
				fmt.Fprintf(w, "%s ERROR the rare thing happened to %d (again)\n", stamp, i)
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		if err := out.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// More forms of line than can be told apart: totals are exact, the rare
// statement stays, the bucket is counted and said. With ALMANAC_TORTURE=1 a
// million forms over five million lines in 1 GB at most (R20).
func TestMoreSignaturesThanCanBeToldApart(t *testing.T) {
	lines, forms := 60_000, 12_000
	if os.Getenv("ALMANAC_TORTURE") != "" {
		lines, forms = 5_000_000, 1_000_000
	}
	dir := t.TempDir()
	writeFlood(t, dir, lines, forms)
	u := measure(t, benchRow{"five million lines", "ingest", benchDay{dir: dir}, 2})
	t.Logf("%d lines of %d forms: peak %.0f MB, %.1f s of processor time", lines, forms, mb(u.peak), u.cpu.Seconds())
	if u.peak > 1<<30 {
		t.Errorf("peak memory %.0f MB, want 1 GB at most", mb(u.peak))
	}
	l := filepath.Join(dir, "lake")
	total := fmt.Sprintf("n\n%d\n", lines+10)
	for _, q := range []string{
		"SELECT count(*) AS n FROM event",
		"SELECT CAST(sum(count) AS BIGINT) AS n FROM event_day",
		"SELECT CAST(sum(count) AS BIGINT) AS n FROM event_day WHERE signature_id IN (SELECT signature_id FROM signature)",
	} {
		if got := answer(t, l, q); got != total {
			t.Errorf("%s: got %q, want %q", q, got, total)
		}
	}
	if got := answer(t, l, "SELECT CAST(sum(count) AS BIGINT) AS n FROM event_day JOIN signature USING (signature_id) WHERE template LIKE 'the rare thing%'"); got != "n\n10\n" {
		t.Errorf("rare lines: %q", got)
	}
	bucket := answer(t, l, "SELECT CAST(sum(count) AS BIGINT) AS n FROM event_day JOIN signature USING (signature_id) WHERE starts_with(template, '<overflow>')")
	if bucket != fmt.Sprintf("n\n%d\n", lines) {
		t.Errorf("in the bucket: %q", bucket)
	}
	if os.Getenv("ALMANAC_TORTURE") != "" {
		return
	}
	c := load(t, dir)
	if err := os.RemoveAll(l); err != nil {
		t.Fatal(err)
	}
	out := walk(t, c, time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC), 2)
	if len(out.Overflow) == 0 || !strings.Contains(out.Overflow[0], "12000 forms of line") {
		t.Errorf("the night says %q", out.Overflow)
	}
	page := tree(t, out.Report)["quality.html"]
	if !strings.Contains(page, "60,000 lines of 12,000 forms") && !strings.Contains(page, "60000 lines of 12000 forms") {
		t.Error("the quality page does not say what is not told apart")
	}
}
