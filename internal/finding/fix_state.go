package finding

import (
	"math"

	"almanac/internal/stat"
)

// fixState orders the questions: is there any evidence, had it stopped
// before, is it gone, does it go on, is it rarer.
func fixState(t tally, p, level float64) string {
	switch {
	case t.due == 0:
		return FixUntested
	case t.m == 0:
		return FixNoEvidence
	case t.h == 0 && t.quiet > 0 && stat.QuietTail(t.kq, t.nq, t.quiet) < stoppedLevel:
		return FixStopped
	case p <= level && t.m >= minClean:
		return FixHeld
	case t.h > 0 && (rarer(t) || weaker(t)):
		return FixPartial
	case p >= failedLevel, t.n < shortHistory && t.h == t.m && p >= failedShort:
		return FixFailed
	}
	return FixHolding
}

// rarer says whether the hits after a fix are fewer than before beyond chance
// (5 %), yet not gone.
func rarer(t tally) bool {
	if t.n == 0 || t.m < 5 {
		return false
	}
	before := (float64(t.k) + .5) / (float64(t.n) + 1)
	// P(H <= h) = P(misses >= m-h)
	return math.Exp(stat.LnBinomialTail(t.m, t.m-t.h, 1-before)) < .05
}

// weakerLevel and weakerLeast say when the errors of a hit are fewer than
// before: by the rank sum test, and by a tenth at least.
const (
	weakerLevel = .01
	weakerLeast = .1
)

// weaker says whether the hits since a fix bring fewer errors than those
// before: it still comes, but lets more through.
func weaker(t tally) bool {
	if len(t.is) < minClean || len(t.was) < minClean || stat.Median(t.was) <= 0 {
		return false
	}
	return stat.RankSumLess(t.was, t.is) < weakerLevel && stat.Median(t.is) <= (1-weakerLeast)*stat.Median(t.was)
}

// effect is the change that a partial fix made: of the share of occasions
// hit where that fell, else of the errors per hit.
func (t tally) effect() float64 {
	if rarer(t) && t.k > 0 {
		return ratioOf(t.h, t.m)/ratioOf(t.k, t.n) - 1
	}
	if was := stat.Median(t.was); was > 0 {
		return stat.Median(t.is)/was - 1
	}
	return 0
}
