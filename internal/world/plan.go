package world

import "time"

// Fixed dates of the demo's stories (local). They do not move with the seed,
// so that texts and tests can name them; what moves is everything else.
const (
	redisDay   = "2026-11-05"
	cleanupDay = "2026-10-22"
	feedDay    = "2026-10-13"
	poolDay    = "2026-10-30"
	outageDay  = "2026-09-27"
	cutDay     = "2026-09-18" // its session log is a truncated .gz
	crlfDay    = "2026-09-24" // its inventory log has CRLF line ends
)

// plan is what happens when: everything that a day's lines depend on.
type plan struct {
	syncStart map[int]time.Time // day -> start of inventory-sync; absent: did not run
	syncEnd   map[int]time.Time
	restart   map[int]time.Time // day -> operator restarts payment in the evening

	monday bool // payment failures on Mondays at nine

	oom         time.Time // Redis out of memory; zero: not planted
	oomEnd      time.Time
	cleanupStop time.Time // start of the last run of session-cleanup
	deploy4711  time.Time

	feedChange, feedStart, feedEnd time.Time
	poolDeploy, poolStart, poolEnd time.Time
	outageStart, outageEnd         time.Time
	exportFirst                    time.Time // the job every 24 h 05 min

	changes   []change
	incidents []incident
	// change ids by story, for truth and incidents
	idCleanup, idFeed, idPool string
	idRestart                 []string // per day, "" without a restart
}

// exportEvery is the decoy's period: 24 hours of sleep after five minutes of work.
const exportEvery = 24*time.Hour + 5*time.Minute

func newPlan(w *World) plan {
	p := plan{
		syncStart: map[int]time.Time{}, syncEnd: map[int]time.Time{},
		restart: map[int]time.Time{}, idRestart: make([]string, w.opt.Days),
	}
	p.evenings(w)
	if !w.opt.EveningOnly {
		p.stories(w)
	}
	p.record(w)
	return p
}

// evenings sets the runs of inventory-sync and the restarts that seem to help.
// No restart lies on the eve of a day without a run: it always comes back.
func (p *plan) evenings(w *World) {
	r := w.rng(1)
	skip := map[string]bool{"2026-10-09": true, "2026-10-29": true}
	for i := range w.opt.Days {
		start := w.at(i, "17:00:00").Add(time.Duration(1500+r.IntN(7500)) * time.Millisecond)
		end := w.at(i, "18:57:20").Add(time.Duration(r.IntN(130)) * time.Second)
		if !skip[w.date(i)] {
			p.syncStart[i], p.syncEnd[i] = start, end
		}
	}
	restarts := []string{
		"2026-09-22 17:36:12", "2026-10-06 17:42:40", "2026-10-15 17:31:05",
		"2026-10-21 17:48:31", "2026-11-03 17:40:18", "2026-11-06 17:52:54",
	}
	if w.opt.EveningOnly {
		restarts = []string{"2026-10-22 17:41:02"}
	}
	for _, s := range restarts {
		if i := w.index(s[:10]); i >= 0 && i < w.opt.Days {
			p.restart[i] = w.at(i, s[11:])
		}
	}
}

// stories sets the days that are the same in every demo.
func (p *plan) stories(w *World) {
	p.monday = true
	p.oom = w.at(w.index(redisDay), "14:01:58")
	p.oomEnd = w.at(w.index(redisDay), "14:38:20")
	p.cleanupStop = p.oom.Add(-(13*24 + 22) * time.Hour)
	p.deploy4711 = p.cleanupStop.Add(-40 * time.Minute)
	day := w.index(feedDay)
	p.feedChange, p.feedStart, p.feedEnd = w.at(day, "10:31:09"), w.at(day, "12:31:44"), w.at(day, "13:44:10")
	day = w.index(poolDay)
	p.poolDeploy, p.poolStart, p.poolEnd = w.at(day, "10:41:27"), w.at(day, "11:27:16"), w.at(day, "12:05:30")
	day = w.index(outageDay)
	p.outageStart, p.outageEnd = w.at(day, "02:14:37"), w.at(day, "03:31:05")
	p.exportFirst = w.at(0, "03:10:22")
}
