package finding

import (
	"fmt"
	"math"
	"sort"
	"strings"
	"time"

	"almanac/internal/stat"
	"almanac/schemas"
)

// alignedTolerance is the doubt about an order when all clocks agree; with a
// skew of sigma between two clocks it is 2 sqrt2 sigma + 5 s.
// statistics.md part D, as is explainWithin: how much later than its caller
// a service may rise and still explain it.
const (
	alignedTolerance = 5 * time.Second
	explainWithin    = 180 * time.Second
)

// Cascades orders, for each incident that started in [Since, Until), the
// services by when their errors began to rise above their own week. A service
// is explained by one it calls that rose before; unexplained ones come first.
// Without a graph only time decides, which unrelated blips can win.
func Cascades(in CascadeInput) CascadeResult {
	w := newCascadeWork(in)
	var res CascadeResult
	for _, i := range w.incidents {
		if i.at.Before(in.Since) || !i.at.Before(in.Until) {
			continue
		}
		c := w.judge(i)
		res.Cascades = append(res.Cascades, c)
		if len(c.Steps) > 0 {
			res.Findings = append(res.Findings, w.finding(i, c))
		}
	}
	sort.SliceStable(res.Cascades, func(a, b int) bool { return res.Cascades[a].IncidentID < res.Cascades[b].IncidentID })
	sort.SliceStable(res.Findings, func(a, b int) bool { return res.Findings[a].FirstTS > res.Findings[b].FirstTS })
	res.Warnings = w.warnings
	return res
}

type cascadeWork struct {
	in        CascadeInput
	incidents []incidentRec
	warnings  []string
	events    map[string][]CascadeEventRow
	base      map[string]map[onsetKey]CascadeBaselineRow
	about     map[onsetKey]SignatureRow
	doubt     time.Duration // between any two clocks, as stated
	clocks    Clocks        // of the incident at hand
	demand    map[string]float64
}

func newCascadeWork(in CascadeInput) *cascadeWork {
	w := &cascadeWork{in: in, events: map[string][]CascadeEventRow{}, base: map[string]map[onsetKey]CascadeBaselineRow{},
		about: map[onsetKey]SignatureRow{}}
	d := &doubts{}
	w.incidents = readIncidents(Records{Incidents: in.Incidents, Services: in.Services}, time.Time{}, d)
	w.warnings = d.sentences()
	for _, e := range in.Events {
		w.events[e.IncidentID] = append(w.events[e.IncidentID], e)
	}
	for _, b := range in.Baseline {
		m := w.base[b.IncidentID]
		if m == nil {
			m = map[onsetKey]CascadeBaselineRow{}
			w.base[b.IncidentID] = m
		}
		m[onsetKey{b.Service, b.SignatureID}] = b
	}
	for _, g := range in.Signatures {
		w.about[onsetKey{g.Service, g.SignatureID}] = g
	}
	if in.Skew > 0 {
		w.doubt = time.Duration(2 * math.Sqrt2 * float64(in.Skew))
	}
	w.doubt = max(w.doubt, in.MaxSkew)
	return w
}

// tolerance is the doubt about the order of two services after their clocks
// were set right as far as they are known.
func (w *cascadeWork) tolerance(a, b string) time.Duration {
	return alignedTolerance + max(w.doubt, w.clocks.unknown(a, b))
}

// apart is by how much the clocks of two services may differ.
func (w *cascadeWork) apart(a, b string) time.Duration {
	return max(w.doubt, w.clocks.apart(a, b))
}

// alarm is a signature of a service that rose.
type alarm struct {
	key      onsetKey
	onset    time.Time
	earliest time.Time
	last     time.Time
	count    int64
	base     float64 // per minute
	rate     float64 // per minute while rising
	score    float64
	isNew    bool // not seen in the week before
}

// judge orders one incident.
func (w *cascadeWork) judge(i incidentRec) Cascade {
	c := Cascade{IncidentID: i.IncidentID, Alert: i.DetectedTS}
	events := w.events[i.IncidentID]
	w.demand = nil
	alarms := w.alarms(i, events)
	if len(alarms) > 0 && w.in.Demand != nil {
		w.demand = demandOf(w.in.Demand(i.IncidentID), events)
		alarms = w.alarms(i, events)
	}
	inside := traceOrders(w.setRight(i.IncidentID, alarms, events))
	services := w.withFlows(i.IncidentID, firstOfService(alarms), inside)
	if len(services) == 0 {
		c.Verdict, c.Sentence = w.nothing(i.IncidentID, len(events))
		return c
	}
	c.Suspects = w.suspects(services)
	c.Steps = w.steps(i, services, inside)
	for _, a := range alarms {
		c.Rises = append(c.Rises, Rise{Service: a.key.service, SignatureID: a.key.signature, Onset: a.onset, IsNew: a.isNew})
		if a.isNew {
			c.New = append(c.New, a.key.signature)
		}
	}
	sort.Strings(c.New)
	c.Onset, c.Visible = beginning(services)
	if !c.Alert.IsZero() && c.Alert.After(c.Visible) {
		c.Gap = c.Alert.Sub(c.Visible)
	}
	c.Verdict = CascadeRoot
	if len(services) > 1 && !*c.Steps[1].IsCertain {
		c.Verdict = CascadeUncertain
	}
	c.Notes = append(c.Notes, w.clockNotes(services)...)
	if w.in.Graph.Source == "" && len(inside) == 0 && len(services) > 1 {
		c.Notes = append(c.Notes, "order by time only: no service graph is known")
	}
	c.Sentence = w.sentence(services, c)
	return c
}

// setRight measures the clocks around an incident, where more than one service
// rose or none did, and takes from all times what a clock was ahead.
func (w *cascadeWork) setRight(incident string, alarms []alarm, events []CascadeEventRow) []CascadeEventRow {
	w.clocks = Clocks{}
	if len(alarms) > 0 && len(firstOfService(alarms)) == 1 {
		return events
	}
	calls := w.in.Calls
	if w.in.CallsOf != nil {
		calls = w.in.CallsOf(incident)
	}
	w.clocks = MeasureClocks(calls)
	for k := range alarms {
		a := &alarms[k]
		d := -w.clocks.Ahead[a.key.service]
		a.onset, a.earliest, a.last = a.onset.Add(d), a.earliest.Add(d), a.last.Add(d)
	}
	out := append([]CascadeEventRow{}, events...)
	for k := range out {
		out[k].TS = out[k].TS.Add(-w.clocks.Ahead[out[k].Service])
	}
	return out
}

// nothing says what there is instead of evidence.
func (w *cascadeWork) nothing(incident string, events int) (verdict, sentence string) {
	switch {
	case events > 0:
		return CascadeNoEvidence, "No error rose above its usual rate around the start of " + clip(incident, 60) + ": no log evidence."
	case len(w.base[incident]) > 0:
		return CascadeNoEvidence, "No warning or error was logged around the start of " + clip(incident, 60) + ": no log evidence."
	}
	return CascadeNoLogs, "No logs of the week before and of the time around the start of " + clip(incident, 60) + " are there."
}

// beginning is when the first unexplained service rose, and when the first
// one other than the root did.
func beginning(services []fallen) (onset, visible time.Time) {
	onset = services[0].onset
	for _, s := range services {
		if s.onset.Before(onset) && s.explainedBy == "" {
			onset = s.onset
		}
	}
	visible = onset
	for k, s := range services[1:] {
		if k == 0 || s.onset.Before(visible) {
			visible = s.onset
		}
	}
	return onset, visible
}

// alarms finds the signatures that rose in the window of an incident.
func (w *cascadeWork) alarms(i incidentRec, events []CascadeEventRow) []alarm {
	byKey := map[onsetKey][]CascadeEventRow{}
	var keys []onsetKey
	for _, e := range events {
		k := onsetKey{e.Service, e.SignatureID}
		if _, ok := byKey[k]; !ok {
			keys = append(keys, k)
		}
		byKey[k] = append(byKey[k], e)
	}
	sort.Slice(keys, func(a, b int) bool {
		if keys[a].service != keys[b].service {
			return keys[a].service < keys[b].service
		}
		return keys[a].signature < keys[b].signature
	})
	var out []alarm
	for _, k := range keys {
		if a, ok := w.alarm(i.IncidentID, k, byKey[k]); ok {
			out = append(out, a)
		}
	}
	return out
}

const (
	minDemandLines = 100 // fewer lines before a window do not tell how busy it was
	maxDemand      = 5   // a service that restarts over and over is not five times as busy
)

// demandOf is how many times busier than before each service was, in lines
// below warn per second: its usual warnings come as much more often.
func demandOf(rows []DemandRow, events []CascadeEventRow) map[string]float64 {
	out := map[string]float64{}
	length := events[0].UntilTS.Sub(events[0].FromTS).Seconds()
	for _, r := range rows {
		if r.BaseLines < minDemandLines || r.BaseObservedS <= 0 || length <= 0 {
			continue
		}
		x := float64(r.Lines) / length / (float64(r.BaseLines) / float64(r.BaseObservedS))
		out[r.Service] = math.Min(x, maxDemand)
	}
	return out
}

// weekSeconds is the baseline of a service that was not observed before: then
// nothing is known and a never-seen signature counts as such, with a note.
const weekSeconds = 7 * 24 * 3600

func (w *cascadeWork) alarm(incident string, k onsetKey, rows []CascadeEventRow) (alarm, bool) {
	b, seen := w.base[incident][k]
	total, ended := rows[0].Count, rows[0].LastTS
	rows, size := oncePerRequest(rows)
	b.Count, b.P99PerMin = int64(math.Round(float64(b.Count)/size)), int64(math.Ceil(float64(b.P99PerMin)/size))
	seconds := float64(w.base[incident][onsetKey{k.service, ""}].ObservedS)
	if b.ObservedS > 0 {
		seconds = float64(b.ObservedS)
	}
	if seconds <= 0 {
		// Nothing tells which of its warnings are usual: errors alone count.
		if l := w.about[k].Level; l != "" && l != schemas.LevelError && l != schemas.LevelFatal {
			return alarm{}, false
		}
		seconds = weekSeconds
	}
	rate := (float64(b.Count) + .5) / seconds
	// Bursty before: half of the historic 99th percentile is usual for it.
	if mean := rate * 60; float64(b.P99PerMin) > mean+4*math.Sqrt(mean) {
		rate = math.Max(rate, float64(b.P99PerMin)/2/60)
	}
	if d := w.demand[k.service]; d > 1 {
		rate *= d
	}
	sort.SliceStable(rows, func(x, y int) bool { return rows[x].TS.Before(rows[y].TS) })
	from := rows[0].FromTS
	if from.IsZero() {
		from = rows[0].TS
	}
	t := make([]float64, len(rows))
	for i, r := range rows {
		t[i] = r.TS.Sub(from).Seconds()
	}
	r, ok := stat.FindRise(t, rate)
	if !ok {
		return alarm{}, false
	}
	at := func(s float64) time.Time {
		return from.Add(time.Duration(s * float64(time.Second))).Round(time.Microsecond)
	}
	return alarm{key: k, onset: rows[r.First].TS, earliest: at(r.Earliest), last: ended, count: total,
		base: rate * 60, rate: r.Rate * 60, score: r.Score, isNew: !seen}, true
}

// sentence tells the order with the delays: "redis first (14:01:58), then …".
func (w *cascadeWork) sentence(services []fallen, c Cascade) string {
	zone := w.in.Zone
	if zone == nil {
		zone = time.UTC
	}
	var b strings.Builder
	verb := "failed first"
	if services[0].byFlow {
		verb = "changed first"
	}
	for _, s := range services[1:] {
		if s.onset.Before(services[0].onset) {
			verb = "is the likeliest root: it failed" // by the calls, not by the clock
		}
	}
	fmt.Fprintf(&b, "%s %s at %s", clip(services[0].service, 40), verb, services[0].onset.In(zone).Format("15:04:05"))
	for k, s := range services[1:] {
		if k == 5 {
			fmt.Fprintf(&b, " and %s more", count(len(services)-6, "service"))
			break
		}
		fmt.Fprintf(&b, ", then %s at %s", clip(s.service, 40), s.onset.In(zone).Format("15:04:05"))
	}
	if c.Gap > 0 {
		fmt.Fprintf(&b, "; the alert came at %s, %s after the first error", c.Alert.In(zone).Format("15:04:05"), spell(c.Gap))
		if c.Visible.After(c.Onset) {
			fmt.Fprintf(&b, " outside %s", clip(services[0].service, 40))
		}
	}
	b.WriteString(".")
	if services[0].byFlow {
		b.WriteString(" It is named by its requests, not by errors: " + w.flowText(*services[0].flow) + ".")
	}
	if c.Verdict == CascadeUncertain {
		b.WriteString(" Which of the first two was first is " + w.uncertain(services[0], services[1]) + ".")
	}
	return b.String()
}

func (w *cascadeWork) finding(i incidentRec, c Cascade) schemas.Finding {
	var evidence []string
	for _, s := range c.Steps {
		evidence = append(evidence, fmt.Sprintf("%s: %s, %s", clip(s.Service, 40), quoted(s.Template, s.SignatureID), s.Evidence))
	}
	if len(c.Suspects) > 0 {
		evidence = append(evidence, "silent suspects: "+strings.Join(c.Suspects, ", "))
	}
	// One service is no cascade; a long one with something new is news.
	score := .1
	if len(c.Steps) > 1 {
		score = .25
	}
	if len(c.Steps) > 2 || len(c.Steps) > 1 && len(c.New) > 0 {
		score = .4
	}
	return schemas.Finding{
		EventDate: w.in.Night, FindingID: stableID("D", c.IncidentID), Kind: schemas.FindingCascade,
		SubjectKind: "incident", SubjectID: c.IncidentID, Service: c.Steps[0].Service,
		Sentence: c.Sentence, Evidence: lines(evidence), Status: c.Verdict,
		FirstTS: schemas.Micros(c.Onset), LastTS: schemas.Micros(i.end), Score: schemas.Ptr(score),
		Warnings: lines(c.Notes),
	}
}
