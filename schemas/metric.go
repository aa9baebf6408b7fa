package schemas

// Metric is one measured point (optional input): grain ts, service, name.
type Metric struct {
	EventDate string   `parquet:"event_date,dict,optional"`
	TS        int64    `parquet:"ts,timestamp(microsecond:local),delta,optional"`
	Service   string   `parquet:"service,dict,optional"`
	Name      string   `parquet:"name,dict,optional"`
	Value     *float64 `parquet:"value,optional"`
}
