package render

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"almanac/schemas"
)

// Bounds on what is shown of changes: a site makes thousands.
const (
	// MaxChangePages bounds the pages of single changes: those that may have
	// begun something, the most probable first, then the last week's.
	MaxChangePages = 150
	// MaxChangeFigures bounds the changes that get figures of their own.
	MaxChangeFigures = 16
	// maxChangeRows bounds the list of changes.
	maxChangeRows = 400
	changeAfter   = 24 * time.Hour
	topChanges    = 8
	maxMoved      = 12
)

// planChanges are the changes that get pages.
func planChanges(in *Site) []schemas.Change {
	best := map[string]float64{}
	for _, c := range in.Causes {
		if c.ChangeID == "" || c.Label == "ruled out" || c.Probability == nil {
			continue
		}
		best[c.ChangeID] = max(best[c.ChangeID], *c.Probability, 1e-9)
	}
	from := schemas.Micros(in.AsOf.AddDate(0, 0, -7))
	seen := map[string]bool{}
	var out []schemas.Change
	for _, c := range in.Changes {
		if seen[c.ChangeID] || best[c.ChangeID] == 0 && changeTime(c) < from {
			continue
		}
		seen[c.ChangeID] = true
		out = append(out, c)
	}
	sort.SliceStable(out, func(i, j int) bool {
		a, b := out[i], out[j]
		if x, y := best[a.ChangeID], best[b.ChangeID]; x != y {
			return x > y
		}
		if x, y := changeTime(a), changeTime(b); x != y {
			return x > y
		}
		return a.ChangeID < b.ChangeID
	})
	return out[:min(len(out), MaxChangePages)]
}

// changeTime is the start of a change, its end where no start is stated.
func changeTime(c schemas.Change) int64 {
	if c.StartedTS != 0 {
		return c.StartedTS
	}
	return c.FinishedTS
}

func (p *planner) change(c schemas.Change) {
	t := schemas.Time(changeTime(c)).UTC()
	if changeTime(c) == 0 || t.Add(changeAfter).Before(p.since) || t.Add(-changeAfter).After(p.until) {
		return
	}
	page, params := ChangePath(c.ChangeID), map[string]any{"change": c.ChangeID, "since": t.Add(-2 * time.Hour), "until": t.Add(changeAfter)}
	key := "change/" + c.ChangeID + "/"
	p.add(FigureKey(key+"errors"), page, "ask/change_errors", "Errors before and after", ChartNone, params)
	p.add(FigureKey(key+"minutes"), page, "ask/change_minutes", "Errors around the change", ChartMinutes, params)
	if hasRow(p.site.Onsets, func(o schemas.Onset) bool {
		at := schemas.Time(o.TS)
		return !at.Before(t.Add(-2*time.Hour)) && at.Before(t.Add(changeAfter))
	}) {
		p.add(FigureKey(key+"onsets"), page, "ask/onsets", "What began or fell silent", ChartNone, params)
	}
	if hasRow(p.site.Causes, func(x schemas.Cause) bool { return x.ChangeID == c.ChangeID }) {
		p.add(FigureKey(key+"causes"), page, "ask/causes", "What it may have begun", ChartNone, params)
	}
	p.silences(page, key, silencesOfChange(p.site, c.ChangeID))
}

type changeView struct {
	Title, ID, Kind, Service, When string
	Facts                          []fact
	Warnings                       []string
	Effects                        []effect
	Moved                          []weekItem
	MoreMoved                      int
	Errors, Minutes                figure
	CausesFig, OnsetsFig           figure
	Silences                       []figure
	Logs                           bool
}

func (v changeView) hasCharts() bool { return v.Minutes.Option != nil || len(v.Silences) > 0 }

// effect is something that a change is a candidate for.
type effect struct {
	Link, Title, Label, Kind, Lag, Probability, Coincidence, Reason string
	Out                                                             bool
	Warnings                                                        []string
}

// changeLink is the page of a change, "" where it has none.
func (f *facts) changeLink(id string) string {
	if f.changePage[id] {
		return ChangePath(id)
	}
	return ""
}

func (b *book) changeView(c schemas.Change) changeView {
	f := b.facts
	key := func(s string) FigureKey { return FigureKey("change/" + c.ChangeID + "/" + s) }
	v := changeView{
		Title: plain(firstOf(c.Title, c.Version, c.ChangeID), 160), ID: c.ChangeID, Kind: c.Kind, Service: c.Service,
		When: f.whenMicros(changeTime(c)).Text, Warnings: lines(c.Warning), Facts: f.changeFacts(c), Effects: f.effects(c.ChangeID),
		CausesFig: f.figure(key("causes"), "causes", "What it may have begun"),
	}
	v.Moved = f.moved(c)
	v.MoreMoved = max(0, len(v.Moved)-maxMoved)
	v.Moved = v.Moved[:min(len(v.Moved), maxMoved)]
	v.Logs = f.site.Figures[key("errors")] != nil
	if !v.Logs {
		return v
	}
	v.Silences = f.silenceFigures("change/"+c.ChangeID+"/", silencesOfChange(f.site, c.ChangeID))
	v.OnsetsFig = f.figure(key("onsets"), "onsets", "What began or fell silent")
	v.Errors = f.figure(key("errors"), "errors", "Errors per service, 24 h before and after")
	v.Errors.Open = true
	v.Errors.Lead = "The changed service first, then by how much errors grew. Where fewer hours were observed, compare the shares. A rise after a change does not make it the cause."
	v.Errors.pick("service", "service", "errors_before", "errors before", "errors_after", "errors after",
		"per_1000_before", "per 1000 lines before", "per_1000_after", "per 1000 lines after",
		"hours_before", "hours seen before", "hours_after", "hours seen after")
	v.Minutes = f.minutes(schemas.Incident{StartedTS: changeTime(c)}, key("minutes"))
	if v.Minutes.Option != nil {
		v.Minutes.Title = "Errors per quarter of an hour"
		v.Minutes.Lead = "Lines of level error and above per quarter of an hour, by service, a day before and after. The upright “started” is this change; dashed uprights are all changes of these hours."
	}
	return v
}

func (f *facts) changeFacts(c schemas.Change) []fact {
	var out []fact
	stampOf := func(name string, us int64) {
		if us != 0 {
			s := f.whenMicros(us)
			out = append(out, fact{Name: name, Text: s.Text, ISO: s.ISO})
		}
	}
	add := func(name, text string) {
		if text != "" {
			out = append(out, fact{Name: name, Text: plain(text, 300)})
		}
	}
	stampOf("Started", c.StartedTS)
	stampOf("Finished", c.FinishedTS)
	add("Took", between(c.StartedTS, c.FinishedTS))
	add("Status", c.Status)
	add("By", c.Actor)
	add("Team", c.Team)
	add("Environment", c.Env)
	add("Version", c.Version)
	add("Commit", c.Commit)
	add("Address", c.URL)
	add("Record", provenance(c.Source, c.File, c.Line))
	return out
}

// judgedAs marks an onset that came with an incident and shares its causes:
// the incident's own row says it.
const judgedAs = "judged as that"

// effects are what a change is a candidate for, the most probable first; what
// it was ruled out for last.
func (f *facts) effects(id string) []effect {
	var rows []schemas.Cause
	for _, c := range f.site.Causes {
		if c.ChangeID == id && !strings.Contains(c.Warnings, judgedAs) {
			rows = append(rows, c)
		}
	}
	p := func(c schemas.Cause) float64 {
		if c.Label == "ruled out" || c.Probability == nil {
			return -1
		}
		return *c.Probability
	}
	sort.SliceStable(rows, func(i, j int) bool {
		a, b := rows[i], rows[j]
		if p(a) != p(b) {
			return p(a) > p(b)
		}
		return a.SubjectKind+a.SubjectID < b.SubjectKind+b.SubjectID
	})
	var out []effect
	for _, c := range rows[:min(len(rows), 20)] {
		e := effect{Label: c.Label, Kind: c.SubjectKind, Reason: c.Reason, Out: c.Label == "ruled out", Warnings: lines(c.Warnings)}
		e.Title, e.Link = f.subjectOf(c.SubjectKind, c.SubjectID)
		if e.Label == "none" {
			e.Label = "does not stand out"
		}
		if c.LagS != nil && *c.LagS >= 0 {
			e.Lag = duration(*c.LagS) + " after it"
		}
		if c.Probability != nil && !e.Out {
			e.Probability = percent(*c.Probability)
		}
		if c.CoincidenceShare != nil {
			e.Coincidence = percent(*c.CoincidenceShare)
		}
		out = append(out, e)
	}
	return out
}

// subjectOf names what a cause is about, with its page.
func (f *facts) subjectOf(kind, id string) (title, link string) {
	switch kind {
	case "incident":
		if i, ok := f.incident[id]; ok {
			return plain(firstOf(i.Title, id), 140), f.incidentLink(id)
		}
	case "recurrence":
		if r, ok := f.recurrence[id]; ok {
			return plain(firstOf(r.Sentence, subject(r)), 240), RecurrencePath(id)
		}
	case "onset":
		for _, o := range f.site.Onsets {
			if o.OnsetID == id {
				return plain(o.Sentence, 240), f.incidentLink(o.IncidentID)
			}
		}
	}
	return id, ""
}

// moved lists what began, changed level or fell silent around a change: its
// own service first. A silence counts from its last event.
func (f *facts) moved(c schemas.Change) []weekItem {
	start := schemas.Time(changeTime(c))
	linked := map[string]bool{}
	for _, x := range f.site.Causes {
		if x.ChangeID == c.ChangeID && x.SubjectKind == "onset" && !strings.Contains(x.Warnings, judgedAs) {
			linked[x.SubjectID] = true
		}
	}
	var rows []schemas.Onset
	for _, o := range f.site.Onsets {
		t, from := schemas.Time(o.TS), start
		if o.CadenceS != nil {
			from = start.Add(-2 * time.Hour) // the run that did not come is later
		}
		if linked[o.OnsetID] || !t.Before(from) && t.Before(start.Add(changeAfter)) {
			rows = append(rows, o)
		}
	}
	sort.SliceStable(rows, func(i, j int) bool {
		a, b := rows[i], rows[j]
		if x, y := a.Service == c.Service, b.Service == c.Service; x != y {
			return x
		}
		if a.TS != b.TS {
			return a.TS < b.TS
		}
		return a.OnsetID < b.OnsetID
	})
	var out []weekItem
	for _, o := range rows {
		item := weekItem{Service: o.Service, Text: plain(firstOf(o.Sentence, o.Kind), 300), When: f.whenMicros(o.TS).Text}
		_, item.Link = f.subjectOf("onset", o.OnsetID)
		out = append(out, item)
	}
	return out
}

// failureParts are what the change-failure rate is given by, beside kind.
var failureParts = []string{"service", "team", "weekday"}

func (p *planner) failureRates() {
	p.add("changes/failure", "changes.html", "ask/change_failure", "How often an incident follows a change", ChartNone, nil)
	for _, by := range failureParts {
		if by == "team" && !hasRow(p.site.Changes, func(c schemas.Change) bool { return c.Team != "" }) {
			continue
		}
		p.add(FigureKey("changes/failure/"+by), "changes.html", "ask/change_failure", "By "+by, ChartNone, map[string]any{"by": by})
	}
}

type changesView struct {
	Findings []headline
	Blamed   []changeRow
	Rows     []changeRow
	All      int
	Rate     figure
	Rates    []figure // by service, team, weekday
}

// changeRow is a change in a list.
type changeRow struct {
	Link, When, ISO, Kind, Service, Title, Actor, Status, Begun string
	Warnings                                                    []string
}

func (b *book) changesView() changesView {
	v := changesView{
		Rows: b.changeRows(maxChangeRows), All: len(b.site.Changes),
		Rate: b.figure("changes/failure", "failure", "How often an incident follows a change, beside the placebo"),
	}
	for _, r := range b.changeRows(len(b.site.Changes)) {
		if r.Begun != "" && len(v.Blamed) < maxChangeRows {
			v.Blamed = append(v.Blamed, r)
		}
	}
	for _, x := range b.findings {
		if x.SubjectKind == "site" && x.SubjectID == "changes" {
			v.Findings = append(v.Findings, b.headline(x))
		}
	}
	v.Rate.Open = true
	b.asRate(&v.Rate, "changes/failure", "kind")
	for _, by := range failureParts {
		key := FigureKey("changes/failure/" + by)
		if b.site.Figures[key] == nil {
			continue
		}
		fig := b.figure(key, "failure-"+by, "By "+by)
		b.asRate(&fig, key, by)
		v.Rates = append(v.Rates, fig)
	}
	v.Rate.Lead = "Within two hours after a change, and after the same weekday and time of other weeks without one (placebo); the excess is what is left for changes. Few changes prove little: read the interval."
	return v
}

// asRate picks the columns of a change-failure rate, shares in percent.
func (f *facts) asRate(fig *figure, key FigureKey, part string) {
	f.shares(fig, key, "raw_share", "low_share", "high_share", "placebo_share", "excess_share")
	fig.pick("part", part, "changes", "changes", "followed", "followed", "raw_share", "share", "low_share", "low", "high_share", "high",
		"placebo_share", "placebo", "excess_share", "excess", "reactive", "left out: answers to an incident")
}

// shares says columns of shares in percent.
func (f *facts) shares(fig *figure, key FigureKey, names ...string) {
	t, _ := f.answer(key)
	if t == nil || fig.Table == nil {
		return
	}
	r := readRows(t)
	for i, c := range fig.Table.Cols {
		if !slices.Contains(names, c.Name) {
			continue
		}
		for k := range fig.Table.Rows {
			if x, ok := r.number(k, c.Name); ok {
				fig.Table.Rows[k][i].Text = fmt.Sprintf("%.1f %%", 100*x)
			}
		}
	}
}

// changeRows are the latest changes.
func (f *facts) changeRows(limit int) []changeRow {
	list := sortedChanges(f.site.Changes)
	slices.Reverse(list)
	begun := map[string]schemas.Cause{}
	for _, c := range f.site.Causes {
		if old, ok := begun[c.ChangeID]; (c.Label == "likely" || c.Label == "possible") && (!ok || *c.Probability > *old.Probability) && c.Probability != nil {
			begun[c.ChangeID] = c
		}
	}
	var out []changeRow
	for _, c := range list[:min(len(list), limit)] {
		row := changeRow{
			Link: f.changeLink(c.ChangeID), Kind: c.Kind, Service: plain(c.Service, 60), Title: plain(firstOf(c.Title, c.Version, c.ChangeID), 120),
			Actor: plain(c.Actor, 40), Status: c.Status, Warnings: lines(c.Warning), When: "not recorded",
		}
		if us := changeTime(c); us != 0 {
			t := schemas.Time(us)
			row.When, row.ISO = t.In(f.zone).Format("Mon 2 Jan 2006 15:04"), t.Format("2006-01-02T15:04:05Z")
		}
		if x, ok := begun[c.ChangeID]; ok {
			title, _ := f.subjectOf(x.SubjectKind, x.SubjectID)
			row.Begun = fmt.Sprintf("%s (%s): %s", x.Label, percent(*x.Probability), plain(strings.TrimSuffix(title, "."), 110))
		}
		out = append(out, row)
	}
	return out
}
