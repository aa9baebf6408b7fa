package finding

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"almanac/internal/stat"
	"almanac/schemas"
)

// Thresholds of Silences. A job with a cadence is judged in clock time, all
// else in the volume of its service and, since bursts mislead, more strictly
// and only after two days (statistics.md part B4).
const (
	regularSpread = .15 // 1.4826 MAD of the pauses / their median, of a job
	regularP      = 1e-5
	burstyP       = 1e-6
	missedRuns    = 3 // a pause of so many cadences: two runs did not come
	// A job that runs every ten minutes of two hours a day pauses daily: the
	// pause must also exceed its longest usual ones by this much.
	longestRatio  = 2.5
	minActiveDays = 5 // days on which something without a cadence was seen before it is missed
	burstyPause   = 48 * time.Hour
	silentQ       = .05
	maxPause      = 7 * 24 * time.Hour
)

// Silences finds jobs, signatures and services that fell silent and says why
// where it can: reworded, the service silent, or the input missing. Each is
// joined to the change before it and to the incident that came while it
// lasted.
func Silences(in SilenceInput) SilenceResult {
	w := newSilenceWork(in)
	res := SilenceResult{Tests: len(w.subjects)}
	quiet := w.services()
	var found []silent
	p := make([]float64, 0, len(w.subjects))
	for _, s := range w.subjects {
		q := w.judge(s)
		p = append(p, q.p)
		found = append(found, q)
	}
	qs := stat.BenjaminiHochberg(p, len(p))
	var kept []silent
	for i, f := range found {
		if f.found && qs[i] <= silentQ && !covered(f, quiet) {
			f.q = qs[i]
			kept = append(kept, f)
		}
	}
	kept = mergeRuns(kept)
	h := newHistory(in.Records, time.Time{}, time.Time{}, in.Now, in.Zone)
	j := &judge{in: &ChangeInput{Night: in.Night, Now: in.Now, Zone: in.Zone, Graph: in.Graph, Records: in.Records, LogSince: in.Since}, history: h}
	j.model = newHazard(h, h.failures(), countServices(in.Records, h))
	for _, f := range append(quiet, kept...) {
		if f.heir = w.heir(f); f.heir != "" {
			f.kind = onsetReworded
		}
		s := w.describe(f)
		causes := w.trace(&s, f, j)
		w.joinIncident(&s, f, h)
		s.Onset.Sentence = w.sentence(s, f, h)
		res.Causes = append(res.Causes, causes...)
		res.Silences = append(res.Silences, s)
	}
	sort.SliceStable(res.Silences, func(a, b int) bool {
		if res.Silences[a].Onset.TS != res.Silences[b].Onset.TS {
			return res.Silences[a].Onset.TS > res.Silences[b].Onset.TS
		}
		return res.Silences[a].Onset.OnsetID < res.Silences[b].Onset.OnsetID
	})
	res.Findings = silenceFindings(res.Silences)
	res.Warnings = w.warnings
	return res
}

// silent is a pause that stands out.
type silent struct {
	service, signature, template, level string
	kind                                string
	last, resumed, due                  time.Time // resumed zero: still silent
	cadence                             time.Duration
	regular                             bool
	p, q                                float64
	found                               bool
	events                              int
	also                                []string // templates of the same job
	heir                                string   // template that took over
	source                              string   // of a missing input
}

func (s silent) until(end time.Time) time.Time {
	if s.resumed.IsZero() {
		return end
	}
	return s.resumed
}

// silenceSubject is one signature in one service with its active minutes.
type silenceSubject struct {
	service, signature, level string
	minutes                   []SilenceMinuteRow
}

type silenceWork struct {
	in       SilenceInput
	subjects []silenceSubject
	volume   map[string]volumeClock
	about    map[onsetKey]SignatureRow
	warnings []string
}

func newSilenceWork(in SilenceInput) *silenceWork {
	w := &silenceWork{in: in, volume: map[string]volumeClock{}, about: map[onsetKey]SignatureRow{}}
	rows := append([]SilenceMinuteRow(nil), in.Minutes...)
	sort.SliceStable(rows, func(a, b int) bool {
		x, y := rows[a], rows[b]
		if x.Service != y.Service {
			return x.Service < y.Service
		}
		if x.SignatureID != y.SignatureID {
			return x.SignatureID < y.SignatureID
		}
		return x.MinuteTS.Before(y.MinuteTS)
	})
	for _, m := range rows {
		n := len(w.subjects)
		if n == 0 || w.subjects[n-1].service != m.Service || w.subjects[n-1].signature != m.SignatureID {
			w.subjects = append(w.subjects, silenceSubject{service: m.Service, signature: m.SignatureID, level: m.Level})
			n++
		}
		w.subjects[n-1].minutes = append(w.subjects[n-1].minutes, m)
	}
	for _, g := range in.Signatures {
		w.about[onsetKey{g.Service, g.SignatureID}] = g
	}
	for _, v := range in.Volume {
		w.volume[v.Service] = append(w.volume[v.Service], volumeSlot{at: v.SlotTS, lines: float64(max(0, v.Lines))})
	}
	for s, c := range w.volume {
		sort.SliceStable(c, func(a, b int) bool { return c[a].at.Before(c[b].at) })
		sum := 0.0
		for i := range c {
			c[i].before = sum
			sum += c[i].lines
		}
		w.volume[s] = c
	}
	return w
}

// volumeClock tells how many lines a service had written by an instant.
type volumeClock []volumeSlot

type volumeSlot struct {
	at            time.Time
	lines, before float64
}

func (c volumeClock) at(t time.Time) float64 {
	i := sort.Search(len(c), func(k int) bool { return c[k].at.After(t) }) - 1
	if i < 0 {
		return 0
	}
	part := min(1, t.Sub(c[i].at).Minutes()/5)
	return c[i].before + c[i].lines*part
}

// judge looks at the longest pause of a subject, the one still open included.
func (w *silenceWork) judge(s silenceSubject) silent {
	out := silent{service: s.service, signature: s.signature, level: s.level, p: 1, events: len(s.minutes),
		template: w.about[onsetKey{s.service, s.signature}].Template}
	ends := make([]time.Time, 0, len(s.minutes)+1)
	for _, m := range s.minutes[1:] {
		ends = append(ends, m.FirstTS)
	}
	ends = append(ends, w.in.Until)
	clock := make([]float64, len(ends))
	volume := make([]float64, len(ends))
	v := w.volume[s.service]
	for i, e := range ends {
		clock[i] = max(0, e.Sub(s.minutes[i].LastTS).Seconds())
		volume[i] = max(0, v.at(e)-v.at(s.minutes[i].LastTS))
	}
	longest := 0
	for i := range clock {
		if clock[i] >= clock[longest] {
			longest = i
		}
	}
	usual := without(clock, longest)
	out.cadence = time.Duration(stat.Median(usual) * float64(time.Second))
	out.regular = len(usual) >= 5 && 1.4826*stat.MAD(usual) <= regularSpread*out.cadence.Seconds() && out.cadence >= 2*time.Minute
	out.last = s.minutes[longest].LastTS
	if longest < len(s.minutes)-1 {
		out.resumed = s.minutes[longest+1].FirstTS
	}
	out.due = out.last.Add(out.cadence)
	if !out.regular && len(usual) > 0 {
		// What comes in bursts is missed after its longest usual pause: an error
		// of every evening on the next evening.
		pause := time.Duration(min(stat.Quantile(usual, 1), maxPause.Seconds()) * float64(time.Second))
		out.due = later(out.due, out.last.Add(pause))
	}
	tail, ok := stat.SilenceTail(without(volume, longest), volume[longest])
	limit, kind := burstyP, onsetGone
	enough := clock[longest] >= burstyPause.Seconds() && activeDays(s.minutes[:longest+1]) >= minActiveDays
	if out.regular {
		tail, ok = stat.SilenceTail(usual, clock[longest])
		limit, kind = regularP, onsetSilent
		enough = clock[longest] >= missedRuns*out.cadence.Seconds() && clock[longest] >= longestRatio*stat.Quantile(usual, .98)
	}
	// Every pause could have been the longest one.
	out.p = min(1, tail*float64(len(clock)))
	out.kind, out.found = kind, ok && enough && out.p <= limit
	return out
}

func activeDays(minutes []SilenceMinuteRow) int {
	set := map[string]bool{}
	for _, m := range minutes {
		set[schemas.DateOf(schemas.Micros(m.MinuteTS))] = true
	}
	return len(set)
}

func without(x []float64, i int) []float64 {
	out := make([]float64, 0, len(x))
	out = append(out, x[:i]...)
	return append(out, x[i+1:]...)
}

// describe makes the row of a silence.
func (w *silenceWork) describe(f silent) Silence {
	s := Silence{Resumed: f.resumed, Due: f.due}
	s.Onset = schemas.Onset{
		EventDate: w.in.Night, Kind: f.kind, Service: f.service, SignatureID: f.signature, Template: f.template,
		TS: schemas.Micros(f.last), PValue: schemas.Ptr(f.p), QValue: schemas.Ptr(f.q),
		OnsetID: stableID("O", f.service, f.signature, "silence", schemas.DateOf(schemas.Micros(f.last))),
	}
	if f.cadence > 0 {
		s.Onset.CadenceS = schemas.Ptr(f.cadence.Seconds())
		if f.kind == onsetSilent {
			s.Onset.Before = schemas.Ptr(24 * 3600 / f.cadence.Seconds())
			s.Onset.After = schemas.Ptr(0.0)
		}
	}
	var notes []string
	if f.kind == onsetInput {
		notes = append(notes, "source "+clip(f.source, 60)+" delivered nothing: this says nothing about the service")
	}
	if f.kind == onsetReworded {
		notes = append(notes, "taken over by “"+unlike(f.heir, f.template, 90)+"”")
	}
	if len(f.also) > 0 {
		notes = append(notes, fmt.Sprintf("%s of the same job fell silent with it", count(len(f.also), "further line")))
	}
	if !f.regular && f.kind == onsetGone {
		notes = append(notes, "no regular cadence: judged in the volume of its service")
	}
	s.Onset.Warnings = lines(notes)
	return s
}

// heirLike is the share of common words from which a new template may be the
// old one in other words. One with a word less in common must come as often
// as the old one, to a factor of heirRate, and begin within heirGaps of its
// usual pauses.
const (
	heirLike  = .5
	heirRate  = 1.5
	heirGaps  = 20
	heirCount = 30 // events of each that make a rate
)

// heir finds a template first seen when the old one was due and missing, in
// the same service: it shares half of its words, or a word and its rate.
func (w *silenceWork) heir(f silent) string {
	best, template := 0.0, ""
	if f.kind != onsetSilent && f.kind != onsetGone {
		return ""
	}
	from, until := f.last.Add(-f.cadence), f.last.Add(3*f.cadence)
	if limit := f.last.Add(48 * time.Hour); until.Before(limit) && !f.regular {
		until = limit
	}
	for _, g := range w.in.Signatures {
		if g.Service != f.service || g.SignatureID == f.signature || g.FirstTS.Before(from) || g.FirstTS.After(until) ||
			!g.EverTS.IsZero() && g.EverTS.Before(from) || g.Count < 2 {
			continue
		}
		x := commonWords(g.Template, f.template)
		soon := g.FirstTS.Before(f.last.Add(heirGaps * max(f.cadence, time.Minute)))
		if (x >= heirLike || soon && sharesAWord(g.Template, f.template) && w.asOften(f, g)) && x > best {
			best, template = x, g.Template
		}
	}
	return template
}

// asOften says whether one signature comes, per line of its service, as often
// as another did.
func (w *silenceWork) asOften(f silent, g SignatureRow) bool {
	old := w.about[onsetKey{f.service, f.signature}]
	v := w.volume[f.service]
	before, after := v.at(f.last)-v.at(old.FirstTS), v.at(w.in.Until)-v.at(g.FirstTS)
	if old.Count < heirCount || g.Count < heirCount || before <= 0 || after <= 0 {
		return false
	}
	ratio := float64(g.Count) / after / (float64(old.Count) / before)
	return ratio < heirRate && ratio > 1/heirRate
}

// sharesAWord says whether two templates share a word of letters.
func sharesAWord(a, b string) bool {
	have := nameSet(wordsOf(a))
	for _, w := range wordsOf(b) {
		if have[w] {
			return true
		}
	}
	return false
}

// commonWords is the share of words that two templates share (Jaccard).
func commonWords(a, b string) float64 {
	x, y := nameSet(strings.Fields(strings.ToLower(a))), nameSet(strings.Fields(strings.ToLower(b)))
	both := 0
	for s := range x {
		if y[s] {
			both++
		}
	}
	if all := len(x) + len(y) - both; all > 0 {
		return float64(both) / float64(all)
	}
	return 0
}
