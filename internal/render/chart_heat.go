package render

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"almanac/schemas"
)

var weekdays = []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}

// heat draws the hour x weekday map. The colour is the usual number of errors
// of that hour: the mean over its observed days without the worst day, so
// that one bad night is not a pattern; its scale ends at the 98th percentile,
// so that one hot cell does not flatten the rest.
func (f *facts) heat() figure {
	fig := f.figure("index/heat", "heat", "When errors happen")
	if fig.Table == nil {
		return fig
	}
	r := readRows(f.site.Figures["index/heat"])
	type hour struct {
		dow, hour int
		usual     float64
		tip       string
	}
	var cells []hour
	var all []float64
	seen := [7][24]bool{}
	for i := range r.t.Rows {
		dow, ok1 := r.number(i, "iso_dow")
		h, ok2 := r.number(i, "hour")
		v, ok3 := r.number(i, "usual_errors")
		if !ok1 || !ok2 || !ok3 || dow < 1 || dow > 7 || h < 0 || h > 23 || seen[int(dow)-1][int(h)] {
			continue
		}
		seen[int(dow)-1][int(h)] = true
		cells = append(cells, hour{int(dow) - 1, int(h), v, heatTip(r, i, int(dow)-1, int(h), v)})
		if v > 0 {
			all = append(all, v)
		}
	}
	if len(cells) == 0 {
		fig.Empty = "No hour was observed."
		return fig
	}
	high := quantile(slices.Clone(all), 0.98)
	if high <= 0 {
		high = 1
	}
	outlined := f.outlined()
	var data, marked []point
	capCount := 0
	for _, c := range cells {
		if c.usual > high {
			capCount++
		}
		p := point{Value: []any{c.hour, c.dow, heatColor(c.usual, high)}, Tip: c.tip}
		if names := outlined[c.dow][c.hour]; len(names) > 0 {
			p.Tip += "\nconfirmed: " + strings.Join(names, "; ")
			p.ItemStyle = &opts.ItemStyle{BorderColor: inkColor, BorderWidth: 2}
			marked = append(marked, p)
			continue
		}
		data = append(data, p)
	}
	fig.Lead = heatLead(capCount, high, outlined)
	if len(cells) < 7*24 {
		fig.Lead += " Empty cells are hours that were never observed."
	}
	fig.draw(ChartHeat, heatOption(data, marked, high), "Heat map of usual errors by weekday and hour of the day; the table below has the numbers.")
	return fig
}

// heatColor is the place of a value on the colour scale (0-1): the square root
// of its share of the scale's end, so that the quiet hours keep shades too.
func heatColor(v, high float64) float64 {
	return math.Round(math.Sqrt(min(max(v, 0), high)/high)*1000) / 1000
}

func heatTip(r rows, i, dow, hour int, usual float64) string {
	tip := fmt.Sprintf("%s %02d:00–%02d:00\nusually %s errors", weekdays[dow], hour, hour+1, short(usual))
	hit, ok1 := r.number(i, "hit_days")
	seen, ok2 := r.number(i, "observed_days")
	if ok1 && ok2 {
		tip += fmt.Sprintf("\nerrors on %.0f of %.0f days", hit, seen)
	}
	if w, ok := r.number(i, "worst_errors"); ok && w > 0 {
		tip += "\nworst day " + short(w)
	}
	return tip
}

func heatLead(capCount int, high float64, outlined [7][24][]string) string {
	lead := "Usual errors per hour: the mean over the observed days, the worst day left out; colours grow with its square root."
	if capCount > 0 {
		lead += fmt.Sprintf(" The colour scale ends at %s (98th percentile); %d %s above it.",
			short(high), capCount, plural(capCount, "cell is", "cells are"))
	}
	for _, day := range outlined {
		for _, names := range day {
			if len(names) > 0 {
				return lead + " Outlined cells belong to a confirmed recurrence."
			}
		}
	}
	return lead + " No recurrence is confirmed, so no cell is outlined."
}

func heatOption(data, marked []point, high float64) map[string]any {
	hours := make([]string, 24)
	for h := range hours {
		hours[h] = fmt.Sprintf("%02d", h)
	}
	c := newCanvas(40, 8, 8, 56)
	x := categories(hours)
	x.AxisLine.Show = opts.Bool(false)
	c.setX(x)
	c.setY(rowsAxis(weekdays))
	c.SetGlobalOptions(charts.WithVisualMapOpts(opts.VisualMap{
		Type: "continuous", Show: opts.Bool(true), Max: 1, Dimension: "2",
		Calculable: opts.Bool(false), Orient: "horizontal", Left: "40", Bottom: "0",
		Text:      []string{short(high) + " or more", "none"},
		InRange:   &opts.VisualMapInRange{Color: []string{"$h0", "$h1", "$h2", "$h3", "$h4"}},
		TextStyle: &opts.TextStyle{Color: softColor, FontSize: 11},
	}))
	c.add(charts.SingleSeries{
		Name: "usual errors", Type: "heatmap", Data: data,
		ItemStyle: &opts.ItemStyle{BorderColor: cardColor, BorderWidth: 2},
	})
	if len(marked) > 0 { // a series of its own, so that no neighbour covers an outline
		c.add(charts.SingleSeries{Name: "in a confirmed recurrence", Type: "heatmap", Data: marked})
	}
	return c.option()
}

// outlined names the confirmed recurrences of each weekday and hour.
func (f *facts) outlined() [7][24][]string {
	var out [7][24][]string
	for _, r := range f.recurrences {
		if r.Status != "confirmed" {
			continue
		}
		from, to, ok := window(r)
		if !ok {
			continue
		}
		days := recurrenceDays(r)
		for h := range 24 {
			if !hourInWindow(h, from, to) {
				continue
			}
			for _, d := range days {
				out[d][h] = append(out[d][h], plain(r.Service+" "+r.Label, 60))
			}
		}
	}
	return out
}

// hourInWindow says whether the hour overlaps [from, to) in minutes of the
// day; a window whose end is not after its start passes midnight.
func hourInWindow(h, from, to int) bool {
	a, b := h*60, h*60+60
	if to <= from {
		return b > from || a < to
	}
	return a < to && b > from
}

// window reads a recurrence's window as minutes of the day.
func window(r schemas.Recurrence) (from, to int, ok bool) {
	from, ok1 := minuteOfDay(r.WindowStart)
	to, ok2 := minuteOfDay(r.WindowEnd)
	return from, to, ok1 && ok2
}

func minuteOfDay(s string) (int, bool) {
	hh, mm, ok := strings.Cut(s, ":")
	h, err1 := strconv.Atoi(hh)
	m, err2 := strconv.Atoi(mm)
	if !ok || err1 != nil || err2 != nil || h < 0 || h > 24 || m < 0 || m > 59 {
		return 0, false
	}
	return h*60 + m, true
}

// recurrenceDays are the weekdays (0 = Monday) on which a recurrence of a
// weekly or daily kind is due; rarer kinds outline nothing.
func recurrenceDays(r schemas.Recurrence) []int {
	switch r.Kind {
	case "daily":
		return []int{0, 1, 2, 3, 4, 5, 6}
	case "weekdays":
		return []int{0, 1, 2, 3, 4}
	case "weekend":
		return []int{5, 6}
	case "weekday":
		for i, name := range []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"} {
			if strings.Contains(strings.ToLower(r.Label), name) {
				return []int{i}
			}
		}
	}
	return nil
}

// short writes a number in few digits: 0.4, 12, 3.4k, 1.2M.
func short(v float64) string {
	switch {
	case v >= 1e6:
		return strconv.FormatFloat(v/1e6, 'g', 3, 64) + "M"
	case v >= 1e4:
		return strconv.FormatFloat(v/1e3, 'g', 3, 64) + "k"
	case v >= 100:
		return count(int64(v + 0.5))
	case v >= 10:
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 2, 64)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
