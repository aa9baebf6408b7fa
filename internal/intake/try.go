package intake

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"almanac/schemas"
)

// Trial is what `almanac formats test FILE` shows.
type Trial struct {
	File       string
	Format     string
	Confidence float64
	RunnersUp  []Guess
	Zone       string // where the zone of the stamps comes from
	Counts     schemas.Accounting
	Events     []schemas.Event // the first records, of whatever kind
	Changes    []schemas.Change
	Incidents  []schemas.IncidentRecord
	Metrics    []schemas.Metric
	Rejects    []schemas.Reject // the first ones
	Warnings   []string
}

// Limits of what a Trial keeps.
const (
	trialRecords = 5
	trialRejects = 20
)

// TestFile reads one file as intake would, keeping the first five records and
// the first twenty rejects. modTime gives year-less stamps their year.
func TestFile(ctx context.Context, path string, s *Source, modTime time.Time) (Trial, error) {
	t := Trial{File: path}
	if st, err := open(path); err == nil {
		sp := newSplitter(st)
		_, _, t.RunnersUp = Detect(newHead(path, sp.peek(maxHead)), s)
		st.Close()
	}
	keep := &trialSink{t: &t}
	res, err := Read(ctx, Input{Source: s, Path: path, Name: path, ModTime: modTime, Final: true}, nil, keep)
	if err != nil {
		return Trial{}, err
	}
	// Streams that share a file are given as their events end: the first by
	// line are among these.
	slices.SortStableFunc(t.Events, func(a, b schemas.Event) int { return cmp.Compare(a.Line, b.Line) })
	t.Events = t.Events[:min(len(t.Events), trialRecords)]
	t.Format, t.Confidence, t.Zone, t.Counts, t.Warnings = res.Format, res.Confidence, res.ZoneSource, res.Counts, res.Warnings
	return t, nil
}

type trialSink struct {
	t *Trial
	n int
}

func (k *trialSink) more() bool { k.n++; return k.n <= trialRecords }

func (k *trialSink) Event(e *schemas.Event) error {
	if k.more(); k.n <= trialRecords+maxStreams {
		kept := *e
		kept.Message, kept.TraceID = strings.Clone(e.Message), strings.Clone(e.TraceID)
		k.t.Events = append(k.t.Events, kept)
	}
	return nil
}

func (k *trialSink) Change(c schemas.Change) error {
	if k.more() {
		k.t.Changes = append(k.t.Changes, c)
	}
	return nil
}

func (k *trialSink) Incident(r schemas.IncidentRecord) error {
	if k.more() {
		k.t.Incidents = append(k.t.Incidents, r)
	}
	return nil
}

func (k *trialSink) Metric(m schemas.Metric) error {
	if k.more() {
		k.t.Metrics = append(k.t.Metrics, m)
	}
	return nil
}

func (k *trialSink) Reject(r schemas.Reject) error {
	if len(k.t.Rejects) < trialRejects {
		k.t.Rejects = append(k.t.Rejects, r)
	}
	return nil
}
