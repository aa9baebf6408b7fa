package render

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"almanac/schemas"
)

// maxDays bounds the days of a chart: the latest.
const maxDays = 120

// maxSeries is how many services a chart tells apart; the rest is summed.
const maxSeries = 5

// errorsPerDay draws errors per local day, stacked by service, over a lane of
// incidents and changes. A day without any coverage is shaded: it is not a
// day without errors.
func (f *facts) errorsPerDay() figure {
	fig := f.figure("index/days", "days", "Errors per day, with changes and incidents")
	if fig.Table == nil {
		return fig
	}
	d := f.daySeries(f.site.Figures["index/days"])
	if len(d.services) == 0 {
		fig.Empty = "No service was observed in these days."
		return fig
	}
	fig.Lead = d.lead()
	fig.draw(ChartDays, f.daysOption(d),
		"Stacked bars of errors per day and service, with marks for changes and incidents; the table below has the numbers.")
	return fig
}

// dayData is errors by service and day.
type dayData struct {
	dates    []string
	labels   []string
	services []string            // largest first, "other services" last
	errors   map[string][]*int64 // nil: that service was not observed that day
	observed []bool
	totals   []float64
	high     float64
	isCapped bool
	skipped  int // days before the first one with anything to show
}

func (d *dayData) lead() string {
	gaps := 0
	for _, o := range d.observed {
		if !o {
			gaps++
		}
	}
	lead := "Local days; lines of level error and above."
	if d.isCapped {
		lead += fmt.Sprintf(" The axis ends at %s so that single days do not flatten the rest; their totals are written above them.", short(d.high))
	}
	if d.skipped > 0 {
		lead += fmt.Sprintf(" The %d days before hold nothing.", d.skipped)
	}
	if gaps > 0 {
		lead += fmt.Sprintf(" Shaded: %d %s not observed.", gaps, plural(gaps, "day was", "days were"))
	}
	return lead
}

func (f *facts) daySeries(t *schemas.Table) *dayData {
	d := &dayData{dates: f.localDates(maxDays), errors: map[string][]*int64{}}
	at := map[string]int{}
	for i, date := range d.dates {
		at[date] = i
		day, _ := time.Parse("2006-01-02", date)
		d.labels = append(d.labels, day.Format("Mon 2 Jan"))
	}
	d.observed = make([]bool, len(d.dates))
	d.totals = make([]float64, len(d.dates))
	sums := map[string]int64{}
	r := readRows(t)
	for i := range t.Rows {
		k, known := at[r.text(i, "local_date")]
		n, ok := r.number(i, "errors")
		if !known || !ok {
			continue
		}
		name := plain(r.text(i, "service"), 40)
		if name == "" {
			name = "no service"
		}
		if d.errors[name] == nil {
			d.errors[name] = make([]*int64, len(d.dates))
		}
		d.errors[name][k] = addTo(d.errors[name][k], int64(n))
		d.observed[k] = true
		d.totals[k] += n
		sums[name] += int64(n)
	}
	if n := len(d.dates); n > 1 && !d.observed[n-1] { // the day of the night itself, not read yet
		d.dates, d.labels, d.observed, d.totals = d.dates[:n-1], d.labels[:n-1], d.observed[:n-1], d.totals[:n-1]
	}
	d.skip(f.firstToDraw(d))
	d.keepLargest(sums)
	d.high, d.isCapped = capped(d.totals)
	return d
}

// fewestDays is how many days are drawn at least.
const fewestDays = 14

// firstToDraw is the first day with anything to show: a log that was read, an
// incident or a change.
func (f *facts) firstToDraw(d *dayData) int {
	marked := map[string]bool{}
	note := func(us int64) {
		if us != 0 {
			marked[schemas.Time(us).In(f.zone).Format("2006-01-02")] = true
		}
	}
	for _, i := range f.incidents {
		note(i.StartedTS)
	}
	for _, c := range f.site.Changes {
		note(c.StartedTS)
	}
	for k, date := range d.dates {
		if d.observed[k] || marked[date] {
			return max(0, min(k, len(d.dates)-fewestDays))
		}
	}
	return 0
}

// skip leaves the first n days out.
func (d *dayData) skip(n int) {
	d.dates, d.labels, d.observed, d.totals = d.dates[n:], d.labels[n:], d.observed[n:], d.totals[n:]
	for name, list := range d.errors {
		d.errors[name] = list[n:]
	}
	d.skipped = n
}

// keepLargest sums all but the services with most errors.
func (d *dayData) keepLargest(sums map[string]int64) {
	names := make([]string, 0, len(sums))
	for name := range sums {
		names = append(names, name)
	}
	sort.Slice(names, func(i, j int) bool {
		if sums[names[i]] != sums[names[j]] {
			return sums[names[i]] > sums[names[j]]
		}
		return names[i] < names[j]
	})
	if len(names) <= maxSeries+1 {
		d.services = names
		return
	}
	rest := fmt.Sprintf("%d other services", len(names)-maxSeries)
	other := make([]*int64, len(d.dates))
	for _, name := range names[maxSeries:] {
		for i, n := range d.errors[name][:len(other)] {
			if n != nil {
				other[i] = addTo(other[i], *n)
			}
		}
		delete(d.errors, name)
	}
	d.errors[rest] = other
	d.services = append(names[:maxSeries:maxSeries], rest)
}

func addTo(p *int64, n int64) *int64 {
	if p != nil {
		n += *p
	}
	return &n
}

func (f *facts) daysOption(d *dayData) map[string]any {
	c := newCanvas(52, 62, 12, 104)
	c.GridList = append(c.GridList, opts.Grid{Left: "52", Right: "12", Bottom: "28", Height: "58"})
	c.setX(categories(d.labels))
	c.XAxisList[0].AxisLabel.Show = opts.Bool(false)
	lane := categories(d.labels)
	lane.GridIndex = 1
	c.ExtendXAxis(lane)
	y := values("errors per day", 0)
	if d.isCapped {
		y.Max, y.MinInterval, y.MaxInterval = d.high, d.high/4, d.high/4
	}
	c.setY(y)
	rows := rowsAxis([]string{"incident", "deploy", "other"})
	rows.GridIndex = 1
	rows.SplitLine = &opts.SplitLine{Show: opts.Bool(true), LineStyle: &opts.LineStyle{Color: lineColor}}
	c.ExtendYAxis(rows)
	c.legend(d.services...)
	bands, lines := f.dayMarks(d)
	for i, name := range d.services {
		data := make([]point, len(d.dates))
		for k, n := range d.errors[name][:len(data)] {
			if n != nil {
				data[k] = point{Value: *n, Tip: fmt.Sprintf("%s\n%s: %s errors", d.labels[k], name, count(*n))}
			}
		}
		s := charts.SingleSeries{
			Name: name, Type: "bar", Stack: "errors", Data: data, BarCategoryGap: "18%",
			ItemStyle: &opts.ItemStyle{Color: seriesColors[i%len(seriesColors)]},
		}
		if i == maxSeries {
			s.ItemStyle.Color = otherColor
		}
		if i == 0 {
			marks(&s, bands, lines)
		}
		c.add(s)
	}
	if d.isCapped {
		c.add(offScale(d))
	}
	c.add(f.lane(d))
	return c.option()
}

// offScale writes the totals of days that pass the end of the axis.
func offScale(d *dayData) charts.SingleSeries {
	data := make([]point, len(d.dates))
	for k, total := range d.totals {
		if total > d.high {
			data[k] = point{
				Value: d.high, Tip: d.labels[k] + "\n" + count(int64(total)) + " errors, past the end of the axis",
				Label: &opts.Label{Show: opts.Bool(true), Position: "top", Color: inkColor, FontSize: 11, Formatter: "▲ " + short(total)},
			}
		}
	}
	return charts.SingleSeries{
		Name: "past the axis", Type: "scatter", Data: data, Symbol: "rect", SymbolSize: []int{10, 2},
		ItemStyle: &opts.ItemStyle{Color: inkColor},
	}
}

// dayMarks shades days that were not observed and marks clock changes.
func (f *facts) dayMarks(d *dayData) (bands, lines []any) {
	for k := 0; k < len(d.dates); k++ {
		if d.observed[k] {
			continue
		}
		from := k
		for k+1 < len(d.dates) && !d.observed[k+1] {
			k++
		}
		bands = append(bands, band(from, k, voidColor))
	}
	for k, date := range d.dates {
		if f.isClockChange(date) {
			lines = append(lines, vertical(k, "clock change", softColor, "dotted"))
		}
	}
	return bands, lines
}

// lane marks the days with incidents, deploys and other changes; the size
// grows with their number.
func (f *facts) lane(d *dayData) charts.SingleSeries {
	at := map[string]int{}
	for i, date := range d.dates {
		at[date] = i
	}
	titles := map[[2]int][]string{}
	note := func(us int64, row int, text string) {
		if us == 0 {
			return
		}
		l := schemas.Time(us).In(f.zone)
		if k, ok := at[l.Format("2006-01-02")]; ok {
			titles[[2]int{k, row}] = append(titles[[2]int{k, row}], l.Format("15:04")+" "+text)
		}
	}
	for _, i := range f.incidents {
		note(i.StartedTS, 0, plain(firstOf(i.Title, i.IncidentID), 70))
	}
	for _, c := range f.site.Changes {
		row := 2
		if c.Kind == schemas.ChangeDeploy || c.Kind == schemas.ChangeRelease {
			row = 1
		}
		note(c.StartedTS, row, plain(c.Kind+" "+c.Service+" "+firstOf(c.Title, c.Version, c.ChangeID), 70))
	}
	var data []point
	for k := range d.dates {
		for row := range 3 {
			list := titles[[2]int{k, row}]
			if len(list) == 0 {
				continue
			}
			data = append(data, laneMark(d.labels[k], k, row, list))
		}
	}
	return charts.SingleSeries{
		Name: "changes and incidents", Type: "scatter", Data: data, XAxisIndex: 1, YAxisIndex: 1,
		Symbol: "circle", ItemStyle: &opts.ItemStyle{Color: softColor},
	}
}

func laneMark(day string, k, row int, list []string) point {
	sort.Strings(list)
	n := len(list)
	if n > 6 {
		list = append(list[:6:6], fmt.Sprintf("and %d more", n-6))
	}
	p := point{
		Value: []any{k, row}, Tip: day + "\n" + strings.Join(list, "\n"),
		SymbolSize: min(5+n, 12), ItemStyle: &opts.ItemStyle{Color: softColor},
	}
	switch row {
	case 0:
		p.Symbol, p.SymbolSize, p.ItemStyle.Color = "diamond", min(10+n, 15), badColor
	case 2:
		p.Symbol, p.ItemStyle.Color = "triangle", warnColor
	}
	return p
}

// firstOf is the first text that is not empty.
func firstOf(texts ...string) string {
	for _, t := range texts {
		if strings.TrimSpace(t) != "" {
			return t
		}
	}
	return ""
}
