package intake

import (
	"math"
	"strconv"
	"strings"

	"almanac/schemas"
)

var metricFields = map[string][]string{
	"time":    {"time", "ts", "timestamp", "at", "date", "datetime", "@timestamp"},
	"service": {"service", "service_name", "job", "app", "instance", "component"},
	"name":    {"name", "metric", "metric_name", "__name__", "series"},
	"value":   {"value", "val", "v", "avg", "mean"},
}

func init() {
	registerForms(
		&recordForm{
			name: "metric-csv", kind: KindMetric, doc: "measured points as CSV or TSV: time, service, name, value",
			needs: []string{"time|ts|timestamp|at|datetime", "value|val", "name|metric|metric_name"}, never: []string{"level", "message", "msg"},
			fields: metricFields, table: onlyTable, confidence: 0.8,
		},
		&recordForm{
			name: "metric-json", kind: KindMetric, doc: "measured points as JSON lines or array: time, service, name, value",
			needs: []string{"time|ts|timestamp|at|datetime", "value|val", "name|metric|metric_name"}, never: []string{"level", "message", "msg"},
			lists: []string{"metrics", "data", "points"}, fields: metricFields, confidence: 0.75,
		},
		&recordForm{
			name: "prometheus-range", kind: KindMetric, doc: "answer of a Prometheus range or instant query (JSON)",
			needs: []string{"metric", "values|value"}, never: []string{"ts", "time", "timestamp"}, lists: []string{"data.result"},
			fields: metricFields, expand: expandPrometheus, confidence: 0.95,
		},
	)
}

// expandPrometheus turns a series with its [time, "value"] pairs into points.
func expandPrometheus(n *node) []*node {
	labels := &node{kind: nodeObject}
	for _, m := range n.at("metric") {
		labels.obj = append(labels.obj, m.obj...)
	}
	var pairs []*node
	for _, v := range n.at("values") {
		pairs = append(pairs, v.list...)
	}
	for _, v := range n.at("value") {
		pairs = append(pairs, v)
	}
	out := make([]*node, 0, len(pairs))
	for _, p := range pairs {
		point := &node{kind: nodeObject, obj: append([]member(nil), labels.obj...)}
		if len(p.list) == 2 {
			point.obj = append(point.obj, field("time", p.list[0]), field("value", p.list[1]))
		}
		out = append(out, point)
	}
	return out
}

// buildMetric makes a point of one record. NaN and infinities are refused:
// they are no measurement.
func (f *fieldReader) buildMetric(c *Context, n *node) (schemas.Metric, string) {
	m := schemas.Metric{Service: f.text(n, "service"), Name: f.text(n, "name")}
	if m.Service == "" {
		m.Service = c.Source.Service
	}
	us, _, _, err := f.instant(n, "time")
	if err != nil {
		return m, "time: " + err.Error()
	}
	if us == 0 {
		return m, "no time"
	}
	m.TS = us
	raw := f.text(n, "value")
	if raw == "" {
		return m, "no value"
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(raw), 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return m, "value is not a number"
	}
	if m.Name == "" {
		m.Name = "value"
	}
	m.Value = &v
	return m, ""
}
