package finding

import (
	"math"
	"sort"
	"time"

	"almanac/internal/stat"
)

// CallRow is a row of page/window_calls: one request that two services logged.
type CallRow struct {
	Caller  string  `db:"caller"`
	Callee  string  `db:"callee"`
	OffsetS float64 `db:"offset_s"` // callee's clock ahead of the caller's
	SlackS  float64 `db:"slack_s"`  // by how much the caller's lines span longer
}

// Clocks says how far the clocks of services are apart, as their own logs of
// shared requests show it.
type Clocks struct {
	Ahead map[string]time.Duration // against the reference of its part of the graph
	part  map[string]int
	Max   time.Duration // largest difference between two of them
	Calls int           // requests it rests on
}

const (
	// minCalls is the number of shared requests that measure a pair of clocks.
	minCalls = 5
	// minOffset is what two ends of one request may differ by without a skew:
	// a caller logs before it sends and after it has read.
	minOffset = time.Second
)

// MeasureClocks takes, for each pair of services, the median over requests
// of ((received-sent)+(response-back))/2 and walks the pairs breadth-first
// from the best known service (statistics.md part D). Differences below a
// second are none; a service without enough shared requests stays unknown.
func MeasureClocks(calls []CallRow) Clocks {
	c := Clocks{Ahead: map[string]time.Duration{}, part: map[string]int{}}
	by := map[Edge][]float64{}
	for _, r := range calls {
		if r.Caller == "" || r.Callee == "" || r.SlackS < 0 || math.IsNaN(r.OffsetS) || math.IsNaN(r.SlackS) {
			continue // not enclosed: work that went on after the answer
		}
		x := r.OffsetS
		if math.Abs(x) <= r.SlackS/2 {
			x = 0 // equal clocks explain it
		}
		by[Edge{r.Caller, r.Callee}] = append(by[Edge{r.Caller, r.Callee}], x)
	}
	type link struct {
		to     string
		offset float64
		n      int
	}
	links := map[string][]link{}
	for e, x := range by {
		// Of a pair seen both ways, the way with more requests counts.
		if back := len(by[Edge{e.Callee, e.Caller}]); len(x) < minCalls || back > len(x) || back == len(x) && e.Callee < e.Caller {
			continue
		}
		m := stat.Median(x)
		if 1.4826*stat.MAD(x) > math.Abs(m)/5+.2 {
			continue // a skew is the same in every request; this is not one
		}
		links[e.Caller] = append(links[e.Caller], link{e.Callee, m, len(x)})
		links[e.Callee] = append(links[e.Callee], link{e.Caller, -m, len(x)})
		c.Calls += len(x)
	}
	names := make([]string, 0, len(links))
	for s := range links {
		names = append(names, s)
		sort.Slice(links[s], func(a, b int) bool {
			x, y := links[s][a], links[s][b]
			return x.n > y.n || x.n == y.n && x.to < y.to
		})
	}
	sort.Slice(names, func(a, b int) bool {
		x, y := len(links[names[a]]), len(links[names[b]])
		return x > y || x == y && names[a] < names[b]
	})
	for k, root := range names {
		if _, ok := c.part[root]; ok {
			continue
		}
		c.part[root], c.Ahead[root] = k+1, 0
		queue := []string{root}
		for len(queue) > 0 {
			s := queue[0]
			queue = queue[1:]
			for _, l := range links[s] {
				if _, ok := c.part[l.to]; ok {
					continue
				}
				c.part[l.to] = k + 1
				c.Ahead[l.to] = c.Ahead[s] + time.Duration(l.offset*float64(time.Second))
				queue = append(queue, l.to)
			}
		}
	}
	c.settle(names)
	return c
}

// settle drops what is too small to be a skew and measures the largest
// difference.
func (c *Clocks) settle(names []string) {
	most := map[int][2]time.Duration{}
	for _, s := range names {
		if c.Ahead[s] > -minOffset && c.Ahead[s] < minOffset {
			c.Ahead[s] = 0
		}
		m := most[c.part[s]]
		most[c.part[s]] = [2]time.Duration{min(m[0], c.Ahead[s]), max(m[1], c.Ahead[s])}
	}
	for _, m := range most {
		c.Max = max(c.Max, m[1]-m[0])
	}
}

// apart is by how much two services' clocks may differ: as measured where
// both were, else as much as any two of the site do.
func (c Clocks) apart(a, b string) time.Duration {
	pa, oka := c.part[a]
	pb, okb := c.part[b]
	if oka && okb && pa == pb {
		return (c.Ahead[a] - c.Ahead[b]).Abs()
	}
	return c.Max
}

// unknown is the doubt that remains after the clocks were set right.
func (c Clocks) unknown(a, b string) time.Duration {
	pa, oka := c.part[a]
	pb, okb := c.part[b]
	if oka && okb && pa == pb {
		return 0
	}
	return c.Max
}
