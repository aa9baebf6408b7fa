package nightly

import (
	"context"
	"time"

	"almanac/internal/lake"
	"almanac/schemas"
)

// publish writes the night's conclusions as one generation. A rerun of a
// night replaces that night; other nights stay as they were.
func (n *night) publish(ctx context.Context, v *verdicts) error {
	night := lake.Begin(n.lake, lake.Options{Tool: n.Tool})
	defer night.Discard()
	causes := append(append([]schemas.Cause{}, v.change.Causes...), v.silence.Causes...)
	onsets := append(append([]schemas.Onset{}, v.onset.Onsets...), v.silence.Onsets()...)
	for _, t := range []struct {
		name string
		rows any
	}{
		{lake.TableFinding, v.findings},
		{lake.TableRecurrence, v.recurrence.Recurrences},
		{lake.TableRecurrenceDay, v.recurrence.Days},
		{lake.TableForecast, v.recurrence.Forecasts},
		{lake.TableForecastScore, v.score},
		{lake.TableCause, causes},
		{lake.TableOnset, onsets},
		{lake.TableCascade, v.cascade.Steps()},
		{lake.TableSimilar, v.similar.Similar},
		{lake.TableFix, v.fix.Fixes},
	} {
		if err := night.Replace(t.name, v.night, t.rows); err != nil {
			return err
		}
	}
	night.SetAnalysis(v.asOf.Format(time.RFC3339), n.analysisKey())
	res, err := night.Commit(ctx)
	if err != nil {
		return err
	}
	n.lake, n.out.Findings = res.Lake, v.findings
	n.out.New, err = n.newFindings(v)
	return err
}

// newFindings are the ids that no night before this one concluded.
func (n *night) newFindings(v *verdicts) (map[string]bool, error) {
	fresh := map[string]bool{}
	for _, f := range v.findings {
		fresh[f.FindingID] = true
	}
	for _, date := range n.lake.Dates(lake.TableFinding) {
		if date >= v.night {
			continue
		}
		rows, err := lake.Read[schemas.Finding](n.lake, lake.TableFinding, date)
		if err != nil {
			return nil, err
		}
		for _, f := range rows {
			delete(fresh, f.FindingID)
		}
	}
	return fresh, nil
}

// readPrevious gives the recurrences of the last night before this one.
func (n *night) readPrevious(night string) ([]schemas.Recurrence, error) {
	date := lastDateBefore(n.lake.Dates(lake.TableRecurrence), night)
	if date == "" {
		return nil, nil
	}
	return lake.Read[schemas.Recurrence](n.lake, lake.TableRecurrence, date)
}

func lastDateBefore(dates []string, night string) string {
	last := ""
	for _, d := range dates {
		if d < night && d > last {
			last = d
		}
	}
	return last
}
