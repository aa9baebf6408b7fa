package lake

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"almanac/schemas"
)

var errFault = errors.New("planted fault")

// faultyDisk fails its n-th operation and, when dead, all that follow: the
// night cannot even clean up after itself.
type faultyDisk struct {
	disk
	left atomic.Int64
	dead bool
}

func (d *faultyDisk) fail() error {
	left := d.left.Add(-1)
	if left == 0 || left < 0 && d.dead {
		return errFault
	}
	return nil
}

func (d *faultyDisk) MkdirAll(path string) error {
	if err := d.fail(); err != nil {
		return err
	}
	return d.disk.MkdirAll(path)
}

func (d *faultyDisk) Create(path string) (diskFile, error) {
	if err := d.fail(); err != nil {
		return nil, err
	}
	f, err := d.disk.Create(path)
	return &faultyFile{f, d}, err
}

func (d *faultyDisk) Rename(from, to string) error {
	if err := d.fail(); err != nil {
		return err
	}
	return d.disk.Rename(from, to)
}

func (d *faultyDisk) SyncDir(path string) error {
	if err := d.fail(); err != nil {
		return err
	}
	return d.disk.SyncDir(path)
}

func (d *faultyDisk) Remove(path string) error {
	if err := d.fail(); err != nil {
		return err
	}
	return d.disk.Remove(path)
}

func (d *faultyDisk) RemoveAll(path string) error {
	if err := d.fail(); err != nil {
		return err
	}
	return d.disk.RemoveAll(path)
}

type faultyFile struct {
	diskFile
	d *faultyDisk
}

// Write leaves half of its bytes behind when it fails, as a full disk does.
func (f *faultyFile) Write(p []byte) (int, error) {
	if err := f.d.fail(); err != nil {
		n, _ := f.diskFile.Write(p[:len(p)/2])
		return n, err
	}
	return f.diskFile.Write(p)
}

func (f *faultyFile) Sync() error {
	if err := f.d.fail(); err != nil {
		return err
	}
	return f.diskFile.Sync()
}

func (f *faultyFile) Close() error {
	if err := f.d.fail(); err != nil {
		f.diskFile.Close()
		return err
	}
	return f.diskFile.Close()
}

// twoNights is a lake's first night and the night under test.
func faultNight(n *Night, second bool) error {
	run := n.NewRun()
	seed := uint64(1)
	if second {
		seed = 2
	}
	for _, e := range someEvents(seed, 300, rounds(1, 2)) {
		if err := run.Append(&e); err != nil {
			return err
		}
	}
	n.PutChanges(schemas.Change{ChangeID: fmt.Sprint("c", second), SourceID: "changes", StartedTS: day0 + 5})
	n.PutCoverage(schemas.Coverage{Source: "a", HourTS: day0, Lines: schemas.Ptr(int64(300))})
	n.SetShapes([]schemas.Shape{{ShapeID: fmt.Sprint("s", second)}}, nil)
	n.SetLedger([]schemas.LedgerEntry{{SourceID: fmt.Sprint("f", seed)}})
	return nil
}

func faultCommit(l *Lake, second bool) error {
	n := Begin(l, Options{Workers: 1, RunRows: 100})
	if err := faultNight(n, second); err != nil {
		return errors.Join(err, n.Discard())
	}
	_, err := n.Commit(context.Background())
	return err
}

// R2: whichever operation fails, the lake reads as before or as after, and
// running the night again gives what an undisturbed night gives.
func TestEveryFault(t *testing.T) {
	reference := func(nights int) map[string]string {
		dir := t.TempDir()
		for i := range nights {
			if err := faultCommit(mustOpen(t, dir), i > 0); err != nil {
				t.Fatal(err)
			}
		}
		return tree(t, dir)
	}
	before, after := reference(1), reference(2)

	count := &faultyDisk{disk: osDisk{}}
	count.left.Store(1 << 40)
	dir := t.TempDir()
	if err := faultCommit(mustOpen(t, dir), false); err != nil {
		t.Fatal(err)
	}
	l := mustOpen(t, dir)
	l.disk = count
	if err := faultCommit(l, true); err != nil {
		t.Fatal(err)
	}
	ops := int64(1<<40) - count.left.Load()
	if ops < 50 {
		t.Fatalf("only %d operations in a night", ops)
	}
	olds, news := 0, 0
	first := t.TempDir()
	if err := faultCommit(mustOpen(t, first), false); err != nil {
		t.Fatal(err)
	}
	for n := int64(1); n <= ops; n++ {
		dead := n%2 == 0 || torture
		dir := copyLake(t, first)
		l := mustOpen(t, dir)
		d := &faultyDisk{disk: hastyDisk{osDisk{}}, dead: dead}
		if torture {
			d.disk = osDisk{}
		}
		d.left.Store(n)
		l.disk = d
		err := faultCommit(l, true)
		if err != nil && !errors.Is(err, errFault) {
			t.Errorf("fault %d: error %v", n, err)
		}
		got := tree(t, dir)
		switch {
		case cmp.Equal(got, before):
			olds++
			if err == nil {
				t.Errorf("fault %d: old lake but no error", n)
			}
			if err := faultCommit(mustOpen(t, dir), true); err != nil {
				t.Errorf("fault %d: rerun: %v", n, err)
			}
			if diff := cmp.Diff(after, tree(t, dir)); diff != "" {
				t.Errorf("fault %d: rerun differs: %s", n, diff)
			}
		case cmp.Equal(got, after):
			news++
		default:
			t.Errorf("fault %d: a mixture", n)
		}
	}
	t.Logf("%d faults: %d all-old, %d all-new", ops, olds, news)
	if olds == 0 || news == 0 {
		t.Errorf("%d faults: %d old, %d new", ops, olds, news)
	}
}

// copyLake copies a lake to a new place.
func copyLake(t testing.TB, from string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "lake")
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Garbage collection that fails half-way harms nothing and can be repeated.
func TestFaultInGC(t *testing.T) {
	grown := t.TempDir()
	for i := range 4 {
		if err := faultCommit(mustOpen(t, grown), i%2 == 1); err != nil {
			t.Fatal(err)
		}
	}
	want := tree(t, grown)
	for n := int64(1); n < 12; n++ {
		dir := copyLake(t, grown)
		l := mustOpen(t, dir)
		d := &faultyDisk{disk: osDisk{}}
		d.left.Store(n)
		l.disk = d
		if _, err := l.GC(0); err != nil && !errors.Is(err, errFault) {
			t.Errorf("fault %d: %v", n, err)
		}
		if diff := cmp.Diff(want, tree(t, dir)); diff != "" {
			t.Errorf("fault %d: %s", n, diff)
		}
		if _, err := mustOpen(t, dir).GC(0); err != nil {
			t.Errorf("fault %d: GC again: %v", n, err)
		}
		if p, err := mustOpen(t, dir).Check(context.Background()); err != nil || len(p) > 0 {
			t.Errorf("fault %d: %v %v", n, p, err)
		}
	}
}
