package intake

import (
	"time"

	"almanac/schemas"
)

// registerForms makes a Format of each form.
func registerForms(forms ...*recordForm) {
	for _, f := range forms {
		register(&Format{
			Name: f.name, Kind: f.kind, Doc: f.doc,
			Zone:     "in the stamp, else the source",
			Detect:   f.detect,
			Document: f.read,
		})
	}
}

// read reads a document of this form: JSON, or CSV where the form allows it.
func (f *recordForm) read(c *Context, doc []byte, out *Recorder) error {
	fr := newFieldReader(c, f)
	var records []record
	if isJSON(doc) {
		if f.utc && !c.Source.ZoneStated {
			fr.rule.zone, fr.rule.utc = time.UTC, true
		}
		records = jsonRecords(doc, f.lists...)
	} else {
		t := csvRecords(doc)
		records = t.rows
		if len(t.header) < 2 {
			return out.Reject(1, "neither JSON nor a table with a header", doc)
		}
	}
	for i := range records {
		if err := fr.one(c, &records[i], out); err != nil {
			return err
		}
		records[i] = record{} // let it go: documents can be large
	}
	return nil
}

func isJSON(doc []byte) bool {
	for _, b := range trimBOM(doc) {
		switch b {
		case ' ', '\t', '\r', '\n':
		case '{', '[':
			return true
		default:
			return false
		}
	}
	return false
}

// one turns a record into its row or a reject.
func (f *fieldReader) one(c *Context, r *record, out *Recorder) error {
	if r.node == nil {
		return out.Reject(r.line, r.reason, r.raw)
	}
	if f.form.skip != nil {
		if reason := f.form.skip(r.node); reason != "" {
			out.Warn("left out: " + reason)
			out.Blank()
			return nil
		}
	}
	if f.form.expand != nil {
		for _, n := range f.form.expand(r.node) {
			if err := f.row(c, &record{line: r.line, node: n, raw: r.raw}, out); err != nil {
				return err
			}
		}
		return nil
	}
	return f.row(c, r, out)
}

func (f *fieldReader) row(c *Context, r *record, out *Recorder) error {
	var reason string
	switch f.form.kind {
	case KindChange:
		var ch schemas.Change
		if ch, reason = f.buildChange(c, r.node); reason == "" {
			return out.Change(r.line, ch)
		}
	case KindIncident:
		var in schemas.IncidentRecord
		if in, reason = f.buildIncident(c, r.node); reason == "" {
			return out.Incident(r.line, in)
		}
	default:
		var m schemas.Metric
		if m, reason = f.buildMetric(c, r.node); reason == "" {
			return out.Metric(r.line, m)
		}
	}
	return out.Reject(r.line, reason, r.raw)
}
