package lake

import (
	"context"
	"errors"
	"slices"

	"almanac/schemas"
)

// mergeJob makes the new files of one folder of a table: the rows of its old
// files but those that go, and the night's rows, as one sorted sequence. Only
// the night's rows are held in memory.
type mergeJob[T any] struct {
	b      *batch[T]
	c      *commit
	folder string
	kept   []schemas.TableFile // before the old ones; they stay as they are
	old    []schemas.TableFile
	keys   []string // of the night's rows
}

func (j *mergeJob[T]) run(ctx context.Context) error {
	err := j.merge(ctx, false)
	if errors.Is(err, errDisorder) {
		err = j.merge(ctx, true)
	}
	return err
}

// merge writes the files. With resort the old rows are sorted in memory.
func (j *mergeJob[T]) merge(ctx context.Context, resort bool) error {
	slices.Sort(j.keys)
	diff := newDateDiff()
	streams, closeAll, err := j.streams(diff, resort)
	defer closeAll()
	if err != nil {
		return err
	}
	w := newTableWriter(j.b.t, j.c, j.folder)
	w.seq, w.source, w.dated = len(j.kept), j.b.sourceColumn(), j.folder == schemas.Gathered
	if w.dated {
		w.limitRows, w.limitBytes = min(w.limitRows, gatheredRows), gatheredBytes
	}
	defer w.abort()
	count := 0
	sum := &keySummer{fold: j.b.fold(), emit: func(key string) error {
		if count++; count%chunkRows == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		diff.count(key, 1)
		row := j.b.row(key)
		return w.add(&row, len(key), j.b.t.tsOf(valueOfRow(&row)))
	}}
	if err := mergeKeys(streams, sum.add); err != nil {
		return err
	}
	if err := sum.flush(); err != nil {
		return err
	}
	files, err := w.finish()
	if err != nil {
		return err
	}
	j.c.put(j.b.t.name, j.folder, part{kept: j.kept, files: files, dates: diff.changed()})
	return nil
}

// streams gives the sorted sources of the merge. Files in order make one
// stream; lakes of version 1 may hold several files of a date in no order.
func (j *mergeJob[T]) streams(diff *dateDiff, resort bool) (out []keyStream, closeAll func(), err error) {
	var open []*fileStream[T]
	closeAll = func() {
		for _, s := range open {
			s.close()
		}
	}
	var last schemas.TableFile
	for i, f := range j.old {
		if i == 0 || !resort && f.EventDate == last.EventDate && f.Seq == last.Seq {
			open = append(open, &fileStream[T]{b: j.b, l: j.c.n.l, drop: j.b.drops(j.c), diff: diff, anyOrder: resort})
		}
		s := open[len(open)-1]
		s.files = append(s.files, f)
		last = f
	}
	news := keySlice(j.keys)
	out = append(out, &news)
	for _, s := range open {
		if !resort {
			out = append(out, s)
			continue
		}
		var all keySlice
		for key, ok, err := s.next(); ok || err != nil; key, ok, err = s.next() {
			if err != nil {
				return nil, closeAll, err
			}
			all = append(all, key)
		}
		slices.Sort(all)
		out = append(out, &all)
	}
	return out, closeAll, nil
}

// keySummer folds neighbouring keys of one sequence into one where the
// table's rows add up.
type keySummer struct {
	fold    func(a, b string) (sum string, ok bool) // nil: rows stay apart
	emit    func(key string) error
	pending string
	held    bool
}

func (s *keySummer) add(key string) error {
	if s.fold == nil {
		return s.emit(key)
	}
	if s.held {
		if sum, ok := s.fold(s.pending, key); ok {
			s.pending = sum
			return nil
		}
		if err := s.emit(s.pending); err != nil {
			return err
		}
	}
	s.pending, s.held = key, true
	return nil
}

func (s *keySummer) flush() error {
	if !s.held {
		return nil
	}
	s.held = false
	return s.emit(s.pending)
}

// fold gives the rule by which a table's rows add up: those of coverage do,
// and a point that was measured is one however often it is told.
func (b *batch[T]) fold() func(a, b string) (string, bool) {
	if b.t.name == TableMetric {
		return func(x, y string) (string, bool) { return x, x == y }
	}
	if b.t.name != TableCoverage {
		return nil
	}
	return func(x, y string) (string, bool) {
		var r, s schemas.Coverage
		decodeKey(x, b.t.cols, valueOfRow(&r))
		decodeKey(y, b.t.cols, valueOfRow(&s))
		if r.EventDate != s.EventDate || r.Source != s.Source || r.HourTS != s.HourTS {
			return "", false
		}
		r.Lines, r.Events, r.Rejects = sumKnown(r.Lines, s.Lines), sumKnown(r.Events, s.Events), sumKnown(r.Rejects, s.Rejects)
		return string(appendKey(nil, b.t.cols, valueOfRow(&r))), true
	}
}

// sumKnown adds up two counts. Unknown plus a number is the number; unknown
// plus unknown stays unknown.
func sumKnown(a, b *int64) *int64 {
	if a == nil {
		return b
	}
	if b == nil {
		return a
	}
	return schemas.Ptr(*a + *b)
}
