package finding

import (
	"fmt"
	"sort"
	"time"

	"almanac/schemas"
)

// DossierInput is everything BuildDossier needs. ID "" is a window without a
// record: From and Until say it.
type DossierInput struct {
	Incident    schemas.Incident // zero without a record
	Services    []string
	From, Until time.Time // window of the errors; zero: no time is known
	Now         time.Time
	Zone        *time.Location
	Cascade     Cascade
	Graph       Graph
	Errors      []WindowErrorRow
	Minutes     []WindowMinuteRow // from trendBefore before the window until past it
	Slots       []WindowSlotRow
	TrendFrom   time.Time
	TrendUntil  time.Time
	Gauges      [2][]WindowGaugeRow // before the failure, and a week before
	Metrics     [2][]WindowMetricRow
	Jobs        []WindowJobRow
	History     []WindowHistoryRow
	LogSince    time.Time
	Changes     []ChangeRow
	Incidents   []IncidentRow
	Stamps      []IncidentStamps // of all incidents
	Events      []schemas.IncidentEvent
	Actions     []schemas.Action
	Causes      []schemas.Cause
	Similar     []schemas.Similar
	Shapes      []CascadeShape
	Notes       []string // of the window
}

// DossierWindow is the window of errors of a record and what is odd about it:
// from half an hour before the start, which is often the time of the alert,
// to the stated end, at most six hours; an hour without an end.
func DossierWindow(i IncidentRow, all []IncidentRow, now time.Time) (from, until time.Time, notes []string) {
	const lead, open, longest = 30 * time.Minute, time.Hour, 6 * time.Hour
	at := incidentStart(i)
	if at.IsZero() {
		return from, until, []string{"The record states neither a start nor a detection time: no logs can be looked at."}
	}
	if !now.IsZero() && at.After(now) {
		notes = append(notes, "The incident lies in the future of this analysis: there are no logs of it yet.")
	}
	until = i.ResolvedTS
	switch {
	case until.IsZero():
		until = at.Add(open)
		notes = append(notes, "The record states no resolution: the hour after the start is looked at.")
	case until.Before(at):
		until = at.Add(open)
		notes = append(notes, "The record states a resolution before the start: the hour after the start is looked at.")
	case until.Sub(at) > longest:
		notes = append(notes, fmt.Sprintf("The incident lasted %s: only its first six hours are looked at.", spell(until.Sub(at))))
		until = at.Add(longest)
	}
	if i.DetectedTS.IsZero() {
		notes = append(notes, "The record states no detection time: no detection gap can be told.")
	}
	if i.Service == "" {
		notes = append(notes, "The record names no service.")
	}
	var over []string
	for _, o := range all {
		t := incidentStart(o)
		if o.IncidentID == i.IncidentID || t.IsZero() {
			continue
		}
		end := o.ResolvedTS
		if end.Before(t) {
			end = t
		}
		if t.Before(until) && end.After(at) {
			over = append(over, clip(o.IncidentID, 40))
		}
	}
	sort.Strings(over)
	if n := len(over); n > 0 {
		if n > 5 {
			over = append(over[:5], fmt.Sprintf("%d more", n-5))
		}
		notes = append(notes, "It overlaps with "+joinWords(over)+": errors of both are in the window.")
	}
	// Rollups are by the minute: a window that cut one would count it twice.
	return at.Add(-lead).Truncate(time.Minute), until, notes
}

func joinWords(list []string) string {
	switch len(list) {
	case 0:
		return ""
	case 1:
		return list[0]
	}
	out := list[0]
	for _, s := range list[1 : len(list)-1] {
		out += ", " + s
	}
	return out + " and " + list[len(list)-1]
}

// BuildDossier joins what the judges said of one incident.
func BuildDossier(in DossierInput) schemas.Dossier {
	i := in.Incident
	d := schemas.Dossier{
		Incident: schemas.DossierHead{ID: i.IncidentID, Title: i.Title, Severity: i.Severity, Services: sortedSet(in.Services),
			From: in.From.UTC(), Until: in.Until.UTC(), Started: schemas.Time(i.StartedTS), Detected: schemas.Time(i.DetectedTS),
			Acknowledged: schemas.Time(i.AcknowledgedTS), Mitigated: schemas.Time(i.MitigatedTS), Resolved: schemas.Time(i.ResolvedTS),
			RootCause: i.RootCause, Trigger: i.Trigger, Source: i.File},
		Missing: append([]string{}, in.Notes...), ErrorTable: []schemas.DossierLine{}, Cascade: []schemas.DossierStep{},
		Verdict: CascadeNoEvidence, Notes: append([]string{}, in.Cascade.Notes...), Suspects: append([]string{}, in.Cascade.Suspects...),
		Timeline: []schemas.DossierMoment{}, Trend: []schemas.DossierTrend{}, Alerts: []schemas.DossierAlert{}, Causes: []schemas.DossierCause{},
		Similar: []schemas.DossierSimilar{}, Actions: []schemas.DossierAction{}, Tree: []schemas.DossierNode{}, Queries: []schemas.DossierQuestion{},
		State: schemas.DossierState{Versions: []schemas.DossierVersion{}, Changes: []schemas.DossierChange{}, Jobs: []schemas.DossierJob{}, Gauges: []schemas.DossierGauge{}},
	}
	if i.IncidentID != "" {
		d.Incident.SQL = printed("ask/incident", map[string]any{"incident": i.IncidentID})
	}
	switch in.Cascade.Verdict {
	case CascadeRoot, CascadeUncertain:
		d.Verdict = in.Cascade.Verdict
	}
	d.Sentence = in.Cascade.Sentence
	in.causes(&d)
	in.similar(&d)
	for _, a := range in.Actions {
		d.Actions = append(d.Actions, schemas.DossierAction{Kind: a.Kind, Text: a.Text, Owner: a.Owner, Due: schemas.Time(a.DueTS), Done: schemas.Time(a.DoneTS), Status: a.Status, Condition: a.SuccessCondition})
	}
	open := in.Now
	if i.IncidentID == "" {
		open = time.Time{} // nobody said that it was one: nothing is waited for
	}
	d.Gaps = IncidentGaps(stampsOf(i), in.Cascade.Visible, in.visibleOutside(), in.Stamps, open)
	if in.From.IsZero() {
		in.timeline(&d)
		return d
	}
	if len(in.Slots) == 0 && len(in.Errors) == 0 {
		d.Missing = append(d.Missing, "No logs of these hours are in the lake: neither errors nor their absence can be told.")
	} else if len(in.Errors) == 0 {
		d.Missing = append(d.Missing, "Logs of these hours are in the lake, but no warning or error.")
	}
	d.ErrorTable = append(d.ErrorTable, ErrorTable(in.Errors, in.Cascade.Rises)...)
	in.cascade(&d)
	in.trend(&d)
	in.state(&d)
	in.timeline(&d)
	templates := map[string]string{}
	for _, e := range in.Errors {
		templates[e.SignatureID] = e.Template
	}
	d.Alerts = BacktestAlerts(AlertInput{Rows: in.History, Templates: templates, Since: in.LogSince, Until: in.Now,
		Onset: in.Cascade.Onset, End: in.Until, Alert: schemas.Time(i.DetectedTS), Incidents: in.Incidents})
	in.questions(&d)
	d.Tree = append(d.Tree, rootCauseTree(d, in)...)
	return d
}

func stampsOf(i schemas.Incident) IncidentStamps {
	return IncidentStamps{Started: schemas.Time(i.StartedTS), Detected: schemas.Time(i.DetectedTS), Acknowledged: schemas.Time(i.AcknowledgedTS),
		Mitigated: schemas.Time(i.MitigatedTS), Resolved: schemas.Time(i.ResolvedTS),
		StatedDetectS: i.StatedDetectS, StatedRecoverS: i.StatedRecoverS, StatedDurationS: i.StatedDurationS}
}

// StampsOf takes the stamps of every record, for IncidentGaps.
func StampsOf(all []schemas.Incident) []IncidentStamps {
	out := make([]IncidentStamps, 0, len(all))
	for _, i := range all {
		out = append(out, stampsOf(i))
	}
	return out
}

func (in *DossierInput) visibleOutside() string {
	if len(in.Cascade.Steps) > 1 {
		return in.Cascade.Steps[0].Service
	}
	return ""
}

func (in *DossierInput) cascade(d *schemas.Dossier) {
	var order []string
	for _, s := range in.Cascade.Steps {
		order = append(order, s.Service)
		x := schemas.DossierStep{Service: s.Service, Rank: s.Rank, Onset: schemas.Time(s.OnsetTS), Earliest: schemas.Time(s.EarliestTS),
			Last: schemas.Time(s.LastTS), ExplainedBy: s.ExplainedBy, Evidence: s.Evidence, SignatureID: s.SignatureID, Template: s.Template}
		x.Certain = s.IsCertain != nil && *s.IsCertain
		if s.Count != nil {
			x.Count = *s.Count
		}
		d.Cascade = append(d.Cascade, x)
	}
	for _, s := range in.Shapes {
		others := 0
		for _, id := range s.Incidents {
			if id != in.Incident.IncidentID {
				others++
			}
		}
		if others == 0 || !sameShape(s.Services, order) {
			continue
		}
		list := s.Incidents
		if len(list) > 6 {
			list = list[:6]
		}
		d.Shape = fmt.Sprintf("%s: this order of failure in %s (%s)", s.Name, count(len(s.Incidents), "incident"), joinWords(list))
	}
}

func sameShape(a, b []string) bool {
	if len(a) == 0 || len(a) != len(b) || a[0] != b[0] {
		return false
	}
	set := nameSet(a)
	for _, s := range b {
		if !set[s] {
			return false
		}
	}
	return true
}

func (in *DossierInput) trend(d *schemas.Dossier) {
	onset := in.Cascade.Onset
	if onset.IsZero() {
		onset = in.From.Add(30 * time.Minute)
	}
	list := trendServices(in.Minutes)
	if len(list) != 1 {
		list = append([]string{""}, list...)
	}
	if len(in.Minutes) == 0 {
		return // no error at all: a chart would be empty
	}
	for _, s := range list {
		if len(d.Trend) == 13 {
			d.Missing = append(d.Missing, "The course per minute is given for twelve services only.")
			break
		}
		d.Trend = append(d.Trend, Trend(s, TrendMinutes(s, in.Minutes, in.Slots, in.TrendFrom, in.TrendUntil), onset))
	}
}

func (in *DossierInput) state(d *schemas.Dossier) {
	at := in.Cascade.Onset
	if at.IsZero() {
		at = in.From.Add(30 * time.Minute)
	}
	d.State.At = at.UTC()
	versions, last := StateBefore(in.Changes, at, 5)
	d.State.Versions = append(d.State.Versions, versions...)
	d.State.Changes = append(d.State.Changes, last...)
	for _, j := range in.Jobs {
		d.State.Jobs = append(d.State.Jobs, schemas.DossierJob{Service: j.Service, Text: clip(j.Template, 160), TS: j.TS.UTC()})
	}
	gauges := append(GaugesAt(in.Gauges[0], in.Gauges[1]), MetricsAt(in.Metrics[0], in.Metrics[1])...)
	sortGauges(gauges)
	d.State.Gauges = append(d.State.Gauges, gauges[:min(len(gauges), 40)]...)
}

func (in *DossierInput) causes(d *schemas.Dossier) {
	about := map[string]ChangeRow{}
	for _, c := range in.Changes {
		about[c.ChangeID] = c
	}
	for _, c := range in.Causes {
		x := schemas.DossierCause{ChangeID: c.ChangeID, Rank: c.Rank, Label: c.Label, Probability: c.Probability, LagS: c.LagS, Reason: c.Reason, Warnings: c.Warnings}
		if h, ok := about[c.ChangeID]; ok && c.ChangeID != "" {
			x.Kind, x.Service, x.Title, x.TS = h.Kind, h.Service, changeTitle(h), h.StartedTS.UTC()
		}
		d.Causes = append(d.Causes, x)
	}
	sort.SliceStable(d.Causes, func(a, b int) bool { return d.Causes[a].Rank < d.Causes[b].Rank })
}

func (in *DossierInput) similar(d *schemas.Dossier) {
	about := map[string]IncidentRow{}
	for _, i := range in.Incidents {
		about[i.IncidentID] = i
	}
	for _, s := range in.Similar {
		o := about[s.OtherID]
		d.Similar = append(d.Similar, schemas.DossierSimilar{IncidentID: s.OtherID, Title: o.Title, Started: o.StartedTS.UTC(), Score: s.Score,
			Shared: s.Shared, Different: s.Different, Done: s.Done, Held: s.Held})
	}
}
