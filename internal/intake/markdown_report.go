package intake

import (
	"path"
	"regexp"
	"strings"
	"time"

	"almanac/schemas"
)

// mdReport gathers one report while it is read.
type mdReport struct {
	draft
	c        *Context
	meta     mdMeta
	sections []mdSection
	clock    mdClock
	// zoneDoubt is said where a stamp without a zone was met.
	zoneDoubt string
	base      string // file name without folder and extension
	text      string
}

// mdHeadWords are the headings that open a part of a report.
var mdHeadWords = map[string]string{
	"summary":    "summary,executive summary,overview,tldr,tl;dr,abstract,what happened,incident summary,description",
	"impact":     "impact,customer impact,user impact,business impact",
	"root_cause": "root cause,root causes,root cause and mitigation,root cause analysis,root causes and mitigation,contributing factors,contributing conditions,contributing conditions analysis,contributing factors findings,what caused the incident,cause,causes,why did it happen,why it happened,why this happened,why did this happen,what caused it,what caused this,what was the cause,fault,rca",
	"trigger":    "trigger,triggers,trigger event,leadup,lead up",
	"timeline":   "timeline,incident timeline,chain of events,timeline of events,event timeline,sequence of events,chronology,timeline utc,detailed timeline,events,log of events,incident log",
	"detection":  "detection,detection and response,how was it detected,how we detected it,how was the incident detected,how did we find out",
	"actions":    "action items,action item,actions,action plan,corrective actions,corrective action,corrective and preventative measures,corrective and preventive measures,corrective and preventative actions,next steps,recommendations,followup actions,follow up actions,followups,follow ups,follow up,followup,follow up items,followup items,remediation,remediations,remediation items,remediation actions,work items,improvements,what we will do,what are we doing about it,prevention,preventing recurrence,preventive actions,preventative actions,todo,todos,action items and follow ups,immediate actions,preventive measures,preventative measures",
	"meta":       "metadata,stats,statistics,details,incident details,facts,key facts,incident,overview table,status,meta,incident information,incident data,at a glance,metrics,timestamps",
}

// mdHeads maps headings, normalised, to parts.
var mdHeads = func() map[string]string {
	m := map[string]string{}
	for field, words := range mdHeadWords {
		for _, w := range strings.Split(words, ",") {
			m[normKey(w)] = field
		}
	}
	return m
}()

// headOf names the part of a report that a heading opens, or "".
func headOf(title string) string {
	t := normKey(strings.TrimLeft(mdParen.ReplaceAllString(title, ""), "0123456789.)# "))
	return mdHeads[t]
}

// parts gives the sections of each heading of a kind: it and all deeper
// ones below. A stamp for a heading goes on with a timeline at any level.
func (r *mdReport) parts(field string) [][]mdSection {
	var out [][]mdSection
	for i := 0; i < len(r.sections); i++ {
		s := r.sections[i]
		if s.level == 0 || headOf(s.title) != field {
			continue
		}
		j := i + 1
		for j < len(r.sections) {
			n := r.sections[j]
			deeper := n.level > s.level && (headOf(n.title) == "" || headOf(n.title) == field || field == "actions")
			if !deeper && (field != "timeline" || !isStampLike(n.title)) {
				break
			}
			j++
		}
		out = append(out, r.sections[i:j])
		i = j - 1
	}
	return out
}

// prose is the text of a part without markup.
func (r *mdReport) prose(field string) string {
	var b strings.Builder
	for _, part := range r.parts(field) {
		for i, s := range part {
			if i > 0 {
				b.WriteString(s.title + "\n")
			}
			if t := plainLines(s.lines, maxText); t != "" && !isPlaceholder(strings.Trim(t, "- ")) {
				b.WriteString(t + "\n")
			}
		}
	}
	return cut(strings.TrimSpace(b.String()), maxText)
}

var (
	mdStatedID = regexp.MustCompile(`\b(?:INC|PM|SEV|IR|INCIDENT|OUTAGE|POSTMORTEM|IM|PIR)[-_ #]?\d[\d-]*\d\b|\b[A-Z]{2,8}-\d{1,7}\b`)
	mdNamedID  = regexp.MustCompile(`\b(?:INC|SEV|PM|IR|PIR|OUTAGE|INCIDENT)[-_#]\d[\d-]*\d\b`)
	mdDateLead = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}(?:[T ]\d{1,2}:\d{2}(?:\s*[AaPp][Mm])?(?:\s+[A-Z]{2,4})?)?[\s,:–—-]+`)
	mdIDLead   = regexp.MustCompile(`(?i)^(?:postmortem|post-mortem|incident(?: report)?)\s*[:–—-]\s*`)
	mdFileDate = regexp.MustCompile(`(?:^|[^0-9])(\d{4})[-_]?(\d{2})[-_]?(\d{2})(?:[^0-9]|$)`)
	mdSlug     = regexp.MustCompile(`[^A-Za-z0-9._-]+`)
	mdLogDate  = regexp.MustCompile(`\b(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}`)
	mdRealDate = regexp.MustCompile(`\b(?:19|20)\d{2}-\d{2}-\d{2}\b`)
	mdBraces   = regexp.MustCompile(`\{\{[^}]*\}\}`)
	mdTemplate = regexp.MustCompile(`\{\{[^}]*\}\}|\b[Yy]{4}-[Mm]{2}-[Dd]{2}\b|\b20[xX]{2}-|\bHH:mm\b|<(?:[a-z][a-z ]{2,40})>|\b(?:XXX|YYY|ZZZ)\b|\[(?:insert|your|date|name|service|owner|describe)[^\]]*\]`)
)

// templateReason tells a form to be filled in from a report.
func templateReason(name, text string) string {
	named := strings.Contains(strings.ToLower(path.Base(name)), "template")
	holes, dated := len(mdTemplate.FindAllString(text, 12)), mdRealDate.MatchString(text)
	switch {
	case named && holes > 0, holes >= 5 && !dated, len(mdBraces.FindAllString(text, 5)) >= 5:
		return "a template with placeholders, not a report"
	case named && !dated:
		return "a template, not a report"
	}
	return ""
}

// identify settles title and id.
func (r *mdReport) identify() {
	in := &r.incident
	title := r.meta.values["title"]
	for _, s := range r.sections {
		if title == "" && s.level > 0 && headOf(s.title) == "" {
			title = s.title
		}
		if s.level > 0 {
			break
		}
	}
	if title == "" {
		title = r.base
	}
	id := r.meta.values["id"]
	for _, s := range [...]string{title, r.base} {
		if id == "" {
			id = strings.ReplaceAll(mdStatedID.FindString(s), " ", "-")
		}
	}
	if id == "" { // the summary says of which incident it is
		id = strings.ReplaceAll(mdNamedID.FindString(r.prose("summary")+" "+r.meta.values["summary"]), " ", "-")
	}
	if id == "" {
		id = strings.Trim(mdSlug.ReplaceAllString(r.base, "-"), "-.")
	}
	if id == "" {
		id = contentID("I-", r.text)
	}
	in.IncidentID = oneLine(id, 120)
	short := mdIDLead.ReplaceAllString(strings.TrimLeft(strings.TrimPrefix(mdDateLead.ReplaceAllString(title, ""), id), " :–—-"), "")
	if short == "" {
		short = title
	}
	in.Title = oneLine(short, 500)
}

// settleDate finds the date that clocks without one belong to, in the order
// metadata, title, file name, opening sentence.
func (r *mdReport) settleDate() {
	texts := []string{r.meta.values["date"], r.meta.values["started"], r.meta.values["window"]}
	for _, s := range r.sections {
		if s.level > 0 {
			texts = append(texts, s.title)
			break
		}
	}
	texts = append(texts, r.meta.values["title"])
	for _, t := range texts {
		if w, _, ok := scanStamp(t, false); ok && w.hasDate && w.year != 0 {
			r.clock.date = time.Date(w.year, time.Month(w.month), w.day, 0, 0, 0, 0, time.UTC)
			return
		}
	}
	for _, t := range texts {
		if d := dateWithin(t); !d.IsZero() {
			r.clock.date = d
			return
		}
	}
	for _, t := range append(texts, r.base) {
		if m := mdFileDate.FindStringSubmatch(t); m != nil {
			if d, err := time.Parse("2006-01-02", m[1]+"-"+m[2]+"-"+m[3]); err == nil && d.Year() > 1990 && d.Year() < 2200 {
				r.clock.date = d
				return
			}
		}
	}
	if d := dateWithin(r.prose("summary")); !d.IsZero() {
		r.clock.date = d
		r.warn("the report's date is taken from its summary")
	}
}

// dateWithin finds the first whole date with its year inside a short text.
func dateWithin(s string) time.Time {
	s = cut(s, 300)
	for i := 0; i < len(s); i++ {
		if i > 0 && s[i-1] != ' ' && s[i-1] != '(' {
			continue
		}
		if w, _, ok := scanStamp(s[i:], false); ok && w.hasDate && w.year != 0 {
			return time.Date(w.year, time.Month(w.month), w.day, 0, 0, 0, 0, time.UTC)
		}
	}
	return time.Time{}
}

// settleZone finds the zone of stamps that state none: metadata, the
// timeline's own words, the rest of the report.
func (r *mdReport) settleZone() {
	if z, ok := findZone(r.meta.values["zone"]); ok {
		r.clock.zone = z
		return
	}
	var texts []string
	for _, part := range r.parts("timeline") {
		for i, l := range part[0].lines {
			if i < 12 && !l.code {
				texts = append(texts, plainText(l.text))
			}
		}
		texts = append(texts, "times "+part[0].title)
	}
	for _, s := range r.sections[:min(3, len(r.sections))] {
		for i, l := range s.lines {
			if i < 12 && !l.code {
				texts = append(texts, plainText(l.text))
			}
		}
	}
	for _, t := range texts {
		if z, ok := zoneInText(t); ok {
			r.clock.zone = z
			return
		}
		if m := mdAllTimes.FindStringSubmatch(t); m != nil {
			r.zoneDoubt = "the report's zone is not known: times read in " + r.clock.rule.zone.String()
			return
		}
	}
	if !r.clock.rule.stated {
		r.zoneDoubt = "the report states no zone: times without one read in " + r.clock.rule.zone.String()
	}
}

// finish takes the clock's notes over.
func (r *mdReport) finish() schemas.IncidentRecord {
	if r.clock.assumed && r.zoneDoubt != "" {
		r.warn(r.zoneDoubt)
	}
	for _, n := range r.clock.notes {
		r.warn(n)
	}
	if r.clock.unplaced > 0 {
		r.warn("times of day without a date were not placed")
	}
	r.finishIncident()
	return r.incident
}
