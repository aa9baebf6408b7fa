package render

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"almanac/schemas"
)

// weekGroup is one answer to "what is new, back, gone, fixed, overdue".
type weekGroup struct {
	Name, Empty string
	Items       []weekItem
	More        int
}

type weekItem struct {
	Service, Text, When, Link string
}

var weekNames = []struct{ key, name, empty string }{
	{"new", "New", "Nothing new."},
	{"returned", "Returned", "Nothing came back."},
	{"gone", "Gone", "Nothing ended."},
	{"fixed", "Fixes claimed", "No claimed fix to judge."},
	{"overdue", "Overdue", "Nothing is overdue."},
}

func (f *facts) weekGroups() []weekGroup {
	t, _ := f.answer("index/week")
	if t == nil {
		return nil
	}
	r := readRows(t)
	var out []weekGroup
	for _, n := range weekNames {
		g := weekGroup{Name: n.name, Empty: n.empty}
		for i := range t.Rows {
			if r.text(i, "category") != n.key {
				continue
			}
			if len(g.Items) == topGroup {
				g.More++
				continue
			}
			item := weekItem{Service: r.text(i, "service"), Text: plain(r.text(i, "what"), 140)}
			if ts := r.time(i, "ts"); !ts.IsZero() {
				item.When = f.day(ts.UnixMicro())
			}
			item.Link, _ = f.link(r.text(i, "subject_id"), r.text(i, "subject_kind"), r.text(i, "subject_id"))
			g.Items = append(g.Items, item)
		}
		out = append(out, g)
	}
	return out
}

// calendarDay is one of the next seven local days.
type calendarDay struct {
	Name, Date string
	Shift      bool
	Items      []calendarItem
}

type calendarItem struct {
	Time, Text, Service, Link, Chance, Class string
}

func (f *facts) calendar() []calendarDay {
	now := f.site.AsOf.In(f.zone)
	var out []calendarDay
	for k := range 7 {
		d := time.Date(now.Year(), now.Month(), now.Day()+k, 12, 0, 0, 0, f.zone)
		date := d.Format("2006-01-02")
		day := calendarDay{Name: d.Format("Mon"), Date: d.Format("2 Jan"), Shift: f.isClockChange(date)}
		for _, x := range f.forecasts {
			due := schemas.Time(x.DueTS).In(f.zone)
			r, known := f.recurrence[x.RecurrenceID]
			if due.Format("2006-01-02") != date || !known || (isFollower(r)) {
				continue
			}
			day.Items = append(day.Items, f.calendarItem(x, r))
		}
		out = append(out, day)
	}
	return out
}

func (f *facts) calendarItem(x schemas.Forecast, r schemas.Recurrence) calendarItem {
	item := calendarItem{
		Time: schemas.Time(x.DueTS).In(f.zone).Format("15:04"), Service: r.Service,
		Text: plain(subject(r), 70), Link: RecurrencePath(r.RecurrenceID), Class: "low",
	}
	if x.DueEndTS > x.DueTS {
		item.Time += "–" + schemas.Time(x.DueEndTS).In(f.zone).Format("15:04")
	}
	if p := x.Probability; p != nil {
		item.Chance = percent(*p)
		switch {
		case *p >= 0.8:
			item.Class = "high"
		case *p >= 0.5:
			item.Class = "mid"
		}
	}
	return item
}

// actionRow is an action that is not done.
type actionRow struct {
	Text, Owner, Kind, Due, Late, Incident, Link string
	Condition                                    string
	Overdue                                      bool
	due, began                                   int64 // when it is due, and when its incident began
}

func (f *facts) openActions() []actionRow {
	asOf := schemas.Micros(f.site.AsOf)
	var out []actionRow
	for _, a := range f.site.Actions {
		if strings.EqualFold(a.Status, "done") {
			continue
		}
		row := actionRow{
			Text: a.Text, Owner: a.Owner, Kind: a.Kind, Due: f.day(a.DueTS), due: a.DueTS,
			Incident: a.IncidentID, Condition: a.SuccessCondition,
		}
		if i, ok := f.incident[a.IncidentID]; ok {
			row.Link = f.incidentLink(a.IncidentID)
			row.Incident, row.began = firstOf(i.Title, i.IncidentID), i.StartedTS
		}
		if a.DueTS != 0 && a.DueTS < asOf {
			row.Overdue = true
			row.Late = fmt.Sprintf("%s late", duration(float64(asOf-a.DueTS)/1e6))
		}
		out = append(out, row)
	}
	sort.SliceStable(out, func(i, j int) bool {
		a, b := out[i], out[j]
		if (a.due == 0) != (b.due == 0) {
			return b.due == 0
		}
		if a.due != b.due {
			return a.due < b.due
		}
		if a.began != b.began { // without a date, those of the latest incident first
			return a.began > b.began
		}
		return a.Incident+a.Text < b.Incident+b.Text
	})
	return out
}
