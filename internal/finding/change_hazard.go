package finding

import (
	"math"
	"time"

	"almanac/internal/stat"
	"almanac/schemas"
)

// Kinds of change start from different prior chances to break something. Five
// per cent is the prior of statistics.md part B3; a commit is not a deploy
// and most commits never reach production by themselves.
const (
	priorChange = .05
	priorCommit = .015
)

// hazard is the model of what begins failures at this site: failures without
// a change by hour of the week, and the chance of each kind of change to
// cause one.
type hazard struct {
	alpha   map[string]float64 // by kind; "" for kinds without changes of their own
	lambda0 float64            // failures without a change per minute and service
	profile [2][24]float64     // weekdays, weekends; mean 1 over the week
	zone    *time.Location
	learned
}

// newHazard anchors the model on the change-failure rates, so that its
// probabilities hold at sites where changes are harmless and at sites where
// they are not.
func newHazard(h *history, failures []ChangeFailure, services int) hazard {
	m := hazard{alpha: map[string]float64{}, zone: h.zone, learned: unlearned(services)}
	mass := stat.LagMass(failureLag.Minutes())
	all := priorChange
	explained := 0.0
	for _, f := range failures {
		switch f.By {
		case "all":
			all = stat.AnchoredRate(f.Excess, mass, f.Changes, priorChange)
			m.alpha[""] = all
		case "kind":
			// Not drawn to the rate of all: that would count a kind's own
			// changes twice.
			prior := priorChange
			if f.Part == schemas.ChangeCommit {
				prior = priorCommit
			}
			m.alpha[f.Part] = stat.AnchoredRate(f.Excess, mass, f.Changes, prior)
			explained += m.alpha[f.Part] * float64(f.Changes)
		}
	}
	if m.alpha[""] == 0 {
		m.alpha[""] = priorChange
	}
	first := 0
	for _, i := range h.incidents {
		if !i.relapse && h.inSpan(i.at) {
			first++
		}
	}
	span := math.Max(1, h.until.Sub(h.since).Minutes())
	// Never below a tenth of the incidents, and one: some failures always
	// come by themselves.
	own := math.Max(math.Max(1, float64(first)/10), float64(first)-explained)
	m.lambda0 = own / (span * float64(max(1, services)))
	m.profileOf(h)
	return m
}

// profileOf counts incidents per hour of weekdays and weekends, smoothed over
// two hours each side, with twenty pseudo-incidents spread evenly.
func (m *hazard) profileOf(h *history) {
	var raw [2][24]float64
	n := 0.0
	for _, i := range h.incidents {
		if !i.relapse {
			raw[m.dayKind(i.at)][i.at.In(m.zone).Hour()]++
			n++
		}
	}
	days := [2]float64{5, 2}
	for k := range raw {
		for hour := range raw[k] {
			sum := 0.0
			for d := -2; d <= 2; d++ {
				sum += raw[k][(hour+d+24)%24]
			}
			// expected in this cell if incidents fell evenly on the week
			even := n * days[k] / 7 / 24
			pseudo := 20 * days[k] / 7 / 24
			m.profile[k][hour] = (sum/5 + pseudo) / (even + pseudo)
		}
	}
}

func (m *hazard) dayKind(t time.Time) int {
	switch t.In(m.zone).Weekday() {
	case time.Saturday, time.Sunday:
		return 1
	}
	return 0
}

// none is the rate of failures of these services without a change at an
// instant, per minute.
func (m *hazard) none(t time.Time, services []string) float64 {
	return m.lambda0 * m.ownRate(services) * m.profile[m.dayKind(t)][t.In(m.zone).Hour()]
}

// of is the chance of a change of this kind to cause a failure.
func (m *hazard) of(kind string) float64 {
	if a, ok := m.alpha[kind]; ok {
		return a
	}
	if kind == schemas.ChangeCommit {
		return m.alpha[""] * priorCommit / priorChange
	}
	return m.alpha[""]
}

// reactiveWeight discounts a change made during an incident.
const reactiveWeight = .2

// newFactor is how much more likely something never seen before is with a
// failure that a change caused than with another. known false: no logs that
// could tell.
func newFactor(known, isNew bool) float64 {
	switch {
	case !known:
		return 1
	case isNew:
		return .5 / .1
	}
	return .5 / .9
}

// weight is the rate per minute at which this change causes a failure lag
// after it, hops calls away.
func (m *hazard) weight(c changeRec, lag time.Duration, hops int) float64 {
	w := m.of(c.Kind) * m.harm(c.Service) * m.hop[hopClass(hops)] * stat.LagDensity(lag.Minutes())
	if c.reactive {
		w *= reactiveWeight
	}
	return w
}
