package intake

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"almanac/schemas"
)

// Limits of a joined event: what goes beyond is counted and not kept.
const (
	maxJoinBytes = 1 << 20
	maxJoinLines = 1000
)

// held is the last event of a stream, until it is known that no line belongs
// to it any more.
type held struct {
	ev    schemas.Event
	has   bool
	text  []byte // message and trace id of ev
	more  []byte // message of ev with its continuations
	lines int
}

// joiner joins continuations to the event before them in their stream.
type joiner struct {
	rec    *Recorder
	ev     schemas.Event // the one being parsed
	held   []held        // by stream
	at     int           // the stream of the line being taken
	stream streamer      // nil: the file is one stream
	over   int64
	orphan int64  // continuations of an event of another night
	mixed  *inner // reads lines of other formats; nil: there are none in such files
	alien  int64
	drops  dropper // nil: the parser drops nothing
	names  interner
}

// lines reads a line format to its end. old is the ledger entry that the
// lines follow, nil for none.
func (r *reading) lines(sp *splitter, f *Format, old *schemas.LedgerEntry) error {
	p := f.Lines(r.c)
	j := &joiner{rec: r.rec, held: make([]held, 1)}
	j.drops, _ = p.(dropper)
	j.stream, _ = p.(streamer)
	if mixable[f.Name] {
		j.mixed = newInner(r.c)
	}
	if old != nil && !r.at.onLine {
		if err := r.lineRest(sp, func(line []byte) error { return j.line(p, line, sp.lines) }); err != nil {
			return err
		}
	}
	for {
		line, ok := sp.next()
		if !ok {
			break
		}
		if sp.lines == 1 {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		if sp.lines&0xfff == 0 && r.ctx.Err() != nil {
			return r.ctx.Err()
		}
		if err := j.line(p, line, sp.lines); err != nil {
			return err
		}
	}
	if err := j.end(p, sp.lines); err != nil {
		return err
	}
	if j.alien > 0 {
		r.rec.Warn(fmt.Sprintf("%d lines are of another log format than %s and were read as such", j.alien, f.Name))
	}
	if j.over > 0 {
		r.rec.Warn(fmt.Sprintf("%d lines of very long messages were not kept", j.over))
	}
	if j.orphan > 0 && old != nil {
		r.rec.Warn(fmt.Sprintf("%d lines continue an event that was read in a former night", j.orphan))
	}
	return r.finish(sp, old)
}

// end gives away what is held, and what the parser still had to join.
func (j *joiner) end(p LineParser, n int64) error {
	if err := j.flushAll(); err != nil {
		return err
	}
	f, ok := p.(finisher)
	if !ok {
		return nil
	}
	for c := &j.rec.counts; c.Continuations > 0; {
		j.ev = schemas.Event{}
		if !f.finish(&j.ev) || j.rec.refuse(j.ev.TS) != "" {
			if j.drops != nil {
				return j.drop(n + 1)
			}
			return nil
		}
		c.Lines--
		c.Continuations--
		j.hold(n)
		if err := j.flush(); err != nil {
			return err
		}
	}
	return nil
}

// drop refuses the line that the parser gives up.
func (j *joiner) drop(n int64) error {
	raw, back, reason := j.drops.dropped()
	if raw == nil || j.rec.counts.Continuations == 0 {
		return nil
	}
	j.rec.counts.Lines--
	j.rec.counts.Continuations--
	return j.rec.Reject(n-back, reason, raw)
}

// lineRest refuses what was added to a last line that had been taken as whole;
// take is given the JSON objects that were written behind one.
func (r *reading) lineRest(sp *splitter, take func([]byte) error) error {
	line, ok := sp.next()
	if !ok {
		return nil
	}
	sp.lines--
	for len(line) > 0 && line[0] == '{' {
		var object json.RawMessage
		d := json.NewDecoder(bytes.NewReader(line))
		if d.Decode(&object) != nil {
			break
		}
		if err := take(object); err != nil {
			return err
		}
		line = line[d.InputOffset():]
	}
	if isBlank(line) {
		return nil
	}
	return r.rec.Reject(sp.lines, "the rest of a line that was read before it was complete", line)
}

// finish says how the reading ended.
func (r *reading) finish(sp *splitter, old *schemas.LedgerEntry) error {
	if sp.cut > 0 {
		r.rec.Warn(fmt.Sprintf("%d lines longer than %d KiB were cut", sp.cut, MaxLine>>10))
	}
	if sp.inLine && sp.err == io.EOF {
		r.rec.Warn("the last line is not complete yet: it waits for its rest")
	}
	stopped := ""
	if sp.err != nil && sp.err != io.EOF {
		stopped = "damaged after this line: " + sp.err.Error()
		if old == nil || old.Stopped != stopped || sp.lines > old.Lines {
			if err := r.rec.Reject(sp.lines, stopped, nil); err != nil {
				return err
			}
		}
	}
	r.report(sp)
	r.res.Entry.Stopped = stopped
	return nil
}

// line takes one line of the input.
func (j *joiner) line(p LineParser, line []byte, n int64) error {
	c := &j.rec.counts
	if isBlank(line) {
		c.Lines++
		c.Blanks++
		return nil
	}
	j.ev = schemas.Event{}
	v, reason, other := IsContinuation, "", false
	if start := j.rec.source.EventStart; start == nil || start.Match(line) {
		v, reason = p.Parse(line, &j.ev)
		other = j.mixed != nil && (v == IsReject || v == IsContinuation && maybeHead(line))
		if j.stream != nil {
			j.choose(j.stream.stream())
		}
	}
	if j.drops != nil {
		if err := j.drop(n); err != nil {
			return err
		}
	}
	if other {
		in := schemas.Event{}
		if j.mixed.foreign(line, &in) && (v == IsReject || in.Level != "") {
			j.ev, v, reason = in, IsEvent, ""
			j.alien++
		}
	}
	if v == IsEvent {
		if reason = j.rec.refuse(j.ev.TS); reason != "" {
			v = IsReject
		}
	}
	switch v {
	case IsEvent:
		if err := j.flush(); err != nil {
			return err
		}
		j.hold(n)
		return nil
	case IsContinuation, IsSkip:
		c.Lines++
		c.Continuations++
		j.rec.coverage.line(j.rec.lastTS)
		if v == IsContinuation {
			if j.ev.Message != "" { // what is inside a wrapper
				line = []byte(j.ev.Message)
			}
			j.append(line)
		}
		return nil
	case IsBlank:
		c.Lines++
		c.Blanks++
		return nil
	case IsRepeat:
		c.Lines++
		c.AlreadySeen++
		return nil
	}
	if err := j.flush(); err != nil {
		return err
	}
	return j.rec.Reject(n, reason, line)
}

// choose goes to a stream.
func (j *joiner) choose(stream int) {
	for stream >= len(j.held) && len(j.held) < maxStreams {
		j.held = append(j.held, held{})
	}
	j.at = min(stream, len(j.held)-1)
}

// hold keeps the parsed event. Its message and trace id are copied to where
// those of the stream's former event were.
func (j *joiner) hold(n int64) {
	e, r := &j.ev, j.rec
	r.took(e.TS)
	traced(e)
	kept := &j.held[j.at]
	kept.ev, kept.has = *e, true
	h := &kept.ev
	h.Service, h.Host, h.ErrorType = j.names.get(e.Service), j.names.get(e.Host), j.names.get(e.ErrorType)
	if h.Host == "" {
		h.Host = r.source.Host
	}
	if h.Kind == "" {
		h.Kind = schemas.EventLog
	}
	if cap(kept.text) > 256<<10 {
		kept.text = nil
	}
	message := trimRight(bytesOf(e.Message), " \t\r\n")
	kept.text = append(append(kept.text[:0], message...), e.TraceID...)
	h.Message, h.TraceID = alias(kept.text[:len(message)]), alias(kept.text[len(message):])
	h.SourceID, h.Line, h.EventDate = r.sourceID, n, r.date.of(e.TS)
}

// append joins a continuation to the held event of its stream.
func (j *joiner) append(line []byte) {
	h := &j.held[j.at]
	if !h.has {
		j.orphan++
		return
	}
	if h.lines == 0 {
		h.more = append(h.more[:0], h.ev.Message...)
	}
	if h.lines >= maxJoinLines || len(h.more)+len(line) >= maxJoinBytes {
		j.over++
		return
	}
	h.lines++
	h.more = append(h.more, '\n')
	h.more = append(h.more, line...)
}

// flush gives the held event of the stream away.
func (j *joiner) flush() error {
	h := &j.held[j.at]
	if !h.has {
		return nil
	}
	h.has = false
	if h.lines > 0 {
		h.ev.Message = alias(h.more)
		h.lines = 0
		if cap(h.more) > 256<<10 {
			h.more = nil
		}
	}
	return j.rec.sink.Event(&h.ev)
}

// flushAll gives the held events of all streams away.
func (j *joiner) flushAll() error {
	for j.at = range j.held {
		if err := j.flush(); err != nil {
			return err
		}
	}
	return nil
}

func isBlank(line []byte) bool {
	for _, c := range line {
		if c != ' ' && c != '\t' && c != '\r' {
			return false
		}
	}
	return true
}
