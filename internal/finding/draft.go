package finding

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"almanac/schemas"
)

// DraftPart is a piece of a postmortem draft: a block that almanac keeps
// fresh, or, without a name, text that it writes once and never again.
type DraftPart struct{ Name, Text string }

// Draft writes a blameless postmortem in Markdown from a dossier: what
// happened and why, never who. Times are in zone. The action table has the
// columns that almanac reads back from a postmortem.
func Draft(d schemas.Dossier, zone *time.Location) []DraftPart {
	if zone == nil {
		zone = time.UTC
	}
	w := draftWriter{d: d, zone: zone}
	own := func(s string) DraftPart { return DraftPart{Text: s} }
	title := d.Incident.Title
	if title == "" {
		title = d.Incident.ID
	}
	if title == "" {
		title = "errors from " + w.stamp(d.Incident.From) + " on"
	}
	return []DraftPart{
		own("# Postmortem: " + mdText(clip(title, 200)) + "\n\nA draft from logs and records. Write between and inside the blocks: what you change is kept, untouched blocks are refreshed.\n\n"),
		{"facts", w.facts()},
		own("\n## Summary\n\n"), {"summary", w.summary()},
		own("\n## Impact\n\n"), {"impact", w.impact()},
		own("\nWhat customers saw: *to be written*.\n\n## Timeline\n\n"), {"timeline", w.timeline()},
		own("\n## Root cause\n\n"), {"tree", w.tree()},
		own("\n## Contributing change\n\n"), {"change", w.change()},
		own("\n## State at failure\n\n"), {"state", w.state()},
		own("\n## What went well\n\n"), {"well", w.gaps(true)},
		own("\n## What went badly\n\n"), {"badly", w.gaps(false)},
		own("\n## Where we were lucky\n\n*To be written.*\n\n## Action items\n\n"), {"actions", w.actions()},
		own("\n## Seen before\n\n"), {"similar", w.similar()},
	}
}

type draftWriter struct {
	d    schemas.Dossier
	zone *time.Location
}

func (w draftWriter) stamp(t time.Time) string {
	if t.IsZero() {
		return "not recorded"
	}
	return t.In(w.zone).Format("2006-01-02 15:04:05 -07:00")
}

// mdText makes text of others plain in Markdown: nothing of it is markup, a
// link, raw HTML, a table border or a line break.
func mdText(s string) string {
	var b strings.Builder
	for _, r := range strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ") {
		switch {
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		case strings.ContainsRune("\\`*_[]#|~!", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// mdCode fences a text; the fence is longer than any in it.
func mdCode(lang, s string) string {
	fence := "```"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	return fence + lang + "\n" + strings.TrimRight(s, "\n") + "\n" + fence + "\n"
}

func (w draftWriter) facts() string {
	h := w.d.Incident
	var b strings.Builder
	b.WriteString("| Fact | Value |\n|---|---|\n")
	row := func(name, value string) {
		if value != "" {
			b.WriteString("| " + name + " | " + mdText(clip(value, 300)) + " |\n")
		}
	}
	row("Incident", h.ID)
	row("Severity", h.Severity)
	row("Services", strings.Join(h.Services, ", "))
	for _, x := range []struct {
		name string
		t    time.Time
	}{{"Started", h.Started}, {"Detected", h.Detected}, {"Acknowledged", h.Acknowledged}, {"Mitigated", h.Mitigated}, {"Resolved", h.Resolved}} {
		if !x.t.IsZero() {
			row(x.name, w.stamp(x.t))
		}
	}
	for _, m := range w.d.Missing {
		row("Missing", m)
	}
	return b.String()
}

func (w draftWriter) summary() string {
	s := mdText(w.d.Sentence)
	if s == "" {
		s = "The logs say nothing about this incident."
	}
	for _, n := range w.d.Notes {
		s += " Note: " + mdText(n) + "."
	}
	if w.d.Shape != "" {
		s += "\n\nMet before: " + mdText(w.d.Shape) + "."
	}
	return s + "\n"
}

func (w draftWriter) impact() string {
	var b strings.Builder
	for _, g := range w.d.Gaps {
		if g.Name == "resolution" && g.Seconds != nil {
			verb := "lasted"
			if g.IsOpen {
				verb = "has lasted, so far,"
			}
			fmt.Fprintf(&b, "- It %s %s from the %s.\n", verb, spell(seconds(*g.Seconds)), mdText(g.From))
		}
	}
	for _, t := range w.d.Trend {
		name := t.Service
		if t.Back == TrendFlat {
			continue
		}
		if name == "" {
			name = "All services"
		}
		fmt.Fprintf(&b, "- %s: errors per minute: %s\n", mdText(clip(name, 60)), mdText(t.Sentence))
	}
	for _, e := range w.d.ErrorTable {
		if e.IsLoudest && e.Excess != nil {
			fmt.Fprintf(&b, "- The loudest error, %s, came %d times, %.0f more than its own week gives.\n", mdText(quoted(e.Template, e.SignatureID)), e.Count, *e.Excess)
		}
	}
	if b.Len() == 0 {
		return "The logs show no impact.\n"
	}
	return b.String()
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

func (w draftWriter) timeline() string {
	var b strings.Builder
	b.WriteString("| Time | Event | Source |\n|---|---|---|\n")
	for _, m := range w.d.Timeline {
		fmt.Fprintf(&b, "| %s | %s: %s | %s |\n", w.stamp(m.TS), mdText(m.Kind), mdText(clip(m.What, 400)), mdText(m.Source))
	}
	if len(w.d.Timeline) == 0 {
		return "Neither the record nor the logs give a time.\n"
	}
	return b.String()
}

func (w draftWriter) tree() string {
	if len(w.d.Tree) == 0 {
		return "Nothing was observed to reason from.\n"
	}
	var b strings.Builder
	for _, n := range w.d.Tree {
		indent := strings.Repeat("    ", min(n.Depth, 9))
		fmt.Fprintf(&b, "%s- **%s**: %s\n\n", indent, n.State, mdText(n.Text))
		if n.SQL != "" {
			for _, line := range strings.Split(mdCode("sql", n.SQL), "\n") {
				if line != "" {
					b.WriteString(indent + "    " + line + "\n")
				}
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func (w draftWriter) change() string {
	var b strings.Builder
	for _, c := range w.d.Causes {
		if c.ChangeID == "" {
			continue
		}
		fmt.Fprintf(&b, "- %s: %s %s", mdText(c.Label), mdText(c.Kind), mdText(clip(c.Title, 160)))
		if c.LagS != nil {
			b.WriteString(", " + spell(seconds(*c.LagS)) + " before")
		}
		if c.Probability != nil {
			b.WriteString(", probability " + asPercent(*c.Probability))
		}
		b.WriteString(". " + mdText(c.Reason) + "\n")
	}
	if b.Len() == 0 {
		return "No recorded change stands out.\n"
	}
	return b.String()
}

func (w draftWriter) state() string {
	var b strings.Builder
	for k, g := range w.d.State.Gauges {
		if k == 8 {
			break
		}
		before := "no value a week before"
		if g.Before != nil {
			before = fmt.Sprintf("%g a week before", *g.Before)
		}
		fmt.Fprintf(&b, "- %s: %s = %g (%s)", mdText(g.Service), mdText(g.Name), g.Value, before)
		if g.AtLimit != "" {
			b.WriteString(", " + mdText(g.AtLimit))
		}
		b.WriteByte('\n')
	}
	for _, v := range w.d.State.Versions {
		fmt.Fprintf(&b, "- %s ran %s since %s\n", mdText(v.Service), mdText(v.Version), w.stamp(v.Since))
	}
	if b.Len() == 0 {
		return "No version and no gauge is known.\n"
	}
	return b.String()
}

// gaps tells from the lengths beside their history what went well and badly:
// shorter or longer than half of the incidents.
func (w draftWriter) gaps(well bool) string {
	var b strings.Builder
	for _, g := range w.d.Gaps {
		if g.Seconds == nil || g.History.Median == nil || g.History.N < 3 {
			if !well && g.Seconds == nil {
				fmt.Fprintf(&b, "- %s (%s to %s) is not recorded.\n", capital(g.Name), mdText(g.From), mdText(g.To))
			}
			continue
		}
		if is := *g.Seconds <= *g.History.Median && !g.IsOpen; is == well {
			fmt.Fprintf(&b, "- %s took %s; the median of %d incidents is %s.\n", capital(g.Name), spell(seconds(*g.Seconds)), g.History.N, spell(seconds(*g.History.Median)))
		}
	}
	if best := w.earliest(); !well && best != nil && best.LeadS != nil && *best.LeadS > 0 {
		fmt.Fprintf(&b, "- The alert could have come %s earlier: %d of %s within %d min.\n", spell(seconds(*best.LeadS)), best.Threshold, mdText(quoted(best.Template, best.SignatureID)), best.WindowS/60)
	}
	for _, t := range w.d.Trend {
		if !well && (t.Back == TrendNotBack || !t.SecondWave.IsZero()) && t.Service != "" {
			fmt.Fprintf(&b, "- %s: %s\n", mdText(t.Service), mdText(t.Sentence))
		}
	}
	if b.Len() == 0 {
		return "*To be written: the recorded times do not tell.*\n"
	}
	return b.String()
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func (w draftWriter) earliest() *schemas.DossierAlert {
	if len(w.d.Alerts) == 0 {
		return nil
	}
	return &w.d.Alerts[0]
}

// actions lists the recorded ones, then proposals that the evidence calls
// for. A success condition names what almanac can count.
func (w draftWriter) actions() string {
	var b strings.Builder
	b.WriteString("Write into this table: a proposal counts once it has an owner; states are open, in progress, done. What is done with a success condition that almanac can count is watched from then on.\n\n")
	b.WriteString("| Type | Action | Owner | Due | Status | Done on | Success condition |\n|---|---|---|---|---|---|---|\n")
	row := func(kind, text, owner, due, status, done, condition string) {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s |\n", mdText(kind), mdText(text), mdText(owner), due, mdText(status), done, mdText(condition))
	}
	date := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(w.zone).Format("2006-01-02")
	}
	have := map[string]bool{}
	for _, a := range w.d.Actions {
		have[a.Kind] = true
		row(a.Kind, a.Text, a.Owner, date(a.Due), a.Status, date(a.Done), a.Condition)
	}
	due := func(days int) string {
		if w.d.Incident.From.IsZero() {
			return ""
		}
		return date(w.d.Incident.Until.AddDate(0, 0, days))
	}
	if len(w.d.Cascade) > 0 {
		r := w.d.Cascade[0]
		clean := "no " + r.SignatureID + " in " + r.Service + " for 14 days"
		if !have[schemas.ActionImmediate] && !have[schemas.ActionWorkaround] {
			row(schemas.ActionImmediate, "Proposal: check that "+r.Service+" is whole again", "to be named", due(2), "open", "", "no "+r.SignatureID+" in "+r.Service+" for 2 days")
		}
		if !have[schemas.ActionPrevention] {
			row(schemas.ActionPrevention, "Proposal: keep "+r.Service+" from logging "+quoted(r.Template, r.SignatureID), "to be named", due(30), "open", "", clean)
		}
	}
	if a := w.earliest(); a != nil && !have[schemas.ActionDetection] {
		row(schemas.ActionDetection, fmt.Sprintf("Proposal: alert on %d of %s within %d min in %s", a.Threshold, quoted(a.Template, a.SignatureID), a.WindowS/60, a.Service),
			"to be named", due(14), "open", "", fmt.Sprintf("detection gap below %s at the next one", spell(time.Duration(a.WindowS)*time.Second+time.Minute)))
	}
	return b.String()
}

func (w draftWriter) similar() string {
	var b strings.Builder
	for _, s := range w.d.Similar {
		fmt.Fprintf(&b, "- %s %s: %s", mdText(s.IncidentID), mdText(clip(s.Title, 140)), mdText(clip(s.Shared, 300)))
		if s.Done != "" {
			b.WriteString(" Done then: " + mdText(clip(s.Done, 300)))
		}
		if s.Held != "" {
			b.WriteString(" Did it hold: " + mdText(s.Held))
		}
		b.WriteByte('\n')
	}
	if b.Len() == 0 {
		return "No earlier incident is alike.\n"
	}
	return b.String()
}
