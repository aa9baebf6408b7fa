//go:build unix

package nightly_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"almanac/internal/config"
	"almanac/internal/nightly"
)

// TestScoreDisk: real logs of twelve services shrink to a fifteenth and to six
// tenths of what gzip makes of each service's file, their messages whole.
func TestScoreDisk(t *testing.T) {
	t.Parallel()
	root := realData + "/openstack-failures/cases"
	if _, err := os.Stat(root); err != nil {
		t.Skip("no shared/data/openstack-failures beside the repository")
	}
	dir := t.TempDir()
	var raw, zipped int64
	for _, service := range []string{
		"nova/nova-compute", "nova/nova-api", "nova/nova-conductor", "nova/nova-scheduler", "nova/nova-placement-api",
		"neutron/server", "neutron/l3-agent", "neutron/dhcp-agent", "neutron/openvswitch-agent",
		"cinder/api", "cinder/volume", "keystone/keystone",
	} {
		text := serviceText(t, filepath.Join(root, "*", "round_2", service+".log.gz"))
		var c counter
		z := gzip.NewWriter(&c) // level 6
		if _, err := z.Write(text); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		raw, zipped = raw+int64(len(text)), zipped+int64(c)
		name := filepath.Join(dir, "logs", filepath.Dir(service)+"-"+filepath.Base(service)+".log")
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, config.FileName)
	text := "site: T\nzone: UTC\nlake: lake\nreport: report\nsources:\n  - {name: os, kind: log, paths: [\"logs/*\"], tz: UTC}\n"
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := nightly.Ingest(context.Background(), nightly.Options{Config: c, Now: time.Now(), Tool: "almanac test", Workers: 2}); err != nil {
		t.Fatal(err)
	}
	lake := treeSize(t, filepath.Join(dir, "lake", "event"))
	ofRaw, ofZip := float64(raw)/float64(lake), float64(lake)/float64(zipped)
	t.Logf("%.0f MB of OpenStack: events %.1f MB, raw / lake %.1f, lake / gzip -6 per service %.2f", mb(raw), mb(lake), ofRaw, ofZip)
	if ofRaw < 15 || ofZip > 0.6 {
		t.Errorf("want raw / lake of 15 or more, lake / gzip of .6 or less")
	}
}

// serviceText joins the files of one service.
func serviceText(t *testing.T, pattern string) []byte {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: %d files, %v", pattern, len(paths), err)
	}
	var out bytes.Buffer
	for _, p := range paths {
		f, err := os.Open(p)
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&out, z); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	return out.Bytes()
}
