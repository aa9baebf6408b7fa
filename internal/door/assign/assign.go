// Package assign gives every line of a file its signature, without a lake:
// intake finds the messages, the file's own shapes are grouped, and each line
// says which statement it was printed by.
package assign

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"

	"almanac/internal/intake"
	"almanac/internal/signature"
	"almanac/schemas"
)

// File answers with one row per line of the file: line, signature_id,
// template. A continuation line (of a stack trace) has its event's signature;
// a line that no format reads is taken whole as a message. Compressed files
// are not read.
func File(ctx context.Context, path string, src *intake.Source, r signature.Rules) (*schemas.Table, error) {
	texts, err := messagesOf(ctx, path, src)
	if err != nil {
		return nil, err
	}
	t := &schemas.Table{Columns: []schemas.Column{
		{Name: "line", Type: "BIGINT"}, {Name: "signature_id", Type: "VARCHAR"}, {Name: "template", Type: "VARCHAR"}}}
	for i, a := range assigned(texts, r) {
		t.Rows = append(t.Rows, []any{int64(i + 1), a.SignatureID, a.Template})
	}
	return t, nil
}

// messagesOf gives the message of every line of a file.
func messagesOf(ctx context.Context, path string, src *intake.Source) ([]string, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	lines, err := readLines(path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	got := &messages{at: map[int64]string{}}
	in := intake.Input{Source: src, Path: path, Name: path, ModTime: st.ModTime(), Final: true}
	if _, err := intake.Read(ctx, in, nil, got); err != nil {
		return nil, err
	}
	return got.fill(lines), nil
}

// assigned mines the messages, groups their shapes and gives the statement of
// each message.
func assigned(messages []string, r signature.Rules) []signature.Assignment {
	m := signature.NewMiner(r)
	shapes := make([]*signature.Shape, len(messages))
	seen := map[string]bool{}
	var known []signature.Known
	for i, text := range messages {
		s := m.Shape(text)
		shapes[i] = s
		if !seen[s.ID] {
			seen[s.ID] = true
			known = append(known, signature.Known{ID: s.ID, Text: s.Text})
		}
	}
	of := map[string]signature.Assignment{}
	for _, a := range signature.Group(known, r) {
		of[a.ShapeID] = a
	}
	out := make([]signature.Assignment, len(shapes))
	for i, s := range shapes {
		out[i] = of[s.ID]
	}
	return out
}

// messages keeps what each line of the file says, by line number.
type messages struct {
	at       map[int64]string
	rejected map[int64]bool
	starts   []int64
}

// fill gives the message of every line: its event's, or the line itself.
func (m *messages) fill(lines []string) []string {
	sort.Slice(m.starts, func(i, j int) bool { return m.starts[i] < m.starts[j] })
	out := make([]string, len(lines))
	next, current := 0, ""
	for i := range lines {
		n := int64(i + 1)
		for next < len(m.starts) && m.starts[next] <= n {
			current = m.at[m.starts[next]]
			next++
		}
		switch {
		case m.rejected[n], next == 0:
			out[i] = lines[i]
		case strings.TrimSpace(lines[i]) == "":
		default:
			out[i] = current
		}
	}
	return out
}

// Event keeps an event's message.
func (m *messages) Event(e *schemas.Event) error {
	if _, ok := m.at[e.Line]; !ok {
		m.starts = append(m.starts, e.Line)
	}
	m.at[e.Line] = strings.Clone(e.Message)
	return nil
}

// Reject remembers that a line was refused: it speaks for itself.
func (m *messages) Reject(r schemas.Reject) error {
	if m.rejected == nil {
		m.rejected = map[int64]bool{}
	}
	m.rejected[r.Line] = true
	return nil
}

// Change is no log line.
func (m *messages) Change(schemas.Change) error { return nil }

// Incident is no log line.
func (m *messages) Incident(schemas.IncidentRecord) error { return nil }

// Metric is no log line.
func (m *messages) Metric(schemas.Metric) error { return nil }

func readLines(path string) ([]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in := bufio.NewReaderSize(f, 1<<20)
	var out []string
	for {
		s, err := in.ReadString('\n')
		if s != "" {
			out = append(out, strings.ToValidUTF8(strings.TrimRight(s, "\r\n"), "\uFFFD"))
		}
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
	}
}
