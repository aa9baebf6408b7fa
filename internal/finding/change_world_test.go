package finding

import (
	"fmt"
	"math/rand/v2"
	"os"
	"sort"
	"time"

	"almanac/schemas"
)

// longRun is the long form of the measurements: ALMANAC_LONG=1.
var longRun = os.Getenv("ALMANAC_LONG") == "1"

// changeWorld is one invented site with known causes (statistics.md part B1).
type changeWorld struct {
	input ChangeInput
	cause map[string]string // incident id -> change that caused it; "" for none
}

// changeRecipe says what is planted.
type changeRecipe struct {
	services, weeks int
	office          bool // changes and incidents follow office hours
	fixes           bool // changes answer incidents, incidents relapse
	cfr             float64
	rate            int  // changes a week and service
	uneven          bool // services differ threefold up and down: in failures of their own, in harm of their changes
}

var worldStart = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC) // a Monday

// What differs between services where they are unlike each other.
var (
	unevenOwn  = []float64{.2, .5, 2.3}
	unevenHarm = []float64{.3, 2, .7, 1}
)

// officeWeight is how much is going on at an instant.
func officeWeight(t time.Time) float64 {
	if d := t.Weekday(); d != time.Saturday && d != time.Sunday {
		if h := t.Hour(); h >= 9 && h < 18 {
			return 1
		} else if h >= 7 && h < 21 {
			return .3
		}
	}
	return .05
}

// moment draws an instant of a week: evenly, or in office hours.
func moment(rng *rand.Rand, week int, office bool) time.Time {
	for {
		t := worldStart.Add(time.Duration(week)*7*24*time.Hour + time.Duration(rng.Float64()*7*24*float64(time.Hour)))
		if !office {
			return t.Truncate(time.Second)
		}
		if rng.Float64() < officeWeight(t) {
			return t.Truncate(time.Second)
		}
	}
}

// lagDraw draws a delay from the law of statistics.md part B3.
func lagDraw(rng *rand.Rand) time.Duration {
	edges := []float64{0, 5, 15, 30, 60, 120, 360, 1440}
	mass := []float64{.20, .25, .18, .14, .10, .09, .04}
	u := rng.Float64()
	for i, m := range mass {
		if u < m || i == len(mass)-1 {
			min := edges[i] + rng.Float64()*(edges[i+1]-edges[i])
			return time.Duration(min*float64(time.Minute)).Truncate(time.Second) + time.Second
		}
		u -= m
	}
	return time.Hour
}

func serviceName(i int) string { return fmt.Sprintf("svc%02d", i) }

func newChangeWorld(seed uint64, r changeRecipe) changeWorld {
	rng := rand.New(rand.NewPCG(seed, 99))
	w := changeWorld{cause: map[string]string{}}
	in := &w.input
	in.Now = worldStart.Add(time.Duration(r.weeks) * 7 * 24 * time.Hour)
	in.Since, in.Until = worldStart, in.Now
	in.LogSince = worldStart.Add(-20 * 24 * time.Hour)
	in.Night = schemas.DateOf(schemas.Micros(in.Now))
	var edges []Edge
	for i := range r.services {
		in.Records.Known = append(in.Records.Known, serviceName(i))
		in.Signatures = append(in.Signatures, SignatureRow{Service: serviceName(i), SignatureID: "S-old" + serviceName(i),
			Level: "error", FirstTS: in.LogSince, EverTS: in.LogSince, LastTS: in.Now})
		if i > 0 {
			edges = append(edges, Edge{serviceName(i), serviceName(i - 1)})
		}
	}
	in.Graph = ServiceGraph(GraphInput{Config: edges})
	change := func(service int, at time.Time) string {
		id := fmt.Sprintf("c%05d", len(in.Records.Changes))
		in.Records.Changes = append(in.Records.Changes, ChangeRow{ChangeID: id, Kind: "deploy", Service: serviceName(service),
			StartedTS: at, FinishedTS: at.Add(3 * time.Minute), Source: "ci"})
		return id
	}
	incident := func(service int, at time.Time, cause string) time.Time {
		id := fmt.Sprintf("i%05d", len(in.Records.Incidents))
		end := at.Add(time.Duration(20+rng.IntN(100)) * time.Minute)
		in.Records.Incidents = append(in.Records.Incidents, IncidentRow{IncidentID: id, Service: serviceName(service),
			StartedTS: at, DetectedTS: at, ResolvedTS: end})
		w.cause[id] = cause
		isNew := .1
		if cause != "" {
			isNew = .5
		}
		if rng.Float64() < isNew {
			in.Signatures = append(in.Signatures, SignatureRow{Service: serviceName(service), SignatureID: "S-" + id, Template: "new " + id,
				Level: "error", FirstTS: at.Add(20 * time.Second), EverTS: at.Add(20 * time.Second), LastTS: end, Count: 30, Days: 1})
		}
		return end
	}
	follow := func(service int, at, end time.Time, cause string) {
		if !r.fixes {
			return
		}
		if rng.Float64() < .7 {
			change(service, at.Add(time.Duration(10+rng.IntN(60))*time.Minute))
		}
		if rng.Float64() < .3 {
			incident(service, end.Add(time.Duration(20+rng.IntN(120))*time.Minute), "relapse")
		}
	}
	for s := range r.services {
		own, harm := 1.0, 1.0
		if r.uneven {
			own, harm = unevenOwn[s%3], unevenHarm[s%4]
		}
		for week := range r.weeks {
			for range r.rate {
				at := moment(rng, week, r.office)
				id := change(s, at)
				if rng.Float64() < r.cfr*harm {
					on := s
					if s+1 < r.services && rng.Float64() < .3 {
						on = s + 1 // the caller shows it
					}
					t := at.Add(lagDraw(rng))
					follow(on, t, incident(on, t, id), id)
				}
			}
			for left := .6 * own; left > 0; left-- {
				if rng.Float64() >= left {
					continue
				}
				t := moment(rng, week, r.office)
				follow(s, t, incident(s, t, ""), "")
			}
		}
	}
	return w
}

// tallyCauses counts how the causes of a world were judged.
type tallyCauses struct {
	caused, right        int
	background, saidNone int
	bins                 [3]struct{ n, hit, sum float64 } // all said probabilities .2-.6, .6-.9, .9+
	confident            int
	confidentWrong       int
	latest               int // of caused, begun by the latest change on the same service
}

func (t *tallyCauses) add(w changeWorld, causes []schemas.Cause) {
	best := map[string]schemas.Cause{}
	label := map[string]string{}
	for _, c := range causes {
		if c.SubjectKind != "incident" {
			continue
		}
		if c.Rank == 1 {
			label[c.SubjectID] = c.Label
		}
		if _, ok := best[c.SubjectID]; !ok && c.ChangeID != "" && c.Label != causeRuledOut {
			best[c.SubjectID] = c
		}
	}
	ids := make([]string, 0, len(w.cause))
	for id := range w.cause {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	for _, id := range ids {
		truth := w.cause[id]
		b, ok := best[id]
		switch truth {
		case "relapse":
			continue
		case "":
			t.background++
			if label[id] == causeNone {
				t.saidNone++
			}
		default:
			t.caused++
			if latestOnService(w.input.Records, id) == truth {
				t.latest++
			}
			if b.ChangeID == truth {
				t.right++
			}
		}
		if !ok {
			continue
		}
		p := *b.Probability
		k := 0
		switch {
		case p < .2:
			continue
		case p >= .9:
			k = 2
		case p >= .6:
			k = 1
		}
		t.bins[k].n++
		t.bins[k].sum += p
		if p >= atLikely {
			t.confident++
		}
		if b.ChangeID == truth {
			t.bins[k].hit++
		} else if p >= atLikely {
			t.confidentWrong++
		}
	}
}

// latestOnService is the rival: the last change on the incident's service in
// the day before.
func latestOnService(r Records, id string) string {
	best, latest := "", time.Time{}
	for _, i := range r.Incidents {
		if i.IncidentID != id {
			continue
		}
		for _, c := range r.Changes {
			if c.Service == i.Service && c.StartedTS.Before(i.StartedTS) && c.StartedTS.After(latest) && i.StartedTS.Sub(c.StartedTS) < 24*time.Hour {
				best, latest = c.ChangeID, c.StartedTS
			}
		}
	}
	return best
}
