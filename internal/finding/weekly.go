package finding

import (
	"fmt"
	"math"
	"sort"
	"strings"
	"time"

	"almanac/schemas"
)

// Weekly puts everything that was concluded in the order in which a weekly
// review should read it, and numbers it from 1.
//
// The order is a greedy one: what matters most comes first, then each further
// finding of a kind already shown counts 15 % less and one about a subject
// already shown 40 % less, so that the first five things are five different
// things. What a finding matters is its kind's weight (weights below) times
// its own score, losing a tenth for every week since it last showed.
// A finding about an incident that a known recurrence explains counts less
// than half: the recurrence has told it.
func Weekly(asOf time.Time, known RecurrenceResult, groups ...[]schemas.Finding) []schemas.Finding {
	var all []schemas.Finding
	for _, r := range known.Recurrences {
		if r.IsLead == nil || *r.IsLead {
			all = append(all, recurrenceFinding(r))
		}
	}
	for _, g := range groups {
		all = append(all, g...)
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].FindingID < all[j].FindingID })
	return greedy(all, worths(asOf, known, all))
}

// weights of the kinds: a pattern that will strike again tomorrow matters more
// than one that explains the past, and that more than a remark on data.
var weights = map[string]float64{
	schemas.FindingRecurrence: 1,
	schemas.FindingSilence:    1,
	schemas.FindingFix:        0.9,
	schemas.FindingCascade:    1,
	schemas.FindingChange:     0.8,
	schemas.FindingSimilar:    1,
	schemas.FindingOnset:      0.6,
	schemas.FindingData:       0.5,
}

const (
	sameKind    = 0.85 // factor for each finding of the kind already placed
	sameSubject = 0.60 // factor for each finding of the subject already placed
	perWeek     = 0.90 // factor for each week since it last showed
	toldAlready = 0.40 // factor where a recurrence explains the incident
)

func importance(asOf time.Time, f schemas.Finding) float64 {
	score := 0.5
	if f.Score != nil && !math.IsNaN(*f.Score) {
		score = *f.Score
	}
	last := max(f.FirstTS, f.LastTS)
	weeks := 0.0
	if last != 0 {
		weeks = max(0, asOf.Sub(schemas.Time(last)).Hours()/(7*24))
	}
	return weights[f.Kind] * score * math.Pow(perWeek, math.Floor(weeks))
}

// worths is what each finding matters before its place is known.
func worths(asOf time.Time, known RecurrenceResult, all []schemas.Finding) []float64 {
	told := newTold(known)
	out := make([]float64, len(all))
	for i, f := range all {
		out[i] = importance(asOf, f)
		if f.SubjectKind == "incident" && told.covers(f) {
			out[i] *= toldAlready
		}
	}
	return out
}

func greedy(all []schemas.Finding, worth []float64) []schemas.Finding {
	kinds, subjects := map[string]int{}, map[string]int{}
	placed := make([]bool, len(all))
	out := make([]schemas.Finding, 0, len(all))
	for range all {
		best, bestWorth := -1, -1.0
		for i, f := range all {
			if placed[i] {
				continue
			}
			w := worth[i] * math.Pow(sameKind, float64(kinds[f.Kind])) * math.Pow(sameSubject, float64(subjects[f.SubjectID]))
			if w > bestWorth {
				best, bestWorth = i, w
			}
		}
		placed[best] = true
		f := all[best]
		kinds[f.Kind]++
		subjects[f.SubjectID]++
		f.Rank = int64(len(out) + 1)
		out = append(out, f)
	}
	return out
}

// recurrenceFinding tells a recurrence as a finding.
func recurrenceFinding(r schemas.Recurrence) schemas.Finding {
	score := map[string]float64{"confirmed": 1, "candidate": 0.9, "tentative": 0.3, "diffuse": 0.3, "retired": 0.3}[r.Status]
	if r.UntilTS != 0 {
		score *= 0.5
	}
	score *= 0.9 + 0.1*min(1, hitsPerWeek(r)/7) // what strikes every day comes before what strikes on Mondays
	if r.Verdict == "load" {
		score *= 0.4 // follows traffic: known, and no schedule to mend
	}
	return schemas.Finding{
		EventDate: r.EventDate, FindingID: r.RecurrenceID, Kind: schemas.FindingRecurrence,
		SubjectKind: "recurrence", SubjectID: r.RecurrenceID, Service: r.Service,
		Sentence: r.Sentence, Evidence: recurrenceEvidence(r), Status: r.Status,
		FirstTS: r.FirstTS, LastTS: r.LastTS, Score: schemas.Ptr(score), QValue: r.QValue, Warnings: r.Warnings,
	}
}

// hitsPerWeek is how often it struck while it lasted.
func hitsPerWeek(r schemas.Recurrence) float64 {
	if r.Hits == nil {
		return 0
	}
	weeks := max(1, schemas.Time(r.LastTS).Sub(schemas.Time(r.FirstTS)).Hours()/(7*24))
	return float64(*r.Hits) / weeks
}

func recurrenceEvidence(r schemas.Recurrence) string {
	var parts []string
	if r.Hits != nil && r.Exposures != nil {
		parts = append(parts, fmt.Sprintf("%d of %d occasions", *r.Hits, *r.Exposures))
	}
	if r.ExpectedShare != nil && r.Lift != nil {
		parts = append(parts, fmt.Sprintf("%.2g %% expected by chance, lift %.3g", 100**r.ExpectedShare, *r.Lift))
	}
	if r.QValue != nil && r.Tests != nil {
		parts = append(parts, fmt.Sprintf("q %.2g over %d subjects searched", *r.QValue, *r.Tests))
	}
	return strings.Join(append(parts, strings.Split(r.Why, "\n")...), "\n")
}

// maxNotes bounds how many remarks a night keeps; the rest is counted.
const maxNotes = 200

// Notes are findings about what could not be judged, or was doubtful, ranked
// after everything else.
func Notes(night string, after int, notes []string) []schemas.Finding {
	var out []schemas.Finding
	for i, text := range notes {
		if i == maxNotes {
			text = fmt.Sprintf("and %d further remarks of this kind", len(notes)-maxNotes)
		}
		out = append(out, schemas.Finding{
			EventDate: night, FindingID: stableID("N", text), Kind: schemas.FindingData,
			Rank: int64(after + i + 1), SubjectKind: "data", Sentence: text, Status: "note", Score: schemas.Ptr(0.0),
		})
		if i == maxNotes {
			break
		}
	}
	return out
}

// told knows when confirmed recurrences struck, and where.
type told struct {
	services map[string]map[string]bool // by recurrence id
	days     []schemas.RecurrenceDay
}

func newTold(known RecurrenceResult) told {
	t := told{services: map[string]map[string]bool{}}
	for _, r := range known.Recurrences {
		if r.Status != "confirmed" {
			continue
		}
		s := map[string]bool{r.Service: true}
		for _, name := range strings.Split(r.SeenIn, ",") {
			s[strings.TrimSpace(name)] = true
		}
		t.services[r.RecurrenceID] = s
	}
	for _, d := range known.Days {
		if t.services[d.RecurrenceID] != nil && d.IsHit != nil && *d.IsHit {
			t.days = append(t.days, d)
		}
	}
	return t
}

// covers says that the finding's incident began in a hit of a recurrence on
// its service, or up to half an hour after.
func (t told) covers(f schemas.Finding) bool {
	const after = int64(30 * time.Minute / time.Microsecond)
	for _, d := range t.days {
		if !t.services[d.RecurrenceID][f.Service] {
			continue
		}
		for _, ts := range []int64{f.FirstTS, f.LastTS} {
			if ts >= d.DueTS && ts <= max(d.EndTS, d.DueTS)+after {
				return true
			}
		}
	}
	return false
}
