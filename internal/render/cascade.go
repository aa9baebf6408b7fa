package render

import (
	"fmt"
	"math"

	"almanac/schemas"
)

// diagram is the order of failure as SVG: one row per service, the root on
// top, time since the root's onset to the right, on a scale that is linear up
// to a few seconds and logarithmic beyond.
type diagram struct {
	Width, Height int
	Aria          string
	Rows          []diagramRow
	Ticks         []diagramTick
}

type diagramRow struct {
	Y, X, End        int // dot, and where its errors end
	Service, Delay   string
	Template, Tip    string
	Root, Uncertain  bool
	Arrow            string // path from the service that explains it
	LabelX           int
	ServiceY, SmallY int
	Early            int  // where it may have begun at the earliest
	Silent           bool // logs nothing, but those that failed call it
}

type diagramTick struct {
	X    int
	Text string
}

const (
	diagramLeft  = 180
	diagramRight = 900
	diagramStep  = 46
)

func (f *facts) cascadeDiagram(steps []schemas.CascadeStep, suspects []string) *diagram {
	if len(steps) == 0 {
		return nil
	}
	if len(steps) > 20 {
		steps = steps[:20]
	}
	root := steps[0].OnsetTS
	since := func(us int64) float64 { return math.Max(0, float64(us-root)/1e6) }
	last := 10.0
	for _, s := range steps {
		last = math.Max(last, math.Max(since(s.OnsetTS), since(s.LastTS)))
	}
	x := func(sec float64) int {
		return diagramLeft + int(math.Round(math.Log1p(sec/3)/math.Log1p(last/3)*(diagramRight-diagramLeft-90)))
	}
	suspects = suspects[:min(len(suspects), 4)]
	d := &diagram{Width: diagramRight, Height: 38 + diagramStep*(len(steps)+len(suspects))}
	rowOf := map[string]int{}
	for i, s := range steps {
		row := diagramRow{
			Y: 42 + i*diagramStep, X: x(since(s.OnsetTS)), Service: plain(s.Service, 24),
			Template: plain(s.Template, 74), Root: i == 0,
			Uncertain: s.IsCertain != nil && !*s.IsCertain,
		}
		row.Early = min(row.X, x(since(s.EarliestTS)))
		row.End = max(row.X, x(since(s.LastTS)))
		row.ServiceY, row.SmallY, row.LabelX = row.Y+4, row.Y+19, row.X+12
		row.Delay = "root, " + f.clock(s.OnsetTS)
		if i > 0 {
			row.Delay = "+" + between(root, s.OnsetTS)
			if s.OnsetTS < root {
				row.Delay = between(root, s.OnsetTS)
			}
		}
		if row.Uncertain {
			row.Delay += ", order not certain"
		}
		row.Tip = row.Service + " from " + f.clock(s.OnsetTS) + ": " + row.Template
		if from, ok := rowOf[s.ExplainedBy]; ok && i > 0 {
			a := d.Rows[from]
			row.Arrow = fmt.Sprintf("M%d %d V%d H%d", a.X, a.Y+7, row.Y, max(row.X-8, a.X))
		}
		if _, ok := rowOf[s.Service]; !ok {
			rowOf[s.Service] = i
		}
		d.Rows = append(d.Rows, row)
	}
	for k, s := range suspects {
		y := 42 + (len(steps)+k)*diagramStep
		d.Rows = append(d.Rows, diagramRow{Y: y, X: x(0), End: x(0), Early: x(0), Service: plain(s, 24), Silent: true, Uncertain: true, ServiceY: y + 4, SmallY: y + 19,
			LabelX: x(0) + 12, Delay: "silent", Template: "logs no error; several that failed call it", Tip: plain(s, 40) + " logs no error; several that failed call it"})
	}
	for _, t := range []float64{0, 10, 60, 600, 3600, 6 * 3600, 86400, 7 * 86400} {
		if t <= last {
			d.Ticks = append(d.Ticks, diagramTick{x(t), tickText(t)})
		}
	}
	d.Aria = fmt.Sprintf("Order of failure: %s first, then %d more; the table below has the times", plain(steps[0].Service, 40), len(steps)-1)
	return d
}

func tickText(t float64) string {
	if t == 0 {
		return "0"
	}
	return "+" + duration(t)
}
