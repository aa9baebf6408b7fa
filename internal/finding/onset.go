package finding

import (
	"fmt"
	"math"
	"sort"

	"almanac/internal/stat"
	"almanac/schemas"
)

// Kinds of onset.
const (
	onsetUp       = "up"
	onsetDown     = "down"
	onsetNew      = "new"
	onsetSilent   = "silent"         // a job with a cadence stopped
	onsetGone     = "gone"           // a signature is no longer seen
	onsetReworded = "reworded"       // another template took over
	onsetService  = "service_silent" // the service wrote nothing, its source did
	onsetInput    = "input_missing"  // the source delivered nothing
)

func isSilent(kind string) bool {
	switch kind {
	case onsetSilent, onsetGone, onsetReworded, onsetService, onsetInput:
		return true
	}
	return false
}

// Thresholds of Onsets, from statistics.md part B4: at p < 0.001 none of 1500
// series without a change was called one; the ratio keeps a clear but small
// shift from being news.
const (
	onsetP     = .001
	onsetQ     = .05
	onsetRatio = 1.5
	onsetSide  = 3  // observed days on each side of a split
	onsetDays  = 14 // observed days before a signature is called new
	maxSplits  = 3  // depth of the recursion
)

// Onsets finds warnings and errors that changed level for good or that began,
// per service and signature: the score scan on the daily count per line of
// the service, and Fisher's scan on "seen that day". One p-value per series,
// Benjamini-Hochberg over all. The day is found; PlaceOnsets finds the minute:
// until then TS is the first event of that day.
func Onsets(in OnsetInput) OnsetResult {
	o := newOnsetWork(in)
	var res OnsetResult
	var p []float64
	var found [][]schemas.Onset
	for _, key := range o.keys {
		s := o.series[key]
		if !isFault(s.level) {
			continue
		}
		res.Tests++
		smallest, rows := o.judge(s)
		p, found = append(p, smallest), append(found, rows)
	}
	q := stat.BenjaminiHochberg(p, res.Tests)
	for i, rows := range found {
		for _, row := range rows {
			if row.PValue != nil && (q[i] > onsetQ || *row.PValue > onsetP) {
				continue
			}
			if row.PValue != nil {
				row.QValue = schemas.Ptr(q[i])
			}
			res.Onsets = append(res.Onsets, row)
		}
	}
	sort.SliceStable(res.Onsets, func(a, b int) bool {
		if res.Onsets[a].TS != res.Onsets[b].TS {
			return res.Onsets[a].TS > res.Onsets[b].TS
		}
		return res.Onsets[a].OnsetID < res.Onsets[b].OnsetID
	})
	res.Findings = onsetFindings(res.Onsets)
	res.Warnings, res.daily = o.warnings, o.daily()
	return res
}

type onsetKey struct{ service, signature string }

// onsetSeries is one signature in one service, day by day.
type onsetSeries struct {
	key   onsetKey
	level string
	days  map[string]OnsetDayRow
}

// observedDay is a day on which a service was observed for at least half as
// long as on its usual day.
type observedDay struct {
	date   string
	volume float64
}

type onsetWork struct {
	in       OnsetInput
	keys     []onsetKey
	series   map[onsetKey]*onsetSeries
	days     map[string][]observedDay // by service, in order
	template map[onsetKey]SignatureRow
	warnings []string
}

func newOnsetWork(in OnsetInput) *onsetWork {
	o := &onsetWork{in: in, series: map[onsetKey]*onsetSeries{}, days: map[string][]observedDay{}, template: map[onsetKey]SignatureRow{}}
	for _, g := range in.Signatures {
		o.template[onsetKey{g.Service, g.SignatureID}] = g
	}
	for _, d := range in.Days {
		k := onsetKey{d.Service, d.SignatureID}
		s := o.series[k]
		if s == nil {
			s = &onsetSeries{key: k, days: map[string]OnsetDayRow{}}
			o.series[k], o.keys = s, append(o.keys, k)
		}
		if isFault(d.Level) || s.level == "" {
			s.level = d.Level
		}
		s.days[d.EventDate] = d
	}
	sort.Slice(o.keys, func(a, b int) bool {
		if o.keys[a].service != o.keys[b].service {
			return o.keys[a].service < o.keys[b].service
		}
		return o.keys[a].signature < o.keys[b].signature
	})
	o.observe()
	return o
}

// observe keeps the days on which a service was there for at least half of
// its usual slots: the first and the last day of a span are often cut.
func (o *onsetWork) observe() {
	slots := map[string][]float64{}
	for _, v := range o.in.Volume {
		slots[v.Service] = append(slots[v.Service], float64(v.Slots))
	}
	usual := map[string]float64{}
	for s, v := range slots {
		usual[s] = stat.Median(v)
	}
	left := 0
	rows := append([]OnsetVolumeRow(nil), o.in.Volume...)
	sort.SliceStable(rows, func(a, b int) bool { return rows[a].EventDate < rows[b].EventDate })
	for _, v := range rows {
		if v.Lines <= 0 || float64(v.Slots) < usual[v.Service]/2 {
			left++
			continue
		}
		volume := float64(v.Lines)
		o.days[v.Service] = append(o.days[v.Service], observedDay{v.EventDate, volume})
	}
	if left > 0 {
		o.warnings = append(o.warnings, fmt.Sprintf("%s of a service observed for less than half of its usual time are left out of the level changes", count(left, "day")))
	}
}

// daily is the number of lines of an average observed day, by service.
func (o *onsetWork) daily() map[string]float64 {
	out := map[string]float64{}
	for s, days := range o.days {
		for _, d := range days {
			out[s] += d.volume / float64(len(days))
		}
	}
	return out
}

// judge gives the series' p-value and the onsets found in it.
func (o *onsetWork) judge(s *onsetSeries) (float64, []schemas.Onset) {
	days := o.days[s.key.service]
	smallest, rows := 1.0, []schemas.Onset(nil)
	var cut func(from, until, depth int)
	cut = func(from, until, depth int) {
		split := o.split(s, days[from:until])
		if from == 0 && until == len(days) {
			smallest = split.P
		}
		if split.P > onsetP || depth >= maxSplits {
			return
		}
		at := from + split.At
		if row, ok := o.row(s, days, from, at, until, split.P); ok {
			rows = append(rows, row)
		}
		cut(from, at, depth+1)
		cut(at, until, depth+1)
	}
	cut(0, len(days), 0)
	if len(rows) == 0 {
		if row, ok := o.firstSight(s, days); ok {
			rows = append(rows, row)
		}
	}
	return smallest, rows
}

// split is the clearer of the two scans, both counted.
func (o *onsetWork) split(s *onsetSeries, days []observedDay) stat.Split {
	y := make([]float64, len(days))
	seen := make([]bool, len(days))
	for i, d := range days {
		c := float64(s.days[d.date].Count)
		y[i], seen[i] = math.Log((c+.5)/d.volume), c > 0
	}
	a, b := stat.ScoreScan(y, onsetSide), stat.FisherScan(seen, onsetSide)
	if b.P < a.P {
		a = b
	}
	a.P = math.Min(1, 2*a.P)
	return a
}

// row writes a split down, if the level moved enough to be told.
func (o *onsetWork) row(s *onsetSeries, days []observedDay, from, at, until int, p float64) (schemas.Onset, bool) {
	before, after := o.rate(s, days[from:at], days), o.rate(s, days[at:until], days)
	row := o.base(s)
	row.PValue, row.Before, row.After = schemas.Ptr(p), schemas.Ptr(before), schemas.Ptr(after)
	g := o.template[s.key]
	switch {
	case after >= onsetRatio*before && before == 0 && from == 0 && at >= onsetDays && !o.everBefore(s, days[at].date):
		row.Kind = onsetNew
	case after >= onsetRatio*before:
		row.Kind = onsetUp
	case before >= onsetRatio*after:
		row.Kind = onsetDown
	default:
		return row, false
	}
	row.TS = o.instant(s, days, at, row.Kind)
	if row.TS == 0 {
		return row, false
	}
	row.OnsetID = stableID("O", s.key.service, s.key.signature, row.Kind, schemas.DateOf(row.TS))
	name := fmt.Sprintf("%s in %s", quoted(g.Template, s.key.signature), clip(s.key.service, 40))
	when := localStamp(schemas.Time(row.TS), o.in.Zone)
	switch row.Kind {
	case onsetNew:
		row.Sentence = fmt.Sprintf("%s is new: never seen on %d observed days before %s, about %.3g a day since.", name, at, when, after)
	case onsetUp:
		row.Sentence = fmt.Sprintf("%s rose from about %.3g to %.3g a day on %s, at equal load.", name, before, after, when)
	case onsetDown:
		row.Sentence = fmt.Sprintf("%s fell from about %.3g to %.3g a day after %s, at equal load.", name, before, after, when)
	}
	row.Warnings = "the day is known, the minute is that of its first event"
	if row.Kind == onsetDown {
		row.Warnings = "the day is known, the minute is that of the last event before"
	}
	return row, true
}

func (o *onsetWork) base(s *onsetSeries) schemas.Onset {
	return schemas.Onset{
		EventDate: o.in.Night, Service: s.key.service, SignatureID: s.key.signature, Template: o.template[s.key].Template,
	}
}

// rate is the count per day at the load of an average day of the series.
func (o *onsetWork) rate(s *onsetSeries, part, all []observedDay) float64 {
	c, v, mean := 0.0, 0.0, 0.0
	for _, d := range part {
		c += float64(s.days[d.date].Count)
		v += d.volume
	}
	for _, d := range all {
		mean += d.volume / float64(len(all))
	}
	if v == 0 {
		return 0
	}
	return c / v * mean
}

// everBefore says whether the signature was seen anywhere before a date.
func (o *onsetWork) everBefore(s *onsetSeries, date string) bool {
	g := o.template[s.key]
	return !g.EverTS.IsZero() && g.EverTS.UTC().Format("2006-01-02") < date
}

// instant is the first event on or after the day of the split, or, where the
// level fell, the last one before it.
func (o *onsetWork) instant(s *onsetSeries, days []observedDay, at int, kind string) int64 {
	if kind != onsetDown {
		for _, d := range days[at:] {
			if r, ok := s.days[d.date]; ok {
				return schemas.Micros(r.FirstTS)
			}
		}
		return 0
	}
	for k := at - 1; k >= 0; k-- {
		if r, ok := s.days[days[k].date]; ok {
			return schemas.Micros(r.LastTS)
		}
	}
	return 0
}

// firstSightMin is the number of events that make a first sight worth telling
// before there are days enough to test it.
const firstSightMin = 5

// youngOrOften keeps a rare error whose first sight happened to be late from
// being called new: its days would hardly all have come after so many without
// it, or it came in a burst.
func youngOrOften(days, before, observed int, count int64) bool {
	late := math.Pow(1-float64(before)/float64(max(1, observed)), float64(days))
	return late <= .01 || days <= 3 && count >= 20
}

// firstSight tells of a signature first seen, anywhere, after at least
// fourteen observed days, when there are too few days since to test it.
func (o *onsetWork) firstSight(s *onsetSeries, days []observedDay) (schemas.Onset, bool) {
	g := o.template[s.key]
	if g.EverTS.IsZero() || g.FirstTS.IsZero() || g.EverTS.Before(g.FirstTS) {
		return schemas.Onset{}, false
	}
	date, before := g.EverTS.UTC().Format("2006-01-02"), 0
	for _, d := range days {
		if d.date < date {
			before++
		}
	}
	if before < onsetDays || g.Count < firstSightMin || !youngOrOften(int(g.Days), before, len(days), g.Count) {
		return schemas.Onset{}, false
	}
	row := o.base(s)
	row.Kind, row.TS = onsetNew, schemas.Micros(g.EverTS)
	row.OnsetID = stableID("O", s.key.service, s.key.signature, row.Kind, schemas.DateOf(row.TS))
	row.Sentence = fmt.Sprintf("%s in %s is new: first seen %s, after %d observed days without it; %d times on %s since.",
		quoted(g.Template, s.key.signature), clip(s.key.service, 40), localStamp(g.EverTS, o.in.Zone), before, g.Count, count(int(g.Days), "day"))
	row.Warnings = "a first sight, not a tested change of level"
	return row, true
}

// quoted is a template as a sentence names it; the id where it has none.
func quoted(template, id string) string {
	if template == "" {
		return clip(id, 40)
	}
	return "“" + clip(template, 90) + "”"
}

func onsetFindings(rows []schemas.Onset) []schemas.Finding {
	var out []schemas.Finding
	for _, o := range rows {
		score := .2
		if o.PValue != nil && o.Kind != onsetDown {
			score = .5
		}
		out = append(out, schemas.Finding{
			EventDate: o.EventDate, FindingID: o.OnsetID, Kind: schemas.FindingOnset,
			SubjectKind: "signature", SubjectID: o.SignatureID, Service: o.Service,
			Sentence: o.Sentence, Evidence: onsetEvidence(o), Status: o.Kind, FirstTS: o.TS,
			Score: schemas.Ptr(score), QValue: o.QValue, Warnings: o.Warnings,
		})
	}
	return out
}

func onsetEvidence(o schemas.Onset) string {
	if o.PValue == nil {
		return "first sight"
	}
	return fmt.Sprintf("before %.3g, after %.3g a day; p %.2g with all splits counted, q %.2g over all signatures", *o.Before, *o.After, *o.PValue, *o.QValue)
}
