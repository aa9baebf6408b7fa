package finding

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"almanac/internal/stat"
	"almanac/schemas"
)

// Labels of a cause.
const (
	causeLikely   = "likely"
	causePossible = "possible"
	causeNone     = "none"
	causeRuledOut = "ruled out"
)

// atLikely and atPossible are the probabilities from which a candidate is
// called likely and possible; calibrated: of those called 0.8 and more, 0.97
// were right (statistics.md part B3).
const (
	atLikely   = .8
	atPossible = .4
)

// maxCandidates is how many candidates of a subject are written down.
const maxCandidates = 5

// directReach is how far back a change can begin a failure by itself; longer
// ways go over something that fell silent meanwhile.
const directReach = 24 * time.Hour

// Changes asks of every incident, recurrence and onset which change may have
// begun it, and of all incidents together whether they follow changes at all.
// Each subject has at least one row; where nothing stands out it says so.
func Changes(in ChangeInput) ChangeResult {
	h := newHistory(in.Records, in.Since, in.Until, in.Now, in.Zone)
	res := ChangeResult{Warnings: h.warnings}
	for _, lag := range crossoverLags {
		res.Crossover = append(res.Crossover, h.crossover(lag))
	}
	res.Failure = h.failures()
	j := &judge{in: &in, history: h, model: newHazard(h, res.Failure, countServices(in.Records, h))}
	j.learn(j.lessons())
	for _, i := range h.incidents {
		res.Causes = append(res.Causes, j.incident(i)...)
	}
	for _, r := range in.Recurrences {
		res.Causes = append(res.Causes, j.recurrence(r)...)
	}
	for _, o := range in.Onsets {
		res.Causes = append(res.Causes, j.onset(o)...)
	}
	res.Findings = append(j.findings(res.Causes), j.overall(res)...)
	return res
}

// countServices is the number of services among which failures fall.
func countServices(r Records, h *history) int {
	set := nameSet(r.Known)
	if len(set) == 0 {
		for _, c := range h.changes {
			set[c.Service] = true
		}
	}
	for _, i := range h.incidents {
		for _, s := range i.services {
			set[s] = true
		}
	}
	delete(set, "")
	return max(1, len(set))
}

// judge weighs the changes against one subject after the other.
type judge struct {
	in      *ChangeInput
	history *history
	model   hazard
}

// subject is something that began at an instant.
type subject struct {
	kind, id string
	services []string
	onset    time.Time // when it began, as well as it is known
	recorded time.Time // as recorded; later than onset where an alert was recorded
	early    time.Time // the earliest it may have begun; zero: onset
	told     time.Time // the likeliest, where it is known to an interval; zero: onset
	known    bool      // logs around the onset exist
	isNew    string    // a signature never seen before that began with it
	none     float64   // rate of such beginnings without a change, per minute
	reach    reach     // of services
}

// candidate is a change with its weight for a subject.
type candidate struct {
	changeRec
	lag    time.Duration
	hops   int
	weight float64
	p      float64
	via    string // the way, where it is not direct
	// the moment and the lag whose base rate counts; zero: onset and lag
	linkAt  time.Time
	linkLag time.Duration
}

// candidates weighs the changes of the day before the onset. Changes between
// onset and recorded start are ruled out.
func (j *judge) candidates(s subject) (found, out []candidate) {
	changes := j.history.changes
	from := s.onset.Add(-directReach)
	if !s.early.IsZero() {
		from = s.early.Add(-directReach)
	}
	i := sort.Search(len(changes), func(k int) bool { return !changes[k].at.Before(from) })
	until := s.onset
	if s.recorded.After(until) {
		until = s.recorded
	}
	for ; i < len(changes) && !changes[i].at.After(until); i++ {
		c := candidate{changeRec: changes[i], hops: s.reach.to(changes[i].Service)}
		c.lag = s.onset.Sub(c.at)
		if c.lag < 0 {
			if c.hops >= 0 && c.hops <= 1 {
				out = append(out, c)
			}
			continue
		}
		c.weight = j.weigh(c, s)
		if lag := s.told.Sub(c.at); !s.told.IsZero() && lag > 0 {
			c.lag = lag
		}
		found = append(found, c)
	}
	return found, out
}

// weigh is the rate at which a change may have begun the subject.
func (j *judge) weigh(c candidate, s subject) float64 {
	return j.spread(c.changeRec, s, c.hops) * newFactor(s.known, s.isNew != "") * revertFactor(c.changeRec, s.onset)
}

// spread is the weight of a change, averaged over the time in which the
// subject may have begun.
func (j *judge) spread(c changeRec, s subject, hops int) float64 {
	if s.early.IsZero() || !s.early.Before(s.onset) {
		// An onset in the same second as the change comes after it.
		return j.model.weight(c, max(s.onset.Sub(c.at), time.Second), hops)
	}
	const steps = 96
	width := s.onset.Sub(s.early)
	sum := 0.0
	for k := range steps {
		t := s.early.Add(width * time.Duration(2*k+1) / (2 * steps))
		sum += j.model.weight(c, t.Sub(c.at), hops)
	}
	return sum / steps
}

// rank turns weights into probabilities, best first.
func rank(found []candidate, none float64) []candidate {
	w := make([]float64, len(found))
	for i, c := range found {
		w[i] = c.weight
	}
	_, p := stat.Mixture(none, w)
	for i := range found {
		found[i].p = p[i]
	}
	sort.SliceStable(found, func(a, b int) bool {
		if found[a].p != found[b].p {
			return found[a].p > found[b].p
		}
		return found[a].at.After(found[b].at)
	})
	return found
}

// rows writes the candidates down: with a row of label none first where
// nothing stands out, and the ruled out ones last.
func (j *judge) rows(s subject, found, out []candidate, why string) []schemas.Cause {
	night := j.in.Night
	var rows []schemas.Cause
	best := 0.0
	if len(found) > 0 {
		best = found[0].p
	}
	if best < atPossible {
		rest := 1.0
		for _, c := range found {
			rest -= c.p
		}
		rows = append(rows, schemas.Cause{
			EventDate: night, SubjectKind: s.kind, SubjectID: s.id, Label: causeNone,
			Probability: schemas.Ptr(max(0, rest)), Reason: noneReason(why, found, s),
		})
	}
	for k, c := range found {
		if k >= maxCandidates || k > 0 && c.p < .01 {
			break
		}
		rows = append(rows, j.row(s, c))
	}
	for k := len(out) - 1; k >= max(0, len(out)-3); k-- {
		c := out[k]
		row := j.row(s, c)
		row.Label, row.Probability = causeRuledOut, schemas.Ptr(0.0)
		row.Reason = fmt.Sprintf("Ruled out: the errors began %s before it.", spell(-c.lag))
		rows = append(rows, row)
	}
	for k := range rows {
		rows[k].Rank = int64(k + 1)
	}
	return rows
}

func noneReason(why string, found []candidate, s subject) string {
	if why != "" {
		return why
	}
	if len(found) == 0 {
		return "No recorded change stands out: there is none in the 24 h before."
	}
	near, direct := 0, 0
	for _, c := range found {
		if c.via != "" {
			continue
		}
		direct++
		if c.hops >= 0 && c.hops <= 1 {
			near++
		}
	}
	return fmt.Sprintf("No recorded change stands out: %s in the 24 h before, %d of them on its services or one call away, and such changes are as frequent when nothing fails.",
		count(direct, "change"), near)
}

func (j *judge) row(s subject, c candidate) schemas.Cause {
	row := schemas.Cause{
		EventDate: j.in.Night, SubjectKind: s.kind, SubjectID: s.id, ChangeID: c.ChangeID,
		Probability: schemas.Ptr(c.p), Label: causeLabel(c.p), LagS: schemas.Ptr(c.lag.Seconds()),
		Warnings: lines(c.doubts),
	}
	if c.hops >= 0 {
		row.Distance = schemas.Ptr(int64(c.hops))
	}
	share, by := j.coincidence(s, c)
	row.CoincidenceShare = schemas.Ptr(share)
	row.Reason = j.reason(s, c, share, by)
	return row
}

func causeLabel(p float64) string {
	switch {
	case p >= atLikely:
		return causeLikely
	case p >= atPossible:
		return causePossible
	}
	return causeNone
}

// coincidence is how often a change of this kind, no farther away, lies this
// close before the same weekday and time of other weeks; without such weeks
// it follows from the number of such changes alone.
func (j *judge) coincidence(s subject, c candidate) (share float64, by string) {
	like := func(o changeRec) bool {
		return o.Kind == c.Kind && s.reach.to(o.Service) == c.hops
	}
	moment, lag := s.onset, c.lag
	if !c.linkAt.IsZero() {
		moment, lag = c.linkAt, c.linkLag
	}
	ref := j.history.referents(moment)[1:]
	var times []time.Time
	for _, o := range j.history.changes {
		if like(o) {
			times = append(times, o.at)
		}
	}
	if len(ref) >= 2 {
		x := 0
		for _, t := range ref {
			if (timeline{"": times}).any(nil, t.Add(-lag-time.Second), t) {
				x++
			}
		}
		return float64(x) / float64(len(ref)), fmt.Sprintf("%d of %d comparable moments", x, len(ref))
	}
	span := j.history.until.Sub(j.history.since)
	if span <= 0 {
		return 1, "nothing to compare with"
	}
	return min(1, float64(len(times))*lag.Seconds()/span.Seconds()), "their number in the whole span"
}

func (j *judge) reason(s subject, c candidate, share float64, by string) string {
	var parts []string
	head := fmt.Sprintf("%s came %s before", upperFirst(changeName(c.ChangeRow)), spell(c.lag))
	if c.lag < 0 {
		head = fmt.Sprintf("%s came %s after the last run, before the one that did not come", upperFirst(changeName(c.ChangeRow)), spell(c.lag))
	}
	if c.via != "" {
		head += "; " + c.via
	}
	parts = append(parts, head)
	switch {
	case c.via != "":
	case c.hops == 0 && c.Service != "":
		parts = append(parts, "same service")
	case c.hops == 0:
		parts = append(parts, "the record names no service")
	case c.hops == 1:
		parts = append(parts, "a service it calls")
	case c.hops > 1:
		parts = append(parts, fmt.Sprintf("%d calls away", c.hops))
	case len(j.in.Graph.Edges) == 0:
		parts = append(parts, "another service, and no service graph is known")
	default:
		parts = append(parts, "no call leads to its service")
	}
	if s.isNew != "" && c.via == "" {
		parts = append(parts, "an error never seen before began with it: "+clip(s.isNew, 80))
	}
	if c.reactive {
		parts = append(parts, "made while an incident was open")
	}
	switch after := c.reverted.Sub(s.onset); {
	case c.reverted.IsZero():
	case c.unnamed && after > 0:
		parts = append(parts, fmt.Sprintf("rollback %s of its service came %s after the failure began, and names no change", clip(c.revertedBy, 24), spell(after)))
	case c.unnamed:
		parts = append(parts, fmt.Sprintf("rollback %s of its service, which names no change, had come before", clip(c.revertedBy, 24)))
	case after > 0:
		parts = append(parts, fmt.Sprintf("taken back by %s %s after the failure began", clip(c.revertedBy, 24), spell(after)))
	default:
		parts = append(parts, "it had been taken back before")
	}
	if c.Status == "failed" {
		parts = append(parts, "its own status was failed")
	}
	if len(c.also) > 0 {
		parts = append(parts, "also recorded as "+strings.Join(c.also, ", "))
	}
	return strings.Join(parts, "; ") + fmt.Sprintf(". By coincidence: %s (%s).", asPercent(share), by)
}

// upperFirst makes the first letter of a sentence a capital.
func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
