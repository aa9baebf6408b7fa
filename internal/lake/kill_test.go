package lake

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"almanac/schemas"
)

// childDir names the lake in which a child process of TestKill works.
const childDir = "ALMANAC_LAKE_TEST_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := killNight(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// killNight is the night that is killed: a second one, over several dates.
func killNight(dir string) error {
	unlock, err := Lock(dir)
	if err != nil {
		return err
	}
	defer unlock()
	l, err := Open(dir)
	if err != nil || l.Generation() == 2 {
		return err
	}
	n := Begin(l, Options{RunRows: 5000})
	run := n.NewRun()
	for _, e := range someEvents(77, rounds(8000, 20_000), rounds(2, 4)) {
		if err := run.Append(&e); err != nil {
			return err
		}
	}
	for i := range int64(500) {
		n.PutCoverage(schemas.Coverage{Source: "app", HourTS: day0 + i*hourUS, Lines: schemas.Ptr(i)})
	}
	if err := n.Replace(TableFinding, "2026-04-02", []schemas.Finding{{FindingID: "f2"}}); err != nil {
		return err
	}
	n.SetAnalysis("2026-04-04T00:00:00Z", "k")
	_, err = n.Commit(context.Background())
	return err
}

// R1: killed at random moments, the lake is all-old or all-new, and the next
// run makes it byte-identical to one that was never killed.
func TestKill(t *testing.T) {
	first := t.TempDir()
	night(t, first, Options{}, func(n *Night) {
		appendAll(t, n.NewRun(), someEvents(5, 5000, rounds(2, 4)))
		n.PutCoverage(schemas.Coverage{Source: "app", HourTS: day0, Lines: schemas.Ptr(int64(1))})
		if err := n.Replace(TableFinding, "2026-04-01", []schemas.Finding{{FindingID: "f1"}}); err != nil {
			t.Fatal(err)
		}
	})
	ref := copyLake(t, first)
	before := tree(t, ref)
	start := time.Now()
	if out, err := child(ref).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	whole := time.Since(start)
	after := tree(t, ref)
	olds, news, reruns := 0, 0, rounds(12, 200)
	for i := range reruns {
		dir := copyLake(t, first)
		cmd := child(dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// The whole of the night and a little beyond is covered.
		time.Sleep(time.Duration(rand.Float64() * 1.5 * float64(whole)))
		_ = cmd.Process.Kill() // it may have ended: that is one of the moments
		_ = cmd.Wait()
		switch got := tree(t, dir); {
		case cmp.Equal(got, before):
			olds++
		case cmp.Equal(got, after):
			news++
		default:
			t.Fatalf("round %d: a mixture", i)
		}
		if out, err := child(dir).CombinedOutput(); err != nil {
			t.Fatalf("round %d: rerun: %v: %s", i, err, out)
		}
		if diff := cmp.Diff(after, tree(t, dir)); diff != "" {
			t.Fatalf("round %d: rerun differs:\n%s", i, diff)
		}
	}
	t.Logf("%d kills within %v: %d all-old, %d all-new, all reruns identical", reruns, whole, olds, news)
}

func child(dir string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	return cmd
}
