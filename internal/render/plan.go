package render

import (
	"slices"
	"sort"
	"time"

	"almanac/queries"
	"almanac/schemas"
)

// FigureKey names one figure of one page, such as "index/heat".
type FigureKey string

// Chart is how a figure is drawn; its table is always beside it.
type Chart string

// The kinds of chart. ChartNone is a table alone, or numbers in tiles.
const (
	ChartNone    Chart = "none"
	ChartHeat    Chart = "heat"    // hour x weekday
	ChartDays    Chart = "days"    // errors per day and service, with changes
	ChartSpread  Chart = "spread"  // one point per incident on a log axis
	ChartHours   Chart = "hours"   // counts per hour of the day
	ChartStarts  Chart = "starts"  // job starts and error onsets per day
	ChartMinutes Chart = "minutes" // per minute around an incident
	ChartStrip   Chart = "strip"   // source x day coverage
	ChartRuns    Chart = "runs"    // one signature per day, until it fell silent
)

// FigureSpec is one answer that Render wants: run Query with Params, put the
// table under Key.
type FigureSpec struct {
	Key    FigureKey
	Page   string         // path of the page that shows it
	Query  string         // name of a query, such as "ask/coverage"
	Params map[string]any // string, int64, float64 or time.Time (UTC), by name
	Title  string
	Chart  Chart
}

// MaxIncidentFigures bounds how many incidents get figures of their own: the
// latest ones. The others show their record, and the command that asks for
// the rest, so that thousands of old incidents do not cost a night.
const MaxIncidentFigures = 60

// MaxRecurrenceFigures bounds the recurrences that get figures of their own.
const MaxRecurrenceFigures = 60

// Plan says which queries Render wants answered for this site. It reads the
// facts of in, not its Figures. The order is fixed; equal facts give equal
// plans. Queries that this build does not have are left out.
func Plan(in Site) []FigureSpec {
	p := planner{site: &in, since: in.since(), until: in.AsOf.UTC()}
	p.index()
	p.quality()
	for _, r := range planRecurrences(&in) {
		p.recurrence(r)
	}
	for _, r := range planFollowers(&in) {
		p.occasions(r)
	}
	for _, i := range planIncidents(&in) {
		p.incident(i)
	}
	p.failureRates()
	changes := planChanges(&in)
	for _, c := range changes[:min(len(changes), MaxChangeFigures)] {
		p.change(c)
	}
	return p.specs
}

type planner struct {
	site         *Site
	since, until time.Time
	specs        []FigureSpec
}

// add plans a figure; params that the query does not declare are dropped, as
// the warehouse refuses names that a text does not use.
func (p *planner) add(key FigureKey, page, query, title string, chart Chart, params map[string]any) {
	q, err := queries.Load(query)
	if err != nil {
		return
	}
	used := map[string]any{}
	for _, d := range q.Params {
		if v, ok := params[d.Name]; ok {
			used[d.Name] = v
		}
	}
	p.specs = append(p.specs, FigureSpec{
		Key: key, Page: page, Query: query, Params: used, Title: title, Chart: chart,
	})
}

func (p *planner) index() {
	span := map[string]any{"since": p.since, "until": p.until}
	week := map[string]any{
		"since": p.since, "week": p.until.AddDate(0, 0, -7), "until": p.until,
	}
	const page = "index.html"
	p.add("index/findings", page, "ask/findings", "All findings of this night", ChartNone, nil)
	p.add("index/numbers", page, "ask/week_numbers", "The week in numbers", ChartNone, week)
	p.add("index/week", page, "ask/weekly_changes", "What changed this week", ChartNone, week)
	p.add("index/heat", page, "ask/error_profile", "Errors by hour and weekday", ChartHeat, span)
	p.add("index/days", page, "ask/errors_per_day", "Errors per day", ChartDays, span)
	loud := map[string]any{"since": p.until.AddDate(0, 0, -7), "until": p.until, "most": int64(topErrors)}
	p.add("index/errors", page, "ask/errors", "The loudest errors of the week", ChartNone, loud)
	p.add("index/changes", page, "ask/changes", "Changes", ChartNone, span)
	p.add("index/incidents", page, "ask/incidents", "Incidents", ChartSpread, nil)
	p.add("index/durations", page, "ask/incident_durations", "Time to resolve",
		ChartNone, map[string]any{"by": "quarter"})
	p.add("index/forecasts", page, "ask/forecasts", "Forecasts", ChartNone, nil)
	p.add("index/actions", page, "ask/open_actions", "Open actions", ChartNone,
		map[string]any{"until": p.until})
}

func (p *planner) quality() {
	span := map[string]any{"since": p.since, "until": p.until}
	const page = "quality.html"
	p.add("quality/coverage", page, "ask/coverage", "Hours read, by source and day", ChartStrip, span)
	p.add("quality/sources", page, "ask/sources", "How far each source reaches", ChartNone, nil)
	p.add("quality/rejects", page, "ask/rejects", "Refused records, by reason", ChartNone, nil)
	if p.site.scored() {
		p.add("quality/forecasts", page, "ask/forecast_scores", "Stated chances and what came of them", ChartNone, nil)
	}
	p.add("quality/inputs", page, "ask/inputs", "Inputs and their accounting", ChartNone, nil)
}

func (p *planner) recurrence(r schemas.Recurrence) {
	page := RecurrencePath(r.RecurrenceID)
	key := "recurrence/" + r.RecurrenceID + "/"
	params := map[string]any{"recurrence": r.RecurrenceID, "since": p.since, "until": p.until}
	p.occasions(r)
	p.add(FigureKey(key+"hours"), page, "ask/recurrence_hours", "Events per hour of the day", ChartHours, params)
	p.add(FigureKey(key+"samples"), page, "ask/recurrence_samples", "Sample lines", ChartNone, params)
	if hasRow(p.site.Causes, func(c schemas.Cause) bool { return c.SubjectID == r.RecurrenceID }) {
		p.add(FigureKey(key+"causes"), page, "ask/causes", "Candidate changes", ChartNone,
			map[string]any{"subject": r.RecurrenceID})
	}
}

func (p *planner) occasions(r schemas.Recurrence) {
	p.add(FigureKey("recurrence/"+r.RecurrenceID+"/days"), RecurrencePath(r.RecurrenceID), "ask/recurrence_days",
		"Occasions", ChartStarts, map[string]any{"recurrence": r.RecurrenceID})
}

// incident plans what can have an answer: no errors of hours that were not
// read, no cascade where none was judged.
func (p *planner) incident(i schemas.Incident) {
	page, id := IncidentPath(i.IncidentID), i.IncidentID
	key := "incident/" + id + "/"
	params := map[string]any{"incident": id, "since": p.since, "until": p.until}
	p.add(FigureKey(key+"timeline"), page, "ask/incident_timeline", "Timeline", ChartNone, params)
	if p.site.hasLogsOf(i) {
		p.add(FigureKey(key+"errors"), page, "ask/incident_errors", "Errors in the window", ChartNone, params)
		p.add(FigureKey(key+"minutes"), page, "ask/incident_minutes", "Errors per minute", ChartMinutes, params)
	}
	if hasRow(p.site.Cascades, func(c schemas.CascadeStep) bool { return c.IncidentID == id }) {
		p.add(FigureKey(key+"cascade"), page, "ask/cascades", "Order of failure", ChartNone, params)
	}
	if hasRow(p.site.Similar, func(x schemas.Similar) bool { return x.IncidentID == id }) {
		p.add(FigureKey(key+"similar"), page, "ask/similar", "Similar incidents", ChartNone, params)
	}
	if hasRow(p.site.Causes, func(c schemas.Cause) bool { return c.SubjectID == id }) {
		p.add(FigureKey(key+"causes"), page, "ask/causes", "Candidate changes", ChartNone, map[string]any{"subject": id})
	}
	p.silences(page, key, silencesOfIncident(p.site, id))
}

func hasRow[T any](rows []T, is func(T) bool) bool { return slices.ContainsFunc(rows, is) }

// hasLogsOf says whether the incident began in the span that was analysed.
func (s *Site) hasLogsOf(i schemas.Incident) bool {
	us := i.StartedTS
	if us == 0 || i.DetectedTS != 0 && i.DetectedTS < us {
		us = i.DetectedTS
	}
	t := schemas.Time(us)
	return us != 0 && !t.Before(s.since()) && t.Before(s.AsOf)
}

// planRecurrences are the recurrences that get figures: those that tell a
// story of their own, confirmed first, then by strength of evidence.
func planRecurrences(in *Site) []schemas.Recurrence {
	rs := slices.DeleteFunc(slices.Clone(in.Recurrences), isFollower)
	sortRecurrences(rs)
	return rs[:min(len(rs), MaxRecurrenceFigures)]
}

// planFollowers are the recurrences whose story another tells: they get their
// occasions only.
func planFollowers(in *Site) []schemas.Recurrence {
	rs := slices.DeleteFunc(slices.Clone(in.Recurrences), func(r schemas.Recurrence) bool { return !isFollower(r) })
	sortRecurrences(rs)
	return rs[:min(len(rs), MaxRecurrenceFigures)]
}

// planIncidents are the latest incidents up to MaxIncidentFigures.
func planIncidents(in *Site) []schemas.Incident {
	is := slices.Clone(in.Incidents)
	sortIncidents(is)
	return is[:min(len(is), MaxIncidentFigures)]
}

// sortIncidents puts the latest first; those without a start go last.
func sortIncidents(is []schemas.Incident) {
	sort.SliceStable(is, func(a, b int) bool {
		if x, y := is[a].StartedTS, is[b].StartedTS; x != y {
			return x > y
		}
		return is[a].IncidentID < is[b].IncidentID
	})
}

// statusOrder ranks the states of a recurrence for reading.
var statusOrder = map[string]int{"confirmed": 0, "candidate": 1, "tentative": 2, "diffuse": 3, "retired": 4}

// sortRecurrences puts confirmed ones first, then the least likely by chance.
func sortRecurrences(rs []schemas.Recurrence) {
	rank := func(r schemas.Recurrence) int {
		if n, ok := statusOrder[r.Status]; ok && r.IgnoredReason == "" {
			return n
		}
		return len(statusOrder)
	}
	sort.SliceStable(rs, func(a, b int) bool {
		x, y := rs[a], rs[b]
		if rank(x) != rank(y) {
			return rank(x) < rank(y)
		}
		if l, m := isFollower(x), isFollower(y); l != m {
			return m
		}
		if p, q := orOne(x.QValue), orOne(y.QValue); p != q {
			return p < q
		}
		return x.RecurrenceID < y.RecurrenceID
	})
}

// isFollower says that another recurrence of the family tells its story.
func isFollower(r schemas.Recurrence) bool { return r.IsLead != nil && !*r.IsLead }

// orOne is a p-value, 1 where it is unknown or not a number.
func orOne(p *float64) float64 {
	if p == nil || *p != *p {
		return 1
	}
	return *p
}
