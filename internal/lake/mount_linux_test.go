package lake

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"almanac/schemas"
)

// namespaceEnv marks the process that owns its mounts.
const namespaceEnv = "ALMANAC_LAKE_TEST_NAMESPACE"

// ownMounts runs the calling test once more in a process with mounts of its
// own, which end with it. It is true in that process.
func ownMounts(t *testing.T) bool {
	t.Helper()
	if os.Getenv(namespaceEnv) != "" {
		return true
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), namespaceEnv+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	out, err := cmd.CombinedOutput()
	switch {
	case cmd.ProcessState == nil:
		t.Skipf("mounting needs root: %v", err)
	case err != nil:
		t.Fatalf("%v: %s", err, out)
	case strings.Contains(string(out), "--- SKIP"):
		t.Skipf("the file systems cannot be mounted here: %s", out)
	}
	t.Logf("%s", out)
	return false
}

// R19: whoever may only read a lake reads it; writing fails and says why, and
// leaves nothing behind.
func TestReadOnlyLake(t *testing.T) {
	if os.Geteuid() == 0 && !ownMounts(t) {
		return
	}
	dir := t.TempDir()
	publish(t, dir, Options{}, 0, someNights(1, 2, 300)...)
	before := snapshot(t, dir)
	if os.Geteuid() == 0 { // root may write whatever the mode is
		flags := uintptr(syscall.MS_BIND)
		err := syscall.Mount(dir, dir, "", flags, "")
		if err == nil {
			err = syscall.Mount("", dir, "", flags|syscall.MS_REMOUNT|syscall.MS_RDONLY, "")
		}
		if err != nil {
			t.Skipf("cannot mount %s read-only: %v", dir, err)
		}
		defer syscall.Unmount(dir, syscall.MNT_DETACH)
	} else {
		chmodAll(t, dir, 0o555)
		defer chmodAll(t, dir, 0o755)
	}
	if len(tree(t, dir)) < 10 || len(allEvents(t, dir)) != 600 {
		t.Error("a read-only lake does not read whole")
	}
	refused := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, syscall.EROFS) && !errors.Is(err, fs.ErrPermission) {
			t.Errorf("%s: error %v", what, err)
		} else if !strings.Contains(err.Error(), dir) {
			t.Errorf("%s: %v does not name the lake", what, err)
		}
	}
	_, err := Lock(dir)
	refused("lock", err)
	l := mustOpen(t, dir)
	n := Begin(l, Options{})
	n.PutChanges(schemas.Change{ChangeID: "new", SourceID: "x", StartedTS: day0})
	_, err = n.Commit(context.Background())
	refused("commit", err)
	_, err = l.GC(0)
	if err != nil { // of the first generation there may be nothing to remove
		refused("gc", err)
	}
	if diff := cmp.Diff(before, snapshot(t, dir)); diff != "" {
		t.Errorf("the lake changed: %s", diff)
	}
}

func chmodAll(t *testing.T, dir string, mode fs.FileMode) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Chmod(path, mode))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// R4: a disk of whatever size fills up in the middle of a night: the lake
// reads as before, and with room the next run gives what it always gives.
func TestDiskFull(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("a small disk needs root to mount it")
	}
	if !ownMounts(t) {
		return
	}
	first := filepath.Join(t.TempDir(), "lake")
	if err := fullNight(first, 1); err != nil {
		t.Fatal(err)
	}
	before := tree(t, first)
	second := copyLake(t, first)
	if err := fullNight(second, 2); err != nil {
		t.Fatal(err)
	}
	after := tree(t, second)
	used, need := pages(t, first), pages(t, second)-pages(t, first)
	sizes, failed := rounds(4, 20), 0
	for i := range sizes {
		mnt := t.TempDir()
		size := (used + 1 + need*(i+1)/(sizes+1)) * os.Getpagesize()
		if err := syscall.Mount("tmpfs", mnt, "tmpfs", 0, fmt.Sprintf("size=%d", size)); err != nil {
			t.Skipf("cannot mount a small disk: %v", err)
		}
		dir := filepath.Join(mnt, "lake")
		if err := os.CopyFS(dir, os.DirFS(first)); err != nil {
			t.Fatal(err)
		}
		want := after
		if err := fullNight(dir, 2); err != nil {
			failed++
			want = before
			if !errors.Is(err, syscall.ENOSPC) {
				t.Errorf("%d bytes: error %v", size, err)
			}
		}
		if diff := cmp.Diff(want, tree(t, dir)); diff != "" {
			t.Errorf("%d bytes: %s", size, diff)
		}
		if err := syscall.Mount("tmpfs", mnt, "tmpfs", syscall.MS_REMOUNT, "size=64m"); err != nil {
			t.Fatal(err)
		}
		if err := fullNight(dir, 2); err != nil {
			t.Errorf("%d bytes: rerun: %v", size, err)
		}
		if diff := cmp.Diff(after, tree(t, dir)); diff != "" {
			t.Errorf("%d bytes: rerun differs: %s", size, diff)
		}
		if problems, err := mustOpen(t, dir).Check(context.Background()); err != nil || len(problems) > 0 {
			t.Errorf("%d bytes: left behind: %v %v", size, problems, err)
		}
		if err := syscall.Unmount(mnt, 0); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d sizes, %d nights failed for want of room", sizes, failed)
	if failed < sizes/2 {
		t.Errorf("only %d of %d disks were full: the test tests little", failed, sizes)
	}
}

// fullNight publishes generation gen where it is not yet there.
func fullNight(dir string, gen int64) error {
	l, err := Open(dir)
	if err != nil || l.Generation() >= gen {
		return err
	}
	n := Begin(l, Options{RunRows: 1000})
	run := n.NewRun()
	for _, e := range someEvents(uint64(gen), 6000, 3) {
		if err := run.Append(&e); err != nil {
			return errors.Join(err, n.Discard())
		}
	}
	n.PutChanges(schemas.Change{ChangeID: fmt.Sprint("c", gen), SourceID: fmt.Sprint("x", gen), StartedTS: day0 + gen})
	_, err = n.Commit(context.Background())
	return err
}

// pages counts the memory that a directory's files take on a tmpfs.
func pages(t *testing.T, dir string) int {
	t.Helper()
	n := 0
	err := filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			n += (int(info.Size()) + os.Getpagesize() - 1) / os.Getpagesize()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
