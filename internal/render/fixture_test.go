package render

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"almanac/schemas"
)

// A shop of six services and eight weeks, with the stories of the demo: the
// facts a night would hand over, invented here without a lake.

var berlin = func() *time.Location {
	z, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return z
}()

var shopServices = []string{"gateway", "checkout", "payment", "inventory", "cart", "redis"}

func at(s string) int64 {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", s, berlin)
	if err != nil {
		panic(err)
	}
	return t.UnixMicro()
}

func shop() Site {
	asOf := time.Date(2026, 11, 21, 2, 0, 0, 0, berlin)
	s := Site{
		Name: "demo shop", Zone: berlin, AsOf: asOf, Since: time.Date(2026, 9, 26, 0, 0, 0, 0, berlin),
		ToolVersion: "0.1.0",
	}
	shopRecurrences(&s)
	shopIncidents(&s)
	shopChanges(&s)
	shopFindings(&s)
	s.Notes = []string{
		"payment: no logs from Tue 13 Oct to Wed 14 Oct; these days count as not observed.",
		"batch: one day of data is not enough for a recurrence; needs 2 more Mondays.",
	}
	s.Figures = map[FigureKey]*schemas.Table{}
	for _, spec := range Plan(s) {
		s.Figures[spec.Key] = shopTable(&s, spec)
	}
	return s
}

func shopRecurrences(s *Site) {
	evening := schemas.Recurrence{
		RecurrenceID: "R-4f1c2a90", SubjectKind: "signature", SubjectID: "S-9ab3c1d2e4f5", Service: "checkout",
		Template: "checkout failed: payment timed out after <num>ms", Kind: "daily", Label: "every day",
		WindowStart: "17:00", WindowEnd: "19:00", Zone: "Europe/Berlin", Frame: "wall clock", Cron: "0 17 * * *",
		Hits: schemas.Ptr(int64(52)), Exposures: schemas.Ptr(int64(54)), HitLow: schemas.Ptr(0.875), HitHigh: schemas.Ptr(0.99),
		ExpectedShare: schemas.Ptr(0.083), Lift: schemas.Ptr(11.6), QValue: schemas.Ptr(3.1e-41), Tests: schemas.Ptr(int64(214)),
		Status: "confirmed", FirstTS: at("2026-09-26 17:01:12"), LastTS: at("2026-11-20 17:01:40"), NextDueTS: at("2026-11-21 17:00:00"),
		JitterS: schemas.Ptr(24.0), DurationS: schemas.Ptr(6900.0), Verdict: "job", JobService: "inventory-sync",
		JobTemplate: "inventory-sync started, batch <num>", JobLagS: schemas.Ptr(68.0), FirstService: "inventory",
		JobRuns: schemas.Ptr(int64(52)), JobRunHits: schemas.Ptr(int64(52)), JobSkips: schemas.Ptr(int64(2)), JobSkipHits: schemas.Ptr(int64(0)),
		FamilyID: "R-4f1c2a90", IsLead: schemas.Ptr(true), SeenIn: "payment",
		Sentence: "Checkout fails every day from 17:00 to 19:00 because inventory-sync starts at 17:00 and locks a table; payment times out as a consequence.",
		Why:      "inventory-sync started 1 m 8 s before the errors on 52 of 52 days it ran.\nOn the 2 days it did not run, no error came, although traffic was the same.\nWeekends have a third of the traffic and the same errors: it is not load.\nThe first service to err is inventory, not payment.",
	}
	follower := evening
	follower.RecurrenceID, follower.Service, follower.IsLead = "R-77aa01bc", "payment", schemas.Ptr(false)
	follower.Template, follower.SubjectID = "payment timed out waiting for inventory", "S-0c11d2e3f4a5"
	monday := schemas.Recurrence{
		RecurrenceID: "R-08d3b7e1", SubjectKind: "error_type", SubjectID: "CardDeclinedUpstream", Service: "payment",
		Template: "CardDeclinedUpstream", Kind: "weekday", Label: "every Monday", WindowStart: "09:00", WindowEnd: "10:00",
		Zone: "Europe/Berlin", Frame: "wall clock", Cron: "0 9 * * 1", Hits: schemas.Ptr(int64(7)), Exposures: schemas.Ptr(int64(8)),
		HitLow: schemas.Ptr(0.529), HitHigh: schemas.Ptr(0.978), ExpectedShare: schemas.Ptr(0.04), Lift: schemas.Ptr(21.9),
		QValue: schemas.Ptr(4.4e-7), Tests: schemas.Ptr(int64(214)), Status: "confirmed", Verdict: "undetermined",
		FirstTS: at("2026-09-28 09:02:00"), LastTS: at("2026-11-16 09:03:10"), NextDueTS: at("2026-11-23 09:00:00"),
		JitterS: schemas.Ptr(95.0), DurationS: schemas.Ptr(2400.0), IsLead: schemas.Ptr(true),
		Sentence: "Payment declines cards every Monday from 09:00 to 10:00.",
		Why:      "No job starts before the window on these days.\nTraffic also rises on Monday mornings; a Monday holiday would tell the two apart.",
		Warnings: "8 Mondays only: the interval is wide.",
	}
	candidate := schemas.Recurrence{
		RecurrenceID: "R-c0ffee12", SubjectKind: "signature", SubjectID: "S-11", Service: "cart", Template: "cart rebuild took <num>ms",
		Kind: "weekdays", Label: "Monday to Friday", WindowStart: "03:00", WindowEnd: "03:30", Zone: "Europe/Berlin", Frame: "not decidable yet",
		Hits: schemas.Ptr(int64(9)), Exposures: schemas.Ptr(int64(40)), HitLow: schemas.Ptr(0.12), HitHigh: schemas.Ptr(0.38),
		ExpectedShare: schemas.Ptr(0.05), Lift: schemas.Ptr(4.5), QValue: schemas.Ptr(0.04), Status: "candidate", Verdict: "undetermined",
		NextDueTS: at("2026-11-23 03:00:00"), Warnings: "Needs 3 more weekdays.",
	}
	s.Recurrences = []schemas.Recurrence{monday, candidate, follower, evening}
	start := time.Date(2026, 9, 26, 12, 0, 0, 0, berlin)
	rng := rand.New(rand.NewPCG(1, 2))
	for k := range 56 {
		d := start.AddDate(0, 0, k)
		day := schemas.RecurrenceDay{RecurrenceID: evening.RecurrenceID, LocalDate: d.Format("2006-01-02"), IsObserved: schemas.Ptr(true)}
		switch {
		case d.Month() == 10 && (d.Day() == 13 || d.Day() == 14):
			day.IsObserved = schemas.Ptr(false)
		case d.Month() == 11 && (d.Day() == 3 || d.Day() == 4):
			day.IsHit = schemas.Ptr(false)
		default:
			day.IsHit = schemas.Ptr(true)
			day.Count = schemas.Ptr(int64(180 + rng.IntN(90)))
			day.JobTS = time.Date(d.Year(), d.Month(), d.Day(), 17, 0, rng.IntN(9), 0, berlin).UnixMicro()
			day.OnsetTS = day.JobTS + int64(40+rng.IntN(60))*1e6
			day.EndTS = day.OnsetTS + 6900*1e6
		}
		s.RecurrenceDays = append(s.RecurrenceDays, day)
		if d.Weekday() == time.Monday {
			m := schemas.RecurrenceDay{
				RecurrenceID: monday.RecurrenceID, LocalDate: day.LocalDate, IsObserved: schemas.Ptr(true),
				IsHit: schemas.Ptr(k != 16), Count: schemas.Ptr(int64(31)),
			}
			if k != 16 {
				m.OnsetTS = time.Date(d.Year(), d.Month(), d.Day(), 9, 1+rng.IntN(4), 0, 0, berlin).UnixMicro()
			}
			s.RecurrenceDays = append(s.RecurrenceDays, m)
		}
	}
	for k := range 7 {
		d := start.AddDate(0, 0, 56+k)
		due := time.Date(d.Year(), d.Month(), d.Day(), 17, 0, 0, 0, berlin).UnixMicro()
		s.Forecasts = append(s.Forecasts, schemas.Forecast{RecurrenceID: evening.RecurrenceID, DueTS: due, DueEndTS: due + 7200e6, Probability: schemas.Ptr(0.95)})
		if d.Weekday() == time.Monday {
			due = time.Date(d.Year(), d.Month(), d.Day(), 9, 0, 0, 0, berlin).UnixMicro()
			s.Forecasts = append(s.Forecasts, schemas.Forecast{RecurrenceID: monday.RecurrenceID, DueTS: due, DueEndTS: due + 3600e6, Probability: schemas.Ptr(0.84)})
		}
	}
	s.Fixes = []schemas.Fix{{
		FixID: "F-01", RecurrenceID: evening.RecurrenceID, FixedTS: at("2026-11-11 17:40:00"), What: "payment restarted by the operator",
		Source: "operator", State: "failed", Sentence: "It helped that evening and returned the next day: 9 of 9 occasions since were hit.",
	}}
}

func shopIncidents(s *Site) {
	s.Incidents = []schemas.Incident{
		{
			IncidentID: "INC-2041", Title: "Redis out of memory takes carts and checkout down", Service: "redis", Severity: "SEV1", SeverityRaw: "Sev-1 (critical)",
			StartedTS: at("2026-11-18 14:05:00"), DetectedTS: at("2026-11-18 14:12:00"), AcknowledgedTS: at("2026-11-18 14:15:30"),
			MitigatedTS: at("2026-11-18 14:51:00"), ResolvedTS: at("2026-11-18 15:20:00"), StatedDurationS: schemas.Ptr(int64(3600)),
			RootCause: "Sessions were never cleaned up and filled the memory.", Category: "capacity", Source: "postmortems",
			File: "incidents/2026-11-18-redis.md", Line: 1, Body: "# Redis out of memory\n\nAt 14:12 the gateway alert fired…\n",
			Warning: "stated duration 60 m, the stamps give 75 m",
		},
		{IncidentID: "INC-2044", Title: "Checkout slow in the evening", Service: "checkout", Severity: "SEV3", StartedTS: at("2026-11-20 17:20:00"), DetectedTS: at("2026-11-20 17:34:00"), Source: "pager", File: "incidents.csv", Line: 44},
		{IncidentID: "INC-1977", Title: "Connection pool of payment exhausted", Service: "payment", Severity: "SEV2", StartedTS: at("2026-08-06 11:02:00"), DetectedTS: at("2026-08-06 11:10:00"), ResolvedTS: at("2026-08-06 12:40:00"), Source: "pager", File: "incidents.csv", Line: 12},
		{IncidentID: "INC-2038", Title: "Connection pool of inventory exhausted", Service: "inventory", Severity: "SEV2", StartedTS: at("2026-11-12 10:31:00"), DetectedTS: at("2026-11-12 10:33:00"), MitigatedTS: at("2026-11-12 11:01:00"), ResolvedTS: at("2026-11-12 11:15:00"), Source: "pager", File: "incidents.csv", Line: 41},
	}
	rng := rand.New(rand.NewPCG(7, 7))
	for k := range 26 {
		t := time.Date(2026, 5, 4, 8, 0, 0, 0, berlin).Add(time.Duration(k*6*24+rng.IntN(60)) * time.Hour)
		i := schemas.Incident{
			IncidentID: fmt.Sprintf("INC-%d", 1900+k), Title: []string{"Payment provider slow", "Image upload fails", "Search index stale", "Login loop on mobile"}[k%4],
			Service: shopServices[k%6], Severity: fmt.Sprintf("SEV%d", 1+k%4), StartedTS: t.UnixMicro(), Source: "pager", File: "incidents.csv", Line: int64(2 + k),
		}
		i.DetectedTS = i.StartedTS + int64(60+rng.IntN(1500))*1e6
		i.ResolvedTS = i.StartedTS + int64(600*math.Exp(rng.NormFloat64()*1.2+1.2))*1e6
		s.Incidents = append(s.Incidents, i)
	}
	s.IncidentServices = []schemas.IncidentService{{IncidentID: "INC-2041", Service: "cart"}, {IncidentID: "INC-2041", Service: "gateway"}, {IncidentID: "INC-2041", Service: "redis"}}
	s.IncidentEvents = []schemas.IncidentEvent{
		{IncidentID: "INC-2041", Seq: 1, TS: at("2026-11-18 14:12:00"), Status: "alert", Text: "gateway 5xx above 5 %"},
		{IncidentID: "INC-2041", Seq: 2, TS: at("2026-11-18 14:34:00"), Status: "identified", Text: "maxmemory reached, sessions never expire"},
		{IncidentID: "INC-2041", Seq: 3, TS: at("2026-11-18 14:51:00"), Status: "mitigated", Text: "memory raised, old sessions deleted by hand"},
	}
	s.Actions = []schemas.Action{
		{IncidentID: "INC-2041", Seq: 1, Kind: "prevention", Text: "Alert when session-cleanup has not run for two hours", Owner: "dana", DueTS: at("2026-11-19 12:00:00"), Status: "open", SuccessCondition: "no silence of session-cleanup longer than 2 h in 14 days"},
		{IncidentID: "INC-2041", Seq: 2, Kind: "immediate", Text: "Raise maxmemory", Owner: "lee", Status: "done"},
		{IncidentID: "INC-1977", Seq: 1, Kind: "prevention", Text: "Bound the pool wait to 2 s", Owner: "", DueTS: at("2026-09-01 12:00:00")},
		{IncidentID: "INC-2038", Seq: 1, Kind: "detection", Text: "Dashboard for pool use per service", Owner: "kim", DueTS: at("2026-12-01 12:00:00"), Status: "open"},
	}
	steps := []struct{ service, ts, last, text, by string }{
		{"redis", "2026-11-18 14:01:58", "2026-11-18 14:50:58", "OOM command not allowed when used memory > 'maxmemory'", ""},
		{"session", "2026-11-18 14:02:03", "2026-11-18 14:50:00", "ConnectionTimeout: redis did not answer in <num>ms", "redis"},
		{"cart", "2026-11-18 14:02:08", "2026-11-18 14:52:00", "NullPointerException at CartService.load(CartService.java:<num>)", "session"},
		{"gateway", "2026-11-18 14:05:22", "2026-11-18 14:53:10", "upstream cart returned 503", "cart"},
	}
	for k, x := range steps {
		s.Cascades = append(s.Cascades, schemas.CascadeStep{
			IncidentID: "INC-2041", Rank: int64(k + 1), Service: x.service, Template: x.text, OnsetTS: at(x.ts), EarliestTS: at(x.ts), LastTS: at(x.last),
			Count: schemas.Ptr(int64(400 - 70*k)), BaselinePerMin: schemas.Ptr(0.1), IsCertain: schemas.Ptr(k != 2), ExplainedBy: x.by,
		})
	}
	s.Similar = []schemas.Similar{{
		IncidentID: "INC-2038", OtherID: "INC-1977", Rank: 1, Score: schemas.Ptr(0.86), Shared: "signature “pool active=<num> max=<num>”, order payment → checkout",
		Different: "service inventory instead of payment", Done: "pool raised from 50 to 80", Held: "held for payment: 0 of 61 days since",
	}}
}

func shopChanges(s *Site) {
	rng := rand.New(rand.NewPCG(3, 9))
	for k := range 56 {
		for n := range 3 + rng.IntN(4) {
			t := time.Date(2026, 9, 26, 9+rng.IntN(8), rng.IntN(60), 0, 0, berlin).AddDate(0, 0, k)
			if t.Weekday() == time.Sunday || t.Weekday() == time.Saturday {
				continue
			}
			s.Changes = append(s.Changes, schemas.Change{
				ChangeID: fmt.Sprintf("D-%d", 3400+k*6+n), Kind: "deploy", Service: shopServices[rng.IntN(6)], StartedTS: t.UnixMicro(),
				Status: "success", Title: "release of the day", Version: fmt.Sprintf("v1.%d.%d", k, n), Source: "deploys",
			})
		}
	}
	s.Changes = append(s.Changes,
		schemas.Change{ChangeID: "D-4711", Kind: "deploy", Service: "session", StartedTS: at("2026-11-04 15:12:00"), Title: "session 2.9: new scheduler", Source: "deploys"},
		schemas.Change{ChangeID: "C-88", Kind: "config", Service: "inventory", StartedTS: at("2026-11-12 08:30:00"), Title: "pool.max 80 -> 20", Source: "config"},
	)
	s.Causes = []schemas.Cause{
		{SubjectKind: "incident", SubjectID: "INC-2041", ChangeID: "D-4711", Rank: 1, Probability: schemas.Ptr(0.81), Label: "likely", LagS: schemas.Ptr(1205388.0), CoincidenceShare: schemas.Ptr(0.02), Reason: "session-cleanup last ran 40 min after this deploy and never again; memory rose from that day."},
		{SubjectKind: "incident", SubjectID: "INC-2038", ChangeID: "C-88", Rank: 1, Probability: schemas.Ptr(0.88), Label: "likely", LagS: schemas.Ptr(7260.0), Distance: schemas.Ptr(int64(0)), CoincidenceShare: schemas.Ptr(0.07), Reason: "the only config change of the service in eight weeks"},
		{SubjectKind: "recurrence", SubjectID: "R-4f1c2a90", Rank: 1, Label: "none", Reason: "it was there before the first change on record"},
	}
	s.Onsets = []schemas.Onset{{OnsetID: "O-51", Kind: "silent", Service: "session", IncidentID: "INC-2041", Sentence: "session-cleanup fell silent"}}
}

func shopFindings(s *Site) {
	s.Findings = []schemas.Finding{
		{FindingID: "R-4f1c2a90", Kind: "recurrence", Rank: 1, SubjectKind: "signature", SubjectID: "S-9ab3c1d2e4f5", Service: "checkout", Status: "confirmed", Sentence: s.Recurrences[3].Sentence, Evidence: "52 of 54 days hit, 8 % expected by chance; on both days without inventory-sync nothing failed."},
		{FindingID: "O-51", Kind: "silence", Rank: 2, SubjectKind: "signature", SubjectID: "S-77", Service: "session", Sentence: "session-cleanup has been silent since Wed 4 Nov 15:52, 40 min after deploy D-4711; 13 d 22 h later Redis ran out of memory.", Evidence: "It used to run every 30 min; a gap this long has p below 1e-9."},
		{FindingID: "K-2041", Kind: "cascade", Rank: 3, SubjectKind: "incident", SubjectID: "INC-2041", Service: "redis", Sentence: "On Wed 18 Nov Redis failed first at 14:01:58; cart, session and gateway followed within 3 m 24 s, the alert came 10 m 2 s after the first error.", Evidence: "4 services, order certain but for session and cart (5 s apart).", Warnings: "session and cart are 5 s apart and their clocks may differ by that much."},
		{FindingID: "H-2038", Kind: "change", Rank: 4, SubjectKind: "incident", SubjectID: "INC-2038", Service: "inventory", Sentence: "The pool exhaustion of inventory on Thu 12 Nov followed the config change pool.max 80 -> 20 by two hours.", Evidence: "Probability 0.88; a change lies that close before a random moment 7 % of the time."},
		{FindingID: "R-08d3b7e1", Kind: "recurrence", Rank: 5, SubjectKind: "error_type", SubjectID: "CardDeclinedUpstream", Service: "payment", Status: "confirmed", Sentence: s.Recurrences[0].Sentence, Evidence: "7 of 8 Mondays, 4 % expected by chance.", Warnings: s.Recurrences[0].Warnings},
		{FindingID: "F-01", Kind: "fix", Rank: 6, SubjectKind: "recurrence", SubjectID: "R-4f1c2a90", Service: "payment", Status: "failed", Sentence: "Restarting payment helped for one evening only."},
		{FindingID: "M-2038", Kind: "similar", Rank: 7, SubjectKind: "incident", SubjectID: "INC-2038", Sentence: "The pool exhaustion equals INC-1977 of last quarter."},
		{FindingID: "X-1", Kind: "data", Rank: 8, Sentence: "payment wrote no log on 13 and 14 October."},
	}
}
