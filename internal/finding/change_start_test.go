package finding

import (
	"strings"
	"testing"

	"almanac/schemas"
)

// A report whose timeline opens with the deploy began with the first entry
// that tells of a failure; one that opens with the failure began there.
func TestOpenedByChange(t *testing.T) {
	entry := func(when, text string) IncidentEventRow {
		return IncidentEventRow{IncidentID: "x", TS: at("2026-05-10 " + when), Text: text}
	}
	for _, c := range []struct {
		name    string
		entries []IncidentEventRow
		want    string // "" where the first entry stands
	}{
		{"deploy first", []IncidentEventRow{entry("10:00:00", "Version 3 deployed to production. All fine."), entry("10:12:00", "Checkout answers 503")}, "10:12:00"},
		{"two changes first", []IncidentEventRow{entry("10:00:00", "PR merged"), entry("10:05:00", "Deployment complete! One odd 403"), entry("10:14:00", "Users report errors")}, "10:14:00"},
		{"a deploy that fails is a failure", []IncidentEventRow{entry("10:00:00", "Deploy of the hub failed"), entry("10:14:00", "Investigation")}, ""},
		{"failure first", []IncidentEventRow{entry("10:00:00", "Alert: disk full"), entry("10:14:00", "Rolled out a fix")}, ""},
		{"only changes", []IncidentEventRow{entry("10:00:00", "Deployed")}, ""},
		{"no timeline", nil, ""},
	} {
		got := ""
		if s := openedByChange(c.entries, at("2026-05-10 10:00:00")); !s.IsZero() {
			got = s.Format("15:04:05")
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	// The deploy within such a timeline is a candidate, though only a possible one.
	in := ChangeInput{Now: at("2026-06-01 00:00:00"), Since: at("2026-05-01 00:00:00"), Until: at("2026-06-01 00:00:00")}
	in.Records.Changes = []ChangeRow{{ChangeID: "d", Kind: schemas.ChangeDeploy, Service: "pay", StartedTS: at("2026-05-10 10:05:00")}}
	in.Records.Incidents = []IncidentRow{{IncidentID: "x", Service: "pay", StartedTS: at("2026-05-10 10:00:00"), Warning: startGuessed}}
	in.Records.Events = []IncidentEventRow{entry("10:00:00", "PR merged"), entry("10:05:00", "Deployed"), entry("10:14:00", "Errors")}
	rows := causesOf(Changes(in).Causes, "x")
	if rows[0].ChangeID != "d" || rows[0].Label != causePossible || !strings.Contains(rows[0].Warnings, "not about a change") {
		t.Errorf("%+v", rows)
	}
}
