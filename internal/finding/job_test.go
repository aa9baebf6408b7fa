package finding

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"time"
)

// demoWorld is the story of the shop: from 17 to 19 every day checkout fails
// because inventory-sync locks a table; payment times out a little later, two
// days the sync did not run, weekends have no traffic peak.
func demoWorld(t *testing.T, seed uint64, background, failing float64) *recWorld {
	w := newRecWorld(seed, "2026-09-14", 56, mustZone(t, "Europe/Berlin"))
	for at := w.since; at.Before(w.until()); at = at.Add(time.Minute) {
		l := at.In(w.zone)
		d := int(math.Round(time.Date(l.Year(), l.Month(), l.Day(), 12, 0, 0, 0, time.UTC).Sub(
			time.Date(w.since.Year(), w.since.Month(), w.since.Day(), 12, 0, 0, 0, time.UTC)).Hours() / 24))
		rate := background
		if l.Hour() >= 17 && l.Hour() < 19 && d != 9 && d != 30 {
			rate = failing
		}
		n := int64(w.poisson(rate * w.load(l) / 5))
		w.add("checkout/failed", at, n)
		if rate == failing {
			w.add("payment/timeout", at.Add(time.Minute), n)
		}
	}
	for d := range w.days {
		if d != 9 && d != 30 {
			w.job("inventory-sync", "S-start", "inventory sync started run <id>", w.at(d, 17, 0, 0.1*w.rng.Float64()))
			w.job("inventory-sync", "S-lock", "acquired lock on stock", w.at(d, 17, 0, 0.1+0.1*w.rng.Float64()))
			w.job("inventory-sync", "S-end", "inventory sync finished in <n> ms", w.at(d, 18, 57, 3*w.rng.Float64()))
		}
		w.job("report", "S-report", "report run started", w.at(d, 16, 30, w.rng.Float64()))
		w.job("reindex", "S-reindex", "reindex started", w.at(d, 17, 0, 0))
		w.job("backup", "S-backup", "backup started", w.at(d, 2, 0, w.rng.Float64()))
	}
	return w
}

func TestDemoStoryNamesTheJob(t *testing.T) {
	for _, c := range []struct{ background, failing float64 }{{0.004, 0.05}, {0.001, 0.02}, {0.0003, 0.006}} {
		w := demoWorld(t, 21, c.background, c.failing)
		in := w.input()
		in.Edges = []RecurrenceEdge{{"checkout", "payment"}}
		r, err := Recurrences(in)
		if err != nil {
			t.Fatal(err)
		}
		leads := 0
		for _, x := range r.Recurrences {
			if !*x.IsLead {
				continue
			}
			leads++
			ok := x.Service == "checkout" && x.Kind == kindDaily && x.WindowStart == "17:00" && x.WindowEnd == "19:00" &&
				x.Cron == "0 17 * * *" && x.Frame == frameWall && x.Verdict == verdictJob &&
				x.JobService == "inventory-sync" && x.JobSignature == "S-start" &&
				*x.JobRuns == 54 && *x.JobSkips == 2 && *x.JobSkipHits == 0 && x.Status == statusConfirmed &&
				strings.Contains(x.Sentence, "inventory-sync, which starts at 17:00") && strings.Contains(x.Sentence, "also seen in payment")
			if !ok {
				t.Errorf("background %v, failing %v:\n%s", c.background, c.failing, describeAll(r))
			}
			t.Log(x.Sentence, "|", strings.ReplaceAll(x.Why, "\n", "; "))
		}
		if leads != 1 {
			t.Errorf("%d leads:\n%s", leads, describeAll(r))
		}
	}
}

// causeWorld plants errors in a daily window with or without skipped days,
// traffic peak and a rate that rises with traffic.
func causeWorld(seed uint64, peak func(d int) float64, skip func(d int) bool, power float64) *recWorld {
	w := newRecWorld(seed, "2026-03-02", 56, time.UTC)
	var day func(t time.Time) int
	day = func(t time.Time) int { return int(t.Sub(w.since).Hours() / 24) }
	w.load = func(t time.Time) float64 {
		h := float64(t.Hour()) + float64(t.Minute())/60
		return 60 + peak(day(t))*math.Exp(-(h-18)*(h-18)/2)
	}
	w.uniform("a", 1)
	for d := range w.days {
		if skip(d) {
			continue
		}
		w.job("sync", "S-sync", "sync started", w.at(d, 17, 0, 0.2*w.rng.Float64()))
		for m := range 120 {
			at := w.at(d, 17, 0, float64(m))
			w.add("a", at, int64(w.poisson(0.05*w.load(at)/5*math.Pow(w.load(at)/150, power))))
		}
	}
	return w
}

// loadWorld has a job at the foot of a daily peak of traffic, with which the
// errors have nothing to do: they rise with the traffic alone.
func loadWorld(seed uint64, perDay, power float64) *recWorld {
	w := newRecWorld(seed, "2026-03-02", 56, time.UTC)
	w.load = func(t time.Time) float64 {
		h := float64(t.Hour()) + float64(t.Minute())/60
		return 60 + 150*math.Exp(-(h-18)*(h-18)/2)
	}
	w.byLoad("a", perDay, power)
	for d := range w.days {
		w.job("sync", "S-sync", "sync started", w.at(d, 17, 0, 0.2*w.rng.Float64()))
	}
	return w
}

// TestCauses: verdicts where the truth is known.
func TestCauses(t *testing.T) {
	cases := 3
	if os.Getenv("ALMANAC_LONG") == "1" {
		cases = 60
	}
	never := func(int) bool { return false }
	weekend := func(d int) bool { return d%7 >= 5 }
	for _, c := range []struct {
		name string
		make func(seed uint64) *recWorld
		want string
	}{
		{"job: skipped on four days", func(s uint64) *recWorld {
			return causeWorld(s, func(int) float64 { return 150 }, func(d int) bool { return d%14 == 3 }, 0)
		}, verdictJob},
		{"job: weekends without the peak", func(s uint64) *recWorld {
			return causeWorld(s, func(d int) float64 {
				if d%7 >= 5 {
					return 0
				}
				return 150
			}, never, 0)
		}, verdictJob},
		{"job: no peak at all", func(s uint64) *recWorld {
			return causeWorld(s, func(int) float64 { return 0 }, never, 0)
		}, verdictJob},
		{"both: needs the job, rises with traffic", func(s uint64) *recWorld {
			return causeWorld(s, func(d int) float64 { return 60 + 40*float64(d%5) }, func(d int) bool { return d%9 == 4 }, 1.5)
		}, verdictBoth},
		{"collinear: job and peak on weekdays only", func(s uint64) *recWorld {
			return causeWorld(s, func(d int) float64 {
				if d%7 >= 5 {
					return 0
				}
				return 150
			}, weekend, 0)
		}, verdictUndetermined},
		{"load: errors in proportion to traffic", func(s uint64) *recWorld { return loadWorld(s, 12, 1) }, verdictLoad},
		{"load: many errors, square of traffic", func(s uint64) *recWorld { return loadWorld(s, 300, 2) }, verdictLoad},
	} {
		right := 0
		for k := range cases {
			r := c.make(uint64(40 + k)).judge(t)
			got := "none"
			for _, n := range r.Notes {
				if strings.HasPrefix(n.Reason, "follows traffic") {
					got = verdictLoad // said, and no schedule claimed
				}
			}
			for _, x := range r.Recurrences {
				if *x.IsLead {
					got = x.Verdict
				}
			}
			if got == c.want {
				right++
			} else {
				t.Logf("%s: got %s\n%s", c.name, got, describeAll(r))
			}
		}
		t.Logf("%s: %d of %d right", c.name, right, cases)
		if 20*right < 19*cases {
			t.Errorf("%s: %d of %d right", c.name, right, cases)
		}
	}
}

// A line that runs every few minutes precedes everything and explains nothing.
func TestHeartbeatIsNoJob(t *testing.T) {
	w := newRecWorld(31, "2026-03-02", 40, time.UTC)
	daily(9, 0, 3, 1)(w, "a")
	for at := w.since; at.Before(w.until()); at = at.Add(5 * time.Minute) {
		w.job("ticker", "S-tick", "tick started", at)
	}
	for _, x := range w.judge(t).Recurrences {
		if x.JobService != "" {
			t.Errorf("a heartbeat was named the job: %s", x.Sentence)
		}
	}
}

// The job that starts before the errors, with more jitter than the decoys,
// is found among twenty others.
func TestJobAmongDecoys(t *testing.T) {
	right := 0
	const cases = 5
	for k := range cases {
		w := newRecWorld(uint64(60+k), "2026-03-02", 40, time.UTC)
		for d := range w.days {
			at := w.at(d, 4, 0, 8*w.rng.NormFloat64())
			w.job("true", "S-true", "nightly run started", at)
			w.burst("a", at.Add(4*time.Minute), 3, 2)
			for n := range 20 {
				w.job(fmt.Sprintf("decoy%02d", n), "S", "run started", w.at(d, 2+n%3, 37*n%60, 0.3*w.rng.NormFloat64()))
			}
		}
		r := w.judge(t)
		if len(r.Recurrences) == 1 && r.Recurrences[0].JobService == "true" {
			right++
		} else {
			t.Log(describeAll(r))
		}
	}
	if right < cases-1 {
		t.Errorf("right job in %d of %d", right, cases)
	}
}
