package schemas

// Shape is one id ever used for a message: grain shape_id. Rows with a Text
// are shapes (masked messages); rows without one are former signature ids,
// kept so that old ids resolve. SignatureID is what the id means today.
type Shape struct {
	EventDate    string `parquet:"event_date,dict,optional"` // always Undated
	ShapeID      string `parquet:"shape_id,optional"`
	SignatureID  string `parquet:"signature_id,dict,optional"`
	Text         string `parquet:"text,optional"`
	Level        string `parquet:"level,dict,optional"` // of the first event seen
	FirstTS      int64  `parquet:"first_ts,timestamp(microsecond:local),optional"`
	FirstService string `parquet:"first_service,dict,optional"`
	Example      string `parquet:"example,optional"` // message of the first event, redacted
	SourceID     string `parquet:"source_id,dict,optional"`
	Line         int64  `parquet:"line,optional"`
}

// Signature is one log template: grain signature_id. It is a pure function
// of the set of shapes known, whatever their order of arrival.
type Signature struct {
	EventDate    string `parquet:"event_date,dict,optional"` // always Undated
	SignatureID  string `parquet:"signature_id,optional"`
	Template     string `parquet:"template,optional"`
	Level        string `parquet:"level,dict,optional"` // of the first event seen
	FirstTS      int64  `parquet:"first_ts,timestamp(microsecond:local),optional"`
	FirstService string `parquet:"first_service,dict,optional"`
	Example      string `parquet:"example,optional"`
	Shapes       int64  `parquet:"shapes,optional"` // number of shapes grouped
}
