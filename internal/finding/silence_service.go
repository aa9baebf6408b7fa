package finding

import (
	"sort"
	"strings"
	"time"

	"almanac/internal/stat"
	"almanac/schemas"
)

// services finds services that wrote nothing for long although they do not
// usually pause, and inputs that were not delivered.
func (w *silenceWork) services() []silent {
	names := make([]string, 0, len(w.volume))
	for s := range w.volume {
		names = append(names, s)
	}
	sort.Strings(names)
	var out []silent
	for _, name := range names {
		c := w.volume[name]
		var gaps []float64
		longest := 0
		for i := range c {
			end := w.in.Until
			if i+1 < len(c) {
				end = c[i+1].at
			}
			gaps = append(gaps, end.Sub(c[i].at).Seconds())
			if gaps[i] >= gaps[longest] {
				longest = i
			}
		}
		if len(gaps) < 12 || gaps[longest] < (3*time.Hour).Seconds() {
			continue
		}
		usual := without(gaps, longest)
		p, ok := stat.SilenceTail(usual, gaps[longest])
		p = min(1, p*float64(len(gaps)))
		if !ok || p > burstyP || gaps[longest] < 3*stat.Quantile(usual, 1) {
			continue
		}
		s := silent{service: name, kind: onsetService, last: c[longest].at.Add(5 * time.Minute), p: p, q: p, found: true,
			events: len(c), cadence: 5 * time.Minute}
		s.due = s.last
		if longest+1 < len(c) {
			s.resumed = c[longest+1].at
		}
		s.source = w.missingSource(s)
		if s.source != "" {
			s.kind = onsetInput
		}
		out = append(out, s)
	}
	return out
}

// missingSource names the source of a service that delivered nothing at all
// during its silence, or the files of it that hold the service and were not
// delivered; "" when they were, or are not known.
func (w *silenceWork) missingSource(s silent) string {
	end := s.until(w.in.Until)
	last := map[string]time.Time{} // of the service, by source
	for _, src := range w.in.Sources {
		if src.Service == s.service && src.LastTS.After(last[src.Source]) {
			last[src.Source] = src.LastTS
		}
	}
	for _, src := range w.in.Sources {
		if src.Service != s.service || last[src.Source].Before(s.last.Add(-time.Hour)) && s.resumed.IsZero() {
			continue
		}
		delivered := false
		for _, c := range w.in.Coverage {
			// whole hours inside the silence
			if c.Source == src.Source && c.Lines > 0 && !c.HourTS.Before(s.last) && c.HourTS.Add(time.Hour).Before(end) {
				delivered = true
				break
			}
		}
		if !delivered {
			return src.Source
		}
	}
	return w.missingFiles(s, end)
}

// minFiles is how many files of one name make a series in which one can be
// missed.
const minFiles = 3

// missingFiles names the series of files, one per day or so, that holds the
// service, where none of the series covers the silence: neither with lines of
// another service, nor empty.
func (w *silenceWork) missingFiles(s silent, end time.Time) string {
	own := map[string][]string{}
	for _, src := range w.in.Sources {
		if src.Service == s.service && src.File != "" {
			own[fileSeries(src.File)] = append(own[fileSeries(src.File)], src.File)
		}
	}
	if len(own) != 1 {
		return ""
	}
	var series string
	for name, files := range own {
		if len(files) < minFiles {
			return ""
		}
		series = name
	}
	before, after := "", "" // the files around the silence, by name
	for _, src := range w.in.Sources {
		if fileSeries(src.File) != series || src.FirstTS.IsZero() {
			continue
		}
		// an hour of slack: a file ends after midnight, the next begins before
		if src.FirstTS.Before(end.Add(-time.Hour)) && src.LastTS.After(s.last.Add(time.Hour)) {
			return ""
		}
		if !src.LastTS.After(s.last.Add(time.Hour)) && src.File > before {
			before = src.File
		}
		if !src.FirstTS.Before(end.Add(-time.Hour)) && (after == "" || src.File < after) {
			after = src.File
		}
	}
	for _, src := range w.in.Sources {
		if src.FirstTS.IsZero() && fileSeries(src.File) == series && src.File > before && (after == "" || src.File < after) {
			return ""
		}
	}
	return series
}

// fileSeries is the name that the files of a series share: without directory
// and compression, every run of digits one #.
func fileSeries(file string) string {
	name := file[strings.LastIndexByte(file, '/')+1:]
	for _, x := range []string{".gz", ".bz2", ".xz", ".zst", ".lz4"} {
		name = strings.TrimSuffix(name, x)
	}
	var b strings.Builder
	digit := false
	for _, r := range name {
		is := r >= '0' && r <= '9'
		if !is {
			b.WriteRune(r)
		} else if !digit {
			b.WriteByte('#')
		}
		digit = is
	}
	return b.String()
}

// covered says whether a signature's silence is that of its whole service.
func covered(f silent, services []silent) bool {
	for _, s := range services {
		// The service's last slot ends up to five minutes after its last line.
		if s.service == f.service && !f.last.After(s.last.Add(5*time.Minute)) && f.last.After(s.last.Add(-2*f.cadence-time.Hour)) {
			return true
		}
	}
	return false
}

// mergeRuns joins the lines of one job: same service, same leading word, last
// seen within a cadence. The first line of the last run speaks.
func mergeRuns(in []silent) []silent {
	sort.SliceStable(in, func(a, b int) bool {
		if !in[a].last.Equal(in[b].last) {
			return in[a].last.Before(in[b].last)
		}
		return in[a].signature < in[b].signature
	})
	var out []silent
next:
	for _, f := range in {
		for i := range out {
			o := &out[i]
			if o.service == f.service && o.kind == f.kind && leadingWord(o.template) == leadingWord(f.template) &&
				f.last.Sub(o.last) < min(o.cadence, time.Hour) {
				o.also = append(o.also, f.template)
				continue next
			}
		}
		out = append(out, f)
	}
	return out
}

func leadingWord(template string) string {
	if f := strings.Fields(template); len(f) > 0 {
		return strings.Trim(f[0], ":[]()\"'")
	}
	return ""
}

// jobVerbs end the name of a job in its line: "session-cleanup started".
var jobVerbs = nameSet([]string{
	"started", "starting", "start", "begin", "begins", "began", "running", "run", "finished", "finish",
	"done", "completed", "complete", "ended", "took", "succeeded", "ok",
})

// silenceName is how a sentence names what fell silent: the words before the
// verb where the line reads like a job's, else the template.
func silenceName(o schemas.Onset) string {
	switch o.Kind {
	case onsetService, onsetInput:
		return "service " + clip(o.Service, 40)
	}
	f := strings.Fields(o.Template)
	for i, x := range f {
		if i > 0 && i <= 3 && jobVerbs[strings.ToLower(strings.Trim(x, ":,."))] {
			return clip(strings.Join(f[:i], " "), 60)
		}
	}
	return quoted(o.Template, o.SignatureID) + " in " + clip(o.Service, 40)
}
