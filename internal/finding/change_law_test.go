package finding

import (
	"sort"
	"strconv"
	"strings"
	"time"

	"almanac/internal/stat"
	"almanac/schemas"
)

// byLaw judges the incidents of a world by the very law that drew it: what
// nobody can be better than. Only which change answers an incident is not
// told apart: a reactive one counts by the odds of either.
func (w changeWorld) byLaw(r changeRecipe) []schemas.Cause {
	rec := w.input.Records
	isNew := map[string]bool{}
	for _, g := range w.input.Signatures {
		isNew[g.SignatureID] = true
	}
	planned := make([]float64, len(rec.Changes))
	for k, c := range rec.Changes {
		planned[k] = plannedOdds(c, rec.Incidents, r)
	}
	var out []schemas.Cause
	for _, i := range rec.Incidents {
		on := serviceNumber(i.Service)
		caused, own := .5, .9
		if isNew["S-"+i.IncidentID] {
			caused, own = .5, .1
		}
		rate := .6 * officeShare(i.StartedTS) * own
		if r.uneven {
			rate *= unevenOwn[on%3]
		}
		var ids []string
		var weights []float64
		for k, c := range rec.Changes {
			from := serviceNumber(c.Service)
			share := 0.0
			switch {
			case from == on && on+1 == r.services:
				share = 1
			case from == on:
				share = .7
			case from+1 == on:
				share = .3
			}
			if share == 0 {
				continue
			}
			harm := r.cfr
			if r.uneven {
				harm *= unevenHarm[from%4]
			}
			if x := harm * share * stat.LagDensity(i.StartedTS.Sub(c.StartedTS).Minutes()) * caused * planned[k]; x > 0 {
				ids, weights = append(ids, c.ChangeID), append(weights, x)
			}
		}
		_, p := stat.Mixture(rate, weights)
		order := make([]int, len(p))
		for k := range order {
			order[k] = k
		}
		sort.SliceStable(order, func(a, b int) bool { return p[order[a]] > p[order[b]] })
		row := schemas.Cause{SubjectKind: "incident", SubjectID: i.IncidentID, Rank: 1, Label: causeNone, Probability: schemas.Ptr(0.0)}
		if len(order) > 0 {
			row.ChangeID, row.Probability, row.Label = ids[order[0]], schemas.Ptr(p[order[0]]), causeLabel(p[order[0]])
		}
		out = append(out, row)
	}
	return out
}

// plannedOdds is the chance that a change is one of those that may fail, and
// no answer to an incident.
func plannedOdds(c ChangeRow, incidents []IncidentRow, r changeRecipe) float64 {
	base, answers := float64(r.rate)*officeShare(c.StartedTS), 0.0
	for _, i := range incidents {
		if d := c.StartedTS.Sub(i.StartedTS).Minutes(); i.Service == c.Service && d >= 10 && d < 70 {
			answers += .7 / 60
		}
	}
	return base / (base + answers)
}

func serviceNumber(name string) int {
	n, err := strconv.Atoi(strings.TrimPrefix(name, "svc"))
	if err != nil {
		return -1
	}
	return n
}

// officeSum is the weight of all minutes of a week.
var officeSum = func() (sum float64) {
	for h := range 7 * 24 {
		sum += 60 * officeWeight(worldStart.Add(time.Duration(h)*time.Hour))
	}
	return sum
}()

// officeShare is the share of a week's changes that fall in the minute of an
// instant, in office hours.
func officeShare(t time.Time) float64 { return officeWeight(t) / officeSum }
