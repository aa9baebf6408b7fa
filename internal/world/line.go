package world

import "time"

// The seven logs of the shop, each in the form its framework writes. Stamps
// of gateway, checkout, inventory and cart carry a zone or are UTC; those of
// payment, session and syslog are local and carry none.

// The logs, in the order of their folders.
const (
	logCart = iota
	logCheckout
	logGateway
	logInventory
	logPayment
	logSession
	logSyslog
	logCount
)

const plainStamp = "2006-01-02 15:04:05,000"

// gateway is a line of nginx, format combined plus request time and trace id.
func (d *day) gateway(at time.Time, method, path string, status, bytes int, took time.Duration, trace string) {
	d.logs[logGateway].printf(at, `%s - - [%s] "%s %s HTTP/1.1" %d %d "https://shop.example/" "%s" rt=%.3f trace_id=%s`,
		d.ip(), at.Format("02/Jan/2006:15:04:05 -0700"), method, path, status, bytes, pick(d.r, agents), took.Seconds(), trace)
}

// checkout is a line of Go's slog; more is raw JSON and begins with a comma.
func (d *day) checkout(at time.Time, level, msg, trace, more string) {
	if trace != "" {
		trace = `,"trace_id":"` + trace + `"`
	}
	d.logs[logCheckout].printf(at, `{"time":"%s","level":"%s","msg":%q,"service":"checkout"%s%s}`,
		at.Format("2006-01-02T15:04:05.000000-07:00"), level, msg, trace, more)
}

// payment is a line of logback; stack, if any, follows on lines of its own.
func (d *day) payment(at time.Time, level, thread, logger, msg, stack string) {
	if stack != "" {
		stack = "\n" + stack
	}
	d.logs[logPayment].printf(at, "%s [%s] %-5s com.shop.payment.%s - %s%s",
		at.Format(plainStamp), thread, level, logger, msg, stack)
}

// inventory is a line of logfmt; service tells the jobs from the server.
func (d *day) inventory(at time.Time, level, service, msg, more string) {
	d.logs[logInventory].printf(at, "ts=%s level=%s service=%s msg=%q%s",
		at.UTC().Format("2006-01-02T15:04:05.000Z"), level, service, msg, more)
}

// cart is a line of ECS JSON, nested; err is its raw "error" object or "".
func (d *day) cart(at time.Time, level, logger, msg, trace, err string) {
	if err != "" {
		err = `,"error":` + err
	}
	if trace != "" {
		trace = `,"trace":{"id":"` + trace + `"}`
	}
	d.logs[logCart].printf(at, `{"@timestamp":"%s","log":{"level":"%s","logger":"com.shop.cart.%s"},"process":{"pid":7,"thread":{"name":"cart-%d"}},"service":{"name":"cart","version":"4.4"},"message":%q%s%s,"ecs":{"version":"8.11"}}`,
		at.UTC().Format("2006-01-02T15:04:05.000Z"), level, logger, 1+d.r.IntN(16), msg, trace, err)
}

// session is a line of Python's logging.
func (d *day) session(at time.Time, level, logger, msg, stack string) {
	if stack != "" {
		stack = "\n" + stack
	}
	d.logs[logSession].printf(at, "%s %s session.%s: %s%s", at.Format(plainStamp), level, logger, msg, stack)
}

// syslog is a line of rsyslog's traditional file form: no year, no zone.
func (d *day) syslog(at time.Time, host, tag, msg string) {
	d.logs[logSyslog].printf(at, "%s %s %s: %s", at.Format("Jan _2 15:04:05"), host, tag, msg)
}

var agents = []string{
	"Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
	"Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
	"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
	"ShopApp/7.12 (Android 16; Pixel 9)",
	"ShopApp/7.11 (iOS 19.0)",
}

// ip draws an address of the three networks set aside for documentation.
func (d *day) ip() string {
	return pick(d.r, networks) + itoa(1+d.r.IntN(253))
}

var networks = []string{"203.0.113.", "198.51.100.", "192.0.2."}
