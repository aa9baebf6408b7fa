package lake

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"sync"

	"almanac/schemas"
)

// Options of a night.
type Options struct {
	// RunRows bounds the events a run keeps in memory; 0 means by bytes alone.
	RunRows int
	// Workers bounds the dates merged at a time; 0 means 2.
	Workers int
	// Tool names the writing program in the manifest, such as "almanac 0.1.0".
	Tool string
	// fileRows lets tests cut files early; 0 means the constant fileRows.
	fileRows int64
}

// Night gathers what one night adds to a lake and publishes it with Commit,
// or leaves the lake as it was. Its methods are safe for concurrent use; hold
// the lake's Lock from before Open until after Commit. A night is used once.
type Night struct {
	l   *Lake
	opt Options
	tmp string

	mu       sync.Mutex
	madeTemp bool
	spent    bool
	runs     []*Run
	spills   []*spillFile
	idle     []*spillFile
	pieces   map[string][]piece    // of events, by date
	sections map[string][]*section // of events, by date
	batches  map[string]anyBatch
	reread   map[string]bool
	ledger   []schemas.LedgerEntry
	hasAsOf  bool
	asOf     string
	key      string
	setLog   bool
}

// Begin starts a night on a generation of a lake. It touches no disk.
func Begin(l *Lake, opt Options) *Night {
	if opt.Workers <= 0 {
		opt.Workers = 2
	}
	if opt.fileRows <= 0 {
		opt.fileRows = fileRows
	}
	return &Night{l: l, opt: opt, tmp: filepath.Join(l.dir, tmpName),
		pieces: map[string][]piece{}, sections: map[string][]*section{}, batches: map[string]anyBatch{},
		reread: map[string]bool{}}
}

// batchOf gives the night's batch of a table of row type T. The night's
// mutex must be held.
func batchOf[T any](n *Night, name string) *batch[T] {
	b, ok := n.batches[name]
	if !ok {
		b = findTable(name).newBatch()
		n.batches[name] = b
	}
	return b.(*batch[T])
}

func put[T any](n *Night, name string, rows []T, date func(*T) string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	b := batchOf[T](n, name)
	for _, row := range rows {
		day := date(&row) // may also fill the row in
		b.add(day, row)
	}
}

// PutChanges adds change records. All former rows of their inputs go: give
// every record of an input that was read again, in one night.
func (n *Night) PutChanges(rows ...schemas.Change) {
	put(n, TableChange, rows, func(r *schemas.Change) string {
		return firstDate(r.EventDate, r.StartedTS, r.FinishedTS)
	})
	for _, r := range rows {
		n.Reread(r.SourceID)
	}
}

// PutIncidents adds incidents with their services, timelines and actions.
// All former rows of their inputs go, as with PutChanges. Child rows get the
// incident's date, id and input.
func (n *Night) PutIncidents(records ...schemas.IncidentRecord) {
	for _, r := range records {
		date := firstDate(r.EventDate, r.StartedTS, r.DetectedTS, r.AcknowledgedTS, r.MitigatedTS, r.ResolvedTS)
		put(n, TableIncident, []schemas.Incident{r.Incident}, func(*schemas.Incident) string { return date })
		for _, s := range r.Services {
			row := schemas.IncidentService{IncidentID: r.IncidentID, Service: s, SourceID: r.SourceID}
			put(n, TableIncidentService, []schemas.IncidentService{row}, func(*schemas.IncidentService) string { return date })
		}
		put(n, TableIncidentEvent, r.Timeline, func(e *schemas.IncidentEvent) string {
			e.IncidentID, e.SourceID = r.IncidentID, r.SourceID
			return date
		})
		put(n, TableAction, r.Actions, func(a *schemas.Action) string {
			a.IncidentID, a.SourceID = r.IncidentID, r.SourceID
			return date
		})
		n.Reread(r.SourceID)
	}
}

// PutRejects adds refused records. They replace former ones only where their
// input is read again (see Reread).
func (n *Night) PutRejects(rows ...schemas.Reject) {
	put(n, TableReject, rows, func(r *schemas.Reject) string { return r.EventDate })
}

// PutMetrics adds measured points.
func (n *Night) PutMetrics(rows ...schemas.Metric) {
	put(n, TableMetric, rows, func(r *schemas.Metric) string { return schemas.DateOf(r.TS) })
}

// PutCoverage adds to the counts of the sources' hours.
func (n *Night) PutCoverage(rows ...schemas.Coverage) {
	put(n, TableCoverage, rows, func(r *schemas.Coverage) string { return schemas.DateOf(r.HourTS) })
}

// Reread says that a record input was read again as a whole: its former
// changes, incidents with their children, and rejects go on every date. Call
// it also where the input holds no record any more.
func (n *Night) Reread(sourceID string) {
	if sourceID = cleanString(sourceID); sourceID == "" {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.reread[sourceID] = true
	// Every table the input may have rows in takes part in the commit.
	batchOf[schemas.Change](n, TableChange)
	batchOf[schemas.Incident](n, TableIncident)
	batchOf[schemas.IncidentService](n, TableIncidentService)
	batchOf[schemas.IncidentEvent](n, TableIncidentEvent)
	batchOf[schemas.Action](n, TableAction)
	batchOf[schemas.Reject](n, TableReject)
}

// SetShapes replaces the tables shape and signature as a whole.
func (n *Night) SetShapes(shapes []schemas.Shape, signatures []schemas.Signature) {
	n.mu.Lock()
	defer n.mu.Unlock()
	setWhole(n, TableShape, shapes)
	setWhole(n, TableSignature, signatures)
}

func setWhole[T any](n *Night, name string, rows []T) {
	b := batchOf[T](n, name)
	b.whole = true
	clear(b.rows)
	for _, row := range rows {
		b.add(schemas.Undated, row)
	}
}

// Replace makes rows, a slice of the table's row type, the only rows of a
// table on a date: a rerun of a night's analysis replaces that night. No
// rows: the date has none. Tables that events or inputs feed are refused.
func (n *Night) Replace(name, date string, rows any) error {
	switch name {
	case TableEvent, TableEventMinute, TableEventDay, TableServiceVolume, TableShape, TableSignature:
		return fmt.Errorf("replace %s %s: the lake writes this table itself", name, date)
	}
	t := findTable(name)
	if t == nil {
		return fmt.Errorf("replace %s: there is no such table", name)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, ok := n.batches[name]; !ok {
		n.batches[name] = t.newBatch()
	}
	return n.batches[name].replace(date, rows)
}

// SetLedger replaces the input ledger. It is committed with the data: that is
// what makes each line count exactly once.
func (n *Night) SetLedger(entries []schemas.LedgerEntry) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.ledger, n.setLog = slices.Clone(entries), true
}

// SetAnalysis records the instant (RFC 3339) and the key of an analysis.
func (n *Night) SetAnalysis(asOf, key string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.asOf, n.key, n.hasAsOf = asOf, key, true
}

// Discard gives up the night: temporary files go, the lake stays as it was.
// After Commit it does nothing.
func (n *Night) Discard() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.spent = true
	for _, s := range n.spills {
		s.f.Close()
	}
	n.spills, n.idle, n.runs, n.pieces, n.sections = nil, nil, nil, nil, nil
	if !n.madeTemp {
		return nil
	}
	n.madeTemp = false
	if err := n.l.disk.RemoveAll(n.tmp); err != nil {
		return fmt.Errorf("remove temporary files in %s: %w", n.tmp, err)
	}
	return nil
}

var errSpent = errors.New("this night is over; begin another")

// makeTemp makes an empty temporary directory: what a killed night left in it
// goes. The night's mutex must be held.
func (n *Night) makeTemp() error {
	if n.madeTemp {
		return nil
	}
	if err := n.l.disk.RemoveAll(n.tmp); err != nil {
		return err
	}
	if err := n.l.disk.MkdirAll(n.tmp); err != nil {
		return err
	}
	n.madeTemp = true
	return nil
}

// newDates lists the dates with new events in rising order.
func (n *Night) newDates() []string {
	dates := slices.AppendSeq(slices.Collect(maps.Keys(n.pieces)), maps.Keys(n.sections))
	slices.Sort(dates)
	return slices.Compact(dates)
}

// firstDate is the UTC date of the first instant given, or else stated.
func firstDate(stated string, instants ...int64) string {
	for _, ts := range instants {
		if ts != 0 {
			return schemas.DateOf(ts)
		}
	}
	return stated
}
