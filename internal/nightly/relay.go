package nightly

import (
	"sync"
	"sync/atomic"
	"unsafe"

	"almanac/internal/intake"
	"almanac/schemas"
)

// relay is what a worker reads into: it gathers some hundred records before
// the worker makes something of them, in the order of the file. Parsing many
// lines and then masking many keeps each one's code and tables at hand, which
// takes a tenth off both; and of a batch that is more than one worker's share
// the two go on side by side.
type relay struct {
	w      *worker
	open   *parcel
	beside *beside // nil: nothing goes on beside the reading
}

// parcel is a stretch of a file's records.
type parcel struct {
	events  []schemas.Event // their texts lie in text
	text    []byte
	rejects []lateReject
}

// lateReject is a refused record with the number of events before it.
type lateReject struct {
	after int
	row   schemas.Reject
}

// A parcel's size matters little: from a hundred to a thousand rows measured
// the same.
const (
	parcelRows  = 512
	parcelBytes = 128 << 10
)

func newParcel() *parcel { return &parcel{text: make([]byte, 0, parcelBytes)} }

// beside is the goroutine that empties parcels while others are filled.
type beside struct {
	full, empty chan *parcel
	pending     sync.WaitGroup
	failed      atomic.Pointer[error]
}

// split empties parcels on another core from now on, until join.
func (x *relay) split() {
	const parcels = 4
	b := &beside{full: make(chan *parcel, parcels), empty: make(chan *parcel, parcels)}
	for range parcels {
		b.empty <- newParcel()
	}
	x.beside = b
	go func() {
		for p := range b.full {
			if b.failed.Load() == nil {
				if err := x.unpack(p); err != nil {
					b.failed.Store(&err)
				}
			}
			p.reset()
			b.empty <- p
			b.pending.Done()
		}
	}()
}

// join ends split; what is open goes with it.
func (x *relay) join() {
	if b := x.beside; b != nil {
		close(b.full)
		b.pending.Wait()
		x.open, x.beside = newParcel(), nil
	}
}

func (b *beside) err() error {
	if err := b.failed.Load(); err != nil {
		return *err
	}
	return nil
}

// unpack gives a parcel's records to the worker.
func (x *relay) unpack(p *parcel) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = internalError(x.w.file, v)
		}
	}()
	late := p.rejects
	for i := 0; i <= len(p.events); i++ {
		for ; len(late) > 0 && late[0].after == i; late = late[1:] {
			x.w.reject(late[0].row)
		}
		if i == len(p.events) {
			break
		}
		if err := x.w.event(&p.events[i]); err != nil {
			return err
		}
	}
	return nil
}

// reset empties a parcel; one that had to grow goes back to its size.
func (p *parcel) reset() {
	p.events, p.rejects, p.text = p.events[:0], p.rejects[:0], p.text[:0]
	if cap(p.text) > parcelBytes {
		p.text = make([]byte, 0, parcelBytes)
	}
}

// send hands the open parcel on and gives an empty one.
func (x *relay) send() (err error) {
	b := x.beside
	if b == nil {
		err = x.unpack(x.open)
		x.open.reset()
		return err
	}
	b.pending.Add(1)
	b.full <- x.open
	x.open = <-b.empty
	return b.err()
}

// wait returns when the worker is done with everything so far.
func (x *relay) wait() error {
	err := x.send()
	if b := x.beside; b != nil {
		b.pending.Wait()
		err = b.err()
	}
	return err
}

// room makes the open parcel one with room for a record with so many bytes of
// text. Its text never moves, because events point into it.
func (x *relay) room(n int) error {
	p := x.open
	if len(p.events) == parcelRows || len(p.rejects) == parcelRows || cap(p.text)-len(p.text) < n {
		if err := x.send(); err != nil {
			return err
		}
	}
	if p = x.open; cap(p.text) < n {
		p.text = make([]byte, 0, n)
	}
	return nil
}

// Event takes a copy of one event. One of a document that the lake knows is
// judged at once: the answer counts.
func (x *relay) Event(e *schemas.Event) error {
	if x.w.r.former.ids[e.SourceID] {
		if err := x.wait(); err != nil {
			return err
		}
		return x.w.event(e)
	}
	if err := x.room(len(e.Message) + len(e.TraceID)); err != nil {
		return err
	}
	p := x.open
	p.events = append(p.events, *e)
	kept := &p.events[len(p.events)-1]
	kept.Message, kept.TraceID = p.copy(e.Message), p.copy(e.TraceID)
	return nil
}

// copy keeps a text in the parcel, which has room for it.
func (p *parcel) copy(s string) string {
	if s == "" {
		return ""
	}
	at := len(p.text)
	p.text = append(p.text, s...)
	return unsafe.String(&p.text[at], len(s))
}

// Reject takes one refused record.
func (x *relay) Reject(r schemas.Reject) error {
	err := x.room(0)
	x.open.rejects = append(x.open.rejects, lateReject{len(x.open.events), r})
	return err
}

// Change takes a change record.
func (x *relay) Change(c schemas.Change) error {
	x.w.change(c)
	return nil
}

// Incident takes an incident with its children.
func (x *relay) Incident(i schemas.IncidentRecord) error {
	x.w.incident(i)
	return nil
}

// Metric takes a measured point.
func (x *relay) Metric(m schemas.Metric) error {
	x.w.metric(m)
	return nil
}

var _ intake.Sink = (*relay)(nil)
