package schemas

// Ignore is one line of almanac.ignore: a finding or recurrence that people
// know of and do not want to be told of for a while.
type Ignore struct {
	ID     string // R-…, O-…, any finding_id
	Reason string
	Until  string // last local date of the site on which it holds, YYYY-MM-DD
	Line   int    // of the file, 1-based
}
