package finding

import (
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var updateScore = flag.Bool("update-score", false, "rewrite testdata/recurrence_score.txt")

// verdicts judges a world and gives the raw verdict per signature.
func (w *recWorld) verdicts(t testing.TB) (map[string]*recVerdict, RecurrenceResult) {
	t.Helper()
	in := w.input()
	r, err := newRecRun(&in)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.judgeAll(); err != nil {
		t.Fatal(err)
	}
	out := map[string]*recVerdict{}
	for _, v := range r.verdicts {
		out[v.key.id] = v
	}
	return out, r.result()
}

// nullRecipe is noise in which nothing recurs by the clock.
type nullRecipe struct {
	name string
	load func(time.Time) float64
	fill func(w *recWorld, sig string)
}

func (w *recWorld) burst(sig string, at time.Time, lines, minutes int) {
	for range lines {
		w.add(sig, at.Add(time.Duration(w.rng.IntN(max(1, minutes)))*time.Minute), 1)
	}
}

// someTime draws an instant of the span.
func (w *recWorld) someTime() time.Time {
	return w.since.Add(time.Duration(w.rng.Float64() * float64(w.days) * 24 * float64(time.Hour)))
}

// busyTime draws an instant with chance proportional to load.
func (w *recWorld) busyTime() time.Time {
	for {
		if t := w.someTime(); w.rng.Float64()*260 < w.load(t.In(w.zone)) {
			return t
		}
	}
}

func weekdayLoad(t time.Time) float64 {
	if wd := t.Weekday(); wd == time.Saturday || wd == time.Sunday {
		return 2
	}
	return officeLoad(t)
}

var nullRecipes = []nullRecipe{
	{"4 big outages", officeLoad, func(w *recWorld, s string) {
		for range 4 {
			w.burst(s, w.someTime(), 5000, 90)
		}
	}},
	{"1 burst a day, heavy tail", officeLoad, func(w *recWorld, s string) {
		for range w.days {
			w.burst(s, w.someTime(), int(3/math.Max(0.002, w.rng.Float64())), 20)
		}
	}},
	{"follows load, 2 a day", officeLoad, func(w *recWorld, s string) { w.byLoad(s, 2, 1) }},
	{"follows load, 20 a day", officeLoad, func(w *recWorld, s string) { w.byLoad(s, 20, 1) }},
	{"load^2", officeLoad, func(w *recWorld, s string) { w.byLoad(s, 8, 2) }},
	{"load^3", officeLoad, func(w *recWorld, s string) { w.byLoad(s, 8, 3) }},
	{"bursts placed by load", officeLoad, func(w *recWorld, s string) {
		for range w.days {
			w.burst(s, w.busyTime(), 20, 15)
		}
	}},
	{"dense x load", officeLoad, func(w *recWorld, s string) { w.byLoad(s, 400, 1) }},
	{"dense x load^2", officeLoad, func(w *recWorld, s string) { w.byLoad(s, 400, 2) }},
	{"retry every 10 min in outages", officeLoad, func(w *recWorld, s string) {
		for range 8 {
			t := w.someTime()
			for k := range 30 {
				w.add(s, t.Add(time.Duration(10*k)*time.Minute), 1)
			}
		}
	}},
	{"weekday traffic only", weekdayLoad, func(w *recWorld, s string) { w.byLoad(s, 6, 1) }},
}

// plantRecipe plants one recurrence and says what must be found.
type plantRecipe struct {
	name  string
	days  int
	zone  string
	kind  string
	label string
	start int // minutes; -1: any
	fill  func(w *recWorld, sig string)
}

func (w *recWorld) isWeekday(d int) bool {
	wd := w.at(d, 12, 0, 0).Weekday()
	return wd != time.Saturday && wd != time.Sunday
}

func (w *recWorld) noise(s string) {
	for range w.days / 4 {
		w.burst(s, w.someTime(), 1+w.rng.IntN(30), 10)
	}
	w.byLoad(s, 1, 1)
}

func daily(h, m int, jitter, rate float64) func(*recWorld, string) {
	return func(w *recWorld, s string) {
		w.noise(s)
		for d := range w.days {
			if w.rng.Float64() < rate {
				w.burst(s, w.at(d, h, m, jitter*w.rng.NormFloat64()), 3, 3)
			}
		}
	}
}

var plantRecipes = []plantRecipe{
	{"daily 17-19, hit rate .9, spread", 60, "UTC", kindDaily, "every day", 17 * 60, func(w *recWorld, s string) {
		w.noise(s)
		for d := range w.days {
			if w.rng.Float64() < 0.9 {
				w.burst(s, w.at(d, 17, 0, 3), 25, 115)
			}
		}
	}},
	{"daily 03:00, jitter 4, hit rate .4", 60, "UTC", kindDaily, "every day", 3 * 60, daily(3, 0, 4, 0.4)},
	{"weekdays 10:00", 60, "UTC", kindWeekdays, "every weekday", 600, func(w *recWorld, s string) {
		w.noise(s)
		for d := range w.days {
			if w.isWeekday(d) {
				w.burst(s, w.at(d, 10, 0, 3*w.rng.NormFloat64()), 3, 3)
			}
		}
	}},
	{"Mondays 09:00, 12 weeks", 84, "UTC", kindWeekday, "every Monday", 540, func(w *recWorld, s string) {
		w.noise(s)
		for d := range w.days {
			if w.at(d, 12, 0, 0).Weekday() == time.Monday {
				w.burst(s, w.at(d, 9, 0, 3*w.rng.NormFloat64()), 3, 3)
			}
		}
	}},
	{"daily 23:50-00:20", 60, "UTC", kindDaily, "every day", 1430, func(w *recWorld, s string) {
		w.noise(s)
		for d := range w.days {
			w.burst(s, w.at(d, 23, 50, 0), 6, 30)
		}
	}},
	{"hourly :05, half of the hours", 60, "UTC", kindHourly, "every hour", 5, func(w *recWorld, s string) {
		for d := range w.days {
			for h := range 24 {
				if w.rng.Float64() < 0.5 {
					w.add(s, w.at(d, h, 5, 0), 1)
				}
			}
		}
	}},
	{"every 45 min on the clock", 60, "UTC", kindPeriod, "every 45 min", 10, func(w *recWorld, s string) {
		for d := range w.days {
			for m := 10; m < recDayMin; m += 45 {
				w.add(s, w.at(d, 0, m, 0), 1)
			}
		}
	}},
	{"free timer 47 min", 60, "UTC", kindInterval, "every 47 min", -1, func(w *recWorld, s string) {
		for t := w.someTime().AddDate(0, 0, -w.days); t.Before(w.until()); t = t.Add(47 * time.Minute) {
			w.add(s, t, 1)
		}
	}},
	{"drifting job 24 h 05 min", 60, "UTC", kindInterval, "every 24 h 05 min", -1, func(w *recWorld, s string) {
		w.uniform(s, 0.2)
		for t := w.since.Add(time.Duration(w.rng.IntN(1440)) * time.Minute); t.Before(w.until()); t = t.Add(1445 * time.Minute) {
			w.burst(s, t, 3, 3)
		}
	}},
	{"last 14 of 60 days", 60, "UTC", kindDaily, "every day", 240, func(w *recWorld, s string) {
		w.noise(s)
		for d := w.days - 14; d < w.days; d++ {
			w.burst(s, w.at(d, 4, 0, 2*w.rng.NormFloat64()), 3, 3)
		}
	}},
	{"stopped half-way", 60, "UTC", kindDaily, "every day", 240, func(w *recWorld, s string) {
		w.noise(s)
		for d := range w.days / 2 {
			w.burst(s, w.at(d, 4, 0, 2*w.rng.NormFloat64()), 3, 3)
		}
	}},
	{"wall clock 07:00 over a clock change", 56, "Europe/Berlin", kindDaily, "every day", 420, daily(7, 0, 2, 1)},
	{"UTC 07:00 over a clock change", 56, "Europe/Berlin", kindDaily, "every day", 420, func(w *recWorld, s string) {
		w.noise(s)
		for d := range w.days {
			t := w.at(d, 12, 0, 0).UTC()
			w.burst(s, time.Date(t.Year(), t.Month(), t.Day(), 7, 0, 0, 0, time.UTC), 3, 3)
		}
	}},
	{"always there, 17-19 +60 %", 42, "UTC", kindDaily, "every day", 17 * 60, func(w *recWorld, s string) {
		w.byLoad(s, 900, 1)
		for d := range w.days {
			for m := range 120 {
				t := w.at(d, 17, 0, float64(m))
				w.add(s, t, int64(w.poisson(0.6*900*w.load(t)/5/19000)))
			}
		}
	}},
	{"every 15 min on the clock, 7 of 10", 60, "UTC", kindPeriod, "every 15 min", 3, func(w *recWorld, s string) {
		for d := range w.days {
			for m := 3; m < recDayMin; m += 15 {
				if w.rng.Float64() < 0.7 {
					w.add(s, w.at(d, 0, m, 0), 1)
				}
			}
		}
	}},
	{"free timer 7 h 13 min", 60, "UTC", kindInterval, "every 7 h 13 min", -1, func(w *recWorld, s string) {
		w.uniform(s, 0.5)
		for t := w.someTime().AddDate(0, 0, -w.days); t.Before(w.until()); t = t.Add(433 * time.Minute) {
			if w.rng.Float64() < 0.9 {
				w.add(s, t.Add(time.Duration(60*w.rng.Float64())*time.Second), 1)
			}
		}
	}},
}

// rightWindow allows ten minutes, or thirty where the start is spread.
func rightWindow(r *recStory, p plantRecipe) bool {
	if p.start < 0 {
		return true
	}
	d := recAbs(r.start - p.start)
	return min(d, recDayMin-d) <= 15
}

// scoreMixed judges a warehouse of which one subject in twenty recurs:
// realised false-discovery share and power at a q-value of 0.05.
func scoreMixed(t *testing.T, long bool) string {
	subjects, worlds := 60, 1
	if long {
		subjects, worlds = 600, 2
	}
	planted, power, alarms := 0, 0, 0
	for n := range worlds {
		w := newRecWorld(uint64(900+n), "2026-03-02", 60, time.UTC)
		for k := range subjects {
			s := fmt.Sprintf("n%03d", k)
			if k%20 == 0 {
				s = fmt.Sprintf("p%03d", k)
				plantRecipes[[]int{0, 2, 4, 5, 6, 9, 10}[k/20%7]].fill(w, s)
				planted++
			} else {
				nullRecipes[k%(len(nullRecipes)-1)].fill(w, s)
			}
		}
		found := map[string]bool{}
		for _, r := range w.judge(t).Recurrences {
			found[r.SubjectID] = true
			if r.SubjectID[0] == 'n' {
				t.Logf("false: %s p %.2g: %s", r.SubjectID, *r.PValue, r.Sentence)
			}
		}
		for s := range found {
			if s[0] == 'p' {
				power++
			} else {
				alarms++
			}
		}
	}
	fdr := float64(alarms) / math.Max(1, float64(alarms+power))
	// One false alarm in a small world is within what q <= 0.05 allows.
	if alarms > 1 && fdr > 0.05 || float64(power) < 0.95*float64(planted) {
		t.Errorf("mixed: %d of %d planted found, %d false", power, planted, alarms)
	}
	return fmt.Sprintf("mixed, %d subjects, 1 in 20 planted, q <= 0.05: false-discovery share %.3f, power %.3f\n",
		subjects*worlds, fdr, float64(power)/float64(planted))
}

// TestScore measures power and false alarms per recipe; the golden shows what
// a change of method costs. ALMANAC_LONG=1 runs some thirty times the cases.
func TestScore(t *testing.T) {
	cases, long := 6, os.Getenv("ALMANAC_LONG") == "1"
	if long {
		cases = 200
	}
	var b strings.Builder
	fmt.Fprintf(&b, "null worlds, %d cases each, 60 days: share with adjusted p under 0.01 and 0.0001\n", cases)
	for i, n := range nullRecipes {
		w := newRecWorld(uint64(100+i), "2026-03-02", 60, time.UTC)
		w.load = n.load
		for k := range cases {
			n.fill(w, fmt.Sprintf("%03d", k))
		}
		v, _ := w.verdicts(t)
		low, tiny := 0, 0
		for _, x := range v {
			if x.p < 0.01 {
				low++
			}
			if x.p < 1e-4 {
				tiny++
			}
		}
		fmt.Fprintf(&b, "  %-38s %.3f %.3f\n", n.name, float64(low)/float64(cases), float64(tiny)/float64(cases))
		if low > max(1, cases/100) {
			t.Errorf("null %s: %d of %d under 0.01", n.name, low, cases)
		}
	}
	fmt.Fprintf(&b, "planted, %d cases each: found at p < 0.0001, right class, right start (15 min), wrong frame, other stories\n", cases)
	for i, p := range plantRecipes {
		w := newRecWorld(uint64(300+i), "2026-03-02", p.days, mustZone(t, p.zone))
		for k := range cases {
			p.fill(w, fmt.Sprintf("%03d", k))
		}
		v, _ := w.verdicts(t)
		found, class, start, frame, more := 0, 0, 0, 0, 0
		for _, x := range v {
			if x.p < 1e-4 && len(x.stories) > 0 {
				found++
				st := x.stories[0]
				if st.kind == p.kind && st.label() == p.label {
					class++
					if rightWindow(st, p) {
						start++
					}
				}
				if strings.HasPrefix(p.name, "UTC") && st.verdict == frameWall || strings.HasPrefix(p.name, "wall") && st.verdict == frameUTC {
					frame++
				}
				more += len(x.stories) - 1
				if st.drift() != 0 && st.cron() != "" {
					t.Errorf("%s: a drifting timer has cron %q", p.name, st.cron())
				}
			}
		}
		share := func(n int) float64 { return float64(n) / float64(cases) }
		fmt.Fprintf(&b, "  %-38s %.2f %.2f %.2f %.2f %.2f\n", p.name, share(found), share(class), share(start), share(frame), share(more))
		if frame > 0 {
			t.Errorf("%s: frame wrong %d times", p.name, frame)
		}
	}
	b.WriteString(scoreMixed(t, long))
	if long {
		golden(t, "recurrence_score_long.txt", b.String())
		return
	}
	golden(t, "recurrence_score.txt", b.String())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *updateScore {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s differs; run with -update-score and review.\ngot:\n%s", path, got)
	}
}
