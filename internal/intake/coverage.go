package intake

import (
	"cmp"
	"slices"
	"time"

	"almanac/schemas"
)

const (
	hourMicros = int64(time.Hour / time.Microsecond)
	dayMicros  = 24 * hourMicros
)

// earliest is the first instant believed of any record: 1990-01-01 UTC.
var earliest = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()

// dates names the UTC date of an instant and remembers the last answer: logs
// stay within a day for a long time.
type dates struct {
	day  int64
	text string
}

func (d *dates) of(ts int64) string {
	if ts == 0 {
		return schemas.Undated
	}
	day := floorDiv(ts, dayMicros)
	if d.text == "" || day != d.day {
		d.day, d.text = day, schemas.DateOf(ts)
	}
	return d.text
}

type hourCount struct{ lines, events, rejects int64 }

// hours counts lines, events and rejects by UTC hour of one source. What has
// no stamp is counted in the hour of the stamp before it.
type hours struct {
	by   map[int64]*hourCount
	hour int64
	last *hourCount
}

func (h *hours) at(ts int64) *hourCount {
	hour := ts - mod(ts, hourMicros)
	if h.last != nil && hour == h.hour {
		return h.last
	}
	if h.by == nil {
		h.by = map[int64]*hourCount{}
	}
	c := h.by[hour]
	if c == nil {
		c = &hourCount{}
		h.by[hour] = c
	}
	h.hour, h.last = hour, c
	return c
}

func (h *hours) event(ts int64)  { c := h.at(ts); c.lines++; c.events++ }
func (h *hours) reject(ts int64) { c := h.at(ts); c.lines++; c.rejects++ }
func (h *hours) line(ts int64)   { h.at(ts).lines++ }

// rows gives the coverage in order of time. Lines before the first stamp of
// the input are counted in its hour; with no stamp at all the hour is unset.
func (h *hours) rows(source string) []schemas.Coverage {
	keys := make([]int64, 0, len(h.by))
	for k := range h.by {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, cmp.Compare[int64])
	if len(keys) > 1 {
		if c, ok := h.by[0]; ok {
			i := slices.IndexFunc(keys, func(k int64) bool { return k != 0 })
			first := h.by[keys[i]]
			first.lines += c.lines
			first.rejects += c.rejects
			delete(h.by, 0)
			keys = slices.DeleteFunc(keys, func(k int64) bool { return k == 0 })
		}
	}
	out := make([]schemas.Coverage, 0, len(keys))
	for _, k := range keys {
		c := h.by[k]
		out = append(out, schemas.Coverage{
			EventDate: schemas.DateOf(k), Source: source, HourTS: k,
			Lines: schemas.Ptr(c.lines), Events: schemas.Ptr(c.events), Rejects: schemas.Ptr(c.rejects),
		})
	}
	return out
}

func mod(a, b int64) int64 { return ((a % b) + b) % b }

func floorDiv(a, b int64) int64 { return (a - mod(a, b)) / b }
