package finding

import (
	"regexp"
	"sort"
	"strings"
	"time"
)

// titleNumbers are what tells two incidents of one kind of title apart.
var titleNumbers = regexp.MustCompile(`[#(\[]?\b[0-9a-f]*[0-9][0-9a-z:./-]*\b[)\]]?`)

// titleFamily is a title without its numbers, ids and dates.
func titleFamily(title string) string {
	t := titleNumbers.ReplaceAllString(strings.ToLower(title), " ")
	return strings.Join(strings.Fields(t), " ")
}

// handIncidents makes subjects of incidents: per service, per service and
// kind of title, and all together. Incidents older than the log span are
// weighed without load.
func (r *recRun) handIncidents(hand func(*recSubject, *recJudge)) {
	rows := make([]RecurrenceIncident, 0, len(r.in.Incidents))
	since := r.in.IncidentSince
	if since.IsZero() {
		since = r.in.Since
	}
	first := r.in.Until
	for _, x := range r.in.Incidents {
		if !x.StartedTS.Before(since) && x.StartedTS.Before(r.in.Until) {
			rows = append(rows, x)
			if x.StartedTS.Before(first) {
				first = x.StartedTS
			}
		}
	}
	if len(rows) == 0 {
		return
	}
	j, loads := r.judge, r.loads
	if first.Before(r.in.Since) {
		day := time.Duration(recDayMin) * time.Minute
		span := newRecSpan(first.Add(-day), r.in.Until, r.in.Zone)
		loads, _ = readRecLoads(span, nil)
		j = newRecJudge(r.in.Params, span)
		j.jobs, j.logs = r.judge.jobs, r.loads
	}
	for _, s := range incidentSubjects(rows) {
		s.load = loads.ofIncidents(s.service)
		if s.load.warning != "" {
			s.warnings = append(s.warnings, s.load.warning)
		}
		hand(s, j)
	}
}

// isOneService says whether one service has all n incidents.
func isOneService(size map[recKey]int, n int) bool {
	for k, m := range size {
		if k.service != "" && k.id == k.service && m == n {
			return true
		}
	}
	return false
}

// incidentSubjects groups incidents, each counted once in a group.
func incidentSubjects(rows []RecurrenceIncident) []*recSubject {
	sort.SliceStable(rows, func(i, j int) bool {
		if !rows[i].StartedTS.Equal(rows[j].StartedTS) {
			return rows[i].StartedTS.Before(rows[j].StartedTS)
		}
		return rows[i].IncidentID < rows[j].IncidentID
	})
	by := map[recKey]*recSubject{}
	seen := map[[3]string]bool{}
	size := map[recKey]int{}
	var order []recKey
	add := func(k recKey, title string, x RecurrenceIncident) {
		s := by[k]
		if s == nil {
			s = &recSubject{kind: k.kind, id: k.id, service: k.service, template: title}
			by[k] = s
			order = append(order, k)
		}
		if once := [3]string{k.id, k.service, x.IncidentID}; !seen[once] {
			seen[once] = true
			us := x.StartedTS.UnixMicro()
			s.series.add(x.StartedTS.Unix()/60, 1, us, us)
			size[k]++
		}
	}
	for _, x := range rows {
		add(recKey{subjectIncident, "*", ""}, "", x)
		if x.Service != "" {
			add(recKey{subjectIncident, x.Service, x.Service}, "", x)
		}
		if t := titleFamily(x.Title); t != "" {
			add(recKey{subjectIncident, x.Service + ": " + t, x.Service}, x.Title, x)
		}
	}
	var out []*recSubject
	for _, k := range order {
		if k.id == "*" && isOneService(size, size[k]) {
			continue // the one service's own subject says it
		}
		all := recKey{subjectIncident, k.service, k.service}
		if k.service == "" {
			all.id = "*"
		}
		if k != all && k.id != "*" && (size[k] < recMinClassDays || size[k] == size[all]) {
			if size[k] == size[all] {
				by[all].template = by[k].template
			}
			continue
		}
		out = append(out, by[k])
	}
	return out
}
