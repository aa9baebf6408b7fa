package lake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"

	"almanac/schemas"
)

// Result says what a commit did.
type Result struct {
	// Lake is the generation after the commit: a new one, or the old one
	// where nothing changed.
	Lake *Lake
	// Published is false where nothing changed: then not a byte was written.
	Published bool
	// Changed names the dates of each table whose rows changed, in order.
	Changed map[string][]string
}

// commit is the work of one Commit.
type commit struct {
	n    *Night
	seq  atomic.Int64
	mu   sync.Mutex
	news map[tableDate]part
	// groups are the row groups of events that are not in use; nil ones have
	// not been made yet.
	groups chan *eventGroup
}

// part is what a folder of a table holds after the night.
type part struct {
	kept  []schemas.TableFile // before the new files
	files []built
	// dates are those that changed, of a gathered table.
	dates []string
}

type tableDate struct{ table, date string }

// Commit merges the night's rows into the lake and publishes them as one new
// generation. On an error the lake is as before, or, where only the last
// sync of the directory failed, as after; running the night again heals it.
// Temporary files are removed either way.
func (n *Night) Commit(ctx context.Context) (Result, error) {
	defer n.Discard() // what it cannot remove, the next night or GC does
	res, err := n.commit(ctx)
	if err != nil {
		return Result{Lake: n.l}, fmt.Errorf("publish to lake %s: %w", n.l.dir, err)
	}
	return res, nil
}

func (n *Night) commit(ctx context.Context) (Result, error) {
	n.mu.Lock()
	spent := n.spent
	n.spent = true
	n.mu.Unlock()
	if spent {
		return Result{}, errSpent
	}
	now, err := Open(n.l.dir)
	if err != nil {
		return Result{}, err
	}
	if now.m.Generation != n.l.m.Generation {
		return Result{}, fmt.Errorf("the night began on generation %d but the lake is at %d; take the lock before Open and run the night again",
			n.l.m.Generation, now.m.Generation)
	}
	c := &commit{n: n, news: map[tableDate]part{}, groups: make(chan *eventGroup, n.opt.Workers+1)}
	for range cap(c.groups) {
		c.groups <- nil
	}
	if err := c.build(ctx); err != nil {
		return Result{}, err
	}
	return c.publish()
}

// build writes every new file under a temporary name.
func (c *commit) build(ctx context.Context) error {
	n := c.n
	var seals []func(context.Context) error
	for _, r := range n.runs {
		seals = append(seals, func(context.Context) error { return r.keep() })
	}
	if err := parallel(ctx, n.opt.Workers, seals); err != nil {
		return err
	}
	n.mu.Lock()
	needTemp := len(n.newDates()) > 0 || len(n.batches) > 0
	var err error
	if needTemp {
		err = n.makeTemp()
	}
	n.mu.Unlock()
	if err != nil {
		return err
	}
	var jobs []func(context.Context) error
	for _, date := range n.newDates() {
		jobs = append(jobs, func(ctx context.Context) error { return c.mergeDate(ctx, date) })
	}
	for _, name := range slices.Sorted(maps.Keys(n.batches)) {
		jobs = append(jobs, func(ctx context.Context) error { return n.batches[name].commit(ctx, c) })
	}
	return parallel(ctx, n.opt.Workers, jobs)
}

// parallel runs jobs on so many workers and gives the first error.
func parallel(ctx context.Context, workers int, jobs []func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(workers, len(jobs)) {
		wg.Go(func() {
			for i := next.Add(1) - 1; int(i) < len(jobs) && ctx.Err() == nil; i = next.Add(1) - 1 {
				if err := jobs[i](ctx); err != nil {
					cancel(err)
				}
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

func (c *commit) tempName() string {
	return filepath.Join(c.n.tmp, fmt.Sprintf("part-%d.parquet", c.seq.Add(1)))
}

// put notes what a folder of a table becomes.
func (c *commit) put(table, folder string, p part) {
	c.mu.Lock()
	c.news[tableDate{table, folder}] = p
	c.mu.Unlock()
}

// publish moves the new files to their names and replaces the manifest.
func (c *commit) publish() (Result, error) {
	n := c.n
	m := (&Lake{m: n.l.m}).Manifest()
	changed, moves := c.apply(m)
	if n.setLog {
		m.Ledger = n.ledger
	}
	if n.hasAsOf {
		m.AsOf, m.AnalysisKey = n.asOf, n.key
	}
	if m.Ledger == nil {
		m.Ledger = []schemas.LedgerEntry{}
	}
	same, err := sameContent(m, n.l.m)
	if err != nil {
		return Result{}, err
	}
	if same {
		return Result{Lake: n.l, Changed: changed}, nil
	}
	if err := n.lockedTemp(); err != nil {
		return Result{}, err
	}
	if err := c.move(moves); err != nil {
		return Result{}, err
	}
	m.Version, m.Tool, m.Generation = schemas.ManifestVersion, n.opt.Tool, n.l.m.Generation+1
	if err := n.l.publishManifest(n.tmp, m); err != nil {
		return Result{}, err
	}
	next := &Lake{dir: n.l.dir, m: m, disk: n.l.disk}
	return Result{Lake: next, Published: true, Changed: changed}, nil
}

func (n *Night) lockedTemp() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.makeTemp()
}

// apply puts the new files into m. It gives the dates that changed and the
// files that have to be moved to their names.
func (c *commit) apply(m *schemas.Manifest) (changed map[string][]string, moves []built) {
	changed = map[string][]string{}
	keys := slices.SortedFunc(maps.Keys(c.news), func(a, b tableDate) int {
		return bytes.Compare([]byte(a.table+"\x00"+a.date), []byte(b.table+"\x00"+b.date))
	})
	for _, k := range keys {
		p := c.news[k]
		// A gathered table has one folder; a lake of version 1 had more.
		gone := func(f schemas.TableFile) bool { return f.EventDate == k.date || k.date == schemas.Gathered }
		before := map[string]bool{}
		for _, f := range m.Tables[k.table] {
			if gone(f) {
				before[f.Path] = true
			}
		}
		same := len(before) == len(p.kept)+len(p.files)
		for _, b := range p.files {
			same = same && before[b.file.Path]
		}
		dates := []string{k.date}
		if k.date == schemas.Gathered {
			dates = p.dates
			same = len(dates) == 0
		}
		if same {
			continue
		}
		changed[k.table] = append(changed[k.table], dates...)
		m.Tables[k.table] = append(slices.DeleteFunc(m.Tables[k.table], gone), p.kept...)
		for _, b := range p.files {
			m.Tables[k.table] = append(m.Tables[k.table], b.file)
			if !before[b.file.Path] {
				moves = append(moves, b)
			}
		}
	}
	return changed, moves
}

// sameContent says whether two manifests differ in nothing that a reader or
// the next night could notice.
func sameContent(a, b *schemas.Manifest) (bool, error) {
	x, y := (&Lake{m: a}).Manifest(), (&Lake{m: b}).Manifest()
	for _, m := range []*schemas.Manifest{x, y} {
		m.Generation, m.Tool, m.Version = 0, "", 0
		if m.Ledger == nil {
			m.Ledger = []schemas.LedgerEntry{}
		}
	}
	ax, err := encodeManifest(x)
	if err != nil {
		return false, err
	}
	by, err := encodeManifest(y)
	return bytes.Equal(ax, by), err
}

// move renames durable temporary files to their names and syncs every
// directory that gained an entry. A name that exists already holds the same
// content, left by a killed night, and may be damaged: it is replaced.
func (c *commit) move(moves []built) error {
	d, dir := c.n.l.disk, c.n.l.dir
	dirs := map[string]bool{}
	for _, b := range moves {
		to := filepath.Join(dir, filepath.FromSlash(b.file.Path))
		day := filepath.Dir(to)
		if !dirs[day] {
			if err := d.MkdirAll(day); err != nil {
				return err
			}
			dirs[day], dirs[filepath.Dir(day)], dirs[dir] = true, true, true
		}
		if err := d.Rename(b.temp, to); err != nil {
			return err
		}
	}
	for _, path := range slices.Sorted(maps.Keys(dirs)) {
		if err := d.SyncDir(path); err != nil {
			return err
		}
	}
	return nil
}

// publishManifest keeps the present manifest in history and replaces it by m:
// the one rename that readers see.
func (l *Lake) publishManifest(tmp string, m *schemas.Manifest) error {
	current := filepath.Join(l.dir, manifestName)
	data, err := encodeManifest(m)
	if err != nil {
		return err
	}
	old, err := os.ReadFile(current)
	switch {
	case err == nil:
		if err := l.disk.MkdirAll(filepath.Join(l.dir, historyName)); err != nil {
			return err
		}
		if err := writeSynced(l.disk, tmp, historyPath(l.dir, l.m.Generation), old); err != nil {
			return err
		}
	case !errors.Is(err, os.ErrNotExist):
		return err
	default:
		// A first publication: the lake's own name must survive a power loss.
		if err := l.disk.SyncDir(filepath.Dir(l.dir)); err != nil {
			return err
		}
	}
	if err := l.disk.SyncDir(l.dir); err != nil {
		return err
	}
	return writeSynced(l.disk, tmp, current, data)
}
