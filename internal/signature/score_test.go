package signature

import (
	"encoding/csv"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"
)

var (
	update = flag.Bool("update", false, "rewrite golden files")
	misses = flag.Bool("misses", false, "print the groups that are not exactly right")
)

const samples = "../../../shared/data/loghub-2k"

type sample struct {
	content          []string
	plain, corrected []string
}

func readSample(t testing.TB, system string) sample {
	t.Helper()
	var s sample
	read := func(name string) (content, event []string) {
		f, err := os.Open(filepath.Join(samples, system, system+name))
		if err != nil {
			t.Skipf("no sample data beside the repository: %v", err)
		}
		defer f.Close()
		rows, err := csv.NewReader(f).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		col := map[string]int{}
		for i, n := range rows[0] {
			col[n] = i
		}
		for _, r := range rows[1:] {
			content = append(content, r[col["Content"]])
			event = append(event, r[col["EventId"]])
		}
		return
	}
	s.content, s.plain = read("_2k.log_structured.csv")
	_, s.corrected = read("_2k.log_structured_corrected.csv")
	return s
}

func systems(t testing.TB) []string {
	ds, err := filepath.Glob(filepath.Join(samples, "*", "*_2k.log"))
	if err != nil || len(ds) == 0 {
		t.Skip("no sample data beside the repository (" + samples + ")")
	}
	var out []string
	for _, d := range ds {
		out = append(out, filepath.Base(filepath.Dir(d)))
	}
	sort.Strings(out)
	return out
}

// assign gives each message its template, all shapes grouped at once.
func assign(messages []string, r Rules) []string {
	m := NewMiner(r)
	shapes := make([]*Shape, len(messages))
	known := make([]Known, len(messages))
	for i, msg := range messages {
		shapes[i] = m.Shape(msg)
		known[i] = Known{shapes[i].ID, shapes[i].Text}
	}
	template := map[string]string{}
	for _, a := range Group(known, r) {
		template[a.ShapeID] = a.Template
	}
	out := make([]string, len(messages))
	for i, s := range shapes {
		out[i] = template[s.ID]
	}
	return out
}

// accuracy gives grouping accuracy (share of lines whose predicted group is
// exactly a true one) and FGA (harmonic mean of the share of right groups
// among the predicted and among the true ones), as in Jiang et al., "A
// Large-Scale Evaluation for Log Parsing Techniques", ISSTA 2024.
func accuracy(got, want []string) (ga, fga float64, wrong map[string]int) {
	count := func(xs []string) map[string]int {
		m := map[string]int{}
		for _, x := range xs {
			m[x]++
		}
		return m
	}
	g, w := count(got), count(want)
	pairs := map[[2]string]int{}
	for i := range got {
		pairs[[2]string{got[i], want[i]}]++
	}
	lines, groups := 0, 0
	wrong = map[string]int{}
	for p, n := range pairs {
		if n == g[p[0]] && n == w[p[1]] {
			lines += n
			groups++
		} else {
			wrong[p[1]+" | "+p[0]] = n
		}
	}
	return float64(lines) / float64(len(got)), 2 * float64(groups) / float64(len(g)+len(w)), wrong
}

// published gives GA and FGA on the 2k samples from the published table:
// Drain's (with regular expressions made by hand per system) and the best.
func published(t *testing.T) map[string][4]string {
	f, err := os.Open(filepath.Join(samples, "published", "loghub2_effectiveness_2k_vs_full.csv"))
	if err != nil {
		t.Skipf("no published scores beside the repository: %v", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	drain := slices.Index(rows[0], "Drain")
	out := map[string][4]string{}
	for _, r := range rows[1:] {
		system, metric, _ := strings.Cut(r[0], " ")
		at := map[string]int{"GA": 0, "FGA": 1}
		k, ok := at[metric]
		if !ok {
			continue
		}
		best := ""
		for _, c := range r[1:] {
			best = max(best, c[:5])
		}
		p := out[system]
		p[k], p[k+2] = r[drain][:5], best
		out[system] = p
	}
	return out
}

// scores are mean GA and FGA per system and set of labels.
type scores struct{ ga, fga, plainGA, plainFGA float64 }

func score(s sample) scores {
	var r scores
	got := assign(s.content, DefaultRules())
	r.ga, r.fga, _ = accuracy(got, s.corrected)
	r.plainGA, r.plainFGA, _ = accuracy(got, s.plain)
	return r
}

// TestScore holds the accuracy on the sample systems to a golden table. The
// messages are the samples' Content column; the score from the raw lines,
// through intake, is printed by make score.
func TestScore(t *testing.T) {
	names := systems(t)
	all := map[string]sample{}
	for _, n := range names {
		all[n] = readSample(t, n)
	}
	pub := published(t)
	var out strings.Builder
	fmt.Fprintf(&out, "Grouping accuracy on loghub-2k, message column, one setting, no regular expressions\n\n")
	fmt.Fprintf(&out, "%-10s  corrected      plain labels   published Drain  published best\n%-10s  GA     FGA    GA     FGA    GA     FGA      GA     FGA\n", "system", "")
	var sum scores
	for _, n := range names {
		s := score(all[n])
		p, ok := pub[n]
		if !ok {
			p = [4]string{"-", "-", "-", "-"}
		}
		fmt.Fprintf(&out, "%-10s  %.3f  %.3f  %.3f  %.3f  %-5s  %-7s  %-5s  %s\n", n, s.ga, s.fga, s.plainGA, s.plainFGA, p[0], p[1], p[2], p[3])
		k := float64(len(names))
		sum.ga += s.ga / k
		sum.fga += s.fga / k
		sum.plainGA += s.plainGA / k
		sum.plainFGA += s.plainFGA / k
		if s.ga < 0.7 {
			t.Errorf("%s: GA %.3f is below 0.7", n, s.ga)
		}
	}
	fmt.Fprintf(&out, "%-10s  %.3f  %.3f  %.3f  %.3f\n\n", "mean", sum.ga, sum.fga, sum.plainGA, sum.plainFGA)
	if sum.ga < 0.95 {
		t.Errorf("mean GA %.3f is below 0.95", sum.ga)
	}
	leaveOneOut(&out, names, all)
	t.Log("\n" + out.String())
	golden(t, "testdata/score.txt", out.String())
}

// leaveOneOut fits the thresholds of grouping on seven systems and scores the
// eighth, and shows how little the thresholds matter.
func leaveOneOut(out *strings.Builder, names []string, all map[string]sample) {
	defer func(old [softnesses]int) { thresholds = old }(thresholds)
	type setting [3]int
	ga := map[setting][]float64{}
	var settings []setting
	for _, p := range []int{5, 8, 12} {
		for _, w := range []int{2, 4, 8} {
			for _, i := range []int{2, 3, 6} {
				k := setting{p, w, i}
				thresholds[plain], thresholds[weak], thresholds[ident] = p, w, i
				for _, n := range names {
					ga[k] = append(ga[k], score(all[n]).ga)
				}
				settings = append(settings, k)
			}
		}
	}
	lowest, highest := 1.0, 0.0
	for _, k := range settings {
		m := 0.0
		for _, g := range ga[k] {
			m += g / float64(len(names))
		}
		lowest, highest = min(lowest, m), max(highest, m)
	}
	mean := 0.0
	for out := range names {
		bestSum, score := -1.0, 0.0
		for _, k := range settings {
			s := 0.0
			for i, g := range ga[k] {
				if i != out {
					s += g
				}
			}
			if s > bestSum {
				bestSum, score = s, ga[k][out]
			}
		}
		mean += score / float64(len(names))
	}
	fmt.Fprintf(out, "Leave one system out: thresholds (prose, preposition, name) fitted on seven, scored on the eighth: mean GA %.3f\n", mean)
	fmt.Fprintf(out, "Over all %d settings from (5, 2, 2) to (12, 8, 6): mean GA %.3f to %.3f\n", len(settings), lowest, highest)
}

// golden compares with a golden file, or rewrites it under -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (rewrite it with -update and review the diff); now:\n%s", name, got)
	}
}

// TestMisses prints the groups that are not exactly right: -misses.
func TestMisses(t *testing.T) {
	if !*misses {
		t.Skip("prints only, with -misses")
	}
	for _, n := range systems(t) {
		s := readSample(t, n)
		_, _, wrong := accuracy(assign(s.content, DefaultRules()), s.corrected)
		for _, k := range slices.Sorted(maps.Keys(wrong)) {
			t.Logf("%s %5d %s", n, wrong[k], k)
		}
	}
}
