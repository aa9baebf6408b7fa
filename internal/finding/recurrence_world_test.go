package finding

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
	"strings"
	"testing"
	"time"
)

// recWorld invents a service's load and errors with known truth.
type recWorld struct {
	since   time.Time
	days    int
	zone    *time.Location
	rng     *rand.Rand
	load    func(t time.Time) float64 // lines per 5 minutes at local time t
	missing func(t time.Time) bool
	minutes map[string]map[int64]int64 // signature -> unix minute -> count
	jobs    []RecurrenceJob
}

func mustZone(t testing.TB, name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Skipf("no zone database: %v", err)
	}
	return z
}

func newRecWorld(seed uint64, since string, days int, zone *time.Location) *recWorld {
	at, err := time.ParseInLocation("2006-01-02", since, zone)
	if err != nil {
		panic(err)
	}
	return &recWorld{
		since: at, days: days, zone: zone, rng: rand.New(rand.NewPCG(seed, 77)),
		load: officeLoad, minutes: map[string]map[int64]int64{},
	}
}

// officeLoad peaks between 17 and 19 on weekdays.
func officeLoad(t time.Time) float64 {
	h := float64(t.Hour()) + float64(t.Minute())/60
	v := 40 + 60*math.Exp(-(h-13)*(h-13)/18)
	if wd := t.Weekday(); wd != time.Saturday && wd != time.Sunday {
		v += 160 * math.Exp(-(h-18)*(h-18)/2)
	}
	return v
}

func flatLoad(time.Time) float64 { return 100 }

func (w *recWorld) until() time.Time { return w.since.AddDate(0, 0, w.days) }

// at gives local day d at h:m plus extra minutes.
func (w *recWorld) at(d int, h, m int, extra float64) time.Time {
	return time.Date(w.since.Year(), w.since.Month(), w.since.Day()+d, h, m, 0, 0, w.zone).Add(time.Duration(extra * float64(time.Minute)))
}

func (w *recWorld) add(sig string, t time.Time, n int64) {
	if n <= 0 || t.Before(w.since) || !t.Before(w.until()) || w.missing != nil && w.missing(t.In(w.zone)) {
		return
	}
	if w.minutes[sig] == nil {
		w.minutes[sig] = map[int64]int64{}
	}
	w.minutes[sig][t.Unix()/60] += n
}

// uniform adds perDay single errors a day at any time.
func (w *recWorld) uniform(sig string, perDay float64) {
	for n := w.poisson(perDay * float64(w.days)); n > 0; n-- {
		w.add(sig, w.since.Add(time.Duration(w.rng.Float64()*float64(w.days)*24*float64(time.Hour))), 1)
	}
}

// byLoad adds errors with rate proportional to load^power, perDay on average.
func (w *recWorld) byLoad(sig string, perDay, power float64) {
	sum := 0.0
	for t := w.since; t.Before(w.until()); t = t.Add(5 * time.Minute) {
		sum += math.Pow(w.load(t.In(w.zone)), power)
	}
	scale := perDay * float64(w.days) / sum
	for t := w.since; t.Before(w.until()); t = t.Add(5 * time.Minute) {
		for n := w.poisson(scale * math.Pow(w.load(t.In(w.zone)), power)); n > 0; n-- {
			w.add(sig, t.Add(time.Duration(w.rng.IntN(5))*time.Minute), 1)
		}
	}
}

func (w *recWorld) poisson(mean float64) int {
	if mean > 50 {
		return max(0, int(math.Round(mean+math.Sqrt(mean)*w.rng.NormFloat64())))
	}
	l, k, p := math.Exp(-mean), 0, 1.0
	for {
		if p *= w.rng.Float64(); p <= l {
			return k
		}
		k++
	}
}

func (w *recWorld) job(service, sig, template string, t time.Time) {
	w.jobs = append(w.jobs, RecurrenceJob{Service: service, SignatureID: sig, Template: template, MinuteTS: t.Truncate(time.Minute), FirstTS: t, EventCount: 1})
}

func (w *recWorld) volume() []RecurrenceVolume {
	var out []RecurrenceVolume
	for t := w.since; t.Before(w.until()); t = t.Add(5 * time.Minute) {
		if w.missing != nil && w.missing(t.In(w.zone)) {
			continue
		}
		for _, s := range w.services() {
			out = append(out, RecurrenceVolume{Service: s, SlotTS: t.UTC(), LineCount: int64(max(1, w.poisson(w.load(t.In(w.zone)))))})
		}
	}
	return out
}

// serviceOf is the part of a signature's name before a slash.
func serviceOf(sig string) string {
	if s, _, ok := strings.Cut(sig, "/"); ok {
		return s
	}
	return "checkout"
}

func (w *recWorld) services() []string {
	seen := map[string]bool{"checkout": true}
	for s := range w.minutes {
		seen[serviceOf(s)] = true
	}
	out := make([]string, 0, len(seen))
	for s := range seen {
		out = append(out, s)
	}
	sort.Strings(out)
	return out
}

// input gives the rows as the queries would.
func (w *recWorld) input() RecurrenceInput {
	var rows []RecurrenceMinute
	var subjects []RecurrenceSubject
	names := make([]string, 0, len(w.minutes))
	for s := range w.minutes {
		names = append(names, s)
	}
	sort.Strings(names)
	for _, s := range names {
		var at []int64
		for m := range w.minutes[s] {
			at = append(at, m)
		}
		sort.Slice(at, func(i, j int) bool { return at[i] < at[j] })
		for _, m := range at {
			t := time.Unix(m*60, 0).UTC()
			rows = append(rows, RecurrenceMinute{"signature", s, serviceOf(s), t, w.minutes[s][m], t.Add(5 * time.Second), t.Add(50 * time.Second)})
		}
		subjects = append(subjects, RecurrenceSubject{SubjectKind: "signature", SubjectID: s, Service: serviceOf(s), Template: "template of " + s})
	}
	return RecurrenceInput{
		Night: w.until().UTC().Format("2006-01-02"), Since: w.since, Until: w.until(), Now: w.until(), Zone: w.zone,
		Subjects: subjects, Minutes: RowSeq(rows), Volume: RowSeq(w.volume()), Jobs: w.jobs,
	}
}

func (w *recWorld) judge(t testing.TB) RecurrenceResult {
	t.Helper()
	r, err := Recurrences(w.input())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func describeAll(r RecurrenceResult) string {
	s := fmt.Sprintf("tests %d\n", r.Tests)
	for _, x := range r.Recurrences {
		s += fmt.Sprintf("%s %s %s-%s %s cron=%q frame=%s status=%s p=%.2g q=%.2g verdict=%s job=%s lead=%v fam=%s\n  %s\n  why: %q\n  warn: %q\n", x.SubjectID, x.Label, x.WindowStart, x.WindowEnd, x.Kind, x.Cron, x.Frame, x.Status, *x.PValue, *x.QValue, x.Verdict, x.JobService, *x.IsLead, x.FamilyID, x.Sentence, x.Why, x.Warnings)
	}
	for _, n := range r.Notes {
		s += fmt.Sprintf("note %s: %s\n", n.SubjectID, n.Reason)
	}
	return s
}
