package listing

import (
	"bytes"
	"encoding/json"
	"testing"

	"almanac/schemas"
)

// Several sections, one of them empty, are one JSON document.
func TestSectionsAreOneDocument(t *testing.T) {
	all := []Section{
		{"Head", &schemas.Table{Query: "ask/x", SQL: "SELECT 1\n", Columns: []schemas.Column{{Name: "id"}}, Rows: [][]any{{"R-1"}}}},
		{"Empty \u202e", &schemas.Table{Columns: []schemas.Column{{Name: "a"}}}},
	}
	var b bytes.Buffer
	if err := WriteSections(&b, "R-1", all, "json"); err != nil {
		t.Fatal(err)
	}
	var got struct {
		ID       string
		Sections []struct {
			Title, Query, SQL string
			Rows              []map[string]any
		}
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatalf("%v\n%s", err, b.String())
	}
	if got.ID != "R-1" || len(got.Sections) != 2 || got.Sections[0].SQL != "SELECT 1\n" || got.Sections[0].Rows[0]["id"] != "R-1" || len(got.Sections[1].Rows) != 0 {
		t.Errorf("%+v", got)
	}
	b.Reset()
	if err := WriteSections(&b, "R-1", all, "jsonl"); err != nil || b.String() != "{\"section\":\"Head\",\"id\":\"R-1\"}\n" {
		t.Errorf("%v %q", err, b.String())
	}
}
