// Package incident prints the dossier of an incident: as text for a terminal,
// as JSON for programs, as a postmortem draft in Markdown or HTML. It decides
// nothing; text of the data reaches a terminal escaped.
package incident

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"almanac/internal/door/listing"
	"almanac/internal/finding"
	"almanac/internal/intake"
	"almanac/internal/render"
	"almanac/schemas"
)

// Formats are the names Write knows.
var Formats = []string{"text", "json", "markdown", "html"}

// Write prints a dossier; times of text and draft are in zone.
func Write(w io.Writer, d *schemas.Dossier, format string, zone *time.Location) error {
	switch format {
	case "", "text", "table":
		_, err := io.WriteString(w, text(d, zone))
		return err
	case "json":
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(d)
	case "markdown":
		_, err := io.WriteString(w, finding.WriteDraft(finding.Draft(*d, zone)))
		return err
	case "html":
		body, err := intake.MarkdownHTML([]byte(finding.WriteDraft(finding.Draft(*d, zone))))
		if err != nil {
			return err
		}
		_, err = w.Write(render.DraftPage("Postmortem: "+d.Incident.Title, body))
		return err
	}
	return fmt.Errorf("unknown format %q; use one of %s", format, strings.Join(Formats, ", "))
}

// printer collects escaped lines.
type printer struct {
	strings.Builder
	zone *time.Location
}

func (p *printer) line(format string, a ...any) {
	p.WriteString(listing.Escape(fmt.Sprintf(format, a...)))
	p.WriteByte('\n')
}

func (p *printer) head(s string) { p.WriteString("\n" + s + "\n") }

func (p *printer) clock(t time.Time) string {
	if t.IsZero() {
		return "not recorded"
	}
	return t.In(p.zone).Format("2006-01-02 15:04:05 -07:00")
}

func text(d *schemas.Dossier, zone *time.Location) string {
	if zone == nil {
		zone = time.UTC
	}
	p := &printer{zone: zone}
	h := d.Incident
	switch {
	case h.ID != "":
		p.line("%s  %s", h.ID, h.Title)
	default:
		p.line("%s to %s", p.clock(h.From), p.clock(h.Until))
	}
	if d.Sentence != "" {
		p.line("%s", d.Sentence)
	}
	p.line("Verdict: %s", d.Verdict)
	for _, m := range d.Missing {
		p.line("! %s", m)
	}
	for _, n := range d.Notes {
		p.line("! %s", n)
	}
	p.cascade(d)
	p.errors(d)
	p.gaps(d)
	p.trend(d)
	p.state(d)
	p.rest(d)
	return p.String()
}

func (p *printer) cascade(d *schemas.Dossier) {
	if len(d.Cascade) == 0 {
		return
	}
	p.head("Order of failure")
	for _, s := range d.Cascade {
		sure := ""
		if !s.Certain {
			sure = "  (order not certain)"
		}
		p.line("  %d. %s  %s%s", s.Rank, s.Onset.In(p.zone).Format("15:04:05"), s.Service, sure)
		p.line("     %s", cut(s.Template, 110))
		p.line("     %s", s.Evidence)
	}
	if len(d.Suspects) > 0 {
		p.line("  Silent suspects: %s", strings.Join(d.Suspects, ", "))
	}
	if d.Shape != "" {
		p.line("  Met before: %s", d.Shape)
	}
}

func (p *printer) errors(d *schemas.Dossier) {
	if len(d.ErrorTable) == 0 {
		return
	}
	p.head("Errors, by onset")
	for k, e := range d.ErrorTable {
		if k == 15 {
			p.line("  … and %d more kinds", len(d.ErrorTable)-k)
			break
		}
		mark := ""
		if e.IsFirst {
			mark += " [first]"
		}
		if e.IsLoudest {
			mark += " [loudest]"
		}
		excess := "no week before to compare with"
		if e.Excess != nil {
			excess = fmt.Sprintf("%+.0f against its own week", *e.Excess)
		}
		p.line("  %s  %dx (%s)  %s%s", e.Onset.In(p.zone).Format("15:04:05"), e.Count, excess, strings.Join(e.Services, ", "), mark)
		p.line("     %s", cut(e.Template, 110))
	}
}

func (p *printer) gaps(d *schemas.Dossier) {
	p.head("Times")
	for _, g := range d.Gaps {
		s := "not recorded"
		if g.Seconds != nil {
			s = length(*g.Seconds)
			if g.IsOpen {
				s = "open, " + s + " so far"
			}
		}
		if g.Stated != nil {
			s += " (stated: " + length(*g.Stated) + ")"
		}
		hist := ""
		if g.History.Median != nil {
			hist = fmt.Sprintf("; of %d: median %s", g.History.N, length(*g.History.Median))
			if g.History.P90 != nil {
				hist += ", p90 " + length(*g.History.P90)
			}
			if g.History.Open > 0 {
				hist += fmt.Sprintf(", %d open", g.History.Open)
			}
		}
		p.line("  %-11s %s (%s to %s)%s", g.Name, s, g.From, g.To, hist)
	}
}

func (p *printer) trend(d *schemas.Dossier) {
	if len(d.Trend) == 0 {
		return
	}
	p.head("Errors per minute")
	for _, t := range d.Trend {
		name := t.Service
		if name == "" {
			name = "all"
		}
		p.line("  %s: %s", name, t.Sentence)
	}
}

func (p *printer) state(d *schemas.Dossier) {
	if len(d.State.Gauges)+len(d.State.Versions)+len(d.State.Jobs) > 0 {
		p.head("State at failure")
	}
	for k, g := range d.State.Gauges {
		if k == 10 {
			break
		}
		before := "none a week before"
		if g.Before != nil {
			before = fmt.Sprintf("%g a week before", *g.Before)
		}
		if g.AtLimit != "" {
			before += ", " + g.AtLimit
		}
		p.line("  %s: %s = %g (%s)", g.Service, g.Name, g.Value, before)
	}
	for _, v := range d.State.Versions {
		p.line("  %s runs %s since %s", v.Service, v.Version, p.clock(v.Since))
	}
	for _, j := range d.State.Jobs {
		p.line("  job of %s at %s: %s", j.Service, p.clock(j.TS), cut(j.Text, 90))
	}
}

func (p *printer) rest(d *schemas.Dossier) {
	p.head("Timeline")
	for k, m := range d.Timeline {
		if k == 60 {
			p.line("  … and %d more", len(d.Timeline)-k)
			break
		}
		p.line("  %s  %s: %s (%s)", p.clock(m.TS), m.Kind, cut(m.What, 120), m.Source)
	}
	p.head("What may have begun it")
	if len(d.Causes) == 0 {
		p.line("  nothing was judged")
	}
	for _, c := range d.Causes {
		if c.ChangeID == "" {
			p.line("  no recorded change stands out. %s", c.Reason)
			continue
		}
		p.line("  %s: %s of %s, %s: %s", c.Label, c.Kind, c.Service, p.clock(c.TS), cut(c.Title, 100))
	}
	if len(d.Similar) > 0 {
		p.head("Seen before")
	}
	for _, s := range d.Similar {
		p.line("  %s  %s. Shared: %s. Done: %s. Held: %s", s.IncidentID, cut(s.Title, 80), cut(s.Shared, 160), cut(s.Done, 160), s.Held)
	}
	if len(d.Alerts) > 0 {
		p.head("What would have told earlier")
	}
	for _, a := range d.Alerts {
		lead := ""
		if a.LeadS != nil {
			lead = ", " + length(*a.LeadS) + " before the alert"
			if *a.LeadS < 0 {
				lead = ", " + length(-*a.LeadS) + " after the alert"
			}
		}
		p.line("  %d of %s in %d min: %s%s; %.2g false alarms a week (%d in %.1f weeks)", a.Threshold, a.SignatureID, a.WindowS/60,
			a.FiredTS.In(p.zone).Format("15:04:05"), lead, a.FalsePerWk, a.False, a.Weeks)
	}
	if len(d.Queries) > 0 {
		p.head("Queries: --format json has them for Splunk, Elastic, Loki, CloudWatch and the lake; the lake's:")
		for _, l := range d.Queries[0].Text {
			if l.Language == "lake SQL" {
				for _, s := range strings.Split(l.Query, "\n") {
					p.line("  %s", s)
				}
			}
		}
	}
}

func cut(s string, n int) string {
	r := []rune(strings.Join(strings.Fields(s), " "))
	if len(r) <= n {
		return string(r)
	}
	return string(r[:n-1]) + "…"
}

func length(s float64) string {
	return time.Duration(s * float64(time.Second)).Round(time.Second).String()
}
