package finding

import "testing"

// Lines that name what was called, or who called, make edges; a name in
// passing, a rare line and a pair that calls both ways do not.
func TestServiceGraphFromLines(t *testing.T) {
	line := func(service, template string, n int64) SignatureRow {
		return SignatureRow{Service: service, Template: template, Count: n}
	}
	g := ServiceGraph(GraphInput{
		Config: []Edge{{"web", "cart"}},
		Signatures: []SignatureRow{
			line("web", "GET <*> upstream ledger unavailable", 9), line("booking", "ledger call failed: connection refused", 9),
			line("ledger", "POST http://store:8080/entries <*>", 9), line("session", "opened caller=web", 9), line("store", "ready", 9),
			line("cart", "session timed out for user <*>", 99), line("cart", "calling store", 1),
			line("a-svc", "calling b-svc", 9), line("b-svc", "calling a-svc", 9), line("cart", "upstream web failed", 9),
		},
	})
	want := []Edge{{"booking", "ledger"}, {"ledger", "store"}, {"web", "cart"}, {"web", "ledger"}, {"web", "session"}}
	if len(g.Edges) != len(want) || g.Source != "the configuration and log lines" {
		t.Fatalf("%v from %s", g.Edges, g.Source)
	}
	for i := range want {
		if g.Edges[i] != want[i] {
			t.Errorf("%v, want %v", g.Edges[i], want[i])
		}
	}
}
