package finding

import (
	"math"
	"sort"

	"almanac/internal/stat"
)

// recActive says between which occasions of a sequence a recurrence was
// alive: indexes into the sequence, both inclusive.
type recActive struct {
	from, to         int
	low, high        int // 95 % set of the first occasion
	isBegun, isEnded bool
}

// recMinClean is the least number of clean occasions from which anything is
// said to have ended.
const recMinClean = 3

// recMinBefore is the least number of clean occasions before something is said
// to have begun: one miss on the first day of the data is no beginning.
const recMinBefore = 2

// activePeriod finds the stretch of occasions in which the recurrence was
// alive: the maximum-sum segment of ln(theta/q) per hit and
// ln((1-theta)/(1-q)) per miss. isBegun only where the first two
// occasions lie outside the 95 % set of the beginning; isEnded only where the run
// of misses at the end is unlikely (under 5 %) for one still alive.
func activePeriod(hit []bool, q float64) recActive {
	n, k := len(hit), 0
	for _, h := range hit {
		if h {
			k++
		}
	}
	a := recActive{to: n - 1, high: 0}
	if n == 0 || k == 0 {
		return a
	}
	q = math.Max(0.002, math.Min(0.5, q))
	theta := math.Min(0.98, math.Max(0.7, float64(k)/float64(n)))
	up, down := math.Log(theta/q), math.Log((1-theta)/(1-q))
	best, sum, start := math.Inf(-1), 0.0, 0
	for i, h := range hit {
		if sum <= 0 {
			sum, start = 0, i
		}
		if h {
			sum += up
		} else {
			sum += down
		}
		if sum > best {
			best, a.from, a.to = sum, start, i
		}
	}
	a.low, a.high = sinceInterval(hit, q, a.to)
	a.isBegun = a.low >= recMinBefore
	in := 0
	for _, h := range hit[a.from : a.to+1] {
		if h {
			in++
		}
	}
	x, y, g := float64(in)+0.5, float64(a.to-a.from+1-in)+0.5, float64(n-1-a.to)
	a.isEnded = g >= recMinClean && stat.LnBeta(x, y+g)-stat.LnBeta(x, y) < math.Log(0.05)
	if !a.isBegun {
		a.from = 0
	}
	if !a.isEnded {
		a.to = n - 1
	}
	return a
}

// sinceInterval is the shortest 95 % set of the first occasion a, with weight
// prod over i<a of q^x (1-q)^(1-x) times B(k+1, m-k+1) over a..end.
func sinceInterval(hit []bool, q float64, end int) (low, high int) {
	ln := make([]float64, end+1)
	k, m := 0, 0
	for i := end; i >= 0; i-- {
		if hit[i] {
			k++
		}
		m++
		ln[i] = stat.LnBeta(float64(k)+1, float64(m-k)+1)
	}
	before, top := 0.0, math.Inf(-1)
	for i := range ln {
		ln[i] += before
		top = math.Max(top, ln[i])
		if hit[i] {
			before += math.Log(q)
		} else {
			before += math.Log(1 - q)
		}
	}
	order, total := make([]int, len(ln)), 0.0
	for i := range ln {
		order[i] = i
		ln[i] = math.Exp(ln[i] - top)
		total += ln[i]
	}
	sort.SliceStable(order, func(a, b int) bool { return ln[order[a]] > ln[order[b]] })
	low, high = order[0], order[0]
	sum := 0.0
	for _, i := range order {
		low, high = min(low, i), max(high, i)
		if sum += ln[i]; sum >= 0.95*total {
			break
		}
	}
	return low, high
}
