package nightly

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"almanac/internal/intake"
	"almanac/internal/lake"
	"almanac/internal/signature"
	"almanac/schemas"
)

// worker reads batches one after another; what it keeps (cache of shapes, run
// of events) is its own, so that workers share nothing in the hot path.
type worker struct {
	r     *reading
	run   *lake.Run
	miner *signature.Miner
	seen  *signature.Census
	plans plans
	clean fileRedaction // of the file being read
}

func newWorker(r *reading) *worker {
	return &worker{
		r: r, clean: fileRedaction{redaction: r.clean}, run: r.night.NewRun(), miner: signature.NewMiner(SignatureRules(r.n.Config)),
		seen: signature.NewCensus(), plans: plans{number: map[string]int32{}},
	}
}

// read takes one batch. A file that cannot be read is an outcome; only a
// broken sink or the end of ctx is an error.
func (w *worker) read(ctx context.Context, b intake.Batch) (err error) {
	var at string
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("reading %s: internal error: %v", at, p)
		}
	}()
	results, err := intake.ReadBatch(ctx, b, func(i int, in intake.Input) (intake.Sink, error) {
		at, w.clean = in.Name, fileRedaction{redaction: w.r.clean}
		return w, nil
	})
	w.r.mu.Lock()
	defer w.r.mu.Unlock()
	for i, x := range results {
		for k := range x.Warnings { // they quote what could not be read
			w.clean.texts(&x.Warnings[k])
		}
		w.r.results = append(w.r.results, x)
		w.r.files = append(w.r.files, FileOutcome{
			Source: b.Inputs[i].Source.Name, File: b.Inputs[i].Name, Format: x.Format,
			ZoneSource: x.ZoneSource, Confidence: x.Confidence, Counts: x.Counts, Warnings: x.Warnings,
		})
	}
	w.r.done += len(b.Inputs)
	w.r.n.progress("ingest", w.r.done, w.r.total)
	return err
}

// hand gives the shapes this worker saw to the reading.
func (w *worker) hand() {
	w.r.mu.Lock()
	defer w.r.mu.Unlock()
	r := w.r
	if r.seen == nil {
		r.seen = w.seen
		return
	}
	r.seen.Merge(w.seen)
}

// Event gives the event its shape and, where the format had none, its level
// and error type, and passes it on to the lake.
func (w *worker) Event(e *schemas.Event) error {
	w.clean.names(e)
	x := w.clean.message(e, w.miner, &w.plans)
	if w.r.former.ids[e.SourceID] {
		if seen, err := w.r.former.has(e); seen || err != nil {
			return cmp.Or(err, intake.ErrSeen)
		}
	}
	e.ShapeID = x.Shape.ID
	if e.Level == "" {
		e.Level = x.Level
	}
	if e.ErrorType == "" {
		e.ErrorType = x.ErrorType
	}
	w.seen.Note(x.Shape, e)
	return w.run.Append(e)
}

// Change passes a change record on.
func (w *worker) Change(c schemas.Change) error {
	w.clean.change(&c)
	w.r.night.PutChanges(c)
	return nil
}

// Incident passes an incident with its children on.
func (w *worker) Incident(x schemas.IncidentRecord) error {
	w.clean.incident(&x)
	w.r.night.PutIncidents(x)
	return nil
}

// Metric passes a measured point on.
func (w *worker) Metric(m schemas.Metric) error {
	w.clean.texts(&m.Service, &m.Name)
	w.r.night.PutMetrics(m)
	return nil
}

// maxRaw is how much of a refused record is stored, bytes.
const maxRaw = intake.MaxRejectRaw / 2

// Reject passes a refused record on.
func (w *worker) Reject(x schemas.Reject) error {
	w.clean.reject(&x)
	if len(x.Raw) > maxRaw { // only now: a secret cut in half would stay
		x.Raw = strings.ToValidUTF8(x.Raw[:maxRaw], "")
	}
	w.r.night.PutRejects(x)
	return nil
}
