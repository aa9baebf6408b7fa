package lake

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"almanac/schemas"
)

// recordingDisk writes down what a night does to the disk.
type recordingDisk struct {
	disk
	ops []string
}

func (d *recordingDisk) note(op, path string) { d.ops = append(d.ops, op+" "+path) }

func (d *recordingDisk) Create(path string) (diskFile, error) {
	f, err := d.disk.Create(path)
	d.note("create", path)
	return &recordingFile{f, d, path}, err
}

func (d *recordingDisk) Rename(from, to string) error {
	d.note("from", from)
	d.note("to", to)
	return d.disk.Rename(from, to)
}

func (d *recordingDisk) SyncDir(path string) error {
	d.note("syncdir", path)
	return d.disk.SyncDir(path)
}

type recordingFile struct {
	diskFile
	d    *recordingDisk
	path string
}

func (f *recordingFile) Write(p []byte) (int, error) {
	f.d.note("write", f.path)
	return f.diskFile.Write(p)
}

func (f *recordingFile) Sync() error {
	f.d.note("sync", f.path)
	return f.diskFile.Sync()
}

// R3: no file is renamed before it is durable, and the manifest is replaced
// only when every name that it lists is durable too.
func TestSyncedBeforeRename(t *testing.T) {
	dir := t.TempDir()
	for i := range 2 {
		l := mustOpen(t, dir)
		rec := &recordingDisk{disk: osDisk{}}
		l.disk = rec
		n := Begin(l, Options{Workers: 1})
		run := n.NewRun()
		for _, e := range someEvents(uint64(i), 200, 2) {
			if err := run.Append(&e); err != nil {
				t.Fatal(err)
			}
		}
		n.PutChanges(schemas.Change{ChangeID: "c", SourceID: "x", StartedTS: day0 + int64(i)})
		// One goroutine at a time touches the recording: events go through a
		// pipe, whose writer ends before the next table is written.
		if _, err := n.Commit(context.Background()); err != nil {
			t.Fatal(err)
		}
		checkOrder(t, dir, rec.ops)
	}
}

func checkOrder(t *testing.T, dir string, ops []string) {
	t.Helper()
	durable := map[string]bool{} // files without unsynced bytes
	loose := map[string]bool{}   // directories with names not yet synced
	renames, manifest := 0, false
	for i, op := range ops {
		verb, path, _ := strings.Cut(op, " ")
		switch verb {
		case "create", "write":
			durable[path] = false
		case "sync":
			durable[path] = true
		case "from":
			if !durable[path] {
				t.Errorf("operation %d renames %s before it is synced", i, path)
			}
		case "to":
			renames++
			if path == filepath.Join(dir, manifestName) {
				manifest = true
				for d, open := range loose {
					if open {
						t.Errorf("the manifest is replaced while names in %s are not synced", d)
					}
				}
			}
			loose[filepath.Dir(path)] = true
		case "syncdir":
			loose[path] = false
		}
	}
	if !manifest || renames < 6 || loose[dir] {
		t.Errorf("%d renames, manifest %v, last sync of the lake missing: %v", renames, manifest, loose[dir])
	}
}
