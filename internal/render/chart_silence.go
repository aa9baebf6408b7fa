package render

import (
	"fmt"
	"strings"
	"time"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"almanac/schemas"
)

// Bounds of the drawing of a silence: the days before its last event and
// after the incident that followed, and how many a page shows.
const (
	silenceBefore = 14 * 24 * time.Hour
	silenceAfter  = 4 * 24 * time.Hour
	maxSilences   = 3
)

// drawnSilences are the silences that a page draws: those of its change or
// its incident, of one signature, placed in time.
func drawnSilences(in *Site, is func(schemas.Onset) bool) []schemas.Onset {
	var out []schemas.Onset
	for _, o := range in.Onsets {
		if o.TS != 0 && o.SignatureID != "" && (o.Kind == "silent" || o.Kind == "gone") && is(o) && len(out) < maxSilences {
			out = append(out, o)
		}
	}
	return out
}

// silencesOfChange are those that a change is the likeliest candidate for.
func silencesOfChange(in *Site, change string) []schemas.Onset {
	linked := map[string]bool{}
	for _, c := range in.Causes {
		if c.SubjectKind == "onset" && c.ChangeID == change && c.Rank == 1 {
			linked[c.SubjectID] = true
		}
	}
	return drawnSilences(in, func(o schemas.Onset) bool { return linked[o.OnsetID] })
}

// timeOnly is what is written on a silence whose incident is tied to it by
// service and time alone.
const timeOnly = "its time fits, nothing more"

func silencesOfIncident(in *Site, id string) []schemas.Onset {
	return drawnSilences(in, func(o schemas.Onset) bool {
		return id != "" && o.IncidentID == id && !strings.Contains(o.Warnings, timeOnly)
	})
}

// silenceSpan is what the drawing of a silence covers.
func silenceSpan(in *Site, o schemas.Onset) (since, until time.Time) {
	zone := in.Zone
	if zone == nil {
		zone = time.UTC
	}
	last := schemas.Time(o.TS)
	y, m, d := last.Add(-silenceBefore).In(zone).Date()
	since, until = time.Date(y, m, d, 0, 0, 0, 0, zone), last.Add(silenceBefore)
	if o.IncidentLagS != nil && o.IncidentID != "" {
		until = last.Add(time.Duration(*o.IncidentLagS*float64(time.Second)) + silenceAfter)
	}
	if until.After(in.AsOf) {
		until = in.AsOf
	}
	return since.UTC(), until.UTC()
}

func (p *planner) silences(page, key string, list []schemas.Onset) {
	for _, o := range list {
		since, until := silenceSpan(p.site, o)
		p.add(FigureKey(key+"silence/"+o.OnsetID), page, "ask/signature_days", "Before and after it fell silent", ChartRuns,
			map[string]any{"service": o.Service, "signature": o.SignatureID, "since": since, "until": until})
	}
}

// silenceFigures draw, day by day, how often something was logged, with the
// change before it fell silent and the incident that came after.
func (f *facts) silenceFigures(key string, list []schemas.Onset) []figure {
	var out []figure
	for n, o := range list {
		k := FigureKey(key + "silence/" + o.OnsetID)
		fig := f.figure(k, fmt.Sprintf("silence-%d", n+1), "Before and after it fell silent: "+plain(firstOf(o.Template, o.SignatureID), 80))
		if fig.Table == nil {
			continue
		}
		fig.Lead = "How often it was logged, per local day. Shaded: the service was not observed."
		fig.draw(ChartRuns, f.silenceOption(o, f.site.Figures[k]),
			"Bars of how often it was logged each day, with uprights for the change, its last run and the incident; the table below has the numbers.")
		out = append(out, fig)
	}
	return out
}

func (f *facts) silenceOption(o schemas.Onset, t *schemas.Table) map[string]any {
	since, until := silenceSpan(f.site, o)
	var labels []string
	at := map[string]int{}
	for d := since.In(f.zone); d.Before(until); d = d.AddDate(0, 0, 1) {
		at[d.Format("2006-01-02")] = len(labels)
		labels = append(labels, d.Format("2 Jan"))
	}
	data, seen := make([]point, len(labels)), make([]bool, len(labels))
	r := readRows(t)
	for i := range t.Rows {
		k, ok := at[r.text(i, "local_date")]
		n, has := r.number(i, "event_count")
		if !ok || !has {
			continue
		}
		seen[k] = true
		data[k] = point{Value: n, Tip: fmt.Sprintf("%s\nlogged %s times", labels[k], count(int64(n)))}
	}
	c := newCanvas(52, 56, 16, 28)
	c.setX(categories(labels))
	c.setY(values("times a day", 0))
	s := charts.SingleSeries{Name: "times logged", Type: "bar", Data: data, BarCategoryGap: "18%", ItemStyle: &opts.ItemStyle{Color: seriesColors[0]}}
	var bands []any
	for k := range seen {
		if !seen[k] {
			bands = append(bands, band(k, k, voidColor))
		}
	}
	marks(&s, bands, f.silenceLines(o, at))
	c.add(s)
	return c.option()
}

// silenceLines mark the change, the last event and the incident; two on one
// day share an upright.
func (f *facts) silenceLines(o schemas.Onset, at map[string]int) []any {
	type mark struct{ text, color string }
	by := map[int][]mark{}
	note := func(us int64, text, color string) {
		if k, ok := at[schemas.Time(us).In(f.zone).Format("2006-01-02")]; ok && us != 0 {
			by[k] = append(by[k], mark{text, color})
		}
	}
	for _, c := range f.site.Causes {
		if c.SubjectKind != "onset" || c.SubjectID != o.OnsetID || c.Rank != 1 || c.ChangeID == "" {
			continue
		}
		for _, x := range f.site.Changes {
			if x.ChangeID == c.ChangeID {
				note(changeTime(x), plain(firstOf(x.Kind, "change")+" "+x.ChangeID, 24), inkColor)
			}
		}
	}
	note(o.TS, "last seen", softColor)
	if i, ok := f.incident[o.IncidentID]; ok {
		note(i.StartedTS, plain(i.IncidentID, 24), badColor)
	}
	var lines []any
	for k := range len(at) {
		if list := by[k]; len(list) > 0 {
			text := list[0].text
			for _, m := range list[1:] {
				text += " · " + m.text
			}
			lines = append(lines, vertical(k, text, list[0].color, "solid"))
		}
	}
	return lines
}
