package signature

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestScoreUnseen holds the accuracy on invented lines, in the style of systems
// that no rule was made on, to a golden table. Every block of a file is one
// statement; groups that are not exactly right are in the table, so that every
// change of a rule shows what it mends and what it breaks.
func TestScoreUnseen(t *testing.T) {
	files, err := filepath.Glob("testdata/unseen/*.txt")
	if err != nil || len(files) < 8 {
		t.Fatalf("%d systems, %v", len(files), err)
	}
	var b strings.Builder
	sum := 0.0
	fmt.Fprintf(&b, "Grouping accuracy on invented lines of systems not seen\n\n%-12s GA     FGA\n", "system")
	var wrongs strings.Builder
	for _, f := range files {
		messages, block := readBlocks(t, f)
		got := assign(messages, DefaultRules())
		ga, fga, _ := accuracy(got, block)
		name := strings.TrimSuffix(filepath.Base(f), ".txt")
		fmt.Fprintf(&b, "%-12s %.3f  %.3f\n", name, ga, fga)
		sum += ga
		wrongGroups(&wrongs, name, messages, block, got)
		if ga < 0.7 {
			t.Errorf("%s: GA %.3f is below 0.7", name, ga)
		}
	}
	mean := sum / float64(len(files))
	fmt.Fprintf(&b, "%-12s %.3f\n", "mean", mean)
	if mean < 0.95 {
		t.Errorf("mean GA %.3f is below 0.95", mean)
	}
	if wrongs.Len() > 0 {
		fmt.Fprintf(&b, "\nNot right:\n%s", wrongs.String())
	}
	t.Log("\n" + b.String())
	golden(t, "testdata/unseen.txt", b.String())
}

// wrongGroups lists the templates of blocks that were split or merged.
func wrongGroups(b *strings.Builder, name string, messages, block, got []string) {
	templates, blocks := map[string]map[string]bool{}, map[string]map[string]bool{}
	add := func(m map[string]map[string]bool, k, v string) {
		if m[k] == nil {
			m[k] = map[string]bool{}
		}
		m[k][v] = true
	}
	for i := range got {
		add(templates, block[i], got[i])
		add(blocks, got[i], block[i])
	}
	said := map[[2]string]bool{}
	for i := range got {
		k := [2]string{block[i], got[i]}
		if said[k] || len(templates[block[i]]) == 1 && len(blocks[got[i]]) == 1 {
			continue
		}
		said[k] = true
		what := "split"
		if len(blocks[got[i]]) > 1 {
			what = "merged"
		}
		fmt.Fprintf(b, "%s %s: %s\n", name, what, got[i])
	}
}
