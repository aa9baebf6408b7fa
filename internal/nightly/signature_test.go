package nightly_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"almanac/internal/lake"
	"almanac/internal/nightly"
	"almanac/schemas"
)

// nightLines are one night's lines: statements that come and go over the
// nights, names without digits, a statement that only a later night shows to
// have a column.
func nightLines(night, n int) []string {
	r := rand.New(rand.NewPCG(uint64(night), 5))
	day := time.Date(2026, 10, 1+night, 0, 0, 0, 0, time.UTC)
	names := strings.Fields("alice bob carol dave erin frank grace heidi ivan judy mallory niaj olivia peggy rupert sybil trent victor walter zoe")
	verbs := strings.Fields("Started Paused Resumed Stopped")
	var out []string
	for i := range n {
		at := day.Add(time.Duration(i) * 24 * time.Hour / time.Duration(n))
		var m string
		switch r.IntN(6) {
		case 0:
			m = fmt.Sprintf("user %s logged in from 192.0.2.%d", names[r.IntN(1+night*len(names)/30)], r.IntN(255))
		case 1:
			m = fmt.Sprintf("%s worker %d of pool %s", verbs[r.IntN(len(verbs))], r.IntN(9), names[r.IntN(1+night%7)])
		case 2:
			m = fmt.Sprintf("flushed segment for %s in %d ms", names[(night+r.IntN(3))%len(names)], r.IntN(900))
		case 3:
			m = fmt.Sprintf("Failed to reach com.example.%s%s: timeout after %ds", names[night%len(names)], verbs[r.IntN(4)], r.IntN(60))
		case 4:
			m = fmt.Sprintf("the %s of the %s is late", names[r.IntN(len(names))], names[r.IntN(1+night%9)])
		default:
			m = fmt.Sprintf("night shift %d begins with %s", night, names[night%len(names)])
		}
		out = append(out, at.Format("2006-01-02T15:04:05.000Z")+" INFO "+m)
	}
	return out
}

// signatureSite writes a configuration that reads every log of a folder.
func signatureSite(t *testing.T, dir string) {
	t.Helper()
	text := "site: S\nzone: UTC\nnow: data\nsources:\n  - {name: app, kind: log, paths: [\"logs/*.log\"], service: app}\n"
	if err := os.MkdirAll(filepath.Join(dir, "logs"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "almanac.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func writeLines(t *testing.T, path string, lines []string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}

// ingest takes in what is new and gives the lake's folder.
func ingest(t *testing.T, dir string, workers int) string {
	t.Helper()
	c := load(t, dir)
	out, err := nightly.Ingest(context.Background(), nightly.Options{
		Config: c, Now: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), Tool: "t", Workers: workers, Final: true})
	if err != nil {
		t.Fatal(err)
	}
	return out.Lake
}

// identities are what must not depend on the way lines came in: the signature
// of every shape, the templates, and the events of each.
func identities(t *testing.T, dir string) string {
	t.Helper()
	return answer(t, dir, "SELECT s.shape_id, s.signature_id FROM signature_alias s WHERE starts_with(s.shape_id, 's') ORDER BY 1") +
		answer(t, dir, "SELECT signature_id, template, level, first_ts, example, shapes FROM signature ORDER BY 1") +
		answer(t, dir, "SELECT event_date, signature_id, sum(count) AS n FROM event_day GROUP BY 1, 2 ORDER BY 1, 2")
}

// Thirty nights one after another, one rebuild, shuffled files, shards and
// other numbers of workers: every id is the same.
func TestIdentityOverNightsFilesAndWorkers(t *testing.T) {
	const nights, perNight = 30, 120
	grown := t.TempDir()
	signatureSite(t, grown)
	var all []string
	for n := range nights {
		lines := nightLines(n, perNight)
		all = append(all, lines...)
		writeLines(t, filepath.Join(grown, "logs", fmt.Sprintf("app-%02d.log", n)), lines)
		ingest(t, grown, 1+n%3)
	}
	last := identities(t, filepath.Join(grown, "lake"))
	moved := answer(t, filepath.Join(grown, "lake"), "SELECT count(*) AS n FROM signature_alias WHERE starts_with(shape_id, 'S')")
	if strings.Contains(moved, "\n0\n") {
		t.Error("no signature ever moved: the nights are too easy")
	}
	if l, err := lake.Open(filepath.Join(grown, "lake")); err != nil {
		t.Fatal(err)
	} else if rows, err := lake.Read[schemas.Signature](l, lake.TableSignature, schemas.Undated); err != nil || len(rows) < 10 {
		t.Errorf("%d signatures, %v", len(rows), err)
	}
	for _, way := range []struct {
		name    string
		shards  int
		workers int
		shuffle bool
	}{{"a rebuild", nights, 2, false}, {"one file", 1, 1, false}, {"shuffled files", nights, 4, true}, {"seven shards", 7, 3, true}} {
		dir := t.TempDir()
		signatureSite(t, dir)
		names := rand.New(rand.NewPCG(3, uint64(way.shards))).Perm(way.shards)
		shards := make([][]string, way.shards)
		for i, l := range all {
			k := i * way.shards / len(all)
			if way.shuffle && way.shards != nights {
				k = i % way.shards
			}
			shards[k] = append(shards[k], l)
		}
		for k, lines := range shards {
			name := k
			if way.shuffle {
				name = names[k]
			}
			writeLines(t, filepath.Join(dir, "logs", fmt.Sprintf("app-%02d.log", name)), lines)
		}
		if got := identities(t, ingest(t, dir, way.workers)); got != last {
			t.Errorf("%s differs from thirty nights:\n%s\nnights:\n%s", way.name, clip(got), clip(last))
		}
	}
}
