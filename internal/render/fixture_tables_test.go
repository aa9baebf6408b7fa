package render

import (
	"math"
	"math/rand/v2"
	"sort"
	"time"

	"almanac/schemas"
)

func columns(spec string) []schemas.Column {
	var out []schemas.Column
	name, kind := "", ""
	for _, f := range append(splitFields(spec), "") {
		if name == "" {
			name = f
			continue
		}
		kind = f
		out = append(out, schemas.Column{Name: name, Type: kind})
		name = ""
	}
	return out
}

func splitFields(s string) []string {
	var out []string
	word := ""
	for _, r := range s + " " {
		if r == ' ' {
			if word != "" {
				out = append(out, word)
			}
			word = ""
			continue
		}
		word += string(r)
	}
	return out
}

// shopTable answers a planned figure from the fixture's facts.
func shopTable(s *Site, spec FigureSpec) *schemas.Table {
	t := &schemas.Table{Query: spec.Query, SQL: "-- the text of " + spec.Query + " with its parameters\nSELECT a, b\nFROM c\nWHERE ts >= TIMESTAMP '2026-09-25 22:00:00'\nORDER BY a"}
	switch spec.Query {
	case "ask/error_profile":
		t.Columns, t.Rows = columns("iso_dow INTEGER hour INTEGER observed_days BIGINT hit_days BIGINT errors BIGINT worst_errors BIGINT usual_errors DOUBLE"), shopHeat()
	case "ask/errors_per_day":
		t.Columns, t.Rows = columns("local_date VARCHAR service VARCHAR errors BIGINT lines BIGINT observed_hours DOUBLE"), shopDays()
	case "ask/incidents":
		t.Columns = columns("incident_id VARCHAR title VARCHAR severity VARCHAR started_ts TIMESTAMP resolved_ts TIMESTAMP resolve_s DOUBLE")
		is := append([]schemas.Incident{}, s.Incidents...)
		sortIncidents(is)
		for _, i := range is {
			row := []any{i.IncidentID, i.Title, i.Severity, schemas.Time(i.StartedTS), nil, nil}
			if i.ResolvedTS != 0 {
				row[4], row[5] = schemas.Time(i.ResolvedTS), float64(i.ResolvedTS-i.StartedTS)/1e6
			}
			t.Rows = append(t.Rows, row)
		}
	case "ask/incident_durations":
		t.Columns = columns("part VARCHAR incidents BIGINT resolved BIGINT open BIGINT median_s DOUBLE p90_s DOUBLE longest_s DOUBLE")
		t.Rows = [][]any{
			{"2026-Q4", int64(9), int64(8), int64(1), 2520.0, 9900.0, 14400.0},
			{"2026-Q3", int64(15), int64(15), int64(0), 1980.0, 8100.0, 22000.0},
			{"2026-Q2", int64(6), int64(6), int64(0), 2700.0, 7200.0, 7400.0},
		}
	case "ask/week_numbers":
		t.Columns = columns("name VARCHAR value DOUBLE week_before DOUBLE")
		t.Rows = [][]any{
			{"changes", 27.0, 25.0}, {"confirmed_recurrences", 2.0, 1.0}, {"errors", 4112.0, 2480.0}, {"incidents", 2.0, 1.0},
			{"median_resolve_s", 4500.0, 2640.0}, {"open_incidents", 1.0, nil}, {"overdue_actions", 2.0, nil},
		}
	case "ask/weekly_changes":
		t.Columns = columns("category VARCHAR subject_kind VARCHAR subject_id VARCHAR service VARCHAR what VARCHAR ts TIMESTAMP event_count BIGINT")
		t.Rows = [][]any{
			{"fixed", "recurrence", "R-4f1c2a90", nil, "failed: payment restarted by the operator", schemas.Time(at("2026-11-11 17:40:00")), nil},
			{"gone", "signature", "S-5", "gateway", "certificate expires in <num> days", schemas.Time(at("2026-11-10 00:00:00")), int64(88)},
			{"new", "signature", "S-1", "redis", "OOM command not allowed when used memory > 'maxmemory'", schemas.Time(at("2026-11-18 14:01:58")), int64(400)},
			{"new", "signature", "S-2", "cart", "NullPointerException at CartService.load(CartService.java:<num>)", schemas.Time(at("2026-11-18 14:02:08")), int64(310)},
			{"overdue", "incident", "INC-1977", nil, "Bound the pool wait to 2 s", schemas.Time(at("2026-09-01 12:00:00")), nil},
			{"overdue", "incident", "INC-2041", "dana", "Alert when session-cleanup has not run for two hours", schemas.Time(at("2026-11-19 12:00:00")), nil},
			{"returned", "signature", "S-3", "inventory", "pool active=<num> max=<num>", schemas.Time(at("2026-11-17 10:31:00")), int64(61)},
		}
	case "ask/coverage":
		t.Columns, t.Rows = columns("source VARCHAR local_date VARCHAR observed_hours BIGINT expected_hours BIGINT lines BIGINT events BIGINT rejects BIGINT"), shopCoverage()
	case "ask/rejects":
		t.Columns = columns("source VARCHAR reason VARCHAR record_count BIGINT file_count BIGINT first_file VARCHAR first_line BIGINT first_raw VARCHAR")
		t.Rows = [][]any{{"gateway", "no timestamp", int64(12), int64(3), "logs/gateway.log", int64(3312), "\tat broken {line"}, {"pager", "end before start", int64(1), int64(1), "incidents.csv", int64(31), "INC-1931,…"}}
	case "ask/inputs":
		t.Columns = columns("source VARCHAR file VARCHAR format VARCHAR lines BIGINT events BIGINT continuations BIGINT blanks BIGINT rejects BIGINT is_balanced BOOLEAN")
		for k, name := range shopServices {
			n := int64(180000 + 7000*k)
			t.Rows = append(t.Rows, []any{name, "logs/" + name + ".log", "json", n, n - 12, int64(0), int64(0), int64(12), true})
		}
	case "ask/recurrence_hours":
		t.Columns = columns("hour INTEGER observed_days BIGINT hit_days BIGINT usual_count DOUBLE")
		for h := range 24 {
			v := 1.5 + math.Sin(float64(h)/4)
			if h == 17 || h == 18 {
				v = 104
			}
			t.Rows = append(t.Rows, []any{int64(h), int64(54), int64(12), v})
		}
	case "ask/recurrence_days":
		t.Columns = columns("local_date VARCHAR is_observed BOOLEAN is_hit BOOLEAN onset_ts TIMESTAMP")
		for _, d := range s.RecurrenceDays {
			if d.RecurrenceID == spec.Params["recurrence"] {
				t.Rows = append(t.Rows, []any{d.LocalDate, *d.IsObserved, d.IsHit != nil && *d.IsHit, schemas.Time(d.OnsetTS)})
			}
		}
	case "ask/recurrence_samples":
		t.Columns = columns("ts TIMESTAMP service VARCHAR level VARCHAR message VARCHAR file VARCHAR line BIGINT")
		t.Rows = [][]any{
			{schemas.Time(at("2026-11-20 17:01:40")), "checkout", "error", "checkout failed: payment timed out after 3000ms", "logs/checkout.log", int64(184112)},
			{schemas.Time(at("2026-11-19 17:01:09")), "checkout", "error", "checkout failed: payment timed out after 3001ms", "logs/checkout.log", int64(181005)},
		}
	case "ask/incident_minutes":
		if spec.Params["incident"] == "INC-2041" {
			t.Columns, t.Rows = columns("minute_ts TIMESTAMP service VARCHAR errors BIGINT week_before BIGINT"), shopMinutes()
		}
	case "ask/incident_errors":
		if spec.Params["incident"] == "INC-2041" {
			t.Columns = columns("first_ts TIMESTAMP last_ts TIMESTAMP service VARCHAR level VARCHAR template VARCHAR event_count BIGINT expected DOUBLE excess DOUBLE")
			for _, c := range s.Cascades {
				t.Rows = append(t.Rows, []any{schemas.Time(c.OnsetTS), schemas.Time(c.LastTS), c.Service, "error", c.Template, *c.Count, 0.4, float64(*c.Count) - 0.4})
			}
		}
	case "ask/incident_timeline":
		t.Columns, t.Rows = columns("ts TIMESTAMP kind VARCHAR what VARCHAR source VARCHAR seq BIGINT"), shopTimeline(s, spec.Params["incident"].(string))
	case "ask/findings":
		t.Columns = columns("rank BIGINT kind VARCHAR sentence VARCHAR evidence VARCHAR")
		for _, f := range s.Findings {
			t.Rows = append(t.Rows, []any{f.Rank, f.Kind, f.Sentence, f.Evidence})
		}
	case "ask/change_errors":
		t.Columns = columns("service VARCHAR errors_before BIGINT errors_after BIGINT per_1000_before DOUBLE per_1000_after DOUBLE hours_before BIGINT hours_after BIGINT")
		t.Rows = [][]any{{"session", int64(2), int64(31), 0.2, 3.1, int64(24), int64(24)}, {"cart", nil, int64(4), nil, 0.4, int64(0), int64(24)}}
	case "ask/change_minutes":
		t.Columns = columns("minute_ts TIMESTAMP service VARCHAR errors BIGINT")
		for k := range 8 {
			t.Rows = append(t.Rows, []any{spec.Params["change"], "session", int64(k)})
			t.Rows[k][0] = schemas.Time(at("2026-11-04 14:00:00")).Add(time.Duration(k) * 15 * time.Minute)
		}
	default:
		t.Columns = columns("id VARCHAR what VARCHAR")
		t.Rows = [][]any{{"1", "an answer of " + spec.Query}}
	}
	return t
}

func shopHeat() (out [][]any) {
	for d := 1; d <= 7; d++ {
		for h := range 24 {
			v := 2 + 3*math.Max(0, math.Sin(float64(h-6)/24*2*math.Pi))
			worst := int64(v * 3)
			if h == 17 || h == 18 {
				v += 96
			}
			if d == 1 && h == 9 {
				v += 34
			}
			if d == 3 && h == 14 {
				v, worst = 410, 1400
			}
			out = append(out, []any{int64(d), int64(h), int64(8), int64(5), int64(v * 8), worst, v})
		}
	}
	return out
}

func shopDays() (out [][]any) {
	rng := rand.New(rand.NewPCG(11, 4))
	for k := range 56 {
		d := time.Date(2026, 9, 26, 12, 0, 0, 0, berlin).AddDate(0, 0, k)
		for n, name := range shopServices {
			if d.Month() == 10 && (d.Day() == 13 || d.Day() == 14) {
				continue
			}
			e := int64(20 + rng.IntN(30))
			switch name {
			case "checkout", "payment":
				e += int64(150 + rng.IntN(60))
			}
			if d.Month() == 10 && d.Day() == 6 && n == 0 {
				e = 41200
			}
			if d.Month() == 11 && d.Day() == 18 {
				e += 700
			}
			out = append(out, []any{d.Format("2006-01-02"), name, e, e * 80, 24.0})
		}
	}
	return out
}

func shopCoverage() (out [][]any) {
	for _, name := range append([]string{"deploys", "pager"}, shopServices...) {
		for k := range 56 {
			d := time.Date(2026, 9, 26, 12, 0, 0, 0, berlin).AddDate(0, 0, k)
			hours, want := int64(24), int64(24)
			if d.Month() == 10 && d.Day() == 25 {
				hours, want = 25, 25
			}
			if name == "payment" && d.Month() == 10 && (d.Day() == 13 || d.Day() == 14) {
				continue
			}
			if name == "payment" && d.Month() == 10 && d.Day() == 15 {
				hours = 9
			}
			out = append(out, []any{name, d.Format("2006-01-02"), hours, want, hours * 900, hours * 900, int64(0)})
		}
	}
	return out
}

func shopMinutes() (out [][]any) {
	start := time.Date(2026, 11, 18, 13, 35, 0, 0, berlin)
	rng := rand.New(rand.NewPCG(5, 5))
	for k := range 135 {
		for n, name := range []string{"redis", "session", "cart", "gateway"} {
			e := int64(rng.IntN(2))
			if k >= 27+n && k < 78 {
				e += int64(30 - 5*n + rng.IntN(9))
			}
			out = append(out, []any{start.Add(time.Duration(k) * time.Minute).UTC(), name, e, int64(rng.IntN(2))})
		}
	}
	return out
}

func shopTimeline(s *Site, id string) (out [][]any) {
	add := func(us int64, kind, what, source string) {
		if us != 0 {
			out = append(out, []any{schemas.Time(us), kind, what, source, int64(len(out))})
		}
	}
	for _, i := range s.Incidents {
		if i.IncidentID == id {
			add(i.StartedTS, "started", "the incident began, by the record", "record")
			add(i.DetectedTS, "detected", "the incident was detected, by the record", "record")
			add(i.ResolvedTS, "resolved", "the incident was resolved, by the record", "record")
		}
	}
	for _, e := range s.IncidentEvents {
		if e.IncidentID == id {
			add(e.TS, e.Status, e.Text, "postmortem entry")
		}
	}
	for _, c := range s.Cascades {
		if c.IncidentID == id {
			add(c.OnsetTS, "first error", c.Service+": "+c.Template, "logs")
		}
	}
	sort.SliceStable(out, func(a, b int) bool { return out[a][0].(time.Time).Before(out[b][0].(time.Time)) })
	return out
}
