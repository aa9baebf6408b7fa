package render

import (
	"fmt"
	"strconv"
	"strings"

	"almanac/schemas"
)

// dossierView is what the depth of one incident adds to its page.
type dossierView struct {
	Missing, Notes []string
	Marks          []string // the shape met before
	Trend          []string
	Errors         []errorRow
	Suspects       string
	State          []stateRow
	Versions       []fact
	Before         []string // last changes and jobs
	Alerts         []alertRow
	Tree           []nodeRow
	Questions      []questionRow
	Draft, File    string // addresses of the draft, beside this page
}

type stateRow struct {
	Service, Name, Value, Before, Note string
	Strong                             bool
}

type alertRow struct {
	Sentence string
	Good     bool
	Rules    []ruleText
}

type ruleText struct{ Name, Text string }

type nodeRow struct {
	Depth            int
	State, Text, SQL string
}

type questionRow struct {
	For  string
	Text []ruleText
}

func (f *facts) dossier(id string) *dossierView {
	d := f.site.Dossiers[id]
	if d == nil {
		return nil
	}
	v := &dossierView{Missing: d.Missing, Notes: sentences(d.Notes), Suspects: join(d.Suspects)}
	if d.Shape != "" {
		v.Marks = append(v.Marks, "Met before: "+d.Shape+".")
	}
	v.Errors = f.errorRows(d.ErrorTable)
	for _, t := range d.Trend {
		if t.Back == "never rose" {
			continue
		}
		v.Trend = append(v.Trend, firstOf(plain(t.Service, 40), "All services")+": "+t.Sentence)
	}
	f.dossierState(v, d.State)
	f.dossierAlerts(v, d.Alerts)
	for _, n := range d.Tree {
		v.Tree = append(v.Tree, nodeRow{Depth: min(n.Depth, 9), State: n.State, Text: n.Text, SQL: n.SQL})
	}
	for _, q := range d.Queries {
		row := questionRow{For: q.For}
		for _, l := range q.Text {
			row.Text = append(row.Text, ruleText{l.Language, l.Query})
		}
		v.Questions = append(v.Questions, row)
	}
	if f.site.Drafts[id] {
		v.Draft = strings.TrimPrefix(DraftPath(id), "incident/")
		v.File = strings.TrimPrefix(DraftFile(id), "incident/")
	}
	return v
}

// sentences makes notes read as such.
func sentences(notes []string) []string {
	var out []string
	for _, n := range notes {
		if n != "" {
			out = append(out, strings.ToUpper(n[:1])+n[1:]+".")
		}
	}
	return out
}

func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

func (f *facts) dossierState(v *dossierView, s schemas.DossierState) {
	for k, g := range s.Gauges {
		if k == 12 {
			break
		}
		row := stateRow{Service: plain(g.Service, 40), Name: plain(g.Name, 60), Value: number(g.Value), Before: "–", Note: g.AtLimit, Strong: g.AtLimit != ""}
		if g.Before != nil {
			row.Before = number(*g.Before)
		}
		v.State = append(v.State, row)
	}
	for _, x := range s.Versions {
		stamp := f.whenMicros(schemas.Micros(x.Since))
		v.Versions = append(v.Versions, fact{Name: plain(x.Service, 40), Text: plain(x.Version, 60), Note: "since " + stamp.Text})
	}
	for _, c := range s.Changes {
		v.Before = append(v.Before, f.whenMicros(schemas.Micros(c.TS)).Text+": "+plain(strings.TrimSpace(c.Kind+" "+c.Service), 60)+": "+plain(c.Title, 120))
	}
	for _, j := range s.Jobs {
		v.Before = append(v.Before, f.whenMicros(schemas.Micros(j.TS)).Text+": job of "+plain(j.Service, 40)+": "+plain(j.Text, 120))
	}
}

func (f *facts) dossierAlerts(v *dossierView, alerts []schemas.DossierAlert) {
	for _, a := range alerts {
		row := alertRow{Sentence: fmt.Sprintf("%d of “%s” in %s within %d min would have rung at %s", a.Threshold, plain(a.Template, 90), plain(a.Service, 40),
			a.WindowS/60, f.clock(schemas.Micros(a.FiredTS)))}
		if a.LeadS != nil {
			row.Good = *a.LeadS > 0
			row.Sentence += ", " + duration(abs(*a.LeadS)) + map[bool]string{true: " before the alert", false: " after the alert"}[row.Good]
		}
		row.Sentence += fmt.Sprintf("; %d false alarms in %.0f weeks.", a.False, a.Weeks)
		row.Rules = []ruleText{{"Prometheus", a.Prometheus}, {"Loki", a.Loki}, {"Elastic", a.Elastic}}
		v.Alerts = append(v.Alerts, row)
	}
}

func abs(x float64) float64 { return max(x, -x) }

// beside adds the history to the tiles of an incident's times.
func (v *dossierView) beside(tiles []tile, gaps []schemas.DossierGap) {
	for k := range tiles {
		if k >= len(gaps) || gaps[k].History.Median == nil {
			continue
		}
		h := gaps[k].History
		text := fmt.Sprintf("of %d: median %s", h.N, duration(*h.Median))
		if h.P90 != nil {
			text += ", p90 " + duration(*h.P90)
		}
		if h.Open > 0 {
			text += fmt.Sprintf(", %d open", h.Open)
		}
		if tiles[k].Before != "" {
			text = tiles[k].Before + "; " + text
		}
		tiles[k].Before = text
		if gaps[k].IsOpen && gaps[k].Seconds != nil && tiles[k].Value == "–" {
			tiles[k].Value = "open, " + duration(*gaps[k].Seconds)
		}
	}
}
