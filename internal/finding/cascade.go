package finding

// Cascades judges its input; see CascadeInput and CascadeResult.
func Cascades(in CascadeInput) CascadeResult { return CascadeResult{} }
