package render

import (
	"fmt"
	"math"
	"sort"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// Colours in options are names that the bootstrap script looks up among the
// custom properties of the style sheet: light, dark and print share one
// option text.
const (
	inkColor   = "$ink"
	softColor  = "$soft"
	lineColor  = "$line"
	cardColor  = "$card"
	goodColor  = "$good"
	badColor   = "$bad"
	warnColor  = "$warn"
	voidColor  = "$void" // no data
	otherColor = "$c0"
)

// seriesColors are told apart by people with the usual colour blindnesses; in
// grey print the order of the legend and the table tell.
var seriesColors = []string{"$c1", "$c2", "$c3", "$c4", "$c5", "$c6"}

// point is one datum. Tip is its tooltip, made here so that the script needs
// no knowledge of the data; it is text, never markup.
type point struct {
	Value      any             `json:"value"` // nil draws a gap
	Tip        string          `json:"tip,omitempty"`
	Symbol     string          `json:"symbol,omitempty"`
	SymbolSize any             `json:"symbolSize,omitempty"`
	ItemStyle  *opts.ItemStyle `json:"itemStyle,omitempty"`
	Label      *opts.Label     `json:"label,omitempty"`
}

// canvas is a rectangular chart under construction. go-echarts builds the
// options only: its own page renderer runs text of the data as script.
type canvas struct{ *charts.Bar }

// newCanvas has one plot area with the given margins in pixels.
func newCanvas(left, top, right, bottom int) canvas {
	c := canvas{charts.NewBar()}
	c.SetGlobalOptions(
		charts.WithAnimation(false),
		charts.WithTitleOpts(opts.Title{Show: opts.Bool(false)}),
		charts.WithToolboxOpts(opts.Toolbox{Show: opts.Bool(false)}),
		charts.WithLegendOpts(opts.Legend{Show: opts.Bool(false)}),
		charts.WithTooltipOpts(opts.Tooltip{
			Show: opts.Bool(true), Trigger: "item",
			BorderColor: lineColor, BackgroundColor: cardColor,
		}),
		charts.WithGridOpts(grid(left, top, right, bottom)),
	)
	c.Colors = seriesColors
	return c
}

func grid(left, top, right, bottom int) opts.Grid {
	return opts.Grid{Left: fmt.Sprint(left), Top: fmt.Sprint(top), Right: fmt.Sprint(right), Bottom: fmt.Sprint(bottom)}
}

// symbols is a legend that shows every series by its own symbol.
func (c canvas) symbols(names ...string) {
	c.legend(names...)
	c.Legend.Icon = ""
}

func (c canvas) legend(names ...string) {
	c.SetGlobalOptions(charts.WithLegendOpts(opts.Legend{
		Show: opts.Bool(true), Type: "scroll", Top: "0", Left: "0", Data: names,
		Icon: "roundRect", ItemWidth: 12, ItemHeight: 8,
		TextStyle: &opts.TextStyle{Color: softColor, FontSize: 12},
	}))
}

// option checks and gives the options as go-echarts builds them.
func (c canvas) option() map[string]any {
	c.Validate()
	return c.JSON()
}

func (c canvas) add(s charts.SingleSeries) { c.MultiSeries = append(c.MultiSeries, s) }

// categories is an axis of labels in the order given.
func categories(labels []string) opts.XAxis {
	return opts.XAxis{
		Type: "category", Data: labels,
		AxisLine:  &opts.AxisLine{Show: opts.Bool(true), LineStyle: &opts.LineStyle{Color: lineColor}},
		AxisTick:  &opts.AxisTick{Show: opts.Bool(false)},
		AxisLabel: label(),
		SplitLine: &opts.SplitLine{Show: opts.Bool(false)},
	}
}

func label() *opts.AxisLabel {
	return &opts.AxisLabel{Show: opts.Bool(true), Color: softColor, FontSize: 11, HideOverlap: opts.Bool(true)}
}

// values is a linear axis from 0, named above its upper end; high > 0 fixes
// that end.
func values(name string, high float64) opts.YAxis {
	y := opts.YAxis{
		Type: "value", Name: name, NameLocation: "end", Show: opts.Bool(true), SplitNumber: 4,
		AxisLine:  &opts.AxisLine{Show: opts.Bool(false)},
		AxisLabel: label(),
		SplitLine: &opts.SplitLine{Show: opts.Bool(true), LineStyle: &opts.LineStyle{Color: lineColor}},
		Min:       0,
	}
	if high > 0 {
		y.Max = high
	}
	return y
}

// rowsAxis is an axis of labels from top to bottom.
func rowsAxis(labels []string) opts.YAxis {
	return opts.YAxis{
		Type: "category", Data: labels, Inverse: opts.Bool(true), Show: opts.Bool(true),
		AxisLine:  &opts.AxisLine{Show: opts.Bool(false)},
		AxisLabel: label(),
		SplitLine: &opts.SplitLine{Show: opts.Bool(false)},
	}
}

// setX replaces the first x axis, its labels included.
func (c canvas) setX(x opts.XAxis) {
	data := x.Data
	c.SetGlobalOptions(charts.WithXAxisOpts(x))
	c.SetXAxis(data)
}

func (c canvas) setY(y opts.YAxis) { c.SetGlobalOptions(charts.WithYAxisOpts(y)) }

// band is a shaded range of a category axis, in positions.
func band(from, to int, color string) []any {
	return []any{
		map[string]any{"xAxis": from, "itemStyle": map[string]any{"color": color}},
		map[string]any{"xAxis": to},
	}
}

// vertical is a line across the plot at a position, with a short fixed label.
func vertical(at int, text, color, dash string) any {
	return map[string]any{
		"xAxis":     at,
		"lineStyle": map[string]any{"color": color, "type": dash, "width": 1.25},
		"label": map[string]any{
			"show": text != "", "formatter": text, "color": color, "fontSize": 11, "position": "end",
		},
	}
}

// marks are the bands and lines of a series.
func marks(s *charts.SingleSeries, bands, lines []any) {
	if len(bands) > 0 {
		s.MarkAreas = &opts.MarkAreas{Data: bands}
	}
	if len(lines) > 0 {
		s.MarkLines = &opts.MarkLines{Data: lines, MarkLineStyle: opts.MarkLineStyle{Symbol: []string{"none", "none"}}}
	}
}

// quantile is the nearest-rank quantile of values, which it sorts; 0 of none.
func quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sort.Float64s(values)
	i := int(math.Ceil(q*float64(len(values)))) - 1
	return values[min(max(i, 0), len(values)-1)]
}

// capped is the upper end of an axis that one value must not flatten: the
// largest value, or, where that is more than four times the 90th percentile
// of the positive ones, room for that percentile and for every value up to
// that bound.
func capped(values []float64) (high float64, isCapped bool) {
	var positive []float64
	top := 0.0
	for _, v := range values {
		if v > 0 {
			positive = append(positive, v)
			top = max(top, v)
		}
	}
	q := quantile(positive, 0.9)
	if len(positive) >= 5 && top > 4*q {
		high = 1.2 * q
		for _, v := range positive {
			if v <= 4*q {
				high = max(high, v)
			}
		}
		return niceAbove(high), true
	}
	return top, false
}

// niceAbove is the next number of 1, 2 or 5 times a power of ten.
func niceAbove(v float64) float64 {
	if v <= 0 || math.IsInf(v, 0) || math.IsNaN(v) {
		return 1
	}
	p := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 1.5, 2, 3, 4, 5, 6, 8, 10} {
		if m*p >= v {
			return m * p
		}
	}
	return 10 * p
}
