package finding

import (
	"strings"
	"testing"
	"time"
)

func calls(caller, callee string, n int, offset float64) []CallRow {
	var out []CallRow
	for i := range n {
		out = append(out, CallRow{Caller: caller, Callee: callee, OffsetS: offset + float64(i%5-2)/100, SlackS: .2})
	}
	return out
}

func TestMeasureClocks(t *testing.T) {
	c := MeasureClocks(append(append(calls("gateway", "cart", 20, 10), calls("cart", "session", 20, -4)...), calls("web", "mail", 3, 60)...))
	if d := c.apart("gateway", "cart"); d < 9900*time.Millisecond || d > 10100*time.Millisecond {
		t.Errorf("gateway and cart are %v apart", d)
	}
	if d := c.apart("gateway", "session"); d < 5900*time.Millisecond || d > 6100*time.Millisecond {
		t.Errorf("gateway and session are %v apart", d)
	}
	if c.unknown("gateway", "session") != 0 || c.unknown("gateway", "redis") != c.Max || c.Max < 9*time.Second {
		t.Errorf("unknown clocks: %+v", c)
	}
	if c := MeasureClocks(calls("gateway", "cart", 20, .3)); c.Max != 0 || c.Ahead["cart"] != 0 {
		t.Errorf("a third of a second is no skew: %+v", c)
	}
	if c := MeasureClocks(nil); c.Max != 0 || c.apart("a", "b") != 0 {
		t.Error("nothing measured, something known")
	}
}

// Ten seconds between the clocks, as shared requests show them: the order of
// five seconds is not certain, and says why; times are set right.
func TestCascadeMeasuredSkew(t *testing.T) {
	oom := at("2026-11-05 13:01:58")
	c := newCascadeCase(at("2026-11-05 13:12:00"), at("2026-11-05 13:12:00"))
	tail := at("2026-11-05 13:27:00")
	c.errors("redis", "S-oom", 0, every(oom, tail, 4*time.Second)...)
	c.errors("session", "S-timeout", 0, every(oom.Add(5*time.Second), tail, 2200*time.Millisecond)...)
	c.errors("cart", "S-null", 0, every(oom.Add(20*time.Second), tail, 3*time.Second)...) // its clock is 10 s ahead
	c.in.Calls = append(calls("gateway", "cart", 30, 10), calls("gateway", "session", 30, 0)...)
	got := Cascades(c.in).Cascades[0]
	if got.Verdict != CascadeUncertain || !strings.Contains(got.Sentence, "not certain: 5 s apart, clocks differ by up to 10 s") {
		t.Errorf("%s: %s", got.Verdict, got.Sentence)
	}
	if s := got.Steps[2]; s.Service != "cart" || s.OnsetTS != oom.Add(10*time.Second).UnixMicro() && s.OnsetTS/1e6 != oom.Add(10*time.Second).Unix() {
		t.Errorf("cart is not set right: %+v", s)
	}
	if !strings.Contains(strings.Join(got.Notes, "; "), "the clock of cart is 10 s ahead") {
		t.Errorf("notes %v", got.Notes)
	}
	stated := newCascadeCase(at("2026-11-05 13:12:00"), time.Time{})
	stated.errors("redis", "S-oom", 0, every(oom, tail, 4*time.Second)...)
	stated.errors("session", "S-timeout", 0, every(oom.Add(5*time.Second), tail, 2200*time.Millisecond)...)
	if v := Cascades(stated.in).Cascades[0]; v.Verdict != CascadeRoot {
		t.Errorf("aligned: %s", v.Verdict)
	}
	stated.in.MaxSkew = 10 * time.Second
	if v := Cascades(stated.in).Cascades[0]; v.Verdict != CascadeUncertain || !strings.Contains(v.Sentence, "clocks differ by up to 10 s") {
		t.Errorf("stated skew: %s %s", v.Verdict, v.Sentence)
	}
}

// Requests that erred in both services tell the order where clocks cannot.
func TestCascadeTraceOrder(t *testing.T) {
	start := at("2026-11-05 13:12:00")
	c := newCascadeCase(start, time.Time{})
	c.errors("front", "S-f", 0, every(start.Add(-time.Second), start.Add(5*time.Minute), 3*time.Second)...)
	c.errors("back", "S-b", 0, every(start.Add(time.Second), start.Add(5*time.Minute), 3*time.Second)...)
	n := 0
	for i := range c.in.Events {
		if e := &c.in.Events[i]; e.TS.After(start.Add(10 * time.Second)) {
			e.TraceID = "t" + e.TS.Add(time.Duration(map[string]int{"front": 0, "back": 1}[e.Service])*time.Second).Format("150405")
			n++
		}
	}
	got := Cascades(c.in).Cascades[0]
	if got.Steps[0].Service != "back" || got.Steps[1].ExplainedBy != "back" || !strings.Contains(got.Steps[1].Evidence, "erred first") {
		t.Errorf("%d traced: %+v", n, got.Steps)
	}
}

func TestCascadeShapes(t *testing.T) {
	got := CascadeShapes([]CascadeOrder{
		{"INC-1", []string{"redis", "session", "cart"}}, {"INC-2", []string{"redis", "cart", "session"}}, {"INC-3", []string{"redis", "session", "cart"}},
		{"INC-4", []string{"redis"}}, {"INC-5", []string{"cart", "redis"}},
	})
	if len(got) != 1 || got[0].Name != "redis → session → cart" || strings.Join(got[0].Incidents, " ") != "INC-1 INC-2 INC-3" {
		t.Errorf("%+v", got)
	}
}
