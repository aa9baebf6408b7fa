package nightly

import "almanac/internal/finding"

// weigh orders everything that was concluded, and turns what could not be
// judged into notes.
func (n *night) weigh(v *verdicts) {
	v.findings = finding.Weekly(v.asOf, v.recurrence,
		v.onset.Findings, v.silence.Findings, v.cascade.Findings, v.change.Findings,
		v.similar.Findings, v.fix.Findings)
	v.findings = finding.IgnoreFindings(v.findings, n.Config.Ignored, v.asOf, n.Config.Location())
	for _, w := range [][]string{v.onset.Warnings, v.silence.Warnings, v.cascade.Warnings,
		v.change.Warnings, v.similar.Warnings, v.fix.Warnings, v.recurrence.Remarks()} {
		v.notes = append(v.notes, w...)
	}
	v.findings = append(v.findings, finding.Notes(v.night, len(v.findings), v.notes)...)
}
