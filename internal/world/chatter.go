package world

import (
	"fmt"
	"math"
	"time"
)

// carts writes the cart's traffic: mostly reads and additions, and the decoy
// whose errors follow nothing but traffic.
func (d *day) carts() {
	for _, t := range arrivals(d.r, d.from, d.until, d.ordersPerDay()*1.15) {
		trace, user := hex(d.r, 32), 100000+d.r.IntN(60000)
		if within(t, d.p.oom.Add(10*time.Second), d.p.oomEnd) && !d.p.oom.IsZero() {
			continue // see redisCascade
		}
		took := ms(3 + d.r.IntN(60))
		status := 200
		switch n := d.r.IntN(1000); {
		case n < 8:
			status = 409
			d.cart(t, "ERROR", "store.CartRepository", fmt.Sprintf("Cart of user %d changed meanwhile, expected version %d", user, 2+d.r.IntN(40)), trace,
				`{"type":"com.shop.cart.store.VersionConflictException","message":"version conflict"}`)
		case n < 450:
			d.cart(t, "INFO", "api.CartController", fmt.Sprintf("Added sku %d x%d for user %d", 10000+d.r.IntN(4000), 1+d.r.IntN(4), user), trace, "")
		case n < 900:
			d.cart(t, "INFO", "api.CartController", fmt.Sprintf("Loaded cart of user %d with %d items in %d ms", user, d.r.IntN(12), took.Milliseconds()), trace, "")
		case n < 960:
			d.cart(t, "INFO", "price.PriceClient", fmt.Sprintf("Price of sku %d refreshed after %d s", 10000+d.r.IntN(4000), 60+d.r.IntN(900)), trace, "")
		default:
			d.cart(t, "DEBUG", "store.CartRepository", fmt.Sprintf("Evicted %d stale carts", 1+d.r.IntN(30)), "", "")
			continue
		}
		if d.r.IntN(10) < 7 {
			d.gateway(t.Add(took), pick(d.r, []string{"GET", "POST"}), "/api/cart/"+itoa(user), status, 90+d.r.IntN(2500), took, trace)
		}
	}
}

var firstNames = []string{"anna", "jonas", "mia", "ben", "lea", "paul", "elif", "noah"}

// sessions writes log-ins and refreshes, and the hourly clean-up while it lives.
func (d *day) sessions() {
	for _, t := range arrivals(d.r, d.from, d.until, d.ordersPerDay()*0.8) {
		user := 100000 + d.r.IntN(60000)
		switch n := d.r.IntN(1000); {
		case n < 600:
			d.session(t, "INFO", "api", fmt.Sprintf("session %s refreshed for user %d", hex(d.r, 16), user), "")
		case n < 930:
			d.session(t, "INFO", "auth", fmt.Sprintf("user %d logged in from %s in %d ms", user, d.ip(), 20+d.r.IntN(180)), "")
		case n < 985:
			d.session(t, "INFO", "api", fmt.Sprintf("session %s ended after %d s", hex(d.r, 16), 60+d.r.IntN(7000)), "")
		case n < 998:
			d.session(t, "WARNING", "auth", fmt.Sprintf("login failed for %s.%d@mail.example: wrong password", pick(d.r, firstNames), d.r.IntN(900)), "")
		default:
			d.session(t, "WARNING", "store", fmt.Sprintf("slow redis call GET took %d ms", 200+d.r.IntN(600)), "")
		}
	}
	d.cleanup()
}

// cleanup is the session-cleanup job: hourly, a little after the hour, until
// the deploy that loses it.
func (d *day) cleanup() {
	phase := 1*time.Minute + 58*time.Second
	for t := d.from.Add(phase); t.Before(d.until); t = t.Add(time.Hour) {
		at := t.Add(ms(d.r.IntN(1800)))
		if !d.p.cleanupStop.IsZero() && t.After(d.p.cleanupStop) {
			return
		}
		took := ms(4000 + d.r.IntN(9000))
		d.session(at, "INFO", "jobs", "session-cleanup started", "")
		d.session(at.Add(took), "INFO", "jobs", fmt.Sprintf("session-cleanup finished: removed %d expired sessions in %.1f s", 150+d.r.IntN(1900), took.Seconds()), "")
	}
}

// machines writes the file syslog: Redis's gauge every ten minutes, cron, systemd.
func (d *day) machines() {
	for t := d.from.Add(7 * time.Second); t.Before(d.until); t = t.Add(10 * time.Minute) {
		used, limit := d.redisMemory(t)
		d.syslog(t.Add(ms(d.r.IntN(1500))), "cache1", "redis[812]",
			fmt.Sprintf("* memory used=%dM max=%dM keys=%d clients=%d", used, limit, used*231+d.r.IntN(400), 60+d.r.IntN(50)))
	}
	for t := d.from.Add(17*time.Minute + time.Second); t.Before(d.until); t = t.Add(time.Hour) {
		d.syslog(t, "app1", "CRON["+itoa(10000+d.r.IntN(50000))+"]", "(root) CMD (cd / && run-parts --report /etc/cron.hourly)")
	}
	for t := d.from.Add(4*time.Minute + 2*time.Second); t.Before(d.until); t = t.Add(15 * time.Minute) {
		d.syslog(t.Add(ms(d.r.IntN(900))), "app1", "CRON["+itoa(10000+d.r.IntN(50000))+"]", "(metrics) CMD (/usr/local/bin/push-metrics --quiet)")
	}
	d.syslog(d.w.at(d.i, "06:25:01"), "app1", "CRON["+itoa(10000+d.r.IntN(50000))+"]", "(root) CMD (test -x /usr/sbin/anacron || run-parts --report /etc/cron.daily)")
	d.syslog(d.w.at(d.i, "06:25:03"), "app1", "systemd[1]", "Starting Rotate log files...")
	d.syslog(d.w.at(d.i, "06:25:04"), "app1", "systemd[1]", "Finished Rotate log files.")
	for range int(40 * d.scale()) {
		t := d.from.Add(time.Duration(d.r.Int64N(int64(23 * time.Hour))))
		d.syslog(t, "app1", "systemd[1]", fmt.Sprintf("Started Session %d of user deploy.", 1000+d.r.IntN(9000)))
	}
	for range int(30 * d.scale()) {
		t := d.from.Add(time.Duration(d.r.Int64N(int64(23 * time.Hour))))
		d.syslog(t, "cache1", "redis[812]", fmt.Sprintf("* %d changes in 300 seconds. Saving...", 10+d.r.IntN(9000)))
	}
	if !d.w.opt.EveningOnly {
		d.poolGauge()
	}
}

// redisMemory is the gauge in MB and its limit: steady while session-cleanup
// runs, then growing until it meets the limit at the out-of-memory.
func (d *day) redisMemory(t time.Time) (used, limit int) {
	h := float64(t.Hour()) + float64(t.Minute())/60
	base := 1750 + 140*math.Sin((h-9)/24*2*math.Pi) + d.r.NormFloat64()*12
	p := d.p
	switch {
	case p.oom.IsZero() || t.Before(p.cleanupStop):
		return int(base), 4096
	case t.Before(p.oom):
		part := t.Sub(p.cleanupStop).Seconds() / p.oom.Sub(p.cleanupStop).Seconds()
		return min(4094, int(base*(1-part)+4096*part)), 4096
	case t.Before(p.oomEnd):
		return 4096, 4096
	}
	return int(base + 300 + 6*t.Sub(p.oomEnd).Hours()), 6144
}
