package finding

import (
	"regexp"
	"sort"
	"strings"
	"time"

	"almanac/schemas"
)

// A change that was taken back after the failure began is more likely its
// cause, one that had been taken back before hardly can be. The ratios are
// assumptions (three of ten causes are reverted soon, one of twenty others),
// not measured.
const (
	revertedAfter  = .3 / .05
	revertedBefore = .2
	// Whoever answers a failure often rolls back what was deployed last,
	// guilty or not: a rollback that does not name a change says little.
	revertedUnnamed = 1.5
	revertedMaybe   = .5
)

// latestOnly is the score of a rollback that does not say what it takes back.
const latestOnly = .1

// revertReach is how long after a change its reversal is looked for.
const revertReach = 72 * time.Hour

var revertWords = regexp.MustCompile(`(?i)\b(revert\w*|roll(ed|ing)?[- ]?back|back to|back(ed|ing)?[- ]out|undo|undone)\b`)

// mergeNoise is what a merge commit says of itself rather than of the change.
var mergeNoise = regexp.MustCompile(`(?i)\bmerge (pull request|branch|remote-tracking branch)?\s*#?\d*( from \S+)?`)

// markReverts finds, for every change, when it was taken back.
func markReverts(changes []changeRec) {
	for k := range changes {
		r := &changes[k]
		if r.Kind != schemas.ChangeRollback && !revertWords.MatchString(r.Title) {
			continue
		}
		from := sort.Search(k, func(i int) bool { return !changes[i].at.Before(r.at.Add(-revertReach)) })
		best, score := -1, 0.0
		for i := k - 1; i >= from; i-- {
			c := &changes[i]
			if c.Kind == schemas.ChangeRestart || c.Service != r.Service || revertWords.MatchString(c.Title) {
				continue
			}
			if s := reverts(r.ChangeRow, c.ChangeRow); s > score {
				best, score = i, s
			}
		}
		if best >= 0 && changes[best].reverted.IsZero() {
			changes[best].reverted, changes[best].revertedBy, changes[best].unnamed = r.at, r.ChangeID, score <= latestOnly
		}
	}
}

// reverts scores how clearly one change takes another back: it names its
// version or commit, or half of its title's words; a rollback without either
// takes back the latest deploy.
func reverts(r, c ChangeRow) float64 {
	if c.Commit != "" && len(c.Commit) >= 7 && strings.Contains(r.Title, c.Commit[:7]) {
		return 3
	}
	if c.Version != "" && strings.Contains(r.Title, c.Version) {
		return 2
	}
	if s := titleShare(c.Title, r.Title); s >= .5 {
		return s
	}
	if r.Kind == schemas.ChangeRollback && (c.Kind == schemas.ChangeDeploy || c.Kind == schemas.ChangeRelease) {
		return latestOnly
	}
	return 0
}

// titleShare is the share of a title's words that another title has too; 0
// for titles of fewer than two words, which say too little.
func titleShare(of, in string) float64 {
	want := nameSet(similarWords(mergeNoise.ReplaceAllString(of, " ")))
	have := nameSet(similarWords(mergeNoise.ReplaceAllString(in, " ")))
	if len(want) < 2 {
		return 0
	}
	both := 0
	for x := range want {
		if have[x] {
			both++
		}
	}
	return float64(both) / float64(len(want))
}

// revertFactor is what a reversal says about a change as the cause of a
// failure that began at onset.
func revertFactor(c changeRec, onset time.Time) float64 {
	switch {
	case c.reverted.IsZero():
		return 1
	case c.reverted.After(onset) && c.unnamed:
		return revertedUnnamed
	case c.reverted.After(onset):
		return revertedAfter
	case c.unnamed:
		return revertedMaybe
	}
	return revertedBefore
}
