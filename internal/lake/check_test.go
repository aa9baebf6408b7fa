package lake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"almanac/schemas"
)

// R17: one flipped bit, a truncation, a missing or a stray file: check names
// the path, and the other dates still read.
func TestCheckFindsDamage(t *testing.T) {
	dir := t.TempDir()
	publish(t, dir, Options{}, 0, someNights(1, 2, 2000)...)
	l := mustOpen(t, dir)
	var files []schemas.TableFile
	for _, name := range TableNames() {
		files = append(files, l.m.Tables[name]...)
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range rounds(150, 1000) {
		f := files[rnd.IntN(len(files))]
		path := l.path(f)
		good, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		bad := append([]byte(nil), good...)
		kind := []string{"flip", "flip", "flip", "cut", "gone"}[i%5]
		switch kind {
		case "flip":
			bad[rnd.IntN(len(bad))] ^= 1 << rnd.IntN(8)
			err = os.WriteFile(path, bad, 0o644)
		case "cut":
			err = os.WriteFile(path, bad[:rnd.IntN(len(bad))], 0o644)
		case "gone":
			err = os.Remove(path)
		}
		if err != nil {
			t.Fatal(err)
		}
		problems, err := l.Check(context.Background())
		if err != nil || len(problems) != 1 || problems[0].Path != f.Path || problems[0].Do == "" {
			t.Fatalf("%s of %s: %v %v", kind, f.Path, problems, err)
		}
		if strings.HasPrefix(f.Path, "event/") {
			otherDatesRead(t, l, f.EventDate)
		}
		if err := os.WriteFile(path, good, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func otherDatesRead(t *testing.T, l *Lake, damaged string) {
	t.Helper()
	for _, d := range l.Dates(TableEvent) {
		_, err := Read[schemas.Event](l, TableEvent, d)
		if (err == nil) != (d != damaged) {
			t.Errorf("date %s while %s is damaged: %v", d, damaged, err)
		}
	}
}

// A damaged file is not merged into a new one: the night fails and says so.
func TestNightRefusesDamagedDate(t *testing.T) {
	dir := t.TempDir()
	publish(t, dir, Options{}, 0, someNights(1, 1, 500)...)
	l := mustOpen(t, dir)
	path := l.path(l.m.Tables[TableEvent][0])
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 4
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	n := Begin(l, Options{})
	appendAll(t, n.NewRun(), someEvents(9, 10, 1))
	if _, err := n.Commit(context.Background()); err == nil || !strings.Contains(err.Error(), "almanac check") {
		t.Errorf("error %v", err)
	}
	if got := mustOpen(t, dir).Generation(); got != 1 {
		t.Errorf("generation %d", got)
	}
}

// parquet-go may panic on damaged files; behind a right hash (a foreign file
// listed by a tampered manifest) that must become a problem or an error.
func TestDamageBehindARightHash(t *testing.T) {
	dir := t.TempDir()
	publish(t, dir, Options{}, 0, someNights(1, 1, 3000)...)
	l := mustOpen(t, dir)
	f := l.m.Tables[TableEvent][0]
	good, err := os.ReadFile(l.path(f))
	if err != nil {
		t.Fatal(err)
	}
	rnd := rand.New(rand.NewPCG(3, 2))
	for range rounds(150, 3000) {
		bad := append([]byte(nil), good...)
		for range 1 + rnd.IntN(3) {
			bad[rnd.IntN(len(bad))] ^= 1 << rnd.IntN(8)
		}
		if err := os.WriteFile(l.path(f), bad, 0o644); err != nil {
			t.Fatal(err)
		}
		forged := l.Manifest()
		sum, size := hashOf(t, l.path(f))
		forged.Tables[TableEvent][0].SHA256, forged.Tables[TableEvent][0].Bytes = sum, size
		fl := &Lake{dir: l.dir, m: forged, disk: l.disk}
		_, _ = Read[schemas.Event](fl, TableEvent, f.EventDate) // must not panic
		if _, err := fl.Check(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
}

// One flipped bit anywhere in the manifest is found before a word of it is
// believed: a wrong ledger would lose or double lines in silence.
func TestManifestFlips(t *testing.T) {
	dir := t.TempDir()
	night(t, dir, Options{Tool: "almanac 0.1.0"}, func(n *Night) {
		appendAll(t, n.NewRun(), someEvents(1, 20, 2))
		n.PutChanges(schemas.Change{ChangeID: "c", SourceID: "x", StartedTS: day0})
		n.SetLedger([]schemas.LedgerEntry{{SourceID: "f1", File: "app.log", Bytes: 1000, Lines: 20}})
	})
	l := mustOpen(t, dir)
	path := filepath.Join(dir, manifestName)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rnd := newRand(1)
	for i := range good {
		for _, bit := range rnd.Perm(8)[:rounds(1, 8)] {
			bad := append([]byte(nil), good...)
			bad[i] ^= 1 << bit
			_, err := decodeManifest(path, bad)
			if err == nil {
				t.Fatalf("bit %d of byte %d (%q) goes unnoticed", bit, i, good[i])
			}
			if errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), "restore it") {
				t.Errorf("bit %d of byte %d: error %v", bit, i, err)
			}
		}
	}
	bad := append([]byte(nil), good...)
	bad[len(bad)/2] ^= 2
	if err := os.WriteFile(path, bad, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "checksum") {
		t.Errorf("open: %v", err)
	}
	if problems, err := l.Check(context.Background()); err != nil || len(problems) != 1 || problems[0].Path != manifestName {
		t.Errorf("check: %v %v", problems, err)
	}
}

func TestCheckNamesStrays(t *testing.T) {
	dir := t.TempDir()
	publish(t, dir, Options{}, 0, someNights(1, 1, 100)...)
	strays := []string{
		"event/event_date=2026-03-31/copy.parquet",
		"event/event_date=2026-03-31/00000000000000000000000000000000.parquet",
		"nosuch/x.parquet", "notes.txt",
	}
	for _, s := range strays {
		path := filepath.Join(dir, filepath.FromSlash(s))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("PAR1"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	l := mustOpen(t, dir)
	problems, err := l.Check(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, p := range problems {
		found[p.Path] = true
	}
	for _, s := range strays {
		if !found[s] {
			t.Errorf("%s is not reported", s)
		}
	}
	if len(problems) != len(strays) {
		t.Errorf("%d problems: %v", len(problems), problems)
	}
	if _, err := Read[schemas.Event](l, TableEvent, "2026-03-31"); err != nil {
		t.Errorf("strays disturb reading: %v", err)
	}
}

func hashOf(t *testing.T, path string) (sum string, size int64) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	h := sha256.Sum256(data)
	return hex.EncodeToString(h[:]), int64(len(data))
}
