package lake

import (
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"almanac/schemas"
)

var update = flag.Bool("update", false, "rewrite the pinned schemas")

// Each table's Parquet schema is pinned as text beside its struct: a change
// of format shows as a diff.
func TestSchemasArePinned(t *testing.T) {
	dir := filepath.Join("..", "..", "schemas")
	pinned := map[string]bool{}
	for _, tab := range tables {
		got := tab.schema().String() + "\n"
		file := filepath.Join(dir, tab.tableName()+".schema.txt")
		pinned[filepath.Base(file)] = true
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Errorf("%s: %v (go test -update writes it)", tab.tableName(), err)
			continue
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s: the schema changed (-pinned +now); old lakes must still be read:\n%s", tab.tableName(), diff)
		}
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.schema.txt"))
	for _, f := range files {
		if !pinned[filepath.Base(f)] {
			t.Errorf("%s pins no table", f)
		}
	}
}

// Only types that every engine reads alike, all optional (lake.md).
func TestColumnTypes(t *testing.T) {
	allowed := map[string]bool{
		"binary (STRING)": true, "int64": true, "double": true, "boolean": true,
		"int64 (TIMESTAMP(isAdjustedToUTC=false,unit=MICROS))": true,
	}
	for _, tab := range tables {
		if _, err := columnsOf(tab.rowType()); err != nil {
			t.Error(err)
		}
		if tab.columns()[0].name != "event_date" {
			t.Errorf("%s: first column is %s", tab.tableName(), tab.columns()[0].name)
		}
		for _, f := range tab.schema().Fields() {
			if !f.Optional() || !f.Leaf() || !allowed[typeText(tab.schema().String(), f.Name())] {
				t.Errorf("%s.%s: %s is not allowed", tab.tableName(), f.Name(), typeText(tab.schema().String(), f.Name()))
			}
		}
	}
}

// typeText gives "int64" of the line "optional int64 line (…);".
func typeText(schema, name string) string {
	for line := range strings.Lines(schema) {
		w := strings.SplitN(strings.TrimSuffix(strings.TrimSpace(line), ";"), " ", 4)
		if len(w) < 3 || w[2] != name {
			continue
		}
		if len(w) == 3 || w[3] == "(INT(64,true))" {
			return w[1]
		}
		return w[1] + " " + w[3]
	}
	return ""
}

func TestColumnRulesRefuse(t *testing.T) {
	type unsigned struct {
		EventDate string `parquet:"event_date,optional"`
		N         uint64 `parquet:"n,optional"`
	}
	type required struct {
		EventDate string `parquet:"event_date,optional"`
		N         int64  `parquet:"n"`
	}
	type utc struct {
		EventDate string `parquet:"event_date,optional"`
		TS        int64  `parquet:"ts,timestamp(microsecond),optional"`
	}
	type nested struct {
		EventDate string   `parquet:"event_date,optional"`
		L         []string `parquet:"l,optional"`
	}
	type noDate struct {
		N int64 `parquet:"n,optional"`
	}
	for _, typ := range []reflect.Type{reflect.TypeFor[unsigned](), reflect.TypeFor[required](),
		reflect.TypeFor[nested](), reflect.TypeFor[noDate]()} {
		if _, err := columnsOf(typ); err == nil {
			t.Errorf("%s is accepted", typ)
		}
	}
	// A UTC-adjusted stamp passes as a number here; TestColumnTypes refuses it
	// by its printed type. Pin that it prints differently.
	if got := typeText(newTable[utc]("utc").schema().String(), "ts"); got != "int64 (TIMESTAMP(isAdjustedToUTC=true,unit=MICROS))" {
		t.Errorf("utc stamp prints as %q", got)
	}
}

func TestEmptyColumns(t *testing.T) {
	want := []schemas.Column{
		{Name: "event_date", Type: "VARCHAR"}, {Name: "source", Type: "VARCHAR"},
		{Name: "hour_ts", Type: "TIMESTAMP"}, {Name: "lines", Type: "BIGINT"},
		{Name: "events", Type: "BIGINT"}, {Name: "rejects", Type: "BIGINT"},
	}
	if diff := cmp.Diff(want, EmptyColumns(TableCoverage)); diff != "" {
		t.Error(diff)
	}
	if EmptyColumns("nosuch") != nil {
		t.Error("an unknown table has columns")
	}
	if len(Tables()) != 24 || len(TableNames()) != 24 {
		t.Errorf("%d tables, want 24", len(Tables()))
	}
}
