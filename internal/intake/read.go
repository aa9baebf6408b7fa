package intake

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"almanac/schemas"
)

// maxDocument is the size up to which a document is read, bytes.
const maxDocument = 256 << 20

// Read reads one input. What prior, the ledger, knows of it is not read
// again. Records and rejects go to sink; trouble with the file (it cannot be
// opened, it is damaged) is a reject too. The error is one of the sink or of
// ctx: nothing of the result is to be kept then.
func Read(ctx context.Context, in Input, prior []schemas.LedgerEntry, sink Sink) (Result, error) {
	r := &reading{ctx: ctx, in: in, prior: prior}
	r.rec = &Recorder{sink: sink, source: in.Source, file: in.Name}
	if !in.ModTime.IsZero() {
		r.rec.latest = in.ModTime.Add(48 * time.Hour).UnixMicro()
		r.rec.distant = in.ModTime.Add(400 * 24 * time.Hour).UnixMicro()
	}
	err := r.run()
	if r.st != nil {
		r.st.Close()
	}
	if err != nil {
		return Result{}, fmt.Errorf("read %s: %w", in.Name, err)
	}
	return r.res, nil
}

// reading is the work on one input.
type reading struct {
	ctx   context.Context
	in    Input
	prior []schemas.LedgerEntry
	rec   *Recorder
	st    *stream
	at    place
	res   Result
	c     *Context
}

func (r *reading) run() error {
	var err error
	if r.st, err = open(r.in.Path); err != nil {
		return r.unreadable(err)
	}
	r.at = locate(r.st, r.in.Source.Name, r.prior)
	if e := r.at.entry; e != nil && e.Format == UnknownFormat && explicitFormat(r.in.Source) != nil {
		r.at = place{} // the source names a format now
	}
	if e := r.at.entry; e != nil && (r.at.whole || ReadsWhole(e)) && e.Stopped == "" {
		r.seen(*e)
		return nil
	}
	if r.at.rest == nil {
		if err := r.reopen(); err != nil {
			return r.unreadable(err)
		}
	}
	sp := newSplitter(r.at.rest)
	sp.takeLast = r.in.Final || r.st.packed != ""
	if e := r.at.entry; e != nil {
		sp.sum, sp.bytes, sp.lines = r.at.sum, e.Bytes, e.Lines
		sp.head = append(sp.head, r.at.head[:min(int64(len(r.at.head)), e.Bytes)]...)
		return r.resume(sp, *e)
	}
	return r.fresh(sp)
}

// reopen opens the input again and goes to the end of the known prefix.
func (r *reading) reopen() error {
	r.st.Close()
	var err error
	if r.st, err = open(r.in.Path); err != nil {
		return err
	}
	r.at.rest = r.st
	if r.at.entry == nil {
		return nil
	}
	if r.st.plain() {
		_, err = r.st.file.Seek(r.at.entry.Bytes, io.SeekStart)
		return err
	}
	_, err = io.CopyN(io.Discard, r.st, r.at.entry.Bytes)
	return err
}

// unreadable refuses a file that cannot be opened.
func (r *reading) unreadable(err error) error {
	r.rec.sourceID = sourceID(r.in, nil, r.prior)
	r.res.Entry = schemas.LedgerEntry{SourceID: r.rec.sourceID, Source: r.in.Source.Name, File: r.in.Name}
	// The path of the machine is not for the lake: the name as configured is.
	var pathErr interface{ Unwrap() error }
	for errors.As(err, &pathErr) && pathErr.Unwrap() != nil {
		err = pathErr.Unwrap()
	}
	if err := r.rec.Reject(0, "cannot be opened: "+err.Error(), nil); err != nil {
		return err
	}
	r.res.Counts = r.rec.counts
	return nil
}

// seen reports an input of which everything has been read before.
func (r *reading) seen(e schemas.LedgerEntry) {
	r.res.Entry, r.res.Format, r.res.Confidence = e, e.Format, 1
	r.res.Counts = schemas.Accounting{Lines: e.Lines, AlreadySeen: e.Lines}
}

// fresh reads an input of which nothing is known.
func (r *reading) fresh(sp *splitter) error {
	head := newHead(r.in.Name, sp.peek(maxHead))
	if len(head.Bytes) == 0 && sp.err != nil {
		if sp.err != io.EOF {
			r.rec.sourceID = sourceID(r.in, nil, r.prior)
			r.res.Format = UnknownFormat
			return r.finish(sp, nil)
		}
		return nil // empty: nothing to remember
	}
	f, confidence, runners := Detect(head, r.in.Source)
	r.rec.sourceID = sourceID(r.in, head.first(), r.prior)
	r.takeOver(func(e *schemas.LedgerEntry) bool { return e.Format == UnknownFormat })
	r.context()
	if f != nil {
		r.res.Format, r.res.Confidence = f.Name, confidence
		r.rec.recordsOnly = f.Kind == KindChange || f.Kind == KindIncident
		if f.Document != nil {
			return r.document(f, sp)
		}
	}
	if !head.complete && !sp.takeLast && sp.end-sp.start < maxHead && !isWholeObject(head.Bytes) {
		r.res.Warnings = append(r.res.Warnings, "the only line is not complete yet: it waits for its rest")
		return nil
	}
	if f == nil {
		return r.unknown(sp, head, runners)
	}
	return r.lines(sp, f, nil)
}

// takeOver continues under the source id of a former state of the same file:
// all rows that it gave are replaced.
func (r *reading) takeOver(fits func(*schemas.LedgerEntry) bool) {
	for i := range r.prior {
		if e := &r.prior[i]; e.Source == r.in.Source.Name && e.File == r.in.Name && fits(e) {
			r.rec.sourceID, r.res.Replaces = e.SourceID, true
		}
	}
}

// resume reads what follows a known prefix, in the format chosen then.
func (r *reading) resume(sp *splitter, e schemas.LedgerEntry) error {
	f := formatNamed(e.Format)
	if x := explicitFormat(r.in.Source); x != nil && x.Lines != nil {
		f = x
	}
	r.rec.sourceID = e.SourceID
	if f == nil || f.Lines == nil {
		f, _, _ = Detect(newHead(r.in.Name, sp.peek(maxHead)), r.in.Source)
		if f == nil || f.Lines == nil {
			f = formatNamed("text")
		}
	}
	r.res.Format, r.res.Confidence = f.Name, 1
	r.context()
	r.c.head = r.at.head
	if e.LastTS != 0 {
		r.c.Year.Resume(time.UnixMicro(e.LastTS))
		r.rec.lastTS = e.LastTS
	}
	return r.lines(sp, f, &e)
}

// context says to the parser what may be known.
func (r *reading) context() {
	zone := r.in.Source.Zone
	if zone == nil {
		zone = time.UTC
	}
	r.c = &Context{Source: r.in.Source, Name: r.in.Name, Service: r.in.Source.Service, Zone: zone, Year: NewYearGuess(r.in.ModTime, zone)}
	if r.c.Service == "" {
		r.c.Service = serviceOf(r.in.Name)
	}
	r.c.clock = newClock(zone, r.c.Year)
}

// document reads a record file whole. A former state of the same file is
// replaced, under the same source id.
func (r *reading) document(f *Format, sp *splitter) error {
	doc, err := io.ReadAll(io.LimitReader(io.MultiReader(&pending{sp}, sp.r), maxDocument+1))
	if sp.err == nil && err != nil {
		sp.err = err
	}
	r.takeOver(ReadsWhole)
	switch {
	case len(doc) > maxDocument:
		if err := r.rec.Reject(0, fmt.Sprintf("document larger than %d MiB", maxDocument>>20), nil); err != nil {
			return err
		}
	case err != nil && err != io.EOF:
		if err := r.rec.Reject(0, "damaged: "+err.Error(), nil); err != nil {
			return err
		}
	default:
		if err := f.Document(r.c, bytes.TrimPrefix(doc, []byte("\ufeff")), r.rec); err != nil {
			return err
		}
	}
	sum := sha256.Sum256(doc)
	head := doc[:min(len(doc), headSize)]
	headSum := sha256.Sum256(head)
	r.res.Entry = schemas.LedgerEntry{
		Bytes: int64(len(doc)), SHA256: hex.EncodeToString(sum[:]), Lines: r.rec.counts.Lines,
		HeadBytes: int64(len(head)), HeadHash: hex.EncodeToString(headSum[:]),
	}
	r.report(nil)
	return nil
}

// unknownReason says why no format was taken and what can be done.
func unknownReason(h Head, runners []Guess) string {
	if len(runners) > 0 {
		return "no known format: name one as format of the source (nearest: " + runners[0].Format + ")"
	}
	python, stamps, clocks := 0, 0, 0
	for _, line := range h.Lines {
		if hms(line, 0, &stamp{}) > 0 {
			clocks++
		}
		if level, rest, ok := bytes.Cut(line, []byte{':'}); ok && levelOf(level) != "" && bytes.IndexByte(rest, ':') > 0 {
			python++
		}
		if bytes.Count(line[:min(len(line), 64)], []byte{':'}) >= 2 && bytes.ContainsAny(line[:min(len(line), 64)], "0123456789") {
			stamps++
		}
	}
	switch {
	case python*2 > len(h.Lines):
		return "no known format: LEVEL:logger:message says no time: give logging.basicConfig a format with %(asctime)s, or read the log through journald, Docker or CRI"
	case clocks*2 > len(h.Lines):
		return "no known format: the lines state the time of day without its date: give the log's layout a date (logback: %d{ISO8601})"
	case stamps == 0:
		return "no known format: the lines carry no time stamp: add one to the layout of the log, or read it through journald, Docker or CRI"
	}
	return "no known format: name one as format of the source"
}

// unknown refuses a file as a whole and says what it looks like.
func (r *reading) unknown(sp *splitter, head Head, runners []Guess) error {
	reason := unknownReason(head, runners)
	first := head.Bytes
	if len(head.Lines) > 0 {
		first = head.Lines[0]
	}
	if err := r.rec.Reject(0, reason, first); err != nil {
		return err
	}
	r.res.Format = UnknownFormat
	sp.takeLast = true
	for {
		if _, ok := sp.next(); !ok {
			break
		}
	}
	r.report(sp)
	r.res.Entry.Lines = 1
	return nil
}

// report completes result and ledger entry.
func (r *reading) report(sp *splitter) {
	e := &r.res.Entry
	if sp != nil {
		e.Bytes, e.SHA256, e.HeadBytes, e.HeadHash = sp.digest()
		e.Lines = sp.lines
	}
	e.SourceID, e.Source, e.File, e.Format = r.rec.sourceID, r.in.Source.Name, r.in.Name, r.res.Format
	e.LastTS = r.rec.lastTS
	e.Counts = r.rec.counts
	r.res.Counts = r.rec.counts
	if old := r.at.entry; old != nil {
		e.File, e.Format = old.File, old.Format
		e.Counts = e.Counts.Add(old.Counts)
		r.res.Counts.Lines += old.Lines
		r.res.Counts.AlreadySeen += old.Lines
	}
	r.res.Coverage = r.rec.coverage.rows(r.in.Source.Name)
	r.res.Warnings = append(r.res.Warnings, r.rec.warnings...)
	if r.c != nil {
		r.res.ZoneSource = r.c.clock.zoneSource(r.in.Source)
		r.res.Warnings = append(r.res.Warnings, r.c.clock.warnings()...)
	}
}

// sourceID names an input for good: by its source, its path at first sight
// and its first line; a taken id gets a number.
func sourceID(in Input, first []byte, prior []schemas.LedgerEntry) string {
	h := sha256.New()
	fmt.Fprintf(h, "%d:%s%d:%s%s", len(in.Source.Name), in.Source.Name, len(in.Name), in.Name, first)
	base := "I-" + hex.EncodeToString(h.Sum(nil))[:12]
	id := base
	for n := 2; ; n++ {
		taken := false
		for i := range prior {
			taken = taken || prior[i].SourceID == id
		}
		if !taken {
			return id
		}
		id = base + "-" + strconv.Itoa(n)
	}
}

// pending reads what a splitter has buffered.
type pending struct{ s *splitter }

func (p *pending) Read(b []byte) (int, error) {
	if p.s.start == p.s.end {
		if p.s.err != nil && p.s.err != io.EOF {
			return 0, p.s.err
		}
		return 0, io.EOF
	}
	n := copy(b, p.s.buf[p.s.start:p.s.end])
	p.s.start += n
	return n, nil
}
