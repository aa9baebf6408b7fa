package finding

// Recurrences finds what comes back by the clock or the calendar, names it
// and tells a job from load. It reads in.Minutes once, one subject at a time.
// An error is an error of reading the rows; weak evidence is a note.
func Recurrences(in RecurrenceInput) (RecurrenceResult, error) {
	in.Params = in.Params.filled()
	return RecurrenceResult{}, nil
}
