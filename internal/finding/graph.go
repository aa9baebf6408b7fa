package finding

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

// ServiceGraph joins the configured edges with those that trace ids show.
func ServiceGraph(in GraphInput) Graph { return Graph{} }
