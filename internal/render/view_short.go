package render

import (
	"fmt"
	"strings"

	"almanac/schemas"
)

// shortRow is one answer of an incident's first screen.
type shortRow struct {
	Name, Text string
	Link       string // beside this page
	Strong     bool
}

// short answers what is asked at two in the morning: where it began, since
// which change, whether it is over, whether it was met before, what to do.
func (f *facts) short(i schemas.Incident, v *incidentView) []shortRow {
	d := f.site.Dossiers[i.IncidentID]
	if d == nil {
		return nil
	}
	out := []shortRow{f.shortFirst(d)}
	for _, e := range d.ErrorTable {
		if e.IsLoudest {
			out = append(out, shortRow{Name: "Loudest", Text: fmt.Sprintf("“%s” in %s, %d times", plain(e.Template, 90), plain(join(e.Services), 80), e.Count)})
		}
	}
	out = append(out, shortChange(v.Candidates), f.shortOver(i, d), f.shortBefore(v), f.shortToDo(d, v))
	return out
}

func (f *facts) shortFirst(d *schemas.Dossier) shortRow {
	if len(d.Cascade) == 0 {
		return shortRow{Name: "First", Text: firstOf(d.Sentence, "no log evidence")}
	}
	text := d.Cascade[0].Service + " at " + f.clock(schemas.Micros(d.Cascade[0].Onset))
	for k, s := range d.Cascade[1:] {
		if k == 4 {
			text += fmt.Sprintf(" and %d more", len(d.Cascade)-5)
			break
		}
		text += " → " + plain(s.Service, 40)
	}
	if d.Verdict != "root" {
		text += "; which was first is not certain"
	}
	return shortRow{Name: "First", Text: text, Strong: true}
}

func shortChange(list []candidate) shortRow {
	for _, c := range list {
		if c.None {
			break
		}
		if c.Label == "likely" || c.Label == "possible" {
			text := c.Label + ": " + strings.TrimSpace(c.Kind+" of "+c.Service) + ", “" + plain(c.Title, 80) + "”"
			if c.Lag != "" {
				text += ", " + c.Lag
			}
			return shortRow{Name: "Since which change", Text: text, Link: c.Link, Strong: c.Label == "likely"}
		}
	}
	return shortRow{Name: "Since which change", Text: "no recorded change stands out"}
}

// shortOver says whether errors are back where they were, by the logs, and
// what the record says.
func (f *facts) shortOver(i schemas.Incident, d *schemas.Dossier) shortRow {
	record := "the record states no resolution"
	if i.ResolvedTS != 0 {
		record = "resolved at " + f.clock(i.ResolvedTS) + " by the record"
	}
	var open []string
	text, unseen := "", 0
	for _, t := range d.Trend {
		switch {
		case t.Service == "" && t.Back == "back":
			text = "errors are back at their level before"
		case t.Service != "" && t.Back == "not back":
			open = append(open, plain(t.Service, 40))
		case t.Back == "not observed":
			unseen++
		}
	}
	switch {
	case len(open) > 0:
		return shortRow{Name: "Is it over", Text: "no by the logs: " + join(open) + " not back at the level before; " + record, Strong: true}
	case text == "" && len(d.Trend) == 1 && d.Trend[0].Back == "back":
		text = "errors are back at their level before"
	case text == "" && unseen > 0:
		text = "the logs end too soon to say"
	case text == "":
		text = "the logs show no rise to come back from"
	}
	return shortRow{Name: "Is it over", Text: text + "; " + record}
}

func (f *facts) shortBefore(v *incidentView) shortRow {
	if len(v.Similar) == 0 {
		return shortRow{Name: "Seen before", Text: "no earlier incident is alike"}
	}
	s := v.Similar[0]
	text := s.Title
	if s.Score != "" {
		text += ", " + s.Score
	}
	return shortRow{Name: "Seen before", Text: text, Link: strings.TrimPrefix(s.Link, "incident/")}
}

// shortToDo is what helped then, else what stands at its bound, else the
// first service to look at.
func (f *facts) shortToDo(d *schemas.Dossier, v *incidentView) shortRow {
	row := shortRow{Name: "What to do"}
	if len(v.Similar) > 0 && v.Similar[0].Done != "" && !strings.HasPrefix(v.Similar[0].Done, "no follow-up") {
		row.Text = "then it was: " + plain(v.Similar[0].Done, 240)
		if v.Similar[0].Held != "" {
			row.Text += " (did it hold: " + plain(v.Similar[0].Held, 80) + ")"
		}
		return row
	}
	for _, g := range d.State.Gauges {
		if g.AtLimit != "" {
			row.Text = fmt.Sprintf("look at %s: %s = %s, %s", plain(g.Service, 40), plain(g.Name, 40), number(g.Value), g.AtLimit)
			return row
		}
	}
	switch {
	case len(d.Suspects) > 0:
		row.Text = "look at " + join(d.Suspects) + ": silent, and called by several that failed"
	case len(d.Cascade) > 0:
		row.Text = "look at " + plain(d.Cascade[0].Service, 40) + " first; the ready queries below show its lines"
	default:
		row.Text = "nothing in the logs points anywhere: ask what these services do not log"
	}
	return row
}

// errorRow is a kind of error of the incident, by when it began.
type errorRow struct {
	Began, First, Services, Level, Text string
	Count                               int64
	Excess, Mark                        string
	Rose                                bool
}

// errorRows are the kinds of error in order of onset: what rose above its own
// week first, the rest below it.
func (f *facts) errorRows(list []schemas.DossierLine) []errorRow {
	var out []errorRow
	for k, e := range list {
		if k == maxTableRows {
			break
		}
		row := errorRow{Began: "as usual", First: f.clock(schemas.Micros(e.First)), Services: plain(join(e.Services), 60), Level: e.Level,
			Text: plain(firstOf(e.Template, e.SignatureID), 140), Count: e.Count, Excess: "–", Rose: e.Rose}
		if e.Rose {
			row.Began = f.clock(schemas.Micros(e.Onset))
		}
		if e.Type != "" && !strings.Contains(row.Text, e.Type) {
			row.Text = plain(e.Type, 60) + ": " + row.Text
		}
		if e.Excess != nil {
			row.Excess = fmt.Sprintf("%+.0f", *e.Excess)
			if row.Excess == "+0" || row.Excess == "-0" {
				row.Excess = "0"
			}
		}
		switch {
		case e.IsFirst && e.IsLoudest:
			row.Mark = "first and loudest"
		case e.IsFirst:
			row.Mark = "first"
		case e.IsLoudest:
			row.Mark = "loudest"
		case e.IsNew && e.Rose:
			row.Mark = "new"
		}
		out = append(out, row)
	}
	return out
}
