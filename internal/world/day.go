package world

import (
	"math/rand/v2"
	"strconv"
	"time"
)

// day invents the lines of one local day. Days are independent of each other
// given the plan, so that they can be made in parallel.
type day struct {
	w           *World
	p           *plan
	i           int
	r           *rand.Rand
	from, until time.Time
	logs        [logCount]sheet
	attempts    int // checkout attempts of the day that reached checkout
}

func itoa(n int) string { return strconv.Itoa(n) }

// newDay fills all logs of day i.
func newDay(w *World, i int) *day {
	d := &day{w: w, p: &w.plan, i: i, r: w.rng(1000 + uint64(i)), from: w.midnight(i), until: w.midnight(i + 1)}
	d.orders()
	d.browsing()
	d.carts()
	d.sessions()
	d.machines()
	d.inventorySync()
	d.priceExport()
	if !w.opt.EveningOnly {
		d.redisCascade()
		d.feedFailure()
		d.poolFailure()
		d.outage()
		d.settlement()
	}
	d.restarts()
	d.oddities()
	return d
}

// scale is the size of this world against the demo, for chatter that does not
// follow orders.
func (d *day) scale() float64 { return min(1, d.w.opt.WeekdayOrders/1500) }

func within(t, from, until time.Time) bool {
	return !from.IsZero() && !t.Before(from) && t.Before(until)
}

// pageMix is what visitors look at.
var pages = []string{"/", "/p/%d", "/p/%d", "/p/%d", "/c/%d", "/search?q=%s", "/static/app.js", "/img/%d.webp", "/help/returns"}

var words = []string{"lamp", "desk+chair", "blue+mug", "rug", "plant+pot", "shelf", "curtain", "pillow", "kettle"}

// browsing writes the gateway's lines that lead nowhere, and health checks.
func (d *day) browsing() {
	perDay := d.ordersPerDay() * 1.1
	for _, t := range arrivals(d.r, d.from, d.until, perDay) {
		path := pick(d.r, pages)
		switch {
		case path == "/search?q=%s":
			path = "/search?q=" + pick(d.r, words)
		case len(path) > 2 && path[len(path)-1] != 's':
			path = fillNumber(path, 1000+d.r.IntN(90000))
		}
		status := 200
		switch n := d.r.IntN(1000); {
		case n < 40:
			status = 304
		case n < 52:
			status = 404
		case n < 53:
			status = 499
		}
		d.gateway(t, "GET", path, status, 300+d.r.IntN(40000), ms(2+d.r.IntN(90)), hex(d.r, 32))
	}
	for t := d.from.Add(ms(d.r.IntN(60000))); t.Before(d.until); t = t.Add(5 * time.Minute) {
		d.gateway(t, "GET", "/healthz", 200, 2, ms(1), hex(d.r, 32))
	}
}

// fillNumber puts n in the place of %d.
func fillNumber(path string, n int) string {
	for i := 0; i+1 < len(path); i++ {
		if path[i] == '%' && path[i+1] == 'd' {
			return path[:i] + itoa(n) + path[i+2:]
		}
	}
	return path
}

func (d *day) ordersPerDay() float64 {
	if isWeekend(d.from) {
		return d.w.opt.WeekendOrders
	}
	return d.w.opt.WeekdayOrders
}
