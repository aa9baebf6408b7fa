package world

import (
	"math"
	"math/rand/v2"
	"strconv"
)

// Values of a Bench come back as those of real logs do. Measured on Loghub-2k,
// OpenStack, Nezha, Kafka and an Apache log: of the tokens with a digit behind
// the stamp .66 to .98 stood in the same file before (HDFS: .35), and gzip -6
// makes one service's file 10 to 19 times smaller (HDFS: 5). A Bench stays on
// the hard side of that: 9.1 times over all services. Of the paths in the
// messages of Loghub-2k .95 hold a number, and a message has two values
// (median); a day that ignores the first makes seven times as many forms of
// line as public logs do.
const (
	recentIDs  = 128 // ids that are alive at a time
	reuseShare = .75 // of ids that were seen before: four lines an id
	clientsOf  = 3000
	nodesOf    = 24
	routesOf   = 300
)

// values are what the lines of one service speak of.
type values struct {
	r        *rand.Rand
	clients  []client
	nodes    []string
	routes   []route
	sessions [recentIDs]string // hex
	requests [recentIDs]string // uuid
	entities [recentIDs]int64
	last     int64 // entity: they are counted up
	pids     [4]string
}

type client struct{ address, agent string }

type route struct {
	path     string
	isObject bool // an entity's number follows
	size     int64
}

func newValues(r *rand.Rand) *values {
	v := &values{r: r, last: 1_000_000 + r.Int64N(8_000_000)}
	for range clientsOf {
		address := pick(r, networks) + itoa(1+r.IntN(253))
		v.clients = append(v.clients, client{address, pick(r, agents)})
	}
	for range nodesOf {
		v.nodes = append(v.nodes, "10.20."+itoa(r.IntN(8))+"."+itoa(1+r.IntN(253)))
	}
	for range routesOf {
		v.routes = append(v.routes, route{
			path:     "/" + pick(r, benchNouns) + "s/" + pick(r, benchVerbs) + "/",
			isObject: r.IntN(3) == 0, size: v.skewed(4000),
		})
	}
	for i := range recentIDs {
		v.sessions[i], v.requests[i], v.entities[i] = v.session(), v.request(), v.entity()
	}
	for i := range v.pids {
		v.pids[i] = itoa(300 + r.IntN(9000))
	}
	return v
}

func (v *values) session() string { return "0x" + hex(v.r, 12) }

func (v *values) request() string {
	h := hex(v.r, 32)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

func (v *values) entity() int64 {
	v.last += 1 + v.r.Int64N(9)
	return v.last
}

// recent gives one of the ids that are alive, which change places: the one
// spoken of last comes first and is spoken of most. Now and then a fresh one
// takes the place of one that is done.
func recent[T any](r *rand.Rand, alive *[recentIDs]T, fresh func() T) T {
	u := r.Float64()
	i := int(u * u * u * recentIDs)
	if r.Float64() >= reuseShare {
		alive[recentIDs-1] = fresh()
		i = recentIDs - 1
	}
	alive[0], alive[i] = alive[i], alive[0]
	return alive[0]
}

// few draws from many, the first far more often than the last.
func few[T any](r *rand.Rand, from []T) *T {
	u := r.Float64()
	return &from[int(u*u*u*float64(len(from)))]
}

// skewed is a positive number of about the given median: durations and sizes
// are spread by factors.
func (v *values) skewed(median float64) int64 {
	return 1 + int64(median*math.Exp(v.r.NormFloat64()))
}

// appendHole writes a value of a kind.
func (v *values) appendHole(b []byte, kind string) []byte {
	switch kind {
	case "int":
		return strconv.AppendInt(b, v.skewed(20), 10)
	case "entity":
		return strconv.AppendInt(b, recent(v.r, &v.entities, v.entity), 10)
	case "size":
		return strconv.AppendInt(b, few(v.r, v.routes).size, 10)
	case "hex":
		return append(b, recent(v.r, &v.sessions, v.session)...)
	case "ip":
		return append(b, few(v.r, v.clients).address...)
	case "node":
		return append(b, pick(v.r, v.nodes)...)
	case "dur":
		return append(strconv.AppendInt(b, v.skewed(40), 10), "ms"...)
	case "path":
		b = append(b, few(v.r, v.routes).path...)
		if v.r.IntN(20) == 0 {
			return b
		}
		return strconv.AppendInt(b, recent(v.r, &v.entities, v.entity), 10)
	}
	return append(b, recent(v.r, &v.requests, v.request)...)
}

func (v *values) appendRoute(b []byte, t *route) []byte {
	b = append(b, t.path...)
	if t.isObject {
		b = strconv.AppendInt(b, recent(v.r, &v.entities, v.entity), 10)
	}
	return b
}
