package finding

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"almanac/schemas"
)

// silenceWorld is eight weeks of one service with a job every hour that stops
// at stop; edit may add to it.
func silenceWorld(stop time.Time) SilenceInput {
	rng := rand.New(rand.NewPCG(4, 4))
	in := SilenceInput{Night: "2026-11-09", Since: at("2026-09-14 00:00:00"), Until: at("2026-11-09 00:00:00"), Now: at("2026-11-09 06:00:00")}
	for t := in.Since; t.Before(in.Until); t = t.Add(5 * time.Minute) {
		lines := int64(20)
		if h := t.Hour(); h >= 8 && h < 20 {
			lines = 200
		}
		in.Volume = append(in.Volume, SilenceVolumeRow{Service: "session", SlotTS: t, Lines: lines})
	}
	for t := stop; !t.Before(in.Since); t = t.Add(-time.Hour) {
		run := t
		if t != stop {
			run = t.Add(time.Duration(rng.IntN(20)) * time.Second)
		}
		if run.Before(in.Until) {
			in.addMinute("S-start", run)
			in.addMinute("S-done", run.Add(15*time.Second))
		}
	}
	in.Signatures = []SignatureRow{
		{Service: "session", SignatureID: "S-start", Template: "session-cleanup started", Level: "info"},
		{Service: "session", SignatureID: "S-done", Template: "session-cleanup finished: removed <n> expired sessions in <n> s", Level: "info"},
	}
	in.Records.Known = []string{"session", "cart", "gateway"}
	return in
}

func (in *SilenceInput) addMinute(sig string, t time.Time) {
	in.Minutes = append(in.Minutes, SilenceMinuteRow{Service: "session", SignatureID: sig, Level: "info",
		MinuteTS: t.Truncate(time.Minute), FirstTS: t, LastTS: t, Count: 1})
}

// The demo's story: deploy 4711, forty minutes later the last run, 13 days 22
// hours later the out-of-memory.
func TestSilenceIsJoinedToItsChangeAndItsIncident(t *testing.T) {
	oom := at("2026-11-05 13:01:58")
	last := oom.Add(-(13*24 + 22) * time.Hour)
	in := silenceWorld(last)
	in.Records.Changes = []ChangeRow{
		{ChangeID: "4711", Kind: "deploy", Service: "session", StartedTS: last.Add(-40 * time.Minute), Source: "ci"},
		{ChangeID: "4700", Kind: "deploy", Service: "cart", StartedTS: last.Add(-20 * time.Minute), Source: "ci"},
		{ChangeID: "4600", Kind: "deploy", Service: "session", StartedTS: last.Add(-9 * 24 * time.Hour), Source: "ci"},
	}
	in.Records.Incidents = []IncidentRow{
		{IncidentID: "INC-1", Title: "Checkout slow", Service: "gateway", StartedTS: oom.Add(-6 * 24 * time.Hour), ResolvedTS: oom.Add(-6*24*time.Hour + time.Hour)},
		{IncidentID: "INC-2", Title: "Redis out of memory", Service: "cart", StartedTS: oom.Add(10 * time.Minute), DetectedTS: oom.Add(10 * time.Minute),
			ResolvedTS: oom.Add(time.Hour), RootCause: "expired sessions were never removed"},
	}
	in.Records.Services = []IncidentServiceRow{{"INC-2", "session"}, {"INC-2", "cart"}}
	res := Silences(in)
	if len(res.Silences) != 1 {
		t.Fatalf("%d silences: %+v", len(res.Silences), res.Silences)
	}
	s := res.Silences[0]
	want := "session-cleanup last ran 13 d 22 h before the incident INC-2 (Redis out of memory), 40 min after deploy 4711 of session; it used to come every 1 h."
	if s.Onset.Sentence != want {
		t.Errorf("sentence\n%s\nwant\n%s", s.Onset.Sentence, want)
	}
	if s.Onset.Kind != onsetSilent || s.ChangeID != "4711" || s.Probability < atLikely || s.Onset.IncidentID != "INC-2" {
		t.Errorf("%+v", s)
	}
	changes := Changes(ChangeInput{Night: in.Night, Now: in.Now, Records: in.Records, LogSince: in.Since, Silences: res.Silences})
	rows := causesOf(changes.Causes, "INC-2")
	if rows[0].ChangeID != "4711" || rows[0].Label == causeNone || !strings.Contains(rows[0].Reason, "session-cleanup fell silent after it") {
		t.Errorf("the chain across two weeks: %+v", rows)
	}
	if !strings.Contains(s.IncidentNear, "speaks of memory") {
		t.Errorf("a cleanup job and an out-of-memory: %s", s.IncidentNear)
	}
	t.Logf("%.2f %s", *rows[0].Probability, rows[0].Reason)
}

// Nothing is called silent that is not: one missed run, a job that still
// runs, a night without traffic, a service as a whole, a missing input.
func TestSilenceDecoys(t *testing.T) {
	never := at("2026-11-10 00:00:00")
	if res := Silences(silenceWorld(never)); len(res.Silences) != 0 {
		t.Errorf("a job that runs is called silent: %+v", res.Silences[0].Onset)
	}
	in := silenceWorld(never)
	var kept []SilenceMinuteRow
	for _, m := range in.Minutes {
		if m.MinuteTS.Format("2006-01-02 15") != "2026-10-20 11" {
			kept = append(kept, m)
		}
	}
	in.Minutes = kept
	if res := Silences(in); len(res.Silences) != 0 {
		t.Errorf("one missed run is called a silence: %+v", res.Silences[0].Onset)
	}
	if res := Silences(SilenceInput{}); len(res.Silences) != 0 {
		t.Errorf("nothing in, something out: %+v", res)
	}
}

func TestSilenceOfServiceAndInput(t *testing.T) {
	stop := at("2026-10-20 12:00:00")
	in := silenceWorld(stop)
	in.Volume = in.Volume[:0:0]
	for _, v := range silenceWorld(stop).Volume {
		if v.SlotTS.Before(stop) {
			in.Volume = append(in.Volume, v)
		}
	}
	in.Sources = []SilenceSourceRow{{Service: "session", Source: "logs", FirstTS: in.Since, LastTS: stop}}
	for h := in.Since; h.Before(in.Until); h = h.Add(time.Hour) {
		in.Coverage = append(in.Coverage, SilenceCoverageRow{Source: "logs", HourTS: h, Lines: 100})
	}
	res := Silences(in)
	if len(res.Silences) != 1 || res.Silences[0].Onset.Kind != onsetService {
		t.Fatalf("want one silent service: %+v", res.Silences)
	}
	in.Coverage = in.Coverage[:int(stop.Sub(in.Since).Hours())]
	res = Silences(in)
	if len(res.Silences) != 1 || res.Silences[0].Onset.Kind != onsetInput || res.Findings[0].Kind != schemas.FindingData {
		t.Fatalf("want a missing input: %+v", res.Silences)
	}
	for _, c := range res.Causes {
		if c.ChangeID != "" {
			t.Errorf("a missing input is laid to change %s", c.ChangeID)
		}
	}
}

// A service of its own files, one a day: two days without a file are a missing
// input; an empty file, or another service in it, is a silent service.
func TestSilenceOfMissingFiles(t *testing.T) {
	stop, back := at("2026-10-20 00:00:00"), at("2026-10-22 00:00:00")
	world := func() SilenceInput {
		in := silenceWorld(at("2026-11-10 00:00:00"))
		volume := in.Volume
		in.Volume, in.Minutes = nil, nil
		for _, v := range volume {
			if v.SlotTS.Before(stop) || !v.SlotTS.Before(back) {
				in.Volume = append(in.Volume, v)
			}
		}
		for h := in.Since; h.Before(in.Until); h = h.Add(time.Hour) {
			in.Coverage = append(in.Coverage, SilenceCoverageRow{Source: "logs", HourTS: h, Lines: 100})
		}
		for d := in.Since; d.Before(in.Until); d = d.AddDate(0, 0, 1) {
			if d.Before(stop) || !d.Before(back) {
				in.Sources = append(in.Sources, SilenceSourceRow{Service: "session", Source: "logs", File: "logs/session-" + d.Format("2006-01-02") + ".log.gz",
					FirstTS: d, LastTS: d.Add(24*time.Hour - time.Second)})
			}
		}
		return in
	}
	empty, shared := world(), world()
	empty.Sources = append(empty.Sources, SilenceSourceRow{Source: "logs", File: "logs/session-2026-10-20.log"})
	shared.Sources = append(shared.Sources, SilenceSourceRow{Service: "cart", Source: "logs", File: "logs/session-2026-10-20.log", FirstTS: stop, LastTS: back})
	for _, c := range []struct {
		name, kind string
		in         SilenceInput
	}{{"no files", onsetInput, world()}, {"an empty file", onsetService, empty}, {"another service in it", onsetService, shared}} {
		res := Silences(c.in)
		if len(res.Silences) != 1 || res.Silences[0].Onset.Kind != c.kind {
			t.Errorf("%s: %+v", c.name, res.Silences)
		}
	}
}

func TestSilenceReworded(t *testing.T) {
	stop := at("2026-10-20 12:03:00")
	in := silenceWorld(stop)
	var kept []SilenceMinuteRow
	for _, m := range in.Minutes {
		if m.SignatureID == "S-start" {
			kept = append(kept, m)
		}
	}
	in.Minutes = kept
	in.Signatures = append(in.Signatures, SignatureRow{Service: "session", SignatureID: "S-new", Template: "session-cleanup started on <host>",
		Level: "info", FirstTS: stop.Add(time.Hour), EverTS: stop.Add(time.Hour), Count: 400})
	res := Silences(in)
	if len(res.Silences) != 1 || res.Silences[0].Onset.Kind != onsetReworded {
		t.Fatalf("want reworded: %+v", res.Silences)
	}
}

// Figures of statistics.md part B4: regular 24 a day found after six hours;
// clustered events of a service that goes on rarely called gone.
func TestSilenceScore(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 22))
	found, false_, runs := 0, 0, 25
	for range runs {
		in := silenceWorld(at("2026-11-08 18:00:00").Add(-time.Duration(rng.IntN(3600)) * time.Second))
		if r := Silences(in); len(r.Silences) == 1 {
			found++
		}
		in = silenceWorld(at("2026-11-10 00:00:00"))
		in.Minutes, in.Signatures = nil, nil
		for x := in.Since; x.Before(in.Until); {
			in.addMinute("S-cluster", x)
			if rng.IntN(5) == 0 {
				x = x.Add(time.Duration(rng.ExpFloat64() * float64(9*time.Hour)))
			} else {
				x = x.Add(time.Minute + time.Duration(rng.ExpFloat64()*float64(2*time.Minute)))
			}
		}
		if r := Silences(in); len(r.Silences) > 0 {
			false_++
		}
	}
	t.Logf("hourly job silent for six hours found %d of %d; clustered events called gone %d of %d", found, runs, false_, runs)
	if found < runs*95/100 || false_ > 1 {
		t.Errorf("found %d, false %d of %d", found, false_, runs)
	}
}

// Two long templates that begin alike are told apart where they differ.
func TestUnlike(t *testing.T) {
	long := "preferred replicas by broker " + strings.Repeat("map of lists, ", 10)
	for _, c := range []struct{ s, other, want string }{
		{"started on <host>", "started", "started on <host>"},
		{"short", long, "short"},
		{long + "then one", "another", clip(long+"then one", 90)},
		{long + "then one", long + "then two", "… map of lists, then one"},
		{long, long + "then two", "…lists, map of lists,"},
	} {
		got := unlike(c.s, c.other, 90)
		if got != c.want {
			t.Errorf("%q beside %q: %q, want %q", c.s, c.other, got, c.want)
		}
	}
}
