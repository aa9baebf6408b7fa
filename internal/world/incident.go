package world

import (
	"encoding/json"
	"io"
	"time"
)

// incident is one line of incidents/incidents.jsonl.
type incident struct {
	ID           string       `json:"id"`
	Title        string       `json:"title"`
	Services     []string     `json:"services"`
	Severity     string       `json:"severity"`
	Started      string       `json:"started,omitempty"`
	Detected     string       `json:"detected,omitempty"`
	Acknowledged string       `json:"acknowledged,omitempty"`
	Mitigated    string       `json:"mitigated,omitempty"`
	Resolved     string       `json:"resolved,omitempty"`
	RootCause    string       `json:"root_cause,omitempty"`
	Actions      []actionItem `json:"actions,omitempty"`
	Timeline     []remark     `json:"timeline,omitempty"`
	URL          string       `json:"url"`

	story string
}

type actionItem struct {
	Text   string `json:"text"`
	Kind   string `json:"kind,omitempty"`
	Owner  string `json:"owner,omitempty"`
	Due    string `json:"due,omitempty"`
	Status string `json:"status,omitempty"`
}

type remark struct {
	At   string `json:"at"`
	Text string `json:"text"`
}

// times are the clock times of an incident on one day; "" is unknown.
type times struct{ started, detected, acknowledged, mitigated, resolved string }

// on builds an incident on a local date.
func (w *World) on(id, story, date, title, severity string, services []string, t times) incident {
	stamp := func(clock string) string {
		if clock == "" {
			return ""
		}
		return w.at(w.index(date), clock).UTC().Format(time.RFC3339)
	}
	return incident{
		ID: id, story: story, Title: title, Severity: severity, Services: services,
		Started: stamp(t.started), Detected: stamp(t.detected), Acknowledged: stamp(t.acknowledged),
		Mitigated: stamp(t.mitigated), Resolved: stamp(t.resolved),
		URL: "https://status.shop.example/incidents/" + id,
	}
}

// incidents lists the records of the incident tool, oldest first.
func incidents(w *World, p *plan) []incident {
	if w.opt.EveningOnly {
		return []incident{w.on("INC-2113", "evening", "2026-10-22", "Checkout failing, payment times out", "sev2",
			[]string{"payment", "checkout"}, times{"17:02:00", "17:14:00", "17:19:00", "17:42:00", "19:05:00"})}
	}
	return append(olderIncidents(w), spanIncidents(w, p)...)
}

// olderIncidents lie before the first log line.
func olderIncidents(w *World) []incident {
	one := func(id, date, title, sev string, services []string, t times, cause string) incident {
		i := w.on(id, "", date, title, sev, services, t)
		i.RootCause = cause
		return i
	}
	return []incident{
		one("INC-2031", "2026-05-12", "Search returns no results", "sev3", []string{"search"}, times{"10:04:00", "10:21:00", "10:25:00", "10:58:00", "11:30:00"}, "Index alias pointed at an empty index"),
		one("INC-2034", "2026-05-28", "Product images missing", "sev4", []string{"web"}, times{"15:40:00", "16:02:00", "16:20:00", "", "17:10:00"}, "CDN purge with wildcard"),
		one("INC-2037", "2026-06-09", "Checkout slow", "sev3", []string{"checkout"}, times{"12:10:00", "12:31:00", "12:33:00", "13:05:00", "13:40:00"}, "Missing index after migration"),
		one("INC-2041", "2026-06-25", "Mails delayed by hours", "sev4", []string{"mail"}, times{"07:00:00", "09:45:00", "09:50:00", "11:00:00", "14:20:00"}, "Provider throttled us"),
		one("INC-2046", "2026-07-06", "Payment failures", "sev2", []string{"payment"}, times{"09:01:00", "09:09:00", "09:12:00", "", "09:22:00"}, ""),
		one("INC-2049", "2026-07-23", "Cart forgets items", "sev3", []string{"cart", "session"}, times{"20:15:00", "20:44:00", "20:51:00", "21:30:00", "22:02:00"}, "Session time-to-live set in seconds instead of minutes"),
		one("INC-2052", "2026-08-03", "Gateway restarts in a loop", "sev1", []string{"gateway"}, times{"03:12:00", "03:15:00", "03:26:00", "03:58:00", "04:20:00"}, "Bad regular expression in a rewrite rule"),
		one("INC-2056", "2026-08-19", "Wrong stock levels for Hamburg", "sev3", []string{"inventory"}, times{"06:00:00", "10:12:00", "10:15:00", "11:40:00", "13:00:00"}, "Feed read twice"),
		one("INC-2058", "2026-08-31", "Payment failures", "sev3", []string{"payment"}, times{"09:00:00", "09:07:00", "09:10:00", "", "09:20:00"}, ""),
		one("INC-2061", "2026-09-08", "Log-in not possible for some users", "sev2", []string{"session"}, times{"18:33:00", "18:41:00", "18:44:00", "19:10:00", "19:31:00"}, "Signing key rotated on one node only"),
	}
}

// spanIncidents lie inside the eight weeks; one is still open.
func spanIncidents(w *World, p *plan) []incident {
	pay := []string{"payment", "checkout"}
	monday := func(id, date string, t times) incident {
		return w.on(id, "monday", date, "Payment failures", "sev3", pay, t)
	}
	list := []incident{
		monday("INC-2101", "2026-09-21", times{"09:01:00", "09:06:00", "09:11:00", "", "09:21:00"}),
		w.on("INC-2102", "outage", outageDay, "Inventory database down", "sev1", []string{"inventory", "checkout"}, times{"02:14:00", "02:19:00", "02:31:00", "03:31:00", "04:10:00"}),
		monday("INC-2104", "2026-10-05", times{"09:00:00", "09:05:00", "09:08:00", "", "09:20:00"}),
		w.on("INC-2105", "evening", "2026-10-06", "Checkout failing in the evening, payment times out", "sev2", pay, times{"17:01:00", "17:16:00", "17:21:00", "17:43:00", "19:10:00"}),
		w.on("INC-2107", "config", feedDay, "Warehouse feed rejected, stock levels stale", "sev2", []string{"inventory"}, times{"12:32:00", "12:51:00", "12:55:00", "13:44:00", "14:05:00"}),
		w.on("INC-2108", "evening", "2026-10-15", "Checkout errors, payment restarted", "sev3", pay, times{"17:02:00", "17:19:00", "17:24:00", "17:32:00", "18:15:00"}),
		monday("INC-2109", "2026-10-19", times{"09:00:00", "09:08:00", "09:10:00", "", "09:19:00"}),
		monday("INC-2112", "2026-10-26", times{"09:01:00", "09:04:00", "09:09:00", "", "09:20:00"}),
		w.on("INC-2115", "pool", poolDay, "Checkout down: no database connections", "sev1", []string{"checkout"}, times{"11:27:00", "11:34:00", "11:37:00", "12:05:00", "12:40:00"}),
		monday("INC-2117", "2026-11-02", times{"09:00:00", "09:07:00", "09:12:00", "", "09:23:00"}),
		w.on("INC-2118", "redis", redisDay, "Shop answers 503, carts empty", "sev1", []string{"gateway", "cart", "session", "redis"}, times{"14:05:00", "14:12:00", "14:15:00", "14:38:00", "15:10:00"}),
		w.on("INC-2119", "evening", "2026-11-06", "Checkout failing again, payment times out", "sev2", pay, times{"17:02:00", "17:15:00", "17:20:00", "17:54:00", ""}),
	}
	for i := range list {
		list[i].detail(w)
	}
	return list
}

// detail adds what the responders wrote down.
func (i *incident) detail(w *World) {
	at := func(date, clock string) string { return w.at(w.index(date), clock).UTC().Format(time.RFC3339) }
	switch i.ID {
	case "INC-2102":
		i.RootCause = "Disk of the database host full after a failed log rotation"
		i.Actions = []actionItem{{"Alert on disk use above 85 %", "detection", "l.rossi", "2026-10-09", "done"}}
	case "INC-2105":
		i.Timeline = []remark{{at("2026-10-06", "17:16:00"), "Alert: checkout error share above 3 %"}, {at("2026-10-06", "17:43:00"), "m.keller restarted payment, errors gone"}}
		i.Actions = []actionItem{{"Restart payment when time-outs pile up", "workaround", "m.keller", "", "done"}}
	case "INC-2107":
		i.RootCause = "Feed schema v2 switched on before the parser knew lot numbers"
	case "INC-2115":
		i.Timeline = []remark{{at(poolDay, "11:34:00"), "Alert: checkout 5xx"}, {at(poolDay, "11:50:00"), "pool active=50 max=50 waiting=48 on every pod"}, {at(poolDay, "12:03:00"), "Rolled back checkout"}}
	case "INC-2118":
		i.Timeline = []remark{{at(redisDay, "14:12:00"), "Alert: gateway 503 above 20 %"}, {at(redisDay, "14:31:00"), "Redis found at its memory limit"}, {at(redisDay, "14:38:00"), "Limit raised to 6144M"}}
		i.Actions = []actionItem{{"Find out why Redis memory grows", "prevention", "j.brandt", "2026-11-12", "open"}}
	}
}

// writeIncidents writes one JSON object per line: the incidents begun before
// the moment, with what was known of them afterwards.
func (w *World) writeIncidents(out io.Writer, before time.Time) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for _, i := range w.plan.incidents {
		if i.Started >= before.UTC().Format(time.RFC3339) {
			continue
		}
		if err := enc.Encode(i); err != nil {
			return err
		}
	}
	return nil
}
