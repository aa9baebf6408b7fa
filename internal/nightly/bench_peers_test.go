//go:build unix

package nightly_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"almanac/internal/config"
	"almanac/internal/intake"
	"almanac/internal/signature"
)

// drainScript mines the messages of a file with Drain3 as it comes: no masks,
// no persistence. It prints lines, clusters and seconds of processor time.
const drainScript = `
import sys, time, logging
logging.disable(logging.CRITICAL)
from drain3 import TemplateMiner
from drain3.template_miner_config import TemplateMinerConfig
config = TemplateMinerConfig()
config.profiling_enabled = False
miner = TemplateMiner(config=config)
lines = open(sys.argv[1], encoding="utf-8").read().split("\n")
start = time.process_time()
for line in lines:
    miner.add_log_message(line)
print(len(lines), len(miner.drain.clusters), time.process_time() - start)
`

// publishedPeers are figures that others, or an earlier study on another
// machine (2.0 GHz), report: they are not measured here.
var publishedPeers = []string{
	"Loki's drain (pkg/pattern/drain): 350,000-640,000 lines/s a core",
	"lnav: 69,000 lines/s; Drain3: 20,000 lines/s",
	"VictoriaLogs: 43 s for a day of 6 M lines",
}

// TestBenchPeers mines the messages of make bench's day with peers that are
// installed, and quotes figures published of others. It runs with
// ALMANAC_BENCH_PEERS=1 (make bench-peers); PYTHON names the interpreter that
// has drain3 (pip install drain3).
func TestBenchPeers(t *testing.T) {
	if os.Getenv("ALMANAC_BENCH_PEERS") == "" {
		t.Skip("set ALMANAC_BENCH_PEERS=1 (make bench-peers)")
	}
	messages := benchMessages(t, 100_000)
	best := time.Hour
	for range 5 { // what else runs on the machine only adds
		m := signature.NewMiner(signature.DefaultRules())
		start := cpuTime(t)
		for _, s := range messages {
			m.Shape(s)
		}
		best = min(best, cpuTime(t)-start)
	}
	ours := float64(len(messages)) / best.Seconds()
	t.Logf("almanac, cold, with what each line's shape takes: %s lines/cpu-s", grouped(int64(ours)))
	path := filepath.Join(t.TempDir(), "messages.txt")
	if err := os.WriteFile(path, []byte(strings.Join(messages, "\n")), 0o644); err != nil {
		t.Fatal(err)
	}
	python := os.Getenv("PYTHON")
	if python == "" {
		python = "python3"
	}
	if out, err := exec.Command(python, "-c", drainScript, path).Output(); err != nil {
		t.Logf("Drain3 is not installed for %s (pip install drain3; PYTHON=…): %v", python, err)
	} else {
		f := strings.Fields(string(out))
		took, err := time.ParseDuration(f[2] + "s")
		if err != nil {
			t.Fatalf("%q: %v", out, err)
		}
		rate := float64(len(messages)) / took.Seconds()
		t.Logf("Drain3 here: %s lines/cpu-s, %s clusters; almanac / Drain3: %.0fx", grouped(int64(rate)), f[1], ours/rate)
	}
	t.Log("published, not measured here:")
	for _, s := range publishedPeers {
		t.Log("  " + s)
	}
	t.Logf("almanac here / Loki's drain as published: %.1fx to %.1fx", ours/640e3, ours/350e3)
}

// benchMessages gives messages of the day that make bench reads, one line each.
func benchMessages(t *testing.T, most int) []string {
	t.Helper()
	d := writeDay(t, filepath.Join(t.TempDir(), "day"), 3*int64(most), false)
	c, err := config.Load(filepath.Join(d.dir, config.FileName))
	if err != nil {
		t.Fatal(err)
	}
	var k collector
	for _, s := range c.Sources {
		files, _, err := c.Expand(s)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			k.left = most / len(c.Sources)
			in := intake.Input{Source: &intake.Source{Name: s.Name, Kind: s.Kind, Service: s.Service, Zone: time.UTC}, Path: f.Path, Name: f.Name, Final: true}
			if _, err := intake.Read(context.Background(), in, nil, &k); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i, m := range k.kept {
		line, _, _ := strings.Cut(m, "\n")
		k.kept[i] = line
	}
	return k.kept
}
