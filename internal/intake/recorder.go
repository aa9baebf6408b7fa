package intake

import (
	"errors"
	"slices"
	"strings"

	"almanac/schemas"
)

// MaxRejectRaw is how much of a refused record is handed on, bytes: twice what
// is stored, so that a secret at the cut is whole when it is redacted.
const MaxRejectRaw = 1024

// Recorder takes the records of one input from its parser, completes them
// (source, file, source id, line, date, valid UTF-8) and hands them to the
// sink. It keeps the accounting: every call of Change, Incident, Metric,
// Event, Reject or Blank is one record offered. The error of a method is the
// sink's; a Document returns it at once.
type Recorder struct {
	sink     Sink
	source   *Source
	file     string
	sourceID string
	counts   schemas.Accounting
	coverage hours
	lastTS   int64 // of the last record that had a stamp, UTC micros
	date     dates
	warnings []string
	latest   int64 // stamps after this are refused; 0: no bound
	// distant: changes and incidents after this are kept with a warning (plans
	// are dated in the future, mistyped years too); 0: no bound.
	distant int64
	// recordsOnly says that the input holds changes or incidents: the date of
	// one is no hour that was observed, so it gives no coverage.
	recordsOnly bool
}

// Change takes one change record. line is where the record begins in the
// document, 1-based.
func (r *Recorder) Change(line int64, c schemas.Change) error {
	c.Source, c.File, c.SourceID, c.Line = r.source.Name, r.file, r.sourceID, line
	if c.Env == "" {
		c.Env = r.source.Env
	}
	for _, s := range []*string{&c.ChangeID, &c.Kind, &c.Service, &c.Env, &c.Status, &c.Actor, &c.Version, &c.Commit, &c.URL, &c.Title, &c.Warning, &c.Team} {
		*s = cleanText(*s)
	}
	at := firstOf(c.StartedTS, c.FinishedTS)
	c.EventDate = schemas.DateOf(at)
	c.Warning = r.withDistant(c.Warning, at)
	r.took(at)
	return r.sink.Change(c)
}

// Incident takes one incident with its child rows: their ids, dates and
// sequence numbers are filled in here.
func (r *Recorder) Incident(line int64, rec schemas.IncidentRecord) error {
	i := &rec.Incident
	i.Source, i.File, i.SourceID, i.Line = r.source.Name, r.file, r.sourceID, line
	for _, s := range []*string{&i.IncidentID, &i.Title, &i.Service, &i.Severity, &i.SeverityRaw, &i.RootCause, &i.Trigger, &i.Category, &i.URL, &i.Body, &i.Warning, &i.Team} {
		*s = cleanText(*s)
	}
	at := firstOf(i.StartedTS, i.DetectedTS, i.AcknowledgedTS, i.MitigatedTS, i.ResolvedTS)
	i.EventDate = schemas.DateOf(at)
	i.Warning = r.withDistant(i.Warning, at)
	rec.Services = slices.Clone(rec.Services)
	for k := range rec.Services {
		rec.Services[k] = cleanText(rec.Services[k])
	}
	rec.Timeline = slices.Clone(rec.Timeline)
	for k := range rec.Timeline {
		t := &rec.Timeline[k]
		t.EventDate, t.IncidentID, t.SourceID, t.Seq = i.EventDate, i.IncidentID, r.sourceID, int64(k+1)
		t.Status, t.Text = cleanText(t.Status), cleanText(t.Text)
	}
	rec.Actions = slices.Clone(rec.Actions)
	for k := range rec.Actions {
		a := &rec.Actions[k]
		a.EventDate, a.IncidentID, a.SourceID, a.Seq = i.EventDate, i.IncidentID, r.sourceID, int64(k+1)
		for _, s := range []*string{&a.Kind, &a.Text, &a.Owner, &a.Status, &a.SuccessCondition} {
			*s = cleanText(*s)
		}
	}
	r.took(at)
	return r.sink.Incident(rec)
}

// Metric takes one measured point.
func (r *Recorder) Metric(line int64, m schemas.Metric) error {
	if reason := r.refuse(m.TS); reason != "" {
		return r.Reject(line, reason, nil)
	}
	m.Service, m.Name = cleanText(m.Service), cleanText(m.Name)
	m.EventDate = r.date.of(m.TS)
	r.took(m.TS)
	return r.sink.Metric(m)
}

// ErrSeen is what a sink says of an event that the lake has from a former
// state of the same document: it is counted as seen, and nothing is stored.
var ErrSeen = errors.New("already seen")

// Event takes one log event; e needs TS and Message at least. An event
// without a stamp, or with an absurd one, becomes a reject.
func (r *Recorder) Event(line int64, e *schemas.Event) error {
	if reason := r.refuse(e.TS); reason != "" {
		return r.Reject(line, reason, []byte(e.Message))
	}
	for _, s := range []*string{&e.Service, &e.Host, &e.Message, &e.ErrorType, &e.TraceID} {
		*s = cleanText(*s)
	}
	if e.Host == "" {
		e.Host = r.source.Host
	}
	if e.Kind == "" {
		e.Kind = schemas.EventLog
	}
	e.SourceID, e.Line = r.sourceID, line
	e.EventDate = r.date.of(e.TS)
	ts := e.TS
	err := r.sink.Event(e)
	if err == ErrSeen {
		r.repeat()
		r.lastTS = ts
		return nil
	}
	r.took(ts)
	return err
}

// Reject refuses one record: line is where it begins (0: the whole file),
// reason is short and without the record's text, raw is its text (cut here).
func (r *Recorder) Reject(line int64, reason string, raw []byte) error {
	r.counts.Lines++
	r.counts.Rejects++
	if !r.recordsOnly {
		r.coverage.reject(r.lastTS)
	}
	return r.sink.Reject(r.rejectRow(line, reason, raw))
}

func (r *Recorder) rejectRow(line int64, reason string, raw []byte) schemas.Reject {
	if len(raw) > MaxRejectRaw {
		raw = raw[:MaxRejectRaw]
	}
	return schemas.Reject{
		EventDate: r.date.of(r.lastTS), Source: r.source.Name, File: r.file, SourceID: r.sourceID,
		Line: line, Reason: cleanText(reason), Raw: cleanText(string(raw)),
	}
}

// repeat counts a record that the document has given before.
func (r *Recorder) repeat() {
	r.counts.Lines++
	r.counts.AlreadySeen++
}

// Blank counts an empty record.
func (r *Recorder) Blank() {
	r.counts.Lines++
	r.counts.Blanks++
}

// Warn adds a remark on the input as a whole; a repeated one is kept once.
func (r *Recorder) Warn(text string) {
	if !slices.Contains(r.warnings, text) {
		r.warnings = append(r.warnings, text)
	}
}

// took counts a record that went in.
func (r *Recorder) took(ts int64) {
	r.counts.Lines++
	r.counts.Events++
	if ts != 0 {
		r.lastTS = ts
	}
	if !r.recordsOnly {
		r.coverage.event(ts)
	}
}

// withDistant adds to a record's warning that its stamp lies far after the
// time at which the file was written.
func (r *Recorder) withDistant(warning string, at int64) string {
	if r.distant == 0 || at <= r.distant {
		return warning
	}
	const note = "dated more than 400 days after the file was written"
	if warning == "" {
		return note
	}
	return warning + "\n" + note
}

// refuse gives the reason for which a stamp cannot be believed, or "".
func (r *Recorder) refuse(ts int64) string {
	switch {
	case ts == 0:
		return "no time stamp"
	case ts < earliest:
		return "time stamp before 1990"
	case r.latest != 0 && ts > r.latest:
		return "time stamp more than 48 h after the file was written"
	}
	return ""
}

// cleanText makes s valid UTF-8 without NUL: one bad byte would make every
// query over the column fail.
func cleanText(s string) string {
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "�")
	}
	return strings.ToValidUTF8(s, "�")
}

func firstOf(ts ...int64) int64 {
	for _, t := range ts {
		if t != 0 {
			return t
		}
	}
	return 0
}
