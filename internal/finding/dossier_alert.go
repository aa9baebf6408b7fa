package finding

import (
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"

	"almanac/schemas"
)

// AlertInput is what thresholds are tried on.
type AlertInput struct {
	Rows         []WindowHistoryRow // by service, signature and minute
	Templates    map[string]string  // by signature id
	Since, Until time.Time          // of the history
	Onset        time.Time          // of this incident, by the logs
	End          time.Time          // until when an alarm still tells of it
	Alert        time.Time          // as recorded; zero without one
	Incidents    []IncidentRow      // alarms around any of them are not false
}

const (
	alertMerge = 30 * time.Minute // alarms closer than this are one
	alertNear  = 30 * time.Minute // an alarm this near an incident tells of it
	alertOpen  = 2 * time.Hour    // length of an incident without an end
	alertFalse = 1.0              // false alarms a week that a team would bear
	maxAlerts  = 5
)

var alertThresholds = []int64{1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000}
var alertWindows = []int64{1, 5} // minutes

// BacktestAlerts tries thresholds on the signatures of an incident over the
// whole history: which would have told of it first at no more than one false
// alarm a week. An alarm is raised at the end of the minute that completes
// it; one that was already ringing before the onset tells nothing.
func BacktestAlerts(in AlertInput) []schemas.DossierAlert {
	if in.Onset.IsZero() || !in.Until.After(in.Since) {
		return []schemas.DossierAlert{}
	}
	covered := coveredSpans(in)
	weeks := in.Until.Sub(in.Since).Hours() / (24 * 7)
	var out []schemas.DossierAlert
	for from := 0; from < len(in.Rows); {
		to := from
		for to < len(in.Rows) && in.Rows[to].Service == in.Rows[from].Service && in.Rows[to].SignatureID == in.Rows[from].SignatureID {
			to++
		}
		if a, ok := bestAlert(in, in.Rows[from:to], covered, weeks); ok {
			out = append(out, a)
		}
		from = to
	}
	sort.SliceStable(out, func(a, b int) bool {
		x, y := out[a], out[b]
		if !x.FiredTS.Equal(y.FiredTS) {
			return x.FiredTS.Before(y.FiredTS)
		}
		return x.False < y.False
	})
	return append([]schemas.DossierAlert{}, out[:min(len(out), maxAlerts)]...)
}

func coveredSpans(in AlertInput) [][2]time.Time {
	out := [][2]time.Time{{in.Onset.Add(-alertNear), in.End.Add(alertNear)}}
	for _, i := range in.Incidents {
		at := incidentStart(i)
		if at.IsZero() {
			continue
		}
		end := i.ResolvedTS
		if end.Before(at) {
			end = at.Add(alertOpen)
		}
		if end.Sub(at) > 24*time.Hour {
			end = at.Add(24 * time.Hour) // a record left open for months excuses nothing
		}
		out = append(out, [2]time.Time{at.Add(-alertNear), end.Add(alertNear)})
	}
	return out
}

// bestAlert is the earliest that rings seldom enough; of equally early ones
// the one with the fewest false alarms, then the highest threshold.
func bestAlert(in AlertInput, rows []WindowHistoryRow, covered [][2]time.Time, weeks float64) (schemas.DossierAlert, bool) {
	var best schemas.DossierAlert
	found := false
	for _, w := range alertWindows {
		for _, th := range alertThresholds {
			fired, wrong := tryAlert(in, rows, covered, w, th)
			if fired.IsZero() || float64(wrong) > alertFalse*max(weeks, 1) {
				continue
			}
			better := !found || fired.Before(best.FiredTS) || fired.Equal(best.FiredTS) && (wrong < best.False || wrong == best.False && th > best.Threshold)
			if !better {
				continue
			}
			found = true
			best = schemas.DossierAlert{Service: rows[0].Service, SignatureID: rows[0].SignatureID, Template: in.Templates[rows[0].SignatureID],
				Threshold: th, WindowS: 60 * w, FiredTS: fired.UTC(), False: wrong, Weeks: weeks, FalsePerWk: float64(wrong) / weeks}
		}
	}
	if found {
		if !in.Alert.IsZero() {
			best.LeadS = schemas.Ptr(in.Alert.Sub(best.FiredTS).Seconds())
		}
		best.Prometheus, best.Loki, best.Elastic = alertRules(best)
	}
	return best, found
}

// tryAlert gives when a threshold rang for this incident, and how many
// separate alarms it raised around none.
func tryAlert(in AlertInput, rows []WindowHistoryRow, covered [][2]time.Time, window, threshold int64) (fired time.Time, wrong int64) {
	var sum int64
	var last, lastWrong time.Time
	first := 0
	for i, r := range rows {
		sum += r.Count
		for rows[first].MinuteTS.Before(r.MinuteTS.Add(-time.Duration(window-1) * time.Minute)) {
			sum -= rows[first].Count
			first++
		}
		if sum < threshold {
			continue
		}
		at := rows[i].MinuteTS.Add(time.Minute)
		ringing := !last.IsZero() && at.Sub(last) <= alertMerge
		if fired.IsZero() && !at.Before(in.Onset) && !at.After(in.End) && !(ringing && last.Before(in.Onset)) {
			fired = at
		}
		if !isCovered(covered, at) {
			if lastWrong.IsZero() || at.Sub(lastWrong) > alertMerge {
				wrong++
			}
			lastWrong = at
		}
		last = at
	}
	return fired, wrong
}

func isCovered(spans [][2]time.Time, at time.Time) bool {
	for _, s := range spans {
		if !at.Before(s[0]) && !at.After(s[1]) {
			return true
		}
	}
	return false
}

// alertRules writes the threshold as rule text. The Prometheus rule counts a
// metric that a log exporter makes per signature; the other two count lines.
func alertRules(a schemas.DossierAlert) (prometheus, loki, elastic string) {
	name := "Almanac" + strings.NewReplacer("-", "", " ", "").Replace(oneLine(a.SignatureID))
	span := strconv.FormatInt(a.WindowS/60, 10) + "m"
	rule := func(expr string) string {
		// JSON strings are YAML strings: nothing of the data can leave them.
		return fmt.Sprintf("groups:\n  - name: almanac\n    rules:\n      - alert: %s\n        expr: %s\n        labels: {severity: page}\n        annotations:\n          summary: %s\n",
			jsonText(name), jsonText(expr), jsonText(clip(a.Service, 60)+": "+clip(a.Template, 120)))
	}
	ask := Asked{Service: a.Service, Template: a.Template}
	prometheus = rule(fmt.Sprintf("sum(increase(log_messages_total{service=%s,signature=%s}[%s])) >= %d",
		strconv.Quote(oneLine(a.Service)), strconv.Quote(oneLine(a.SignatureID)), span, a.Threshold))
	loki = rule(fmt.Sprintf("sum(count_over_time(%s [%s])) >= %d", ask.logSelector(), span, a.Threshold))
	query := "FROM logs-*\n| WHERE service.name == " + doubleQuoted(a.Service)
	if l := literalParts(a.Template); len(l) > 0 {
		query += " AND message LIKE " + esqlLike(l)
	}
	query += fmt.Sprintf("\n| STATS n = COUNT(*)\n| WHERE n >= %d", a.Threshold)
	text, err := json.MarshalIndent(map[string]any{
		"name": name, "rule_type_id": ".es-query", "consumer": "alerts", "schedule": map[string]string{"interval": "1m"},
		"params": map[string]any{"searchType": "esqlQuery", "esqlQuery": map[string]string{"esql": query}, "timeField": "@timestamp",
			"timeWindowSize": a.WindowS / 60, "timeWindowUnit": "m", "size": 0, "threshold": []int{0}, "thresholdComparator": ">"},
	}, "", "  ")
	if err == nil {
		elastic = string(text)
	}
	return prometheus, loki, elastic
}

func jsonText(s string) string {
	b, err := json.Marshal(oneLine(s))
	if err != nil {
		return `""`
	}
	return string(b)
}
