package world

import (
	"encoding/json"
	"fmt"
	"os"
	"time"
)

// Kinds of planted story.
const (
	KindRecurrence = "recurrence" // a calendar window of failures
	KindRestart    = "restart"    // a remedy that helps for one evening
	KindCascade    = "cascade"    // an order of failure in one incident
	KindSilence    = "silence"    // a job that stopped running
	KindChange     = "change"     // an incident that a change began
	KindSimilar    = "similar"    // an incident that has been there before
)

// Truth is what was planted in a world, as written to truth.json beside it.
type Truth struct {
	Seed     int64      `json:"seed"`
	Zone     string     `json:"zone"`
	FirstDay string     `json:"first_day"` // local dates, both inclusive
	LastDay  string     `json:"last_day"`
	AsOf     time.Time  `json:"as_of"`
	Stories  []Story    `json:"stories"`
	Decoys   []Decoy    `json:"decoys"`
	Logs     []LogTruth `json:"logs"`
	Attempts int        `json:"attempts"` // checkout attempts written, failures included
	Bad      badCounts  `json:"bad"`
}

// LogTruth counts the line ends written for one log over all days, before
// truncation.
type LogTruth struct {
	Log   string `json:"log"`
	Lines int    `json:"lines"`
}

// Story is one planted story. Instants are UTC; windows are wall clock in Zone.
type Story struct {
	ID       string   `json:"id"`
	Kind     string   `json:"kind"`
	Title    string   `json:"title"`
	Services []string `json:"services"` // the first errs first
	// Words occur in the messages (or error types) of the story's signatures.
	Words       []string `json:"words,omitempty"`
	Label       string   `json:"label,omitempty"`
	WindowStart string   `json:"window_start,omitempty"`
	WindowEnd   string   `json:"window_end,omitempty"`
	Zone        string   `json:"zone,omitempty"`
	FailShare   float64  `json:"fail_share,omitempty"` // of attempts in the window, 0-1
	JobService  string   `json:"job_service,omitempty"`
	JobWords    string   `json:"job_words,omitempty"`
	Dates       []string `json:"dates,omitempty"`         // local dates on which it happened
	Skipped     []string `json:"skipped_dates,omitempty"` // due, but the job did not run
	ChangeIDs   []string `json:"change_ids,omitempty"`
	IncidentIDs []string `json:"incident_ids,omitempty"`
	SimilarID   string   `json:"similar_id,omitempty"`
	Steps       []Step   `json:"steps,omitempty"`
	// LastRun and SilentS belong to a silence: the last run of the job, and
	// the seconds from it to the incident.
	LastRun *time.Time `json:"last_run,omitempty"`
	SilentS int64      `json:"silent_s,omitempty"`
	LagS    int64      `json:"lag_s,omitempty"` // seconds from the change to the story's onset
}

// Step is one service of a cascade with the instant of its first error.
type Step struct {
	Service string    `json:"service"`
	Words   string    `json:"words"`
	TS      time.Time `json:"ts"`
}

// Decoy looks like a pattern and is none.
type Decoy struct {
	ID    string   `json:"id"`
	Title string   `json:"title"`
	Words []string `json:"words,omitempty"` // of its messages or error types
	// Changes are harmless changes: none of them began anything.
	Changes []string `json:"changes,omitempty"`
	// Allowed is the recurrence kind that would be right for it, or "".
	Allowed string `json:"allowed,omitempty"`
}

// ReadTruth reads a truth.json. The error names the file.
func ReadTruth(path string) (Truth, error) {
	var t Truth
	data, err := os.ReadFile(path)
	if err != nil {
		return t, fmt.Errorf("read truth: %w", err)
	}
	if err := json.Unmarshal(data, &t); err != nil {
		return t, fmt.Errorf("read truth %s: %w", path, err)
	}
	return t, nil
}

// truth writes down the plan; stats are what the days turned out to hold.
func (w *World) truth(stats []dayStats) Truth {
	t := Truth{
		Seed: w.opt.Seed, Zone: zoneName, FirstDay: w.date(0), LastDay: w.date(w.opt.Days - 1),
		AsOf: w.AsOf().UTC(), Decoys: []Decoy{},
	}
	for k, n := range logNames {
		l := LogTruth{Log: n.service}
		for _, st := range stats {
			l.Lines += st.lines[k]
		}
		t.Logs = append(t.Logs, l)
	}
	for _, st := range stats {
		t.Attempts += st.attempts
		t.Bad.BrokenLines += st.bad.BrokenLines
		t.Bad.BadUTF8Lines += st.bad.BadUTF8Lines
		t.Bad.HalfLast = append(t.Bad.HalfLast, st.bad.HalfLast...)
		t.Bad.Truncated = append(t.Bad.Truncated, st.bad.Truncated...)
		t.Bad.CRLF = append(t.Bad.CRLF, st.bad.CRLF...)
	}
	t.Stories = append(t.Stories, w.eveningStory(), w.restartStory())
	if !w.opt.EveningOnly {
		t.Stories = append(t.Stories, w.mondayStory(), w.redisStory(), w.cleanupStory(), w.feedStory(), w.poolStory())
		t.Decoys = w.decoys()
	}
	return t
}

func (w *World) eveningStory() Story {
	s := Story{
		ID: "evening", Kind: KindRecurrence, Title: "checkout fails from 17:00 to 19:00 every day because inventory-sync locks a table",
		Services: []string{"inventory", "payment", "checkout"},
		Words: []string{
			"lock wait timeout exceeded", "Payment timed out", "payment timed out", "No answer from inventory",
			"Stock confirmation", "PaymentTimeout", "SocketTimeoutException", "/api/checkout 504",
		},
		Label: "every day", WindowStart: "17:00", WindowEnd: "19:00", Zone: zoneName,
		FailShare: w.opt.FailShare, JobService: "inventory-sync", JobWords: "inventory-sync started",
		IncidentIDs: w.incidentIDs("evening"),
	}
	for i := range w.opt.Days {
		if _, ran := w.plan.syncStart[i]; ran {
			s.Dates = append(s.Dates, w.date(i))
		} else {
			s.Skipped = append(s.Skipped, w.date(i))
		}
	}
	return s
}

func (w *World) restartStory() Story {
	s := Story{ID: "restart", Kind: KindRestart, Title: "an operator restarts payment; it helps that evening and returns the next day", Services: []string{"payment"}}
	for i := range w.opt.Days {
		if _, ok := w.plan.restart[i]; ok {
			s.Dates = append(s.Dates, w.date(i))
			s.ChangeIDs = append(s.ChangeIDs, w.plan.idRestart[i])
		}
	}
	return s
}

func (w *World) mondayStory() Story {
	s := Story{
		ID: "monday", Kind: KindRecurrence, Title: "payment fails every Monday at 09:00 while the settlement swaps certificates",
		Services: []string{"payment", "checkout"}, Words: []string{"Acquirer refused authorisation", "acquirer refused", "Acquirer closed", "AcquirerRefused", "CertificateRefusedException", "/api/checkout 502"},
		Label: "every Monday", WindowStart: "09:00", WindowEnd: "09:19", Zone: zoneName,
		JobService: "payment", JobWords: "Weekly settlement batch started", IncidentIDs: w.incidentIDs("monday"),
	}
	for i := range w.opt.Days {
		if w.midnight(i).Weekday() == time.Monday {
			s.Dates = append(s.Dates, w.date(i))
		}
	}
	return s
}

func (w *World) redisStory() Story {
	oom := w.plan.oom.UTC()
	return Story{
		ID: "redis", Kind: KindCascade, Title: "Redis out of memory, then session, cart and gateway fail",
		Services: []string{"redis", "session", "cart", "gateway"}, Dates: []string{redisDay},
		IncidentIDs: w.incidentIDs("redis"),
		Steps: []Step{
			{"redis", "OOM command not allowed", oom},
			{"session", "ConnectionTimeout", oom.Add(5*time.Second + ms(112))},
			{"cart", "NullPointerException", oom.Add(10*time.Second + ms(431))},
			{"gateway", "503", oom.Add(204 * time.Second)},
		},
	}
}

func (w *World) cleanupStory() Story {
	last := w.plan.cleanupStop.UTC()
	return Story{
		ID: "cleanup", Kind: KindSilence, Title: "session-cleanup is silent since deploy " + w.plan.idCleanup + ", 14 days before Redis runs out of memory",
		Services: []string{"session"}, Words: []string{"session-cleanup"}, Dates: []string{cleanupDay},
		ChangeIDs: []string{w.plan.idCleanup}, IncidentIDs: w.incidentIDs("redis"),
		LastRun: &last, SilentS: int64(w.plan.oom.Sub(w.plan.cleanupStop).Seconds()), LagS: int64(w.plan.cleanupStop.Sub(w.plan.deploy4711).Seconds()),
	}
}

func (w *World) feedStory() Story {
	return Story{
		ID: "config", Kind: KindChange, Title: "the warehouse feed is refused two hours after a change of configuration",
		Services: []string{"inventory"}, Words: []string{"warehouse feed rejected"}, Dates: []string{feedDay},
		ChangeIDs: []string{w.plan.idFeed}, IncidentIDs: w.incidentIDs("config"),
		LagS: int64(w.plan.feedStart.Sub(w.plan.feedChange).Seconds()),
	}
}

func (w *World) poolStory() Story {
	return Story{
		ID: "pool", Kind: KindSimilar, Title: "checkout runs out of database connections, as on 2026-07-16",
		Services: []string{"checkout"}, Words: []string{"pool exhausted"}, Dates: []string{poolDay},
		ChangeIDs: []string{w.plan.idPool}, IncidentIDs: w.incidentIDs("pool"), SimilarID: "INC-2048",
		LagS: int64(w.plan.poolStart.Sub(w.plan.poolDeploy).Seconds()),
	}
}

func (w *World) incidentIDs(story string) []string {
	var out []string
	for _, i := range w.plan.incidents {
		if i.story == story {
			out = append(out, i.ID)
		}
	}
	return out
}

// decoys lists what must not be called a pattern or a cause.
func (w *World) decoys() []Decoy {
	planted := map[string]bool{w.plan.idCleanup: true, w.plan.idPool: true}
	for _, id := range w.plan.idRestart {
		planted[id] = true
	}
	var deploys, restarts []string
	for _, c := range w.plan.changes {
		switch {
		case planted[c.id]:
		case c.kind == "deploy":
			deploys = append(deploys, c.id)
		case c.kind == "restart":
			restarts = append(restarts, c.id)
		}
	}
	return []Decoy{
		{ID: "outage", Title: "one night of 20,000 lines (" + outageDay + ")", Words: []string{"database connection failed", "ConnectionRefused", "inventory unavailable", "InventoryUnavailable"}},
		{ID: "load", Title: "errors that follow nothing but traffic", Words: []string{"changed meanwhile", "VersionConflictException", "Card declined", "payment declined", "stock level low", "login failed"}},
		{ID: "export", Title: "a job every 24 h 05 min", Words: []string{"price-export"}, Allowed: "interval"},
		{ID: "deploys", Title: "five deploys a day", Changes: deploys},
		{ID: "restarts", Title: "harmless restarts", Changes: restarts},
	}
}
