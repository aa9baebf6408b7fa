package finding

// Changes judges its input; see ChangeInput and ChangeResult.
func Changes(in ChangeInput) ChangeResult { return ChangeResult{} }
