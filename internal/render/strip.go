package render

import (
	"fmt"
	"sort"
	"time"

	"almanac/schemas"
)

// strip is a drawing of cells made here, as SVG in the page: it needs no
// script. Coordinates are pixels of its own box.
type strip struct {
	Width, Height int
	Aria          string
	Cells         []stripCell
	Texts         []stripText
	Legend        []legendItem
}

type stripCell struct {
	X, Y, W, H int
	Class, Tip string
}

type stripText struct {
	X, Y        int
	Text, Class string // class "end" ends at X
}

type legendItem struct{ Class, Text string }

const (
	cellSize = 18
	cellStep = 21
)

// occasions lays the days of a recurrence out as a calendar: a column per
// week, a row per weekday. Days that were not observed are hatched, which is
// not the same as a day without a hit.
func (f *facts) occasions(r schemas.Recurrence) *strip {
	days := f.days[r.RecurrenceID]
	if len(days) > 26*7 {
		days = days[len(days)-26*7:]
	}
	var start time.Time
	s := &strip{}
	hits, misses, void, lastMonth := 0, 0, 0, ""
	for _, d := range days {
		date, err := time.Parse("2006-01-02", d.LocalDate)
		if err != nil {
			continue
		}
		dow := (int(date.Weekday()) + 6) % 7
		if start.IsZero() {
			start = date.AddDate(0, 0, -dow)
		}
		week := int(date.Sub(start).Hours()/24) / 7
		c := stripCell{X: 34 + week*cellStep, Y: 20 + dow*cellStep, W: cellSize, H: cellSize}
		c.Class, c.Tip = occasion(d)
		switch c.Class {
		case "hit":
			hits++
		case "miss":
			misses++
		default:
			void++
		}
		c.Tip = date.Format("Mon 2 Jan 2006") + ": " + c.Tip
		if f.isClockChange(d.LocalDate) {
			c.Tip += "; the clock changed on this day"
			c.Class += " shift"
		}
		s.Cells = append(s.Cells, c)
		if m := date.Format("Jan"); m != lastMonth {
			if n := len(s.Texts); n == 0 || c.X-s.Texts[n-1].X > 30 {
				s.Texts = append(s.Texts, stripText{X: c.X, Y: 12, Text: m})
				lastMonth = m
			}
		}
		s.Width = max(s.Width, c.X+cellStep)
	}
	if len(s.Cells) == 0 {
		return nil
	}
	for i, name := range weekdays {
		s.Texts = append(s.Texts, stripText{X: 28, Y: 20 + i*cellStep + 13, Text: name, Class: "end"})
	}
	s.Height = 20 + 7*cellStep
	s.Aria = fmt.Sprintf("%d occasions hit, %d not hit, %d not observed", hits, misses, void)
	s.Legend = []legendItem{
		{"hit", fmt.Sprintf("hit (%d)", hits)}, {"miss", fmt.Sprintf("no hit (%d)", misses)},
		{"void", fmt.Sprintf("not observed (%d)", void)},
	}
	return s
}

func occasion(d schemas.RecurrenceDay) (class, tip string) {
	switch {
	case d.IsObserved == nil || !*d.IsObserved || d.IsHit == nil:
		return "void", "not observed"
	case *d.IsHit:
		tip = "hit"
		if d.Count != nil {
			tip += fmt.Sprintf(", %s events", count(*d.Count))
		}
		return "hit", tip
	}
	return "miss", "observed, no hit"
}

// coverage lays sources and days out as a grid.
func (f *facts) coverage() figure {
	fig := f.figure("quality/coverage", "coverage", "Hours read, by source and day")
	if fig.Table == nil {
		return fig
	}
	dates := f.localDates(maxDays)
	at := map[string]int{}
	for i, d := range dates {
		at[d] = i
	}
	t := f.site.Figures["quality/coverage"]
	r := readRows(t)
	type day struct {
		class, tip string
	}
	grid := map[string]map[int]day{}
	hours := map[string][2]float64{} // observed and expected, on days with data
	for i := range t.Rows {
		k, ok := at[r.text(i, "local_date")]
		got, ok1 := r.number(i, "observed_hours")
		want, ok2 := r.number(i, "expected_hours")
		if !ok || !ok1 || !ok2 {
			continue
		}
		name := plain(r.text(i, "source"), 28)
		if grid[name] == nil {
			grid[name] = map[int]day{}
		}
		events, _ := r.number(i, "events")
		rejects, _ := r.number(i, "rejects")
		d := day{"full", fmt.Sprintf("%.0f of %.0f hours, %s events", got, want, count(int64(events)))}
		if got < want {
			d.class = "part"
		}
		if rejects > 0 {
			d.tip += fmt.Sprintf(", %s rejects", count(int64(rejects)))
		}
		grid[name][k] = d
		hours[name] = [2]float64{hours[name][0] + got, hours[name][1] + want}
	}
	if n := len(dates); n > 1 { // the day of the night itself, not read yet
		read := false
		for _, days := range grid {
			_, ok := days[n-1]
			read = read || ok
		}
		if !read {
			dates = dates[:n-1]
		}
	}
	var names []string
	for name := range grid {
		names = append(names, name)
	}
	sort.Strings(names)
	if len(names) > 60 {
		fig.Lead = fmt.Sprintf("The first 60 of %d sources. ", len(names))
		names = names[:60]
	}
	step := max(5, min(14, 780/max(1, len(dates))))
	s := &strip{Width: 190 + step*len(dates), Height: 24 + 18*len(names)}
	for row, name := range names {
		y := 20 + row*18
		s.Texts = append(s.Texts, stripText{X: 182, Y: y + 11, Text: name, Class: "end"})
		for k, date := range dates {
			c := stripCell{X: 190 + k*step, Y: y, W: step - 1, H: 14, Class: "void", Tip: name + ", " + shortDate(date) + ": no data"}
			isSparse := hours[name][0]*3 < hours[name][1]
			if d, ok := grid[name][k]; ok {
				c.Class, c.Tip = d.class, name+", "+shortDate(date)+": "+d.tip
				if isSparse {
					c.Class = "sparse"
				}
			} else if isSparse {
				continue
			}
			s.Cells = append(s.Cells, c)
		}
	}
	for k := 0; k < len(dates)-3; k += max(7, 70/step) {
		s.Texts = append(s.Texts, stripText{X: 190 + k*step, Y: 12, Text: shortDate(dates[k])})
	}
	s.Aria = "Hours read by source and day; the table below has the numbers"
	s.Legend = []legendItem{{"full", "every hour"}, {"part", "some hours"}, {"void", "no data"}, {"sparse", "sparse source"}}
	fig.Lead += "An hour without data is “no data”, never “no errors”." +
		" A sparse source fills less than a third of the hours of its days, as change and incident records do: its gaps say nothing."
	fig.Kind, fig.Strip = ChartStrip, s
	return fig
}
