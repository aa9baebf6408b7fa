package finding

import (
	"math"
	"sort"
	"time"

	"almanac/internal/stat"
)

// recOccasion is one occasion on which a recurrence was due.
type recOccasion struct {
	date       time.Time // civil date of the window's start
	due, end   time.Time
	isObserved bool
	isHit      bool
	first      int64 // first and last event of the occasion, microseconds
	last       int64
	count      float64
	volume     float64 // load in the window
	job        int64   // start of the candidate job, microseconds
}

// fillOccasions lists every occasion of the story's class with its evidence
// and counts hits of exposures in the active period.
func (c *recCase) fillOccasions(st *recStory, h recHits, b *recBaseline) {
	f := st.frame
	st.isRate = h.isRate
	var hits []bool
	var at []int
	var q []float64
	var inside []float64
	var outside []int
	for d := 1; d < f.days-1; d++ {
		if !onCalendar(st.kind, st.arg, f.date(d)) {
			if h.due[d] {
				outside = append(outside, d)
			}
			continue
		}
		inside = append(inside, windowLoad(st, b, d))
		o := recOccasion{date: f.date(d), due: f.instant(d, st.start), end: f.instant(d, st.end)}
		o.isObserved = h.due[d]
		o.volume = windowLoad(st, b, d)
		if o.isObserved {
			o.isHit = h.hit[d]
			c.fillEvents(&o, h.isRate)
			if h.isRate && o.isHit {
				c.fillRise(&o, b)
			}
			hits, at, q = append(hits, o.isHit), append(at, len(st.occ)), append(q, h.q[d])
		}
		st.occ = append(st.occ, o)
	}
	c.fillActive(st, hits, at, q)
	st.peak = windowPeak(st, b)
	usual := stat.Median(inside)
	for _, d := range outside {
		if c.load.isFlat || windowLoad(st, b, d) < 0.8*usual {
			continue
		}
		st.others.days++
		if h.hit[d] {
			st.others.hits++
		}
	}
}

// windowLoad is the load in the story's window on day d.
func windowLoad(st *recStory, b *recBaseline, d int) float64 {
	a := max(0, d*recDaySlots+int(recFloorDiv(int64(st.start), recSlotMin)))
	z := min(b.f.slots(), d*recDaySlots+(st.end+recSlotMin-1)/recSlotMin)
	_, v := b.in(a, max(a, z))
	return v
}

// fillEvents finds the first and last event of an occasion: in the window,
// give or take ten minutes where hits are onsets.
func (c *recCase) fillEvents(o *recOccasion, isRate bool) {
	slack := int64(10)
	if isRate {
		slack = 1
	}
	s := &c.series
	from, to := o.due.Unix()/60-slack, o.end.Unix()/60+slack
	i := sort.Search(len(s.minute), func(i int) bool { return s.minute[i] >= from })
	for ; i < len(s.minute) && s.minute[i] < to; i++ {
		if o.first == 0 {
			o.first = s.first[i]
		}
		o.last = s.last[i]
		o.count += s.count[i]
	}
}

// fillRise finds when the rate rose on a hit occasion of a subject that is
// also logged at other times: the change point between the usual rate and the
// occasion's own, by likelihood, within half an hour of the window's start.
// The first event after it is the first of the occasion.
func (c *recCase) fillRise(o *recOccasion, b *recBaseline) {
	if !(o.volume > 0) || !(o.count > 0) {
		return
	}
	from, to := o.due.Unix()/60-30, min(o.due.Unix()/60+30, o.end.Unix()/60)
	high := math.Max(o.count, 1) / o.volume
	low := math.Min(math.Max(b.usual, 0.01*high), 0.9*high)
	perMinute := o.volume / math.Max(1, o.end.Sub(o.due).Minutes())
	s := &c.series
	k := sort.Search(len(s.minute), func(i int) bool { return s.minute[i] >= to })
	sum, best := 0.0, 0.0
	for m := to - 1; m >= from && k > 0; m-- {
		sum -= (high - low) * perMinute
		if s.minute[k-1] == m {
			k--
			sum += s.count[k] * math.Log(high/low)
			if sum > best {
				best, o.first = sum, s.first[k]
			}
		}
	}
}

// fillActive computes the active period and everything counted inside it.
func (c *recCase) fillActive(st *recStory, hits []bool, at []int, q []float64) {
	mean := 0.0
	for _, v := range q {
		mean += v / float64(len(q))
	}
	st.active = activePeriod(hits, mean)
	if len(hits) == 0 {
		return
	}
	sum := 0.0
	var starts, lengths []float64
	for i := st.active.from; i <= st.active.to; i++ {
		st.exposed++
		sum += q[i]
		o := &st.occ[at[i]]
		if hits[i] {
			st.hits++
			starts = append(starts, float64(o.first-o.due.UnixMicro())/1e6)
			lengths = append(lengths, float64(o.last-o.first)/1e6)
		}
	}
	st.expected = math.Max(sum/float64(st.exposed), 1e-6)
	st.jitter, st.length = 1.4826*stat.MAD(starts), stat.Median(lengths)
	if st.active.isBegun {
		for k, i := range [3]int{st.active.from, st.active.low, st.active.high} {
			st.since[k] = st.occ[at[i]].due
		}
	}
	if st.active.isEnded {
		st.until = st.occ[at[st.active.to]].end
	}
}

// windowPeak is the median over occasions of the load per slot in the window
// against the rest of its day; 0 where no load is known.
func windowPeak(st *recStory, b *recBaseline) float64 {
	if st.sub.load.isFlat || st.kind == kindAnyHour {
		return 0
	}
	var r []float64
	for _, o := range st.occ {
		d := int(o.date.Unix()/86400 - st.frame.day0)
		a, z := d*recDaySlots, (d+1)*recDaySlots
		if !o.isObserved || d < 0 || z > st.frame.slots() {
			continue
		}
		_, all := b.in(a, z)
		width := math.Max(1, float64(st.end-st.start)/recSlotMin)
		if rest := (all - o.volume) / (recDaySlots - width); rest > 0 {
			r = append(r, o.volume/width/rest)
		}
	}
	return stat.Median(r)
}
