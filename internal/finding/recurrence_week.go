package finding

import (
	"math"
	"sort"

	"almanac/internal/stat"
)

// recWeekCount is the number of windows scanned in a week.
const recWeekCount = 7 * recWindowCount

// scanWeeks is the day-shift test with the week as block: it is what makes
// five Mondays provable. Windows near the end of a Monday week are judged in
// weeks that begin on Thursday noon.
func (s *recShift) scanWeeks() recFound {
	best := recFound{lnP: 0, how: howWeek, class: -1}
	const week = 7 * recDaySlots
	monday := (isoDow(s.f.date(0)) - 1) * recDaySlots // slots since Monday at slot 0
	first := week - monday                            // slot of the first Monday after day 0
	s.weeks[0] = s.paddedWeeks(first % week)
	s.weeks[1] = s.paddedWeeks((first + 3*recDaySlots + recDaySlots/2) % week)
	n := s.f.slots()
	var q []float64
	for _, length := range recWindows {
		for start := 0; start < week; start++ {
			hits, set := 0, s.weeks[0]
			if centre := start + length/2; centre < week/4 || centre >= 3*week/4 {
				set = s.weeks[1]
			}
			at := (first + start) % week
			for a := at; a+length <= n; a += week {
				if s.isDue(a, a+length) && s.isHit(a, a+length) {
					hits++
				}
			}
			if hits < recMinClassDays {
				continue
			}
			if q = s.weekChances(q, set, at, length, 1); !standsOut(q, hits) {
				continue
			}
			if q = s.weekChances(q, set, at, length, recWeights); !standsOut(q, hits) {
				continue
			}
			lnP := stat.LnPoissonBinomialTail(q, hits) + math.Log(float64(recWeekCount)/weightWeekBlock)
			if lnP < best.lnP {
				best.lnP, best.start, best.length = lnP, start%recDaySlots, length
				best.dow = start/recDaySlots + 1
			}
		}
	}
	return best
}

// weekChances gives q of the due weeks of a window that first begins at slot
// at, over the first weights weights.
func (s *recShift) weekChances(q []float64, set []recBlock, at, length, weights int) []float64 {
	q = q[:0]
	for a := at; a+length <= s.f.slots(); a += 7 * recDaySlots {
		if !s.isDue(a, a+length) {
			continue
		}
		if k := weekOf(set, a+length/2); k != nil {
			q = append(q, s.chance(k, a, a+length, 0, weights))
		}
	}
	return q
}

// standsOut says whether hits are three standard deviations above their mean.
func standsOut(q []float64, hits int) bool {
	mean, variance := 0.0, 0.0
	for _, x := range q {
		mean, variance = mean+x, variance+x*(1-x)
	}
	return hits <= len(q) && float64(hits)-mean >= 3*math.Sqrt(variance)
}

// paddedWeeks cuts weeks that begin at slot first, with the part week before.
func (s *recShift) paddedWeeks(first int) []recBlock {
	const week = 7 * recDaySlots
	var out []recBlock
	if first > 0 {
		out = append(out, s.blocksTo(0, first))
	}
	return append(out, s.blocks(first, week)...)
}

// blocksTo gives the one block [from, to).
func (s *recShift) blocksTo(from, to int) recBlock {
	k := recBlock{from: from, to: min(to, s.f.slots())}
	a, b := sort.SearchInts(s.onset, k.from*recSlotMin), sort.SearchInts(s.onset, k.to*recSlotMin)
	for w := range k.total {
		k.total[w] = s.cum[w][k.to] - s.cum[w][k.from]
		k.gaps[w], k.sums[w] = s.gaps(w, s.onset[a:b], k.from, k.total[w])
	}
	return k
}

func weekOf(set []recBlock, slot int) *recBlock {
	i := sort.Search(len(set), func(i int) bool { return set[i].to > slot })
	if i < len(set) && slot >= set[i].from {
		return &set[i]
	}
	return nil
}
