package finding

import (
	"sort"
	"time"

	"almanac/schemas"
)

// ErrorTable lists the kinds of error of a window by when they began: a rise
// above the own week where there was one, else the first sight. First and
// loudest are judged by excess over that week: what always errs is neither.
func ErrorTable(rows []WindowErrorRow, rises []Rise) []schemas.DossierLine {
	type key struct{ signature, kind string }
	at := map[key]int{}
	var out []schemas.DossierLine
	rose := map[onsetKey]Rise{}
	for _, r := range rises {
		rose[onsetKey{r.Service, r.SignatureID}] = r
	}
	unknown := map[int]bool{}
	for _, r := range rows {
		k := key{r.SignatureID, r.ErrorType}
		i, ok := at[k]
		if !ok {
			i = len(out)
			at[k] = i
			out = append(out, schemas.DossierLine{Type: r.ErrorType, SignatureID: r.SignatureID, Template: r.Template,
				Level: r.Level, First: r.FirstTS.UTC(), Last: r.LastTS.UTC(), IsNew: true, Expected: schemas.Ptr(0.0)})
		}
		x := &out[i]
		x.Count += r.Count
		x.Services = append(x.Services, r.Service)
		if r.FirstTS.Before(x.First) {
			x.First = r.FirstTS.UTC()
		}
		if r.LastTS.After(x.Last) {
			x.Last = r.LastTS.UTC()
		}
		x.IsNew = x.IsNew && r.BaseCount == 0
		if r.BaseObservedS <= 0 {
			unknown[i] = true
		} else {
			*x.Expected += float64(r.BaseCount) * float64(r.ObservedS) / float64(r.BaseObservedS)
		}
		if s, ok := rose[onsetKey{r.Service, r.SignatureID}]; ok && (!x.Rose || s.Onset.Before(x.Onset)) {
			x.Rose, x.Onset = true, s.Onset.UTC()
		}
	}
	for i := range out {
		x := &out[i]
		x.Services = sortedSet(x.Services)
		if unknown[i] {
			x.Expected, x.IsNew = nil, false
		} else {
			x.Excess = schemas.Ptr(float64(x.Count) - *x.Expected)
		}
		if !x.Rose {
			x.Onset = x.First
		}
	}
	sort.SliceStable(out, func(a, b int) bool {
		x, y := out[a], out[b]
		if x.Rose != y.Rose {
			return x.Rose // what did not rise is listed after what did
		}
		if !x.Onset.Equal(y.Onset) {
			return x.Onset.Before(y.Onset)
		}
		return x.SignatureID+x.Type < y.SignatureID+y.Type
	})
	markFirstAndLoudest(out)
	return out
}

func markFirstAndLoudest(out []schemas.DossierLine) {
	loudest := -1
	for i := range out {
		x := &out[i]
		if x.Excess == nil && !x.Rose || x.Excess != nil && *x.Excess <= 0 {
			continue
		}
		if loudest < 0 || excessOf(*x) > excessOf(out[loudest]) {
			loudest = i
		}
	}
	if len(out) > 0 && out[0].Rose {
		out[0].IsFirst = true
	}
	if loudest >= 0 {
		out[loudest].IsLoudest = true
	}
}

func excessOf(x schemas.DossierLine) float64 {
	if x.Excess == nil {
		return float64(x.Count)
	}
	return *x.Excess
}

func sortedSet(names []string) []string {
	set := map[string]bool{}
	out := []string{}
	for _, n := range names {
		if n != "" && !set[n] {
			set[n] = true
			out = append(out, n)
		}
	}
	sort.Strings(out)
	return out
}

// IncidentStamps are the stamps of one record; a zero time is not stated.
type IncidentStamps struct {
	Started, Detected, Acknowledged, Mitigated, Resolved time.Time
	StatedDetectS, StatedRecoverS, StatedDurationS       *int64
}

// IncidentGaps gives detection, response, mitigation and resolution of one
// incident beside those of all (history includes it). firstVisible is the
// first error that customers could see; zero: the recorded start counts. An
// incident that is not over at now is censored: its time so far is said, and
// it is in no quantile.
func IncidentGaps(own IncidentStamps, firstVisible time.Time, where string, history []IncidentStamps, now time.Time) []schemas.DossierGap {
	start, from := own.Started, "start by the record"
	if !firstVisible.IsZero() && (own.Detected.IsZero() || !firstVisible.After(own.Detected)) {
		start, from = firstVisible, "first error"
		if where != "" {
			from += " outside " + clip(where, 40)
		}
	}
	out := []schemas.DossierGap{
		gapOf("detection", from, "alert", start, own.Detected, now, own.Resolved),
		gapOf("response", "alert", "acknowledged", own.Detected, own.Acknowledged, now, own.Resolved),
		gapOf("mitigation", from, "impact ended", start, own.Mitigated, now, own.Resolved),
		gapOf("resolution", from, "resolved", start, own.Resolved, now, own.Resolved),
	}
	for k, s := range []*int64{own.StatedDetectS, nil, own.StatedRecoverS, own.StatedDurationS} {
		if s != nil {
			out[k].Stated = schemas.Ptr(float64(*s))
		}
	}
	for k := range out {
		out[k].History = gapHistory(k, history)
	}
	return out
}

func gapOf(name, from, to string, a, b, now, over time.Time) schemas.DossierGap {
	g := schemas.DossierGap{Name: name, From: from, To: to}
	switch {
	case a.IsZero():
	case !b.IsZero() && !b.Before(a):
		g.Seconds = schemas.Ptr(b.Sub(a).Seconds())
	case b.IsZero() && over.IsZero() && !now.IsZero() && now.After(a):
		g.IsOpen, g.Seconds = true, schemas.Ptr(now.Sub(a).Seconds())
	}
	return g
}

// gapHistory takes the quantiles of a gap over closed incidents: nearest rank
// for the 90th percentile and none below five of them.
func gapHistory(k int, history []IncidentStamps) schemas.DossierSpread {
	var s schemas.DossierSpread
	var x []float64
	for _, h := range history {
		a, b := h.Started, [4]time.Time{h.Detected, h.Acknowledged, h.Mitigated, h.Resolved}[k]
		if k == 1 {
			a = h.Detected
		}
		switch {
		case a.IsZero():
		case !b.IsZero() && !b.Before(a):
			x = append(x, b.Sub(a).Seconds())
		case b.IsZero() && h.Resolved.IsZero() && h.StatedDurationS == nil:
			s.Open++
		}
	}
	sort.Float64s(x)
	s.N = len(x)
	if n := len(x); n > 0 {
		s.Median = schemas.Ptr((x[(n-1)/2] + x[n/2]) / 2)
		if n >= 5 {
			s.P90 = schemas.Ptr(x[(9*n+9)/10-1])
		}
	}
	return s
}
