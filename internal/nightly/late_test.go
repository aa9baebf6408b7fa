package nightly_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"almanac/internal/nightly"
)

// TestLateLinesEndAsOnTimeOnes is R9: of the lines of eight days one in twenty
// comes one to four nights late, in a file of its own. Each night names the
// dates that it changed, and the lake ends as that of a site where all came on
// time; so do the counts of each input: lines = events + continuations +
// blanks + rejects + already seen.
func TestLateLinesEndAsOnTimeOnes(t *testing.T) {
	t.Parallel()
	const days = 8
	config := "zone: UTC\nnow: data\nsources:\n  - {name: app, kind: log, service: cart, tz: UTC, paths: [\"*.log\"]}\n"
	late, onTime := t.TempDir(), t.TempDir()
	for _, dir := range []string{late, onTime} {
		writeSite(t, dir, map[string]string{"almanac.yaml": config})
	}
	rng := rand.New(rand.NewPCG(9, 9))
	held := map[int][]string{} // by the night on which they come
	add := func(dir, file, text string) {
		f, err := os.OpenFile(filepath.Join(dir, file), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := f.WriteString(text); err != nil {
			t.Fatal(err)
		}
	}
	ingest := func(dir string, night int) *nightly.Outcome {
		now := time.Date(2026, 11, 2+night, 6, 0, 0, 0, time.UTC)
		c := load(t, dir)
		c.Now = now.Format(time.RFC3339)
		out, err := nightly.Ingest(context.Background(), nightly.Options{Config: c, Now: now, Tool: "almanac test", Workers: 2})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range out.Files {
			if !f.Counts.Balances() {
				t.Errorf("night %d: %s: %+v does not balance", night, f.File, f.Counts)
			}
		}
		return out
	}
	var last *nightly.Outcome
	for day := range days {
		var now, all strings.Builder
		for i := range 300 {
			at := time.Date(2026, 11, 1+day, i/13, i%13*4, i%60, 0, time.UTC)
			line := fmt.Sprintf("%s ERROR [main] shop.Basket - cannot reserve %d of %d\n", at.Format("2006-01-02 15:04:05,000"), i%7, i%3)
			all.WriteString(line)
			if rng.IntN(20) == 0 && day < days-1 {
				night := min(day+1+rng.IntN(4), days-1)
				held[night] = append(held[night], line)
			} else {
				now.WriteString(line)
			}
		}
		add(onTime, "app.log", all.String())
		add(late, "app.log", now.String())
		want := []string{time.Date(2026, 11, 1+day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)}
		slices.Sort(held[day])
		for _, line := range held[day] {
			add(late, "late.log", line)
			if !slices.Contains(want, line[:10]) {
				want = append(want, line[:10])
			}
		}
		last = ingest(late, day)
		slices.Sort(want)
		if !slices.Equal(last.ChangedDates, want) {
			t.Errorf("night %d names the dates %v, changed are %v", day, last.ChangedDates, want)
		}
	}
	whole := ingest(onTime, days-1)
	for _, q := range []string{
		"SELECT ts, service, level, signature_id, message FROM event ORDER BY ALL",
		"SELECT minute_ts, service, level, signature_id, sum(count) AS n FROM event_minute GROUP BY ALL ORDER BY ALL",
		"SELECT slot_ts, service, sum(lines) AS n, sum(requests) AS requests FROM service_volume GROUP BY ALL ORDER BY ALL",
		"SELECT hour_ts, sum(events) AS n FROM coverage GROUP BY ALL ORDER BY ALL",
	} {
		if a, b := answer(t, last.Lake, q), answer(t, whole.Lake, q); a != b {
			t.Errorf("%s: late and on time differ\n%s\n%s", q, clip(a), clip(b))
		}
	}
}
