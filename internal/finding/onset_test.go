package finding

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"almanac/schemas"
)

// onsetWorld is days of one service whose load has a weekly rhythm; rate is
// the expected count of a signature on a day of average load.
func onsetWorld(seed uint64, days int, sigs map[string]func(day int, rng *rand.Rand) float64) OnsetInput {
	rng := rand.New(rand.NewPCG(seed, 77))
	start := at("2026-09-14 00:00:00")
	in := OnsetInput{Night: "2026-11-09", Since: start, Until: start.AddDate(0, 0, days), Now: start.AddDate(0, 0, days)}
	for d := range days {
		date := start.AddDate(0, 0, d).Format("2006-01-02")
		lines := 20000 + rng.IntN(4000)
		if d%7 >= 5 {
			lines /= 3
		}
		in.Volume = append(in.Volume, OnsetVolumeRow{EventDate: date, Service: "pay", Lines: int64(lines), Slots: 288})
		for _, id := range sortedKeys(sigs) {
			mean := sigs[id](d, rng) * float64(lines) / 17000
			n := int64(math.Max(0, math.Round(mean+math.Sqrt(mean)*rng.NormFloat64())))
			if n == 0 {
				continue
			}
			ts := start.AddDate(0, 0, d).Add(9 * time.Hour)
			in.Days = append(in.Days, OnsetDayRow{EventDate: date, Service: "pay", SignatureID: id, Level: "error", Count: n, Minutes: n, FirstTS: ts, LastTS: ts.Add(time.Hour)})
		}
	}
	for _, id := range sortedKeys(sigs) {
		g := SignatureRow{Service: "pay", SignatureID: id, Template: "template of " + id, Level: "error"}
		for _, d := range in.Days {
			if d.SignatureID == id {
				if g.FirstTS.IsZero() {
					g.FirstTS, g.EverTS = d.FirstTS, d.FirstTS
				}
				g.Count += d.Count
				g.Days++
			}
		}
		in.Signatures = append(in.Signatures, g)
	}
	return in
}

func sortedKeys[V any](m map[string]V) []string {
	set := map[string]bool{}
	for k := range m {
		set[k] = true
	}
	return serviceList(serviceNames(set)...)
}

func constant(x float64) func(int, *rand.Rand) float64 {
	return func(int, *rand.Rand) float64 { return x }
}

func stepAt(day int, before, after float64) func(int, *rand.Rand) float64 {
	return func(d int, _ *rand.Rand) float64 {
		if d < day {
			return before
		}
		return after
	}
}

func TestOnsetScoreFound(t *testing.T) {
	in := onsetWorld(1, 56, map[string]func(int, *rand.Rand) float64{
		"S-steady": constant(40), "S-up": stepAt(30, 20, 70), "S-down": stepAt(20, 90, 20), "S-new": stepAt(40, 0, 12),
		"S-outage": func(d int, _ *rand.Rand) float64 {
			if d == 25 {
				return 20000
			}
			return 5
		},
		"S-young": stepAt(54, 0, 9),
	})
	res := Onsets(in)
	got := map[string]string{}
	for _, o := range res.Onsets {
		got[o.SignatureID] += fmt.Sprintf("%s %s;", o.Kind, schemas.DateOf(o.TS))
		if o.Sentence == "" || o.Warnings == "" {
			t.Errorf("%s: no sentence or no word about the day", o.SignatureID)
		}
	}
	want := map[string]string{"S-up": "up 2026-10-14;", "S-down": "down 2026-10-03;", "S-new": "new 2026-10-24;", "S-young": "new 2026-11-07;"}
	for id, w := range want {
		if got[id] != w {
			t.Errorf("%s: %q, want %q", id, got[id], w)
		}
	}
	if got["S-steady"] != "" || got["S-outage"] != "" {
		t.Errorf("steady %q, one outage %q: neither changed level", got["S-steady"], got["S-outage"])
	}
	if r := Onsets(OnsetInput{}); len(r.Onsets) != 0 {
		t.Error("nothing in, something out")
	}
}

// Series without a change, followed by load, in bursts, or rare: hardly any
// is called an onset; missing days are not zeros.
func TestOnsetScoreNull(t *testing.T) {
	found, tests := 0, 0
	for seed := range uint64(6) {
		sigs := map[string]func(int, *rand.Rand) float64{}
		for k := range 30 {
			switch k % 3 {
			case 0:
				sigs[fmt.Sprintf("S-%02d", k)] = constant(30)
			case 1:
				sigs[fmt.Sprintf("S-%02d", k)] = func(_ int, rng *rand.Rand) float64 { return math.Exp(2 * rng.NormFloat64()) }
			case 2:
				sigs[fmt.Sprintf("S-%02d", k)] = func(_ int, rng *rand.Rand) float64 { return 20 * float64(oneIf(rng.IntN(5) == 0)) }
			}
		}
		in := onsetWorld(100+seed, 56, sigs)
		// Nine days are missing altogether.
		var kept []OnsetVolumeRow
		var days []OnsetDayRow
		gone := func(date string) bool { return strings.HasPrefix(date, "2026-10-1") && date > "2026-10-10" }
		for _, v := range in.Volume {
			if !gone(v.EventDate) {
				kept = append(kept, v)
			}
		}
		for _, d := range in.Days {
			if !gone(d.EventDate) {
				days = append(days, d)
			}
		}
		in.Volume, in.Days = kept, days
		res := Onsets(in)
		for _, o := range res.Onsets {
			if o.PValue != nil {
				found++
			}
		}
		tests += res.Tests
	}
	t.Logf("%d onsets in %d series without one", found, tests)
	if found > 1 {
		t.Errorf("%d onsets in %d series without one", found, tests)
	}
}
