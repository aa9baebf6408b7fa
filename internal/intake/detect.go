package intake

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"time"

	"almanac/schemas"
)

const (
	maxHead      = 64 << 10
	maxHeadLines = 200
	// minConfidence is what a format must reach to be taken.
	minConfidence = 0.3
)

// Guess is a format with the confidence (0-1) that an input is of it.
type Guess struct {
	Format     string
	Confidence float64
}

// Formats gives all formats in order of their names.
func Formats() []*Format {
	out := slices.Clone(formats)
	slices.SortFunc(out, func(a, b *Format) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

func formatNamed(name string) *Format {
	for _, f := range formats {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// explicitFormat gives the format that the source names, nil for none.
func explicitFormat(s *Source) *Format {
	if s.Format == "" || s.Format == "auto" {
		return nil
	}
	return formatNamed(s.Format)
}

// Detect tells the format of an input by its head. The format is nil where
// none reaches a confidence of 0.3; the runners-up are in falling order. A
// format that the source names is taken unseen; its kind narrows the choice.
func Detect(h Head, s *Source) (*Format, float64, []Guess) {
	if f := explicitFormat(s); f != nil {
		return f, 1, nil
	}
	if h.memo == nil {
		h.memo = &headMemo{}
	}
	var found []Guess
	for _, f := range Formats() {
		if s.Kind != "" && s.Kind != KindAuto && s.Kind != f.Kind {
			continue
		}
		if c := f.Detect(h); c > 0 {
			found = append(found, Guess{f.Name, min(c, 1)})
		}
	}
	slices.SortStableFunc(found, func(a, b Guess) int { return cmp.Compare(b.Confidence, a.Confidence) })
	if len(found) == 0 || found[0].Confidence < minConfidence {
		if f := statedKind(h, s.Kind); f != nil {
			return f, minConfidence, found
		}
		return nil, 0, found
	}
	return formatNamed(found[0].Format), found[0].Confidence, found[1:]
}

// statedKind is the plain table or JSON form of the kind that the source
// states, for records whose names are the site's own; nil where the head is
// neither, or the kind is left open.
func statedKind(h Head, kind string) *Format {
	switch kind {
	case KindChange, KindIncident, KindMetric:
	default:
		return nil
	}
	r := recordHeadOf(h)
	switch {
	case len(r.records) > 0:
		return formatNamed(kind + "-json")
	case len(r.header) > 0:
		return formatNamed(kind + "-csv")
	}
	return nil
}

// newHead cuts the beginning of an input after its last complete line.
func newHead(name string, b []byte) Head {
	h := Head{Name: bareName(name), Bytes: bytes.TrimPrefix(b, []byte("\ufeff")), memo: &headMemo{}}
	if i := bytes.LastIndexByte(h.Bytes, '\n'); i >= 0 {
		h.Bytes, h.complete = h.Bytes[:i+1], true
	}
	for rest := h.Bytes; len(rest) > 0 && len(h.Lines) < maxHeadLines; {
		line, tail, _ := bytes.Cut(rest, []byte{'\n'})
		rest = tail
		line = bytes.TrimSuffix(line, []byte{'\r'})
		if bytes.IndexByte(line, 0x1b) >= 0 || bytes.IndexByte(line, 0) >= 0 {
			line = appendTidy(nil, line)
		}
		if !isBlank(line) {
			h.Lines = append(h.Lines, line)
		}
	}
	return h
}

// first gives the first complete line as it stands in the file.
func (h Head) first() []byte {
	if !h.complete {
		return nil
	}
	line, _, _ := bytes.Cut(h.Bytes, []byte{'\n'})
	return line
}

// bareName drops the suffix of a compression.
func bareName(name string) string {
	for _, suffix := range []string{".gz", ".zst", ".xz", ".bz2", ".lz4"} {
		if strings.HasSuffix(strings.ToLower(name), suffix) {
			return name[:len(name)-len(suffix)]
		}
	}
	return name
}

// detectLines rates a line format by trying its parser on the head: weight is
// the confidence where every line is an event.
func detectLines(h Head, weight float64, make func(*Context) LineParser) float64 {
	const sample = 50
	c := detectContext(h.Name)
	p := make(c)
	var events, other, rejects int
	for i, line := range h.Lines {
		if i == sample {
			break
		}
		var e schemas.Event
		switch v, _ := p.Parse(line[:min(len(line), MaxLine)], &e); v {
		case IsEvent:
			events++
		case IsReject:
			rejects++
		default:
			other++
		}
	}
	if events == 0 {
		return 0
	}
	good := float64(events) / float64(events+rejects)
	share := float64(events) / float64(events+rejects+other)
	return weight * good * (0.7 + 0.3*share)
}

// detectContext is a context for trying parsers: any year will do.
func detectContext(name string) *Context {
	year := NewYearGuess(time.Date(2000, 12, 31, 0, 0, 0, 0, time.UTC), time.UTC)
	return &Context{Source: &Source{}, Name: name, Service: "", Zone: time.UTC, Year: year, clock: newClock(time.UTC, year)}
}
