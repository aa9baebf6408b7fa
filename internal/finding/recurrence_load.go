package finding

import (
	"iter"
	"math"
	"sort"
	"sync"

	"almanac/internal/stat"
)

// recLoad is the load of one service over the span: what its errors are
// normalised by. It is made once per service and shared by its subjects.
type recLoad struct {
	span   *recSpan
	volume []float32 // per UTC slot; 0 = not observed
	level  []float32 // volume averaged over the observed slots within 10 minutes
	// Without a measured volume (isFlat) observation is all there is to weigh.
	isFlat bool
	// isShaped: the volume is raised in the hours in which the subject gathers.
	isShaped bool
	warning  string
	frames   []*recLoadFrame
	bins     *recBins
	once     sync.Once
}

// recLevels is the number of levels of load between which the isotonic weight
// tells. Ten left load cubed inside a sharp daily peak unexplained (13 % of
// null cases under 0.01); the isotonic fit pools what is not needed.
const recLevels = 60

// recLoadFrame is the load on one wall clock.
type recLoadFrame struct {
	volume []float32 // per slot; 0 = not observed
	seen   []int32   // observed slots before slot i
	cum    []float64 // volume before slot i
	bin    []int8    // 0 to recLevels-1 by level of load, -1 not observed
}

// isSeen says whether slot i was observed.
func (l *recLoadFrame) isSeen(i int) bool { return l.seen[i+1] > l.seen[i] }

// ready builds the frames on first use.
func (l *recLoad) ready() *recLoad {
	l.once.Do(func() {
		for _, f := range l.span.frames {
			l.frames = append(l.frames, l.frame(f))
		}
		l.level = smoothed(l.volume)
		l.bins = newRecBins(l.level)
	})
	return l
}

func (l *recLoad) frame(f *recFrame) *recLoadFrame {
	n := f.slots()
	out := &recLoadFrame{
		volume: make([]float32, n), seen: make([]int32, n+1),
		cum: make([]float64, n+1), bin: make([]int8, n),
	}
	for i, v := range l.volume {
		if at := f.minute(l.span.from+int64(i)*recSlotMin) / recSlotMin; v > 0 && at >= 0 && at < n {
			out.volume[at] += v
		}
	}
	level := smoothed(out.volume)
	cuts := volumeCuts(level, recLevels)
	for i, v := range out.volume {
		out.seen[i+1], out.cum[i+1] = out.seen[i], out.cum[i]+float64(v)
		out.bin[i] = -1
		if v > 0 {
			out.seen[i+1]++
			x := level[i]
			out.bin[i] = int8(sort.Search(len(cuts), func(k int) bool { return cuts[k] >= x }))
		}
	}
	return out
}

// volumeCuts gives the k-1 inner cuts of observed volume into k equal counts.
func volumeCuts(volume []float32, k int) []float32 {
	var s []float32
	for _, v := range volume {
		if v > 0 {
			s = append(s, v)
		}
	}
	sort.Slice(s, func(i, j int) bool { return s[i] < s[j] })
	var cuts []float32
	for i := 1; i < k && len(s) > 0; i++ {
		c := s[min(len(s)-1, i*len(s)/k)]
		if len(cuts) == 0 || c > cuts[len(cuts)-1] {
			cuts = append(cuts, c)
		}
	}
	return cuts
}

// smoothed averages observed volume over five slots: the level of load, free
// of the noise of a single slot, which would hide how errors depend on it.
func smoothed(volume []float32) []float32 {
	out := make([]float32, len(volume))
	for i, v := range volume {
		if v <= 0 {
			continue
		}
		sum, n := float32(0), float32(0)
		for k := max(0, i-2); k <= min(len(volume)-1, i+2); k++ {
			if volume[k] > 0 {
				sum, n = sum+volume[k], n+1
			}
		}
		out[i] = sum / n
	}
	return out
}

// recBins are equal-count bins of a service's volume, the base of the
// expected count of a dense subject.
type recBins struct {
	of     []int8    // per UTC slot; -1 not observed
	centre []float64 // median ln volume
}

const recBinCount = 20

func newRecBins(volume []float32) *recBins {
	cuts := volumeCuts(volume, recBinCount)
	b := &recBins{of: make([]int8, len(volume)), centre: make([]float64, len(cuts)+1)}
	ln := make([][]float64, len(cuts)+1)
	for i, v := range volume {
		b.of[i] = -1
		if v > 0 {
			k := sort.Search(len(cuts), func(k int) bool { return cuts[k] >= v })
			b.of[i] = int8(k)
			ln[k] = append(ln[k], math.Log(float64(v)))
		}
	}
	for k := range ln {
		sort.Float64s(ln[k])
		if len(ln[k]) > 0 {
			b.centre[k] = ln[k][len(ln[k])/2]
		}
	}
	return b
}

// recLoads holds the loads of all services.
type recLoads struct {
	span *recSpan
	by   map[string]*recLoad
	all  *recLoad
	open *recLoad // everything observed, nothing measured
	only map[string]bool
	// edge are the services whose errors are served requests and nothing
	// else: a proxy tells that something behind it failed, not what.
	edge map[string]bool
}

// onlyErrorsShare is the share of errors among a service's lines from which
// on the lines measure the errors themselves, not the load.
const onlyErrorsShare = 0.9

// edgeShare is the share of served requests among a service's errors from
// which on it is an edge.
const edgeShare = 0.95

// readRecLoads collects the volume rows, requests where a service logs them
// for most of its slots, else lines.
func readRecLoads(span *recSpan, rows iter.Seq2[RecurrenceVolume, error]) (*recLoads, error) {
	n := int((span.until - span.from + recSlotMin - 1) / recSlotMin)
	ls := &recLoads{span: span, by: map[string]*recLoad{}, only: map[string]bool{}, edge: map[string]bool{}}
	total := make([]float32, n)
	type sums struct{ lines, errors, requestErrors, slots, requestSlots int64 }
	requests := map[string][]float32{}
	sum := map[string]*sums{}
	if rows != nil {
		for r, err := range rows {
			if err != nil {
				return nil, err
			}
			i := int((r.SlotTS.Unix()/60 - span.from) / recSlotMin)
			if i < 0 || i >= n || r.LineCount <= 0 || r.SlotTS.Unix()/60 < span.from {
				continue
			}
			l, s := ls.by[r.Service], sum[r.Service]
			if l == nil {
				l, s = &recLoad{span: span, volume: make([]float32, n)}, &sums{}
				ls.by[r.Service], sum[r.Service] = l, s
			}
			// Errors are not load; a slot of nothing but errors was still seen.
			load := float32(max(1, r.LineCount-r.ErrorCount))
			l.volume[i] += load
			s.lines, s.errors, s.slots = s.lines+r.LineCount, s.errors+r.ErrorCount, s.slots+1
			s.requestErrors += r.RequestErrorCount
			if r.RequestCount > 0 {
				if requests[r.Service] == nil {
					requests[r.Service] = make([]float32, n)
				}
				requests[r.Service][i] += float32(r.RequestCount)
				s.requestSlots++
			}
			total[i] += load
		}
	}
	for name, s := range sum {
		if 2*s.requestSlots > s.slots {
			for i, v := range requests[name] {
				if v > 0 {
					ls.by[name].volume[i] = v
				}
			}
		}
		ls.only[name] = float64(s.errors) >= onlyErrorsShare*float64(s.lines)
		ls.edge[name] = s.errors > 0 && float64(s.requestErrors) >= edgeShare*float64(s.errors)
	}
	ls.finish(total, n)
	return ls, nil
}

// finish makes the two fallbacks: all services together, and no volume at all.
func (ls *recLoads) finish(total []float32, n int) {
	for name, isOnly := range ls.only {
		if isOnly {
			for i, v := range ls.by[name].volume {
				total[i] -= v
			}
		}
	}
	rest := false
	for i, v := range total {
		if v < 0.5 {
			total[i] = 0
		} else {
			rest = true
		}
	}
	if rest {
		ls.all = &recLoad{span: ls.span, volume: total, warning: "load taken from all services together"}
	}
	flat := make([]float32, n)
	for i := range flat {
		flat[i] = 1
	}
	ls.open = &recLoad{span: ls.span, volume: flat, isFlat: true, warning: "no volume known: could be traffic"}
}

// of gives the load of a service for log subjects; nil where there is none to
// be had, and why.
func (ls *recLoads) of(service string) (*recLoad, string) {
	if l := ls.by[service]; l != nil && !ls.only[service] {
		return l.ready(), ""
	}
	if ls.all != nil {
		return ls.all.ready(), ""
	}
	return nil, "no volume: nothing but errors was logged, so load and holes cannot be told from silence"
}

// ofIncidents gives the load that incident times are weighed by: incidents are
// always recorded, whether or not logs were read.
func (ls *recLoads) ofIncidents(service string) *recLoad {
	base := ls.all
	if l := ls.by[service]; l != nil && !ls.only[service] {
		base = l
	}
	if base == nil || !base.covers() {
		return ls.open.ready()
	}
	return base.ready()
}

// minutes is the number of minutes observed.
func (l *recLoad) minutes() int {
	n := 0
	for _, v := range l.volume {
		if v > 0 {
			n += recSlotMin
		}
	}
	return n
}

// covers says whether nine tenths of the span were observed.
func (l *recLoad) covers() bool {
	n := 0
	for _, v := range l.volume {
		if v > 0 {
			n++
		}
	}
	return 10*n >= 9*len(l.volume)
}

// risesWithTraffic says, for a subject that is logged all day, whether its
// errors are more in the busier half of a day than in the quieter one on more
// days than chance has it: a sign test over days, at 1 %.
func (c *recCase) risesWithTraffic() bool {
	if c.load.isFlat {
		return false
	}
	l, count := c.load, c.dense.count
	var chance []float64
	more := 0
	for from := 0; from+recDaySlots <= len(count); from += recDaySlots {
		var level []float64
		for _, v := range l.level[from : from+recDaySlots] {
			if v > 0 {
				level = append(level, float64(v))
			}
		}
		half := stat.Median(level)
		var busy, quiet, busyLoad, quietLoad float64
		for i := from; i < from+recDaySlots; i++ {
			switch v := float64(l.level[i]); {
			case v > half:
				busy, busyLoad = busy+count[i], busyLoad+v
			case v > 0:
				quiet, quietLoad = quiet+count[i], quietLoad+v
			}
		}
		if 2*len(level) < recDaySlots || busyLoad < 1.2*quietLoad || busy == quiet {
			continue
		}
		chance = append(chance, 0.5)
		if busy > quiet {
			more++
		}
	}
	return stat.LnPoissonBinomialTail(chance, more) <= math.Log(0.01)
}
