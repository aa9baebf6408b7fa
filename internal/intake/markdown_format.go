package intake

import (
	"bytes"
	"path"
	"regexp"
	"strings"
	"time"

	"almanac/schemas"
)

func init() {
	register(&Format{
		Name: "markdown", Kind: KindIncident,
		Doc:    "postmortem in Markdown: front matter, bold keys, tables, headings; timeline and actions read out",
		Zone:   "in the stamp, else the report's own words, else the source",
		Detect: detectMarkdown, Document: readMarkdown,
	})
}

// detectMarkdown wants headings or front matter, and gives more where the
// headings are those of a report.
func detectMarkdown(h Head) float64 {
	ext := strings.ToLower(path.Ext(h.Name))
	named := ext == ".md" || ext == ".markdown" || ext == ".mdown"
	headings, known, front := 0, 0, false
	for i, l := range h.Lines {
		if m := mdHeading.FindSubmatch(l); m != nil {
			headings++
			if headOf(plainText(string(m[2]))) != "" {
				known++
			}
		}
		if mdBoldKey.Match(l) {
			known++
		}
		front = front || i == 0 && string(bytes.TrimSpace(l)) == "---"
	}
	switch {
	case headings > 0 && known >= 2:
		return 0.95
	case named:
		return 0.8
	case front && headings > 0, headings >= 3 && known > 0:
		return 0.6
	}
	return 0
}

// readMarkdown reads one report. It is one record: an incident or a reject.
func readMarkdown(c *Context, doc []byte, out *Recorder) error {
	text := cleanText(string(trimBOM(doc)))
	if strings.TrimSpace(text) == "" {
		out.Blank()
		return nil
	}
	if reason := templateReason(c.Name, text); reason != "" {
		return out.Reject(1, reason, doc)
	}
	name := path.Base(c.Name)
	r := &mdReport{
		c: c, text: text, base: strings.TrimSuffix(name, path.Ext(name)),
		meta:  mdMeta{values: map[string]string{}, zones: map[string]string{}},
		clock: mdClock{rule: stampRuleOf(c), last: -1},
	}
	front, sections := splitMarkdown(text)
	r.sections = sections
	if w := r.meta.frontMatter(front); w != "" {
		r.warn(w)
	}
	r.readMeta()
	r.identify()
	r.settleDate()
	r.settleZone()
	r.times()
	r.words()
	r.readActions()
	rec := r.finish()
	if rec.StartedTS == 0 && rec.DetectedTS == 0 && rec.ResolvedTS == 0 && len(rec.Timeline) == 0 &&
		len(rec.Actions) == 0 && rec.RootCause == "" {
		return out.Reject(1, "no incident in it: no time, timeline, cause or action", doc)
	}
	return out.Incident(1, rec)
}

// readMeta collects the stated keys outside timelines and action lists.
func (r *mdReport) readMeta() {
	for i, s := range r.sections {
		head := headOf(s.title)
		opening := s.level == 0 || i <= 1 && s.level == 1
		if head == "timeline" || head == "actions" || isStampLike(s.title) && !opening {
			continue
		}
		r.meta.section(s, opening || head == "meta" || head == "detection" || head == "impact")
		r.meta.heading(s)
	}
}

// stated reads a stamp that a key states; a clock alone takes the report's
// date, and the next day where it would lie before the start.
func (r *mdReport) stated(field string) int64 {
	v := r.meta.values[field]
	if v == "" {
		return 0
	}
	w, rest, ok := scanStamp(v, false)
	if !ok {
		if !isAbsent(v) {
			r.warn(field + ": unreadable time")
		}
		return 0
	}
	if w.zone == "" {
		w.zone = r.meta.zones[field]
		if m := mdParen.FindStringSubmatch(rest); m != nil && w.zone == "" {
			if _, ok := findZone(m[1]); ok {
				w.zone = m[1]
			}
		}
	}
	return r.placeStated(field, w)
}

func (r *mdReport) placeStated(field string, w wallStamp) int64 {
	if !w.hasClock {
		if field != "started" && field != "date" {
			r.warn(field + ": known to the day only")
		}
		return 0
	}
	if w.isAbout {
		r.warn(field + ": stated as about")
	}
	clock := r.clock // the run of the timeline is not disturbed
	clock.last = -1
	if start := schemas.Time(r.incident.StartedTS); !w.hasDate && !start.IsZero() {
		us := clock.place(w)
		r.clock.notes, r.clock.assumed = clock.notes, clock.assumed
		if us != 0 && us < r.incident.StartedTS {
			us += 24 * 3600 * 1e6
		}
		return us
	}
	us := clock.place(w)
	r.clock.notes, r.clock.assumed = clock.notes, clock.assumed
	return us
}

// times settles the instants: stated ones first; the start of the timeline
// only where no start is stated, and with a warning that says so.
func (r *mdReport) times() {
	in := &r.incident
	in.StartedTS = r.stated("started")
	r.window()
	in.DetectedTS = r.stated("detected")
	in.AcknowledgedTS = r.stated("acknowledged")
	in.MitigatedTS = r.stated("mitigated")
	if in.ResolvedTS == 0 {
		in.ResolvedTS = r.stated("resolved")
	}
	for _, part := range r.parts("timeline") {
		in.Timeline = append(in.Timeline, r.clock.timeline(part)...)
	}
	r.told()
	first := r.clock.firstDay
	if in.StartedTS == 0 {
		for _, e := range in.Timeline {
			if e.TS != 0 {
				if !first.IsZero() && schemas.Time(e.TS).Sub(first) > 36*time.Hour {
					r.clock.date = first // the first entry has a day and no clock
					break
				}
				in.StartedTS = e.TS
				r.warn("start not stated: taken from the first timeline entry")
				break
			}
		}
	}
	if in.StartedTS == 0 && !r.clock.date.IsZero() {
		w := wallStamp{year: r.clock.date.Year(), month: int(r.clock.date.Month()), day: r.clock.date.Day(), hasDate: true}
		if t, _, err := r.clock.rule.place(w, r.clock.zone); err == nil {
			in.StartedTS = schemas.Micros(t)
			r.warn("start known to the day only")
		}
	}
	r.labelled()
	r.durations()
	r.dateTrap()
}

// Entries that say in so many words that the incident began, was mitigated,
// or ended.
var (
	mdSaysStart     = regexp.MustCompile(`(?i)^(?:the )?(?:outage|incident|impact|downtime|degradation|disruption|error|failure|problem)s?\b.{0,24}\b(?:begins?|began|starts?|started)\b`)
	mdSaysMitigated = regexp.MustCompile(`(?i)^(?:(?:the )?(?:outage|incident|impact)\b.{0,16}\bmitigated\b|mitigated[.!]?$)`)
	mdSaysEnd       = regexp.MustCompile(`(?i)^(?:(?:the )?(?:outage|incident|impact|downtime|degradation|disruption)s?\b.{0,24}\b(?:ends?|ended|over|resolved|closed)\b|(?:fully |all )?(?:resolved|recovered|clear|green)[.!]?$)`)
)

// told takes start, mitigation and end from the entries that say so, where
// they are not stated otherwise.
func (r *mdReport) told() {
	in := &r.incident
	for _, t := range []struct {
		name string
		to   *int64
		says *regexp.Regexp
		last bool
	}{{"start", &in.StartedTS, mdSaysStart, false}, {"mitigation", &in.MitigatedTS, mdSaysMitigated, false}, {"end", &in.ResolvedTS, mdSaysEnd, true}} {
		if *t.to != 0 {
			continue
		}
		for _, e := range in.Timeline {
			if e.TS != 0 && e.TS >= in.StartedTS && t.says.MatchString(e.Text) && (*t.to == 0 || t.last) {
				*t.to = e.TS
			}
		}
		if *t.to != 0 {
			r.warn(t.name + " not stated: taken from the timeline entry that says so")
		}
	}
}

// labelled takes instants that timeline entries state by their label.
func (r *mdReport) labelled() {
	in := &r.incident
	for _, e := range in.Timeline {
		to := map[string]*int64{"detected": &in.DetectedTS, "acknowledged": &in.AcknowledgedTS, "mitigated": &in.MitigatedTS, "resolved": &in.ResolvedTS}[e.Status]
		if to != nil && *to == 0 && e.TS != 0 {
			*to = e.TS
			r.warn(e.Status + ": taken from the timeline entry with that label")
		}
	}
}

var mdWindowSep = regexp.MustCompile(`^\s*(?:[-–—→]|->|=>|to|until|till|through)+>?\s*`)

// window reads "2025-08-19 14:02 → 14:37 PT".
func (r *mdReport) window() {
	for _, field := range [...]string{"window", "date", "started", "duration"} {
		v := r.meta.values[field]
		w, rest, ok := scanStamp(v, false)
		if !ok || !w.hasClock {
			continue
		}
		sep := mdWindowSep.FindString(rest)
		var end wallStamp
		hasEnd := false
		if sep != "" {
			end, _, hasEnd = scanStamp(rest[len(sep):], false)
		}
		if hasEnd && w.zone == "" {
			w.zone = end.zone
		} else if hasEnd && end.zone == "" {
			end.zone = w.zone
		}
		if w.zone == "" {
			w.zone = r.meta.zones[field]
		}
		if r.incident.StartedTS == 0 {
			r.incident.StartedTS = r.placeStated("started", w)
		}
		if hasEnd && end.hasClock {
			r.incident.ResolvedTS = r.placeStated("resolved", end)
			return
		}
	}
}

func (r *mdReport) durations() {
	for field, to := range map[string]**int64{"duration": &r.incident.StatedDurationS, "detect": &r.incident.StatedDetectS, "recover": &r.incident.StatedRecoverS} {
		if v := r.meta.values[field]; v != "" {
			if s, ok := parseDuration(v, 0); ok {
				*to = &s
			}
		}
	}
}

// dateTrap compares the date taken for clocks without one with the dates of
// log lines quoted in the report.
func (r *mdReport) dateTrap() {
	start := schemas.Time(r.incident.StartedTS)
	if start.IsZero() {
		return
	}
	day, quoted := start.Format("2006-01-02"), ""
	for _, s := range r.sections {
		for _, l := range s.lines {
			if m := mdLogDate.FindStringSubmatch(l.text); m != nil && l.code {
				if m[1] == day {
					return
				}
				quoted = m[1]
			}
		}
	}
	if quoted != "" && quoted < day {
		r.warn("log lines quoted in the report carry the date " + quoted + ", its start is " + day)
	}
}

// words fills what is said in sentences.
func (r *mdReport) words() {
	in := &r.incident
	in.Body = cut(strings.TrimSpace(r.text), maxBody)
	in.RootCause = r.prose("root_cause")
	if in.RootCause == "" {
		in.RootCause = cut(r.meta.values["root_cause"], maxText)
	}
	if in.Trigger = r.prose("trigger"); in.Trigger == "" {
		in.Trigger = cut(r.meta.values["trigger"], maxText)
	}
	in.Category, in.URL = r.meta.values["category"], r.meta.values["url"]
	if !strings.HasPrefix(in.URL, "http") {
		in.URL = ""
	}
	if in.SeverityRaw = r.meta.values["severity"]; in.SeverityRaw == "" {
		in.SeverityRaw = r.meta.values["priority"]
	}
	in.SeverityRaw = oneLine(in.SeverityRaw, 80)
	in.Severity = severityOf(in.SeverityRaw)
	in.Services = scalar(r.meta.values["service"]).names()
	if len(in.Services) == 0 && r.c.Source.Service != "" {
		in.Services = []string{r.c.Source.Service}
	}
	if in.DetectedTS == 0 {
		r.detection()
	}
}

var mdClockIn = regexp.MustCompile(`\b(?:\d{4}-\d{2}-\d{2}[ T])?\d{1,2}:\d{2}(?::\d{2})?(?:Z|\s*[A-Z]{2,5}\b|\b)`)

// detection takes the first clock under a detection heading.
func (r *mdReport) detection() {
	if m := mdClockIn.FindString(r.prose("detection")); m != "" {
		if w, _, ok := scanStamp(m, false); ok {
			if us := r.placeStated("detected", w); us != 0 {
				r.incident.DetectedTS = us
				r.warn("detected: taken from the text under its heading")
			}
		}
	}
}
