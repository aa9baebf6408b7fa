package intake

import (
	"bytes"
	"strings"

	"almanac/schemas"
)

func init() {
	register(&Format{
		Name: "draft", Kind: KindIncident,
		Doc:    "almanac's own postmortem draft, edited: only its action items are read, all else in it came from the lake",
		Zone:   "of the source",
		Detect: detectDraft, Document: readDraft,
	})
}

// draftMark is what finding.Draft writes before its table of facts.
var draftMark = []byte("<!-- almanac:facts ")

func detectDraft(h Head) float64 {
	for _, l := range h.Lines {
		if bytes.HasPrefix(l, draftMark) {
			return 0.99
		}
	}
	return 0
}

// Proposals of a draft count once somebody takes them on.
const (
	draftProposal = "Proposal: "
	draftNobody   = "to be named"
)

// draftEscapes are the characters that a draft escapes with a backslash; while
// its markup is read they are private ones.
const draftEscapes = "\\`*_[]#|~!"

func hideEscapes(s string) string {
	for i, r := range draftEscapes {
		s = strings.ReplaceAll(s, `\`+string(r), string(rune(0xE000+i)))
	}
	return s
}

func showEscapes(s string) string {
	for i, r := range draftEscapes {
		s = strings.ReplaceAll(s, string(rune(0xE000+i)), string(r))
	}
	return s
}

// readDraft takes the follow-ups of an edited draft. Its times and its
// timeline are not read back: they were computed from the records.
func readDraft(c *Context, doc []byte, out *Recorder) error {
	_, sections := splitMarkdown(hideEscapes(cleanText(string(trimBOM(doc)))))
	r := &mdReport{c: c, clock: mdClock{rule: stampRuleOf(c), last: -1}}
	id := ""
	var actions []schemas.Action
	for _, s := range sections {
		for _, t := range tablesOf(s.lines) {
			for _, row := range t.rows {
				if id == "" && len(row) > 1 && plainText(row[0]) == "Incident" {
					id = showEscapes(plainText(row[1]))
				}
			}
		}
		if headOf(s.title) == "actions" {
			actions = append(actions, r.actionTables(s, "")...)
		}
	}
	if id == "" {
		return out.Reject(1, "a draft that names no incident: the row “Incident” of its facts is gone", doc)
	}
	rec := schemas.IncidentRecord{Incident: schemas.Incident{IncidentID: id}}
	for _, a := range actions {
		for _, s := range []*string{&a.Text, &a.Owner, &a.SuccessCondition} {
			*s = showEscapes(*s)
		}
		if strings.HasPrefix(a.Text, draftProposal) {
			if a.Owner == draftNobody || a.Owner == "" {
				continue
			}
			a.Text = strings.TrimPrefix(a.Text, draftProposal)
		}
		rec.Actions = append(rec.Actions, a)
	}
	rec.Incident.Warning = strings.Join(r.warnings, "\n")
	return out.Incident(1, rec)
}
