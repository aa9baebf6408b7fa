package schemas

// ManifestVersion is the lake format's version; a newer lake is refused.
// Version 2 gathers the dates of small tables in few files (TableFile.Dates)
// and ends the manifest with its own checksum; lakes of version 1 are read.
const ManifestVersion = 2

// Manifest is the lake's only mutable name. It holds no wall-clock time: the
// same inputs give the same bytes.
type Manifest struct {
	Version    int    `json:"version"`
	Tool       string `json:"tool"`
	Generation int64  `json:"generation"`
	// AsOf is the `now` of the last analysis (RFC 3339), "" before the first.
	AsOf string `json:"as_of,omitempty"`
	// AnalysisKey is a hash of what the last analysis depended on (generation
	// of the data, as-of date, configuration): equal key, nothing to do.
	AnalysisKey string                 `json:"analysis_key,omitempty"`
	Tables      map[string][]TableFile `json:"tables"`
	Ledger      []LedgerEntry          `json:"ledger"`
}

// TableFile is one immutable Parquet file of a table.
type TableFile struct {
	Path      string `json:"path"`       // relative to the lake, slash-separated
	EventDate string `json:"event_date"` // the folder: a date, Undated or Gathered
	Rows      int64  `json:"rows"`
	Bytes     int64  `json:"bytes"`
	SHA256    string `json:"sha256"`
	Schema    int    `json:"schema"` // schema version of the table
	MinTS     int64  `json:"min_ts,omitempty"`
	MaxTS     int64  `json:"max_ts,omitempty"`
	// Columns counts the table's columns when the file was written: tables
	// grow, so files of one table that differ here differ in columns. 0: unknown.
	Columns int `json:"columns,omitempty"`
	// Seq is the file's place among those of its folder: rows are in order
	// from each to the next.
	Seq int `json:"seq,omitempty"`
	// Dates names the event dates of a gathered file in rising order; runs of
	// days are written as "2026-11-01/2026-11-30".
	Dates []string `json:"dates,omitempty"`
	// Sources names the inputs (source_id) that have rows in a file of record
	// tables: a re-read input then opens only its own files. Empty: unknown.
	Sources []string `json:"sources,omitempty"`
}
