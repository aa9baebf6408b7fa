package lake

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// disk is every way in which a night changes the disk. Tests put a disk in
// its place whose n-th operation fails.
type disk interface {
	MkdirAll(path string) error
	Create(path string) (diskFile, error)
	Rename(from, to string) error
	SyncDir(path string) error
	Remove(path string) error
	RemoveAll(path string) error
}

// diskFile is a file being written; spills are read back through it.
type diskFile interface {
	io.Writer
	io.ReaderAt
	Sync() error
	Close() error
}

type osDisk struct{}

func (osDisk) MkdirAll(path string) error { return os.MkdirAll(path, 0o755) }

func (osDisk) Create(path string) (diskFile, error) {
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o644)
}

func (osDisk) Rename(from, to string) error { return os.Rename(from, to) }

func (osDisk) SyncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	if err := d.Sync(); err != nil {
		d.Close()
		return fmt.Errorf("sync %s: %w", path, err)
	}
	return d.Close()
}

func (osDisk) Remove(path string) error    { return os.Remove(path) }
func (osDisk) RemoveAll(path string) error { return os.RemoveAll(path) }

// writeSynced writes data to path by way of a temporary name in tmp: after it
// returns nil the file is whole and durable under its name.
func writeSynced(d disk, tmp, path string, data []byte) error {
	temp := filepath.Join(tmp, filepath.Base(path))
	if err := writeTemp(d, temp, data); err != nil {
		return err
	}
	if err := d.Rename(temp, path); err != nil {
		return err
	}
	return d.SyncDir(filepath.Dir(path))
}

func writeTemp(d disk, temp string, data []byte) error {
	f, err := d.Create(temp)
	if err != nil {
		return err
	}
	if _, err := f.Write(data); err != nil {
		f.Close()
		return err
	}
	if err := f.Sync(); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
