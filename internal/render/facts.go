package render

import (
	"slices"
	"sort"
	"time"

	"almanac/schemas"
)

// facts is a site, sorted and indexed for reading.
type facts struct {
	site        *Site
	zone        *time.Location
	findings    []schemas.Finding
	recurrences []schemas.Recurrence
	incidents   []schemas.Incident
	forecasts   []schemas.Forecast // due after AsOf, earliest first

	recurrence map[string]schemas.Recurrence
	incident   map[string]schemas.Incident
	change     map[string]schemas.Change
	changePage map[string]bool    // changes with a page of their own
	paged      []schemas.Incident // incidents with a page of their own, the latest first
	hasPage    map[string]bool    // their ids
	days       map[string][]schemas.RecurrenceDay
	causes     map[[2]string][]schemas.Cause // by subject kind and id
	cascade    map[string][]schemas.CascadeStep
	similar    map[string][]schemas.Similar
	services   map[string][]string
	timeline   map[string][]schemas.IncidentEvent
	actions    map[string][]schemas.Action
	fixes      map[string][]schemas.Fix
}

func newFacts(in *Site) *facts {
	f := &facts{
		site: in, zone: in.zone(),
		findings:    slices.Clone(in.Findings),
		recurrences: slices.Clone(in.Recurrences),
		incidents:   slices.Clone(in.Incidents),
		recurrence:  map[string]schemas.Recurrence{},
		incident:    map[string]schemas.Incident{},
		change:      map[string]schemas.Change{},
		services:    map[string][]string{},
	}
	sort.SliceStable(f.findings, func(i, j int) bool {
		a, b := f.findings[i], f.findings[j]
		if a.Rank != b.Rank {
			return a.Rank < b.Rank
		}
		return a.FindingID < b.FindingID
	})
	sortRecurrences(f.recurrences)
	sortIncidents(f.incidents)
	f.recurrences = slices.CompactFunc(f.recurrences, func(a, b schemas.Recurrence) bool {
		return a.RecurrenceID == b.RecurrenceID
	})
	f.incidents = slices.CompactFunc(f.incidents, func(a, b schemas.Incident) bool {
		return a.IncidentID == b.IncidentID
	})
	for _, r := range f.recurrences {
		f.recurrence[r.RecurrenceID] = r
	}
	for _, i := range f.incidents {
		f.incident[i.IncidentID] = i
	}
	for _, c := range in.Changes {
		f.change[c.ChangeID] = c
	}
	f.changePage = map[string]bool{}
	for _, c := range planChanges(in) {
		f.changePage[c.ChangeID] = true
	}
	f.index(in)
	f.pageIncidents()
	return f
}

func (f *facts) index(in *Site) {
	f.days = group(in.RecurrenceDays,
		func(d schemas.RecurrenceDay) string { return d.RecurrenceID },
		func(a, b schemas.RecurrenceDay) bool { return a.LocalDate < b.LocalDate })
	f.causes = group(in.Causes,
		func(c schemas.Cause) [2]string { return [2]string{c.SubjectKind, c.SubjectID} },
		func(a, b schemas.Cause) bool { return a.Rank < b.Rank })
	f.cascade = group(in.Cascades,
		func(c schemas.CascadeStep) string { return c.IncidentID },
		func(a, b schemas.CascadeStep) bool {
			return a.Rank < b.Rank || a.Rank == b.Rank && a.OnsetTS < b.OnsetTS
		})
	f.similar = group(in.Similar,
		func(s schemas.Similar) string { return s.IncidentID },
		func(a, b schemas.Similar) bool { return a.Rank < b.Rank })
	f.timeline = group(in.IncidentEvents,
		func(e schemas.IncidentEvent) string { return e.IncidentID },
		func(a, b schemas.IncidentEvent) bool { return a.Seq < b.Seq })
	f.actions = group(in.Actions,
		func(a schemas.Action) string { return a.IncidentID },
		func(a, b schemas.Action) bool { return a.Seq < b.Seq })
	f.fixes = group(in.Fixes,
		func(x schemas.Fix) string { return x.RecurrenceID },
		func(a, b schemas.Fix) bool { return a.FixedTS < b.FixedTS })
	for _, s := range in.IncidentServices {
		if !slices.Contains(f.services[s.IncidentID], s.Service) {
			f.services[s.IncidentID] = append(f.services[s.IncidentID], s.Service)
		}
	}
	for _, list := range f.services {
		sort.Strings(list)
	}
	asOf := schemas.Micros(in.AsOf)
	for _, x := range in.Forecasts {
		if max(x.DueEndTS, x.DueTS) >= asOf {
			f.forecasts = append(f.forecasts, x)
		}
	}
	sort.SliceStable(f.forecasts, func(i, j int) bool {
		a, b := f.forecasts[i], f.forecasts[j]
		if a.DueTS != b.DueTS {
			return a.DueTS < b.DueTS
		}
		return a.RecurrenceID < b.RecurrenceID
	})
}

// group puts rows under their key, each group sorted.
func group[K comparable, T any](rows []T, key func(T) K, less func(a, b T) bool) map[K][]T {
	out := map[K][]T{}
	for _, r := range rows {
		out[key(r)] = append(out[key(r)], r)
	}
	for _, g := range out {
		sort.SliceStable(g, func(i, j int) bool { return less(g[i], g[j]) })
	}
	return out
}
