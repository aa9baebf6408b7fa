package render

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"almanac/schemas"
)

// incidentRow is an incident in a list.
type incidentRow struct {
	Link, ID, Title, Severity, Services, Started, StartedISO, Detect, Resolve string
	Open                                                                      bool
}

// openAtMost is how long an incident without an end counts as open; a record
// that is older lacks its end ($open_s of ask/week_numbers).
const openAtMost = 28 * 24 * time.Hour

// MaxIncidentPages bounds the pages of single incidents to the latest ones,
// with those that a finding is about and those that resemble a recent one. A
// history of tens of thousands is asked with ask/incidents.
const MaxIncidentPages = 1000

// pageIncidents chooses the incidents that get a page.
func (f *facts) pageIncidents() {
	f.hasPage = map[string]bool{}
	for _, i := range f.incidents[:min(len(f.incidents), MaxIncidentPages)] {
		f.hasPage[i.IncidentID] = true
	}
	for _, x := range f.findings {
		f.hasPage[x.SubjectID] = true
	}
	for _, o := range f.site.Onsets {
		f.hasPage[o.IncidentID] = true
	}
	for _, i := range f.incidents[:min(len(f.incidents), MaxIncidentFigures)] {
		for _, s := range f.similar[i.IncidentID] {
			f.hasPage[s.OtherID] = true
		}
	}
	for _, i := range f.incidents {
		if f.hasPage[i.IncidentID] {
			f.paged = append(f.paged, i)
		}
	}
}

// incidentLink is the page of a recorded incident, empty where it has none.
func (f *facts) incidentLink(id string) string {
	if _, known := f.incident[id]; !known || !f.hasPage[id] {
		return ""
	}
	return IncidentPath(id)
}

// incidentRows lists the incidents that have a page.
func (f *facts) incidentRows() []incidentRow {
	out := make([]incidentRow, 0, len(f.paged))
	for _, i := range f.paged {
		row := incidentRow{
			Link: IncidentPath(i.IncidentID), ID: i.IncidentID, Title: plain(firstOf(i.Title, i.IncidentID), 140),
			Severity: i.Severity, Services: plain(strings.Join(f.servicesOf(i), ", "), 80),
			Detect: between(i.StartedTS, i.DetectedTS), Resolve: between(i.StartedTS, i.ResolvedTS),
			Started: "not recorded",
		}
		if i.StartedTS != 0 {
			t := schemas.Time(i.StartedTS)
			row.Started, row.StartedISO = t.In(f.zone).Format("Mon 2 Jan 2006 15:04"), t.Format("2006-01-02T15:04:05Z")
		}
		row.Open = i.ResolvedTS == 0 && i.StatedDurationS == nil && f.site.AsOf.Sub(schemas.Time(i.StartedTS)) <= openAtMost
		if row.Resolve == "" && i.StatedDurationS != nil {
			row.Resolve = duration(float64(*i.StatedDurationS)) + " (stated)"
		}
		out = append(out, row)
	}
	return out
}

func (f *facts) servicesOf(i schemas.Incident) []string {
	list := f.services[i.IncidentID]
	if i.Service != "" && !slices.Contains(list, i.Service) {
		list = append([]string{i.Service}, list...)
	}
	return list
}

type incidentView struct {
	Title, ID, Severity, Services, Where string
	Span                                 string
	Findings                             []headline
	Facts                                []fact
	Gaps                                 []tile
	Missing, Warnings                    []string
	Diagram                              *diagram
	Cascade, Errors, Minutes, Timeline   figure
	Events                               []timelineRow
	CausesFig, SimilarFig                figure
	Candidates                           []candidate
	Similar                              []similarRow
	Actions                              []actionRow
	Cause, Trigger, Category             string
	Body                                 string
	Silences                             []figure // of what fell silent before it
	Planned, Logs                        bool     // has figures; lies in the analysed span
	Deep                                 *dossierView
	Short                                []shortRow
}

func (v incidentView) hasCharts() bool { return v.Minutes.Option != nil || len(v.Silences) > 0 }

type timelineRow struct {
	When              stamp
	Since, Kind, Text string
	Source            string
}

type candidate struct {
	Label, Title, Kind, Service, When, Lag, Probability, Coincidence, Reason string
	Link                                                                     string // from a page in a folder
	None                                                                     bool
	Warnings                                                                 []string
}

type similarRow struct {
	Link, Title, Score, Shared, Different, Done, Held string
}

func (b *book) incidentView(i schemas.Incident) incidentView {
	f := b.facts
	key := func(s string) FigureKey { return FigureKey("incident/" + i.IncidentID + "/" + s) }
	v := incidentView{
		Title: plain(firstOf(i.Title, i.IncidentID), 160), ID: i.IncidentID,
		Severity: i.Severity, Services: strings.Join(f.servicesOf(i), ", "),
		Span: f.clockRange(i.StartedTS, i.ResolvedTS), Warnings: lines(i.Warning),
		Where: provenance(i.Source, i.File, i.Line),
		Cause: i.RootCause, Trigger: i.Trigger, Category: i.Category, Body: cut(i.Body, 20000),
		Gaps: f.gaps(i), Missing: missing(i), Facts: f.incidentFacts(i),
		Candidates: f.candidates("incident", i.IncidentID),
		Planned:    f.isPlanned(i), Logs: f.site.hasLogsOf(i),
	}
	if i.StartedTS > schemas.Micros(f.site.AsOf) {
		v.Warnings = append(v.Warnings, "The incident lies in the future of this analysis: there are no logs of it yet.")
	}
	for _, x := range f.findings {
		if x.SubjectID == i.IncidentID && x.SubjectKind == "incident" || f.isOnsetOf(x, i.IncidentID) {
			h := f.headline(x)
			h.Link = ""
			v.Findings = append(v.Findings, h)
		}
	}
	if v.Deep = f.dossier(i.IncidentID); v.Deep != nil {
		v.Deep.beside(v.Gaps, f.site.Dossiers[i.IncidentID].Gaps)
	}
	var suspects []string
	if v.Deep != nil {
		suspects = f.site.Dossiers[i.IncidentID].Suspects
	}
	v.Diagram = f.cascadeDiagram(f.cascade[i.IncidentID], suspects)
	v.Cascade = f.figure(key("cascade"), "cascade", "Order of failure")
	v.Errors = f.figure(key("errors"), "errors", "Errors in the window, the first one first")
	v.Errors.Open = v.Deep == nil || len(v.Deep.Errors) == 0
	v.Errors.pick("first_ts", "first seen", "service", "service", "level", "level",
		"template", "message", "event_count", "events", "expected", "expected", "last_ts", "last seen")
	v.Minutes = f.minutes(i, key("minutes"))
	if v.Errors.Table == nil && v.Errors.SQL != "" {
		v.Errors.Empty = "No warning or error of these minutes is in the lake."
	}
	v.Timeline = f.figure(key("timeline"), "timeline", "Timeline")
	v.CausesFig = f.figure(key("causes"), "causes", "Candidate changes")
	v.Silences = f.silenceFigures("incident/"+i.IncidentID+"/", silencesOfIncident(f.site, i.IncidentID))
	v.SimilarFig = f.figure(key("similar"), "similar", "Similar incidents")
	v.Events = f.events(i, v.Timeline)
	v.Similar = f.similarRows(i.IncidentID)
	v.Short = f.short(i, &v)
	for _, a := range f.actions[i.IncidentID] {
		v.Actions = append(v.Actions, actionRow{
			Text: a.Text, Owner: a.Owner, Kind: a.Kind, Due: f.day(a.DueTS), Late: firstOf(a.Status, "not stated"),
			Condition: a.SuccessCondition,
			Overdue:   a.Status != "done" && a.DueTS != 0 && a.DueTS < schemas.Micros(f.site.AsOf),
		})
	}
	return v
}

// isPlanned says whether the incident is among those that Plan asks for.
func (f *facts) isPlanned(i schemas.Incident) bool {
	n := min(len(f.incidents), MaxIncidentFigures)
	return slices.ContainsFunc(f.incidents[:n], func(x schemas.Incident) bool { return x.IncidentID == i.IncidentID })
}

func (f *facts) isOnsetOf(x schemas.Finding, incident string) bool {
	for _, o := range f.site.Onsets {
		if o.OnsetID == x.FindingID {
			return o.IncidentID == incident
		}
	}
	return false
}

func provenance(source, file string, line int64) string {
	if file == "" {
		return source
	}
	text := file
	if line > 0 {
		text += fmt.Sprintf(":%d", line)
	}
	if source != "" {
		text += " (source " + source + ")"
	}
	return text
}

// gaps are the computed times of an incident; "–" is not recorded, never 0.
func (f *facts) gaps(i schemas.Incident) []tile {
	start, alert := i.StartedTS, i.DetectedTS
	label := "detection gap, start to alert"
	if first, where := firstVisible(f.cascade[i.IncidentID]); first != 0 && alert > first {
		start, label = first, "detection gap, first error "+where+"to alert"
	}
	out := []tile{{Label: label, Value: between(start, alert)}}
	out = append(out,
		tile{Label: "alert to acknowledgement", Value: between(alert, i.AcknowledgedTS)},
		tile{Label: "start to mitigation", Value: between(i.StartedTS, i.MitigatedTS)},
		tile{Label: "start to resolution", Value: between(i.StartedTS, i.ResolvedTS)},
	)
	stated := []*int64{i.StatedDetectS, nil, i.StatedRecoverS, i.StatedDurationS}
	for k := range out {
		if out[k].Value == "" {
			out[k].Value = "–"
		}
		if stated[k] != nil {
			out[k].Before = "stated: " + duration(float64(*stated[k]))
		}
	}
	return out
}

// firstVisible is when errors left the root of a cascade: from then on others
// felt it. A cascade of one service counts from its own first error.
func firstVisible(steps []schemas.CascadeStep) (us int64, where string) {
	switch len(steps) {
	case 0:
		return 0, ""
	case 1:
		return steps[0].OnsetTS, ""
	}
	return steps[1].OnsetTS, "outside " + plain(steps[0].Service, 30) + " "
}

// missing says which stamps the record lacks.
func missing(i schemas.Incident) []string {
	var out []string
	for _, x := range []struct {
		us   int64
		name string
	}{
		{i.StartedTS, "a start"}, {i.DetectedTS, "a detection time"}, {i.ResolvedTS, "a resolution time"},
	} {
		if x.us == 0 {
			out = append(out, x.name)
		}
	}
	if i.Service == "" {
		out = append(out, "a service")
	}
	return out
}

func (f *facts) incidentFacts(i schemas.Incident) []fact {
	var out []fact
	for _, x := range []struct {
		name string
		us   int64
	}{
		{"Started", i.StartedTS}, {"Detected", i.DetectedTS}, {"Acknowledged", i.AcknowledgedTS},
		{"Mitigated", i.MitigatedTS}, {"Resolved", i.ResolvedTS},
	} {
		if x.us != 0 {
			s := f.whenMicros(x.us)
			out = append(out, fact{Name: x.name, Text: s.Text, ISO: s.ISO})
		}
	}
	add := func(name, text string) {
		if text != "" {
			out = append(out, fact{Name: name, Text: text})
		}
	}
	add("Severity as written", i.SeverityRaw)
	add("Category", i.Category)
	add("Trigger", i.Trigger)
	add("Root cause, as recorded", cut(i.RootCause, 2000))
	add("Address", i.URL)
	add("Record", provenance(i.Source, i.File, i.Line))
	return out
}

// events are the timeline of the query where there is one, else the record's.
func (f *facts) events(i schemas.Incident, fig figure) []timelineRow {
	var out []timelineRow
	since := func(us int64) string {
		if us == 0 || i.StartedTS == 0 {
			return ""
		}
		if us < i.StartedTS {
			return duration(float64(us-i.StartedTS) / 1e6)
		}
		return "+" + between(i.StartedTS, us)
	}
	if fig.Table == nil {
		for _, e := range f.timeline[i.IncidentID] {
			out = append(out, timelineRow{f.sameDay(e.TS, i.StartedTS), since(e.TS), firstOf(e.Status, "entry"), e.Text, "record"})
		}
		return out
	}
	t := f.site.Figures[FigureKey("incident/"+i.IncidentID+"/timeline")]
	r := readRows(t)
	for k := range t.Rows {
		if k == maxTableRows {
			break
		}
		us := schemas.Micros(r.time(k, "ts"))
		out = append(out, timelineRow{
			f.sameDay(us, i.StartedTS), since(us), r.text(k, "kind"), cut(r.text(k, "what"), 600), r.text(k, "source"),
		})
	}
	return out
}

// sameDay is the wall clock alone for an instant of the incident's first local
// day, the full stamp for another.
func (f *facts) sameDay(us, start int64) stamp {
	s := f.whenMicros(us)
	if us != 0 && start != 0 && f.day(us) == f.day(start) {
		s.Text = f.clock(us)
	}
	return s
}

func (f *facts) candidates(kind, id string) []candidate {
	var out []candidate
	for _, c := range f.causes[[2]string{kind, id}] {
		if len(out) == 8 {
			break
		}
		x := candidate{Label: c.Label, Reason: c.Reason, Warnings: lines(c.Warnings), None: c.ChangeID == ""}
		if ch, ok := f.change[c.ChangeID]; ok {
			x.Title, x.Kind, x.Service = plain(firstOf(ch.Title, ch.Version, ch.ChangeID), 140), ch.Kind, ch.Service
			x.When = f.whenMicros(ch.StartedTS).Text
			if l := f.changeLink(c.ChangeID); l != "" {
				x.Link = "../" + l
			}
		} else {
			x.Title = c.ChangeID
		}
		if c.LagS != nil {
			x.Lag = duration(*c.LagS) + " before"
		}
		if x.None {
			const none = "No recorded change stands out"
			x.Title, x.Label, x.Reason = none+": "+c.Reason, "", ""
			if c.Reason == "" || strings.HasPrefix(c.Reason, none) {
				x.Title = firstOf(c.Reason, none+".")
			}
		}
		if c.Probability != nil && !x.None {
			x.Probability = percent(*c.Probability)
		}
		if c.CoincidenceShare != nil {
			x.Coincidence = percent(*c.CoincidenceShare)
		}
		out = append(out, x)
	}
	return out
}

func (f *facts) similarRows(id string) []similarRow {
	var out []similarRow
	for _, s := range f.similar[id] {
		if len(out) == 5 {
			break
		}
		row := similarRow{Title: s.OtherID, Shared: s.Shared, Different: s.Different, Done: s.Done, Held: s.Held}
		if o, ok := f.incident[s.OtherID]; ok {
			row.Link = f.incidentLink(s.OtherID)
			row.Title = plain(firstOf(o.Title, o.IncidentID), 140)
			if o.StartedTS != 0 {
				row.Title += ", " + schemas.Time(o.StartedTS).In(f.zone).Format("2 Jan 2006")
			}
		}
		if s.Score != nil {
			row.Score = percent(*s.Score) + " alike"
		}
		out = append(out, row)
	}
	return out
}
