package intake

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"almanac/schemas"
)

// keeper is a sink that keeps everything.
type keeper struct {
	events    []schemas.Event
	changes   []schemas.Change
	incidents []schemas.IncidentRecord
	metrics   []schemas.Metric
	rejects   []schemas.Reject
}

func (k *keeper) Event(e *schemas.Event) error {
	kept := *e
	kept.Message, kept.TraceID = strings.Clone(e.Message), strings.Clone(e.TraceID)
	k.events = append(k.events, kept)
	return nil
}
func (k *keeper) Change(c schemas.Change) error {
	k.changes = append(k.changes, c)
	return nil
}
func (k *keeper) Incident(r schemas.IncidentRecord) error {
	k.incidents = append(k.incidents, r)
	return nil
}
func (k *keeper) Metric(m schemas.Metric) error {
	k.metrics = append(k.metrics, m)
	return nil
}
func (k *keeper) Reject(r schemas.Reject) error {
	k.rejects = append(k.rejects, r)
	return nil
}

// site is a log folder over several nights.
type site struct {
	t      *testing.T
	dir    string
	source *Source
	n      int // lines written
	night  int
	ledger []schemas.LedgerEntry
	got    map[string]int
	rng    *rand.Rand
}

func newSite(t *testing.T, seed uint64) *site {
	return &site{t: t, dir: t.TempDir(), source: &Source{Name: "app", Kind: KindLog}, got: map[string]int{}, rng: rand.New(rand.NewPCG(seed, 1))}
}

func (s *site) path(name string) string { return filepath.Join(s.dir, name) }

// lines makes n new log lines, now and then with a stack trace or a repeated
// text.
func (s *site) lines(n int) string {
	var b strings.Builder
	for range n {
		s.n++
		fmt.Fprintf(&b, "2026-03-%02dT%02d:%02d:%02dZ INFO app request id-%06d done\n", s.night+1, s.n/3600%24, s.n/60%60, s.n%60, s.n)
	}
	return b.String()
}

func (s *site) add(name, text string) {
	f, err := os.OpenFile(s.path(name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	s.must(err)
	_, err = f.WriteString(text)
	s.must(err)
	s.must(f.Close())
}

func (s *site) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) rename(a, b string) {
	if _, err := os.Stat(s.path(a)); err == nil {
		s.must(os.Rename(s.path(a), s.path(b)))
	}
}

func (s *site) pack(name, suffix string) {
	b, err := os.ReadFile(s.path(name))
	if err != nil {
		return
	}
	s.must(os.WriteFile(s.path(name+suffix), packed(s.t, suffix, b), 0o644))
	s.must(os.Remove(s.path(name)))
}

func packed(t testing.TB, suffix string, b []byte) []byte {
	var out bytes.Buffer
	switch suffix {
	case ".gz":
		z := gzip.NewWriter(&out)
		z.Write(b)
		z.Close()
	case ".zst":
		z, err := zstd.NewWriter(&out)
		if err != nil {
			t.Fatal(err)
		}
		z.Write(b)
		z.Close()
	}
	return out.Bytes()
}

// run is the intake of a night, over all files in random order.
func (s *site) run() (taken int) {
	names, err := filepath.Glob(s.path("*"))
	s.must(err)
	sub, err := filepath.Glob(s.path("*/*"))
	s.must(err)
	var inputs []Input
	for _, p := range append(names, sub...) {
		if info, err := os.Stat(p); err == nil && info.Mode().IsRegular() {
			rel, _ := filepath.Rel(s.dir, p)
			inputs = append(inputs, Input{Source: s.source, Path: p, Name: rel, ModTime: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)})
		}
	}
	s.rng.Shuffle(len(inputs), func(i, j int) { inputs[i], inputs[j] = inputs[j], inputs[i] })
	batches, err := Plan(context.Background(), inputs, s.ledger)
	s.must(err)
	ledger := s.ledger
	for _, b := range batches {
		k := &keeper{}
		results, err := ReadBatch(context.Background(), b, func(int, Input) (Sink, error) { return k, nil })
		s.must(err)
		for i, r := range results {
			if !r.Counts.Balances() {
				s.t.Fatalf("night %d: %s does not balance: %+v", s.night, b.Inputs[i].Name, r.Counts)
			}
			ledger = Advance(ledger, r)
		}
		for _, e := range k.events {
			for _, line := range strings.Split(e.Message, "\n") {
				if i := strings.Index(line, "id-"); i >= 0 {
					s.got[line[i:i+9]]++
					taken++
				}
			}
		}
		if len(k.rejects) > 0 {
			s.t.Fatalf("night %d: reject %+v", s.night, k.rejects[0])
		}
	}
	s.ledger = ledger
	return taken
}

// check wants every line once; but counts of the newest, unread tail aside.
func (s *site) check() {
	s.t.Helper()
	lost, doubled := 0, 0
	for i := 1; i <= s.n; i++ {
		switch n := s.got[fmt.Sprintf("id-%06d", i)]; {
		case n == 0:
			lost++
		case n > 1:
			doubled++
		}
	}
	if lost > 0 || doubled > 0 {
		s.t.Errorf("of %d lines %d lost, %d doubled", s.n, lost, doubled)
	}
}

const nights = 12

// TestRotationLosesNothing runs rotation schemes over twelve nights: every
// line is taken exactly once, and a second run takes nothing.
func TestRotationLosesNothing(t *testing.T) {
	banner := strings.Repeat("2026-03-01T00:00:00Z INFO app starting, this banner is the same in every file\n", 30)
	schemes := map[string]func(s *site){
		"append": func(s *site) { s.add("app.log", s.lines(50)) },
		"rename and create": func(s *site) {
			s.add("app.log", s.lines(30))
			for i := 5; i >= 1; i-- {
				s.rename(fmt.Sprintf("app.log.%d", i), fmt.Sprintf("app.log.%d", i+1))
			}
			s.rename("app.log", "app.log.1")
			s.add("app.log", s.lines(20))
		},
		"rename and gzip": func(s *site) {
			s.add("app.log", s.lines(30))
			for i := 8; i >= 1; i-- {
				s.rename(fmt.Sprintf("app.log.%d.gz", i), fmt.Sprintf("app.log.%d.gz", i+1))
			}
			s.rename("app.log", "app.log.1")
			s.pack("app.log.1", ".gz")
			s.add("app.log", s.lines(15))
		},
		"delaycompress": func(s *site) {
			s.add("app.log", s.lines(30))
			s.pack("app.log.1", ".gz")
			s.rename("app.log.1.gz", fmt.Sprintf("app.log.%d.gz", 100-s.night))
			s.rename("app.log", "app.log.1")
			s.add("app.log", s.lines(15))
		},
		"copytruncate": func(s *site) {
			s.add("app.log", s.lines(30))
			b, _ := os.ReadFile(s.path("app.log"))
			s.must(os.WriteFile(s.path(fmt.Sprintf("app.log.%02d", s.night)), b, 0o644))
			s.must(os.Truncate(s.path("app.log"), 0))
			s.add("app.log", s.lines(7))
		},
		"copytruncate regrown past the old size": func(s *site) {
			s.add("app.log", s.lines(10))
			b, _ := os.ReadFile(s.path("app.log"))
			s.must(os.WriteFile(s.path(fmt.Sprintf("app.log.%02d", s.night)), b, 0o644))
			s.must(os.Truncate(s.path("app.log"), 0))
			s.add("app.log", s.lines(80+s.night*20))
		},
		"dated names with zstd": func(s *site) {
			s.add(fmt.Sprintf("app-202603%02d.log", s.night), s.lines(40))
			if s.night > 0 {
				old := fmt.Sprintf("app-202603%02d.log", s.night-1)
				s.add(old, s.lines(5))
				s.pack(old, ".zst")
			}
		},
		"the same file twice": func(s *site) {
			s.add("app.log", s.lines(40))
			b, _ := os.ReadFile(s.path("app.log"))
			s.must(os.WriteFile(s.path("copy of app.log"), b, 0o644))
			s.must(os.WriteFile(s.path("app.log.gz"), packed(s.t, ".gz", b), 0o644))
		},
		"hard links and symbolic links": func(s *site) {
			s.add("app.log", s.lines(40))
			if s.night == 0 {
				s.must(os.Link(s.path("app.log"), s.path("hard.log")))
				s.must(os.Symlink("app.log", s.path("current.log")))
				s.must(os.Mkdir(s.path("sub"), 0o755))
				s.must(os.Symlink("../app.log", s.path("sub/app.log")))
			}
		},
		"files that share a banner": func(s *site) {
			if s.night%3 == 0 {
				s.add(fmt.Sprintf("app.%02d.log", s.night), banner)
			}
			for i := 0; i <= s.night; i += 3 {
				s.add(fmt.Sprintf("app.%02d.log", i), s.lines(10))
			}
		},
		"banner only, then two files go on": func(s *site) {
			switch {
			case s.night == 0:
				s.add("app.log", banner[:len(banner)/10])
			case s.night == 1:
				s.rename("app.log", "app.log.1")
				s.add("app.log.1", s.lines(10))
				s.add("app.log", banner[:len(banner)/10]+s.lines(10))
			default:
				s.add("app.log", s.lines(10))
			}
		},
		"a copy that lags behind": func(s *site) {
			s.add("app.log", s.lines(20))
			b, _ := os.ReadFile(s.path("app.log"))
			s.add("app.log", s.lines(20))
			s.must(os.WriteFile(s.path("mirror.log"), b, 0o644))
			if s.night > 0 { // the mirror of a night ago is only what that night had seen
				s.must(os.Remove(s.path("mirror.log")))
			}
		},
		"a line written in three pieces": func(s *site) {
			text := s.lines(9)
			cut := len(text) - 40
			if s.night > 0 {
				rest, _ := os.ReadFile(s.path("../" + filepath.Base(s.dir) + ".rest"))
				s.add("app.log", string(rest))
			}
			s.add("app.log", text[:cut])
			s.must(os.WriteFile(s.dir+".rest", []byte(text[cut:]), 0o644))
			if s.night == nights-1 {
				s.add("app.log", text[cut:])
			}
		},
	}
	// R9: one line in twenty comes one to seven nights late, the last ones at
	// the end.
	held := map[int]string{}
	schemes["late lines"] = func(s *site) {
		onTime := ""
		for _, line := range strings.SplitAfter(s.lines(60), "\n") {
			if s.rng.IntN(20) == 0 {
				night := min(s.night+1+s.rng.IntN(7), nights-1)
				if s.night < nights-1 {
					held[night] += line
					continue
				}
			}
			onTime += line
		}
		s.add("app.log", onTime)
		s.add("late.log", held[s.night])
	}
	names := make([]string, 0, len(schemes))
	for n := range schemes {
		names = append(names, n)
	}
	slices.Sort(names)
	for i, name := range names {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, uint64(i))
			for s.night = range nights {
				schemes[name](s)
				s.run()
				if n := s.run(); n != 0 {
					t.Fatalf("night %d: a second run took %d lines", s.night, n)
				}
			}
			s.check()
			os.Remove(s.dir + ".rest")
		})
	}
}

// TestBannerIsCountedPerFile: lines that two files share are lines of both.
func TestBannerIsCountedPerFile(t *testing.T) {
	s := newSite(t, 1)
	text := s.lines(50)
	s.add("a.log", text+s.lines(3))
	s.add("b.log", text+s.lines(2))
	s.run()
	if n := s.got["id-000001"]; n != 2 {
		t.Errorf("a line at the head of two diverging files was taken %d times, want 2", n)
	}
}

// TestRereadAfterDamage: the good part of a damaged archive is kept, the
// mended one continues there.
func TestRereadAfterDamage(t *testing.T) {
	s := newSite(t, 1)
	text := s.lines(3000)
	whole := packed(t, ".gz", []byte(text))
	s.must(os.WriteFile(s.path("a.log.gz"), whole[:len(whole)*2/3], 0o644))
	in := Input{Source: s.source, Path: s.path("a.log.gz"), Name: "a.log.gz"}
	read := func() (Result, *keeper) {
		k := &keeper{}
		r, err := Read(context.Background(), in, s.ledger, k)
		s.must(err)
		s.ledger = Advance(s.ledger, r)
		if !r.Counts.Balances() {
			t.Fatalf("unbalanced %+v", r.Counts)
		}
		return r, k
	}
	r, k := read()
	if len(k.rejects) != 1 || len(k.events) < 1000 || k.rejects[0].Line != int64(len(k.events)) {
		t.Fatalf("got %d events, rejects %+v", len(k.events), k.rejects)
	}
	before := len(k.events)
	if r, k = read(); len(k.rejects) != 0 || len(k.events) != 0 || r.Counts.AlreadySeen != int64(before) {
		t.Fatalf("the second night said it again: %+v %+v", r.Counts, k.rejects)
	}
	s.must(os.WriteFile(in.Path, whole, 0o644))
	if _, k = read(); before+len(k.events) != 3000 || len(k.rejects) != 0 {
		t.Fatalf("after mending: %d + %d events", before, len(k.events))
	}
}
