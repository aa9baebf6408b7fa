package lake

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/parquet-go/parquet-go"

	"almanac/schemas"
)

// Names of the tables.
const (
	TableEvent           = "event"
	TableShape           = "shape"
	TableSignature       = "signature"
	TableEventMinute     = "event_minute"
	TableEventDay        = "event_day"
	TableServiceVolume   = "service_volume"
	TableCoverage        = "coverage"
	TableChange          = "change"
	TableIncident        = "incident"
	TableIncidentService = "incident_service"
	TableIncidentEvent   = "incident_event"
	TableAction          = "action"
	TableMetric          = "metric"
	TableReject          = "reject"
	TableFinding         = "finding"
	TableRecurrence      = "recurrence"
	TableRecurrenceDay   = "recurrence_day"
	TableCause           = "cause"
	TableOnset           = "onset"
	TableCascade         = "cascade"
	TableSimilar         = "similar"
	TableForecast        = "forecast"
	TableForecastScore   = "forecast_score"
	TableFix             = "fix"
)

// schemaVersion is written beside each file; a table whose struct changes in
// a way that old files cannot be read with raises it.
const schemaVersion = 1

// table is a table with its row type known.
type table[T any] struct {
	name string
	cols []column
	// ts is the position of the table's first TIMESTAMP column, or -1.
	ts int
}

// anyTable is a table whose row type is known at run time only.
type anyTable interface {
	tableName() string
	columns() []column
	rowType() reflect.Type
	schema() *parquet.Schema
	newBatch() anyBatch
}

func (t *table[T]) tableName() string     { return t.name }
func (t *table[T]) columns() []column     { return t.cols }
func (t *table[T]) rowType() reflect.Type { return reflect.TypeFor[T]() }
func (t *table[T]) schema() *parquet.Schema {
	return parquet.NewSchema(t.name, parquet.SchemaOf(new(T)))
}
func (t *table[T]) newBatch() anyBatch { return newBatch(t) }

func newTable[T any](name string) *table[T] {
	cols, err := columnsOf(reflect.TypeFor[T]())
	if err != nil {
		// Reached by a wrong struct only, which the schema test refuses first.
		cols = nil
	}
	t := &table[T]{name: name, cols: cols, ts: -1}
	for i, c := range cols {
		if c.kind == kindTime {
			t.ts = i
			break
		}
	}
	return t
}

var (
	eventTable  = newTable[schemas.Event](TableEvent)
	minuteTable = newTable[schemas.EventMinute](TableEventMinute)
	dayTable    = newTable[schemas.EventDay](TableEventDay)
	volumeTable = newTable[schemas.ServiceVolume](TableServiceVolume)
)

// tables is every table of a lake, in the order in which DESIGN.md and the
// warehouse list them.
var tables = []anyTable{
	eventTable,
	newTable[schemas.Shape](TableShape),
	newTable[schemas.Signature](TableSignature),
	minuteTable,
	dayTable,
	volumeTable,
	newTable[schemas.Coverage](TableCoverage),
	newTable[schemas.Change](TableChange),
	newTable[schemas.Incident](TableIncident),
	newTable[schemas.IncidentService](TableIncidentService),
	newTable[schemas.IncidentEvent](TableIncidentEvent),
	newTable[schemas.Action](TableAction),
	newTable[schemas.Metric](TableMetric),
	newTable[schemas.Reject](TableReject),
	newTable[schemas.Finding](TableFinding),
	newTable[schemas.Recurrence](TableRecurrence),
	newTable[schemas.RecurrenceDay](TableRecurrenceDay),
	newTable[schemas.Cause](TableCause),
	newTable[schemas.Onset](TableOnset),
	newTable[schemas.CascadeStep](TableCascade),
	newTable[schemas.Similar](TableSimilar),
	newTable[schemas.Forecast](TableForecast),
	newTable[schemas.ForecastScore](TableForecastScore),
	newTable[schemas.Fix](TableFix),
}

// Tables names every table of a lake with its row type.
func Tables() map[string]reflect.Type {
	types := make(map[string]reflect.Type, len(tables))
	for _, t := range tables {
		types[t.tableName()] = t.rowType()
	}
	return types
}

// TableNames lists the tables in a fixed order.
func TableNames() []string {
	names := make([]string, len(tables))
	for i, t := range tables {
		names[i] = t.tableName()
	}
	return names
}

// EmptyColumns gives a table's columns in order with their DuckDB types, so
// that a view over a table without files has the right types. An unknown
// table has none.
func EmptyColumns(name string) []schemas.Column {
	t := findTable(name)
	if t == nil {
		return nil
	}
	var out []schemas.Column
	for _, c := range t.columns() {
		out = append(out, schemas.Column{Name: c.name, Type: duckType[c.kind]})
	}
	return out
}

func findTable(name string) anyTable {
	for _, t := range tables {
		if t.tableName() == name {
			return t
		}
	}
	return nil
}

// tableOf finds a table and checks that T is its row type.
func tableOf[T any](name string) (*table[T], error) {
	t := findTable(name)
	if t == nil {
		return nil, fmt.Errorf("table %q: there is none of that name; tables are %s", name, strings.Join(TableNames(), ", "))
	}
	typed, ok := t.(*table[T])
	if !ok {
		return nil, fmt.Errorf("table %q: its rows are %s, not %s", name, t.rowType(), reflect.TypeFor[T]())
	}
	return typed, nil
}

// tsOf gives a row's main instant, or 0.
func (t *table[T]) tsOf(v reflect.Value) int64 {
	if t.ts < 0 {
		return 0
	}
	return v.Field(t.cols[t.ts].field).Int()
}
