package nightly

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"runtime/debug"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"almanac/internal/config"
	"almanac/internal/intake"
	"almanac/internal/lake"
	"almanac/internal/signature"
	"almanac/schemas"
)

// ErrNothingToRead says that no configured pattern matched a file that could
// be read, and that the lake holds nothing either.
var ErrNothingToRead = errors.New("nothing to read")

// ingest takes in what is new: files, ledger and tables of signatures in one
// publication, so that a line counts exactly once.
func (n *night) ingest(ctx context.Context) error {
	clean, err := newRedaction(n.Config)
	if err != nil {
		return err
	}
	inputs, err := n.inputs(clean)
	if err != nil {
		return err
	}
	m := n.lake.Manifest()
	if len(inputs) == 0 && len(m.Ledger) == 0 {
		return fmt.Errorf("%w: %s", ErrNothingToRead, n.whyNothing())
	}
	batches, err := intake.Plan(ctx, inputs, m.Ledger)
	if err != nil {
		return wrap("plan the reading", err)
	}
	// Events wait in large blocks without pointers, cheap to collect around:
	// the heap need not double before the collector runs.
	defer debug.SetGCPercent(debug.SetGCPercent(40))
	r := &reading{n: n, clean: clean, former: newFormer(n.lake), night: lake.Begin(n.lake, lake.Options{Tool: n.Tool, Workers: n.Workers}), total: len(inputs)}
	defer r.night.Discard()
	if err := r.readAll(ctx, batches); err != nil {
		return err
	}
	if err := r.finish(ctx, m); err != nil {
		return wrap("take in what is new", err)
	}
	if n.nothingReadable() {
		return fmt.Errorf("%w: none of %d files holds a record that could be read; 'almanac ask rejects' says why, file by file",
			ErrNothingToRead, len(n.out.Files))
	}
	return nil
}

// nothingReadable says that no file gave a record, tonight or before.
func (n *night) nothingReadable() bool {
	for _, e := range n.lake.Manifest().Ledger {
		if e.Counts.Events > 0 {
			return false
		}
	}
	return n.out.Counts.Events == 0
}

func (n *night) whyNothing() string {
	if len(n.Config.Sources) == 0 {
		return "the configuration has no sources"
	}
	if s := n.Config.Sources[0]; s.Literal {
		return "there is no file below " + strings.Join(s.Paths, ", ") + " (names that begin with a dot are left out)"
	}
	return "no pattern of the sources matches a file; 'almanac config check' says which"
}

// restWait is how long a half-written last line waits for its rest: a file
// that nobody has touched for longer has had its last line.
const restWait = 24 * time.Hour

// inputs lists every file of every source. Names are stored and shown, so what
// they hold of secrets is taken out of them too.
func (n *night) inputs(clean *redaction) ([]intake.Input, error) {
	var out []intake.Input
	for i := range n.Config.Sources {
		s := &n.Config.Sources[i]
		files, _, err := n.Config.Expand(*s)
		if err != nil {
			return nil, err
		}
		src := intakeSource(s, n.Config)
		for _, f := range files {
			in := intake.Input{Source: src, Path: f.Path, Name: f.Name, Final: n.Final}
			clean.texts(&in.Name)
			if st, err := os.Stat(f.Path); err == nil {
				in.ModTime = st.ModTime()
				in.Final = n.Final || n.Now.Sub(in.ModTime) > restWait
			}
			out = append(out, in)
		}
	}
	return append(out, n.editedDrafts()...), nil
}

// intakeSource turns a configured source into what intake reads by.
func intakeSource(s *config.Source, c *config.Config) *intake.Source {
	src := &intake.Source{
		Name: s.Name, Kind: s.Kind, Format: s.Format, Service: s.Service, Host: s.Host, Env: s.Env,
		Zone: c.Location(),
	}
	if loc, err := time.LoadLocation(s.TZ); s.TZ != "" && err == nil {
		src.Zone, src.ZoneStated = loc, true
	}
	if re, err := regexp.Compile(s.EventStart); s.EventStart != "" && err == nil {
		src.EventStart = re
	}
	for _, f := range s.Fields {
		src.Fields = append(src.Fields, intake.FieldMap(f))
	}
	for _, v := range s.Values {
		src.Values = append(src.Values, intake.ValueMap{Field: v.Field, From: v.Words(), To: v.To})
	}
	return src
}

// reading is one night's reading of all inputs by several workers.
type reading struct {
	n      *night
	night  *lake.Night
	clean  *redaction
	former *former
	total  int

	mu      sync.Mutex
	results []intake.Result
	files   []FileOutcome
	seen    *signature.Census // what all workers saw
	done    int
}

// readAll hands the batches to the workers, the largest first.
func (r *reading) readAll(ctx context.Context, batches []intake.Batch) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	work := make(chan task)
	var wg sync.WaitGroup
	for range r.n.Workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			w := newWorker(r)
			for t := range work {
				if err := w.read(ctx, t); err != nil {
					cancel(err)
				}
			}
			w.hand()
		}()
	}
	for _, t := range tasks(batches, r.n.Workers) {
		select {
		case work <- t:
		case <-ctx.Done():
		}
	}
	close(work)
	wg.Wait()
	return context.Cause(ctx)
}

// task is a batch in its turn.
type task struct {
	intake.Batch
	// split says that the batch is more than one worker's share of what is
	// left: reading and what is made of it then go on two cores.
	split bool
}

// minSplit is the least batch worth splitting, bytes.
const minSplit = 1 << 20

// tasks puts batches in the order of their sizes: a large one that begins last
// would be waited for.
func tasks(batches []intake.Batch, workers int) []task {
	var out []task
	left := int64(0)
	for _, b := range batches {
		out = append(out, task{Batch: b})
		left += b.Size
	}
	slices.SortStableFunc(out, func(a, b task) int { return cmp.Compare(b.Size, a.Size) })
	for i := range out {
		t := &out[i]
		t.split = workers > 1 && t.Size >= minSplit && t.Size > left/int64(workers)
		left -= t.Size
	}
	return out
}

// finish publishes what was read. Order of workers must not show: results are
// sorted by source and file.
func (r *reading) finish(ctx context.Context, m *schemas.Manifest) error {
	sort.Slice(r.files, func(i, j int) bool {
		return less(r.files[i].Source, r.files[i].File, r.files[j].Source, r.files[j].File)
	})
	sort.Slice(r.results, func(i, j int) bool {
		return less(r.results[i].Entry.Source, r.results[i].Entry.SourceID, r.results[j].Entry.Source, r.results[j].Entry.SourceID)
	})
	ledger := m.Ledger
	for _, x := range r.results {
		ledger = intake.Advance(ledger, x)
		if x.Replaces {
			r.night.Reread(x.Entry.SourceID)
		}
		r.night.PutCoverage(x.Coverage...)
	}
	for _, f := range r.files {
		r.n.out.Counts = r.n.out.Counts.Add(f.Counts)
	}
	r.n.out.Files = r.files
	r.night.SetLedger(ledger)
	if err := r.setShapes(); err != nil {
		return err
	}
	res, err := r.night.Commit(ctx)
	if err != nil {
		return err
	}
	r.n.lake = res.Lake
	r.n.out.Unchanged = !res.Published
	r.n.out.ChangedDates = res.Changed[lake.TableEvent]
	return nil
}

func less(a1, a2, b1, b2 string) bool {
	if a1 != b1 {
		return a1 < b1
	}
	return a2 < b2
}

// setShapes groups all shapes ever seen anew. Where neither a new one nor a
// rule of the site changes anything, the tables stay as they are.
func (r *reading) setShapes() error {
	seen := r.seen.Shapes()
	old, err := lake.Read[schemas.Shape](r.n.lake, lake.TableShape, schemas.Undated)
	if err != nil || len(seen) == 0 && len(old) == 0 {
		return err
	}
	t := signature.Reconcile(old, seen, SignatureRules(r.n.Config))
	if len(seen) == 0 && t.SameAs(old) {
		return nil
	}
	r.night.SetShapes(t.Shapes, t.Signatures)
	r.n.out.Shapes, r.n.out.Signatures = len(t.Shapes), len(t.Signatures)
	if shapes, lines := r.seen.Beyond(); shapes > 0 {
		r.n.out.Overflow = append(r.n.out.Overflow, fmt.Sprintf(
			"%d forms of line are more than are told apart: %d lines of this night count together as <overflow>", shapes, lines))
	}
	if t.Overflow > 0 {
		r.n.out.Overflow = append(r.n.out.Overflow, fmt.Sprintf(
			"%d forms of line differ in nothing but words and share buckets; 'almanac signatures --search \"<overflow>\"' lists them", t.Overflow))
	}
	return nil
}
