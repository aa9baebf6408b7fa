package finding

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// flowShop invents requests of a shop: front calls basket, basket calls price
// and stock, each logs what it begins and what it has done.
func flowShop(seed uint64, n int, from time.Time, isBase bool, spoil func(i int, lines []FlowRow) []FlowRow) []FlowRow {
	rng := rand.New(rand.NewPCG(seed, 77))
	var out []FlowRow
	for i := range n {
		at := from.Add(time.Duration(i) * time.Second)
		var lines []FlowRow
		log := func(service, signature string) {
			at = at.Add(time.Duration(1+rng.ExpFloat64()*6) * time.Millisecond)
			lines = append(lines, FlowRow{IsBase: isBase, TraceID: fmt.Sprintf("%v-%06d", isBase, i), Service: service, SignatureID: signature, TS: at})
		}
		log("front", "F-in")
		log("basket", "B-in")
		log("price", "P-in")
		if rng.IntN(3) > 0 {
			log("price", "P-cache") // not in every request
		}
		log("price", "P-out")
		log("basket", "B-priced")
		log("stock", "K-in")
		log("stock", "K-out")
		log("basket", "B-out")
		log("front", "F-out")
		if spoil != nil {
			lines = spoil(i, lines)
		}
		out = append(out, lines...)
	}
	return out
}

func lacking(lines []FlowRow, signatures ...string) []FlowRow {
	var out []FlowRow
	for _, l := range lines {
		if !strings.Contains(" "+strings.Join(signatures, " ")+" ", " "+l.SignatureID+" ") {
			out = append(out, l)
		}
	}
	return out
}

// What a fault leaves out or slows down names the service, without an error.
func TestFlowNamesTheService(t *testing.T) {
	start := at("2026-11-05 13:00:00")
	graph := ServiceGraph(GraphInput{Config: []Edge{{"front", "basket"}, {"basket", "price"}, {"basket", "stock"}}})
	late := func(after string, d time.Duration) func(int, []FlowRow) []FlowRow {
		return func(i int, lines []FlowRow) []FlowRow {
			moved := time.Duration(0)
			for k := range lines {
				lines[k].TS = lines[k].TS.Add(moved)
				if lines[k].SignatureID == after && i >= 100 {
					moved = d
				}
			}
			return lines
		}
	}
	for _, c := range []struct {
		name, root, says string
		spoil            func(i int, lines []FlowRow) []FlowRow
	}{
		{"a line is missing", "price", "“P-out” no longer follows", func(i int, lines []FlowRow) []FlowRow {
			if i >= 100 {
				return lacking(lines, "P-out")
			}
			return lines
		}},
		{"everything after a line is missing", "price", "“P-out” no longer follows", func(i int, lines []FlowRow) []FlowRow {
			if i >= 100 {
				return lacking(lines, "P-out", "B-priced", "K-in", "K-out", "B-out", "F-out")
			}
			return lines
		}},
		{"called and silent", "stock", "it logs nothing after “B-priced” of basket, which goes on", func(i int, lines []FlowRow) []FlowRow {
			if i >= 100 {
				return lacking(lines, "K-in", "K-out")
			}
			return lines
		}},
		{"it stops before a call", "basket", "it logs nothing more after “B-priced”", func(i int, lines []FlowRow) []FlowRow {
			if i >= 100 {
				return lacking(lines, "K-in", "K-out", "B-out", "F-out")
			}
			return lines
		}},
		{"a slow step", "stock", "it took more than", late("K-in", 400*time.Millisecond)},
		{"a slow way back", "price", "it took more than", late("P-out", 400*time.Millisecond)},
		{"as ever", "", "", nil},
	} {
		in := newCascadeCase(start.Add(100*time.Second), time.Time{}).in
		in.Graph = graph
		in.Baseline = []CascadeBaselineRow{{IncidentID: "INC", Service: "front", ObservedS: 604800}}
		in.Flow = func(string) []FlowRow {
			return append(flowShop(1, 300, start.Add(-time.Hour), true, nil), flowShop(2, 300, start, false, c.spoil)...)
		}
		in.Template = func(s string) string { return s }
		got := Cascades(in).Cascades[0]
		root, evidence := "", ""
		if len(got.Steps) > 0 {
			root, evidence = got.Steps[0].Service, got.Steps[0].Evidence
		}
		if root != c.root || !strings.Contains(evidence, c.says) {
			t.Errorf("%s: root %q, want %q: %s", c.name, root, c.root, evidence)
		}
		if c.root == "" {
			if got.Verdict != CascadeNoEvidence {
				t.Errorf("%s: %s", c.name, got.Verdict)
			}
			continue
		}
		if d := got.Onset.Sub(start.Add(100 * time.Second)); d < 0 || d > 3*time.Second {
			t.Errorf("%s: onset %v off", c.name, d)
		}
	}
}

// Requests that pass as before tell nothing, however often they are read.
func TestFlowFalseAlarms(t *testing.T) {
	named := 0
	for k := range 200 {
		start := at("2026-11-05 13:00:00")
		rows := append(flowShop(uint64(2*k), 120, start.Add(-time.Hour), true, nil), flowShop(uint64(2*k+1), 400, start, false, nil)...)
		if f := readFlows(rows, nil, Graph{}); len(f.by) > 0 {
			named++
		}
	}
	t.Logf("named in %d of 200 windows without a fault", named)
	if named > 2 {
		t.Errorf("named in %d of 200 windows without a fault", named)
	}
	if f := readFlows(flowShop(1, 50, at("2026-11-05 13:00:00"), false, nil), nil, Graph{}); len(f.by)+len(f.judged) > 0 {
		t.Error("nothing is known of before, and something is said")
	}
}
