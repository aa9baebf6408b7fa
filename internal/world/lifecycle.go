package world

import (
	"fmt"
	"time"
)

// restarts writes what services say when a deploy, a rollback or a restart
// brings them up again.
func (d *day) restarts() {
	for _, c := range d.p.changes {
		if !within(c.start, d.from, d.until) || c.kind == "config" || c.kind == "flag" || c.status == "failed" {
			continue
		}
		t := c.start.Add(ms(4000 + d.r.IntN(9000)))
		version := c.version
		if version == "" {
			version = "unchanged"
		}
		d.startup(c.service, version, t)
	}
}

func (d *day) startup(service, version string, t time.Time) {
	switch service {
	case "checkout":
		d.checkout(t, "INFO", "shutting down", "", `,"signal":"terminated"`)
		d.checkout(t.Add(ms(3100)), "INFO", "listening", "", fmt.Sprintf(`,"addr":":8080","version":"%s"`, version))
	case "payment":
		d.payment(t, "INFO", "SpringApplicationShutdownHook", "PaymentApplication", "Commencing graceful shutdown", "")
		d.payment(t.Add(ms(9000)), "INFO", "main", "PaymentApplication",
			fmt.Sprintf("Started PaymentApplication version %s in %d.%03d seconds", version, 6+d.r.IntN(4), d.r.IntN(1000)), "")
	case "inventory":
		d.inventory(t.Add(ms(2500)), "info", "inventory", "server started", fmt.Sprintf(" addr=:8090 version=%s", version))
	case "cart":
		d.cart(t.Add(ms(7000)), "INFO", "CartApplication", fmt.Sprintf("Started CartApplication version %s in %d ms", version, 5000+d.r.IntN(3000)), "", "")
	case "session":
		d.session(t.Add(ms(1500)), "INFO", "main", "worker started, version "+version, "")
	}
}

// oddities are errors that happen once or a few times in eight weeks: every
// real log has them, and none of them is a pattern.
func (d *day) oddities() {
	n := poisson(d.r, 2.2*d.scale())
	for range n {
		t := d.from.Add(time.Duration(d.r.Int64N(int64(23 * time.Hour))))
		switch d.r.IntN(4) {
		case 0:
			d.checkout(t, "ERROR", pick(d.r, checkoutOddities), hex(d.r, 32), "")
		case 1:
			d.payment(t, "ERROR", "http-nio-8082-exec-"+itoa(1+d.r.IntN(24)), "web.ErrorHandler", pick(d.r, paymentOddities), "")
		case 2:
			d.inventory(t, "error", "inventory", pick(d.r, inventoryOddities), fmt.Sprintf(" sku=%d", 10000+d.r.IntN(4000)))
		default:
			d.session(t, "ERROR", "api", pick(d.r, sessionOddities), "")
		}
	}
}

var checkoutOddities = []string{
	"voucher service answered with html", "negative basket total corrected", "unexpected currency in basket",
	"mail queue refused message", "tax table has no entry for country", "duplicate submit ignored after 2 attempts",
}

var paymentOddities = []string{
	"Cannot parse callback: unexpected end of input", "Unknown webhook event type refund.reversed",
	"Idempotency key reused with another amount", "Broken pipe while writing response", "Locale xx is not supported",
}

var inventoryOddities = []string{
	"negative stock level corrected", "barcode has wrong check digit", "warehouse clock is ahead", "bundle refers to itself",
}

var sessionOddities = []string{
	"cookie could not be decoded", "token signed with retired key", "user agent longer than 4096 bytes dropped", "clock of client is off by 3 days",
}
