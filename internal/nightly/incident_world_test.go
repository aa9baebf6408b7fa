package nightly_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"almanac/internal/lake"
	"almanac/internal/nightly"
	"almanac/schemas"
)

// kiosk is an invented shop for single incidents: edge and basket write JSON
// lines with trace ids, price klog, pay log4j, grump errs all day long, vault
// is called and writes nothing. Eight days, incidents on the last.
type kiosk struct {
	rng   *rand.Rand
	from  time.Time
	files map[string][]kioskLine
	ahead time.Duration // basket's clock
}

type kioskLine struct {
	at   time.Time
	text string
}

func newKiosk(seed uint64, ahead time.Duration) *kiosk {
	k := &kiosk{rng: rand.New(rand.NewPCG(seed, 5)), from: time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC), files: map[string][]kioskLine{}, ahead: ahead}
	end := k.from.AddDate(0, 0, 8)
	for t := k.from; t.Before(end); t = t.Add(time.Duration(30+k.rng.IntN(40)) * time.Second) {
		k.request(t)
	}
	for t := k.from; t.Before(end); t = t.Add(time.Duration(k.rng.ExpFloat64() * float64(20*time.Second))) {
		k.log("grump", "error", t, fmt.Sprintf("printer %d is out of paper", k.rng.IntN(9)), "")
	}
	for t := k.from; t.Before(end); t = t.Add(time.Duration(k.rng.ExpFloat64() * float64(30*time.Second))) {
		k.log("edge", "error", t, fmt.Sprintf("client %d hung up", k.rng.IntN(900)), "") // 2 a minute, always
	}
	return k
}

func (k *kiosk) request(t time.Time) {
	trace := fmt.Sprintf("%016x%016x", k.rng.Uint64(), k.rng.Uint64())
	at := func(ms int) time.Time { return t.Add(time.Duration(ms) * time.Millisecond) }
	k.log("edge", "info", at(0), fmt.Sprintf("GET /basket/%d", k.rng.IntN(1e6)), trace)
	k.log("basket", "info", at(4), fmt.Sprintf("basket %d opened", k.rng.IntN(1e6)), trace)
	k.log("price", "info", at(8), fmt.Sprintf("priced %d articles", k.rng.IntN(40)), "")
	k.log("basket", "info", at(14), fmt.Sprintf("basket %d priced", k.rng.IntN(1e6)), trace)
	k.log("pay", "info", at(16), fmt.Sprintf("charge %d booked", k.rng.IntN(1e6)), "")
	k.log("edge", "info", at(20), fmt.Sprintf("answered in %d ms", 15+k.rng.IntN(9)), trace)
}

func (k *kiosk) log(service, level string, t time.Time, text, trace string) {
	var line string
	switch service {
	case "edge", "basket":
		if service == "basket" {
			t = t.Add(k.ahead)
		}
		line = fmt.Sprintf(`{"ts":%q,"level":%q,"message":%q`, t.Format("2006-01-02T15:04:05.000Z"), level, text)
		if trace != "" {
			line += fmt.Sprintf(`,"trace_id":%q`, trace)
		}
		line += "}"
	case "price":
		line = fmt.Sprintf("%s%s %7d price.go:%d] %s", strings.ToUpper(level[:1]), t.Format("0102 15:04:05.000000"), 71, 100+len(text), text)
	case "pay":
		line = fmt.Sprintf("%s [main] %-5s shop.Pay - %s", t.Format("2006-01-02 15:04:05,000"), strings.ToUpper(level), text)
	default:
		line = fmt.Sprintf("%s %s %s", t.Format("2006-01-02T15:04:05.000Z"), strings.ToUpper(level), text)
	}
	k.files[service] = append(k.files[service], kioskLine{t, line})
}

// fail lets a service write an error every gap on average in [from, until).
func (k *kiosk) fail(service, text string, from, until time.Time, gap time.Duration) {
	for t := from; t.Before(until); t = t.Add(time.Duration(k.rng.ExpFloat64() * float64(gap))) {
		k.log(service, "error", t, fmt.Sprintf(text, k.rng.IntN(9000)), "")
	}
}

// open writes the files, runs a night and opens the lake.
func (k *kiosk) open(t *testing.T, incidents, postmortem string) (func(nightly.DossierOptions) *schemas.Dossier, *lake.Lake) {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		mtime := k.from.AddDate(0, 0, 8) // klog tells no year
		if err := os.Chtimes(full, mtime, mtime); err != nil {
			t.Fatal(err)
		}
	}
	yaml := "site: Kiosk\nzone: UTC\nlake: lake\nreport: report\nnow: 2026-09-09T06:00:00Z\nsources:\n"
	for service, lines := range k.files {
		sort.SliceStable(lines, func(a, b int) bool { return lines[a].at.Before(lines[b].at) })
		var b strings.Builder
		for _, l := range lines {
			b.WriteString(l.text + "\n")
		}
		write("logs/"+service+".log", b.String())
	}
	for _, s := range []string{"edge", "basket", "price", "pay", "grump"} {
		yaml += fmt.Sprintf("  - {name: %[1]s, kind: log, service: %[1]s, tz: UTC, paths: [logs/%[1]s.log]}\n", s)
	}
	yaml += "  - {name: pagerduty, kind: incident, paths: [pagerduty.json]}\n  - {name: postmortems, kind: incident, tz: UTC, paths: [\"postmortems/*.md\"]}\n"
	yaml += "services:\n  - {name: edge, calls: [basket, vault]}\n  - {name: basket, calls: [price, vault]}\n"
	write("pagerduty.json", incidents)
	write("postmortems/one.md", postmortem)
	write("almanac.yaml", yaml)
	c := load(t, dir)
	ctx := context.Background()
	now := time.Date(2026, 9, 9, 6, 0, 0, 0, time.UTC)
	out, err := nightly.Run(ctx, nightly.Options{Config: c, Now: now, Tool: "test", Workers: 2, Final: true})
	if err != nil {
		t.Fatal(err)
	}
	l, w := openLake(t, out.Lake)
	return func(o nightly.DossierOptions) *schemas.Dossier {
		t.Helper()
		o.Config, o.Now = c, now
		d, err := nightly.Dossier(ctx, w, o)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}, l
}

func pagerDuty(id string, start, end time.Time) string {
	resolved := ""
	if !end.IsZero() {
		resolved = fmt.Sprintf(`,"resolved_at":%q`, end.Format(time.RFC3339))
	}
	return fmt.Sprintf(`{"id":%q,"title":"Basket is failing","service":{"summary":"edge"},"urgency":"high","created_at":%q%s}`, id, start.Format(time.RFC3339), resolved)
}

func orderOf(d *schemas.Dossier) string {
	var s []string
	for _, x := range d.Cascade {
		s = append(s, x.Service)
	}
	return strings.Join(s, " ")
}

func trendOf(d *schemas.Dossier, service string) schemas.DossierTrend {
	for _, x := range d.Trend {
		if x.Service == service {
			return x
		}
	}
	return schemas.DossierTrend{}
}

// Three services fail five seconds apart; another errs all day and is not
// named; one that all call and that logs nothing is a suspect where its
// callers fail at once; a herd returns after the recovery; another failure
// never ends. The night and the command say the same.
func TestIncidentWorld(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 9, 8, 0, 0, 0, 0, time.UTC)
	cascade, silent, open := day.Add(9*time.Hour+58*time.Second), day.Add(14*time.Hour), day.Add(20*time.Hour)
	build := func(ahead time.Duration) *kiosk {
		k := newKiosk(11, ahead)
		k.fail("price", "out of memory: %d MB", cascade, cascade.Add(20*time.Minute), 3*time.Second)
		k.fail("basket", "price answered 500 to call %d", cascade.Add(5*time.Second), cascade.Add(20*time.Minute), 2*time.Second)
		k.fail("edge", "basket %d answered 502", cascade.Add(10*time.Second), cascade.Add(20*time.Minute), 2*time.Second)
		k.fail("edge", "basket %d answered 502", cascade.Add(32*time.Minute), cascade.Add(36*time.Minute), time.Second/2)
		k.fail("basket", "vault lease %d expired", silent.Add(7*time.Second), silent.Add(15*time.Minute), 3*time.Second)
		k.fail("edge", "no lease from vault for request %d", silent, silent.Add(15*time.Minute), 3*time.Second)
		k.fail("edge", "client %d hung up", open, open.Add(4*time.Minute), time.Second/2)
		k.fail("edge", "client %d hung up", open, day.Add(24*time.Hour), 20*time.Second) // 3 a minute more, to the end
		return k
	}
	records := `{"incidents":[` + strings.Join([]string{
		pagerDuty("PD-1", cascade.Add(6*time.Minute), cascade.Add(25*time.Minute)),
		pagerDuty("PD-2", silent.Add(3*time.Minute), silent.Add(16*time.Minute)),
		pagerDuty("PD-3", open.Add(2*time.Minute), open.Add(10*time.Minute)),
	}, ",") + `]}`
	postmortem := "# Baskets failed\n\n- Incident: PM-7\n- Date: 2026-09-08\n- Service: basket\n- Start: 2026-09-08 09:00:58 UTC\n- Detected: 2026-09-08 09:06:58 UTC\n- End: 2026-09-08 09:25:00 UTC\n\n## Root cause\n\nThe price service ran out of memory.\n\n## Timeline\n\n- 09:06 page to the on-call\n- 09:20 price restarted\n"

	ask, l := build(0).open(t, records, postmortem)
	d := ask(nightly.DossierOptions{Incident: "PD-1"})
	if orderOf(d) != "price basket edge" || d.Verdict != "root" || d.Cascade[1].ExplainedBy != "price" || d.Cascade[2].ExplainedBy != "basket" {
		t.Errorf("PD-1: %s, %s: %s", orderOf(d), d.Verdict, d.Sentence)
	}
	for k, s := range d.Cascade {
		want := cascade.Add(time.Duration(5*k) * time.Second)
		if diff := s.Onset.Sub(want).Abs(); diff > time.Second {
			t.Errorf("PD-1: %s began %v off", s.Service, diff)
		}
	}
	if edge := trendOf(d, "edge"); edge.SecondWave.IsZero() || edge.SecondWave.Sub(cascade.Add(32*time.Minute)).Abs() > 2*time.Minute || edge.Back != "back" {
		t.Errorf("PD-1: edge: %s", edge.Sentence)
	}
	if x := ask(nightly.DossierOptions{Incident: "PM-7"}); orderOf(x) != "price basket edge" || *x.Gaps[0].Seconds < 350 || *x.Gaps[0].Seconds > 360 {
		t.Errorf("PM-7: %s, gap %v", orderOf(x), *x.Gaps[0].Seconds)
	}
	if x := ask(nightly.DossierOptions{From: cascade.Add(-10 * time.Minute), Until: cascade.Add(40 * time.Minute), Service: "edge"}); orderOf(x) != "price basket edge" {
		t.Errorf("window: %s: %s", orderOf(x), x.Sentence)
	}
	if x := ask(nightly.DossierOptions{Incident: "PD-2"}); strings.Join(x.Suspects, " ") != "vault" {
		t.Errorf("PD-2: suspects %v; %s", x.Suspects, x.Sentence)
	}
	x := ask(nightly.DossierOptions{Incident: "PD-3"})
	if edge := trendOf(x, "edge"); orderOf(x) != "edge" || edge.Back != "not back" {
		t.Errorf("PD-3: %s; %s", x.Sentence, edge.Sentence)
	}
	if x := ask(nightly.DossierOptions{From: day.Add(4 * time.Hour), Until: day.Add(5 * time.Hour)}); x.Verdict != "no log evidence" || len(x.Cascade) != 0 {
		t.Errorf("a quiet hour: %s: %s", x.Verdict, x.Sentence)
	}
	sameAsNight(t, l, ask, "PD-1", "PD-2", "PD-3", "PM-7")

	// Basket's clock is ten seconds behind, as the requests it shares with edge
	// show: it seems to have failed first, and five seconds decide nothing.
	ask, l = build(-10*time.Second).open(t, records, postmortem)
	d = ask(nightly.DossierOptions{Incident: "PD-1"})
	if orderOf(d) != "price basket edge" || d.Verdict != "not certain" || d.Cascade[0].Certain || !strings.Contains(d.Sentence, "clocks differ by up to 10 s") {
		t.Errorf("skewed: %s, %s: %s; %v %+v", orderOf(d), d.Verdict, d.Sentence, d.Notes, d.Cascade)
	}
	sameAsNight(t, l, ask, "PD-1", "PD-2", "PD-3", "PM-7")
}

// sameAsNight compares what the night published with what the command says.
func sameAsNight(t *testing.T, l *lake.Lake, ask func(nightly.DossierOptions) *schemas.Dossier, ids ...string) {
	t.Helper()
	night := map[string]string{}
	list, err := lake.Read[schemas.CascadeStep](l, lake.TableCascade, "2026-09-09")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		night[s.IncidentID] += fmt.Sprintf("%d %s %d %d %v %s %s\n", s.Rank, s.Service, s.OnsetTS, s.EarliestTS, *s.IsCertain, s.ExplainedBy, s.Evidence)
	}
	for _, id := range ids {
		command := ""
		for _, s := range ask(nightly.DossierOptions{Incident: id}).Cascade {
			command += fmt.Sprintf("%d %s %d %d %v %s %s\n", s.Rank, s.Service, s.Onset.UnixMicro(), s.Earliest.UnixMicro(), s.Certain, s.ExplainedBy, s.Evidence)
		}
		if command != night[id] || command == "" {
			t.Errorf("%s: the night says\n%sthe command says\n%s", id, night[id], command)
		}
	}
}
