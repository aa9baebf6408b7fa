package render

import (
	"fmt"
	"sort"
	"time"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"almanac/schemas"
)

// maxMinutes bounds the points of a per-minute chart.
const maxMinutes = 1440

// minutes draws errors per minute and service around an incident, and the sum
// of the same minutes a week before.
func (f *facts) minutes(inc schemas.Incident, key FigureKey) figure {
	fig := f.figure(key, "minutes", "Errors per minute")
	if fig.Table == nil {
		return fig
	}
	m := f.minuteSeries(f.site.Figures[key])
	if m.top == 0 {
		fig.Empty = "No error was logged in these minutes by any service that was observed."
		return fig
	}
	fig.Lead = "Lines of level error and above per minute, by service."
	if m.hasBefore {
		fig.Lead += " The grey line is the sum of all services in the same minutes one week before."
	} else {
		fig.Lead += " A week before, nothing was observed, so there is no baseline."
	}
	if named := f.changesWithin(m); named != "" {
		fig.Lead += " Dashed uprights are changes: " + named + "."
	}
	fig.draw(ChartMinutes, f.minutesOption(inc, m), "Errors per minute around the incident by service; the table below has the numbers.")
	return fig
}

type minuteData struct {
	stamps    []time.Time
	labels    []string
	services  []string
	errors    map[string][]*float64
	before    []*float64
	hasBefore bool
	top       float64
}

func (f *facts) minuteSeries(t *schemas.Table) *minuteData {
	m := &minuteData{errors: map[string][]*float64{}}
	r := readRows(t)
	at := map[int64]int{}
	for i := range t.Rows {
		ts := r.time(i, "minute_ts")
		if _, ok := at[ts.Unix()]; ts.IsZero() || ok {
			continue
		}
		at[ts.Unix()] = 0
		m.stamps = append(m.stamps, ts)
	}
	sort.Slice(m.stamps, func(i, j int) bool { return m.stamps[i].Before(m.stamps[j]) })
	m.stamps = m.stamps[:min(len(m.stamps), maxMinutes)]
	clear(at)
	for k, ts := range m.stamps {
		at[ts.Unix()] = k
		m.labels = append(m.labels, ts.In(f.zone).Format("15:04"))
	}
	m.before = make([]*float64, len(m.stamps))
	sums := map[string]float64{}
	for i := range t.Rows {
		k, ok := at[r.time(i, "minute_ts").Unix()]
		if !ok {
			continue
		}
		name := firstOf(plain(r.text(i, "service"), 40), "no service")
		if v, ok := r.number(i, "errors"); ok {
			if m.errors[name] == nil {
				m.errors[name] = make([]*float64, len(m.stamps))
			}
			m.errors[name][k] = &v
			sums[name] += v
			m.top = max(m.top, v)
		}
		if v, ok := r.number(i, "week_before"); ok {
			if m.before[k] != nil {
				v += *m.before[k]
			}
			m.before[k] = &v
			m.hasBefore = true
		}
	}
	for name, sum := range sums {
		if sum > 0 {
			m.services = append(m.services, name)
		}
	}
	sort.Slice(m.services, func(i, j int) bool {
		a, b := m.services[i], m.services[j]
		if sums[a] != sums[b] {
			return sums[a] > sums[b]
		}
		return a < b
	})
	m.services = m.services[:min(len(m.services), len(seriesColors))]
	return m
}

func (f *facts) minutesOption(inc schemas.Incident, m *minuteData) map[string]any {
	c := newCanvas(52, 66, 16, 28)
	c.setX(categories(m.labels))
	c.setY(values("errors", 0))
	names := append([]string{}, m.services...)
	lines := f.minuteLines(inc, m)
	for i, name := range m.services {
		s := charts.SingleSeries{
			Name: name, Type: "line", Data: minutePoints(m.errors[name]), ShowSymbol: opts.Bool(false),
			ConnectNulls: opts.Bool(false), Step: "middle",
			ItemStyle: &opts.ItemStyle{Color: seriesColors[i]},
			LineStyle: &opts.LineStyle{Color: seriesColors[i], Width: 1.75},
		}
		if i == 0 {
			marks(&s, nil, lines)
		}
		c.add(s)
	}
	if m.hasBefore {
		name := "a week before"
		names = append(names, name)
		c.add(charts.SingleSeries{
			Name: name, Type: "line", Data: minutePoints(m.before), ShowSymbol: opts.Bool(false),
			ConnectNulls: opts.Bool(false), Step: "middle",
			ItemStyle: &opts.ItemStyle{Color: softColor},
			LineStyle: &opts.LineStyle{Color: softColor, Width: 1.25, Type: "dashed"},
		})
	}
	c.legend(names...)
	c.SetGlobalOptions(charts.WithTooltipOpts(opts.Tooltip{
		Show: opts.Bool(true), Trigger: "axis", BorderColor: lineColor, BackgroundColor: cardColor,
	}))
	return c.option()
}

func minutePoints(values []*float64) []any {
	out := make([]any, len(values))
	for i, v := range values {
		if v != nil {
			out[i] = *v
		}
	}
	return out
}

// maxNamed bounds the changes that a figure's lead names.
const maxNamed = 6

// changesWithin names the changes of the minutes drawn: "14:58 deploy 4712 of
// payment".
func (f *facts) changesWithin(m *minuteData) string {
	var names []string
	n := 0
	for _, c := range sortedChanges(f.site.Changes) {
		t := schemas.Time(c.StartedTS)
		if c.StartedTS == 0 || t.Before(m.stamps[0]) || t.After(m.stamps[len(m.stamps)-1].Add(time.Minute)) {
			continue
		}
		if n++; n <= maxNamed {
			names = append(names, t.In(f.zone).Format("15:04")+" "+plain(firstOf(c.Kind, "change")+" "+c.ChangeID+" of "+firstOf(c.Service, "no named service"), 70))
		}
	}
	if n > maxNamed {
		names = append(names, fmt.Sprintf("%d more", n-maxNamed))
	}
	return join(names)
}

// minuteLines mark the incident's stamps and the changes in the window.
func (f *facts) minuteLines(inc schemas.Incident, m *minuteData) []any {
	var lines []any
	if len(m.stamps) == 0 {
		return nil
	}
	first, last := m.stamps[0], m.stamps[len(m.stamps)-1]
	position := func(us int64) (int, bool) {
		t := schemas.Time(us)
		if us == 0 || t.Before(first) || t.After(last.Add(time.Minute)) {
			return 0, false
		}
		k := sort.Search(len(m.stamps), func(i int) bool { return m.stamps[i].After(t) })
		return max(0, k-1), true
	}
	seen := map[int]bool{}
	near, former, raised := len(m.stamps)/5, -len(m.stamps), false
	for _, x := range []struct {
		us    int64
		text  string
		color string
	}{
		{inc.StartedTS, "started", inkColor}, {inc.DetectedTS, "detected", warnColor},
		{inc.MitigatedTS, "mitigated", goodColor}, {inc.ResolvedTS, "resolved", goodColor},
	} {
		if k, ok := position(x.us); ok && !seen[k] {
			seen[k] = true
			raised = !raised && k-former < near
			if former = k; raised { // a name beside another stands a line higher
				x.text += "\n"
			}
			lines = append(lines, vertical(k, x.text, x.color, "solid"))
		}
	}
	for _, ch := range sortedChanges(f.site.Changes) {
		if k, ok := position(ch.StartedTS); ok && len(lines) < 24 {
			lines = append(lines, vertical(k, "", softColor, "dashed"))
		}
	}
	return lines
}

// sortedChanges are the changes by start, then id.
func sortedChanges(list []schemas.Change) []schemas.Change {
	out := append([]schemas.Change{}, list...)
	sort.SliceStable(out, func(i, j int) bool {
		if out[i].StartedTS != out[j].StartedTS {
			return out[i].StartedTS < out[j].StartedTS
		}
		return out[i].ChangeID < out[j].ChangeID
	})
	return out
}

// clockRange says a window as "14:01–15:30 on Mon 2 Nov".
func (f *facts) clockRange(from, to int64) string {
	if from == 0 {
		return ""
	}
	a := schemas.Time(from).In(f.zone)
	if to == 0 {
		return fmt.Sprintf("from %s on %s", a.Format("15:04"), a.Format("Mon 2 Jan 2006"))
	}
	b := schemas.Time(to).In(f.zone)
	if a.Format("2006-01-02") == b.Format("2006-01-02") {
		return fmt.Sprintf("%s–%s on %s", a.Format("15:04"), b.Format("15:04"), a.Format("Mon 2 Jan 2006"))
	}
	return a.Format("Mon 2 Jan 2006 15:04") + " – " + b.Format("Mon 2 Jan 2006 15:04")
}
