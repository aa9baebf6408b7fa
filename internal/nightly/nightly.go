// Package nightly is the corridor: it walks one night through the rooms in
// order — lock, ingest what is new, analyse, report — and decides nothing
// about meaning. It is the only orchestrator; it prints nothing itself but
// hands what happened to its caller.
package nightly

import (
	"context"
	"errors"
	"io/fs"
	"syscall"
	"time"

	"almanac/internal/config"
	"almanac/internal/lake"
	"almanac/schemas"
)

// Options of a night.
type Options struct {
	Config  *config.Config
	Now     time.Time // the caller's clock
	Tool    string    // version, stored in the manifest and shown on pages
	Workers int       // files read at a time; 0: 2
	// Progress is told of every step and of the files read; may be nil.
	Progress func(Progress)
	// Final takes half-written last lines too: a one-off reading of files
	// that will not grow.
	Final bool
	reads bool // the lake is only read
}

// Progress is one sign of life.
type Progress struct {
	Step        string // "ingest", "analyse", "report"
	Done, Total int    // files, queries or pages
}

// Outcome says what a night did.
type Outcome struct {
	Lake, Report string // folders
	Generation   int64
	AsOf         time.Time // zero when nothing was analysed
	Files        []FileOutcome
	Counts       schemas.Accounting // over all files read this night
	Shapes       int                // shapes known
	Signatures   int
	Overflow     []string // what was not told apart, a sentence each
	ChangedDates []string
	// Unchanged says that no input had anything new; Analysed and Reported
	// say which later steps ran.
	Unchanged, Analysed, Reported bool
	Findings                      []schemas.Finding
	New                           map[string]bool // ids of Findings that no earlier night had
	Notes                         []string
	Pages                         int
	Index                         string // path of index.html
}

// FileOutcome is what became of one input file.
type FileOutcome struct {
	Source, File, Format, ZoneSource string
	Confidence                       float64
	Counts                           schemas.Accounting
	Warnings                         []string
}

// night is the state that the steps share.
type night struct {
	Options
	lake *lake.Lake
	out  *Outcome
}

// Run walks the whole night.
func Run(ctx context.Context, o Options) (*Outcome, error) {
	return walk(ctx, o, (*night).ingest, (*night).analyse, (*night).report, (*night).tidy)
}

// Ingest only takes in what is new.
func Ingest(ctx context.Context, o Options) (*Outcome, error) {
	return walk(ctx, o, (*night).ingest)
}

// Analyze judges what the lake holds, even if nothing changed.
func Analyze(ctx context.Context, o Options) (*Outcome, error) {
	return walk(ctx, o, (*night).analyseAnew)
}

// Report writes the pages anew from the last analysis. It writes nothing to
// the lake, so one that must not be written is read without its lock.
func Report(ctx context.Context, o Options) (*Outcome, error) {
	o.reads = true
	return walk(ctx, o, (*night).reportAnew)
}

func walk(ctx context.Context, o Options, steps ...func(*night, context.Context) error) (*Outcome, error) {
	if o.Workers <= 0 {
		o.Workers = 2
	}
	dir := o.Config.Resolve(o.Config.Lake)
	unlock, err := lake.Lock(dir)
	switch {
	case err == nil:
		defer unlock()
	case o.reads && (errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)):
	default:
		return nil, err
	}
	l, err := lake.Open(dir)
	if err != nil {
		return nil, err
	}
	n := &night{Options: o, lake: l, out: &Outcome{
		Lake: dir, Report: o.Config.Resolve(o.Config.Report), Unchanged: true,
	}}
	for _, step := range steps {
		if err := ctx.Err(); err != nil {
			return n.out, err
		}
		if err := step(n, ctx); err != nil {
			return n.out, err
		}
		n.out.Generation = n.lake.Generation()
	}
	return n.out, nil
}

// tidy removes what only generations beyond the grace period list.
func (n *night) tidy(context.Context) error {
	if !n.out.Analysed && n.out.Unchanged {
		return nil
	}
	_, err := n.lake.GC(lake.DefaultKeep)
	return err
}

func (n *night) progress(step string, done, total int) {
	if n.Progress != nil {
		n.Progress(Progress{Step: step, Done: done, Total: total})
	}
}
