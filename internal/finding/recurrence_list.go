package finding

import (
	"math"

	"almanac/internal/stat"
)

// result corrects over all subjects and writes the rows.
func (r *recRun) result() RecurrenceResult {
	var out RecurrenceResult
	var p []float64
	for _, v := range r.verdicts {
		if v.tested {
			p = append(p, v.p)
		}
	}
	out.Tests = len(p)
	q := stat.BenjaminiHochberg(p, len(p))
	diffuse := r.diffuse(len(p))
	passed, at := 0, 0
	for i := range p {
		if q[i] <= r.in.Params.Report {
			passed++
		}
	}
	// The p-value under which Benjamini and Hochberg reject.
	cut := r.in.Params.Report * float64(passed) / math.Max(1, float64(len(p)))
	var all []*recEntry
	for _, v := range r.verdicts {
		qv := 1.0
		if v.tested {
			qv = q[at]
			at++
		}
		told := false
		for i, st := range v.stories {
			// A later round of a subject is held to the same p as the first.
			if ps := math.Exp(st.found.lnP); ps <= cut && qv <= r.in.Params.Report {
				st.q = math.Min(1, math.Max(qv, ps*qv/math.Max(v.p, 1e-300)))
				if i == 0 {
					st.q = qv
				}
				told = true
				all = append(all, &recEntry{st: st, status: statusCandidate})
				if v.held[i] {
					all[len(all)-1].status = statusConfirmed
				}
			} else if i == 0 {
				v.note = "a pattern was seen, but among " + recCount(out.Tests, "subject") + " searched it may be chance"
			}
		}
		if v.maybe != nil && !told && len(v.follow) == 0 {
			v.maybe.q = qv
			all = append(all, &recEntry{st: v.maybe, status: statusTentative})
			v.note = ""
		}
		for _, st := range v.follow {
			st.q = qv
			all = append(all, &recEntry{st: st, status: ""})
		}
	}
	all = append(all, diffuse...)
	r.settle(all)
	r.judge.groupFamilies(all, r.in.Edges)
	r.write(&out, all)
	r.notes(&out)
	return out
}

// diffuse gives what gathers without a schedule, corrected over the subjects
// tested: a family of tests of its own.
func (r *recRun) diffuse(tests int) []*recEntry {
	var p []float64
	var found []*recVerdict
	for _, v := range r.verdicts {
		if v.tested && v.diffuse != nil {
			p, found = append(p, math.Exp(v.diffuse.found.lnP)), append(found, v)
		}
	}
	q := stat.BenjaminiHochberg(p, tests)
	var out []*recEntry
	for i, v := range found {
		if v.diffuse.q = q[i]; q[i] > diffuseLevel {
			continue
		}
		if len(v.stories) == 0 {
			v.note = ""
		}
		out = append(out, &recEntry{st: v.diffuse, status: statusDiffuse})
	}
	return out
}
