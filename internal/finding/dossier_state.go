package finding

import (
	"math"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"time"

	"almanac/schemas"
)

// gaugePair is a named number in a line: "active=50", "used=4096M".
var gaugePair = regexp.MustCompile(`(^|[\s,;({\[])([A-Za-z_][A-Za-z0-9_.\-]{0,39})=(-?\d{1,15}(?:\.\d{1,6})?)(ms|s|%|[KMGT]i?B?|B)?($|[\s,;)}\]])`)

// notGauges are names of numbers that say which, not how much.
var notGauges = regexp.MustCompile(`(?i)(^|[_.\-])(id|pid|tid|port|line|code|status|user|client|order|request|seq|offset|ts|time|at|uid|gid|version|attempt|trace|span|session)$`)

// readGauges reads the named numbers of a line, in order. Of "pool active=50
// max=50" the first word names the thing: "pool active".
func readGauges(message string) (names []string, values []float64) {
	line, _, _ := strings.Cut(message, "\n")
	if len(line) > 2000 {
		line = line[:2000]
	}
	head := ""
	if w := strings.Fields(line); len(w) > 0 && !strings.ContainsAny(w[0], "=:[]{}\"'") && len(w[0]) <= 24 && hasLetter(w[0]) {
		head = strings.ToLower(w[0]) + " "
	}
	for len(line) > 0 {
		m := gaugePair.FindStringSubmatchIndex(line)
		if m == nil {
			break
		}
		name, text := line[m[4]:m[5]], line[m[6]:m[7]]
		line = line[m[7]:]
		v, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsInf(v, 0) || notGauges.MatchString(name) {
			continue
		}
		names, values = append(names, head+name), append(values, v)
	}
	return names, values
}

// limitNames are what a line calls the bound of its other numbers.
var limitNames = regexp.MustCompile(`(?i)(^|[ _.\-])(max\w*|limit|capacity|total|size)$`)

// GaugesAt gives the last value of each named number in lines before an
// instant beside that of the same clock time a week before, and says where a
// value stands at the bound that its line states. What changed comes first.
func GaugesAt(now, week []WindowGaugeRow) []schemas.DossierGauge {
	type key struct{ service, name string }
	before := map[key]float64{}
	for i := len(week) - 1; i >= 0; i-- {
		names, values := readGauges(week[i].Message)
		for k, n := range names {
			before[key{week[i].Service, n}] = values[k]
		}
	}
	seen := map[key]int{}
	var out []schemas.DossierGauge
	for _, r := range now {
		names, values := readGauges(r.Message)
		limit, of := math.Inf(1), ""
		for k, n := range names {
			if limitNames.MatchString(n) && values[k] > 0 {
				limit, of = values[k], n
			}
		}
		for k, n := range names {
			g := schemas.DossierGauge{Service: r.Service, Name: n, Value: values[k], TS: r.TS.UTC(), Source: "log"}
			if n != of && values[k] >= limit && values[k] <= 1.05*limit { // beyond it: not its bound
				g.AtLimit = "at its bound: " + of + "=" + strconv.FormatFloat(limit, 'f', -1, 64)
			}
			if b, ok := before[key{r.Service, n}]; ok {
				g.Before = schemas.Ptr(b)
			}
			// Of one name in several lines the latest value counts.
			if i, ok := seen[key{r.Service, n}]; ok {
				if g.TS.After(out[i].TS) {
					out[i] = g
				}
				continue
			}
			seen[key{r.Service, n}] = len(out)
			out = append(out, g)
		}
	}
	sortGauges(out)
	return out
}

// MetricsAt does the same for measured points.
func MetricsAt(now, week []WindowMetricRow) []schemas.DossierGauge {
	before := map[[2]string]float64{}
	for _, m := range week {
		before[[2]string{m.Service, m.Name}] = m.Value
	}
	var out []schemas.DossierGauge
	for _, m := range now {
		g := schemas.DossierGauge{Service: m.Service, Name: m.Name, Value: m.Value, TS: m.TS.UTC(), Source: "metric"}
		if b, ok := before[[2]string{m.Service, m.Name}]; ok {
			g.Before = schemas.Ptr(b)
		}
		out = append(out, g)
	}
	sortGauges(out)
	return out
}

// sortGauges puts first what stands at a bound, then what moved most.
func sortGauges(g []schemas.DossierGauge) {
	sort.SliceStable(g, func(a, b int) bool {
		x, y := g[a], g[b]
		if (x.AtLimit != "") != (y.AtLimit != "") {
			return x.AtLimit != ""
		}
		if mx, my := moved(x), moved(y); mx != my {
			return mx > my
		}
		return x.Service+"\x00"+x.Name < y.Service+"\x00"+y.Name
	})
}

// moved is how far a value is from that of the week before, as a share of the
// larger of the two; 0 where there is none.
func moved(g schemas.DossierGauge) float64 {
	if g.Before == nil || *g.Before == g.Value {
		return 0
	}
	return math.Abs(g.Value-*g.Before) / math.Max(math.Abs(g.Value), math.Abs(*g.Before))
}

// StateBefore gives the running version of each service and the last changes
// before an instant. A failed or cancelled rollout left the version as it was.
func StateBefore(changes []ChangeRow, at time.Time, n int) (v []schemas.DossierVersion, last []schemas.DossierChange) {
	var past []ChangeRow
	for _, c := range changes {
		if !c.StartedTS.IsZero() && c.StartedTS.Before(at) {
			past = append(past, c)
		}
	}
	sort.SliceStable(past, func(a, b int) bool {
		if !past[a].StartedTS.Equal(past[b].StartedTS) {
			return past[a].StartedTS.After(past[b].StartedTS)
		}
		return past[a].ChangeID < past[b].ChangeID
	})
	seen := map[string]bool{}
	for _, c := range past {
		isRollout := c.Kind == schemas.ChangeDeploy || c.Kind == schemas.ChangeRollback || c.Kind == schemas.ChangeRelease
		if isRollout && c.Service != "" && (c.Version != "" || c.Commit != "") && c.Status != "failed" && c.Status != "cancelled" && !seen[c.Service] {
			seen[c.Service] = true
			version := c.Version
			if version == "" {
				version = clip(c.Commit, 12)
			}
			v = append(v, schemas.DossierVersion{Service: c.Service, Version: version, Since: c.StartedTS.UTC()})
		}
		if len(last) < n {
			last = append(last, schemas.DossierChange{ID: c.ChangeID, Kind: c.Kind, Service: c.Service, Title: clip(changeTitle(c), 120), TS: c.StartedTS.UTC()})
		}
	}
	sort.Slice(v, func(a, b int) bool { return v[a].Service < v[b].Service })
	return v, last
}

// changeTitle is a change as its record calls it, else its name.
func changeTitle(c ChangeRow) string {
	if c.Title != "" {
		return c.Title
	}
	return changeName(c)
}

func hasLetter(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' })
}
