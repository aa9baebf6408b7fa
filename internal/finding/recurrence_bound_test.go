package finding

import (
	"math"
	"testing"
	"time"
)

// A day of hundreds of cycles must not overflow the bound: every five minutes
// is found, and named by the clock it keeps, not as a free-running timer.
func TestShortPeriodsAreFound(t *testing.T) {
	for _, period := range []int{5, 10, 15} {
		w := newRecWorld(uint64(period), "2026-03-02", 30, time.UTC)
		for at := w.since.Add(2 * time.Minute); at.Before(w.until()); at = at.Add(time.Duration(period) * time.Minute) {
			w.add("a", at, 1)
		}
		r := w.judge(t)
		if len(r.Recurrences) != 1 || r.Recurrences[0].Kind != kindPeriod || r.Recurrences[0].Label != "every "+minutesOf(period) ||
			r.Recurrences[0].Cron == "" {
			t.Errorf("every %d min:\n%s", period, describeAll(r))
		}
	}
}

// Chernoff's bound of a sum of counts: 30 days with 288 hits at one of 5
// phases, all at the same phase, have chance 5^-30.
func TestChernoffOfLargeCounts(t *testing.T) {
	h := make([]float64, 289)
	h[0], h[288] = 0.8, 0.2
	hist := make([][]float64, 30)
	for i := range hist {
		hist[i] = h
	}
	got, want := chernoff(hist, 30*288), -30*math.Log(5)
	if !(got >= want-1e-6) || got > want+1 {
		t.Errorf("bound %v, exact %v", got, want)
	}
}

// What is logged in every minute of every day alike has a reason, no pattern.
func TestDaysAllAlike(t *testing.T) {
	w := newRecWorld(3, "2026-03-02", 30, time.UTC)
	w.load = flatLoad
	for at := w.since; at.Before(w.until()); at = at.Add(time.Minute) {
		w.add("a", at, 2)
	}
	r := w.judge(t)
	if len(r.Recurrences) != 0 || len(r.Notes) != 1 || r.Notes[0].Reason == "" {
		t.Error(describeAll(r))
	}
}

// What began after a clock change is the same on both clocks: the site's is
// told, and the frame is not decidable; a night that told it in UTC is
// continued under its id.
func TestFrameNeedsBothSidesOfAChange(t *testing.T) {
	w := newRecWorld(12, "2026-03-02", 64, mustZone(t, "Europe/Berlin"))
	for d := 30; d < w.days; d++ {
		w.burst("a", w.at(d, 1, 30, w.rng.NormFloat64()), 3, 4)
	}
	for d := range w.days { // another, on UTC, of the same subject
		day := w.at(d, 12, 0, 0).UTC()
		w.burst("a", time.Date(day.Year(), day.Month(), day.Day(), 19, 40, 0, 0, time.UTC), 3, 4)
	}
	first := w.judge(t)
	frames := map[string]string{}
	for i, x := range first.Recurrences {
		frames[x.WindowStart[:2]] = x.Frame
		if x.WindowStart[:2] == "01" { // as a former night might have told it
			first.Recurrences[i].Zone, first.Recurrences[i].WindowStart, first.Recurrences[i].WindowEnd = "UTC", "23:25", "23:35"
		}
	}
	if frames["19"] != frameUTC || frames["01"] != frameUnknown || len(first.Recurrences) != 2 {
		t.Fatalf("frames %v\n%s", frames, describeAll(first))
	}
	in := w.input()
	in.Previous = first.Recurrences
	again, err := Recurrences(in)
	if err != nil {
		t.Fatal(err)
	}
	if len(again.Recurrences) != 2 || again.Recurrences[0].RecurrenceID != first.Recurrences[0].RecurrenceID || again.Recurrences[1].RecurrenceID != first.Recurrences[1].RecurrenceID {
		t.Errorf("ids changed:\n%s", describeAll(again))
	}
}
