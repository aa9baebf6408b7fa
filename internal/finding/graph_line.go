package finding

import (
	"regexp"
	"strings"
)

// minLines is the number of lines that make an edge of a phrase.
const minLines = 3

// What log lines say of who calls whom. A name alone proves nothing: it must
// stand where a caller names what it called, or a callee who called it.
var (
	namesCallee = regexp.MustCompile(`(?i)\b(?:upstream|backend|downstream|dependency|callee|peer\.service|calling|call(?:s|ed)? (?:to|of)|requests? to|connect(?:ing|ed|ion)? to|sent to)(?: service)?[ =:"']+([a-z][a-z0-9_-]{2,40})`)
	namesClient = regexp.MustCompile(`(?i)\b([a-z][a-z0-9_-]{2,40}) (?:call|request|client|api) (?:failed|timed out|refused|returned|aborted|rejected)`)
	namesURL    = regexp.MustCompile(`(?i)\bhttps?://([a-z][a-z0-9_-]{2,40})(?:[.:/]|\s|$)`)
	namesCaller = regexp.MustCompile(`(?i)\b(?:caller|client_service|called by|requested by|from_service)(?: service)?[ =:"']+([a-z][a-z0-9_-]{2,40})`)
)

// lineEdges are the edges that the templates of the services state by name.
func lineEdges(rows []SignatureRow) map[Edge]bool {
	known := map[string]string{}
	for _, g := range rows {
		known[strings.ToLower(g.Service)] = g.Service
	}
	set := map[Edge]bool{}
	for _, g := range rows {
		if g.Service == "" || g.Count < minLines {
			continue
		}
		add := func(e Edge) {
			if e.Caller != "" && e.Callee != "" && e.Caller != e.Callee {
				set[e] = true
			}
		}
		for _, re := range []*regexp.Regexp{namesCallee, namesClient, namesURL} {
			for _, m := range re.FindAllStringSubmatch(g.Template, -1) {
				add(Edge{g.Service, known[strings.ToLower(m[1])]})
			}
		}
		for _, m := range namesCaller.FindAllStringSubmatch(g.Template, -1) {
			add(Edge{known[strings.ToLower(m[1])], g.Service})
		}
	}
	for e := range set { // both ways says neither
		if back := (Edge{e.Callee, e.Caller}); set[back] {
			delete(set, e)
			delete(set, back)
		}
	}
	return set
}
