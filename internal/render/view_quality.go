package render

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
		Notes:    f.site.Notes,
	}
	v.Rejects.Open, v.Inputs.Open = true, true
	for _, x := range f.findings {
		if x.Kind == "data" {
			v.Warnings = append(v.Warnings, f.headline(x))
		}
	}
	return v
}
