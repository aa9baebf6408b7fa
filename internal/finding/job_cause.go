package finding

import (
	"fmt"
	"math"

	"almanac/internal/stat"
)

// minPeak is how many times the traffic of the rest of the day a window must
// have for traffic to be a rival of the clock.
const minPeak = 1.2

// recCause is the verdict on what makes a recurrence recur, with its reasons.
type recCause struct {
	verdict string
	why     []string
}

// judgeCause tells a job from load. The test that found the story already
// allows for any rise with load; here the days speak: those without the job,
// those without the traffic, and whether the rate rises with the traffic.
func (st *recStory) judgeCause() {
	c := &st.cause
	isJob, isLoad := false, false
	say := func(format string, args ...any) { c.why = append(c.why, fmt.Sprintf(format, args...)) }
	if m := st.job; m.skipSpeaks() {
		isJob = true
		if m.skipHits == 0 {
			say("on the %s %s did not run nothing failed", recCount(m.skips, "day"), m.name())
		} else {
			say("without %s it failed on %d of %d days, with it on %d of %d", m.name(), m.skipHits, m.skips, m.runHits, m.runs)
		}
	}
	if m := st.job; m != nil {
		if m.lag >= 1 {
			say("%s %s at %s, median %s before the first error", m.name(), m.beginsOrEnds(), recClock(int(math.Round(m.clock))), recSeconds(m.lag))
		} else {
			say("%s %s at %s, just as the errors begin", m.name(), m.beginsOrEnds(), recClock(int(math.Round(m.clock))))
		}
		for _, o := range m.others {
			say("%s starts at a fixed distance too and cannot be told apart by timing alone", o)
		}
	}
	d := st.dose()
	switch {
	case st.kind == kindPeriod || st.kind == kindHourly || st.kind == kindInterval:
		isJob = true
		say("it keeps the time of a timer, whatever the traffic")
	case st.sub.load.isFlat:
		say("no volume known: a regular peak of traffic would look the same")
	case d.lowDays >= 2 && d.highDays >= 2 && d.lowShare >= 0.7*d.highShare:
		isJob = true
		if st.peak > 0 && st.peak < minPeak {
			break // what is said of the peak says more
		}
		if d.isWeekends {
			say("weekends without the traffic peak fail too (%d of %d)", d.lowHits, d.lowDays)
		} else {
			say("%s with little traffic fail too (%d of %d)", recCount(d.lowDays, "day"), d.lowHits, d.lowDays)
		}
	case d.lowDays >= 2 && d.lowShare <= 0.3 && d.highShare >= 0.7:
		isLoad = true
		say("on %s with little traffic it fails on %d only", recCount(d.lowDays, "day"), d.lowHits)
	}
	if st.peak > 0 && st.peak < minPeak && !st.sub.load.isFlat && st.kind != kindInterval {
		isJob = true
		say("traffic is not higher then than during the rest of the day (%.1f times)", st.peak)
	}
	if o := st.others; o.days >= 3 && float64(o.hits) <= 0.3*float64(o.days) {
		isJob = true
		say("on %d other days traffic is as high at that time and it fails on %d of them", o.days, o.hits)
	}
	if d.slope > 0.5 && d.t > 3 && st.peak >= minPeak {
		isLoad = true
		say("the rate rises with traffic (a doubling of traffic makes it %.1f times)", math.Pow(2, d.slope))
	}
	switch {
	case isJob && isLoad:
		c.verdict = verdictBoth
	case isJob:
		c.verdict = verdictJob
	case isLoad:
		c.verdict = verdictLoad
	default:
		c.verdict = verdictUndetermined
		if st.job != nil {
			say("a day when %s does not run, or a day without the traffic, would decide", st.job.name())
		} else {
			say("a day when the traffic moves without the clock would decide")
		}
	}
}

// recDose compares occasions of little and of much traffic.
type recDose struct {
	lowDays, lowHits, highDays int
	lowShare, highShare        float64
	isWeekends                 bool    // the days of little traffic are weekend days
	slope, t                   float64 // of ln rate on ln volume over hit days
}

func (st *recStory) dose() recDose {
	var volumes []float64
	var live []recOccasion
	for _, o := range st.occ {
		if o.isObserved && st.isLive(o) && o.volume > 0 && (st.job == nil || st.job.skips == 0 || o.job != 0) {
			live, volumes = append(live, o), append(volumes, o.volume)
		}
	}
	cut := 0.7 * stat.Quantile(volumes, 0.75)
	var d recDose
	highHits := 0
	d.isWeekends = true
	var x, y []float64
	for _, o := range live {
		k := 0
		if o.isHit {
			k = 1
			x, y = append(x, math.Log(o.volume)), append(y, math.Log((o.count+0.5)/o.volume))
		}
		if o.volume <= cut {
			d.lowDays, d.lowHits = d.lowDays+1, d.lowHits+k
			d.isWeekends = d.isWeekends && isoDow(o.date) > 5
		} else {
			d.highDays, highHits = d.highDays+1, highHits+k
		}
	}
	d.lowShare = float64(d.lowHits) / math.Max(1, float64(d.lowDays))
	d.highShare = float64(highHits) / math.Max(1, float64(d.highDays))
	d.slope, d.t = recSlope(x, y)
	return d
}

// recSlope is the least-squares slope of y on x and its t value; 0, 0 where x
// hardly varies (standard deviation under 0.15 in logarithms).
func recSlope(x, y []float64) (slope, t float64) {
	n := float64(len(x))
	if n < 8 {
		return 0, 0
	}
	var mx, my, sxx, sxy, rss float64
	for i := range x {
		mx, my = mx+x[i]/n, my+y[i]/n
	}
	for i := range x {
		sxx += (x[i] - mx) * (x[i] - mx)
		sxy += (x[i] - mx) * (y[i] - my)
	}
	if sxx/n < 0.15*0.15 {
		return 0, 0
	}
	slope = sxy / sxx
	for i := range x {
		e := y[i] - my - slope*(x[i]-mx)
		rss += e * e
	}
	se := math.Sqrt(math.Max(rss/(n-2), 1e-9) / sxx)
	return slope, slope / se
}
