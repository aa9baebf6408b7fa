package intake

import (
	"regexp"
	"strings"

	yaml "go.yaml.in/yaml/v3"
)

// mdMeta holds what a report states under a key, wherever it states it.
type mdMeta struct {
	values map[string]string
	zones  map[string]string // zone written in the key: "Start (UTC)"
}

// mdKeyWords are the keys, normalised, under which reports state a field.
var mdKeyWords = map[string]string{
	"id":             "incident incidentid incidentnumber incidentno incidentref incidentreference incidentkey reference postmortemid id uuid",
	"title":          "title incidenttitle incidentname name postmortemfor incidentreportfor",
	"date":           "date incidentdate dateofincident dateofoutage day eventdate outagedate datetime",
	"window":         "when time timeframe timewindow incidenttime outagewindow incidentwindow impactwindow period timeofincident dateandtime durationwindow",
	"started":        "start started starttime startedtime startedat startdate incidentstart incidentstarted incidentstarttime impactstart impactstarted impactstarttime impactbegan outagestart outagestarted outagestarttime begin began beginning startofincident startofimpact downtimestart issuestart issuestarted problemstart faultstart from",
	"detected":       "detected detectedat detectedtime detecttime timedetected detectiontime timeofdetection detectedon firstdetected incidentdetected alertedat firstalert datedetected",
	"acknowledged":   "acknowledged acknowledgedat acknowledgedtime acked ackedat timeacknowledged acknowledgementtime incidentacknowledged responsestarted",
	"mitigated":      "mitigated mitigatedat mitigatedtime timemitigated mitigationtime impactmitigated contained stabilized stabilised",
	"resolved":       "end ended endtime endedat enddate incidentend incidentended incidentendtime impactend impactended impactendtime outageend outageended outageendtime resolved resolvedat resolvedtime timeresolved resolvedon dateresolved incidentresolved endofincident endofimpact downtimeend issueresolved issueend restored restoredat recoveredat fixedat to",
	"duration":       "duration totalduration incidentduration outageduration impactduration durationofimpact durationofincident lengthofoutage downtime totaldowntime",
	"detect":         "timetodetect timetodetection ttd mttd detectiondelay",
	"recover":        "timetorecovery timetorecover timetoresolve timetoresolution ttr mttr timetorestore timetofix timetomitigate",
	"severity":       "severity sev severitylevel incidentseverity impactlevel",
	"priority":       "priority incidentpriority",
	"service":        "service services affectedservice affectedservices servicesaffected serviceaffected impactedservice impactedservices servicesimpacted system systems affectedsystem affectedsystems systemsaffected component components affectedcomponents componentsaffected product impactedsystem impactedsystems systemsimpacted impactedcomponents componentsimpacted affectedproducts affectedapplication affectedapplications impactedapplications",
	"category":       "category categories incidentcategory incidenttype rootcausecategory causecategory",
	"root_cause":     "rootcause rootcauses cause",
	"trigger":        "trigger triggeredby",
	"url":            "url link incidentlink ticket jira",
	"zone":           "timezone tz timesin",
	"summary":        "summary executivesummary overview abstract",
	"success":        "successcondition successcriteria",
	"detection_text": "detection howdetected detectionmethod",
}

// mdKeys maps keys to fields.
var mdKeys = func() map[string]string {
	m := map[string]string{}
	for field, words := range mdKeyWords {
		for _, w := range strings.Fields(words) {
			m[w] = field
		}
	}
	return m
}()

var (
	mdBoldKey  = regexp.MustCompile(`^\s*(?:>\s*)*(?:[-*+]\s+)?(?:\*\*|__)\s*([^*_:]{1,60}?)\s*(?::\s*(?:\*\*|__)|(?:\*\*|__)\s*:)\s*(.*)$`)
	mdPlainKey = regexp.MustCompile(`^\s*(?:>\s*)*(?:[-*+]\s+)?([A-Za-z][A-Za-z0-9 _/()+.-]{0,59}?)\s*:\s+(\S.*)$`)
	mdParen    = regexp.MustCompile(`\(([^()]*)\)`)
)

// set keeps the first value of a key; a zone in brackets after the key is
// remembered with it.
func (m *mdMeta) set(key, value string) bool {
	zone := ""
	if p := mdParen.FindStringSubmatch(key); p != nil {
		if _, ok := findZone(p[1]); ok {
			zone = p[1]
		}
		key = mdParen.ReplaceAllString(key, "")
	}
	field, ok := mdKeys[normKey(key)]
	if !ok && zone == "" {
		if cutKey, ok := strings.CutSuffix(normKey(key), "utc"); ok {
			if field = mdKeys[cutKey]; field != "" {
				zone = "UTC"
			}
		}
	}
	value = strings.TrimSpace(value)
	if field == "" || isPlaceholder(plainText(value)) {
		return ok
	}
	if field == "id" && normKey(key) == "incident" && strings.Contains(value, " ") {
		field = "title" // "Incident: checkout down"
	}
	if _, there := m.values[field]; !there {
		m.values[field] = plainText(value)
		m.zones[field] = zone
	}
	return true
}

// maxFront bounds the front matter that is parsed, bytes.
const maxFront = 64 << 10

// frontMatter reads YAML front matter without expanding aliases: a document
// that grows by them costs nothing.
func (m *mdMeta) frontMatter(text string) string {
	if strings.TrimSpace(text) == "" {
		return ""
	}
	if len(text) > maxFront {
		return "front matter is too large and was not read"
	}
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil || len(doc.Content) == 0 {
		return "front matter is not YAML and was not read"
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		return "front matter is not a mapping and was not read"
	}
	warning := ""
	for i := 0; i+1 < len(root.Content); i += 2 {
		v := root.Content[i+1]
		switch v.Kind {
		case yaml.ScalarNode:
			m.set(root.Content[i].Value, v.Value)
		case yaml.SequenceNode:
			var parts []string
			for _, e := range v.Content {
				if e.Kind == yaml.ScalarNode {
					parts = append(parts, e.Value)
				}
			}
			m.set(root.Content[i].Value, strings.Join(parts, ", "))
		case yaml.AliasNode:
			warning = "front matter uses aliases, which are not followed"
		}
	}
	return warning
}

// section takes the keys stated in a section. Plain "Key: value" lines count
// in the opening and in sections that hold metadata; bold keys and two- or
// four-column tables count everywhere.
func (m *mdMeta) section(s mdSection, plain bool) {
	for _, l := range s.lines {
		if l.code {
			continue
		}
		if b := mdBoldKey.FindStringSubmatch(l.text); b != nil {
			m.set(b[1], b[2])
		} else if p := mdPlainKey.FindStringSubmatch(l.text); p != nil && plain {
			m.set(p[1], p[2])
		} else if cells, ok := tableCells(l.text); ok && !isTableRule(cells) && (len(cells) == 2 || len(cells) == 4) {
			for i := 0; i+1 < len(cells); i += 2 {
				if key := plainText(cells[i]); !isStampLike(key) {
					m.set(strings.TrimRight(key, ": "), cells[i+1])
				}
			}
		}
	}
}

func isStampLike(s string) bool {
	_, _, ok := scanStamp(s, false)
	return ok
}

// heading takes "### Date" followed by its paragraph.
func (m *mdMeta) heading(s mdSection) {
	field, ok := mdKeys[normKey(mdParen.ReplaceAllString(s.title, ""))]
	if !ok || field == "summary" || field == "root_cause" || field == "trigger" || field == "detection_text" {
		return
	}
	for _, l := range s.lines {
		if t := strings.TrimSpace(l.text); t != "" && !l.code {
			if b := mdBullet.FindStringSubmatch(l.text); b != nil {
				t = b[2]
			}
			if len(t) < 200 && !strings.HasPrefix(t, "|") {
				m.set(s.title, t)
			}
			return
		}
	}
}
