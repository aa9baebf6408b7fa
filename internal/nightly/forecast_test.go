package nightly_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"almanac/internal/lake"
	"almanac/internal/world"
	"almanac/schemas"
)

// Nights forecast, and later nights grade them: every night keeps its own
// score, no forecast is changed after the fact, and a recurrence keeps its id
// from the night that first saw it.
func TestNightsGradeTheirForecasts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := world.Mini(7)
	ids := map[string]string{}
	status, firstNight := "", ""
	graded := int64(-1)
	var first []schemas.Forecast
	for _, back := range []int{5, 4, 2, 1, 0} {
		moment := w.AsOf().AddDate(0, 0, -back)
		if err := w.WriteUntil(dir, moment); err != nil {
			t.Fatal(err)
		}
		c := load(t, dir)
		c.Now = moment.Format(time.RFC3339)
		out := walk(t, c, moment, 2)
		l, err := lake.Open(out.Lake)
		if err != nil {
			t.Fatal(err)
		}
		night := schemas.DateOf(schemas.Micros(moment))
		for _, r := range nightRows[schemas.Recurrence](t, l, lake.TableRecurrence, night) {
			if *r.IsLead {
				k := r.SubjectKind + " " + r.SubjectID + " " + r.Service + " " + r.Label
				if old, ok := ids[k]; ok && old != r.RecurrenceID {
					t.Errorf("%s: %s was %s", k, r.RecurrenceID, old)
				}
				ids[k] = r.RecurrenceID
				status += r.Status + " "
			}
		}
		scores := nightRows[schemas.ForecastScore](t, l, lake.TableForecastScore, night)
		at := slices.IndexFunc(scores, func(s schemas.ForecastScore) bool { return s.Bin == "all" })
		if at < 0 {
			t.Fatalf("%s: no score: %+v", night, scores)
		}
		all := scores[at]
		if *all.Graded < graded {
			t.Errorf("%s: %d graded, %d the night before", night, *all.Graded, graded)
		}
		graded = *all.Graded
		if first == nil {
			if graded != 0 {
				t.Errorf("the first night graded %d forecasts", graded)
			}
			first = nightRows[schemas.Forecast](t, l, lake.TableForecast, night)
			firstNight = night
		} else if d := cmp.Diff(first, nightRows[schemas.Forecast](t, l, lake.TableForecast, firstNight)); d != "" {
			t.Errorf("%s changed the first night's forecasts: %s", night, d)
		}
	}
	if graded < 4 {
		t.Errorf("only %d forecasts were graded", graded)
	}
	if want := "candidate candidate candidate confirmed confirmed"; strings.TrimSpace(status) != want {
		t.Errorf("status by night: %s, want %s", status, want)
	}
}
