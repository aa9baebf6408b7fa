package world

import (
	"fmt"
	"time"
)

// inventorySync writes the job that starts at 17:00 and holds a table lock
// until shortly before 19:00. On the days it did not run it writes nothing.
func (d *day) inventorySync() {
	start, ok := d.p.syncStart[d.i]
	if !ok {
		return
	}
	end := d.p.syncEnd[d.i]
	rows := 46000 + d.r.IntN(5000)
	d.inventory(start, "info", "inventory-sync", "inventory-sync started", fmt.Sprintf(" run=%s rows=%d mode=full", hex(d.r, 8), rows))
	d.inventory(start.Add(ms(2200+d.r.IntN(1500))), "info", "inventory-sync", "reconcile transaction opened", " table=stock_level lock=exclusive")
	done := 0
	for t := start.Add(12 * time.Minute); t.Before(end.Add(-5 * time.Minute)); t = t.Add(11*time.Minute + time.Duration(d.r.IntN(120))*time.Second) {
		done += 3500 + d.r.IntN(900)
		d.inventory(t, "info", "inventory-sync", "reconcile progress", fmt.Sprintf(" rows=%d total=%d", min(done, rows), rows))
	}
	d.inventory(end, "info", "inventory-sync", "inventory-sync finished", fmt.Sprintf(" rows=%d took=%s", rows, end.Sub(start).Round(time.Second)))
}

// priceExport is the decoy every 24 h 05 min: it works five minutes, then
// sleeps a day. About one run in three ends in an error.
func (d *day) priceExport() {
	if d.p.exportFirst.IsZero() {
		return
	}
	for t := d.p.exportFirst; t.Before(d.until); t = t.Add(exportEvery) {
		if t.Before(d.from) {
			continue
		}
		d.syslog(t, "app2", "price-export[2231]", fmt.Sprintf("price-export started, %d articles", 14000+d.r.IntN(900)))
		if d.r.IntN(100) < 35 {
			d.syslog(t.Add(time.Duration(100+d.r.IntN(80))*time.Second), "app2", "price-export[2231]",
				fmt.Sprintf("error: price-export: partner feed answered 429 for chunk %d, giving up", d.r.IntN(60)))
		}
		d.syslog(t.Add(5*time.Minute), "app2", "price-export[2231]", "price-export done, sleeping 86400 s")
	}
}

// settling says whether the weekly settlement is swapping certificates.
func (d *day) settling(t time.Time) bool {
	return d.p.monday && t.Weekday() == time.Monday &&
		within(t, d.w.at(d.i, "09:00:04"), d.w.at(d.i, "09:18:30"))
}

// settlement writes the Monday job itself and makes sure that somebody meets it.
func (d *day) settlement() {
	if !d.p.monday || d.from.Weekday() != time.Monday {
		return
	}
	start := d.w.at(d.i, "09:00:00").Add(ms(300 + d.r.IntN(900)))
	d.payment(start, "INFO", "settlement-1", "settlement.SettlementBatch", fmt.Sprintf("Weekly settlement batch started, %d transactions", 6000+d.r.IntN(2500)), "")
	d.payment(d.w.at(d.i, "09:18:40").Add(time.Duration(d.r.IntN(60))*time.Second), "INFO", "settlement-1", "settlement.SettlementBatch",
		fmt.Sprintf("Weekly settlement batch finished, %d files sent", 3+d.r.IntN(4)), "")
	for _, s := range []int{9 + d.r.IntN(20), 45 + d.r.IntN(40), 160 + d.r.IntN(60), 380 + d.r.IntN(200), 700 + d.r.IntN(200)} {
		d.refused(d.newOrder(start.Add(time.Duration(s) * time.Second)))
	}
}

// redisCascade is the out-of-memory: redis, then session, cart and gateway.
func (d *day) redisCascade() {
	if !within(d.p.oom, d.from, d.until) {
		return
	}
	oom, end := d.p.oom, d.p.oomEnd
	for _, t := range every(d.r, oom, end, 9*time.Second) {
		d.syslog(t, "cache1", "redis[812]", fmt.Sprintf("# Error: OOM command not allowed when used memory > 'maxmemory': used=4096M maxmemory=4096M client=%d", 60+d.r.IntN(50)))
	}
	for _, t := range every(d.r, oom.Add(5*time.Second+ms(112)), end.Add(20*time.Second), 2200*time.Millisecond) {
		d.session(t, "ERROR", "store", "session "+hex(d.r, 16)+" not stored: redis cache1:6379 did not answer",
			"Traceback (most recent call last):\n"+
				"  File \"/srv/session/store.py\", line 118, in put\n"+
				"    self._redis.set(key, blob, ex=ttl)\n"+
				"session.store.ConnectionTimeout: redis cache1:6379 did not answer within 5.0 s")
	}
	for _, t := range every(d.r, oom.Add(10*time.Second+ms(431)), end.Add(25*time.Second), 3*time.Second) {
		d.cart(t, "ERROR", "api.CartController", fmt.Sprintf("Cart of user %d could not be loaded, showing an empty one", 100000+d.r.IntN(60000)), hex(d.r, 32),
			`{"type":"java.lang.NullPointerException","message":"Cannot invoke \"Session.user()\" because \"session\" is null","stack_trace":"java.lang.NullPointerException: Cannot invoke \"Session.user()\" because \"session\" is null\n\tat com.shop.cart.api.CartController.load(CartController.java:77)\n\tat com.shop.cart.api.CartController.get(CartController.java:52)"}`)
	}
	// Until the gateway opens its circuit, visitors see empty carts.
	for _, t := range every(d.r, oom.Add(11*time.Second), oom.Add(203*time.Second), 2*time.Second) {
		d.gateway(t, "GET", "/api/cart/"+itoa(100000+d.r.IntN(60000)), 200, 31, ms(5004+d.r.IntN(40)), hex(d.r, 32))
	}
	for _, t := range every(d.r, oom.Add(204*time.Second), end.Add(30*time.Second), 1300*time.Millisecond) {
		path := "/api/cart/" + itoa(100000+d.r.IntN(60000))
		if d.r.IntN(4) == 0 {
			path = "/api/checkout"
		}
		d.gateway(t, "POST", path, 503, 160, ms(1+d.r.IntN(3)), hex(d.r, 32))
	}
	d.syslog(end, "cache1", "redis[812]", "* CONFIG SET maxmemory 6144M by operator")
}

// feedFailure follows a change of configuration by two hours: the feed is
// fetched every four minutes once the partner switches over.
func (d *day) feedFailure() {
	for t := d.w.at(d.i, "05:30:00"); t.Before(d.w.at(d.i, "20:00:00")); t = t.Add(15 * time.Minute) {
		if !within(t, d.p.feedStart, d.p.feedEnd) {
			d.inventory(t.Add(ms(d.r.IntN(4000))), "info", "inventory", "warehouse feed read", fmt.Sprintf(" records=%d took=%dms", 300+d.r.IntN(2000), 200+d.r.IntN(900)))
		}
	}
	if !within(d.p.feedStart, d.from, d.until) {
		return
	}
	for _, t := range every(d.r, d.p.feedStart, d.p.feedEnd, 22*time.Second) {
		d.inventory(t.Add(ms(d.r.IntN(900))), "error", "inventory", "warehouse feed rejected",
			fmt.Sprintf(` error_type=FeedSchemaError err="unknown field lot_no in record %d" feed=%s`, d.r.IntN(2000), pick(d.r, warehouses)))
	}
}

// poolGauge writes checkout's connection pool every ten minutes.
func (d *day) poolGauge() {
	for t := d.from.Add(90 * time.Second); t.Before(d.until); t = t.Add(10 * time.Minute) {
		if within(t, d.p.poolDeploy, d.p.poolEnd) {
			continue // see poolFailure
		}
		d.checkout(t.Add(ms(d.r.IntN(800))), "INFO", fmt.Sprintf("pool active=%d max=50 waiting=0", 2+d.r.IntN(9)), "", "")
	}
}

// poolFailure is the exhaustion that the shop has seen in July: connections
// leak from the release on, until none is left.
func (d *day) poolFailure() {
	if !within(d.p.poolStart, d.from, d.until) {
		return
	}
	span := d.p.poolStart.Sub(d.p.poolDeploy).Seconds()
	for t := d.p.poolDeploy.Add(2 * time.Minute); t.Before(d.p.poolStart); t = t.Add(3 * time.Minute) {
		active := 5 + int(44*t.Sub(d.p.poolDeploy).Seconds()/span)
		d.checkout(t, "INFO", fmt.Sprintf("pool active=%d max=50 waiting=0", min(49, active)), "", "")
	}
	for t := d.p.poolStart.Add(-6 * time.Second); t.Before(d.p.poolEnd); t = t.Add(20*time.Second + ms(d.r.IntN(9000))) {
		d.checkout(t, "WARN", fmt.Sprintf("pool active=50 max=50 waiting=%d", 11+d.r.IntN(60)), "", "")
	}
}

// outage is the decoy of one night: the database of inventory is gone and
// every worker says so, more than 20,000 times.
func (d *day) outage() {
	if !within(d.p.outageStart, d.from, d.until) {
		return
	}
	for _, t := range every(d.r, d.p.outageStart, d.p.outageEnd, 205*time.Millisecond) {
		d.inventory(t, "error", "inventory", "database connection failed",
			fmt.Sprintf(` error_type=ConnectionRefused err="dial tcp 10.20.0.14:5432: connect: connection refused" worker=%d attempt=%d`, d.r.IntN(24), 1+d.r.IntN(900)))
	}
}
