package schemas

// Accounting balances an input: Lines = Events + Continuations + Blanks +
// Rejects + AlreadySeen. In documents (a JSON array, CSV, Markdown) the unit
// is the record: Lines counts the records offered.
type Accounting struct {
	Lines         int64 `json:"lines"`
	Events        int64 `json:"events"`
	Continuations int64 `json:"continuations"`
	Blanks        int64 `json:"blanks"`
	Rejects       int64 `json:"rejects"`
	AlreadySeen   int64 `json:"already_seen"`
}

// Balances says whether the accounting line adds up.
func (a Accounting) Balances() bool {
	return a.Lines == a.Events+a.Continuations+a.Blanks+a.Rejects+a.AlreadySeen
}

// Add sums two accountings.
func (a Accounting) Add(b Accounting) Accounting {
	return Accounting{
		Lines: a.Lines + b.Lines, Events: a.Events + b.Events,
		Continuations: a.Continuations + b.Continuations, Blanks: a.Blanks + b.Blanks,
		Rejects: a.Rejects + b.Rejects, AlreadySeen: a.AlreadySeen + b.AlreadySeen,
	}
}

// LedgerEntry remembers how far one input has been read: the first Bytes
// decompressed bytes (complete lines only) with their hash. A file whose
// prefix matches an entry continues there, whatever it is called now.
type LedgerEntry struct {
	SourceID string `json:"source_id"`
	Source   string `json:"source"` // name of the configured source
	File     string `json:"file"`   // path when first seen, as configured
	Format   string `json:"format"` // format chosen at first sight; kept
	Bytes    int64  `json:"bytes"`
	SHA256   string `json:"sha256"` // of the first Bytes bytes, hex
	// Head is the hash of the first HeadBytes = min(Bytes, 4096) bytes: a
	// cheap screen before the whole prefix is hashed.
	HeadBytes int64      `json:"head_bytes"`
	HeadHash  string     `json:"head_sha256"`
	Lines     int64      `json:"lines"` // complete lines in the first Bytes bytes
	LastTS    int64      `json:"last_ts,omitempty"`
	Counts    Accounting `json:"counts"` // over all nights, AlreadySeen = 0
	// Stopped is why the input could not be read to its end, as rejected
	// once: the same trouble in the next night is no news. "" for sound inputs.
	Stopped string `json:"stopped,omitempty"`
}
