package finding

import (
	"maps"
	"sort"
	"strings"
)

// Edge says that Caller calls Callee.
type Edge struct{ Caller, Callee string }

// TraceEdgeRow is a row of detect/cascade_edges.
type TraceEdgeRow struct {
	Caller string `db:"caller"`
	Callee string `db:"callee"`
	Traces int64  `db:"traces"`
	Nested int64  `db:"nested"`
}

// GraphInput is what is known of who calls whom.
type GraphInput struct {
	Config []Edge         // as the site's configuration states it
	Traces []TraceEdgeRow // as trace ids show it
	// Signatures whose text may name who calls whom; read for pairs of services
	// of which neither of the others tells. May be absent.
	Signatures []SignatureRow
}

// Graph is the service graph and where it comes from.
type Graph struct {
	Edges  []Edge // sorted
	Source string // "the configuration", "trace ids", "log lines", some of them, or "" when there is none
}

// minTraces is the number of common requests that make an edge: with fewer, a
// shared id may be chance.
const minTraces = 3

// ServiceGraph joins the configured edges with those that trace ids show. A
// pair of services becomes an edge in the direction that four fifths of its
// traces take; a pair explained by a way over a third service does not.
func ServiceGraph(in GraphInput) Graph {
	set := map[Edge]bool{}
	for _, e := range in.Config {
		if e.Caller != "" && e.Callee != "" && e.Caller != e.Callee {
			set[e] = true
		}
	}
	configured := len(set)
	stated := maps.Clone(set)
	for e := range traceEdges(in.Traces) {
		// A clock that is behind turns an edge round: what is configured stands.
		if !stated[Edge{e.Callee, e.Caller}] {
			set[e] = true
		}
	}
	traced := len(set) - configured
	for e := range untold(set, lineEdges(in.Signatures)) {
		set[e] = true
	}
	g := Graph{}
	for e := range set {
		g.Edges = append(g.Edges, e)
	}
	sort.Slice(g.Edges, func(a, b int) bool {
		if g.Edges[a].Caller != g.Edges[b].Caller {
			return g.Edges[a].Caller < g.Edges[b].Caller
		}
		return g.Edges[a].Callee < g.Edges[b].Callee
	})
	var from []string
	for _, x := range []struct {
		n    int
		name string
	}{{configured, "the configuration"}, {traced, "trace ids"}, {len(set) - configured - traced, "log lines"}} {
		if x.n > 0 {
			from = append(from, x.name)
		}
	}
	if n := len(from); n > 1 {
		from = []string{strings.Join(from[:n-1], ", ") + " and " + from[n-1]}
	}
	g.Source = strings.Join(from, "")
	return g
}

// untold are the edges between services that no way joins yet, in either
// direction.
func untold(told, more map[Edge]bool) map[Edge]bool {
	var g Graph
	for e := range told {
		g.Edges = append(g.Edges, e)
	}
	out := map[Edge]bool{}
	for e := range more {
		if g.from([]string{e.Caller}).to(e.Callee) < 0 && g.from([]string{e.Callee}).to(e.Caller) < 0 {
			out[e] = true
		}
	}
	return out
}

// traceEdges takes the pairs with a clear direction and removes the third
// side of every triangle: in a chain a-b-c (b encloses c) the long way a-c,
// in a fan-out (a calls b, then c) the pair b-c that only follows in time.
func traceEdges(rows []TraceEdgeRow) map[Edge]bool {
	seen := map[Edge]TraceEdgeRow{}
	for _, r := range rows {
		seen[Edge{r.Caller, r.Callee}] = r
	}
	set := map[Edge]bool{}
	for e, r := range seen {
		back := seen[Edge{e.Callee, e.Caller}].Traces
		if e.Caller != e.Callee && r.Traces >= minTraces && 5*r.Traces >= 4*(r.Traces+back) {
			set[e] = true
		}
	}
	drop := map[Edge]bool{}
	for ab := range set {
		for bc := range set {
			ac := Edge{ab.Caller, bc.Callee}
			if ab.Callee != bc.Caller || !set[ac] {
				continue
			}
			if r := seen[bc]; 2*r.Nested >= r.Traces {
				drop[ac] = true
			} else {
				drop[bc] = true
			}
		}
	}
	for e := range drop {
		delete(set, e)
	}
	return set
}

// calls says whether one service calls another.
func (g Graph) calls(caller, callee string) bool {
	for _, e := range g.Edges {
		if e.Caller == caller && e.Callee == callee {
			return true
		}
	}
	return false
}

// reach holds the distance of every service from which the failing ones may
// have caught a failure.
type reach struct {
	hops map[string]int
	all  bool // the failing ones are not named: everything is at hand
}

// from is the reach of the failing services.
func (g Graph) from(failing []string) reach {
	r := reach{hops: map[string]int{}}
	var next []string
	for _, f := range failing {
		if f == "" {
			r.all = true
		}
		r.hops[f] = 0
		next = append(next, f)
	}
	r.all = r.all || len(failing) == 0
	calls := map[string][]string{}
	for _, e := range g.Edges {
		calls[e.Caller] = append(calls[e.Caller], e.Callee)
	}
	for d := 1; d <= 5 && len(next) > 0; d++ {
		var reached []string
		for _, a := range next {
			for _, b := range calls[a] {
				if _, ok := r.hops[b]; !ok {
					r.hops[b] = d
					reached = append(reached, b)
				}
			}
		}
		next = reached
	}
	return r
}

// to is the number of calls down to the changed service: 0 for one of the
// failing ones or where either side names none, -1 where no way is known.
func (r reach) to(changed string) int {
	if r.all || changed == "" {
		return 0
	}
	if d, ok := r.hops[changed]; ok {
		return d
	}
	return -1
}

// Near is a service, everything it calls however far, and its direct callers.
func (g Graph) Near(service string) map[string]bool {
	near := map[string]bool{}
	for s := range g.from([]string{service}).hops {
		near[s] = true
	}
	for _, e := range g.Edges {
		if e.Callee == service {
			near[e.Caller] = true
		}
	}
	return near
}
