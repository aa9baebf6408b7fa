package nightly

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"time"

	"almanac/internal/finding"
	"almanac/internal/lake"
	"almanac/internal/warehouse"
	"almanac/schemas"
)

// analyse judges the lake unless the last analysis was of the same data, the
// same day and the same configuration.
func (n *night) analyse(ctx context.Context) error {
	m := n.lake.Manifest()
	if m.AnalysisKey != "" && m.AnalysisKey == n.analysisKey() {
		n.out.AsOf, _ = time.Parse(time.RFC3339, m.AsOf)
		return nil
	}
	return n.analyseAnew(ctx)
}

func (n *night) analyseAnew(ctx context.Context) error {
	w, err := n.openWarehouse(ctx, false)
	if err != nil {
		return err
	}
	v, err := n.judge(ctx, w)
	if err = errors.Join(err, w.Close()); err != nil {
		return wrap("analyse", err)
	}
	if err := n.publish(ctx, v); err != nil {
		return wrap("publish what was found on "+v.night, err)
	}
	n.out.Analysed, n.out.AsOf, n.out.Notes = true, v.asOf, v.notes
	return nil
}

// openWarehouse opens the lake; keep is for the many questions of the pages.
func (n *night) openWarehouse(ctx context.Context, keep bool) (*warehouse.Warehouse, error) {
	return warehouse.Open(ctx, n.lake, warehouse.Options{
		Zone: n.Config.Location(), Teams: n.Config.Teams(), Threads: n.Workers, Keep: keep,
	})
}

// analysisKey names everything an analysis depends on. The clock counts by
// its local date: a second run on the same day over the same data is the same
// night.
func (n *night) analysisKey() string {
	m := n.lake.Manifest()
	h := sha256.New()
	tables := make([]string, 0, len(m.Tables))
	for t := range m.Tables {
		if !concluded[t] {
			tables = append(tables, t)
		}
	}
	sort.Strings(tables)
	for _, t := range tables {
		for _, f := range m.Tables[t] {
			fmt.Fprintln(h, t, f.EventDate, f.SHA256)
		}
	}
	if err := n.hashClaims(h); err != nil {
		return ""
	}
	now := n.Config.Now
	if now == "clock" {
		now = n.Now.In(n.Config.Location()).Format("2006-01-02")
	}
	settings, err := json.Marshal([]any{n.Tool, now, n.Config.Site, n.Config.Zone, n.Config.Services, n.Config.Analyze, n.Config.Signatures, n.Config.Ignored})
	if err != nil {
		return ""
	}
	h.Write(settings)
	return hex.EncodeToString(h.Sum(nil))
}

// concluded are the tables that an analysis writes.
var concluded = map[string]bool{
	lake.TableFinding: true, lake.TableRecurrence: true, lake.TableRecurrenceDay: true,
	lake.TableCause: true, lake.TableOnset: true, lake.TableCascade: true,
	lake.TableSimilar: true, lake.TableForecast: true, lake.TableForecastScore: true, lake.TableFix: true,
}

// verdicts are what one night concluded.
type verdicts struct {
	*facts
	recurrence finding.RecurrenceResult
	score      []schemas.ForecastScore
	onset      finding.OnsetResult
	silence    finding.SilenceResult
	cascade    finding.CascadeResult
	change     finding.ChangeResult
	similar    finding.SimilarResult
	fix        finding.FixResult
	findings   []schemas.Finding
	notes      []string
}

// judge walks the detectors; each gets rows, none gets the database.
func (n *night) judge(ctx context.Context, w *warehouse.Warehouse) (*verdicts, error) {
	x, err := n.gather(ctx, w)
	if err != nil {
		return nil, err
	}
	v := &verdicts{facts: x}
	steps := []func(context.Context, *warehouse.Warehouse, *verdicts) error{
		n.judgeRecurrences, n.judgeOnsets, n.judgeSilences, n.judgeCascades,
		n.judgeChanges, n.judgeSimilar, n.judgeFixes,
	}
	for i, step := range steps {
		n.progress("analyse", i, len(steps))
		if err := step(ctx, w, v); err != nil {
			return nil, err
		}
	}
	n.progress("analyse", len(steps), len(steps))
	if err := noteOverflow(ctx, w, v); err != nil {
		return nil, wrap("overflow", err)
	}
	n.weigh(v)
	return v, nil
}

func (n *night) judgeRecurrences(ctx context.Context, w *warehouse.Warehouse, v *verdicts) error {
	in := finding.RecurrenceInput{
		Night: v.night, Since: v.since, Until: v.until, IncidentSince: v.span.records,
		Now: v.asOf, Zone: n.Config.Location(), Previous: v.previous,
		Params: finding.RecurrenceParams{Workers: n.Workers},
	}
	for _, e := range v.graph.Edges {
		in.Edges = append(in.Edges, finding.RecurrenceEdge(e))
	}
	f := &fetcher{ctx: ctx, w: w}
	fetch(f, &in.Subjects, "detect/recurrence_subject", v.window())
	fetch(f, &in.Jobs, "detect/recurrence_job", v.window())
	fetch(f, &in.Incidents, "detect/recurrence_incident",
		warehouse.Params{"since": v.span.records, "until": v.asOf})
	if f.err != nil {
		return f.err
	}
	in.Minutes = stream[finding.RecurrenceMinute](ctx, w, "detect/recurrence_minute", v.window())
	in.Volume = stream[finding.RecurrenceVolume](ctx, w, "detect/recurrence_volume", v.window())
	var err error
	if v.recurrence, err = finding.Recurrences(in); err != nil {
		return wrap("recurrences", err)
	}
	finding.IgnoreRecurrences(&v.recurrence, n.Config.Ignored, v.asOf, n.Config.Location())
	forecasts, err := n.readForecasts(v.night, schemas.DateOf(schemas.Micros(v.since)))
	v.score = finding.ScoreForecasts(v.night, v.until, forecasts, v.recurrence)
	return wrap("grade the forecasts of earlier nights", err)
}

func (n *night) judgeOnsets(ctx context.Context, w *warehouse.Warehouse, v *verdicts) error {
	in := finding.OnsetInput{
		Night: v.night, Now: v.asOf, Since: v.since, Until: v.until,
		Zone: n.Config.Location(), Signatures: v.signatures,
	}
	f := &fetcher{ctx: ctx, w: w}
	fetch(f, &in.Days, "detect/onset_daily", v.window())
	fetch(f, &in.Volume, "detect/onset_volume", v.window())
	v.onset = finding.Onsets(in)
	places := map[string]finding.Placing{}
	for _, o := range v.onset.Onsets {
		since, until, ok := finding.Placeable(o)
		if !ok || len(places) == maxPlaced {
			continue
		}
		var x finding.Placing
		fetch(f, &x.Minutes, "detect/onset_minutes", warehouse.Params{
			"service": o.Service, "signature_id": o.SignatureID, "since": since, "until": until})
		fetch(f, &x.Volume, "detect/fix_volume", warehouse.Params{"service": o.Service, "since": since, "until": until})
		places[o.OnsetID] = x
	}
	finding.PlaceOnsets(&v.onset, places, n.Config.Location())
	return wrap("onsets", f.err)
}

// maxPlaced bounds the level changes whose minute is looked for: the latest.
const maxPlaced = 60

// Pauses shorter than minGapS, and what logged in fewer than minMinutes
// minutes, cannot show a silence.
const (
	minMinutes = int64(6)
	minGapS    = int64(7200)
)

func (n *night) judgeSilences(ctx context.Context, w *warehouse.Warehouse, v *verdicts) error {
	in := finding.SilenceInput{
		Night: v.night, Now: v.asOf, Since: v.since, Until: v.until, Zone: n.Config.Location(),
		Signatures: v.signatures, Records: v.facts.records, Graph: v.graph,
	}
	f := &fetcher{ctx: ctx, w: w}
	p := v.window()
	p["min_minutes"], p["min_gap_s"] = minMinutes, minGapS
	fetch(f, &in.Minutes, "detect/silence_minutes", p)
	fetch(f, &in.Volume, "detect/silence_volume", v.window())
	fetch(f, &in.Sources, "detect/silence_sources", v.window())
	fetch(f, &in.Coverage, "detect/silence_coverage", v.window())
	v.silence = finding.Silences(in)
	return wrap("silences", f.err)
}

func (n *night) judgeCascades(ctx context.Context, w *warehouse.Warehouse, v *verdicts) error {
	f := &fetcher{ctx: ctx, w: w}
	in := v.cascadeRows(f)
	in.Zone = n.Config.Location()
	v.cascade = finding.Cascades(in)
	return wrap("cascades", f.err)
}

func (n *night) judgeChanges(_ context.Context, _ *warehouse.Warehouse, v *verdicts) error {
	v.change = finding.Changes(finding.ChangeInput{
		Night: v.night, Now: v.asOf, Zone: n.Config.Location(), Records: v.facts.records,
		Graph: v.graph, Signatures: v.signatures, LogSince: v.logSince,
		Recurrences: v.recurrence.Recurrences, Onsets: v.onset.Onsets,
		Silences: v.silence.Silences, Cascades: v.cascade.Cascades,
	})
	return nil
}

func (n *night) judgeSimilar(ctx context.Context, w *warehouse.Warehouse, v *verdicts) error {
	in := finding.SimilarInput{
		Night: v.night, Now: v.asOf, Zone: n.Config.Location(), Records: v.facts.records,
		Actions: v.actions, Signatures: v.signatures, Cascades: v.cascade.Cascades,
		Causes: v.change.Causes,
	}
	f := &fetcher{ctx: ctx, w: w}
	fetch(f, &in.Errors, "detect/incident_errors", v.incidentWindow(warehouse.Params{
		"lead_s": leadS, "open_s": openS, "max_s": maxS, "base_s": baseS}))
	v.similar = finding.SimilarIncidents(in)
	return wrap("similar incidents", f.err)
}
