package world

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

var zone = func() *time.Location {
	z, err := time.LoadLocation(zoneName)
	if err != nil {
		panic(err)
	}
	return z
}()

// request is a POST to /api/checkout in the gateway's log.
type request struct {
	at     time.Time // local
	status string
}

var gatewayLine = regexp.MustCompile(`\[([^\]]+)\] "POST /api/checkout HTTP/1.1" (\d+) `)

func requests(t *testing.T, dir, date string) []request {
	t.Helper()
	var out []request
	for _, m := range gatewayLine.FindAllStringSubmatch(readLog(t, dir, logGateway, date), -1) {
		at, err := time.Parse("02/Jan/2006:15:04:05 -0700", m[1])
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, request{at.In(zone), m[2]})
	}
	return out
}

// stamp reads the ts= of a logfmt line or the leading local stamp of others.
func stamp(t *testing.T, line string) time.Time {
	t.Helper()
	if rest, ok := strings.CutPrefix(line, "ts="); ok {
		at, err := time.Parse("2006-01-02T15:04:05.000Z", strings.Fields(rest)[0])
		if err != nil {
			t.Fatal(err)
		}
		return at.In(zone)
	}
	at, err := time.ParseInLocation(plainStamp, line[:len(plainStamp)], zone)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func story(t *testing.T, truth Truth, id string) Story {
	t.Helper()
	for _, s := range truth.Stories {
		if s.ID == id {
			return s
		}
	}
	t.Fatalf("no story %s", id)
	return Story{}
}

func TestLoadPeaksOnWeekdayEveningsOnly(t *testing.T) {
	dir, _ := theDemo(t)
	w := Demo(1)
	var hours [2][24]float64
	for i := range w.Days() {
		kind := 0
		if isWeekend(w.midnight(i)) {
			kind = 1
		}
		for _, r := range requests(t, dir, w.date(i)) {
			hours[kind][r.at.Hour()]++
		}
	}
	evening := func(h [24]float64) float64 { return (h[17] + h[18]) / 2 }
	around := func(h [24]float64) float64 { return (h[13] + h[14] + h[15] + h[20]) / 4 }
	if got := evening(hours[0]) / around(hours[0]); got < 2 {
		t.Errorf("weekday evenings have %.2f times the load around them, want a peak", got)
	}
	if got := evening(hours[1]) / around(hours[1]); got < 0.85 || got > 1.15 {
		t.Errorf("weekend evenings have %.2f times the load around them, want none", got)
	}
}

func TestEveningFailures(t *testing.T) {
	dir, truth := theDemo(t)
	s := story(t, truth, "evening")
	restarted := map[string]time.Time{}
	w := Demo(1)
	for i, at := range w.plan.restart {
		restarted[w.date(i)] = at
	}
	var failed, all [2]float64
	for _, date := range append(append([]string{}, s.Dates...), s.Skipped...) {
		skipped := contains(s.Skipped, date)
		var count, after, shortly int
		for _, r := range requests(t, dir, date) {
			if r.at.Hour() != 17 && r.at.Hour() != 18 {
				continue
			}
			kind := 0
			if isWeekend(r.at) {
				kind = 1
			}
			bad := r.status == "504"
			if bad {
				count++
			}
			at, helped := restarted[date]
			if helped && bad && at.Sub(r.at) > 0 && at.Sub(r.at) < 2*time.Minute {
				shortly++
			}
			if helped && bad && r.at.After(at.Add(10*time.Second)) {
				after++
			}
			if !skipped && !helped {
				all[kind]++
				if bad {
					failed[kind]++
				}
			}
		}
		switch {
		case skipped && count > 0:
			t.Errorf("%s: %d failures though the job did not run", date, count)
		case !skipped && count < 3:
			t.Errorf("%s: only %d failures", date, count)
		case !restarted[date].IsZero() && shortly == 0:
			t.Errorf("%s: payment is restarted without a failure shortly before", date)
		case after > 0:
			t.Errorf("%s: %d failures after the restart", date, after)
		}
	}
	for kind, name := range []string{"weekdays", "weekends"} {
		if share := failed[kind] / all[kind]; share < 0.04 || share > 0.075 {
			t.Errorf("%s: %.3f of the attempts fail in the window, want about 0.05", name, share)
		}
	}
}

func TestInventoryErrsFirstAndPaymentLoudest(t *testing.T) {
	dir, truth := theDemo(t)
	for _, date := range story(t, truth, "evening").Dates {
		inv := readLog(t, dir, logInventory, date)
		start := stamp(t, matching(inv, "inventory-sync started")[0])
		first := func(lines []string) time.Time {
			for _, l := range lines {
				if at := stamp(t, l); at.After(start) {
					return at
				}
			}
			t.Fatalf("%s: no error after the job's start", date)
			return time.Time{}
		}
		payment := readLog(t, dir, logPayment, date)
		locks := matching(inv, "lock wait timeout exceeded")
		a, b := first(locks), first(matching(payment, "Payment timed out"))
		if lag := a.Sub(start); lag < 5*time.Second || lag > 2*time.Minute {
			t.Errorf("%s: first lock error %v after the job's start", date, lag)
		}
		if !a.Before(b) {
			t.Errorf("%s: payment errs at %v, before inventory at %v", date, b, a)
		}
		if loud := len(matching(payment, " ERROR ")); loud <= len(locks) && !strings.Contains(inv, "feed rejected") {
			t.Errorf("%s: payment has %d errors, inventory %d", date, loud, len(locks))
		}
	}
}

func TestClockChangeMovesUTCNotTheWallClock(t *testing.T) {
	dir, _ := theDemo(t)
	for date, hour := range map[string]int{"2026-10-24": 15, "2026-10-25": 16, "2026-10-26": 16, "2026-09-14": 15} {
		at := stamp(t, matching(readLog(t, dir, logInventory, date), "inventory-sync started")[0])
		if at.UTC().Hour() != hour || at.Hour() != 17 || at.Minute() != 0 {
			t.Errorf("%s: job starts at %v, want %d:00 UTC and 17:00 local", date, at.UTC(), hour)
		}
	}
}

func TestMondayFailures(t *testing.T) {
	dir, truth := theDemo(t)
	s := story(t, truth, "monday")
	if len(s.Dates) != 8 || len(s.IncidentIDs) != 5 {
		t.Errorf("%d Mondays, %d incidents", len(s.Dates), len(s.IncidentIDs))
	}
	w := Demo(1)
	for i := range w.Days() {
		date := w.date(i)
		lines := matching(readLog(t, dir, logPayment, date), "Acquirer refused")
		if !contains(s.Dates, date) {
			if len(lines) > 0 {
				t.Errorf("%s is no Monday and has %d refusals", date, len(lines))
			}
			continue
		}
		if len(lines) < 8 {
			t.Errorf("%s: only %d refusals", date, len(lines))
		}
		for _, l := range lines {
			if at := stamp(t, l); at.Hour() != 9 || at.Minute() > 18 {
				t.Errorf("refusal at %v", at)
			}
		}
	}
}

func TestRedisCascade(t *testing.T) {
	dir, truth := theDemo(t)
	s := story(t, truth, "redis")
	logs := map[string]int{"redis": logSyslog, "session": logSession, "cart": logCart, "gateway": logGateway}
	clock := map[string]string{"redis": "14:01:58", "session": "14:02:03", "cart": "14:02:08", "gateway": "14:05:22"}
	stampText := map[string]string{
		"redis": "Nov  5 14:01:58", "session": "2026-11-05 14:02:03,112",
		"cart": "2026-11-05T13:02:08.431Z", "gateway": "05/Nov/2026:14:05:22 +0100",
	}
	for _, step := range s.Steps {
		if got := step.TS.In(zone).Format("15:04:05"); got != clock[step.Service] {
			t.Errorf("%s at %s, want %s", step.Service, got, clock[step.Service])
		}
		words := step.Words
		if step.Service == "gateway" {
			words = `" 503 `
		}
		text := readLog(t, dir, logs[step.Service], redisDay)
		if step.Service == "session" { // the class is on the last line of the trace
			words = "not stored: redis"
		}
		lines := matching(text, words)
		if len(lines) < 100 || !strings.Contains(lines[0], stampText[step.Service]) {
			t.Errorf("%s: %d lines, the first %.100q", step.Service, len(lines), lines)
		}
	}
	for i, w := 0, Demo(1); i < w.Days(); i++ {
		if date := w.date(i); date != redisDay && strings.Contains(readLog(t, dir, logSyslog, date), "OOM") {
			t.Errorf("out of memory also on %s", date)
		}
	}
}

func TestCleanupFallsSilentAndMemoryGrows(t *testing.T) {
	dir, truth := theDemo(t)
	s := story(t, truth, "cleanup")
	if s.SilentS != (13*24+22)*3600 || s.LagS != 40*60 || s.ChangeIDs[0] != "4711" {
		t.Errorf("silent %d s, lag %d s, change %v", s.SilentS, s.LagS, s.ChangeIDs)
	}
	w := Demo(1)
	var last time.Time
	runs := 0
	for i := range w.Days() {
		for _, l := range matching(readLog(t, dir, logSession, w.date(i)), "session-cleanup started") {
			last = stamp(t, l)
			runs++
		}
	}
	if runs < 850 || last.Sub(*s.LastRun).Abs() > 5*time.Second {
		t.Errorf("%d runs, the last at %v, truth says %v", runs, last, s.LastRun)
	}
	before, _ := w.redisMemory0(w.plan.cleanupStop.Add(-time.Hour))
	after, limit := w.redisMemory0(w.plan.oom.Add(-time.Minute))
	if before > 2100 || after < 4050 || limit != 4096 {
		t.Errorf("memory %d M before, %d M of %d M at the end", before, after, limit)
	}
}

// redisMemory0 is the gauge as the day of t would write it.
func (w *World) redisMemory0(t time.Time) (int, int) {
	d := &day{w: w, p: &w.plan, r: w.rng(99)}
	return d.redisMemory(t.In(w.zone))
}

func TestConfigAndPoolStories(t *testing.T) {
	dir, truth := theDemo(t)
	feed, pool := story(t, truth, "config"), story(t, truth, "pool")
	if feed.LagS < 7000 || feed.LagS > 7400 {
		t.Errorf("feed fails %d s after its change, want about two hours", feed.LagS)
	}
	if n := len(matching(readLog(t, dir, logInventory, feedDay), "warehouse feed rejected", "FeedSchemaError")); n < 100 {
		t.Errorf("%d lines of the refused feed", n)
	}
	text := readLog(t, dir, logCheckout, poolDay)
	if n := len(matching(text, "pool active=50 max=50 waiting=")); n < 60 {
		t.Errorf("%d gauges of a full pool", n)
	}
	if n := len(matching(text, "pool exhausted")); n < 15 {
		t.Errorf("%d failures of the pool", n)
	}
	july, err := os.ReadFile(filepath.Join(dir, "incidents/postmortems/2026-07-16-checkout-connection-pool.md"))
	if err != nil || !strings.Contains(string(july), "id: "+pool.SimilarID) || !strings.Contains(string(july), "pool exhausted") {
		t.Errorf("July's postmortem does not tell of %s: %v", pool.SimilarID, err)
	}
	records, err := os.ReadFile(filepath.Join(dir, "incidents/incidents.jsonl"))
	if err != nil || strings.Contains(string(records), pool.SimilarID) {
		t.Errorf("%s must exist as Markdown only: %v", pool.SimilarID, err)
	}
}
