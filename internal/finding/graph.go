package finding

import "sort"

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
}

// Graph is the service graph and where it comes from.
type Graph struct {
	Edges  []Edge // sorted
	Source string // "the configuration", "trace ids", both, or "" when there is none
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
	for e := range traceEdges(in.Traces) {
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
	switch {
	case configured > 0 && len(set) > configured:
		g.Source = "the configuration and trace ids"
	case configured > 0:
		g.Source = "the configuration"
	case len(set) > 0:
		g.Source = "trace ids"
	}
	return g
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

// hops is the number of calls from failing down to changed: 0 for the same
// service or where either is not named (the whole site), -1 where the graph
// knows no way. A failure travels from the callee to its callers.
func (g Graph) hops(changed, failing string) int {
	if changed == failing || changed == "" || failing == "" {
		return 0
	}
	next := map[string]bool{failing: true}
	seen := map[string]bool{failing: true}
	for d := 1; d <= 5 && len(next) > 0; d++ {
		reached := map[string]bool{}
		for _, e := range g.Edges {
			if next[e.Caller] && !seen[e.Callee] {
				if e.Callee == changed {
					return d
				}
				reached[e.Callee], seen[e.Callee] = true, true
			}
		}
		next = reached
	}
	return -1
}

// nearest is the smallest number of calls from any of the failing services to
// the changed one; -1 where there is no way.
func (g Graph) nearest(changed string, failing []string) int {
	if len(failing) == 0 {
		return 0
	}
	best := -1
	for _, f := range failing {
		if d := g.hops(changed, f); d >= 0 && (best < 0 || d < best) {
			best = d
		}
	}
	return best
}
