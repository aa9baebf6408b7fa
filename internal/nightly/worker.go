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
	relay *relay
	miner *signature.Miner
	seen  *signature.Census
	plans plans
	file  string        // the one being read
	clean fileRedaction // of the file
}

func internalError(file string, p any) error {
	return fmt.Errorf("reading %s: internal error: %v", file, p)
}

func newWorker(r *reading) *worker {
	w := &worker{
		r: r, run: r.night.NewRun(), miner: signature.NewMiner(SignatureRules(r.n.Config)),
		seen: signature.NewCensus(), plans: plans{number: map[string]int32{}},
	}
	w.relay = &relay{w: w, open: newParcel()}
	return w
}

// read takes one batch. A file that cannot be read is an outcome; only a
// broken sink or the end of ctx is an error.
func (w *worker) read(ctx context.Context, t task) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = internalError(w.file, p)
		}
	}()
	if t.split {
		w.relay.split()
		defer w.relay.join()
	}
	b := t.Batch
	results, err := intake.ReadBatch(ctx, b, func(i int, in intake.Input) (intake.Sink, error) {
		err := w.relay.wait()
		w.file, w.clean = in.Name, fileRedaction{redaction: w.r.clean}
		return w.relay, err
	})
	if err == nil {
		err = w.relay.wait()
	}
	if err != nil {
		return err
	}
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
	return nil
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

// event gives an event its shape and, where the format had none, its level
// and error type, and passes it on to the lake.
func (w *worker) event(e *schemas.Event) error {
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

func (w *worker) change(c schemas.Change) {
	w.clean.change(&c)
	w.r.night.PutChanges(c)
}

func (w *worker) incident(x schemas.IncidentRecord) {
	w.clean.incident(&x)
	w.r.night.PutIncidents(x)
}

func (w *worker) metric(m schemas.Metric) {
	w.clean.texts(&m.Service, &m.Name)
	w.r.night.PutMetrics(m)
}

// maxRaw is how much of a refused record is stored, bytes.
const maxRaw = intake.MaxRejectRaw / 2

func (w *worker) reject(x schemas.Reject) {
	w.clean.reject(&x)
	if len(x.Raw) > maxRaw { // only now: a secret cut in half would stay
		x.Raw = strings.ToValidUTF8(x.Raw[:maxRaw], "")
	}
	w.r.night.PutRejects(x)
}
