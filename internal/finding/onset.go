package finding

// Onsets judges its input; see OnsetInput and OnsetResult.
func Onsets(in OnsetInput) OnsetResult { return OnsetResult{} }
