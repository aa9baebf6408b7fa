package intake

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// clockCases is R14: zone | file time | layout | stamp | wanted UTC instant or
// a part of the reason for refusal.
const clockCases = `
UTC | | any | 2026-11-21T16:27:01Z | 2026-11-21T16:27:01Z
UTC | | any | 2026-11-21T16:27:01.5Z | 2026-11-21T16:27:01.5Z
UTC | | any | 2026-11-21T16:27:01.123456789Z | 2026-11-21T16:27:01.123456Z
UTC | | any | 2026-11-21T16:27:01,289Z | 2026-11-21T16:27:01.289Z
UTC | | any | 2026-11-21T16:27:01+02:00 | 2026-11-21T14:27:01Z
UTC | | any | 2026-11-21T16:27:01-0700 | 2026-11-21T23:27:01Z
UTC | | any | 2026-11-21T16:27:01+05:30 | 2026-11-21T10:57:01Z
UTC | | any | 2026-11-21T16:27:01+05 | 2026-11-21T11:27:01Z
UTC | | any | 2026-11-21 16:27:01 +0100 | 2026-11-21T15:27:01Z
UTC | | any | 2026-11-21 16:27:01.250 -08:00 | 2026-11-22T00:27:01.25Z
UTC | | any | 2026-11-21 16:27:01 | 2026-11-21T16:27:01Z
UTC | | any | 2026/11/21 16:27:01 | 2026-11-21T16:27:01Z
UTC | | any | 2026.11.21 16:27:01 | 2026-11-21T16:27:01Z
UTC | | any | 2026-11-21 16:27:01,289 | 2026-11-21T16:27:01.289Z
UTC | | any | 2026-11-21 16:27:01.000001 | 2026-11-21T16:27:01.000001Z
UTC | | any | 2026-11-21 16:27:01 UTC | 2026-11-21T16:27:01Z
UTC | | any | 2026-11-21 16:27:01 GMT | 2026-11-21T16:27:01Z
UTC | | any | 2026-11-21T16:27:01+14:00 | 2026-11-21T02:27:01Z
UTC | | any | 2026-11-21T16:27:01-12:00 | 2026-11-22T04:27:01Z
UTC | | any | 2026-11-21T16:27:01+00:00 | 2026-11-21T16:27:01Z
Europe/Berlin | | any | 2026-11-21 16:27:01 | 2026-11-21T15:27:01Z
Europe/Berlin | | any | 2026-07-21 16:27:01 | 2026-07-21T14:27:01Z
Europe/Berlin | | any | 2026-07-21 16:27:01.5 | 2026-07-21T14:27:01.5Z
Europe/Berlin | | any | 2026-07-21T16:27:01Z | 2026-07-21T16:27:01Z
Europe/Berlin | | any | 2026-07-21T16:27:01+09:00 | 2026-07-21T07:27:01Z
America/New_York | | any | 2026-11-21 16:27:01 | 2026-11-21T21:27:01Z
America/New_York | | any | 2026-07-21 16:27:01 | 2026-07-21T20:27:01Z
Asia/Kolkata | | any | 2026-07-21 16:27:01 | 2026-07-21T10:57:01Z
Asia/Kathmandu | | any | 2026-07-21 16:27:01 | 2026-07-21T10:42:01Z
Australia/Lord_Howe | | any | 2026-07-21 16:27:01 | 2026-07-21T05:57:01Z
Asia/Tokyo | | any | 2026-01-01 00:00:00 | 2025-12-31T15:00:00Z
Pacific/Auckland | | any | 2026-01-01 00:00:00 | 2025-12-31T11:00:00Z
America/Sao_Paulo | | any | 2026-01-01 00:00:00 | 2026-01-01T03:00:00Z
Africa/Cairo | | any | 2026-01-01 00:00:00 | 2025-12-31T22:00:00Z
Europe/London | | any | 2026-07-01 00:00:00 | 2026-06-30T23:00:00Z
Europe/London | | any | 2026-01-01 00:00:00 | 2026-01-01T00:00:00Z
Europe/Berlin | | any | 2026-10-25 01:59:59 | 2026-10-24T23:59:59Z
Europe/Berlin | | any | 2026-10-25 02:00:00 | 2026-10-25T00:00:00Z
Europe/Berlin | | any | 2026-10-25 02:30:00 | 2026-10-25T00:30:00Z
Europe/Berlin | | any | 2026-10-25 02:59:59.999 | 2026-10-25T00:59:59.999Z
Europe/Berlin | | any | 2026-10-25 03:00:00 | 2026-10-25T02:00:00Z
Europe/Berlin | | any | 2026-03-29 01:59:59 | 2026-03-29T00:59:59Z
Europe/Berlin | | any | 2026-03-29 02:00:00 | 2026-03-29T01:00:00Z
Europe/Berlin | | any | 2026-03-29 02:30:00 | 2026-03-29T01:30:00Z
Europe/Berlin | | any | 2026-03-29 03:00:00 | 2026-03-29T01:00:00Z
America/New_York | | any | 2026-11-01 01:30:00 | 2026-11-01T05:30:00Z
America/New_York | | any | 2026-11-01 00:59:59 | 2026-11-01T04:59:59Z
America/New_York | | any | 2026-11-01 02:00:00 | 2026-11-01T07:00:00Z
America/New_York | | any | 2026-03-08 02:30:00 | 2026-03-08T07:30:00Z
America/New_York | | any | 2026-03-08 03:30:00 | 2026-03-08T07:30:00Z
America/New_York | | any | 2026-11-01 01:30:00 EST | 2026-11-01T06:30:00Z
America/New_York | | any | 2026-11-01 01:30:00 EDT | 2026-11-01T05:30:00Z
Australia/Lord_Howe | | any | 2026-04-05 01:45:00 | 2026-04-04T14:45:00Z
Australia/Sydney | | any | 2026-04-05 02:30:00 | 2026-04-04T15:30:00Z
Australia/Sydney | | any | 2026-10-04 02:30:00 | 2026-10-03T16:30:00Z
UTC | | any | 2026-10-25 02:30:00 | 2026-10-25T02:30:00Z
Europe/Berlin | | any | 2026-10-25 02:30:00 CEST | 2026-10-25T00:30:00Z
Europe/Berlin | | any | 2026-10-25 02:30:00 CET | 2026-10-25T01:30:00Z
UTC | | any | 2025-08-13 01:45:01.127 PDT | 2025-08-13T08:45:01.127Z
UTC | | any | 2025-08-13 01:45:01.127 PST | 2025-08-13T09:45:01.127Z
UTC | | any | 2025-08-13 01:45:01 CEST | 2025-08-12T23:45:01Z
UTC | | any | 2025-08-13 01:45:01 CET | 2025-08-13T00:45:01Z
UTC | | any | 2025-08-13 01:45:01 MSK | 2025-08-12T22:45:01Z
UTC | | any | 2025-08-13 01:45:01 JST | 2025-08-12T16:45:01Z
UTC | | any | 2025-08-13 01:45:01 EDT | 2025-08-13T05:45:01Z
UTC | | any | 2025-08-13 01:45:01 MDT | 2025-08-13T07:45:01Z
UTC | | any | 2025-08-13 01:45:01 AEST | 2025-08-12T15:45:01Z
UTC | | any | 2025-08-13 01:45:01 NZST | 2025-08-12T13:45:01Z
UTC | | any | 2025-08-13 01:45:01 IST | ambiguous
UTC | | any | 2025-08-13 01:45:01 CST | ambiguous
UTC | | any | 2025-08-13 01:45:01 BST | ambiguous
UTC | | any | 2025-08-13 01:45:01 AST | ambiguous
UTC | | any | 2025-08-13 01:45:01 GST | ambiguous
Asia/Kolkata | | any | 2025-08-13 01:45:01 IST | 2025-08-12T20:15:01Z
Asia/Jerusalem | | any | 2025-02-13 01:45:01 IST | 2025-02-12T23:45:01Z
Europe/Dublin | | any | 2025-08-13 01:45:01 IST | 2025-08-13T00:45:01Z
America/Chicago | | any | 2025-02-13 01:45:01 CST | 2025-02-13T07:45:01Z
Asia/Shanghai | | any | 2025-02-13 01:45:01 CST | 2025-02-12T17:45:01Z
Europe/London | | any | 2025-08-13 01:45:01 BST | 2025-08-13T00:45:01Z
UTC | | pg | 2025-08-13 01:45:01 XYZ | unknown time zone
UTC | | pg | 2025-08-13 01:45:01 QQT | unknown time zone
UTC | | text | 2025-08-13 01:45:01 XYZ | unknown form
UTC | | text | 2025-08-13 | unknown form
UTC | | text | yesterday | unknown form
UTC | | text | 13/08/2025 01:45:01 | unknown form
UTC | | text | 08/13/2025 01:45:01 | unknown form
UTC | | text | | no time stamp
UTC | | any | 2026-13-01 00:00:00 | not a possible
UTC | | any | 2026-00-01 00:00:00 | not a possible
UTC | | any | 2026-02-30 00:00:00 | not a possible
UTC | | any | 2026-02-29 00:00:00 | not a possible
UTC | | any | 2024-02-29 00:00:00 | 2024-02-29T00:00:00Z
UTC | | any | 2000-02-29 00:00:00 | 2000-02-29T00:00:00Z
UTC | | any | 2100-02-29 00:00:00 | not a possible
UTC | | any | 2026-04-31 00:00:00 | not a possible
UTC | | any | 2026-01-00 00:00:00 | not a possible
UTC | | any | 2026-01-01 24:00:00 | not a possible
UTC | | any | 2026-01-01 23:60:00 | not a possible
UTC | | any | 2026-01-01 23:59:61 | not a possible
UTC | | any | 2016-12-31 23:59:60 | 2016-12-31T23:59:59.999Z
UTC | | any | 2016-12-31T23:59:60.5Z | 2016-12-31T23:59:59.999Z
UTC | | any | 2026-12-31 23:59:59.999999 | 2026-12-31T23:59:59.999999Z
UTC | | clf | 11/Feb/2013:06:43:36 +0000 | 2013-02-11T06:43:36Z
UTC | | clf | 11/Feb/2013:06:43:36 +0530 | 2013-02-11T01:13:36Z
UTC | | clf | 31/Dec/2013:23:59:59 -0800 | 2014-01-01T07:59:59Z
UTC | | clf | 29/Feb/2024:12:00:00 +0100 | 2024-02-29T11:00:00Z
UTC | | clf | 29/Feb/2023:12:00:00 +0100 | not a possible
UTC | | clf | 11/Foo/2013:06:43:36 +0000 | none
UTC | | clf | 11/Feb/2013 06:43:36 +0000 | none
Europe/Berlin | | clf | 11/Feb/2013:06:43:36.123 | 2013-02-11T05:43:36.123Z
UTC | | clf | 11/Feb/2013:06:43:60 +0000 | 2013-02-11T06:43:59.999Z
Asia/Kolkata | | clf | 11/Feb/2013:06:43:36 +0000 | 2013-02-11T06:43:36Z
UTC | 2026-01-05 | bsd | Jan  5 04:02:03 | 2026-01-05T04:02:03Z
UTC | 2026-01-05 | bsd | Dec 31 23:59:59 | 2025-12-31T23:59:59Z
UTC | 2026-01-05 | bsd | Jun 15 12:00:00 | 2025-06-15T12:00:00Z
UTC | 2026-12-31 | bsd | Dec 31 23:59:59 | 2026-12-31T23:59:59Z
UTC | 2026-12-31 | bsd | Jan  1 00:00:00 | 2027-01-01T00:00:00Z
UTC | 2026-12-31 | bsd | Jan  2 00:00:00 | 2026-01-02T00:00:00Z
UTC | 2026-06-15 | bsd | Jun 16 00:00:00 | 2026-06-16T00:00:00Z
UTC | 2026-06-15 | bsd | Jun 17 00:00:00 | 2025-06-17T00:00:00Z
UTC | 2026-03-01 | bsd | Feb 29 10:00:00 | 2024-02-29T10:00:00Z
UTC | 2024-03-01 | bsd | Feb 29 10:00:00 | 2024-02-29T10:00:00Z
UTC | 2025-01-01 | bsd | Feb 29 10:00:00 | 2024-02-29T10:00:00Z
UTC | | bsd | Jun 15 12:00:00 | no year
UTC | 2026-06-15 | bsd | Jun 15 12:00:60 | 2026-06-15T12:00:59.999Z
UTC | 2026-06-15 | bsd | Jun 31 12:00:00 | not a possible
UTC | 2026-06-15 | bsd | Jun 15 25:00:00 | not a possible
UTC | 2026-06-15 | bsd | Jux 15 12:00:00 | none
UTC | 2026-06-15 | bsd | Jun 15 12:00:00.123 | 2026-06-15T12:00:00.123Z
Europe/Berlin | 2026-06-16 | bsd | Jun 15 12:00:00 | 2026-06-15T10:00:00Z
Europe/Berlin | 2026-10-26 | bsd | Oct 25 02:30:00 | 2026-10-25T00:30:00Z
America/Los_Angeles | 2026-01-01 | bsd | Dec 31 20:00:00 | 2026-01-01T04:00:00Z
UTC | | any | Tue Apr 04 06:18:29.712806 2017 | 2017-04-04T06:18:29.712806Z
UTC | | any | Sun Dec 04 04:47:44 2005 | 2005-12-04T04:47:44Z
UTC | | any | Sun Dec  4 04:47:44 2005 | 2005-12-04T04:47:44Z
Europe/Berlin | | any | Sun Dec 04 04:47:44 2005 | 2005-12-04T03:47:44Z
UTC | | any | Sun Feb 30 04:47:44 2005 | not a possible
UTC | | any | Mon, 02 Jan 2006 15:04:05 GMT | 2006-01-02T15:04:05Z
UTC | | any | Mon, 02 Jan 2006 15:04:05 -0700 | 2006-01-02T22:04:05Z
UTC | | any | Mon, 02 Jan 2006 15:04:05 IST | ambiguous
UTC | | any | 29 Aug 2023 13:47:38.984 | 2023-08-29T13:47:38.984Z
UTC | | any | 9 Aug 2023 13:47:38.984 | 2023-08-09T13:47:38.984Z
UTC | | any | 29-Aug-2023 13:47:38 | 2023-08-29T13:47:38Z
Europe/Berlin | | any | 29 Aug 2023 13:47:38.984 | 2023-08-29T11:47:38.984Z
UTC | | any | 17/06/09 20:10:40 | 2017-06-09T20:10:40Z
UTC | | any | 99/06/09 20:10:40 | 1999-06-09T20:10:40Z
UTC | | any | 17/13/09 20:10:40 | not a possible
UTC | | any | 081109 203615 148 INFO x | 2008-11-09T20:36:15Z
UTC | | any | 170213 16:00:33 x | 2017-02-13T16:00:33Z
UTC | | any | 20170213 16:00:33.5 | 2017-02-13T16:00:33.5Z
UTC | | any | 20171313 16:00:33.5 | not a possible
Europe/Berlin | | any | 17/06/09 20:10:40 | 2017-06-09T18:10:40Z
UTC | | epoch | 1795278421 | 2026-11-21T16:27:01Z
UTC | | epoch | 1795278421.693858 | 2026-11-21T16:27:01.693858Z
UTC | | epoch | 1795278421.5 | 2026-11-21T16:27:01.5Z
UTC | | epoch | 1795278421693 | 2026-11-21T16:27:01.693Z
UTC | | epoch | 1795278421693.5 | 2026-11-21T16:27:01.6935Z
UTC | | epoch | 1795278421693858 | 2026-11-21T16:27:01.693858Z
UTC | | epoch | 1795278421693858123 | 2026-11-21T16:27:01.693858Z
UTC | | epoch | 1.795278421693858e9 | 2026-11-21T16:27:01.693858Z
UTC | | epoch | 99999999999 | 5138-11-16T09:46:39Z
UTC | | epoch | 100000000000 | 1973-03-03T09:46:40Z
UTC | | epoch | 0 | 1970-01-01T00:00:00Z
UTC | | epoch | -5 | not a number
UTC | | epoch | abc | not a number
UTC | | epoch | 1e400 | not a number
UTC | | epoch | NaN | not a number
Asia/Kolkata | | epoch | 1795278421 | 2026-11-21T16:27:01Z
UTC | | text | 1795278421.25 | 2026-11-21T16:27:01.25Z
UTC | | text | 1795278421693858123 | 2026-11-21T16:27:01.693858Z
UTC | | any | 08/02/2023, 7:32:47 PM | 2023-08-02T19:32:47Z
UTC | | any | 08/02/2023, 12:00:00 AM | 2023-08-02T00:00:00Z
UTC | | any | 08/02/2023, 12:00:00 PM | 2023-08-02T12:00:00Z
UTC | | any | 8/2/2023 7:32:47 PM | 2023-08-02T19:32:47Z
UTC | | any | 11/21/2026 4:27:01.5 PM | 2026-11-21T16:27:01.5Z
UTC | | any | 13/02/2023, 7:32:47 PM | not a possible
UTC | | any | 08/02/2023, 13:32:47 PM | not a possible
UTC | | any | 08/02/2023, 0:32:47 AM | not a possible
Europe/Berlin | | any | 08/02/2023, 7:32:47 PM | 2023-08-02T17:32:47Z
UTC | | any | 08/02/2023, 19:32:47 | none
UTC | | bare | 21/11/2026, 16:27:03 | 2026-11-21T16:27:03Z
UTC | | bare | 11/21/2026, 16:27:03 | 2026-11-21T16:27:03Z
UTC | | bare | 02/03/2026, 16:27:04 | told apart
UTC | | bare | 31/12/2026, 23:59:59 | 2026-12-31T23:59:59Z
UTC | | bare | 31/11/2026, 23:59:59 | not a possible
UTC | | any | 2026/11/21 - 16:27:01 | 2026-11-21T16:27:01Z
UTC | | any | 2026-11-21  6:27:01 | 2026-11-21T06:27:01Z
UTC | | any | 2026-11-21_16:27:01 | 2026-11-21T16:27:01Z
UTC | | any | 2026-11-21T16:27:01.123456+05:45 | 2026-11-21T10:42:01.123456Z
UTC | | any | 2026-11-21T00:00:00-03:30 | 2026-11-21T03:30:00Z
Europe/Berlin | | any | 2027-03-28 02:30:00 | 2027-03-28T01:30:00Z
Europe/Berlin | | any | 2027-10-31 02:30:00 | 2027-10-31T00:30:00Z
America/Sao_Paulo | | any | 2026-07-01 12:00:00 | 2026-07-01T15:00:00Z
Asia/Tehran | | any | 2026-07-01 12:00:00 | 2026-07-01T08:30:00Z
Asia/Tehran | | any | 2021-07-01 12:00:00 | 2021-07-01T07:30:00Z
Europe/Moscow | | any | 2013-07-01 12:00:00 | 2013-07-01T08:00:00Z
Europe/Moscow | | any | 2026-07-01 12:00:00 | 2026-07-01T09:00:00Z
America/Phoenix | | any | 2026-07-01 12:00:00 | 2026-07-01T19:00:00Z
Pacific/Apia | | any | 2026-01-01 00:00:00 | 2025-12-31T11:00:00Z
Pacific/Chatham | | any | 2026-07-01 12:00:00 | 2026-06-30T23:15:00Z
Asia/Kolkata | | any | 2025-08-13 01:45:01 PST | 2025-08-13T09:45:01Z
Australia/Sydney | | any | 2026-01-13 01:45:01 AEDT | 2026-01-12T14:45:01Z
UTC | | pg | 2025-08-13 01:45:01.127 UTC [12] | 2025-08-13T01:45:01.127Z
UTC | | pg | 2025-08-13 01:45:01.127 -03 [12] | 2025-08-13T04:45:01.127Z
UTC | | pg | 2025-08-13 01:45:01.127 +0530 [12] | 2025-08-12T20:15:01.127Z
UTC | | pg | 2025-08-13 01:45:01 +04 | 2025-08-12T21:45:01Z
Asia/Tokyo | 2026-01-01 | bsd | Dec 31 23:59:59 | 2025-12-31T14:59:59Z
UTC | | text | 29 Aug 2023 13:47:38 | 2023-08-29T13:47:38Z
UTC | | text | 11/Feb/2013:06:43:36 +0000 | 2013-02-11T06:43:36Z
UTC | | text | 12345678 | unknown form
UTC | | epoch | 1795278421.6938581234 | 2026-11-21T16:27:01.693858Z
UTC | | epoch | 18446744073709551615 | not a number
UTC | | klog | 0517 15:04:22.619632 | none
`

// TestClock runs the table of stamps, each with a fresh clock.
func TestClock(t *testing.T) {
	n := 0
	for _, row := range strings.Split(strings.TrimSpace(clockCases), "\n") {
		f := strings.Split(row, "|")
		for i := range f {
			f[i] = strings.TrimSpace(f[i])
		}
		n++
		if got := clockCase(t, f[0], f[1], f[2], f[3]); !matches(got, f[4]) {
			t.Errorf("%s: got %s", row, got)
		}
	}
	if n < 200 {
		t.Errorf("only %d cases", n)
	}
	// Every hour of a year in three zones, against the zone database.
	for _, name := range []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe"} {
		loc := zone(t, name)
		c := newClock(loc, nil)
		for at := time.Date(2026, 1, 1, 0, 0, 0, 0, loc); at.Year() == 2026; at = at.Add(7 * time.Hour) {
			ts, _, reason := c.any([]byte(at.Format("2006-01-02 15:04:05.000")))
			first := time.UnixMicro(ts).Equal(at) || time.UnixMicro(ts).Before(at) && c.repeated > 0
			if !first || reason != "" {
				t.Errorf("%s: got %s %s", at, time.UnixMicro(ts).In(loc), reason)
			}
		}
	}
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func clockCase(t *testing.T, zoneName, file, layout, text string) string {
	loc := zone(t, zoneName)
	var mod time.Time
	if file != "" {
		mod, _ = time.ParseInLocation("2006-01-02", file, loc)
	}
	c := newClock(loc, NewYearGuess(mod, loc))
	b := []byte(text)
	ts, n, reason := int64(0), 1, ""
	switch layout {
	case "any":
		ts, n, reason = c.any(b)
	case "clf":
		ts, n, reason = c.clf(b)
	case "bsd":
		ts, n, reason = c.bsd(b)
	case "text":
		ts, reason = c.text(b)
	case "epoch":
		ts, reason = c.epochText(b)
	case "klog":
		ts, n, reason = c.iso(b)
	case "bare":
		ts, n, reason = c.slashed(b, true)
	case "pg":
		ts, n, reason = c.isoAbbr(b)
	}
	switch {
	case reason != "":
		return reason
	case n == 0:
		return "none"
	}
	return time.UnixMicro(ts).UTC().Format(time.RFC3339Nano)
}

func matches(got, want string) bool {
	if strings.HasPrefix(want, "2") || strings.HasPrefix(want, "1") || strings.HasPrefix(want, "5") {
		return got == want
	}
	return strings.Contains(got, want)
}

// TestYearRollsOver: a year-less file from December into January, with a late
// line, and one that goes on in the next night.
func TestYearRollsOver(t *testing.T) {
	y := NewYearGuess(time.Date(2026, 1, 3, 0, 0, 0, 0, time.UTC), time.UTC)
	var got []string
	for _, md := range [][2]int{{11, 30}, {12, 31}, {1, 1}, {12, 31}, {1, 2}} {
		year, _ := y.Of(md[0], md[1])
		got = append(got, fmt.Sprintf("%d-%d", year, md[0]))
	}
	if want := "[2025-11 2025-12 2026-1 2025-12 2026-1]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
	y = NewYearGuess(time.Time{}, time.UTC)
	y.Resume(time.Date(2025, 12, 31, 23, 0, 0, 0, time.UTC))
	if year, ok := y.Of(1, 1); year != 2026 || !ok {
		t.Errorf("resumed in December, January is of %d", year)
	}
}

// TestUnitIsOfTheFile: the unit of epoch numbers is decided once.
func TestUnitIsOfTheFile(t *testing.T) {
	c := newClock(time.UTC, nil)
	if _, reason := c.epochText([]byte("1795278421693")); reason != "" {
		t.Fatal(reason)
	}
	ts, reason := c.epochText([]byte("1795278421")) // 1970-01-21 in ms: refused later as absurd
	if reason != "" || ts != 1795278421000 {
		t.Errorf("got %d %s", ts, reason)
	}
}

// TestClockWarns: repeated and missing local times are flagged, and so is an
// assumed zone.
func TestClockWarns(t *testing.T) {
	c := newClock(zone(t, "Europe/Berlin"), nil)
	for _, s := range []string{"2026-10-25 02:30:00,000 ", "2026-10-25 02:31:00,000 ", "2026-03-29 02:30:00,000 "} {
		c.any([]byte(s))
	}
	if w := c.warnings(); len(w) != 2 || !strings.Contains(w[0], "2 minutes occur twice") || !strings.Contains(w[1], "1 minutes do not exist") {
		t.Errorf("got %q", w)
	}
	if got := c.zoneSource(&Source{}); got != "site zone Europe/Berlin (assumed)" {
		t.Errorf("zone source %q", got)
	}
}
