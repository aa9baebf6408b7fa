package finding

import (
	"fmt"
	"math/rand/v2"
	"sort"
	"strings"
	"testing"
	"time"

	"almanac/schemas"
)

// cascadeCase builds the input of one incident from events per service.
type cascadeCase struct {
	in CascadeInput
}

func newCascadeCase(start, alert time.Time) *cascadeCase {
	return &cascadeCase{CascadeInput{Night: "2026-11-09", Since: start.Add(-time.Hour), Until: start.Add(time.Hour),
		Incidents: []IncidentRow{{IncidentID: "INC", Title: "outage", StartedTS: start, DetectedTS: alert}}}}
}

// errors adds the events of a signature, with base events in the week before.
func (c *cascadeCase) errors(service, sig string, base int64, ts ...time.Time) {
	start := c.in.Incidents[0].StartedTS
	sort.Slice(ts, func(a, b int) bool { return ts[a].Before(ts[b]) })
	for _, t := range ts {
		c.in.Events = append(c.in.Events, CascadeEventRow{IncidentID: "INC", FromTS: start.Add(-30 * time.Minute), UntilTS: start.Add(15 * time.Minute),
			Service: service, SignatureID: sig, TS: t, Count: int64(len(ts)), LastTS: ts[len(ts)-1]})
	}
	c.in.Baseline = append(c.in.Baseline, CascadeBaselineRow{IncidentID: "INC", Service: service, ObservedS: 604800})
	if base > 0 {
		c.in.Baseline = append(c.in.Baseline, CascadeBaselineRow{IncidentID: "INC", Service: service, SignatureID: sig, Count: base, ObservedS: 604800})
	}
}

func every(from, until time.Time, d time.Duration) []time.Time {
	var out []time.Time
	for t := from; t.Before(until); t = t.Add(d) {
		out = append(out, t)
	}
	return out
}

// The demo's Redis day: the order, the gap of 9 min 57 s, and what 10 s of
// clock skew leave of it.
func TestCascadeRedisDay(t *testing.T) {
	oom, end := at("2026-11-05 13:01:58"), at("2026-11-05 13:38:20")
	build := func() *cascadeCase {
		c := newCascadeCase(at("2026-11-05 13:12:00"), at("2026-11-05 13:12:00")) // recorded at the alert
		tail := at("2026-11-05 13:27:00")
		if end.Before(tail) {
			tail = end
		}
		c.errors("gateway", "S-503", 40, every(at("2026-11-05 13:05:22"), tail, 1300*time.Millisecond)...)
		c.errors("redis", "S-oom", 0, every(oom, tail, 4*time.Second)...)
		c.errors("cart", "S-null", 0, every(at("2026-11-05 13:02:08"), tail, 3*time.Second)...)
		c.errors("session", "S-timeout", 0, every(at("2026-11-05 13:02:03"), tail, 2200*time.Millisecond)...)
		c.errors("session", "S-slow", 900, every(at("2026-11-05 12:50:00"), tail, 11*time.Minute)...)
		return c
	}
	res := Cascades(build().in)
	c := res.Cascades[0]
	var got []string
	for _, s := range c.Steps {
		got = append(got, fmt.Sprintf("%s %s %v", s.Service, schemas.Time(s.OnsetTS).Format("15:04:05"), *s.IsCertain))
	}
	want := "redis 13:01:58 true, session 13:02:03 true, cart 13:02:08 true, gateway 13:05:22 true"
	if strings.Join(got, ", ") != want {
		t.Errorf("order %s\nwant  %s", strings.Join(got, ", "), want)
	}
	if c.Gap != 9*time.Minute+57*time.Second || !c.Onset.Equal(oom) {
		t.Errorf("gap %v, onset %v", c.Gap, c.Onset)
	}
	if !strings.Contains(strings.Join(c.Notes, " "), "order by time only") {
		t.Errorf("no graph, and it is not said: %v", c.Notes)
	}
	t.Log(c.Sentence)
	skewed := build().in
	skewed.Skew = 10 * time.Second
	if c = Cascades(skewed).Cascades[0]; c.Verdict != CascadeUncertain || *c.Steps[0].IsCertain {
		t.Errorf("with 10 s of skew five seconds decide: %s %v", c.Verdict, *c.Steps[0].IsCertain)
	}
	graph := build().in
	graph.Graph = ServiceGraph(GraphInput{Config: []Edge{{"gateway", "cart"}, {"cart", "session"}, {"session", "redis"}}})
	c = Cascades(graph).Cascades[0]
	if c.Steps[0].Service != "redis" || c.Steps[1].ExplainedBy != "redis" || c.Steps[3].ExplainedBy != "cart" {
		t.Errorf("with the graph: %+v", c.Steps)
	}
}

func TestCascadeWithoutEvidence(t *testing.T) {
	c := newCascadeCase(at("2026-11-05 13:12:00"), time.Time{})
	if v := Cascades(c.in).Cascades[0]; v.Verdict != CascadeNoLogs {
		t.Errorf("no logs: %+v", v)
	}
	c.in.Baseline = []CascadeBaselineRow{{IncidentID: "INC", Service: "cart", ObservedS: 604800}}
	if v := Cascades(c.in).Cascades[0]; v.Verdict != CascadeNoEvidence || len(v.Steps) != 0 {
		t.Errorf("no errors: %+v", v)
	}
	// Errors as usual, one every half minute all week.
	rng := rand.New(rand.NewPCG(3, 3))
	var ts []time.Time
	for x := at("2026-11-05 12:42:00"); x.Before(at("2026-11-05 13:27:00")); x = x.Add(time.Duration(rng.ExpFloat64() * 30 * float64(time.Second))) {
		ts = append(ts, x)
	}
	c.errors("cart", "S-usual", 20160, ts...)
	if v := Cascades(c.in).Cascades[0]; v.Verdict != CascadeNoEvidence {
		t.Errorf("usual errors: %+v", v)
	}
	if r := Cascades(CascadeInput{}); len(r.Cascades) != 0 {
		t.Error("nothing in, something out")
	}
}

// cascadeRecipe is one row of the table in statistics.md part D.
type cascadeRecipe struct {
	name    string
	noise   float64 // background errors per minute and service
	blips   int
	quiet   bool // the root logs little, every hop retries three times
	skew    float64
	limit   float64 // root first, with the graph
	minimum float64 // root first without it, for the record
}

// TestCascadeRecipes measures how often the root is named first on invented
// failures that travel up a tree of services.
func TestCascadeRecipes(t *testing.T) {
	runs := 60
	if longRun {
		runs = 500
	}
	var s score
	s.row("# invented cascades, %d a row: root first by CUSUM and graph, by CUSUM alone, by the first line", runs)
	for _, r := range []cascadeRecipe{
		{name: "clean", limit: .95},
		{name: "background noise", noise: .5, limit: .90},
		{name: "noise 3/min", noise: 3, limit: .85},
		{name: "2 unrelated blips", blips: 2, limit: .80},
		{name: "quiet root, retries", quiet: true, limit: .80},
		{name: "clock skew 20 s", skew: 20, limit: .90},
		{name: "all of it, skew 5 s", noise: .5, blips: 2, quiet: true, skew: 5, limit: .75},
	} {
		graph, alone, line := 0, 0, 0
		for k := range runs {
			in, root := inventCascade(uint64(k), r)
			first := in.Events[0]
			for _, e := range in.Events {
				if e.TS.Before(first.TS) {
					first = e
				}
			}
			line += oneIf(first.Service == root)
			graph += oneIf(rootOf(in) == root)
			in.Graph = Graph{}
			alone += oneIf(rootOf(in) == root)
		}
		n := float64(runs)
		s.row("%-22s %.2f %.2f %.2f", r.name, float64(graph)/n, float64(alone)/n, float64(line)/n)
		if float64(graph)/n < r.limit {
			t.Errorf("%s: root first %.2f, want %.2f", r.name, float64(graph)/n, r.limit)
		}
	}
	if !longRun {
		checkGolden(t, "change_score_cascade.txt", s.String())
	}
	t.Log("\n" + s.String())
}

func oneIf(b bool) int {
	if b {
		return 1
	}
	return 0
}

func rootOf(in CascadeInput) string {
	c := Cascades(in).Cascades[0]
	if len(c.Steps) == 0 {
		return ""
	}
	return c.Steps[0].Service
}

// inventCascade lets one of twelve services fail and its callers after it.
func inventCascade(seed uint64, r cascadeRecipe) (CascadeInput, string) {
	rng := rand.New(rand.NewPCG(seed, 31))
	start := at("2026-11-05 13:00:00")
	c := newCascadeCase(start, start)
	n := 12
	var edges []Edge
	callers := map[int][]int{}
	for i := 1; i < n; i++ {
		p := rng.IntN(i) // service p calls service i
		edges = append(edges, Edge{serviceName(p), serviceName(i)})
		callers[i] = append(callers[i], p)
	}
	c.in.Graph = ServiceGraph(GraphInput{Config: edges})
	c.in.Skew = time.Duration(r.skew * float64(time.Second))
	shift := make([]float64, n)
	for i := range shift {
		shift[i] = rng.NormFloat64() * r.skew
	}
	root := n/2 + rng.IntN(n/2)
	onset := map[int]float64{root: 1500}
	queue := []int{root}
	for len(queue) > 0 {
		x := queue[0]
		queue = queue[1:]
		for _, p := range callers[x] {
			onset[p] = onset[x] + 2 + rng.ExpFloat64()*12
			queue = append(queue, p)
		}
	}
	window := start.Add(-30 * time.Minute)
	for i := range n {
		var ts []time.Time
		put := func(sec float64) {
			if sec += shift[i]; sec >= 0 && sec < 2700 {
				ts = append(ts, window.Add(time.Duration(sec*float64(time.Second))))
			}
		}
		if r.noise > 0 {
			for x := rng.ExpFloat64() * 60 / r.noise; x < 2700; x += rng.ExpFloat64() * 60 / r.noise {
				put(x)
			}
			c.errors(serviceName(i), "S-noise", int64(r.noise*10080), append([]time.Time(nil), ts...)...)
			ts = nil
		}
		if from, ok := onset[i]; ok {
			gap, burst := 4.0, 1
			if r.quiet {
				burst = 3
				if i == root {
					gap, burst = 15, 1
				}
			}
			for x := from; x < from+900; x += rng.ExpFloat64() * gap {
				for b := range burst {
					put(x + float64(b)*.4)
				}
			}
			c.errors(serviceName(i), "S-fault", 0, ts...)
		}
	}
	for b := range r.blips {
		i := rng.IntN(n)
		for onset[i] > 0 {
			i = rng.IntN(n)
		}
		var ts []time.Time
		from := 900 + rng.Float64()*900
		for k := range 12 {
			ts = append(ts, window.Add(time.Duration((from+float64(k)*3)*float64(time.Second))))
		}
		c.errors(serviceName(i), fmt.Sprintf("S-blip%d", b), 0, ts...)
	}
	return c.in, serviceName(root)
}
