package finding

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"almanac/schemas"
)

// hourWorld invents incident starts over days, per service, whose rate at a
// local hour of a local day is weight(t).
func hourWorld(seed uint64, cases, days int, perDay float64, weight func(time.Time) float64) []RecurrenceIncident {
	rng := rand.New(rand.NewPCG(seed, 5))
	since := time.Date(2025, 3, 3, 0, 0, 0, 0, time.UTC)
	var out []RecurrenceIncident
	for c := range cases {
		for h := range days * 24 {
			t := since.Add(time.Duration(h) * time.Hour)
			n := 0
			for l, p := math.Exp(-perDay/24*weight(t)), rng.Float64(); p > l; n++ {
				p *= rng.Float64()
			}
			for k := range n {
				at := t.Add(time.Duration(rng.Float64() * float64(time.Hour)))
				out = append(out, RecurrenceIncident{Service: fmt.Sprintf("s%03d", c), StartedTS: at, IncidentID: fmt.Sprintf("%d-%d-%d", c, h, k)})
			}
		}
	}
	return out
}

// outageWorld invents outages of days, retried every ten minutes to three
// hours, that all begin near 17:00: few coincidences of many starts.
func outageWorld(seed uint64, cases int) []RecurrenceIncident {
	rng := rand.New(rand.NewPCG(seed, 6))
	since := time.Date(2025, 3, 3, 0, 0, 0, 0, time.UTC)
	var out []RecurrenceIncident
	for c := range cases {
		for o := range 3 {
			at := since.AddDate(0, 0, rng.IntN(180)).Add(17 * time.Hour)
			for k := range 12 {
				at = at.Add(time.Duration(20+rng.IntN(160)) * time.Minute)
				out = append(out, RecurrenceIncident{Service: fmt.Sprintf("s%03d", c), StartedTS: at, IncidentID: fmt.Sprintf("%d-%d-%d", c, o, k)})
			}
		}
		for k := range 60 {
			at := since.Add(time.Duration(rng.Float64() * 180 * 24 * float64(time.Hour)))
			out = append(out, RecurrenceIncident{Service: fmt.Sprintf("s%03d", c), StartedTS: at, IncidentID: fmt.Sprintf("%d-u-%d", c, k)})
		}
	}
	return out
}

// diffuseOf gives the diffuse rows per service.
func diffuseOf(r RecurrenceResult) map[string]schemas.Recurrence {
	out := map[string]schemas.Recurrence{}
	for _, x := range r.Recurrences {
		if x.Status == statusDiffuse && x.Service != "" {
			out[x.Service] = x
		}
	}
	return out
}

// TestDiffuse: working hours are found in 95 of 100 cases and named in 75, three fifths
// of the hours in common; noise is not, whatever its bursts; nothing diffuse
// is due, and no slice of the working hours is called a schedule.
func TestDiffuse(t *testing.T) {
	cases := 6
	if os.Getenv("ALMANAC_LONG") == "1" {
		cases = 200
	}
	isWork := func(t time.Time, from, to int) bool { return t.Hour() >= from && t.Hour() < to }
	for i, c := range []struct {
		name  string
		rows  []RecurrenceIncident
		label string // "" for a null
		from  int
		to    int
	}{
		{"uniform, 1 a day", hourWorld(1, cases, 180, 1, func(time.Time) float64 { return 1 }), "", 0, 0},
		{"uniform, 8 a day", hourWorld(2, cases, 180, 8, func(time.Time) float64 { return 1 }), "", 0, 0},
		{"outages of retries at 17:00", outageWorld(3, cases), "", 0, 0},
		{"weekdays 9-18, 4 times", hourWorld(4, cases, 250, 1, func(t time.Time) float64 {
			if isWork(t, 9, 18) && isoDow(t) <= 5 {
				return 2.4
			}
			return 0.6
		}), "every weekday, diffuse", 9, 18},
		{"day over night and weekday over weekend, 2 times, 8 a day", hourWorld(5, cases, 700, 6, func(t time.Time) float64 {
			w := 0.7
			if isWork(t, 8, 18) {
				w *= 2
			}
			if isoDow(t) > 5 {
				w /= 2
			}
			return w
		}), "every weekday, diffuse", 8, 18},
		{"Sunday to Thursday 8-17, 5 times", hourWorld(6, cases, 250, 1, func(t time.Time) float64 {
			if isWork(t, 8, 17) && inRun(sundayToThursday, isoDow(t)) {
				return 2.5
			}
			return 0.5
		}), "every day from Sunday to Thursday, diffuse", 8, 17},
		{"nights 20-06, 4 times", hourWorld(7, cases, 250, 1, func(t time.Time) float64 {
			if !isWork(t, 6, 20) {
				return 2
			}
			return 0.5
		}), "every day, diffuse", 20, 30},
	} {
		all := judgeIncidents(t, c.rows)
		got, schedules := diffuseOf(all), 0
		for _, x := range all.Recurrences {
			if isClaim(x.Status) {
				schedules++
			}
		}
		if schedules > max(1, cases/20) { // told at q <= 0.05; measured 3 and 2.5 % of 200 cases
			t.Errorf("%s: %d schedules in %d cases", c.name, schedules, cases)
		}
		right := 0
		for _, x := range got {
			from, to, ok := parseWindow(x.WindowStart, x.WindowEnd)
			if !ok || x.Cron != "" || x.NextDueTS != 0 || !strings.Contains(x.Sentence, "diffuse") {
				t.Errorf("%s: told as if it were due: %+v", c.name, x)
			}
			both := min(to, 60*c.to) - max(from, 60*c.from)
			if all := max(to, 60*c.to) - min(from, 60*c.from); x.Label == c.label && 10*both >= 6*all {
				right++
			}
			if i > 2 && right == 1 {
				t.Log(x.Sentence)
			}
		}
		t.Logf("%s: %d of %d found, %d right", c.name, len(got), cases, right)
		switch {
		case c.label == "" && len(got) > max(0, cases/100):
			t.Errorf("%s: %d of %d nulls called working hours", c.name, len(got), cases)
		case c.label != "" && (len(got)*100 < 95*cases || right*100 < 75*cases):
			t.Errorf("%s: %d of %d found, %d right", c.name, len(got), cases, right)
		}
	}
}

// TestDiffuseByTraffic: incidents that follow the traffic of their service,
// also its square, are no working hours where the traffic is known.
func TestDiffuseByTraffic(t *testing.T) {
	w := newRecWorld(8, "2026-03-02", 84, time.UTC)
	for k := range 20 {
		w.byLoad(fmt.Sprintf("s%02d/x", k), 1.5, float64(1+k%2))
	}
	in := w.input()
	var incidents []RecurrenceIncident
	n := 0
	for m := range in.Minutes {
		n++
		incidents = append(incidents, RecurrenceIncident{Service: m.Service, StartedTS: m.MinuteTS, IncidentID: fmt.Sprint(n)})
	}
	in.Minutes, in.Subjects, in.Incidents = nil, nil, incidents
	r, err := Recurrences(in)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Recurrences) > 0 || r.Tests < 20 {
		t.Error(describeAll(r))
	}
}
