package world

import (
	"embed"
	"fmt"
	"strings"
	"time"
)

//go:embed postmortems/*.md
var postmortems embed.FS

// configText is the almanac.yaml of the world. Not every call between services
// is stated: payment -> inventory is there to be learnt from trace ids.
func (w *World) configText() string {
	var b strings.Builder
	b.WriteString(`# almanac.yaml of the invented shop. The files are described in README.txt.
site: Demo shop
zone: Europe/Berlin
lake: lake
report: report
`)
	fmt.Fprintf(&b, "now: %s   # the morning after the last day; a real site leaves this out\n", w.AsOf().Format(time.RFC3339))
	b.WriteString(`
sources:
  # Formats are recognised; stamps of the first four carry their own zone.
  - {name: gateway, kind: log, paths: ["logs/gateway/*"], service: gateway}
  - {name: checkout, kind: log, paths: ["logs/checkout/*"], service: checkout}
  - {name: inventory, kind: log, paths: ["logs/inventory/*"], service: inventory}
  - {name: cart, kind: log, paths: ["logs/cart/*"], service: cart}
  # These stamps carry no zone.
  - {name: payment, kind: log, paths: ["logs/payment/*"], service: payment, tz: Europe/Berlin}
  - {name: session, kind: log, paths: ["logs/session/*"], service: session, tz: Europe/Berlin}
  - {name: syslog, kind: log, paths: ["logs/syslog/*"], tz: Europe/Berlin}

  - name: deployments
    kind: change
    paths: ["changes/*.csv"]
    fields:
      - {to: started, from: [when]}
  - {name: config-changes, kind: change, paths: ["changes/*.jsonl"]}
  - {name: incidents, kind: incident, paths: ["incidents/*.jsonl"]}
`)
	if !w.opt.EveningOnly {
		b.WriteString("  - {name: postmortems, kind: incident, paths: [\"incidents/postmortems/*.md\"], tz: Europe/Berlin}\n")
	}
	b.WriteString(`
# Who calls whom, as far as somebody wrote it down.
services:
  - {name: gateway, calls: [checkout, cart]}
  - {name: checkout, calls: [payment]}
  - {name: cart, calls: [session]}
  - {name: session, calls: [redis]}
`)
	return b.String()
}

// readmeText explains the folder to somebody who finds it.
func (w *World) readmeText() string {
	return fmt.Sprintf(`An invented shop, seed %d: nothing in here happened.

Days       %s to %s, zone Europe/Berlin
Run as of  %s
Config     almanac.yaml
Logs       logs/<service>/, a file a day: older ones .gz or .zst, the last plain
Changes    changes/changes.csv, changes/config.jsonl
Incidents  incidents/incidents.jsonl, incidents/postmortems/*.md
Truth      truth.json: what was planted, for comparing; almanac does not read it

A few lines are broken, a file is cut short and another has CRLF line ends, as
in real folders; truth.json counts them.
`, w.opt.Seed, w.date(0), w.date(w.opt.Days-1), w.AsOf().Format("2006-01-02T15:04:05-07:00"))
}
