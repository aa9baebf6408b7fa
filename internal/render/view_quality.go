package render

import (
	"slices"

	"almanac/schemas"
)

type qualityView struct {
	Coverage, Rejects, Inputs figure
	Notes                     []string
	Warnings                  []headline
}

func (v qualityView) hasCharts() bool { return false }

func (b *book) qualityView() qualityView {
	f := b.facts
	v := qualityView{
		Coverage: f.coverage(),
		Rejects:  f.figure("quality/rejects", "rejects", "Refused records, by source and reason"),
		Inputs:   f.figure("quality/inputs", "inputs", "Inputs and their accounting"),
	}
	for _, n := range f.site.Notes {
		said := func(x schemas.Finding) bool { return x.Kind == schemas.FindingData && x.Sentence == n }
		if !slices.ContainsFunc(f.findings, said) {
			v.Notes = append(v.Notes, n)
		}
	}
	v.Rejects.Open, v.Inputs.Open = true, true
	v.Rejects.Bare, v.Inputs.Bare = true, true
	for _, x := range f.findings {
		if x.Kind == schemas.FindingData {
			v.Warnings = append(v.Warnings, f.headline(x))
		}
	}
	return v
}
