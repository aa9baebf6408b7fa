package finding

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"almanac/schemas"
)

// The shapes that ready queries and rules may take, by each language's own
// documentation: strings with backslash escapes in double quotes (SPL's where,
// KQL, ES|QL, LogQL, PromQL, Logs Insights), a regular expression in slashes
// (Logs Insights), comments after # (LogQL).
const (
	quotedText = `"(?:[^"\\\n\x00-\x1f]|\\["\\*?xnrtuU0-9a-f])*"`
	instant    = `"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"`
)

var grammars = map[string]*regexp.Regexp{
	"Splunk SPL": regexp.MustCompile(`^search index=\* earliest=\d+ latest=\d+\n\| where service=` + quotedText + `(?: AND match\(_raw, ` + quotedText + `\))?\n\| sort 0 _time$`),
	"Elastic KQL": regexp.MustCompile(`^@timestamp >= ` + instant + ` and @timestamp < ` + instant + ` and service\.name: ` + quotedText +
		`(?: and message: ` + quotedText + `)*$`),
	"Elastic ES|QL": regexp.MustCompile(`^FROM logs-\*\n\| WHERE @timestamp >= ` + instant + ` AND @timestamp < ` + instant + `\n    AND service\.name == ` + quotedText +
		`(?:\n    AND message LIKE ` + quotedText + `)?\n\| SORT @timestamp ASC\n\| LIMIT 1000$`),
	"Loki LogQL": regexp.MustCompile(`^# logcli query --from=\S+ --to=\S+ --forward\n\{service=` + quotedText + `\}(?: \|= ` + quotedText + `)*$`),
	"CloudWatch Logs Insights": regexp.MustCompile(`^fields @timestamp, @message\n\| filter @timestamp >= \d+ and @timestamp < \d+\n\| filter service = ` + quotedText +
		"(?:\n\\| filter @message like /[^/\n`|{}\"']+/)?\n\\| sort @timestamp asc\n\\| limit 1000$"),
}

var hostileTexts = []string{`"} | delete`, `'; DROP TABLE event; --`, "a`b` word", `back\slash\ word`, "line\nbreak word\r", `*?[x]/.. word`, `$(rm) ${x} {{y}} word`,
	"\x00\x1b[31m word", "\u202ertl word", `" OR 1==1 //`, "|= `x` word", "<script>", "50% of {a|b} (c) [d] ^e$ +f", "\xff\xfe word", `\`, `"`, "", "äöü 漢字 word"}

func TestReadyQueriesParse(t *testing.T) {
	for _, h := range hostileTexts {
		a := Asked{Service: "x" + h, SignatureID: h, Template: "word " + h + " <*> tail words " + h, From: at("2026-11-05 13:00:00"), Until: at("2026-11-05 14:00:00")}
		for _, q := range ReadyQueries(a) {
			g := grammars[q.Language]
			if g == nil {
				continue // the lake's own SQL is run in its test
			}
			if !g.MatchString(q.Query) {
				t.Errorf("%s of %q is not of its language:\n%s", q.Language, h, q.Query)
			}
		}
		if _, err := regexp.Compile(safePattern(literalParts(a.Template))); err != nil {
			t.Errorf("%q: %v", h, err)
		}
	}
}

var (
	ruleLines = []*regexp.Regexp{
		regexp.MustCompile(`^groups:$`), regexp.MustCompile(`^  - name: almanac$`), regexp.MustCompile(`^    rules:$`),
		regexp.MustCompile(`^      - alert: (".*")$`), regexp.MustCompile(`^        expr: (".*")$`),
		regexp.MustCompile(`^        labels: \{severity: page\}$`), regexp.MustCompile(`^        annotations:$`), regexp.MustCompile(`^          summary: (".*")$`),
	}
	promQL    = regexp.MustCompile(`^sum\(increase\(log_messages_total\{service=(` + quotedText + `),signature=(` + quotedText + `)\}\[\d+m\]\)\) >= \d+$`)
	logQL     = regexp.MustCompile(`^sum\(count_over_time\(\{service=` + quotedText + `\}((?: \|= ` + quotedText + `)*) \[\d+m\]\)\) >= \d+$`)
	esqlOf    = regexp.MustCompile(`^FROM logs-\*\n\| WHERE service\.name == ` + quotedText + `(?: AND message LIKE ` + quotedText + `)?\n\| STATS n = COUNT\(\*\)\n\| WHERE n >= \d+$`)
	alertName = regexp.MustCompile(`^[A-Za-z_:][A-Za-z0-9_:]*$`)
)

// expression checks a rule line by line and gives its expression; every value
// of the data is a JSON string, which YAML reads as the same text.
func expression(t *testing.T, rule string) string {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(rule, "\n"), "\n")
	if len(lines) != len(ruleLines) {
		t.Fatalf("%d lines:\n%s", len(lines), rule)
	}
	expr := ""
	for k, re := range ruleLines {
		m := re.FindStringSubmatch(lines[k])
		if m == nil {
			t.Fatalf("line %d: %s", k+1, lines[k])
		}
		if len(m) > 1 {
			var s string
			if err := json.Unmarshal([]byte(m[1]), &s); err != nil {
				t.Fatalf("line %d: %v", k+1, err)
			}
			if k == 4 {
				expr = s
			}
		}
	}
	return expr
}

func TestAlertRulesParse(t *testing.T) {
	for _, h := range hostileTexts {
		a := schemas.DossierAlert{Service: "x" + h, SignatureID: "S-" + h, Template: "word " + h + " <*> tail", Threshold: 5, WindowS: 300}
		prometheus, loki, elastic := alertRules(a)
		m := promQL.FindStringSubmatch(expression(t, prometheus))
		if m == nil {
			t.Errorf("%q: PromQL %s", h, expression(t, prometheus))
			continue
		}
		if s, err := strconv.Unquote(m[1]); err != nil || s != oneLine(a.Service) {
			t.Errorf("%q: the service is %q, %v", h, s, err)
		}
		if e := expression(t, loki); !logQL.MatchString(e) {
			t.Errorf("%q: LogQL %s", h, e)
		}
		var rule struct {
			RuleTypeID string `json:"rule_type_id"`
			Params     struct {
				ESQL struct {
					ESQL string `json:"esql"`
				} `json:"esqlQuery"`
			} `json:"params"`
		}
		if err := json.Unmarshal([]byte(elastic), &rule); err != nil || rule.RuleTypeID != ".es-query" || !esqlOf.MatchString(rule.Params.ESQL.ESQL) {
			t.Errorf("%q: Elastic %v\n%s", h, err, rule.Params.ESQL.ESQL)
		}
	}
	p, _, _ := alertRules(schemas.DossierAlert{Service: "cart", SignatureID: "S-12ab", Template: "x", Threshold: 1, WindowS: 60})
	var alert string
	if err := json.Unmarshal([]byte(ruleLines[3].FindStringSubmatch(strings.Split(p, "\n")[3])[1]), &alert); err != nil || !alertName.MatchString(alert) {
		t.Errorf("alert name %q, %v", alert, err)
	}
}
