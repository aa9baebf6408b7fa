package render

import (
	"strings"
	"time"

	"almanac/schemas"
)

// How much the front page shows; the list pages hold the rest.
const (
	topFindings    = 5
	topGroup       = 6
	topIncidents   = 8
	topRecurrences = 8
	topActions     = 12
	topNotes       = 6
	topErrors      = 10
	topQuarters    = 8
)

type indexView struct {
	Top         []headline
	Loudest     figure
	MoreTop     int
	Findings    figure
	Tiles       []tile
	Numbers     figure
	Groups      []weekGroup
	Week        figure
	Heat, Days  figure
	Calendar    []calendarDay
	Forecasts   figure
	Score       string // how good earlier nights' forecasts were
	Recurrences []recurrenceRow
	AllRecs     int
	Spread      figure
	Durations   figure
	Incidents   []incidentRow
	AllInc      int
	Changes     []changeRow
	AllChanges  int
	Actions     []actionRow
	AllActions  int
	ActionsFig  figure
	Notes       []string
	MoreNotes   int
}

func (v indexView) hasCharts() bool {
	return v.Heat.Option != nil || v.Days.Option != nil || v.Spread.Option != nil
}

// headline is a finding as the review reads it.
type headline struct {
	Kind, Status, Sentence, Evidence, Link, LinkText string
	Change                                           string // page of the change that it blames
	Warnings                                         []string
}

// tile is one number with last week's beside it.
type tile struct {
	Value, Label, Before, Class string
}

func (b *book) indexView() indexView {
	f := b.facts
	v := indexView{
		Findings: f.figure("index/findings", "findings", "All findings of this night"),
		Numbers:  f.figure("index/numbers", "numbers", "The week in numbers"),
		Week:     f.figure("index/week", "week", "What changed this week"),
		Heat:     f.heat(), Days: f.errorsPerDay(),
		Loudest:   f.loudest(),
		Forecasts: f.figure("index/forecasts", "forecasts", "Forecasts and what came of them"),
		Spread:    f.spread(), Durations: f.durations(),
		ActionsFig: f.figure("index/actions", "open-actions", "Open actions"),
		AllInc:     len(f.incidents), Notes: f.site.Notes[:min(len(f.site.Notes), topNotes)],
	}
	for _, x := range f.findings {
		switch {
		case x.Kind == schemas.FindingData: // told under "What could not be judged"
		case x.Status == statusIgnored: // told on the page of data quality
		case len(v.Top) < topFindings:
			v.Top = append(v.Top, f.headline(x))
		default:
			v.MoreTop++
		}
	}
	v.MoreNotes = len(f.site.Notes) - len(v.Notes)
	v.Tiles = f.tiles()
	v.Groups = f.weekGroups()
	v.Calendar = f.calendar()
	v.Score = f.forecastScore()
	v.Changes, v.AllChanges = f.changeRows(topChanges), len(f.site.Changes)
	rows := f.recurrenceRows(true)
	v.AllRecs = len(f.recurrences)
	v.Recurrences = rows[:min(len(rows), topRecurrences)]
	v.Incidents = f.incidentRows()
	v.Incidents = v.Incidents[:min(len(v.Incidents), topIncidents)]
	v.Actions = f.openActions()
	v.AllActions = len(v.Actions)
	v.Actions = v.Actions[:min(len(v.Actions), topActions)]
	return v
}

func (f *facts) headline(x schemas.Finding) headline {
	h := headline{
		Kind: x.Kind, Status: x.Status, Sentence: x.Sentence, Evidence: strings.Join(lines(x.Evidence), " · "),
		Warnings: lines(x.Warnings),
	}
	h.Link, h.LinkText = f.link(x.FindingID, x.SubjectKind, x.SubjectID)
	if c := f.causes[[2]string{x.SubjectKind, x.SubjectID}]; x.Kind == schemas.FindingChange && len(c) > 0 {
		h.Change = f.changeLink(c[0].ChangeID)
	}
	return h
}

// link finds the page that tells more about a finding.
func (f *facts) link(id, kind, subject string) (href, text string) {
	for _, k := range []string{id, subject} {
		if _, ok := f.recurrence[k]; ok {
			return RecurrencePath(k), "all occasions and evidence"
		}
	}
	for _, o := range f.site.Onsets {
		if o.OnsetID == id && o.IncidentID != "" {
			kind, subject = "incident", o.IncidentID
			break
		}
	}
	if link := f.incidentLink(subject); link != "" {
		return link, "the incident"
	}
	return "", ""
}

// lines splits text of one statement per line.
func lines(s string) []string {
	var out []string
	for l := range strings.SplitSeq(s, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// tileNames are the numbers of ask/week_numbers that become tiles, in order.
// good says which direction is good: -1 fewer, +1 more, 0 neither.
var tileNames = []struct {
	name, label string
	good        int
}{
	{"errors", "errors logged", -1},
	{"incidents", "incidents began", -1},
	{"open_incidents", "incidents still open", -1},
	{"median_resolve_s", "median time to resolve", -1},
	{"changes", "changes made", 0},
	{"confirmed_recurrences", "confirmed recurrences", -1},
	{"overdue_actions", "actions overdue", -1},
}

func (f *facts) tiles() []tile {
	t, _ := f.answer("index/numbers")
	if t == nil {
		return nil
	}
	r := readRows(t)
	var out []tile
	for _, want := range tileNames {
		for i := range t.Rows {
			if r.text(i, "name") != want.name {
				continue
			}
			now, ok1 := r.number(i, "value")
			before, ok2 := r.number(i, "week_before")
			x := tile{Label: want.label, Value: "no data"}
			say := short
			if strings.HasSuffix(want.name, "_s") {
				x.Value, say = "none", duration
			}
			if ok1 {
				x.Value = say(now)
			}
			if ok1 && ok2 {
				x.Before = against(now, before, say)
			}
			if ok1 && ok2 && now != before && want.good != 0 {
				x.Class = "worse"
				if (now > before) == (want.good > 0) {
					x.Class = "better"
				}
			}
			out = append(out, x)
			break
		}
	}
	return out
}

// against says how a number stands to the week before, in words: colour alone
// tells nothing to who does not see it.
func against(now, before float64, say func(float64) string) string {
	switch {
	case now > before:
		return "up from " + say(before)
	case now < before:
		return "down from " + say(before)
	}
	return "as the week before"
}

// loudest is the table of the week's loudest errors.
func (f *facts) loudest() figure {
	fig := f.figure("index/errors", "loudest", "The loudest errors of the week")
	fig.Open = true
	fig.pick("service", "service", "template", "message", "error_type", "type", "count", "lines", "days", "days", "first_ts", "first seen", "last_ts", "last seen")
	if fig.Table == nil {
		return fig
	}
	for _, row := range fig.Table.Rows {
		for k, c := range row {
			if t, err := time.Parse(time.RFC3339Nano, c.ISO); err == nil {
				row[k].Text = t.In(f.zone).Format("Mon 2 Jan 15:04")
			}
		}
	}
	return fig
}

// durations is the table of times to resolve; open ones are counted apart.
func (f *facts) durations() figure {
	fig := f.figure("index/durations", "durations", "Time to resolve by quarter")
	fig.Open = true
	if fig.Table == nil {
		return fig
	}
	t := f.site.Figures["index/durations"]
	r := readRows(t)
	fig.Table = &table{Caption: fig.Title, More: fig.Table.More, Cols: []col{
		{Name: "quarter"}, {Name: "incidents", Num: true}, {Name: "resolved", Num: true}, {Name: "open", Num: true},
		{Name: "half within", Num: true, Doc: "median"}, {Name: "nine in ten within", Num: true, Doc: "90th percentile"}, {Name: "longest", Num: true},
	}}
	shown := min(len(t.Rows), topQuarters)
	fig.Table.More = len(t.Rows) - shown
	for i := range shown {
		line := []cell{{Text: firstOf(r.text(i, "part"), "not stated")}}
		for _, name := range []string{"incidents", "resolved", "open"} {
			n, _ := r.number(i, name)
			line = append(line, cell{Text: count(int64(n)), Num: true})
		}
		for _, name := range []string{"median_s", "p90_s", "longest_s"} {
			c := cell{Text: "–", Num: true}
			if s, ok := r.number(i, name); ok {
				c.Text = duration(s)
			}
			line = append(line, c)
		}
		fig.Table.Rows = append(fig.Table.Rows, line)
	}
	return fig
}

// subject says what recurs: a message, a type of error, or a service's errors.
func subject(r schemas.Recurrence) string {
	text := firstOf(r.Template, r.SubjectID)
	if r.SubjectKind == "service" || text == r.Service {
		return "errors of any kind"
	}
	return text
}
