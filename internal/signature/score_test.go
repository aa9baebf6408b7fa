package signature

import (
	"encoding/csv"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
)

var (
	update  = flag.Bool("update", false, "rewrite golden files")
	verbose = flag.Bool("misses", false, "print wrong groups")
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
	var known []Known
	for i, msg := range messages {
		shapes[i] = m.Shape(msg)
		known = append(known, Known{shapes[i].ID, shapes[i].Text})
	}
	template := map[string]string{}
	for _, a := range Group(known, r) {
		template[a.ShapeID] = a.Template
	}
	out := make([]string, len(messages))
	for i := range messages {
		out[i] = template[shapes[i].ID]
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

func TestScore(t *testing.T) {
	var sum [4]float64
	ss := systems(t)
	for _, sys := range ss {
		s := readSample(t, sys)
		got := assign(s.content, DefaultRules())
		ga, fga, wrong := accuracy(got, s.corrected)
		pga, pfga, _ := accuracy(got, s.plain)
		sum[0] += ga
		sum[1] += fga
		sum[2] += pga
		sum[3] += pfga
		fmt.Printf("%-12s GA %.3f FGA %.3f  plain GA %.3f FGA %.3f\n", sys, ga, fga, pga, pfga)
		if *verbose {
			var ks []string
			for k, n := range wrong {
				ks = append(ks, fmt.Sprintf("%5d %s", n, k))
			}
			sort.Sort(sort.Reverse(sort.StringSlice(ks)))
			fmt.Println(strings.Join(ks[:min(len(ks), 40)], "\n"))
		}
	}
	n := float64(len(ss))
	fmt.Printf("mean GA %.4f FGA %.4f plain GA %.4f FGA %.4f\n", sum[0]/n, sum[1]/n, sum[2]/n, sum[3]/n)
}
