// Package render turns the facts of one night into web pages that need
// nothing but a browser: no server, no network, no JavaScript for reading.
//
// It promises that equal facts give equal bytes, that every figure carries
// the query that answers it again, and that no text of a log, a change or an
// incident is ever more than text. It fetches nothing, judges nothing and
// writes no file: Plan says which answers it needs, Render gives the bytes.
package render

import (
	"time"

	"almanac/schemas"
)

// Site is everything the pages of one night are made of. Slices may come in
// any order unless said otherwise; Render sorts what it shows.
type Site struct {
	Name        string         // of the site, as configured; "" shows "almanac"
	Zone        *time.Location // the site's zone; nil is UTC
	AsOf        time.Time      // the instant the night looks back from
	Since       time.Time      // first instant analysed (UTC); zero: first observed
	ToolVersion string         // as `almanac version` prints it
	// SelfContained puts script and style into every page, so that one file
	// can be mailed; otherwise pages share the files under assets/.
	SelfContained bool

	Findings         []schemas.Finding // Rank 1 is read first
	Recurrences      []schemas.Recurrence
	RecurrenceDays   []schemas.RecurrenceDay
	Causes           []schemas.Cause
	Onsets           []schemas.Onset
	Cascades         []schemas.CascadeStep
	Similar          []schemas.Similar
	Forecasts        []schemas.Forecast
	ForecastScores   []schemas.ForecastScore // of earlier nights' forecasts
	Fixes            []schemas.Fix
	Changes          []schemas.Change
	Incidents        []schemas.Incident
	IncidentServices []schemas.IncidentService
	IncidentEvents   []schemas.IncidentEvent
	Actions          []schemas.Action

	// Notes are sentences about what could not be judged, and why.
	Notes []string
	// Figures are the answers to Plan. A figure whose answer is absent shows
	// its entry of Failed, or that its query was not run.
	Figures map[FigureKey]*schemas.Table
	Failed  map[FigureKey]string
	// Dossiers are the depth of incidents, by id; Drafts names those whose
	// postmortem draft lies beside their page.
	Dossiers map[string]*schemas.Dossier
	Drafts   map[string]bool
}

// DossiersOf are the incidents whose pages show a dossier: the latest ones
// whose logs were read.
func DossiersOf(in Site) []schemas.Incident {
	var out []schemas.Incident
	for _, i := range planIncidents(&in) {
		if in.hasLogsOf(i) {
			out = append(out, i)
		}
	}
	return out
}

// Page is one finished file.
type Page struct {
	// Path is relative and slash-separated: lower-case ASCII letters, digits,
	// '-', '.', and at most one folder. It never holds a name from the data
	// unescaped.
	Path  string
	Bytes []byte
}

// zone is the site's zone, UTC when none is given.
func (s *Site) zone() *time.Location {
	if s.Zone == nil {
		return time.UTC
	}
	return s.Zone
}

// since is the first instant the pages look at: as given, or eight weeks
// before AsOf.
func (s *Site) since() time.Time {
	if s.Since.IsZero() || s.Since.After(s.AsOf) {
		return s.AsOf.AddDate(0, 0, -56).UTC()
	}
	return s.Since.UTC()
}
