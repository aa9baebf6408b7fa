package finding

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"almanac/schemas"

	"github.com/google/go-cmp/cmp"
)

// shiftOf lays onsets (minutes since since) over UTC days with volume v per slot.
func shiftOf(t *testing.T, days int, v func(slot int) float32, onset ...int64) (*recSpan, *recShift) {
	t.Helper()
	since := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	span := newRecSpan(since, since.AddDate(0, 0, days), time.UTC)
	l := &recLoad{span: span, volume: make([]float32, days*recDaySlots)}
	for i := range l.volume {
		l.volume[i] = v(i)
	}
	l.ready()
	utc := make([]int64, len(onset))
	for i, m := range onset {
		utc[i] = span.from + m
	}
	return span, newRecShift(span.frames[0], l.frames[0], utc, false)
}

func one(int) float32 { return 1 }

// The formula of q against its definition: the share of circular shifts of
// the day that put an onset into the window.
func TestChanceIsTheShareOfShifts(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		var onset []int64
		for range 1 + rng.IntN(6) {
			onset = append(onset, rng.Int64N(recDayMin))
		}
		_, s := shiftOf(t, 1, one, onset...)
		length := recWindows[rng.IntN(len(recWindows))]
		k := s.block(1, 144, length)
		got := s.chance(k, recDaySlots+144, recDaySlots+144+length, 0, 1)
		hits := 0
		const n = 14400
		for sh := range n {
			for _, m := range onset {
				x := math.Mod(float64(m)+float64(sh)*recDayMin/n, recDayMin)
				if x >= 720 && x < 720+float64(length*recSlotMin) {
					hits++
					break
				}
			}
		}
		if want := float64(hits) / n; math.Abs(got-want) > 0.003 {
			t.Errorf("onsets %v, %d slots: q = %.4f, by shifting %.4f", onset, length, got, want)
		}
	}
}

// Known error 2: a day without onsets has q = 0, not 1.
func TestDayWithoutOnsetHasNoChance(t *testing.T) {
	_, s := shiftOf(t, 3, one, 10)
	if q := s.chance(s.block(2, 144, 12), 2*recDaySlots+144, 2*recDaySlots+156, 0, recWeights); q != 0 {
		t.Errorf("q = %v on a day without onsets", q)
	}
}

// Known error 1: hits on stretches that were not observed are no hits.
func TestHitsNeverExceedExposures(t *testing.T) {
	w := newRecWorld(3, "2026-03-02", 63, time.UTC)
	gone := map[int]bool{}
	for d := range w.days {
		gone[d] = w.rng.Float64() < 0.35
	}
	w.missing = func(t time.Time) bool { return gone[int(t.Sub(w.since).Hours()/24)] || t.Hour() < 6 }
	daily(9, 0, 2, 1)(w, "a")
	for d := 0; d < w.days; d += 7 {
		w.burst("b", w.at(d, 9, 0, 1), 3, 3)
	}
	w.uniform("c", 2)
	for _, r := range w.judge(t).Recurrences {
		if *r.Hits > *r.Exposures || *r.Hits < 3 || !(*r.PValue > 0) {
			t.Errorf("%s: %d hits of %d, p %v", r.SubjectID, *r.Hits, *r.Exposures, *r.PValue)
		}
	}
}

// Known error 3: half-days at the span's ends are padded, not lost.
func TestMidnightWindowAtTheEnds(t *testing.T) {
	w := newRecWorld(4, "2026-03-02", 30, time.UTC)
	for d := range w.days {
		w.add("a", w.at(d, 0, 2, 0), 1)
	}
	r := w.judge(t)
	if len(r.Recurrences) != 1 || *r.Recurrences[0].Hits != 30 || *r.Recurrences[0].Exposures != 30 {
		t.Errorf("want 30 of 30:\n%s", describeAll(r))
	}
}

// Known error 4: the side band of a five-minute timer is truncated.
func TestShortTimersAreLeftToThePeriodTest(t *testing.T) {
	if n := minInterval; n-3*max(1, n/20)-1 < 1 {
		t.Errorf("the lower side band of %d minutes is truncated", n)
	}
}

// Known error 5: 09:00 and 17:00 are two windows, not "every 4 hours" or "every 8".
func TestTwoTimesOfDayAreNoPeriod(t *testing.T) {
	w := newRecWorld(5, "2026-03-02", 60, time.UTC)
	w.load = flatLoad
	for d := range w.days {
		w.add("a", w.at(d, 9, 0, 0), 1)
		w.add("a", w.at(d, 17, 0, 0), 1)
	}
	r := w.judge(t)
	var got []string
	for _, x := range r.Recurrences {
		got = append(got, x.Kind+" "+x.WindowStart)
	}
	if len(got) != 2 || !strings.Contains(strings.Join(got, ","), "daily 09:00") || !strings.Contains(strings.Join(got, ","), "daily 17:00") {
		t.Errorf("got %v", got)
	}
}

// Four windows six hours apart are one period.
func TestEqualStepsAreOnePeriod(t *testing.T) {
	w := newRecWorld(6, "2026-03-02", 60, time.UTC)
	for d := range w.days {
		for h := 1; h < 24; h += 6 {
			w.add("a", w.at(d, h, 0, 2*w.rng.Float64()), 1)
		}
	}
	r := w.judge(t)
	if len(r.Recurrences) != 1 || r.Recurrences[0].Label != "every 6 hours" || r.Recurrences[0].Cron != "0 1-23/6 * * *" {
		t.Errorf("want every 6 hours:\n%s", describeAll(r))
	}
}

// Known error 6: a bin's rate is trimmed over days, not slots: one bad day
// leaves it alone, a daily recurrence stays out of it only by its hours.
func TestLoadRateTrimsDays(t *testing.T) {
	since := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	span := newRecSpan(since, since.AddDate(0, 0, 30), time.UTC)
	l := &recLoad{span: span, volume: make([]float32, 30*recDaySlots)}
	count := make([]float64, len(l.volume))
	for i := range l.volume {
		l.volume[i], count[i] = 100, 1
		if i/recDaySlots == 7 {
			count[i] = 5000
		}
	}
	l.ready()
	if r := binRates(count, l); math.Abs(r[0]-0.01) > 1e-9 {
		t.Errorf("rate %v, want 0.01", r[0])
	}
}

// Known error 7: five Mondays are not "every day".
func TestFiveMondays(t *testing.T) {
	w := newRecWorld(7, "2026-03-02", 35, time.UTC)
	for d := 0; d < w.days; d += 7 {
		w.add("a", w.at(d, 9, 2, 0), 4)
	}
	r := w.judge(t)
	if len(r.Recurrences) != 1 || r.Recurrences[0].Label != "every Monday" || r.Recurrences[0].Cron != "0 9 * * 1" {
		t.Errorf("want every Monday:\n%s", describeAll(r))
	}
}

// Known error 8: multiples of the period have smaller p-values.
func TestPeriodIsNotAMultiple(t *testing.T) {
	w := newRecWorld(8, "2026-03-02", 30, time.UTC)
	for d := range w.days {
		for m := 7; m < recDayMin; m += 30 {
			if w.rng.Float64() < 0.7 {
				w.add("a", w.at(d, 0, m, 0), 1)
			}
		}
	}
	r := w.judge(t)
	if len(r.Recurrences) != 1 || r.Recurrences[0].Label != "every 30 min" || r.Recurrences[0].Cron != "7-59/30 * * * *" {
		t.Errorf("want every 30 min:\n%s", describeAll(r))
	}
}

// Bad input: a stated reason, never NaN, never a pattern.
func TestBadInput(t *testing.T) {
	few := newRecWorld(9, "2026-03-02", 30, time.UTC)
	few.add("a", few.at(1, 9, 0, 0), 9)
	few.add("a", few.at(8, 9, 0, 0), 9)
	day := newRecWorld(10, "2026-03-02", 1, time.UTC)
	day.uniform("a", 300)
	same := newRecWorld(11, "2026-03-02", 30, time.UTC)
	same.load = flatLoad
	for m := range 30 * recDayMin {
		same.add("a", same.since.Add(time.Duration(m)*time.Minute), 1)
	}
	for name, w := range map[string]*recWorld{"few": few, "one day": day, "all days identical": same} {
		r := w.judge(t)
		if len(r.Recurrences) != 0 {
			t.Errorf("%s: a pattern\n%s", name, describeAll(r))
		}
		if name != "all days identical" && len(r.Notes) == 0 {
			t.Errorf("%s: no reason given", name)
		}
	}
	if r := few.judge(t); r.Notes[0].Reason != "seen on 2 days only; a recurrence needs at least 3" {
		t.Errorf("reason %q", r.Notes[0].Reason)
	}
	only := newRecWorld(12, "2026-03-02", 30, time.UTC)
	daily(9, 0, 1, 1)(only, "a")
	in := only.input()
	in.Volume = RowSeq([]RecurrenceVolume{{Service: "checkout", SlotTS: only.since, LineCount: 10, ErrorCount: 10}})
	r, err := Recurrences(in)
	if err != nil || len(r.Recurrences) != 0 || len(r.Notes) != 1 || !strings.HasPrefix(r.Notes[0].Reason, "no volume") {
		t.Errorf("only errors: %v\n%s", err, describeAll(r))
	}
	if r, err := Recurrences(RecurrenceInput{}); err != nil || len(r.Recurrences) != 0 {
		t.Errorf("nothing at all: %v %v", r, err)
	}
	broken := errors.New("disk")
	in.Minutes = func(yield func(RecurrenceMinute, error) bool) { yield(RecurrenceMinute{}, broken) }
	if _, err := Recurrences(in); !errors.Is(err, broken) {
		t.Errorf("error of the rows is lost: %v", err)
	}
}

func TestMoreMondaysNeeded(t *testing.T) {
	w := newRecWorld(13, "2026-03-02", 30, time.UTC)
	w.add("a", w.at(0, 9, 2, 0), 4)
	w.add("a", w.at(7, 9, 4, 0), 4)
	in := w.input()
	in.Subjects[0].DayCount, in.Subjects[0].FirstTS, in.Subjects[0].LastTS = 2, w.at(0, 9, 2, 0), w.at(7, 9, 4, 0)
	in.Minutes = nil
	r, err := Recurrences(in)
	if err != nil || len(r.Notes) != 1 || r.Notes[0].Reason != "only on Mondays so far: needs 2 more Mondays" {
		t.Errorf("%v %+v", err, r.Notes)
	}
}

// Four of four first days of the month, and no other day: listed as
// tentative, with no forecast, under one id, night after night. One of four
// missed is nothing; a hole on one of the four leaves three of three.
func TestFirstsOfMonthAreTentative(t *testing.T) {
	make := func(skip int) *recWorld {
		w := newRecWorld(17, "2026-01-20", 118, time.UTC)
		for k, d := range []int{12, 40, 71, 101} { // 1 February, 1 March, 1 April, 1 May
			if k != skip {
				w.burst("a", w.at(d, 6, 2, 3*w.rng.Float64()), 3, 3)
			}
		}
		return w
	}
	// Alone the subject could carry a claim; among thousands it cannot.
	judge := func(w *recWorld, prev []schemas.Recurrence) RecurrenceResult {
		in := w.input()
		in.Params.Report, in.Previous = 1e-9, prev
		r, err := Recurrences(in)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	w := make(-1)
	var id string
	var prev []schemas.Recurrence
	for range 2 {
		r := judge(w, prev)
		if len(r.Recurrences) != 1 || len(r.Forecasts) != 0 {
			t.Fatal(describeAll(r))
		}
		x := r.Recurrences[0]
		if x.Status != statusTentative || *x.Hits != 4 || *x.Exposures != 4 || x.Label != "on day 1 of every month" || x.WindowStart != "06:00" ||
			!strings.Contains(x.Warnings, "tentative: 4 of 4") || id != "" && x.RecurrenceID != id {
			t.Errorf("%s", describeAll(r))
		}
		id, prev = x.RecurrenceID, r.Recurrences
	}
	if r := judge(make(2), nil); len(r.Recurrences) != 0 {
		t.Errorf("three of four:\n%s", describeAll(r))
	}
	w = make(-1)
	w.missing = func(at time.Time) bool { return at.Month() == time.April && at.Day() == 1 }
	w.minutes = map[string]map[int64]int64{}
	for _, d := range []int{12, 40, 71, 101} {
		w.burst("a", w.at(d, 6, 2, 1), 3, 3)
	}
	if r := judge(w, nil); len(r.Recurrences) != 1 || *r.Recurrences[0].Hits != 3 || *r.Recurrences[0].Exposures != 3 {
		t.Errorf("with a hole:\n%s", describeAll(r))
	}
}

// The same answer for any number of workers.
func TestWorkersDoNotMatter(t *testing.T) {
	w := newRecWorld(14, "2026-03-02", 40, time.UTC)
	for k := range 12 {
		s := fmt.Sprint(k)
		w.uniform(s, 2)
		if k%3 == 0 {
			daily(k, 0, 1, 1)(w, s)
		}
	}
	var last RecurrenceResult
	in := w.input()
	for _, n := range []int{1, 4} {
		in.Params.Workers = n
		r, err := Recurrences(in)
		if err != nil {
			t.Fatal(err)
		}
		if n > 1 {
			if d := cmp.Diff(last, r); d != "" {
				t.Error(d)
			}
		}
		last = r
	}
	if len(last.Recurrences) < 4 {
		t.Errorf("only %d found", len(last.Recurrences))
	}
}

// A candidate keeps its id, is confirmed on new days only, and is retired
// once it stays away.
func TestHysteresis(t *testing.T) {
	w := newRecWorld(15, "2026-03-02", 40, time.UTC)
	for d := range 25 {
		w.burst("a", w.at(d, 4, 0, w.rng.NormFloat64()), 3, 2)
	}
	w.noise("a")
	var prev []schemas.Recurrence
	var days []schemas.RecurrenceDay
	var forecasts []schemas.Forecast
	got := ""
	id := ""
	for _, n := range []int{16, 17, 20, 24, 27, 40} {
		in := w.input()
		in.Until = w.since.AddDate(0, 0, n)
		in.Now, in.Night, in.Previous = in.Until, in.Until.Format("2006-01-02"), prev
		r, err := Recurrences(in)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Recurrences) != 1 {
			t.Fatalf("day %d: %s", n, describeAll(r))
		}
		x := r.Recurrences[0]
		if id == "" {
			id = x.RecurrenceID
		}
		if x.RecurrenceID != id {
			t.Errorf("day %d: id changed from %s to %s", n, id, x.RecurrenceID)
		}
		got += fmt.Sprintf("%d %s\n", n, x.Status)
		prev, days = r.Recurrences, r.Days
		forecasts = append(forecasts, r.Forecasts...)
	}
	want := "16 candidate\n17 candidate\n20 confirmed\n24 confirmed\n27 confirmed\n40 retired\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	s := ScoreForecasts(w.until().Format("2006-01-02"), w.until(), forecasts, RecurrenceResult{Days: days})[0]
	if *s.Graded < 10 || *s.Hits < 8 || *s.Hits+*s.Misses != *s.Graded || *s.Brier > 0.5 || *s.Stated < 0.8 {
		t.Errorf("score of %d: %d hits, Brier %v, stated %v", *s.Graded, *s.Hits, *s.Brier, *s.Stated)
	}
}

// Incidents are subjects like signatures.
func TestIncidentsRecur(t *testing.T) {
	in := RecurrenceInput{
		Night: "2026-05-01", Since: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), Until: time.Date(2026, 4, 27, 0, 0, 0, 0, time.UTC),
		Zone: time.UTC,
	}
	in.Now = in.Until
	for k := range 8 {
		at := in.Since.AddDate(0, 0, 7*k).Add(9*time.Hour + time.Duration(k%4)*time.Minute)
		in.Incidents = append(in.Incidents, RecurrenceIncident{"payment", at, fmt.Sprint("INC-", k), fmt.Sprintf("Payment failures #%d", k)})
	}
	r, err := Recurrences(in)
	if err != nil {
		t.Fatal(err)
	}
	leads := 0
	for _, x := range r.Recurrences {
		if *x.IsLead {
			leads++
			if x.Label != "every Monday" || x.WindowStart != "09:00" || x.Service != "payment" || x.Verdict != verdictUndetermined {
				t.Errorf("%+v", x)
			}
		}
	}
	if leads != 1 {
		t.Errorf("%d leads\n%s", leads, describeAll(r))
	}
}

func TestTitleFamily(t *testing.T) {
	for in, want := range map[string]string{
		"Payment failures #12":                   "payment failures",
		"[INC-4711] DB down on 2026-03-02 09:00": "[inc- db down on",
		"2026":                                   "",
	} {
		if got := titleFamily(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestCalendarClasses(t *testing.T) {
	day := func(s string) time.Time {
		x, err := time.Parse("2006-01-02", s)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	for _, c := range []struct {
		kind string
		arg  int
		date string
		want bool
	}{
		{kindLastBiz, 0, "2026-01-30", true}, {kindLastBiz, 0, "2026-01-31", false}, {kindLastBiz, 0, "2026-03-31", true},
		{kindLastBiz, 0, "2026-02-27", true}, {kindLastBiz, 0, "2026-05-29", true}, {kindLastBiz, 0, "2026-05-28", false},
		{kindLastDay, 0, "2028-02-29", true}, {kindNthWeekday, 12, "2026-11-03", true}, {kindNthWeekday, 52, "2026-11-24", true},
		{kindNthWeekday, 42, "2026-11-24", true}, {kindMonthDay, 15, "2026-11-15", true}, {kindWeekend, 0, "2026-11-21", true},
		{kindWeekday, 6, "2026-11-21", true}, {kindWeekdays, 0, "2026-11-21", false},
	} {
		if got := onCalendar(c.kind, c.arg, day(c.date)); got != c.want {
			t.Errorf("%s %d %s: %v", c.kind, c.arg, c.date, got)
		}
	}
	var sum float64
	since := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range newRecClasses(newRecSpan(since, since.AddDate(0, 0, 90), time.UTC).frames[0]) {
		sum += c.weight
	}
	if sum += weightWeekBlock + weightPeriods + weightInterval + weightAnyHour; sum > 1 {
		t.Errorf("prior weights sum to %v", sum)
	}
}
