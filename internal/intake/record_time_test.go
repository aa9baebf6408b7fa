package intake

import (
	"strings"
	"testing"
	"time"
)

func mustZone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// TestParseStamp reads stamps of records in a source in Berlin.
func TestParseStamp(t *testing.T) {
	rule := stampRule{zone: mustZone(t, "Europe/Berlin")}
	for _, c := range []struct{ in, layout, want, note string }{
		{"2026-01-02T03:04:05Z", "", "2026-01-02T03:04:05Z", ""},
		{"2026-01-02T03:04:05.123456789+05:30", "", "2026-01-01T21:34:05.123456789Z", ""},
		{"2026-01-02T03:04:05.49Z", "", "2026-01-02T03:04:05.49Z", ""},
		{"2024-03-05T10:11:12.123+0000", "", "2024-03-05T10:11:12.123Z", ""},
		{"2026-01-02 03:04:05 -0700", "", "2026-01-02T10:04:05Z", ""},
		{"2026-01-02 03:04:05,250", "", "2026-01-02T02:04:05.25Z", ""},
		{"2026-01-02 03:04", "", "2026-01-02T02:04:00Z", ""},
		{"2026/01/02 03:04", "", "2026-01-02T02:04:00Z", ""},
		{"2026-07-02 03:04 CEST", "", "2026-07-02T01:04:00Z", ""},
		{"2026-01-02 03:04 PST", "", "2026-01-02T11:04:00Z", ""},
		{"2026-07-02 03:04 PST", "", "2026-07-02T11:04:00Z", "not in force"},
		{"2026-07-02 03:04 PT", "", "2026-07-02T10:04:00Z", ""},
		{"2026-07-02 03:04 UTC+2", "", "2026-07-02T01:04:00Z", ""},
		{"2026-07-02 03:04 PST (UTC-7)", "", "2026-07-02T10:04:00Z", ""},
		{"2026-01-02 03:04 America/New_York", "", "2026-01-02T08:04:00Z", ""},
		{"2026-01-02 03:04 IST", "", "!unknown zone", ""},
		{"2026-01-02 03:04 XYZ", "", "!unknown zone", ""},
		{"2026-01-02", "", "2026-01-01T23:00:00Z", "day only"},
		{"25/Feb/26 10:17 PM", "", "2026-02-25T21:17:00Z", ""},
		{"25/Feb/2026:22:17:01 +0100", "", "2026-02-25T21:17:01Z", ""},
		{"Tue Feb 3 14:11:09 2026 +0100", "", "2026-02-03T13:11:09Z", ""},
		{"Mon, 02 Feb 2026 08:00:00 GMT", "", "2026-02-02T08:00:00Z", ""},
		{"Feb 3, 2026 at 2:05pm", "", "2026-02-03T13:05:00Z", ""},
		{"3rd February 2026 14:05", "", "2026-02-03T13:05:00Z", ""},
		{"20260203T140509Z", "", "!unreadable", ""},
		{"20260203 14:05:09Z", "", "2026-02-03T14:05:09Z", ""},
		{"1767258000", "", "2026-01-01T09:00:00Z", ""},
		{"1767258000.25", "", "2026-01-01T09:00:00.25Z", ""},
		{"1767258000123", "", "2026-01-01T09:00:00.123Z", ""},
		{"1767258000123456", "", "2026-01-01T09:00:00.123456Z", ""},
		{"1767258000123456789", "", "2026-01-01T09:00:00.123456789Z", ""},
		{"2026-03-29 02:30", "", "2026-03-29T01:30:00Z", "skipped"},
		{"2026-10-25 02:30", "", "2026-10-25T00:30:00Z", "ambiguous"},
		{"2016-12-31T23:59:60Z", "", "2016-12-31T23:59:59.999999Z", ""},
		{"2026-01-02 24:00", "", "2026-01-02T22:59:59.999999Z", ""},
		{"6/7/2026 10:00", "", "!state the field's layout", ""},
		{"6/7/2026 10:00", "1/2/2006 15:04", "2026-06-07T08:00:00Z", ""},
		{"6/7/2026 10:00", "2/1/2006 15:04", "2026-07-06T08:00:00Z", ""},
		{"13/7/2026 10:00", "1/2/2006 15:04", "!does not fit", ""},
		{"02.01.2026 10:00 CET", "02.01.2006 15:04 MST", "2026-01-02T09:00:00Z", ""},
		{"2026-13-02 03:04", "", "!unreadable", ""},
		{"2026-02-30 03:04", "", "!unreadable", ""},
		{"20202-01-16 12:00", "", "!unreadable", ""},
		{"14:02", "", "!unreadable", ""},
		{"Feb 3 14:02", "", "!unreadable", ""},
		{"2026-02-03 ca. 14:02", "", "2026-02-03T13:02:00Z", ""},
		{"2026-02-03 ~14:02", "", "2026-02-03T13:02:00Z", ""},
		{"yesterday", "", "!unreadable", ""},
		{"2026-01-02 03:04 and more", "", "!", ""},
		{"12345", "", "!unreadable", ""},
		{"", "", "", ""}, {"N/A", "", "", ""}, {"null", "", "", ""}, {"?", "", "", ""}, {"0", "", "", ""},
		{"0001-01-01T00:00:00Z", "", "", ""},
	} {
		got, note, err := rule.parseStamp(c.in, c.layout)
		switch {
		case strings.HasPrefix(c.want, "!"):
			if err == nil || !strings.Contains(err.Error(), c.want[1:]) {
				t.Errorf("%q: got %v, %v; want an error with %q", c.in, got, err, c.want[1:])
			}
		case err != nil:
			t.Errorf("%q: %v", c.in, err)
		case c.want == "" && !got.IsZero():
			t.Errorf("%q: got %v, want nothing", c.in, got)
		case c.want != "" && got.UTC().Format(time.RFC3339Nano) != c.want:
			t.Errorf("%q: got %s, want %s", c.in, got.UTC().Format(time.RFC3339Nano), c.want)
		case !strings.Contains(note, c.note) || c.note == "" && note != "":
			t.Errorf("%q: note %q, want %q", c.in, note, c.note)
		}
	}
}

// TestOffSeasonInOwnZone: "PST" on a summer day, in a source that itself says
// it is in Los Angeles, means the clock on the wall there.
func TestOffSeasonInOwnZone(t *testing.T) {
	for _, stated := range []bool{true, false} {
		rule := stampRule{zone: mustZone(t, "America/Los_Angeles"), stated: stated}
		got, note, err := rule.parseStamp("2026-07-02 03:04 PST", "")
		want := "2026-07-02T11:04:00Z"
		if stated {
			want = "2026-07-02T10:04:00Z"
		}
		if err != nil || got.UTC().Format(time.RFC3339) != want || note == "" {
			t.Errorf("stated %v: %v %q %v, want %s with a note", stated, got, note, err, want)
		}
	}
}

func TestParseDuration(t *testing.T) {
	for in, want := range map[string]int64{
		"47 minutes": 2820, "1h50m": 6600, "1h 15m": 4500, "54 hours 10 minutes": 195000, "11 Days": 950400, "20 hours 20 minutes.": 73200,
		"279 minutes [^3]": 16740, "01:30": 5400, "1:02:03": 3723, "about 2 hours": 7200, "90s": 90, "1.5 h": 5400, "1 day, 2 hours and 3 min": 93780,
		"~5 min": 300, "?": -1, "N/A": -1, "soon": -1, "": -1, "12": -1, "-5 minutes": -1,
	} {
		got, ok := parseDuration(in, 0)
		if want < 0 && ok || want >= 0 && (!ok || got != want) {
			t.Errorf("%q: got %d %v, want %d", in, got, ok, want)
		}
	}
	if got, ok := parseDuration("12.5", 60); !ok || got != 750 {
		t.Errorf("12.5 in minutes: %d %v", got, ok)
	}
}

func TestSeverity(t *testing.T) {
	for in, want := range map[string]string{
		"SEV1": "sev1", "SEV-2": "sev2", "sev 3": "sev3", "Severity 1": "sev1", "P1": "sev1", "1": "sev1", "1 - Critical": "sev1", "critical": "sev1",
		"Major": "sev2", "partial_outage": "sev2", "minor": "sev3", "low": "sev4", "SEV12": "", "none": "", "maintenance": "", "purple": "", "": "",
	} {
		if got := severityOf(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
