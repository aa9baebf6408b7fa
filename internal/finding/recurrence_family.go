package finding

import (
	"math"
	"sort"
	"strings"
)

// recEntry is a story on its way to a row.
type recEntry struct {
	st         *recStory
	id         string
	status     string
	firstNight string
	family     string
	isLead     bool
	seenIn     []string
	first      string // service that errs first
}

// groupFamilies joins recurrences that are one story: the same calendar and
// window, and where both have a job the same job. In each family the service
// that errs first is counted over the days, and a lead is chosen to tell it.
func (j *recJudge) groupFamilies(all []*recEntry, edges []RecurrenceEdge) {
	parent := make([]int, len(all))
	for i := range parent {
		parent[i] = i
	}
	var root func(i int) int
	root = func(i int) int {
		for parent[i] != i {
			i = parent[i]
		}
		return i
	}
	for i := range all {
		for k := i + 1; k < len(all); k++ {
			if isFamily(all[i].st, all[k].st) {
				a, b := root(i), root(k)
				parent[max(a, b)] = min(a, b)
			}
		}
	}
	groups := map[int][]*recEntry{}
	var order []int
	for i, e := range all {
		r := root(i)
		if groups[r] == nil {
			order = append(order, r)
		}
		groups[r] = append(groups[r], e)
	}
	for _, r := range order {
		j.tellFamily(groups[r], edges)
	}
}

// isFamily says whether two stories are one.
func isFamily(a, b *recStory) bool {
	if a.kind != b.kind || a.arg != b.arg || a.frame.name != b.frame.name || (a.gather == nil) != (b.gather == nil) || a.until.IsZero() != b.until.IsZero() {
		return false
	}
	if a.job != nil && b.job != nil && a.job.series.service != b.job.series.service && !a.mayBe(b) {
		return false
	}
	if a.period > 0 {
		d := a.period - b.period
		return d > -1 && d < 1 && (a.kind == kindInterval || recAbs(a.start-b.start) <= 2)
	}
	if a.kind == kindAnyHour {
		return true
	}
	over := min(a.end, b.end) - max(a.start, b.start)
	return over > 0 && (2*over >= min(a.end-a.start, b.end-b.start)) && sharedHits(a, b)
}

// mayBe says whether the jobs named are alternatives of one another.
func (st *recStory) mayBe(other *recStory) bool {
	for _, o := range st.job.others {
		if o == other.job.series.service {
			return true
		}
	}
	for _, o := range other.job.others {
		if o == st.job.series.service {
			return true
		}
	}
	return false
}

// sharedHits says whether most occasions that one was hit on were hit in the
// other too.
func sharedHits(a, b *recStory) bool {
	on := map[int64]bool{}
	for _, o := range a.occ {
		if o.isHit {
			on[o.date.Unix()] = true
		}
	}
	both, n := 0, 0
	for _, o := range b.occ {
		if o.isHit {
			n++
			if on[o.date.Unix()] {
				both++
			}
		}
	}
	return 2*both >= min(n, len(on))
}

// tellFamily names the family after its lead and fills what only the family
// knows.
func (j *recJudge) tellFamily(g []*recEntry, edges []RecurrenceEdge) {
	first := firstService(g)
	in := map[string]bool{}
	best := 0.0
	for _, e := range g {
		in[e.st.sub.service] = true
		best = math.Max(best, e.st.share())
	}
	depth := callDepth(in, edges)
	alone := loneSignatures(g)
	lead := append([]*recEntry(nil), g...)
	sort.SliceStable(lead, func(x, y int) bool {
		a, b := lead[x], lead[y]
		if a.st.gather != nil && a.st.found.lnP != b.st.found.lnP {
			return a.st.found.lnP < b.st.found.lnP // nothing is due: what shows it best tells it
		}
		for _, c := range [...]int{
			a.st.lag(best) - b.st.lag(best),
			j.edge(a.st.sub) - j.edge(b.st.sub),
			leadRank(a.st.sub, depth, alone) - leadRank(b.st.sub, depth, alone),
			b.st.hits*max(1, a.st.exposed) - a.st.hits*max(1, b.st.exposed),
		} {
			if c != 0 {
				return c < 0
			}
		}
		if a.st.found.lnP != b.st.found.lnP {
			return a.st.found.lnP < b.st.found.lnP
		}
		return a.id < b.id
	})
	services := make([]string, 0, len(in))
	for s := range in {
		if s != "" && s != lead[0].st.sub.service {
			services = append(services, s)
		}
	}
	sort.Strings(services)
	for _, e := range g {
		e.family = "RF" + strings.TrimPrefix(lead[0].id, "R")
		e.first = first
	}
	lead[0].isLead, lead[0].seenIn = true, services
	j.adoptJob(lead)
	for _, e := range lead[1:] {
		e.st.cause.follow(e.st, lead[0].st)
	}
}

// share is hits of exposures.
func (st *recStory) share() float64 { return float64(st.hits) / math.Max(1, float64(st.exposed)) }

// lag is 1 for a story that is plainly less regular than the family's best:
// it does not lead.
func (st *recStory) lag(best float64) int {
	if st.share() < best-0.05 {
		return 1
	}
	return 0
}

// callDepth counts, for each service of a family, the calls from a service
// that none of them calls down to it.
func callDepth(in map[string]bool, edges []RecurrenceEdge) map[string]int {
	depth := map[string]int{}
	known := map[string]bool{}
	for _, x := range edges {
		known[x.Caller], known[x.Callee] = true, true
	}
	for s := range in {
		if !known[s] && len(edges) > 0 {
			depth[s] = len(in) // not known to be near anyone
		}
	}
	for range min(len(in), 20) {
		for _, x := range edges {
			if in[x.Caller] && in[x.Callee] && x.Caller != x.Callee && depth[x.Caller]+1 > depth[x.Callee] && depth[x.Caller] < len(in) {
				depth[x.Callee] = depth[x.Caller] + 1
			}
		}
	}
	return depth
}

// edge is 1 for what is seen at a proxy only: served requests that failed say
// that something behind it did. Such a story leads only a family of its like.
func (j *recJudge) edge(s *recSubject) int {
	if s.kind != subjectIncident && j.logs != nil && j.logs.edge[s.service] {
		return 1
	}
	return 0
}

// loneSignature is the share of a service's events in the window from which on
// one signature is all there is to say of them.
const loneSignature = 0.7

// loneSignatures says for which services of a family a single signature makes
// up the errors in the window: it has the words and the sharper window.
func loneSignatures(g []*recEntry) map[string]bool {
	all, top, n := map[string]float64{}, map[string]float64{}, map[string]int{}
	for _, e := range g {
		sum := 0.0
		for _, o := range e.st.occ {
			if o.isHit {
				sum += o.count
			}
		}
		switch s := e.st.sub.service; e.st.sub.kind {
		case subjectService:
			all[s] = math.Max(all[s], sum)
		case subjectSignature:
			top[s] = math.Max(top[s], sum)
			n[s]++
		}
	}
	out := map[string]bool{}
	for s := range top {
		out[s] = n[s] == 1 && top[s] >= loneSignature*all[s]
	}
	return out
}

// leadRank prefers what people see: services near the top of the calls, and a
// service's errors before single signatures, unless there is but one.
func leadRank(s *recSubject, depth map[string]int, alone map[string]bool) int {
	r := 0
	switch s.kind {
	case subjectService:
		if alone[s.service] {
			r = 2
		}
	case subjectSignature:
		r = 1
	case subjectErrorType:
		r = 3
	case subjectIncident:
		r = 4
	}
	if s.service == "" {
		r += 5
	}
	return r + 10*depth[s.service]
}

// adoptJob gives the lead the family's best job when it found none itself.
func (j *recJudge) adoptJob(g []*recEntry) {
	if g[0].st.job != nil {
		return
	}
	for _, e := range g[1:] {
		if e.st.job != nil && e.st.period == 0 {
			if m := j.matchJob(g[0].st, e.st.job.series); m != nil {
				g[0].st.job = m
				g[0].st.cause = recCause{}
				g[0].st.judgeCause()
				return
			}
		}
	}
}

// follow takes over the lead's verdict where a member's own days cannot
// decide and both name the same job.
func (c *recCause) follow(st, lead *recStory) {
	if c.verdict == verdictUndetermined && lead.cause.verdict != verdictUndetermined &&
		st.job != nil && lead.job != nil && st.job.series.service == lead.job.series.service {
		c.verdict = lead.cause.verdict
		c.why = append(c.why[:len(c.why)-1:len(c.why)-1], "the same recurrence in "+recService(lead.sub.service)+" decides it")
	}
}

// firstService is the service whose errors come first on most days.
func firstService(g []*recEntry) string {
	type best struct {
		at      int64
		service string
	}
	by := map[int64]best{}
	for _, e := range g {
		if e.st.sub.kind == subjectIncident || e.st.sub.service == "" {
			continue
		}
		for _, o := range e.st.occ {
			if !o.isHit || o.first == 0 {
				continue
			}
			k := o.date.Unix()
			if b, ok := by[k]; !ok || o.first < b.at || o.first == b.at && e.st.sub.service < b.service {
				by[k] = best{o.first, e.st.sub.service}
			}
		}
	}
	count := map[string]int{}
	for _, b := range by {
		count[b.service]++
	}
	first := ""
	for s, n := range count {
		if first == "" || n > count[first] || n == count[first] && s < first {
			first = s
		}
	}
	return first
}
