package render

import (
	"strings"
	"testing"

	"almanac/schemas"
)

// TestICS: one event per occasion, folded lines, and no text of others that
// ends a line or an event.
func TestICS(t *testing.T) {
	s := shop()
	for i := range s.Recurrences {
		if s.Recurrences[i].RecurrenceID == "R-4f1c2a90" {
			s.Recurrences[i].Template = "a,b;c\\d\r\nEND:VEVENT\nBEGIN:VALARM " + strings.Repeat("für ", 40)
		}
	}
	text := string(ICS(s))
	if n := strings.Count(text, "\r\nBEGIN:VEVENT\r\n"); n != 8 {
		t.Errorf("%d events, want seven evenings and one Monday", n)
	}
	if strings.Count(text, "\r\nEND:VEVENT\r\n") != 8 || strings.Contains(text, "\nBEGIN:VALARM") {
		t.Error("text of a recurrence became a line of its own")
	}
	if strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\n") {
		t.Error("a line does not end in CRLF")
	}
	for l := range strings.SplitSeq(text, "\r\n") {
		if len(l) > 75 {
			t.Errorf("line of %d octets: %q", len(l), l)
		}
	}
	unfolded := strings.ReplaceAll(text, "\r\n ", "")
	if !strings.Contains(unfolded, `SUMMARY:checkout: a\,b\;c\\d␍\nEND:VEVENT\nBEGIN:VALARM für für`) {
		t.Errorf("the summary is not escaped as RFC 5545 wants:\n%s", unfolded)
	}
	if !strings.Contains(text, "DTSTART:20261123T080000Z\r\nDTEND:20261123T090000Z") {
		t.Error("Monday 09:00 in Berlin is 08:00 UTC")
	}
	s.Forecasts = []schemas.Forecast{{RecurrenceID: "gone", DueTS: s.Forecasts[0].DueTS}}
	if strings.Contains(string(ICS(s)), "VEVENT") {
		t.Error("a forecast of an unknown recurrence became an event")
	}
}
