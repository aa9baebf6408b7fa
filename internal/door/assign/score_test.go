package assign

import (
	"context"
	"encoding/csv"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"almanac/internal/intake"
	"almanac/internal/signature"
)

var update = flag.Bool("update", false, "rewrite testdata/score.txt")

const samples = "../../../../shared/data/loghub-2k"

// events reads the event of every line from a sample's labels.
func events(t *testing.T, path string) []string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := 0
	for i, n := range rows[0] {
		if n == "EventId" {
			at = i
		}
	}
	var out []string
	for _, r := range rows[1:] {
		out = append(out, r[at])
	}
	return out
}

// accuracy is grouping accuracy and FGA (Jiang et al., ISSTA 2024).
func accuracy(got []signature.Assignment, want []string) (ga, fga float64) {
	pairs, g, w := map[[2]string]int{}, map[string]int{}, map[string]int{}
	for i, a := range got {
		pairs[[2]string{a.SignatureID, want[i]}]++
		g[a.SignatureID]++
		w[want[i]]++
	}
	lines, groups := 0, 0
	for p, n := range pairs {
		if n == g[p[0]] && n == w[p[1]] {
			lines += n
			groups++
		}
	}
	return float64(lines) / float64(len(got)), 2 * float64(groups) / float64(len(g)+len(w))
}

// TestScoreRawLines holds the accuracy on whole lines to a golden table: no
// header format is given, intake finds the messages.
func TestScoreRawLines(t *testing.T) {
	logs, err := filepath.Glob(filepath.Join(samples, "*", "*_2k.log"))
	if err != nil || len(logs) == 0 {
		t.Skip("no sample data beside the repository (" + samples + ")")
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Grouping accuracy on loghub-2k, raw lines: formats are found from the content\n\n%-10s  corrected      plain labels\n%-10s  GA     FGA    GA     FGA\n", "system", "")
	sum := 0.0
	for _, p := range logs {
		src := &intake.Source{Name: "file", Kind: intake.KindLog, Zone: time.UTC}
		texts, err := messagesOf(context.Background(), p, src)
		if err != nil {
			t.Fatal(err)
		}
		got := assigned(texts, signature.DefaultRules())
		fixed, plain := events(t, p+"_structured_corrected.csv"), events(t, p+"_structured.csv")
		if len(fixed) != len(got) || len(plain) != len(got) {
			t.Fatalf("%s: %d lines, %d and %d labels", p, len(got), len(fixed), len(plain))
		}
		ga, fga := accuracy(got, fixed)
		pga, pfga := accuracy(got, plain)
		fmt.Fprintf(&b, "%-10s  %.3f  %.3f  %.3f  %.3f\n", filepath.Base(filepath.Dir(p)), ga, fga, pga, pfga)
		sum += ga
		if ga < 0.7 {
			t.Errorf("%s: GA %.3f is below 0.7", p, ga)
		}
	}
	mean := sum / float64(len(logs))
	fmt.Fprintf(&b, "%-10s  %.3f\n", "mean", mean)
	if mean < 0.95 {
		t.Errorf("mean GA %.3f is below 0.95", mean)
	}
	t.Log("\n" + b.String())
	const golden = "testdata/score.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(golden); err != nil || string(want) != b.String() {
		t.Errorf("%s differs (%v); rewrite it with -update and review the diff", golden, err)
	}
}
