package render

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// maxPoints bounds the incidents drawn: the latest.
const maxPoints = 1500

// spread draws the time to resolve of every incident, one point each, by
// severity on a logarithmic axis, with median and 90th percentile. Open
// incidents have no point: they are counted in words.
func (f *facts) spread() figure {
	fig := f.figure("index/incidents", "spread", "Time to resolve, one point per incident")
	fig.Table = nil // the list of incidents is its own section
	t, _ := f.answer("index/incidents")
	if t == nil || len(t.Rows) == 0 {
		fig.Empty = firstOf(fig.Empty, "No incident is recorded.")
		return fig
	}
	fig.Table = f.table(t, fig.Title)
	groups := map[string][]resolved{}
	open, bad := 0, 0
	r := readRows(t)
	for i := range t.Rows[:min(len(t.Rows), maxPoints)] {
		s, ok := r.number(i, "resolve_s")
		switch {
		case !ok && r.time(i, "resolved_ts").IsZero():
			open++
			continue
		case !ok || s <= 0:
			bad++
			continue
		}
		sev := firstOf(plain(r.text(i, "severity"), 20), "not stated")
		title := plain(firstOf(r.text(i, "title"), r.text(i, "incident_id")), 70)
		groups[sev] = append(groups[sev], resolved{s, title + "\nresolved after " + duration(s)})
	}
	fig.Lead = spreadLead(open, bad)
	if len(t.Rows) > maxPoints {
		fig.Lead += fmt.Sprintf(" The latest %s of %s incidents.", count(maxPoints), count(int64(len(t.Rows))))
	}
	if len(groups) == 0 {
		fig.Empty = "No incident has both a start and a resolution."
		return fig
	}
	fig.draw(ChartSpread, spreadOption(groups), "Time to resolve of every incident by severity on a logarithmic axis; the table below has the numbers.")
	return fig
}

type resolved struct {
	seconds float64
	tip     string
}

func spreadLead(open, bad int) string {
	lead := "Logarithmic axis; bars mark the median, open circles the 90th percentile."
	if open > 0 {
		lead += fmt.Sprintf(" %d %s not resolved and not drawn.", open, plural(open, "incident is", "incidents are"))
	}
	if bad > 0 {
		lead += fmt.Sprintf(" %d without a usable duration.", bad)
	}
	return lead
}

func spreadOption(groups map[string][]resolved) map[string]any {
	var names []string
	for name := range groups {
		names = append(names, name)
	}
	sort.Strings(names)
	if len(names) > 8 {
		names = names[:8]
	}
	low, high := math.Inf(1), 0.0
	var points, medians, p90s []point
	var labels []string
	for row, name := range names {
		list := groups[name]
		var all []float64
		for k, x := range list {
			s := math.Max(x.seconds, 1)
			low, high = math.Min(low, s), math.Max(high, s)
			all = append(all, s)
			points = append(points, point{Value: []any{s, float64(row) + jitter(k)}, Tip: x.tip})
		}
		labels = append(labels, fmt.Sprintf("%s (%d)", name, len(list)))
		med, p90 := median(all), quantile(all, 0.9)
		medians = append(medians, point{Value: []any{med, row}, Tip: fmt.Sprintf("%s: median %s of %d", name, duration(med), len(list))})
		if len(list) >= 5 {
			p90s = append(p90s, point{Value: []any{p90, row}, Tip: fmt.Sprintf("%s: 90th percentile %s of %d", name, duration(p90), len(list))})
		}
	}
	c := newCanvas(96, 6, 16, 44)
	c.setX(opts.XAxis{
		Type: "log", Min: math.Max(1, math.Floor(low/1.5)), Max: math.Ceil(high * 1.5),
		AxisLabel: label(), AxisLine: &opts.AxisLine{Show: opts.Bool(true), OnZero: opts.Bool(false), LineStyle: &opts.LineStyle{Color: lineColor}},
		SplitLine: &opts.SplitLine{Show: opts.Bool(true), LineStyle: &opts.LineStyle{Color: lineColor}},
	})
	// Rows are numbers, so that points of a row can stand beside each other;
	// the script writes the names, which travel as the axis' data.
	c.setY(opts.YAxis{
		Type: "value", Inverse: opts.Bool(true), Show: opts.Bool(true), Min: -0.5, Max: float64(len(names)) - 0.5, MinInterval: 1, MaxInterval: 1,
		Data: labels, AxisLabel: label(), AxisLine: &opts.AxisLine{Show: opts.Bool(false)}, SplitLine: &opts.SplitLine{Show: opts.Bool(false)},
	})
	c.add(charts.SingleSeries{
		Name: "incident", Type: "scatter", Data: points, SymbolSize: 9,
		ItemStyle: &opts.ItemStyle{Color: "$c1", Opacity: opts.Float(0.65)},
	})
	c.add(charts.SingleSeries{
		Name: "median", Type: "scatter", Data: medians, Symbol: "rect", SymbolSize: []int{3, 26},
		ItemStyle: &opts.ItemStyle{Color: inkColor},
	})
	c.add(charts.SingleSeries{
		Name: "90th percentile", Type: "scatter", Data: p90s, Symbol: "emptyCircle", SymbolSize: 15,
		ItemStyle: &opts.ItemStyle{Color: inkColor},
	})
	return c.option()
}

// jitter spreads points of a row by a fixed pattern, never by chance.
func jitter(k int) float64 { return (float64(k*7%11) - 5) / 5 * 0.26 }

func median(values []float64) float64 {
	v := slices.Clone(values)
	slices.Sort(v)
	n := len(v)
	if n == 0 {
		return 0
	}
	return (v[(n-1)/2] + v[n/2]) / 2
}
