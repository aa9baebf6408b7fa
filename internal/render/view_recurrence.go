package render

import (
	"fmt"
	"strconv"

	"almanac/schemas"
)

// recurrenceRow is a recurrence in a list.
type recurrenceRow struct {
	Link, Service, Label, Window, Hits, Expected, Status, Verdict, Next, What, Sentence string
	Ignored                                                                             string // until when and why it is not told
}

// ignoredText says why and until when a recurrence is not told; "" where it is.
func ignoredText(r schemas.Recurrence) string {
	if r.IgnoredReason == "" {
		return ""
	}
	return "ignored until " + r.IgnoredUntil + ": " + plain(r.IgnoredReason, 200)
}

func (f *facts) recurrenceRows(leadsOnly bool) []recurrenceRow {
	var out []recurrenceRow
	for _, r := range f.recurrences {
		if leadsOnly && (isFollower(r) || r.Status == "retired" || r.IgnoredReason != "") {
			continue
		}
		row := recurrenceRow{
			Link: RecurrencePath(r.RecurrenceID), Service: r.Service, Label: r.Label, Window: windowText(r),
			Status: r.Status, Verdict: r.Verdict, What: plain(subject(r), 90),
			Hits: hitsText(r), Sentence: r.Sentence,
		}
		if r.IgnoredReason != "" {
			row.Status, row.Ignored = "ignored", ignoredText(r)
		}
		if r.ExpectedShare != nil {
			row.Expected = percent(*r.ExpectedShare)
		}
		if r.NextDueTS != 0 {
			row.Next = schemas.Time(r.NextDueTS).In(f.zone).Format("Mon 2 Jan 15:04")
		}
		out = append(out, row)
	}
	return out
}

func windowText(r schemas.Recurrence) string {
	if r.WindowStart == "" {
		return ""
	}
	if r.WindowEnd == "" {
		return r.WindowStart
	}
	return r.WindowStart + "–" + r.WindowEnd
}

func hitsText(r schemas.Recurrence) string {
	if r.Hits == nil || r.Exposures == nil {
		return "–"
	}
	return fmt.Sprintf("%d of %d", *r.Hits, *r.Exposures)
}

type listView struct {
	Recurrences []recurrenceRow
	Incidents   []incidentRow
	All         int // incidents recorded, also those without a page
	Figures     []figure
}

func (v listView) hasCharts() bool { return false }

func (b *book) recurrencesView() listView {
	return listView{Recurrences: b.recurrenceRows(false)}
}

func (b *book) incidentsView() listView {
	return listView{Incidents: b.incidentRows(), All: len(b.incidents)}
}

// fact is one line of a definition list.
type fact struct{ Name, Text, ISO, Note string }

type recurrenceView struct {
	Title, ID, Status, Verdict, Sentence string
	Template                             string
	Facts                                []fact
	Why, Warnings                        []string
	Rate                                 *rate
	Occasions                            *strip
	Job                                  *jobTable
	Days, Hours, Starts, Samples, Causes figure
	Candidates                           []candidate
	Fixes                                []fixRow
	Due                                  []fact
	Family                               []recurrenceRow
	Lead                                 string // page of the recurrence that tells this story
	LeadText                             string
}

func (v recurrenceView) hasCharts() bool { return v.Hours.Option != nil || v.Starts.Option != nil }

// rate is the share of occasions hit with its interval, against chance, as
// positions on a bar of 0-400.
type rate struct {
	Low, High, Hit, Chance             int
	Text, HitText, ChanceText, RawText string
	HasChance                          bool
}

// jobTable sets days on which the job ran against days on which it did not.
type jobTable struct {
	Service, Template    string
	Runs, RunHits        string
	Skips, SkipHits, Lag string
}

type fixRow struct {
	When        stamp
	What, State string
	Sentence    string
	Warnings    []string
}

func (b *book) recurrenceView(r schemas.Recurrence) recurrenceView {
	f := b.facts
	key := func(s string) FigureKey { return FigureKey("recurrence/" + r.RecurrenceID + "/" + s) }
	v := recurrenceView{
		Title: plain(firstOf(r.Service+" "+r.Label, r.RecurrenceID), 80), ID: r.RecurrenceID,
		Status: r.Status, Verdict: r.Verdict, Sentence: r.Sentence,
		Template: subject(r), Why: lines(r.Why), Warnings: lines(r.Warnings),
		Rate: newRate(r), Occasions: f.occasions(r), Job: newJobTable(r),
		Days:  f.figure(key("days"), "occasions", "Occasions, day by day"),
		Hours: f.hours(r, key("hours")), Starts: f.starts(r, key("days")),
		Samples:    f.figure(key("samples"), "samples", "Sample lines"),
		Causes:     f.figure(key("causes"), "causes", "Candidate changes"),
		Candidates: f.candidates("recurrence", r.RecurrenceID),
	}
	if x := ignoredText(r); x != "" {
		v.Warnings = append([]string{x}, v.Warnings...)
	}
	v.Samples.Open, v.Samples.Bare = true, true
	v.Starts.Table, v.Starts.SQL = nil, "" // the occasions' table stands above
	v.Facts = f.recurrenceFacts(r)
	for _, x := range f.fixes[r.RecurrenceID] {
		v.Fixes = append(v.Fixes, fixRow{
			When: f.whenMicros(x.FixedTS), What: x.What, State: fixStateText(x),
			Sentence: x.Sentence, Warnings: lines(x.Warnings),
		})
	}
	for _, x := range f.forecasts {
		if x.RecurrenceID == r.RecurrenceID && len(v.Due) < 7 {
			s := f.whenMicros(x.DueTS)
			d := fact{Text: s.Text, ISO: s.ISO}
			if x.Probability != nil {
				d.Note = percent(*x.Probability) + " expected"
			}
			v.Due = append(v.Due, d)
		}
	}
	v.Family = f.family(r)
	if isFollower(r) {
		for _, o := range f.recurrences {
			if o.FamilyID == r.FamilyID && !isFollower(o) {
				v.Lead, v.LeadText = RecurrencePath(o.RecurrenceID), plain(o.Service+" "+o.Label+" "+windowText(o), 80)
				break
			}
		}
	}
	return v
}

// fixStateText is the state of a fix with what belongs to it: "partial: -20 %".
func fixStateText(x schemas.Fix) string {
	if x.State == "" {
		return "not judged yet"
	}
	if x.Detail == "" {
		return x.State
	}
	return x.State + ": " + plain(x.Detail, 80)
}

// family are the other recurrences of the same story.
func (f *facts) family(r schemas.Recurrence) []recurrenceRow {
	if r.FamilyID == "" {
		return nil
	}
	var out []recurrenceRow
	for _, o := range f.recurrences {
		if o.FamilyID == r.FamilyID && o.RecurrenceID != r.RecurrenceID && len(out) < 20 {
			out = append(out, recurrenceRow{
				Link: RecurrencePath(o.RecurrenceID), Service: o.Service,
				What: plain(subject(o), 90), Hits: hitsText(o), Window: windowText(o),
			})
		}
	}
	return out
}

func newRate(r schemas.Recurrence) *rate {
	if r.Hits == nil || r.Exposures == nil || *r.Exposures <= 0 {
		return nil
	}
	share := float64(*r.Hits) / float64(*r.Exposures)
	at := func(p float64) int { return int(min(max(p, 0), 1)*400 + 0.5) }
	v := &rate{Hit: at(share), Low: at(share), High: at(share), HitText: hitsText(r) + " occasions"}
	v.Text = "Hit on " + hitsText(r) + " occasions (" + percent(share) + ")"
	if r.Status == "diffuse" { // nothing is due: starts are counted
		v.HitText = hitsText(r) + " starts"
		v.Text = hitsText(r) + " starts lie in these hours (" + percent(share) + ")"
	}
	if r.HitLow != nil && r.HitHigh != nil {
		v.Low, v.High = at(*r.HitLow), at(*r.HitHigh)
		v.Text += ", 95 % interval " + percent(*r.HitLow) + " to " + percent(*r.HitHigh)
	}
	if r.ExpectedShare != nil {
		v.Chance, v.HasChance = at(*r.ExpectedShare), true
		v.ChanceText = "by chance " + percent(*r.ExpectedShare)
		v.Text += "; expected by chance " + percent(*r.ExpectedShare)
	}
	return v
}

func newJobTable(r schemas.Recurrence) *jobTable {
	if r.JobService == "" && r.JobTemplate == "" {
		return nil
	}
	j := &jobTable{Service: r.JobService, Template: r.JobTemplate}
	num := func(p *int64) string {
		if p == nil {
			return "–"
		}
		return strconv.FormatInt(*p, 10)
	}
	j.Runs, j.RunHits, j.Skips, j.SkipHits = num(r.JobRuns), num(r.JobRunHits), num(r.JobSkips), num(r.JobSkipHits)
	if r.JobLagS != nil {
		j.Lag = duration(*r.JobLagS) + " after its start (median)"
		if lag := *r.JobLagS; lag > -1 && lag < 1 {
			j.Lag = "within a second of its start (median)"
		} else if lag < 0 {
			j.Lag = duration(-lag) + " before its start (median)"
		}
	}
	return j
}

func (f *facts) recurrenceFacts(r schemas.Recurrence) []fact {
	var out []fact
	add := func(name, text, note string) {
		if text != "" {
			out = append(out, fact{Name: name, Text: text, Note: note})
		}
	}
	stampFact := func(name string, us int64) {
		if us != 0 {
			s := f.whenMicros(us)
			out = append(out, fact{Name: name, Text: s.Text, ISO: s.ISO})
		}
	}
	add("Subject", words(r.SubjectKind), r.SubjectID)
	add("Service", r.Service, "")
	add("When", firstOf(r.Label+" "+windowText(r)), r.Zone)
	add("Frame", r.Frame, "")
	add("Cron line", r.Cron, "")
	add("Errs first", r.FirstService, "")
	add("Also seen in", r.SeenIn, "")
	stampFact("Next due", r.NextDueTS)
	stampFact("Since", r.SinceTS)
	stampFact("Until", r.UntilTS)
	stampFact("First hit", r.FirstTS)
	stampFact("Last hit", r.LastTS)
	if r.Lift != nil {
		add("Lift", strconv.FormatFloat(*r.Lift, 'f', 1, 64)+" times chance", "")
	}
	if r.QValue != nil {
		note := ""
		if r.Tests != nil {
			note = "over " + count(*r.Tests) + " subjects searched this night"
		}
		add("q-value", strconv.FormatFloat(*r.QValue, 'g', 2, 64), note)
	}
	if r.JitterS != nil {
		add("Start varies by", duration(*r.JitterS), "1.4826 × median absolute deviation")
	}
	if r.DurationS != nil {
		add("Lasts", duration(*r.DurationS), "median")
	}
	return out
}
