package schemas

// Reject is one refused record: grain source_id, line, reason. Bad input is a
// row, not an error: it is counted, stored and shown.
type Reject struct {
	// EventDate is the date of the last good stamp before it in its file, or
	// Undated.
	EventDate string `parquet:"event_date,dict,optional"`
	Source    string `parquet:"source,dict,optional"`
	File      string `parquet:"file,dict,optional"` // path as configured
	SourceID  string `parquet:"source_id,dict,optional"`
	Line      int64  `parquet:"line,optional"` // 1-based; 0: the file as a whole
	Reason    string `parquet:"reason,dict,optional"`
	Raw       string `parquet:"raw,optional"` // redacted, at most 512 bytes
}
