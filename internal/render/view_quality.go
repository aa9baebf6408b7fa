package render

import (
	"slices"

	"almanac/schemas"
)

type qualityView struct {
	Coverage, Sources, Rejects, Inputs figure
	Notes                              []string
	Warnings                           []headline
	Forecasts                          figure
	Score                              string
	Ignored                            []headline
}

func (v qualityView) hasCharts() bool { return false }

// fewInputs is how many inputs are listed openly; more are in a fold.
const fewInputs = 20

func (b *book) qualityView() qualityView {
	f := b.facts
	v := qualityView{
		Coverage: f.coverage(),
		Sources:  f.figure("quality/sources", "sources", "How far each source reaches"),
		Rejects:  f.figure("quality/rejects", "rejects", "Refused records, by source and reason"),
		Inputs:   f.figure("quality/inputs", "inputs", "Inputs and their accounting"),
	}
	for _, n := range f.site.Notes {
		said := func(x schemas.Finding) bool { return x.Kind == schemas.FindingData && x.Sentence == n }
		if !slices.ContainsFunc(f.findings, said) {
			v.Notes = append(v.Notes, n)
		}
	}
	v.Score, v.Ignored = f.forecastScore(), f.ignored()
	if f.site.scored() {
		v.Forecasts = f.figure("quality/forecasts", "forecast-scores", "Stated chances and what came of them")
		v.Forecasts.Open, v.Forecasts.Bare = true, true
	}
	v.Sources.Open, v.Rejects.Open = true, true
	v.Inputs.Open = v.Inputs.Table != nil && len(v.Inputs.Table.Rows) <= fewInputs
	v.Sources.Bare, v.Rejects.Bare, v.Inputs.Bare = true, true, true
	for _, x := range f.findings {
		if x.Kind == schemas.FindingData {
			v.Warnings = append(v.Warnings, f.headline(x))
		}
	}
	return v
}
