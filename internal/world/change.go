package world

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"sort"
	"time"
)

// change is one planned change. Deploys and restarts are written to the CSV
// of the deployment tool, configuration and flags to the JSON lines of
// another tool.
type change struct {
	id, kind, service, status, actor, version, commit, title string
	start, end                                               time.Time
	keep                                                     *string // where the plan remembers the id
}

var people = []string{"a.nowak", "j.brandt", "m.keller", "s.yilmaz", "t.okafor", "l.rossi"}

// deployed services with their weight; web and search have no logs here, as a
// real list of deploys always names more than one collects.
var deployed = []string{
	"gateway", "checkout", "checkout", "payment", "payment", "inventory",
	"inventory", "cart", "cart", "session", "web", "web", "search",
}

var deployTitles = []string{
	"Bump dependencies", "Refactor order mapper", "Fix rounding of vouchers", "Add metric for basket size",
	"Remove unused endpoint", "Translate error texts", "Raise timeouts of image proxy", "Log request ids",
	"Cache shipping zones", "Tidy up retries", "New price label", "Fix typo in mail template",
	"Use shared logger", "Split handler tests", "Lower log level of health checks", "Feature: gift notes",
	"Index on order number", "Update base image",
}

// record lists all changes and incidents, background first, then planted.
func (p *plan) record(w *World) {
	deploys := p.background(w)
	cleanup, pool := -1, -1
	if !p.oom.IsZero() {
		cleanup, pool = len(deploys), len(deploys)+1
		deploys = append(deploys,
			deploy(w.rng(12), "session", p.deploy4711, "1.19.0", "Move scheduler to new worker image"),
			deploy(w.rng(13), "checkout", p.poolDeploy, "2.47.0", "Coupon validation reads rules from the database"))
	}
	order := make([]int, len(deploys))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool { return deploys[order[a]].start.Before(deploys[order[b]].start) })
	number(deploys, order, cleanup)
	if cleanup >= 0 {
		p.idCleanup, p.idPool = deploys[cleanup].id, deploys[pool].id
	}
	p.changes = append(deploys, p.operations(w)...)
	sort.SliceStable(p.changes, func(a, b int) bool { return p.changes[a].start.Before(p.changes[b].start) })
	p.incidents = incidents(w, p)
}

// number gives deploys ids and versions in order of time; the planted one at
// index cleanup is deploy 4711.
func number(deploys []change, order []int, cleanup int) {
	first := 4640
	for rank, i := range order {
		if i == cleanup {
			first = 4711 - rank
		}
	}
	base, patch := map[string]string{}, map[string]int{}
	for service, version := range baseVersion {
		base[service] = version
	}
	for rank, i := range order {
		c := &deploys[i]
		c.id = fmt.Sprint(first + rank)
		if c.version != "" { // planted: x.y.0 begins a new row of versions
			base[c.service], patch[c.service] = c.version[:len(c.version)-2], 0
			continue
		}
		patch[c.service]++
		c.version = fmt.Sprintf("%s.%d", base[c.service], patch[c.service])
	}
}

// deploy makes a deploy record of a few minutes.
func deploy(r *rand.Rand, service string, at time.Time, version, title string) change {
	return change{
		kind: "deploy", service: service, status: "success", actor: people[r.IntN(len(people))],
		version: version, commit: hex(r, 10), title: title,
		start: at, end: at.Add(time.Duration(70+r.IntN(240)) * time.Second),
	}
}

// background draws about five deploys a day: six on a weekday in working
// hours, two on a day of the weekend.
func (p *plan) background(w *World) []change {
	r := w.rng(2)
	var out []change
	for i := range w.opt.Days {
		mean := 6.2
		if isWeekend(w.midnight(i)) {
			mean = 2.0
		}
		for range poisson(r, mean) {
			hour := 9 + r.IntN(9)
			at := w.at(i, "00:00:00").Add(time.Duration(hour)*time.Hour + time.Duration(r.IntN(3600))*time.Second)
			service := deployed[r.IntN(len(deployed))]
			title := deployTitles[r.IntN(len(deployTitles))]
			failed := r.IntN(25) == 0
			if p.guarded(service, at) {
				continue
			}
			c := deploy(r, service, at, "", title)
			if failed {
				c.status = "failed"
			}
			out = append(out, c)
		}
	}
	return out
}

var baseVersion = map[string]string{
	"gateway": "5.2", "checkout": "2.46", "payment": "3.11", "inventory": "8.0",
	"cart": "4.4", "session": "1.18", "web": "77.0", "search": "0.31",
}

// guarded keeps background changes of the services concerned away from the
// hours before a planted incident: in them the truth has one cause.
func (p *plan) guarded(service string, at time.Time) bool {
	near := func(t time.Time, d time.Duration, services ...string) bool {
		if t.IsZero() || at.Before(t.Add(-d)) || at.After(t.Add(3*time.Hour)) {
			return false
		}
		for _, s := range services {
			if s == service {
				return true
			}
		}
		return false
	}
	return near(p.oom, 12*time.Hour, "session", "cart", "gateway") ||
		near(p.deploy4711, 6*time.Hour, "session") ||
		near(p.feedStart, 12*time.Hour, "inventory", "payment", "checkout") ||
		near(p.poolStart, 12*time.Hour, "checkout", "payment", "inventory", "gateway")
}

// operations lists configuration changes, flags, rollbacks and restarts, with
// ids in order of time.
func (p *plan) operations(w *World) []change {
	r := w.rng(3)
	var out []change
	add := func(c change) {
		c.status = "success"
		c.end = c.start.Add(time.Duration(5+r.IntN(50)) * time.Second)
		out = append(out, c)
	}
	value := map[string]int{}
	for i := range w.opt.Days {
		if at, ok := p.restart[i]; ok {
			add(change{kind: "restart", service: "payment", actor: "m.keller", start: at,
				title: "Restart payment pods after timeouts", keep: &p.idRestart[i]})
		}
		p.harmless(w, r, i, value, add)
	}
	if !p.oom.IsZero() {
		p.planted(add)
	}
	sort.SliceStable(out, func(a, b int) bool { return out[a].start.Before(out[b].start) })
	for i := range out {
		out[i].id = fmt.Sprintf("OPS-%d", 900+i)
		if out[i].keep != nil {
			*out[i].keep = out[i].id
		}
	}
	return out
}

// harmless draws the day's restarts, switches and settings that change
// nothing; value holds the settings as they stand.
func (p *plan) harmless(w *World, r *rand.Rand, i int, value map[string]int, add func(change)) {
	at := w.at(i, "08:00:00").Add(time.Duration(r.IntN(13*3600)) * time.Second)
	service := pick(r, []string{"cart", "session", "gateway", "inventory", "search"})
	if r.IntN(4) == 0 && !p.guarded(service, at) {
		add(change{kind: "restart", service: service, actor: pick(r, people), start: at,
			title: "Restart " + service + " (node drained)"})
	}
	at = w.at(i, "09:00:00").Add(time.Duration(r.IntN(9*3600)) * time.Second)
	flag := pick(r, flags)
	if r.IntN(3) == 0 && !p.guarded(flag[0], at) {
		add(change{kind: "flag", service: flag[0], actor: pick(r, people), start: at,
			title: "Flag " + flag[1] + " set to " + itoa(5*(1+r.IntN(20))) + " %"})
	}
	at = w.at(i, "08:30:00").Add(time.Duration(r.IntN(9*3600)) * time.Second)
	setting := pick(r, settings)
	if r.IntN(5) < 2 && !p.guarded(setting[0], at) {
		old := value[setting[1]]
		if old == 0 {
			old = 10 * (2 + r.IntN(6))
		}
		next := max(5, old+5*pick(r, []int{-2, -1, 1, 2}))
		value[setting[1]] = next
		add(change{kind: "config", service: setting[0], actor: pick(r, people), start: at,
			title: fmt.Sprintf("%s: %d -> %d", setting[1], old, next)})
	}
}

// flags and settings are the switches of the shop, each with its service.
var (
	flags = [][2]string{
		{"checkout", "gift-notes"}, {"web", "new-price-label"}, {"checkout", "express-shipping"},
		{"search", "search-v2"}, {"cart", "saved-carts"},
	}
	settings = [][2]string{
		{"gateway", "rate_limit.anonymous"}, {"gateway", "upstream.keepalive"}, {"checkout", "mail.retry_seconds"},
		{"payment", "fraud.threshold"}, {"inventory", "low_stock.warn_below"}, {"inventory", "feed.batch_size"},
		{"cart", "price.cache_minutes"}, {"session", "cookie.lifetime_days"}, {"web", "image.quality"},
	}
)

// planted adds the changes that stories turn on.
func (p *plan) planted(add func(change)) {
	add(change{kind: "config", service: "inventory", actor: "s.yilmaz", start: p.feedChange,
		title: "warehouse feed: schema v2 (lot numbers)", keep: &p.idFeed})
	add(change{kind: "config", service: "inventory", actor: "j.brandt", start: p.feedEnd.Add(-90 * time.Second),
		title: "warehouse feed: back to schema v1"})
	add(change{kind: "rollback", service: "checkout", actor: "t.okafor", version: "2.46",
		start: p.poolEnd.Add(-2 * time.Minute), title: "Roll back checkout 2.47.0"})
}

func isDeployment(c change) bool { return c.kind != "config" && c.kind != "flag" }

// writeChangesCSV writes deploys, rollbacks and restarts begun before the
// moment, as the deployment tool exports them.
func (w *World) writeChangesCSV(out io.Writer, before time.Time) error {
	cw := csv.NewWriter(out)
	rows := [][]string{{"id", "when", "finished", "kind", "service", "env", "status", "actor", "version", "commit", "title"}}
	for _, c := range w.plan.changes {
		if isDeployment(c) && c.start.Before(before) {
			rows = append(rows, []string{
				c.id, c.start.Format(time.RFC3339), c.end.Format(time.RFC3339), c.kind, c.service, "prod",
				c.status, c.actor, c.version, c.commit, c.title,
			})
		}
	}
	return cw.WriteAll(rows)
}

// configChange is one line of changes/config.jsonl.
type configChange struct {
	ID      string `json:"id"`
	Kind    string `json:"kind"`
	Service string `json:"service"`
	Started string `json:"started"`
	Actor   string `json:"actor"`
	Title   string `json:"title"`
}

// writeConfigJSONL writes configuration changes and flags begun before the
// moment, with UTC stamps.
func (w *World) writeConfigJSONL(out io.Writer, before time.Time) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for _, c := range w.plan.changes {
		if isDeployment(c) || !c.start.Before(before) {
			continue
		}
		if err := enc.Encode(configChange{c.id, c.kind, c.service, c.start.UTC().Format(time.RFC3339), c.actor, c.title}); err != nil {
			return err
		}
	}
	return nil
}
