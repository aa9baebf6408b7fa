package world

import (
	"fmt"
	"time"
)

// order is one attempt to check out, with the ids its lines share.
type order struct {
	at         time.Time
	id, trace  string
	cents, sku int
	thread     string
}

// backgroundShare is the share of attempts that meet a lock at any hour: the
// story's errors are not unknown outside its window.
const backgroundShare = 0.0011

// orders writes every attempt of the day through gateway, checkout, payment
// and inventory, failing where the plan says so.
func (d *day) orders() {
	for _, t := range arrivals(d.r, d.from, d.until, d.ordersPerDay()) {
		d.attempt(d.newOrder(t), false)
	}
	if start, ok := d.p.syncStart[d.i]; ok {
		// Somebody always meets the lock within a minute or so of its taking.
		for _, s := range []int{14 + d.r.IntN(30), 60 + d.r.IntN(45), 150 + d.r.IntN(120)} {
			d.attempt(d.newOrder(start.Add(time.Duration(s)*time.Second+ms(d.r.IntN(1000)))), true)
		}
	}
	if at, ok := d.p.restart[d.i]; ok {
		// Nobody restarts what does not fail: it fails right up to the restart.
		for _, s := range []int{320 + d.r.IntN(60), 170 + d.r.IntN(60), 70 + d.r.IntN(40), 15 + d.r.IntN(20)} {
			d.attempt(d.newOrder(at.Add(-time.Duration(s)*time.Second)), true)
		}
	}
}

func (d *day) newOrder(t time.Time) order {
	return order{
		at: t, id: itoa(4000000 + d.i*9000 + d.r.IntN(9000)), trace: hex(d.r, 32),
		cents: 990 + d.r.IntN(24000), sku: 10000 + d.r.IntN(4000),
		thread: "http-nio-8082-exec-" + itoa(1+d.r.IntN(24)),
	}
}

// attempt decides what becomes of an order.
func (d *day) attempt(o order, locked bool) {
	p := d.p
	chance := d.r.Float64()
	switch {
	case within(o.at, p.oom.Add(204*time.Second), p.oomEnd) && !p.oom.IsZero():
		if chance < 0.85 {
			return // the gateway has opened its circuit: see redisCascade
		}
		d.succeed(o)
	case within(o.at, p.poolStart, p.poolEnd):
		d.starve(o, chance)
	case within(o.at, p.outageStart, p.outageEnd):
		d.unavailable(o)
	case d.settling(o.at) && chance < 0.6:
		d.refused(o)
	case locked || chance < d.lockShare(o.at):
		d.lockedOut(o)
	default:
		d.succeed(o)
	}
}

// lockShare is the share of attempts at t that fail on the lock.
func (d *day) lockShare(t time.Time) float64 {
	start, ran := d.p.syncStart[d.i]
	if !ran {
		if within(t, d.w.at(d.i, "16:30:00"), d.w.at(d.i, "19:30:00")) {
			return 0
		}
		return backgroundShare
	}
	if !within(t, start.Add(10*time.Second), d.p.syncEnd[d.i]) {
		return backgroundShare
	}
	if at, ok := d.p.restart[d.i]; ok && t.After(at) {
		return 0
	}
	return d.w.opt.FailShare
}

// succeed writes an order that goes well.
func (d *day) succeed(o order) {
	took := ms(120 + d.r.IntN(500))
	t := o.at
	d.begin(o, 0.4)
	if d.r.IntN(100) < 15 {
		d.checkout(t.Add(ms(14)), "INFO", pick(d.r, checkoutChatter), o.trace, fmt.Sprintf(`,"order_id":%s`, o.id))
	}
	d.inventory(t.Add(took/4), "info", "inventory", "stock reserved",
		fmt.Sprintf(" order=%s sku=%d qty=%d warehouse=%s took=%dms trace_id=%s", o.id, o.sku, 1+d.r.IntN(3), pick(d.r, warehouses), 3+d.r.IntN(40), o.trace))
	if d.r.IntN(10) < 2 {
		d.inventory(t.Add(took/4+ms(3)), "info", "inventory", "stock level changed",
			fmt.Sprintf(" sku=%d left=%d", o.sku, d.r.IntN(400)))
	}
	if d.r.IntN(100) < 2 {
		d.inventory(t.Add(took/4+ms(5)), "warn", "inventory", "stock level low",
			fmt.Sprintf(" sku=%d left=%d threshold=10", o.sku, d.r.IntN(10)))
	}
	if d.r.IntN(100) < 3 {
		d.payment(t.Add(took/2), "WARN", o.thread, "AuthorizationHandler",
			fmt.Sprintf("Card declined by issuer for order %s: code %d", o.id, 50+d.r.IntN(30)), "")
		d.checkout(t.Add(took), "WARN", "payment declined", o.trace, fmt.Sprintf(`,"order_id":%s,"amount_cents":%d`, o.id, o.cents))
		d.gateway(t.Add(took+ms(2)), "POST", "/api/checkout", 402, 188, took, o.trace)
		d.attempts++
		return
	}
	if d.r.IntN(10) < 3 {
		d.paymentChatter(t.Add(took/2+ms(9)), o)
	}
	d.payment(t.Add(took*3/4), "INFO", o.thread, "AuthorizationHandler",
		fmt.Sprintf("Authorised %d.%02d EUR for order %s in %d ms trace_id=%s", o.cents/100, o.cents%100, o.id, 40+d.r.IntN(260), o.trace), "")
	d.checkout(t.Add(took), "INFO", "order placed", o.trace,
		fmt.Sprintf(`,"order_id":%s,"amount_cents":%d,"items":%d,"duration_ms":%d`, o.id, o.cents, 1+d.r.IntN(6), took.Milliseconds()))
	d.gateway(t.Add(took+ms(2)), "POST", "/api/checkout", 201, 420+d.r.IntN(90), took, o.trace)
	d.attempts++
}

// begin writes, for a share of orders, the lines that callers write before
// they call: in such a trace checkout encloses payment, and payment inventory.
func (d *day) begin(o order, share float64) {
	if d.r.Float64() >= share {
		return
	}
	d.checkout(o.at.Add(ms(2)), "INFO", "order received", o.trace, fmt.Sprintf(`,"order_id":%s`, o.id))
	d.payment(o.at.Add(ms(19)), "DEBUG", o.thread, "InventoryClient", fmt.Sprintf("Confirming stock of order %s trace_id=%s", o.id, o.trace), "")
}

// paymentChatter is what a payment service says besides.
func (d *day) paymentChatter(t time.Time, o order) {
	switch d.r.IntN(5) {
	case 0, 1:
		d.payment(t, "INFO", o.thread, "threeds.ChallengeService", fmt.Sprintf("3-D Secure challenge for order %s answered by %s in %d s", o.id, pick(d.r, challenges), 4+d.r.IntN(50)), "")
	case 2:
		d.payment(t, "DEBUG", o.thread, "acquirer.AcquirerClient", fmt.Sprintf("POST https://acquirer.example/v3/authorisations/%s -> 200, %d bytes", hex(d.r, 12), 300+d.r.IntN(900)), "")
	case 3:
		d.payment(t, "INFO", "scheduler-"+itoa(1+d.r.IntN(4)), "token.TokenCache", fmt.Sprintf("Refreshed %d tokens, hit ratio 0.%02d", 10+d.r.IntN(300), 80+d.r.IntN(20)), "")
	default:
		d.payment(t, "INFO", o.thread, "risk.RiskScore", fmt.Sprintf("Risk score of order %s is %d (%s)", o.id, d.r.IntN(70), pick(d.r, risks)), "")
	}
}

var (
	challenges = []string{"app", "sms", "card reader"}
	risks      = []string{"known customer", "new address", "new device"}
)

var warehouses = []string{"BER", "HAM", "LEJ"}

var checkoutChatter = []string{
	"coupon applied", "address normalised", "fraud score computed", "shipping quote fetched", "invoice queued",
}

// lockedOut is the planted failure: inventory waits for the lock in vain, so
// payment times out twice, so checkout fails. Payment is the loudest, but not
// the first.
func (d *day) lockedOut(o order) {
	d.begin(o, 1)
	t := o.at.Add(ms(40 + d.r.IntN(60)))
	d.inventory(t.Add(ms(2010)), "error", "inventory", "lock wait timeout exceeded",
		fmt.Sprintf(" table=stock_level op=reserve sku=%d waited=%dms order=%s trace_id=%s", o.sku, 2000+d.r.IntN(15), o.id, o.trace))
	d.payment(t.Add(ms(3020)), "WARN", o.thread, "InventoryClient",
		fmt.Sprintf("No answer from inventory for order %s after 3000 ms, trying again", o.id), "")
	d.payment(t.Add(ms(6060)), "ERROR", o.thread, "InventoryClient",
		fmt.Sprintf("Stock confirmation for order %s failed after 2 attempts", o.id), "")
	d.payment(t.Add(ms(6075)), "ERROR", o.thread, "AuthorizationHandler",
		fmt.Sprintf("Payment timed out for order %s trace_id=%s", o.id, o.trace), timeoutStack(o))
	d.checkout(t.Add(ms(6110)), "ERROR", "checkout failed: payment timed out", o.trace,
		fmt.Sprintf(`,"order_id":%s,"amount_cents":%d,"error_type":"PaymentTimeout","duration_ms":%d`, o.id, o.cents, 6100+d.r.IntN(30)))
	d.gateway(t.Add(ms(6130)), "POST", "/api/checkout", 504, 160, ms(6130), o.trace)
	d.attempts++
}

func timeoutStack(o order) string {
	return "com.shop.payment.PaymentTimeoutException: order " + o.id + " not confirmed within 6000 ms\n" +
		"\tat com.shop.payment.AuthorizationHandler.confirm(AuthorizationHandler.java:148)\n" +
		"\tat com.shop.payment.AuthorizationHandler.authorise(AuthorizationHandler.java:91)\n" +
		"\tat org.springframework.web.servlet.FrameworkServlet.service(FrameworkServlet.java:885)\n" +
		"\tat java.base/java.lang.Thread.run(Thread.java:1583)\n" +
		"Caused by: java.net.SocketTimeoutException: Read timed out\n" +
		"\tat com.shop.payment.InventoryClient.reserve(InventoryClient.java:63)\n" +
		"\t... 4 common frames omitted"
}

// refused is Monday's failure: the acquirer's side refuses the certificate
// while the weekly settlement swaps it.
func (d *day) refused(o order) {
	t := o.at.Add(ms(60))
	d.inventory(t, "info", "inventory", "stock reserved",
		fmt.Sprintf(" order=%s sku=%d qty=1 warehouse=%s took=%dms trace_id=%s", o.id, o.sku, pick(d.r, warehouses), 3+d.r.IntN(40), o.trace))
	d.payment(t.Add(ms(240)), "WARN", o.thread, "acquirer.AcquirerClient",
		fmt.Sprintf("Acquirer closed the connection for order %s, trying again in 1500 ms", o.id), "")
	d.payment(t.Add(ms(1990)), "ERROR", o.thread, "acquirer.AcquirerClient",
		fmt.Sprintf("Acquirer refused authorisation of order %s trace_id=%s", o.id, o.trace),
		"com.shop.payment.acquirer.CertificateRefusedException: client certificate serial "+hex(d.r, 8)+" is not valid for settlement account\n"+
			"\tat com.shop.payment.acquirer.AcquirerClient.authorise(AcquirerClient.java:207)\n"+
			"\tat com.shop.payment.AuthorizationHandler.authorise(AuthorizationHandler.java:84)\n"+
			"\tat java.base/java.lang.Thread.run(Thread.java:1583)")
	d.checkout(t.Add(ms(2010)), "ERROR", "checkout failed: acquirer refused", o.trace,
		fmt.Sprintf(`,"order_id":%s,"error_type":"AcquirerRefused","duration_ms":%d`, o.id, 2030+d.r.IntN(30)))
	d.gateway(t.Add(ms(2030)), "POST", "/api/checkout", 502, 160, ms(2040), o.trace)
	d.attempts++
}

// starve is an order that finds no free database connection.
func (d *day) starve(o order, chance float64) {
	if chance > 0.8 {
		d.succeed(o)
		return
	}
	d.checkout(o.at.Add(ms(3004)), "ERROR", "could not acquire database connection: pool exhausted", o.trace,
		fmt.Sprintf(`,"order_id":%s,"error_type":"PoolExhausted","waited_ms":%d`, o.id, 3000+d.r.IntN(9)))
	d.gateway(o.at.Add(ms(3010)), "POST", "/api/checkout", 503, 160, ms(3010), o.trace)
	d.attempts++
}

// unavailable is an order during the night's big outage.
func (d *day) unavailable(o order) {
	d.checkout(o.at.Add(ms(900)), "ERROR", "checkout failed: inventory unavailable", o.trace,
		fmt.Sprintf(`,"order_id":%s,"error_type":"InventoryUnavailable"`, o.id))
	d.gateway(o.at.Add(ms(910)), "POST", "/api/checkout", 502, 160, ms(910), o.trace)
	d.attempts++
}
