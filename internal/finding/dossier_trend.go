package finding

import (
	"fmt"
	"math"
	"sort"
	"time"

	"almanac/internal/stat"
	"almanac/schemas"
)

// Verdicts of a trend on whether errors are back at their baseline.
const (
	TrendBack       = "back"
	TrendNotBack    = "not back"
	TrendUnobserved = "not observed" // too little was logged after it
	TrendFlat       = "never rose"
)

const (
	trendBefore  = 60 // minutes of baseline before the onset
	trendQuiet   = 5  // observed minutes at baseline that end a wave
	trendAfter   = 5  // observed minutes that the after-level needs at least
	trendHerd    = 30 // minutes after recovery in which a second wave counts as one
	secondWaveOf = .2 // share of the first plateau that makes a second wave
)

// Trend reads the course of errors per minute: the level before the onset,
// the plateau, how long it took to fall, whether it is back where it was, and
// whether a second wave followed a recovery (all clients retrying at once).
// A minute with a nil count was not observed: it is no zero.
func Trend(service string, minutes []schemas.DossierMinute, onset time.Time) schemas.DossierTrend {
	t := schemas.DossierTrend{Service: service, Minutes: minutes, Back: TrendUnobserved}
	onset = onset.Truncate(time.Minute)
	var before []float64
	start := len(minutes)
	for i, m := range minutes {
		switch {
		case !m.TS.Before(onset):
			start = min(start, i)
		case m.Count != nil && onset.Sub(m.TS) <= trendBefore*time.Minute:
			before = append(before, float64(*m.Count))
		}
	}
	base := 0.0
	if len(before) > 0 {
		for _, x := range before {
			base += x
		}
		base /= float64(len(before))
		t.Baseline = schemas.Ptr(base)
	}
	high := base + 3*math.Sqrt(math.Max(base, 0)) + 1
	first := readWave(minutes, start, high)
	if !first.found {
		t.Back = TrendFlat
		t.Sentence = "No minute stands out from the level before."
		return t
	}
	t.From, t.Until = minutes[first.from].TS, minutes[first.to].TS.Add(time.Minute)
	t.Peak, t.PeakTS = first.peak, minutes[first.peakAt].TS
	t.Plateau = schemas.Ptr(first.plateau)
	if first.ended {
		t.DecayMinutes = schemas.Ptr(float64(first.to - first.lastPlateau))
	}
	lastHigh := first
	if first.ended {
		if again := readWave(minutes, first.to+1+trendQuiet, high); again.found && again.high >= 2 &&
			float64(again.peak) >= math.Max(high, secondWaveOf*first.plateau) {
			t.SecondWave, t.SecondPeak = minutes[again.from].TS, again.peak
			lastHigh = again
		}
	}
	judgeAfter(&t, before, lastHigh)
	t.Sentence = trendSentence(t, first, minutes)
	return t
}

// wave is a run of elevated minutes; it ends where trendQuiet observed
// minutes in a row are at the baseline again.
type wave struct {
	found, ended        bool
	from, to            int // first and last elevated minute
	peakAt, lastPlateau int
	peak                int64
	high                int // elevated minutes
	plateau             float64
}

func readWave(minutes []schemas.DossierMinute, start int, high float64) wave {
	var w wave
	var level []float64
	quiet := 0
	for i := start; i < len(minutes); i++ {
		c := minutes[i].Count
		if c == nil {
			continue
		}
		if float64(*c) <= high {
			if quiet++; w.found && quiet >= trendQuiet {
				w.ended = true
				break
			}
			continue
		}
		if !w.found {
			w.found, w.from = true, i
		}
		quiet = 0
		w.to, w.high = i, w.high+1
		level = append(level, float64(*c))
		if *c > w.peak {
			w.peak, w.peakAt = *c, i
		}
	}
	if !w.found {
		return w
	}
	// The plateau: minutes of at least half the 90th percentile.
	cut := stat.Quantile(level, .9) / 2
	var flat []float64
	for i := w.from; i <= w.to; i++ {
		if c := minutes[i].Count; c != nil && float64(*c) >= cut {
			flat = append(flat, float64(*c))
			w.lastPlateau = i
		}
	}
	w.plateau = stat.Median(flat)
	return w
}

// judgeAfter compares what follows the last wave with what came before it,
// as two Poisson counts: given their sum, the share after is binomial.
// Without an end of the wave its own last minutes are the level after.
func judgeAfter(t *schemas.DossierTrend, before []float64, w wave) {
	from := w.to + 1
	if !w.ended {
		from = max(w.to-2*trendAfter+1, w.from)
	}
	var after []float64
	for i := from; i < len(t.Minutes); i++ {
		if c := t.Minutes[i].Count; c != nil {
			after = append(after, float64(*c))
		}
	}
	if w.ended && len(after) > 30 {
		after = after[len(after)-30:] // the level it settled at
	}
	if len(after) < trendAfter {
		return
	}
	a, b := 0.0, 0.0
	for _, x := range after {
		a += x
	}
	for _, x := range before {
		b += x
	}
	mean := a / float64(len(after))
	t.After = schemas.Ptr(mean)
	if len(before) == 0 {
		return
	}
	share := float64(len(after)) / float64(len(after)+len(before))
	ln := stat.LnBinomialTail(int(a+b), int(a), share)
	if mean > 1.5*b/float64(len(before)) && ln < math.Log(.01) {
		t.Back = TrendNotBack
		return
	}
	t.Back = TrendBack
}

func trendSentence(t schemas.DossierTrend, w wave, minutes []schemas.DossierMinute) string {
	base := "an unknown level before"
	if t.Baseline != nil {
		base = perMinute(*t.Baseline) + " per minute before"
	}
	s := fmt.Sprintf("%s, a plateau of %s (peak %d)", base, perMinute(w.plateau), t.Peak)
	if t.DecayMinutes != nil {
		if *t.DecayMinutes == 0 {
			s += ", then it fell within a minute"
		} else {
			s += fmt.Sprintf(", then it fell in %.0f min", *t.DecayMinutes)
		}
	}
	if !t.SecondWave.IsZero() {
		s += fmt.Sprintf("; a second wave %s after the recovery (peak %d)", spell(t.SecondWave.Sub(t.Until)), t.SecondPeak)
		if t.SecondWave.Sub(t.Until) <= trendHerd*time.Minute {
			s += ", soon enough for clients that all came back at once"
		}
	}
	switch {
	case t.Back == TrendNotBack:
		s += fmt.Sprintf("; %s per minute after: not resolved by the logs", perMinute(*t.After))
	case t.Back == TrendBack:
		s += fmt.Sprintf("; back at %s per minute", perMinute(*t.After))
	case t.After == nil:
		s += "; too little was logged after it to say whether it is back"
	default:
		s += "; nothing was logged before it to compare with"
	}
	return s + "."
}

func perMinute(x float64) string {
	if x >= 10 || x == math.Trunc(x) {
		return fmt.Sprintf("%.0f", x)
	}
	return fmt.Sprintf("%.2g", x)
}

// TrendMinutes fills the minutes of [from, until) of one service, or of all
// together for "": a minute whose 5-minute slot has no line of the service is
// nil.
func TrendMinutes(service string, rows []WindowMinuteRow, slots []WindowSlotRow, from, until time.Time) []schemas.DossierMinute {
	from = from.UTC().Truncate(time.Minute)
	n := int(until.Sub(from) / time.Minute)
	if n <= 0 {
		return nil
	}
	out := make([]schemas.DossierMinute, n)
	for i := range out {
		out[i].TS = from.Add(time.Duration(i) * time.Minute)
	}
	index := func(t time.Time) int { return int(math.Floor(t.Sub(from).Minutes())) }
	for _, s := range slots {
		if service != "" && s.Service != service {
			continue
		}
		for i := index(s.SlotTS); i < index(s.SlotTS)+5; i++ {
			if i >= 0 && i < n && out[i].Count == nil {
				out[i].Count = schemas.Ptr(int64(0))
			}
		}
	}
	for _, r := range rows {
		if i := index(r.MinuteTS); (service == "" || r.Service == service) && i >= 0 && i < n {
			if out[i].Count == nil {
				out[i].Count = schemas.Ptr(int64(0))
			}
			*out[i].Count += r.Count
		}
	}
	return out
}

// trendServices are the services with errors in the window, by name.
func trendServices(rows []WindowMinuteRow) []string {
	set := map[string]bool{}
	for _, r := range rows {
		if r.Service != "" {
			set[r.Service] = true
		}
	}
	out := make([]string, 0, len(set))
	for s := range set {
		out = append(out, s)
	}
	sort.Strings(out)
	return out
}
