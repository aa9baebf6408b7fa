package finding

import (
	"math"
	"sort"

	"almanac/internal/stat"
)

// shareTest sums over blocks (days, weeks) the share of a block's onsets that
// falls into its window. Under the shift null the share has as its mean the
// window's share of the block's weight, and a distribution that the gaps
// between the onsets give exactly: onsets in bursts move together. Blocks are
// independent.
type shareTest struct {
	at, width int
	sum       float64 // of the shares
	mean      [recWeights]float64
	variance  [recWeights]float64
}

// z is how many standard deviations the sum lies above its mean, the least
// over the weights: it ranks windows, it is no p-value.
func (t *shareTest) z(weights int) float64 {
	worst := math.Inf(1)
	for w := range weights {
		if !(t.variance[w] > 0) {
			return 0
		}
		worst = math.Min(worst, (t.sum-t.mean[w])/math.Sqrt(t.variance[w]))
	}
	return math.Max(0, worst)
}

// lnShareTail bounds ln P(sum of shares >= t.sum) by Chernoff, the minimum over
// x >= 0 of sum ln E exp(xX) - x t.sum, with the largest bound of the weights:
// the test is valid if any of their nulls is true.
func (s *recShift) lnShareTail(t shareTest, weights int, blocks []shareBlock) float64 {
	worst := math.Inf(-1)
	for w := range weights {
		excess := t.sum - t.mean[w]
		if !(excess > 0) || !(t.variance[w] > 0) {
			return 0
		}
		laws := make([]shareLaw, len(blocks))
		for i := range blocks {
			_, l := s.inWindow(&blocks[i], weights, t.at, t.width)
			laws[i] = newShareLaw(blocks[i].place[w], l[w])
		}
		worst = math.Max(worst, chernoffShare(laws, t.sum, 4*excess/t.variance[w]))
	}
	return math.Min(0, worst)
}

// shareLaw is the chance of each count of onsets inside a window under a
// uniform circular shift.
type shareLaw []float64

// newShareLaw sweeps the shift round the block: the onset at u is inside a
// window of share l while its start lies in (u-l, u].
func newShareLaw(u []float64, l float64) shareLaw {
	law := make(shareLaw, len(u)+1)
	if l >= 1 {
		law[len(u)] = 1
		return law
	}
	type step struct {
		at float64
		by int
	}
	steps := make([]step, 0, 2*len(u))
	in := 0
	for _, x := range u {
		from := x - l
		if from < 0 {
			from++
			in++ // inside at the start 0
		}
		steps = append(steps, step{from, 1}, step{x, -1})
	}
	sort.Slice(steps, func(i, k int) bool { return steps[i].at < steps[k].at })
	last := 0.0
	for _, x := range steps {
		law[min(len(u), max(0, in))] += x.at - last
		in, last = in+x.by, x.at
	}
	law[min(len(u), max(0, in))] += 1 - last
	return law
}

// chernoffShare minimises over [0, high]; the function is convex.
func chernoffShare(laws []shareLaw, sum, high float64) float64 {
	at := func(x float64) float64 {
		v := -x * sum
		for _, law := range laws {
			e, n := 0.0, float64(len(law)-1)
			for k, p := range law {
				if p > 0 {
					e += p * math.Exp(x*float64(k)/n)
				}
			}
			v += math.Log(e)
		}
		return v
	}
	return math.Min(0, stat.LeastConvex(at, 0, high, 20))
}

// shareBlock is a day or week with its onsets in shares of its weight.
type shareBlock struct {
	from, to int // slots
	all      int // onsets
	total    [recWeights]float64
	place    [recWeights][]float64
}

// newShareBlock takes the slots [from, from+length); ok is false where it has
// no onset or no weight.
func (s *recShift) newShareBlock(weights, from, length int) (b shareBlock, ok bool) {
	b = shareBlock{from: from, to: min(s.f.slots(), from+length)}
	if b.from >= b.to {
		return b, false
	}
	i, k := sort.SearchInts(s.onset, b.from*recSlotMin), sort.SearchInts(s.onset, b.to*recSlotMin)
	b.all = k - i
	for w := range weights {
		if b.total[w] = s.cum[w][b.to] - s.cum[w][b.from]; !(b.total[w] > 0) {
			return b, false
		}
		for _, m := range s.onset[i:k] {
			at := m / recSlotMin
			in := float64(m%recSlotMin) / recSlotMin
			b.place[w] = append(b.place[w], (s.cum[w][at]+in*(s.cum[w][at+1]-s.cum[w][at])-s.cum[w][b.from])/b.total[w])
		}
	}
	return b, b.all > 0
}

// rare is how many times its expectation the share in a window must be to be
// looked at closely.
const rare = 1.05

// testShare tests one window in every block: width slots from slot at of the
// block on; a window over the block's end goes on at its beginning.
func (s *recShift) testShare(weights int, blocks []shareBlock, at, width int) shareTest {
	t := shareTest{at: at, width: width}
	for i := range blocks {
		b := &blocks[i]
		share, l := s.inWindow(b, weights, at, width)
		t.sum += share
		for w := range weights {
			t.mean[w] += l[w]
		}
	}
	for w := range weights {
		if t.sum < rare*t.mean[w] {
			t.sum = 0
			return t
		}
	}
	for i := range blocks {
		b := &blocks[i]
		_, l := s.inWindow(b, weights, at, width)
		for w := range weights {
			t.variance[w] += shareVariance(b.place[w], l[w])
		}
	}
	return t
}

// inWindow is the share of a block's onsets, and of its weights, in a window.
func (s *recShift) inWindow(b *shareBlock, weights, at, width int) (share float64, l [recWeights]float64) {
	a, z := min(b.to, b.from+at), min(b.to, b.from+at+width)
	over := b.from + max(0, at+width-(b.to-b.from)) // end of the piece at the beginning
	share = float64(s.before[z]-s.before[a]+s.before[over]-s.before[b.from]) / float64(b.all)
	for w := range weights {
		c := s.cum[w]
		l[w] = (c[z] - c[a] + c[over] - c[b.from]) / b.total[w]
	}
	return share, l
}

// mostPairs is the number of onsets from which on the variance is taken as
// that of a single onset: the bound holds, and a block so full needs no more.
const mostPairs = 200

// shareVariance is the variance of the share of onsets at places u in a window
// of share l of the block under a uniform circular shift: two onsets at
// distance d are both inside with chance max(0, l-d) + max(0, l-(1-d)).
func shareVariance(u []float64, l float64) float64 {
	if len(u) > mostPairs {
		return l * (1 - l)
	}
	both := float64(len(u)) * l
	for i := range u {
		for _, v := range u[i+1:] {
			d := v - u[i]
			both += 2 * (math.Max(0, l-d) + math.Max(0, l-(1-d)))
		}
	}
	n := float64(len(u))
	return math.Max(0, both/(n*n)-l*l)
}
