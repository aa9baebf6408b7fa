package finding

import (
	"fmt"
	"strings"
)

// fewNotes is how many subjects with one reason are told one by one; more of
// them are told together.
const fewNotes = 3

// Remarks tells in words why subjects carry no verdict. Where many share a
// reason they are one remark that names the first few.
func (r RecurrenceResult) Remarks() []string {
	of := map[string][]string{}
	var reasons []string
	for _, n := range r.Notes {
		if len(of[n.Reason]) == 0 {
			reasons = append(reasons, n.Reason)
		}
		of[n.Reason] = append(of[n.Reason], noteName(n))
	}
	var out []string
	for _, reason := range reasons {
		names := of[reason]
		if len(names) > fewNotes {
			out = append(out, fmt.Sprintf("%d subjects (%s, …): %s", len(names), strings.Join(names[:fewNotes], "; "), reason))
			continue
		}
		for _, name := range names {
			out = append(out, name+": "+reason)
		}
	}
	return out
}

func noteName(n RecurrenceNote) string {
	what := n.Template
	if what == "" {
		what = n.SubjectID
	}
	if n.Service != "" && n.Service != what {
		what = n.Service + ": " + what
	}
	return clip(what, 80)
}
