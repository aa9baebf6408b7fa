package finding

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"almanac/schemas"
)

// sameRollout is how far apart two tools may stamp one rollout.
const sameRollout = 30 * time.Minute

// bareRollout is how far apart the stamps may be where one record names
// neither version nor commit.
const bareRollout = 10 * time.Minute

// alsoRecorded is how the view change, and mergeRollouts, name the other
// record of one rollout.
const alsoRecorded = "also recorded as "

// reactWithin is how long after the start of an incident a change of its
// service counts as an answer to it, and how soon after its end a further
// incident counts as a relapse. statistics.md part B1.
const reactWithin = 3 * time.Hour

// longestReaction bounds the time in which changes answer an incident that
// was left open for weeks.
const longestReaction = 7 * 24 * time.Hour

// changeRec is a change that can be placed in time.
type changeRec struct {
	ChangeRow
	at       time.Time
	also     []string // ids of the same rollout in other sources
	reactive bool
	doubts   []string
	// when and by which change it was taken back; zero and "" when it was not
	reverted   time.Time
	revertedBy string
	unnamed    bool // the rollback does not name it: it took back what was latest
}

// incidentRec is an incident that can be placed in time.
type incidentRec struct {
	IncidentRow
	services []string // sorted; none: the whole site
	at       time.Time
	end      time.Time // resolved or mitigated; zero when not stated
	relapse  bool      // begins soon after another of its services ended
	// opening is the first entry of a timeline that begins with a change; at
	// is then the first entry that is none. Zero elsewhere.
	opening time.Time
}

// readRecords sorts the records in time, merges what two sources both tell,
// marks reactive changes and relapses, and says what is doubtful. Nothing is
// dropped in silence: what cannot be placed in time is named.
func readRecords(r Records, now time.Time) ([]changeRec, []incidentRec, []string) {
	w := &doubts{}
	changes := readChanges(r, now, w)
	incidents := readIncidents(r, now, w)
	markReactive(changes, incidents)
	markReverts(changes)
	markRelapses(incidents)
	return changes, incidents, w.sentences()
}

func readChanges(r Records, now time.Time, w *doubts) []changeRec {
	known := nameSet(r.Known)
	var out []changeRec
	for _, c := range r.Changes {
		rec := changeRec{ChangeRow: c, at: c.StartedTS}
		if rec.at.IsZero() {
			rec.at = c.FinishedTS
		}
		switch {
		case rec.at.IsZero():
			w.add("changes without a time are listed, but no failure can be traced to them", c.ChangeID)
			continue
		case c.StartedTS.IsZero():
			rec.doubt("its start is not stated, its end was taken")
			w.add("changes state no start; their end was taken", c.ChangeID)
		case !c.FinishedTS.IsZero() && c.FinishedTS.Before(c.StartedTS):
			rec.doubt("it is said to have ended before it began")
			w.add("changes are said to have ended before they began; their start was taken", c.ChangeID)
		}
		if !now.IsZero() && rec.at.After(now) {
			rec.doubt("its time lies in the future")
			w.add("changes lie in the future", c.ChangeID)
		}
		if len(known) > 0 && c.Service != "" && !known[c.Service] {
			rec.doubt("no log names the service " + c.Service)
			w.add("changes name the service "+c.Service+", which no log names", c.ChangeID)
		}
		if strings.Contains(c.Warning, alsoRecorded) {
			w.add("changes are told by two sources and counted once", c.ChangeID+" "+c.Warning[strings.Index(c.Warning, alsoRecorded):])
		}
		if c.Warning != "" {
			rec.doubt(strings.ReplaceAll(c.Warning, "\n", "; "))
		}
		out = append(out, rec)
	}
	sort.SliceStable(out, func(a, b int) bool {
		if !out[a].at.Equal(out[b].at) {
			return out[a].at.Before(out[b].at)
		}
		return out[a].ChangeID < out[b].ChangeID
	})
	return mergeRollouts(out, w)
}

func (c *changeRec) doubt(s string) { c.doubts = append(c.doubts, s) }

// mergeRollouts joins records of different sources that tell of one rollout:
// same service, same version or commit, stamps within half an hour; within ten
// minutes where one of them names neither.
func mergeRollouts(in []changeRec, w *doubts) []changeRec {
	var out []changeRec
next:
	for _, c := range in {
		for i := len(out) - 1; i >= 0 && c.at.Sub(out[i].at) <= sameRollout; i-- {
			if oneRollout(out[i].ChangeRow, c.ChangeRow) {
				out[i].also = append(out[i].also, c.ChangeID)
				w.add("changes are told by two sources and counted once", fmt.Sprintf("%s %s%s by %s", out[i].ChangeID, alsoRecorded, c.ChangeID, c.Source))
				continue next
			}
		}
		out = append(out, c)
	}
	return out
}

func oneRollout(a, b ChangeRow) bool {
	rollout := func(k string) bool { return k == schemas.ChangeDeploy || k == schemas.ChangeRelease }
	kinds := a.Kind == b.Kind || rollout(a.Kind) && rollout(b.Kind)
	env := stage(a.Env) == "" || stage(b.Env) == "" || stage(a.Env) == stage(b.Env)
	same := a.Version != "" && a.Version == b.Version || a.Commit != "" && sameCommit(a.Commit, b.Commit)
	// A cluster tells of a rollout without its version, soon after it began.
	bare := func(c ChangeRow) bool { return c.Version == "" && c.Commit == "" }
	soon := b.StartedTS.Sub(a.StartedTS).Abs() <= bareRollout
	same = same || rollout(a.Kind) && rollout(b.Kind) && bare(a) != bare(b) && soon && a.Service != ""
	return kinds && same && a.Source != b.Source && a.Service == b.Service && env
}

// stage is the stage that the name of an environment means, "" where it means
// none: tools name the namespace, the cluster or the stage of one rollout.
func stage(env string) string {
	switch strings.ToLower(env) {
	case "prod", "production", "prd", "live":
		return "production"
	case "stage", "staging", "stg", "preprod", "pre-production", "uat":
		return "staging"
	case "test", "testing", "qa", "integration":
		return "test"
	case "dev", "development":
		return "development"
	}
	return ""
}

// sameCommit compares a short with a long form, seven characters at least.
func sameCommit(a, b string) bool {
	n := min(len(a), len(b))
	return n >= 7 && a[:n] == b[:n] || a == b
}

func readIncidents(r Records, now time.Time, w *doubts) []incidentRec {
	known := nameSet(r.Known)
	named := map[string][]string{}
	for _, s := range r.Services {
		named[s.IncidentID] = append(named[s.IncidentID], s.Service)
	}
	events := map[string][]IncidentEventRow{}
	for _, e := range r.Events {
		events[e.IncidentID] = append(events[e.IncidentID], e)
	}
	var out []incidentRec
	for _, i := range r.Incidents {
		rec := incidentRec{IncidentRow: i, at: incidentStart(i), end: i.ResolvedTS}
		if rec.end.IsZero() {
			rec.end = i.MitigatedTS
		}
		if strings.Contains(i.Warning, startGuessed) {
			if t := openedByChange(events[i.IncidentID], rec.at); !t.IsZero() {
				rec.opening, rec.at = rec.at, t
			}
		}
		set := nameSet(append(named[i.IncidentID], i.Service))
		delete(set, "")
		for s := range set {
			rec.services = append(rec.services, s)
			if len(known) > 0 && !known[s] {
				w.add("incidents name the service "+s+", which no log names", i.IncidentID)
			}
		}
		sort.Strings(rec.services)
		switch {
		case rec.at.IsZero():
			w.add("incidents have no time of start; no change can be traced to them", i.IncidentID)
			continue
		case !now.IsZero() && rec.at.After(now):
			w.add("incidents lie in the future", i.IncidentID)
		}
		if !rec.end.IsZero() && rec.end.Before(rec.at) {
			rec.end = time.Time{}
			w.add("incidents are said to have ended before they began; they count as without an end", i.IncidentID)
		}
		out = append(out, rec)
	}
	sort.SliceStable(out, func(a, b int) bool {
		if !out[a].at.Equal(out[b].at) {
			return out[a].at.Before(out[b].at)
		}
		return out[a].IncidentID < out[b].IncidentID
	})
	return out
}

// incidentStart is the earlier of start and detection; zero when neither is
// stated.
func incidentStart(i IncidentRow) time.Time {
	if i.StartedTS.IsZero() || !i.DetectedTS.IsZero() && i.DetectedTS.Before(i.StartedTS) {
		return i.DetectedTS
	}
	return i.StartedTS
}

// markReactive marks changes made while an incident of their service is open,
// or within reactWithin after it began: they answer it.
func markReactive(changes []changeRec, incidents []incidentRec) {
	for _, i := range incidents {
		until := i.answeredUntil()
		from := sort.Search(len(changes), func(k int) bool { return !changes[k].at.Before(i.at) })
		for k := from; k < len(changes) && changes[k].at.Before(until); k++ {
			if concerns(changes[k].Service, i.services) {
				changes[k].reactive = true
			}
		}
	}
}

// answeredUntil is when changes no longer count as an answer to an incident.
func (i *incidentRec) answeredUntil() time.Time {
	until := i.at.Add(reactWithin)
	if i.end.After(until) {
		until = i.end
	}
	if last := i.at.Add(longestReaction); until.After(last) {
		return last
	}
	return until
}

// markRelapses marks incidents that begin within reactWithin of the end of an
// earlier one of the same service.
func markRelapses(incidents []incidentRec) {
	quiet := map[string]time.Time{} // service -> until when a new one is a relapse
	for k := range incidents {
		i := &incidents[k]
		keys := i.services
		if len(keys) == 0 {
			keys = []string{""}
		}
		end := i.end
		if end.Before(i.at) {
			end = i.at
		}
		for _, s := range keys {
			if i.at.Before(quiet[s]) {
				i.relapse = true
			}
		}
		for _, s := range keys {
			if until := end.Add(reactWithin); until.After(quiet[s]) {
				quiet[s] = until
			}
		}
	}
}

// concerns says whether a change of this service concerns one of services; no
// name on either side means the whole site.
func concerns(service string, services []string) bool {
	if service == "" || len(services) == 0 {
		return true
	}
	for _, s := range services {
		if s == service || s == "" {
			return true
		}
	}
	return false
}

func nameSet(names []string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, n := range names {
		set[n] = true
	}
	return set
}

// doubts collects warnings about records, one sentence per kind of doubt.
type doubts struct {
	kinds []string
	ids   map[string][]string
}

func (d *doubts) add(kind, id string) {
	if d.ids == nil {
		d.ids = map[string][]string{}
	}
	if _, ok := d.ids[kind]; !ok {
		d.kinds = append(d.kinds, kind)
	}
	d.ids[kind] = append(d.ids[kind], id)
}

// oneOfThem says a kind of doubt of a single record.
var oneOfThem = strings.NewReplacer(
	"changes without a time are listed, but no failure can be traced to them", "change without a time is listed, but no failure can be traced to it",
	"changes state no start; their end", "change states no start; its end",
	"ended before they began; their start", "ended before it began; its start",
	"ended before they began; they count", "ended before it began; it counts",
	"changes are", "change is", "changes lie", "change lies", "changes name", "change names",
	"incidents are", "incident is", "incidents lie", "incident lies", "incidents name", "incident names",
	"incidents have no time of start; no change can be traced to them", "incident has no time of start; no change can be traced to it",
)

// sentences are the doubts in order of their kind, with up to three ids each.
func (d *doubts) sentences() []string {
	sort.Strings(d.kinds)
	var out []string
	for _, k := range d.kinds {
		ids := d.ids[k]
		sort.Strings(ids)
		text := strings.Join(ids[:min(3, len(ids))], ", ")
		if len(ids) > 3 {
			text += ", …"
		}
		if len(ids) == 1 {
			k = oneOfThem.Replace(k)
		}
		out = append(out, fmt.Sprintf("%d %s (%s)", len(ids), k, text))
	}
	return out
}
