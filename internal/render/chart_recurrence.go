package render

import (
	"fmt"
	"strings"
	"time"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"almanac/schemas"
)

// hours draws the counts of a recurrence's subject per local hour; the hours
// of its window stand out.
func (f *facts) hours(r schemas.Recurrence, key FigureKey) figure {
	fig := f.figure(key, "hours", "Hour by hour")
	if fig.Table == nil {
		return fig
	}
	t := f.site.Figures[key]
	rr := readRows(t)
	var usual [24]*point
	total, worst := 0.0, 0.0
	for i := range t.Rows {
		h, ok1 := rr.number(i, "hour")
		v, ok2 := rr.number(i, "usual_count")
		if !ok1 || !ok2 || h < 0 || h > 23 {
			continue
		}
		tip := fmt.Sprintf("%02.0f:00–%02.0f:00\nusually %s per day", h, h+1, short(v))
		if hit, ok := rr.number(i, "hit_days"); ok {
			seen, _ := rr.number(i, "observed_days")
			tip += fmt.Sprintf("\non %.0f of %.0f days", hit, seen)
		}
		usual[int(h)] = &point{Value: v, Tip: tip}
		total += v
		worst = max(worst, v)
	}
	if worst <= 0 {
		fig.Empty = "No event of this subject in these days."
		return fig
	}
	from, to, hasWindow := window(r)
	labels := make([]string, 24)
	data := make([]point, 24)
	for h := range 24 {
		labels[h] = fmt.Sprintf("%02d", h)
		if usual[h] == nil {
			continue
		}
		data[h] = *usual[h]
		if hasWindow && hourInWindow(h, from, to) {
			data[h].ItemStyle = &opts.ItemStyle{Color: badColor}
		}
	}
	c := newCanvas(48, 34, 8, 26)
	c.setX(categories(labels))
	c.setY(values("events in that hour of a usual day", 0))
	c.add(charts.SingleSeries{
		Name: "usual count", Type: "bar", Data: data, BarCategoryGap: "22%",
		ItemStyle: &opts.ItemStyle{Color: otherColor},
	})
	fig.Lead = "Usual events per hour: the mean over observed days without the worst day."
	if hasWindow {
		fig.Lead += fmt.Sprintf(" The window %s–%s stands out.", plain(r.WindowStart, 5), plain(r.WindowEnd, 5))
	}
	fig.draw(ChartHours, c.option(), "Bars of usual events per hour of the day; the table below has the numbers.")
	return fig
}

// starts draws, per day, when the job started and when the errors began.
func (f *facts) starts(r schemas.Recurrence, key FigureKey) figure {
	fig := f.figure(key, "starts", "When it began, day by day")
	days := f.days[r.RecurrenceID]
	if len(days) > maxDays {
		days = days[len(days)-maxDays:]
	}
	zone := f.zone
	if z, err := time.LoadLocation(r.Zone); err == nil && r.Zone != "" {
		zone = z
	}
	s := newStarts(days, zone)
	if len(s.onsets) == 0 {
		fig.Empty = firstOf(fig.Empty, "No occasion with an onset is recorded, so there is nothing to draw.")
		return fig
	}
	fig.Lead = "Each point is one day: when the errors of that occasion began."
	if len(s.jobs) > 0 {
		fig.Lead = "Each day: triangles when the job started, dots when the errors began."
	}
	if len(s.bands) > 0 {
		fig.Lead += " Shaded days were not observed."
	}
	var lines []any
	for k, d := range days {
		if f.isClockChange(d.LocalDate) {
			lines = append(lines, vertical(k, "clock change", softColor, "dotted"))
		}
	}
	c := newCanvas(52, 66, 12, 28)
	c.setX(categories(s.labels))
	y := values("time of day", 0)
	y.Min, y.Max = s.low, s.high
	y.MinInterval = 5
	c.setY(y)
	onset := charts.SingleSeries{
		Name: "errors begin", Type: "scatter", Data: s.onsets, SymbolSize: 8,
		ItemStyle: &opts.ItemStyle{Color: badColor},
	}
	// Only a bar series shades whole days; this one has no bars.
	shade := charts.SingleSeries{Name: "not observed", Type: "bar", Data: make([]any, len(s.labels))}
	marks(&shade, s.bands, lines)
	c.add(shade)
	names := []string{"errors begin"}
	c.add(onset)
	if len(s.jobs) > 0 {
		names = append(names, "job starts")
		c.add(charts.SingleSeries{
			Name: "job starts", Type: "scatter", Data: s.jobs, Symbol: "triangle", SymbolSize: 9,
			ItemStyle: &opts.ItemStyle{Color: "$c1"},
		})
	}
	if changes := f.changeMarks(days, r.Service, zone, s.low); len(changes) > 0 {
		names = append(names, "changes of the service")
		fig.Lead += " Along the bottom: days with a change of " + plain(r.Service, 40) + "."
		c.add(charts.SingleSeries{
			Name: "changes of the service", Type: "scatter", Data: changes, Symbol: "diamond", SymbolSize: 8,
			ItemStyle: &opts.ItemStyle{Color: softColor},
		})
	}
	c.symbols(names...)
	fig.draw(ChartStarts, c.option(), "Start of errors and of the job by day; the table below has the times.")
	return fig
}

// changeMarks are the days with a change of a service, as points at height y.
func (f *facts) changeMarks(days []schemas.RecurrenceDay, service string, zone *time.Location, y int) []point {
	titles := map[string][]string{}
	for _, c := range sortedChanges(f.site.Changes) {
		if c.Service == service && c.StartedTS != 0 {
			l := schemas.Time(c.StartedTS).In(zone)
			date := l.Format("2006-01-02")
			titles[date] = append(titles[date], l.Format("15:04")+" "+plain(c.Kind+" "+firstOf(c.Title, c.Version, c.ChangeID), 70))
		}
	}
	var out []point
	for k, d := range days {
		if list := titles[d.LocalDate]; len(list) > 0 {
			out = append(out, point{Value: []any{k, y}, Tip: shortDate(d.LocalDate) + "\n" + strings.Join(list[:min(len(list), maxNamed)], "\n")})
		}
	}
	return out
}

type startData struct {
	labels       []string
	onsets, jobs []point
	bands        []any
	low, high    int // minutes of the day
}

func newStarts(days []schemas.RecurrenceDay, zone *time.Location) startData {
	s := startData{low: 1440}
	add := func(k int, us int64, what string) point {
		l := schemas.Time(us).In(zone)
		m := l.Hour()*60 + l.Minute()
		s.low, s.high = min(s.low, m), max(s.high, m)
		return point{
			Value: []any{k, float64(m) + float64(l.Second())/60},
			Tip:   l.Format("Mon 2 Jan") + "\n" + what + " " + l.Format("15:04:05"),
		}
	}
	for k, d := range days {
		s.labels = append(s.labels, shortDate(d.LocalDate))
		if d.IsObserved != nil && !*d.IsObserved {
			s.bands = append(s.bands, band(k, k, voidColor))
		}
		if d.OnsetTS != 0 {
			s.onsets = append(s.onsets, add(k, d.OnsetTS, "errors begin"))
		}
		if d.JobTS != 0 {
			s.jobs = append(s.jobs, add(k, d.JobTS, "job starts"))
		}
	}
	pad := max(10, (s.high-s.low)/4)
	s.low, s.high = max(0, (s.low-pad)/10*10), min(1440, (s.high+pad+9)/10*10)
	return s
}

// shortDate is "Mon 2 Nov" of "2026-11-02", or the text itself.
func shortDate(date string) string {
	d, err := time.Parse("2006-01-02", date)
	if err != nil {
		return plain(date, 12)
	}
	return d.Format("Mon 2 Jan")
}
