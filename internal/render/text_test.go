package render

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"almanac/schemas"
)

func TestVisible(t *testing.T) {
	for in, want := range map[string]string{
		"plain":               "plain",
		"a\tb\nc":             "a\tb\nc",
		"\x1b[31m":            "␛[31m",
		"x\x7f\r":             "x␡␍",
		"\u202Eexe":           "⟨U+202E⟩exe",
		"\u0085\uFEFF":        "⟨U+0085⟩⟨U+FEFF⟩",
		"\U000E0041":          "⟨U+E0041⟩",
		"na\u200dme ف\u200cا": "na\u200dme ف\u200cا",
	} {
		if got := visible(in); got != want {
			t.Errorf("visible(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestDuration(t *testing.T) {
	for in, want := range map[float64]string{
		0: "0 s", 0.25: "250 ms", 9.4: "9 s", 597: "9 min 57 s", 3600: "1 h", 5400: "1 h 30 min",
		13*86400 + 22*3600 + 59: "13 d 22 h", -65: "−1 min 5 s", 1e300: "unknown",
	} {
		if got := duration(in); got != want {
			t.Errorf("duration(%v) = %q, want %q", in, got, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for in, want := range map[float64]string{0: "0", 0.42: "0.42", 3.14: "3.1", 99.6: "100", 1234: "1,234", 41700: "41.7k", 2.5e6: "2.5M"} {
		if got := short(in); got != want {
			t.Errorf("short(%v) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[float64]string{0: "0 %", 0.0004: "< 0.1 %", 0.083: "8.3 %", 0.955: "96 %", 1: "100 %"} {
		if got := percent(in); got != want {
			t.Errorf("percent(%v) = %q, want %q", in, got, want)
		}
	}
}

// TestCapped: one value past four times the 90th percentile ends up past the
// axis; an ordinary spread keeps its own end.
func TestCapped(t *testing.T) {
	if high, is := capped([]float64{10, 12, 9, 11, 10, 10, 12, 9, 11, 10, 5000}); !is || high > 30 {
		t.Errorf("one hot day: axis to %v, capped %v", high, is)
	}
	if high, is := capped([]float64{1, 2, 3, 4, 5, 6, 7}); is || high != 7 {
		t.Errorf("ordinary days: axis to %v, capped %v", high, is)
	}
	if high, is := capped(nil); is || high != 0 {
		t.Errorf("no days: axis to %v, capped %v", high, is)
	}
}

// TestClockChange: the last Sunday of October has 25 hours in Berlin.
func TestClockChange(t *testing.T) {
	f := newFacts(&Site{Zone: berlin, AsOf: time.Date(2026, 11, 1, 0, 0, 0, 0, berlin), Since: time.Date(2026, 10, 1, 0, 0, 0, 0, berlin)})
	if !f.isClockChange("2026-10-25") || f.isClockChange("2026-10-24") {
		t.Error("25 October 2026 is the day of the clock change in Berlin")
	}
	dates := f.localDates(400)
	if len(dates) != 31 || dates[0] != "2026-10-01" || dates[30] != "2026-10-31" {
		t.Errorf("October has %d days, from %q to %q", len(dates), dates[0], dates[len(dates)-1])
	}
	if got := f.whenMicros(schemas.Micros(time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC))).Text; got != "Sun 25 Oct 2026, 02:30 +02:00" {
		t.Errorf("half past two, the first time: %q", got)
	}
}

func TestHourInWindow(t *testing.T) {
	for _, c := range []struct {
		h, from, to int
		want        bool
	}{
		{17, 1020, 1140, true}, {18, 1020, 1140, true}, {19, 1020, 1140, false}, {16, 1020, 1140, false},
		{23, 1410, 30, true}, {0, 1410, 30, true}, {1, 1410, 30, false},
	} {
		if got := hourInWindow(c.h, c.from, c.to); got != c.want {
			t.Errorf("hour %d in %d-%d: %v", c.h, c.from, c.to, got)
		}
	}
}

// TestNoUnsafeRenderer (S3): the page maker of go-echarts and the types that
// switch escaping off stay out; our own script and style are the exception.
func TestNoUnsafeRenderer(t *testing.T) {
	bad := regexp.MustCompile(`\.Render\(|RenderSnippet|RenderContent|JSONNotEscaped|template\.(HTML|HTMLAttr|URL|JSStr|Srcset)\b|FuncOpts|FuncStripCommentsOpts`)
	trusted := regexp.MustCompile(`template\.(JS|CSS)\(`)
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if !strings.Contains(string(text), "go-echarts") && !strings.Contains(string(text), "html/template") {
			return nil
		}
		for n, line := range strings.Split(string(text), "\n") {
			if hit := bad.FindString(line); hit != "" && !strings.HasPrefix(strings.TrimSpace(line), "//") {
				t.Errorf("%s:%d uses %s: text of the data would become code", path, n+1, hit)
			}
			if trusted.MatchString(line) && !regexp.MustCompile(`template\.(JS|CSS)\(reports\.[A-Z]\w*\)`).MatchString(line) {
				t.Errorf("%s:%d marks something else than an embedded asset as safe", path, n+1)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
