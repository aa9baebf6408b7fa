package finding

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"almanac/schemas"
)

// fixDays makes daily occasions at 17:00 from a string: x hit, . clean, ?
// not observed.
func fixDays(id, marks string) []schemas.RecurrenceDay {
	var out []schemas.RecurrenceDay
	for i, m := range marks {
		due := at("2026-09-01 17:00:00").AddDate(0, 0, i)
		d := schemas.RecurrenceDay{RecurrenceID: id, LocalDate: due.Format("2006-01-02"), DueTS: schemas.Micros(due), IsObserved: schemas.Ptr(m != '?')}
		if m != '?' {
			d.IsHit = schemas.Ptr(m == 'x')
		}
		if m == 'x' {
			d.OnsetTS, d.EndTS = schemas.Micros(due.Add(2*time.Minute)), schemas.Micros(due.Add(2*time.Hour))
		}
		out = append(out, d)
	}
	return out
}

func fixInput(marks string, fixDay int) FixInput {
	return FixInput{Night: "2026-11-09", Now: at("2026-12-31 00:00:00"),
		Claims:      []schemas.Fix{{FixID: "F-1", RecurrenceID: "R-1", FixedTS: schemas.Micros(at("2026-09-01 09:00:00").AddDate(0, 0, fixDay)), What: "pool raised to 100"}},
		Recurrences: []schemas.Recurrence{{RecurrenceID: "R-1", Service: "payment", Label: "every day", ExpectedShare: schemas.Ptr(.02)}},
		Days:        fixDays("R-1", marks),
	}
}

func TestFixStates(t *testing.T) {
	before := "xxxxx.xxxxxxxx" // 13 of 14
	for _, c := range []struct {
		name, after string
		state, says string
		detail      string
	}{
		{"nothing since", "", FixUntested, "0 of 3 occasions since", "0 of 3"},
		{"two clean", "..", FixHolding, "1 clean occasion needed", "1 more clean occasion"},
		{"one hit, one clean", "x.", FixHolding, "1 of 2 since", "1 of 2 hit since, "},
		{"five clean", ".....", FixHeld, "0 of 5 since", "0 of 5 hit since"},
		{"goes on", "xx", FixFailed, "failed at 2026-09-15 17:02", "2026-09-15 17:02 +00:00"},
		{"rarer", ".x.....x..x...x.", FixPartial, "helps in part", "-73 %"},
		{"no logs", "?????", FixNoEvidence, "5 without logs", "5 without logs"},
	} {
		in := fixInput(before+c.after, len(before))
		f := Fixes(in).Fixes[0]
		if f.State != c.state {
			t.Errorf("%s: %s (P %.3f), want %s", c.name, f.State, *f.NotFixed, c.state)
		}
		if !strings.Contains(f.Sentence, strings.Replace(c.says, "1 clean occasion needed", "more needed", 1)) {
			t.Errorf("%s: %s", c.name, f.Sentence)
		}
		if !strings.HasPrefix(f.Detail, c.detail) {
			t.Errorf("%s: detail %q, want %q", c.name, f.Detail, c.detail)
		}
	}
	// Clean days that nobody saw do not count.
	f := Fixes(fixInput(before+"????????..", len(before))).Fixes[0]
	if f.State != FixHolding || !strings.Contains(f.Warnings, "8 occasions since the fix without logs") {
		t.Errorf("missing logs: %s, %s", f.State, f.Warnings)
	}
	f = Fixes(fixInput("xxxxxxxx..........", 14)).Fixes[0]
	if f.State != FixStopped {
		t.Errorf("six clean days before the fix: %s: %s", f.State, f.Sentence)
	}
	in := fixInput(before, 3)
	in.Claims[0].RecurrenceID = "R-unknown"
	if f = Fixes(in).Fixes[0]; f.State != FixNoEvidence || f.NotFixed != nil {
		t.Errorf("unknown recurrence: %+v", f)
	}
	if r := Fixes(FixInput{}); len(r.Fixes) != 0 || len(r.Restarts) != 0 {
		t.Error("nothing in, something out")
	}
}

// Figures of statistics.md part C, looked at every day for thirty days.
func TestFixScore(t *testing.T) {
	rng := rand.New(rand.NewPCG(17, 18))
	falseHeld, falseFailed, runs := 0, 0, 120
	if longRun {
		runs = 4000
	}
	marks := func(n int, p float64) string {
		var b strings.Builder
		for range n {
			if rng.Float64() < p {
				b.WriteByte('x')
			} else {
				b.WriteByte('.')
			}
		}
		return b.String()
	}
	for range runs {
		before := "x" + marks(12, .7) + "x"
		still, gone := marks(30, .7), marks(30, .02)
		heldOnce, failedOnce := false, false
		for m := 3; m <= 30; m++ {
			heldOnce = heldOnce || Fixes(fixInput(before+still[:m], 14)).Fixes[0].State == FixHeld
			failedOnce = failedOnce || Fixes(fixInput(before+gone[:m], 14)).Fixes[0].State == FixFailed
		}
		falseHeld, falseFailed = falseHeld+oneIf(heldOnce), falseFailed+oneIf(failedOnce)
	}
	t.Logf("goes on, called held %d of %d; gone, called failed %d of %d", falseHeld, runs, falseFailed, runs)
	if falseHeld > runs*5/100 || falseFailed > runs*3/100 {
		t.Errorf("falsely held %d, falsely failed %d of %d", falseHeld, falseFailed, runs)
	}
}

// The operator's restart: it ends that evening's failures, and the next day
// they are back.
func TestRestartThatHelpsOneEvening(t *testing.T) {
	in := fixInput(strings.Repeat("x", 40), 80)
	in.Claims = nil
	in.Recurrences[0].SeenIn = "checkout"
	for i := 3; i < 39; i += 4 {
		d := &in.Days[i]
		restart := schemas.Time(d.DueTS).Add(40 * time.Minute)
		d.EndTS = schemas.Micros(restart.Add(20 * time.Second))
		in.Records.Changes = append(in.Records.Changes, ChangeRow{ChangeID: "OPS", Kind: schemas.ChangeRestart, Service: "payment", StartedTS: restart})
	}
	// A restart in the morning answers nothing.
	in.Records.Changes = append(in.Records.Changes, ChangeRow{Kind: schemas.ChangeRestart, Service: "payment", StartedTS: at("2026-09-20 08:00:00")})
	res := Fixes(in)
	want := "Restart of payment on 9 days ended that day's errors; they returned on the next occasion 9 of 9 times."
	if len(res.Restarts) != 1 || res.Restarts[0].Sentence != want {
		t.Errorf("%+v\nwant %s", res.Restarts, want)
	}
	if len(res.Findings) != 1 || res.Findings[0].Status != FixOnce || len(res.Fixes) != 1 || res.Fixes[0].State != FixOnce {
		t.Errorf("%+v %+v", res.Findings, res.Fixes)
	}
	in.Claims = res.Fixes // the night after
	if again := Fixes(in); len(again.Fixes) != 1 || again.Fixes[0] != res.Fixes[0] && again.Fixes[0].Detail != res.Fixes[0].Detail {
		t.Errorf("the night after: %+v", again.Fixes)
	}
}

// withErrors gives every hit a number of errors, share times as many from a
// day on, and noise of a tenth.
func withErrors(in FixInput, from int, share float64) FixInput {
	rng := rand.New(rand.NewPCG(3, uint64(from)))
	for k := range in.Days {
		if in.Days[k].OnsetTS == 0 {
			continue
		}
		n := 400 * (.9 + .2*rng.Float64())
		if k >= from {
			n *= share
		}
		in.Days[k].Count = schemas.Ptr(int64(n))
	}
	return in
}

// A fix after which it comes as often, with a fifth fewer errors, helps in
// part; one that changes nothing failed.
func TestFixThatLetsMoreThrough(t *testing.T) {
	before := strings.Repeat("x", 14)
	f := Fixes(withErrors(fixInput(before+"xxxxxx", 14), 14, .8)).Fixes[0]
	if f.State != FixPartial || f.EffectShare == nil || *f.EffectShare < -.25 || *f.EffectShare > -.15 || !strings.Contains(f.Sentence, "errors per occasion") {
		t.Errorf("%s %s: %s", f.State, f.Detail, f.Sentence)
	}
	f = Fixes(withErrors(fixInput(before+"xxxxxx", 14), 14, 1)).Fixes[0]
	if f.State != FixFailed || f.EffectShare != nil {
		t.Errorf("%s %s: %s", f.State, f.Detail, f.Sentence)
	}
}

// A withdrawn claim stays in the ledger with its last verdict and is told no
// more.
func TestFixWithdrawn(t *testing.T) {
	in := fixInput(strings.Repeat("x", 14)+"xx", 14)
	failed := Fixes(in).Fixes[0]
	failed.WithdrawnTS, failed.WithdrawnWhy = schemas.Micros(at("2026-10-01 12:00:00")), "it was another change"
	for range 2 { // and the night after
		in.Claims = []schemas.Fix{failed}
		res := Fixes(in)
		failed = res.Fixes[0]
		if failed.State != FixWithdrawn || len(res.Findings) != 0 || *failed.HitsAfter != 2 ||
			!strings.Contains(failed.Sentence, "was withdrawn on 2026-10-01 12:00 +00:00: it was another change; judged last: failed (2026-09-15 17:02 +00:00)") {
			t.Errorf("%s: %s", failed.State, failed.Sentence)
		}
	}
}
