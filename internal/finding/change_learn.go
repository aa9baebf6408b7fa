package finding

import (
	"sort"

	"almanac/internal/stat"
)

// learned is what a site's own history says about where its failures come
// from, drawn to what statistics.md part B3 starts from. The law of the delay,
// the weight of reactive changes and that of new signatures are not learned:
// measured on seeded worlds that gained nothing and cost calibration where
// few changes fail.
type learned struct {
	hop      [4]float64         // weight by calls between change and failure: 0, 1, 2, more or unknown
	services map[string]float64 // harm of a service's changes beside those of all
	own      map[string]float64 // failures of a service that no change caused, beside the mean
}

// How much the prior counts, in failures. With fewer of them it decides.
const (
	learnHop     = 20
	learnService = 20
	learnOwn     = 20
	learnRounds  = 12
)

// farShare is the share of a change's harm that shows where no way of fewer
// than three calls leads, over all such services together: the more services
// a site has, the less an unrelated change says. An assumption, not measured.
const farShare = .03

// unlearned is the prior for a site of so many services.
func unlearned(services int) learned {
	var l learned
	for d := range l.hop {
		l.hop[d] = stat.DistanceWeight(d)
	}
	l.hop[3] = min(l.hop[3], farShare/float64(max(1, services)))
	return l
}

// hopClass is the class of a distance; -1, no known way, is the farthest.
func hopClass(hops int) int {
	if hops < 0 || hops > 3 {
		return 3
	}
	return hops
}

// harm is how harmful the changes of a service are beside those of all.
func (l *learned) harm(service string) float64 {
	if x, ok := l.services[service]; ok {
		return x
	}
	return 1
}

// ownRate is the mean over services of the rate at which they fail by
// themselves, beside that of all.
func (l *learned) ownRate(services []string) float64 {
	sum, n := 0.0, 0.0
	for _, s := range services {
		if x, ok := l.own[s]; ok {
			sum, n = sum+x, n+1
		}
	}
	if n == 0 {
		return 1
	}
	return sum / n
}

// lesson is one incident to learn from.
type lesson struct {
	subject
	found []candidate
	raw   []float64 // weights of found before anything is learned
	none  float64
}

// learn fits the law to the incidents by expectation and maximisation, every
// part drawn to its prior. How often changes fail at all stays anchored on
// the rate with its placebo: fitted too, it was overconfident where changes
// are harmless (statistics.md part B3).
func (j *judge) learn(lessons []lesson) {
	if len(lessons) == 0 {
		return
	}
	e, prior := j.exposures(), j.model.learned
	j.model.learned = learned{hop: [4]float64{1, 1, 1, 1}}
	for i := range lessons {
		l := &lessons[i]
		l.none = j.model.none(l.onset, l.services)
		l.raw = make([]float64, len(l.found))
		for k, c := range l.found {
			l.raw[k] = j.weigh(c, l.subject)
		}
	}
	j.model.learned = prior
	for range learnRounds {
		j.model.learned = j.expect(lessons).maximise(e, prior)
	}
}

// exposure is how much could have failed, in expected failures were all
// distances of weight 1 and all changes as harmful.
type exposure struct {
	hop      [4]float64
	service  map[string]float64 // by the service changed
	services []string           // that may fail
}

func (j *judge) exposures() exposure {
	e := exposure{service: map[string]float64{}}
	names := append([]string(nil), j.in.Records.Known...)
	for _, i := range j.history.incidents {
		names = append(names, i.services...)
	}
	e.services = serviceList(names...)
	for _, c := range j.history.changes {
		if !c.reactive {
			e.service[c.Service] += j.model.of(c.Kind)
		}
	}
	changed := partsOf(e.service)
	for _, failing := range e.services {
		r := j.in.Graph.from([]string{failing})
		for _, s := range changed {
			e.hop[hopClass(r.to(s))] += e.service[s]
		}
	}
	return e
}

// sums are the expected counts of one round.
type sums struct {
	hop          [4]float64
	service, own map[string]float64
}

// expect shares every incident out among its candidates and none.
func (j *judge) expect(lessons []lesson) sums {
	t := sums{service: map[string]float64{}, own: map[string]float64{}}
	for _, l := range lessons {
		weights := make([]float64, len(l.found))
		for k, c := range l.found {
			weights[k] = l.raw[k] * j.model.harm(c.Service) * j.model.hop[hopClass(c.hops)]
		}
		pNone, p := stat.Mixture(l.none*j.model.ownRate(l.services), weights)
		for k, c := range l.found {
			if !c.reactive && c.Service != "" && len(l.services) > 0 {
				t.hop[hopClass(c.hops)] += p[k]
				t.service[c.Service] += p[k]
			}
		}
		for _, s := range l.services {
			t.own[s] += pNone / float64(len(l.services))
		}
	}
	return t
}

// maximise draws the counts to the prior and gives the law of the next round.
func (t sums) maximise(e exposure, prior learned) learned {
	l := prior
	for d := 1; d < len(l.hop); d++ {
		if e.hop[0] > 0 && e.hop[d] > 0 {
			due := t.hop[0] * e.hop[d] / e.hop[0] // were distance no hindrance
			l.hop[d] = (t.hop[d] + learnHop*prior.hop[d]) / (due + learnHop)
		}
	}
	l.services = relative(t.service, e.service, learnService)
	even := map[string]float64{}
	for _, s := range e.services {
		even[s] = 1
	}
	l.own = relative(t.own, even, learnOwn)
	return l
}

// relative is the rate of each part beside that of all, with pseudo counts
// as at the rate of all; the mean over the exposure is 1.
func relative(count, exposure map[string]float64, pseudo float64) map[string]float64 {
	n, e := 0.0, 0.0
	names := partsOf(exposure)
	for _, s := range names {
		n, e = n+count[s], e+exposure[s]
	}
	out := map[string]float64{}
	if n <= 0 || e <= 0 {
		return out
	}
	mean := 0.0
	for _, s := range names {
		out[s] = (count[s] + pseudo) / (n*exposure[s]/e + pseudo)
		mean += out[s] * exposure[s] / e
	}
	for _, s := range names {
		out[s] /= mean
	}
	return out
}

func partsOf(m map[string]float64) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}
