package finding

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"almanac/schemas"
)

func trendMinutesOf(from time.Time, counts ...int64) []schemas.DossierMinute {
	var out []schemas.DossierMinute
	for i, c := range counts {
		m := schemas.DossierMinute{TS: from.Add(time.Duration(i) * time.Minute)}
		if c >= 0 {
			m.Count = schemas.Ptr(c)
		}
		out = append(out, m)
	}
	return out
}

func repeat(n int, c int64) []int64 {
	out := make([]int64, n)
	for i := range out {
		out[i] = c
	}
	return out
}

func TestTrend(t *testing.T) {
	from := at("2026-11-05 13:00:00")
	onset := from.Add(30 * time.Minute)
	series := func(parts ...[]int64) []schemas.DossierMinute {
		var all []int64
		for _, p := range parts {
			all = append(all, p...)
		}
		return trendMinutesOf(from, all...)
	}
	cases := []struct {
		name    string
		minutes []schemas.DossierMinute
		back    string
		second  bool
		say     string
	}{
		{"back", series(repeat(30, 2), repeat(20, 80), []int64{40, 20, 9}, repeat(30, 2)), TrendBack, false, "it fell in 2 min; back at 2 per minute"},
		{"2 before, 5 after", series(repeat(30, 2), repeat(20, 80), repeat(30, 5)), TrendNotBack, false, "not resolved"},
		{"second wave", series(repeat(30, 0), repeat(20, 80), repeat(8, 0), repeat(4, 60), repeat(30, 0)), TrendBack, true, "a second wave 8 min after the recovery"},
		{"one odd minute is no wave", series(repeat(30, 0), repeat(20, 80), repeat(8, 0), []int64{30}, repeat(30, 0)), TrendBack, false, "back"},
		{"still going on", series(repeat(30, 1), repeat(40, 80)), TrendNotBack, false, "not resolved"},
		{"logs end with it", series(repeat(30, 1), repeat(20, 80), repeat(40, -1)), TrendNotBack, false, ""},
		{"nothing after but silence", series(repeat(30, 1), repeat(2, 80), repeat(40, -1)), TrendUnobserved, false, "too little was logged"},
		{"flat", series(repeat(30, 2), repeat(40, 2)), TrendFlat, false, "No minute stands out"},
		{"nothing", nil, TrendFlat, false, ""},
		{"no baseline", series(repeat(30, -1), repeat(20, 80), repeat(30, 0)), TrendUnobserved, false, "unknown level before"},
	}
	for _, c := range cases {
		got := Trend("cart", c.minutes, onset)
		if got.Back != c.back || !got.SecondWave.IsZero() != c.second || !strings.Contains(got.Sentence, c.say) {
			t.Errorf("%s: %s, second wave %v: %s", c.name, got.Back, got.SecondWave, got.Sentence)
		}
		if _, err := json.Marshal(got); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestIncidentGaps(t *testing.T) {
	start := at("2026-11-05 13:00:00")
	own := IncidentStamps{Started: start, Detected: start.Add(12 * time.Minute), Acknowledged: start.Add(15 * time.Minute)}
	var history []IncidentStamps
	for i := 1; i <= 9; i++ {
		history = append(history, IncidentStamps{Started: start, Detected: start.Add(time.Duration(i) * time.Minute), Resolved: start.Add(time.Duration(i) * time.Hour)})
	}
	history = append(history, IncidentStamps{Started: start}, own)
	g := IncidentGaps(own, start.Add(123*time.Second), "redis", history, start.Add(time.Hour))
	if *g[0].Seconds != 597 || g[0].From != "first error outside redis" || g[0].History.N != 10 || g[0].History.Open != 1 {
		t.Errorf("detection %+v", g[0])
	}
	if *g[1].Seconds != 180 || g[1].History.P90 != nil {
		t.Errorf("response %+v", g[1])
	}
	if !g[3].IsOpen || *g[3].Seconds != 3600-123 || g[3].History.N != 9 || g[3].History.Open != 2 || *g[3].History.Median != 5*3600 || *g[3].History.P90 != 9*3600 {
		t.Errorf("resolution %+v, median %v, p90 %v", g[3], *g[3].History.Median, *g[3].History.P90)
	}
	if g := IncidentGaps(IncidentStamps{}, time.Time{}, "", nil, start); g[0].Seconds != nil || g[3].IsOpen || g[0].History.N != 0 {
		t.Errorf("no stamps: %+v", g)
	}
	// An alert before the first error in the logs: the record's start counts.
	if g := IncidentGaps(own, start.Add(time.Hour), "", nil, start.Add(2*time.Hour)); *g[0].Seconds != 720 {
		t.Errorf("alert first: %v", *g[0].Seconds)
	}
}

func TestErrorTable(t *testing.T) {
	from := at("2026-11-05 13:00:00")
	rows := []WindowErrorRow{
		{Service: "cart", SignatureID: "S-usual", Template: "usual", Count: 400, FirstTS: from, LastTS: from.Add(time.Hour), ObservedS: 3600, BaseCount: 67200, BaseObservedS: 604800},
		{Service: "gateway", SignatureID: "S-503", Count: 300, FirstTS: from.Add(6 * time.Minute), LastTS: from.Add(time.Hour), ObservedS: 3600, BaseCount: 168, BaseObservedS: 604800},
		{Service: "redis", SignatureID: "S-oom", ErrorType: "OOM", Count: 20, FirstTS: from.Add(2 * time.Minute), LastTS: from.Add(time.Hour), ObservedS: 3600, BaseObservedS: 604800},
		{Service: "cart2", SignatureID: "S-503", Count: 10, FirstTS: from.Add(7 * time.Minute), LastTS: from.Add(time.Hour), ObservedS: 3600, BaseObservedS: 604800},
		{Service: "new", SignatureID: "S-x", Count: 5, FirstTS: from.Add(8 * time.Minute), LastTS: from.Add(time.Hour), ObservedS: 600},
	}
	rises := []Rise{{Service: "gateway", SignatureID: "S-503", Onset: from.Add(6 * time.Minute)}, {Service: "redis", SignatureID: "S-oom", Onset: from.Add(2 * time.Minute)}}
	got := ErrorTable(rows, rises)
	var say []string
	for _, x := range got {
		e := "?"
		if x.Excess != nil {
			e = fmt.Sprintf("%.0f", *x.Excess)
		}
		say = append(say, fmt.Sprintf("%s %d %s %s first=%v loudest=%v", x.SignatureID, x.Count, e, strings.Join(x.Services, "+"), x.IsFirst, x.IsLoudest))
	}
	want := `S-oom 20 20 redis first=true loudest=false
S-503 310 309 cart2+gateway first=false loudest=true
S-usual 400 0 cart first=false loudest=false
S-x 5 ? new first=false loudest=false`
	if strings.Join(say, "\n") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(say, "\n"), want)
	}
	if got := ErrorTable(nil, nil); len(got) != 0 {
		t.Error("nothing in, something out")
	}
}

func TestGauges(t *testing.T) {
	now := []WindowGaugeRow{
		{Service: "checkout", TS: at("2026-10-30 10:27:00"), Message: "pool active=50 max=50 waiting=12"},
		{Service: "redis", TS: at("2026-10-30 10:26:00"), Message: "* memory: used=4094M max=4096M keys=946042 clients=104"},
		{Service: "web", TS: at("2026-10-30 10:26:00"), Message: "user_id=77 status=200 took=0.5ms a=1e400 b=NaN"},
	}
	week := []WindowGaugeRow{{Service: "checkout", Message: "pool active=7 max=50 waiting=0"}}
	got := GaugesAt(now, week)
	if got[0].Name != "pool active" || got[0].Value != 50 || *got[0].Before != 7 || got[0].AtLimit != "at its bound: pool max=50" {
		t.Errorf("first %+v", got[0])
	}
	for _, g := range got {
		if g.Name == "keys" && g.AtLimit != "" {
			t.Errorf("keys have no bound: %+v", g)
		}
		if g.Service == "web" && strings.Contains(g.Name, "status") || strings.Contains(g.Name, "user_id") {
			t.Errorf("no gauge: %+v", g)
		}
	}
	v, last := StateBefore([]ChangeRow{
		{ChangeID: "1", Kind: "deploy", Service: "a", Version: "1.0", StartedTS: at("2026-10-01 10:00:00")},
		{ChangeID: "2", Kind: "deploy", Service: "a", Version: "1.1", Status: "failed", StartedTS: at("2026-10-02 10:00:00")},
		{ChangeID: "3", Kind: "deploy", Service: "a", Version: "1.2", StartedTS: at("2026-10-09 10:00:00")},
	}, at("2026-10-03 00:00:00"), 5)
	if len(v) != 1 || v[0].Version != "1.0" || len(last) != 2 || last[0].ID != "2" {
		t.Errorf("versions %+v, changes %+v", v, last)
	}
}

func TestBacktestAlerts(t *testing.T) {
	onset := at("2026-11-05 13:02:00")
	in := AlertInput{Since: onset.Add(-28 * 24 * time.Hour), Until: onset.Add(24 * time.Hour), Onset: onset, End: onset.Add(time.Hour), Alert: onset.Add(10 * time.Minute),
		Templates: map[string]string{"S-rare": `boom "x"`, "S-noisy": "noise"}}
	add := func(sig string, t time.Time, n int64) {
		in.Rows = append(in.Rows, WindowHistoryRow{Service: "cart", SignatureID: sig, MinuteTS: t, Count: n})
	}
	for d := 27; d > 0; d-- { // twice a day, three lines
		add("S-noisy", onset.Add(-time.Duration(d)*24*time.Hour), 3)
		add("S-noisy", onset.Add(-time.Duration(d)*24*time.Hour+6*time.Hour), 3)
	}
	for m := range 20 {
		add("S-noisy", onset.Add(time.Duration(m)*time.Minute), 3+4*int64(m))
	}
	add("S-rare", onset.Add(-9*24*time.Hour), 1) // one false alarm in four weeks
	for m := range 20 {
		add("S-rare", onset.Add(time.Duration(m)*time.Minute), 4)
	}
	got := BacktestAlerts(in)
	if len(got) != 2 || got[0].SignatureID != "S-rare" || got[0].Threshold != 3 || *got[0].LeadS != 540 || got[0].False != 0 {
		t.Fatalf("%+v", got)
	}
	if got[1].Threshold < 5 || *got[1].LeadS != 480 || got[1].False != 0 {
		t.Errorf("noisy: %+v", got[1])
	}
	for _, rule := range []string{got[0].Prometheus, got[0].Loki, got[0].Elastic} {
		if !strings.Contains(rule, "3") || len(rule) < 80 {
			t.Errorf("rule %s", rule)
		}
	}
	if !strings.Contains(got[0].Loki, `|= \"boom \\\"x\\\"\"`) {
		t.Errorf("quoting: %s", got[0].Loki)
	}
	if got := BacktestAlerts(AlertInput{}); len(got) != 0 {
		t.Error("nothing in, something out")
	}
}

// Text of others never leaves its place in any language.
func TestReadyQueriesHostile(t *testing.T) {
	hostile := []string{`"} | delete`, `'; DROP TABLE event; --`, "a`b`", `back\slash\`, "line\nbreak\r", `*?[x]/..`, `$(rm) ${x} {{y}}`, "\x00\x1b[31m", "‮rtl", `" OR 1==1 //`, "|= `x`", "<script>"}
	for _, h := range hostile {
		a := Asked{Service: h, SignatureID: h, Template: "word " + h + " <*> tail words", From: at("2026-11-05 13:00:00"), Until: at("2026-11-05 14:00:00")}
		for _, q := range ReadyQueries(a) {
			bare := strip(q.Language, q.Query)
			for _, bad := range []string{"DROP", "delete", "1==1", "rm", "rtl", "script", "\x00", "\x1b", "\r"} {
				if strings.Contains(bare, bad) {
					t.Errorf("%s leaks %q of %q:\n%s\nleft: %s", q.Language, bad, h, q.Query, bare)
				}
			}
		}
	}
	q := ReadyQueries(Asked{Service: "o'neill", From: at("2026-11-05 13:00:00"), Until: at("2026-11-05 14:00:00")})
	if !strings.Contains(q[5].Query, "service = 'o''neill'") {
		t.Errorf("SQL: %s", q[5].Query)
	}
	e := Asked{Template: `50% of a*b? c\d "e"`}.esql()
	if !strings.Contains(e, `LIKE "*50% of a\\*b\\? c\\\\d \"e\"*"`) {
		t.Errorf("ES|QL: %s", e)
	}
}

// strip removes the quoted texts of a query by its own language's rules.
func strip(language, q string) string {
	var b strings.Builder
	quote := byte(0)
	for i := 0; i < len(q); i++ {
		c := q[i]
		switch {
		case quote == 0 && (c == '"' && language != "lake SQL" || c == '\'' && language == "lake SQL" || c == '/' && language == "CloudWatch Logs Insights"):
			quote = c
		case quote != 0 && quote != '\'' && c == '\\':
			i++
		case quote == '\'' && c == '\'' && i+1 < len(q) && q[i+1] == '\'':
			i++
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0:
			b.WriteByte(c)
		}
	}
	if quote != 0 {
		return "DROP: a quote is left open"
	}
	return b.String()
}

func TestMergeDraft(t *testing.T) {
	parts := []DraftPart{{"", "# Title\n\n"}, {"summary", "one\n"}, {"", "\n## Mine\n\n"}, {"timeline", "a\nb\n"}}
	text := WriteDraft(parts)
	if MergeDraft(text, parts) != text {
		t.Error("merging the same changes something")
	}
	fresh := []DraftPart{{"", "# Other\n"}, {"summary", "two\n"}, {"timeline", "c\n"}, {"late", "new\n"}}
	own := strings.Replace(text, "## Mine\n", "## Mine\n\nWe were asleep.\n", 1)
	got := MergeDraft(own, fresh)
	if !strings.Contains(got, "We were asleep.") || !strings.Contains(got, "# Title") || strings.Contains(got, "one") || !strings.Contains(got, "two") || !strings.Contains(got, "\nc\n") || strings.Contains(got, "late") {
		t.Errorf("merged:\n%s", got)
	}
	if again := MergeDraft(got, fresh); again != got {
		t.Errorf("a second merge changes:\n%s", again)
	}
	edited := strings.Replace(text, "a\nb\n", "a\nb, and we saw it\n", 1)
	if got := MergeDraft(edited, fresh); !strings.Contains(got, "and we saw it") || strings.Contains(got, "\nc\n") {
		t.Errorf("an edited block is lost:\n%s", got)
	}
	for _, keep := range []string{"", "no blocks at all\n", strings.ReplaceAll(text, "<!-- /almanac:summary -->\n", ""), strings.Replace(text, "<!-- almanac:summary", "<!-- almanac:summary zzz", 1)} {
		if got := MergeDraft(keep, parts); got != keep {
			t.Errorf("from\n%s\nto\n%s", keep, got)
		}
	}
	if got := MergeDraft(strings.ReplaceAll(text, "\n", "\r\n"), fresh); !strings.Contains(got, "two") || !strings.Contains(got, "## Mine") {
		t.Errorf("with carriage returns:\n%q", got)
	}
}

func TestDraftHostile(t *testing.T) {
	evil := "<!-- /almanac:timeline --> <script>alert(1)</script> | # [x](javascript:1) `y`\n# head"
	d := BuildDossier(DossierInput{Incident: schemas.Incident{IncidentID: evil, Title: evil, RootCause: evil, StartedTS: schemas.Micros(at("2026-11-05 13:00:00"))},
		From: at("2026-11-05 12:30:00"), Until: at("2026-11-05 14:00:00"), Now: at("2026-11-06 00:00:00"),
		Events:  []schemas.IncidentEvent{{IncidentID: evil, TS: schemas.Micros(at("2026-11-05 13:01:00")), Text: evil}},
		Actions: []schemas.Action{{Text: evil, Owner: evil, Kind: evil}}})
	parts := Draft(d, time.UTC)
	text := WriteDraft(parts)
	if strings.Contains(text, "<script>") || strings.Count(text, "<!-- /almanac:timeline -->") != 1 || strings.Contains(text, "\n# head") {
		t.Errorf("markup of others in the draft:\n%s", text)
	}
	if MergeDraft(text, parts) != text {
		t.Error("hostile text breaks the blocks")
	}
}
