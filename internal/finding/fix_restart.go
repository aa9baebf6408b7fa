package finding

import (
	"fmt"
	"sort"
	"time"

	"almanac/internal/stat"
	"almanac/schemas"
)

const (
	// restartReach is how long after the first error of an occasion a restart
	// still answers it.
	restartReach = 6 * time.Hour
	// restartSettles is how long errors may trail a restart that ended them.
	restartSettles = 15 * time.Minute
	// restartEarlier is how much sooner than on days without a restart the
	// errors must end for it to have helped.
	restartEarlier = 15 * time.Minute
	// minRestarts is the number of days from which a sentence is made.
	minRestarts = 2
)

// restarts looks, for each recurrence and each service of its family, at the
// days on which that service was restarted while the errors lasted: did they
// end, and were they back on the next occasion?
func (w *fixWork) restarts() []RestartVerdict {
	at := map[string][]time.Time{}
	for _, c := range w.in.Records.Changes {
		if c.Kind == schemas.ChangeRestart && !c.StartedTS.IsZero() {
			at[c.Service] = append(at[c.Service], c.StartedTS)
		}
	}
	families := map[string][]schemas.Recurrence{}
	var names []string
	for _, r := range w.in.Recurrences {
		f := r.FamilyID
		if f == "" {
			f = r.RecurrenceID
		}
		if families[f] == nil {
			names = append(names, f)
		}
		families[f] = append(families[f], r)
	}
	sort.Strings(names)
	var out []RestartVerdict
	for _, f := range names {
		for _, s := range servicesOf(families[f]) {
			if len(at[s]) == 0 {
				continue
			}
			for _, r := range closest(families[f], s) {
				if v, ok := w.restarted(r, s, at[s]); ok {
					out = append(out, v)
					break
				}
			}
		}
	}
	return out
}

// servicesOf are the services in which the members of a family were seen.
func servicesOf(family []schemas.Recurrence) []string {
	var all []string
	for _, r := range family {
		all = append(append(all, seenIn(r.SeenIn)...), r.Service, r.FirstService)
	}
	return serviceList(all...)
}

// closest orders the members of a family by how well they show what a restart
// of a service does: its own errors first, single errors before whole
// services, the most hits, the lead.
func closest(family []schemas.Recurrence, service string) []schemas.Recurrence {
	out := append([]schemas.Recurrence(nil), family...)
	worth := func(r schemas.Recurrence) int64 {
		var n int64
		if r.Service == service {
			n += 4 << 32
		}
		if r.SubjectKind == "error_type" || r.SubjectKind == "signature" {
			n += 2 << 32
		}
		if r.Hits != nil {
			n += *r.Hits
		}
		return n
	}
	sort.SliceStable(out, func(a, b int) bool {
		if x, y := worth(out[a]), worth(out[b]); x != y {
			return x > y
		}
		return out[a].RecurrenceID < out[b].RecurrenceID
	})
	return out
}

func (w *fixWork) restarted(r schemas.Recurrence, service string, at []time.Time) (RestartVerdict, bool) {
	v := RestartVerdict{RecurrenceID: r.RecurrenceID, Service: service}
	list := w.occasions[r.RecurrenceID]
	var all, usual []float64 // how long errors last, s; usual: without a restart
	for _, o := range list {
		if o.hit && !o.end.IsZero() {
			all = append(all, o.end.Sub(o.due).Seconds())
		}
	}
	typical := time.Duration(stat.Median(all) * float64(time.Second))
	var helped []occasionRestart
	for k, o := range list {
		if !o.hit || o.onset.IsZero() || o.end.IsZero() {
			continue
		}
		if t, ok := within(at, o.onset, o.onset.Add(restartReach), later(o.end.Add(restartSettles), o.due.Add(typical))); ok {
			helped = append(helped, occasionRestart{k, t})
		} else {
			usual = append(usual, o.end.Sub(o.due).Seconds())
		}
	}
	if len(helped) < minRestarts || len(usual) < minRestarts {
		return v, false
	}
	usually := stat.Median(usual)
	for _, x := range helped {
		o := list[x.occasion]
		v.Days++
		v.Last = later(v.Last, x.at)
		early := usually-o.end.Sub(o.due).Seconds() >= restartEarlier.Seconds()
		if early && o.end.Sub(x.at) <= restartSettles {
			v.Ended++
		}
		if next, ok := nextObserved(list, x.occasion); ok {
			v.NextObserved++
			if next.hit {
				v.Returned++
			}
		}
	}
	ended := "ended that day's errors"
	if v.Ended < v.Days {
		ended = fmt.Sprintf("ended that day's errors on %d of them", v.Ended)
	}
	if v.Ended == 0 {
		ended = "did not end that day's errors"
	}
	v.Sentence = fmt.Sprintf("Restart of %s on %s %s; they returned on the next occasion %d of %d times.",
		clip(service, 40), count(v.Days, "day"), ended, v.Returned, v.NextObserved)
	return v, true
}

type occasionRestart struct {
	occasion int
	at       time.Time
}

// within finds a restart from the first error on, not after the reach nor
// after the time at which the errors use to have ended by themselves.
func within(at []time.Time, from, reach, ended time.Time) (time.Time, bool) {
	for _, t := range at {
		if !t.Before(from) && !t.After(reach) && !t.After(ended) {
			return t, true
		}
	}
	return time.Time{}, false
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func nextObserved(list []occasion, k int) (occasion, bool) {
	for _, o := range list[k+1:] {
		if o.observed {
			return o, true
		}
	}
	return occasion{}, false
}

// restartSource begins the source of a row of the ledger that restarts make.
const restartSource = "restarts of "

// restartRow is the row of the ledger of what restarting a service did.
func (w *fixWork) restartRow(v RestartVerdict) schemas.Fix {
	f := schemas.Fix{
		EventDate: w.in.Night, FixID: stableID("F", "restart", v.RecurrenceID, v.Service), RecurrenceID: v.RecurrenceID,
		FixedTS: schemas.Micros(v.Last), What: "restart of " + clip(v.Service, 40), Source: restartSource + clip(v.Service, 40),
		HitsAfter: schemas.Ptr(int64(v.Returned)), OccasionsAfter: schemas.Ptr(int64(v.NextObserved)), Sentence: v.Sentence,
		Detail: fmt.Sprintf("ended the errors on %d of %s, back on the next occasion %d of %d times", v.Ended, count(v.Days, "day"), v.Returned, v.NextObserved),
	}
	switch {
	case 2*v.Ended < v.Days:
		f.State = FixFailed
	case v.NextObserved > 0 && v.Returned == 0:
		f.State = FixHolding
	case v.NextObserved == 0:
		f.State = FixUntested
	default:
		f.State = FixOnce
	}
	return f
}

func (w *fixWork) restartFinding(v RestartVerdict, f schemas.Fix) schemas.Finding {
	r := w.recurrences[v.RecurrenceID]
	return schemas.Finding{
		EventDate: w.in.Night, FindingID: f.FixID, Kind: schemas.FindingFix,
		SubjectKind: "recurrence", SubjectID: v.RecurrenceID, Service: v.Service, Sentence: v.Sentence,
		Status: f.State, Score: schemas.Ptr(.5),
		Evidence: fmt.Sprintf("%s in %s (%s): %s with a restart while errors lasted, %d ended at least %s before the usual time",
			r.Label, clip(r.Service, 40), clip(v.RecurrenceID, 24), count(v.Days, "day"), v.Ended, spell(restartEarlier)),
	}
}
