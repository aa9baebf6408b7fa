package schemas

// Column describes a column of a query's answer, as the query's header does.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type"` // DuckDB type
	Doc  string `json:"doc,omitempty"`
}

// Table is the answer of a named query with what is needed to ask it again.
// Cells are nil, bool, int64, float64, string or time.Time (UTC).
type Table struct {
	Query   string   `json:"query"` // name, such as "ask/recurrences"; "" for ad-hoc SQL
	SQL     string   `json:"sql"`   // runnable text with the parameters filled in
	Columns []Column `json:"columns"`
	Rows    [][]any  `json:"rows"`
}

// Index gives the position of a column, or -1.
func (t *Table) Index(name string) int {
	for i, c := range t.Columns {
		if c.Name == name {
			return i
		}
	}
	return -1
}
