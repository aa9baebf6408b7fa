package nightly

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"
	"time"

	"almanac/internal/config"
	"almanac/internal/finding"
	"almanac/internal/lake"
	"almanac/internal/warehouse"
	"almanac/schemas"
)

// judgeFixes judges every claim, entered or of a postmortem.
func (n *night) judgeFixes(ctx context.Context, w *warehouse.Warehouse, v *verdicts) error {
	claims, doubts, notes := finding.FixClaims(finding.ClaimInput{
		Published: v.fixes, Actions: v.actions, Records: v.facts.records,
		Recurrences: v.recurrence.Recurrences, Now: v.asOf, Zone: n.Config.Location(),
	})
	v.notes = append(v.notes, notes...)
	in := finding.FixInput{
		Night: v.night, Now: v.asOf, Zone: n.Config.Location(), Claims: claims, Doubts: doubts,
		Recurrences: v.recurrence.Recurrences, Days: v.recurrence.Days,
		Records: v.facts.records, Graph: v.graph, Minutes: map[string][]finding.FixMinuteRow{},
	}
	f := &fetcher{ctx: ctx, w: w}
	loaded := map[string]bool{}
	for _, r := range claimed(claims, in.Recurrences) {
		p := v.window()
		p["subject_kind"], p["subject_id"], p["service"] = r.SubjectKind, r.SubjectID, r.Service
		var minutes []finding.FixMinuteRow
		fetch(f, &minutes, "detect/fix_minutes", p)
		in.Minutes[r.RecurrenceID] = minutes
		if !loaded[r.Service] {
			loaded[r.Service] = true
			p = v.window()
			p["service"] = r.Service
			var volume []finding.FixVolumeRow
			fetch(f, &volume, "detect/fix_volume", p)
			in.Volume = append(in.Volume, volume...)
		}
	}
	if f.err != nil {
		return wrap("fixes", f.err)
	}
	v.fix = finding.Fixes(in)
	return nil
}

// claimed are the recurrences that somebody claims to have mended.
func claimed(claims []schemas.Fix, all []schemas.Recurrence) []schemas.Recurrence {
	wanted := map[string]bool{}
	for _, c := range claims {
		wanted[c.RecurrenceID] = true
	}
	var out []schemas.Recurrence
	for _, r := range all {
		if wanted[r.RecurrenceID] {
			out = append(out, r)
		}
	}
	return out
}

// readFixes gives every claim as last published, by id. No night loses a
// claim: each publishes all of them again.
func (n *night) readFixes() ([]schemas.Fix, error) {
	latest := map[string]schemas.Fix{}
	for _, date := range n.lake.Dates(lake.TableFix) {
		rows, err := lake.Read[schemas.Fix](n.lake, lake.TableFix, date)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			latest[r.FixID] = r
		}
	}
	out := make([]schemas.Fix, 0, len(latest))
	for _, r := range latest {
		out = append(out, r)
	}
	sort.Slice(out, func(a, b int) bool { return out[a].FixID < out[b].FixID })
	return out, nil
}

// hashClaims writes the claims that people entered: an analysis depends on
// them, not on what it made of them. Those of postmortems follow from the data.
func (n *night) hashClaims(w io.Writer) error {
	claims, err := n.readFixes()
	if err != nil {
		return err
	}
	for _, c := range claims {
		if c.Source == finding.SourceOperator {
			fmt.Fprintf(w, "fix %q %q %d %q\n", c.FixID, c.RecurrenceID, c.FixedTS, c.What)
		}
		if c.WithdrawnTS != 0 {
			fmt.Fprintf(w, "withdrawn %q %d\n", c.FixID, c.WithdrawnTS)
		}
	}
	return nil
}

// UnknownID says that the lake knows nothing by an id, and which ids are near.
type UnknownID struct {
	What, ID string
	Nearest  []string
}

func (e *UnknownID) Error() string {
	s := fmt.Sprintf("the lake knows no %s %q", e.What, e.ID)
	if len(e.Nearest) > 0 {
		s += "; the nearest are " + strings.Join(e.Nearest, ", ")
	}
	return s + "; 'almanac ask recurrences' and 'almanac fix list' list ids"
}

// Claim is a fix as a person states it.
type Claim struct {
	Recurrence string
	At         time.Time
	What       string
}

// AddFix enters a claim into the ledger, judged at once by what the lake
// holds. It takes the lake's lock. A recurrence that no night knew is an
// UnknownID. The same claim twice is one.
func AddFix(ctx context.Context, o Options, c Claim) (schemas.Fix, error) {
	var out schemas.Fix
	_, err := walk(ctx, o, func(n *night, ctx context.Context) error {
		var err error
		out, err = n.addFix(ctx, c)
		return err
	})
	return out, err
}

func (n *night) addFix(ctx context.Context, c Claim) (schemas.Fix, error) {
	r, err := n.findRecurrence(c.Recurrence)
	if err != nil {
		return schemas.Fix{}, err
	}
	claim := schemas.Fix{
		FixID: finding.FixID(r.RecurrenceID, c.At, c.What), RecurrenceID: r.RecurrenceID,
		FixedTS: schemas.Micros(c.At), What: c.What, Source: finding.SourceOperator,
	}
	date := lastOf(n.lake.Dates(lake.TableRecurrence))
	judged, err := n.judgeNow(ctx, claim)
	if err != nil {
		return schemas.Fix{}, err
	}
	for _, f := range judged {
		if f.FixID == claim.FixID {
			claim = f
		}
	}
	claim.EventDate = date
	return claim, n.enter(ctx, claim)
}

// enter writes a row of the ledger into the last night's date, in place of
// that claim's former row of that date.
func (n *night) enter(ctx context.Context, claim schemas.Fix) error {
	rows, err := lake.Read[schemas.Fix](n.lake, lake.TableFix, claim.EventDate)
	if err != nil {
		return err
	}
	kept := []schemas.Fix{claim}
	for _, f := range rows {
		if f.FixID != claim.FixID {
			kept = append(kept, f)
		}
	}
	sort.Slice(kept, func(a, b int) bool { return kept[a].FixID < kept[b].FixID })
	night := lake.Begin(n.lake, lake.Options{Tool: n.Tool})
	defer night.Discard()
	if err := night.Replace(lake.TableFix, claim.EventDate, kept); err != nil {
		return err
	}
	res, err := night.Commit(ctx)
	if err != nil {
		return err
	}
	n.lake = res.Lake
	return nil
}

// WithdrawFix takes a claim back: it stays in the ledger with what was judged
// of it, and later nights judge it no more. It takes the lake's lock. The same
// claim entered again stands again.
func WithdrawFix(ctx context.Context, o Options, id, why string) (schemas.Fix, error) {
	var out schemas.Fix
	_, err := walk(ctx, o, func(n *night, ctx context.Context) error {
		all, err := n.readFixes()
		if err != nil {
			return err
		}
		known := map[string]bool{}
		for _, f := range all {
			known[f.FixID] = true
			if f.FixID == id {
				out = f
			}
		}
		if out.FixID == "" {
			return &UnknownID{What: "fix", ID: id, Nearest: nearest(id, known)}
		}
		if out.WithdrawnTS != 0 {
			return nil
		}
		out.WithdrawnTS, out.WithdrawnWhy = schemas.Micros(n.Now.UTC().Truncate(time.Second)), why
		out = finding.Fixes(finding.FixInput{
			Night: lastOf(n.lake.Dates(lake.TableFix)), Zone: n.Config.Location(), Claims: []schemas.Fix{out},
		}).Fixes[0]
		return n.enter(ctx, out)
	})
	return out, err
}

// findRecurrence is the last published row of a recurrence.
func (n *night) findRecurrence(id string) (schemas.Recurrence, error) {
	dates := n.lake.Dates(lake.TableRecurrence)
	seen := map[string]bool{}
	for k := len(dates) - 1; k >= 0; k-- {
		rows, err := lake.Read[schemas.Recurrence](n.lake, lake.TableRecurrence, dates[k])
		if err != nil {
			return schemas.Recurrence{}, err
		}
		for _, r := range rows {
			if r.RecurrenceID == id {
				return r, nil
			}
			seen[r.RecurrenceID] = true
		}
	}
	return schemas.Recurrence{}, &UnknownID{What: "recurrence", ID: id, Nearest: nearest(id, seen)}
}

// nearest are the three ids most like one, the nearest first.
func nearest(id string, known map[string]bool) []string {
	var rest, out []string
	for k := range known {
		rest = append(rest, k)
	}
	sort.Strings(rest)
	for len(out) < 3 && len(rest) > 0 {
		best := config.Nearest(id, rest)
		out = append(out, best)
		for k, x := range rest {
			if x == best {
				rest = append(rest[:k:k], rest[k+1:]...)
				break
			}
		}
	}
	return out
}

func lastOf(dates []string) string {
	last := ""
	for _, d := range dates {
		if d > last && d != schemas.Undated {
			last = d
		}
	}
	return last
}

// Verify judges one fix, or every fix of one recurrence, by what the lake
// holds now, and writes nothing. A recurrence that nobody claims to have
// mended is judged as if it had been mended after its last hit.
func Verify(ctx context.Context, o Options, id string) ([]schemas.Fix, error) {
	l, err := lake.Open(o.Config.Resolve(o.Config.Lake))
	if err != nil {
		return nil, err
	}
	n := &night{Options: o, lake: l, out: &Outcome{}}
	all, err := n.judgeNow(ctx)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	var out []schemas.Fix
	for _, f := range all {
		known[f.FixID] = true
		if f.FixID == id || f.RecurrenceID == id {
			out = append(out, f)
		}
	}
	if len(out) > 0 {
		return out, nil
	}
	r, err := n.findRecurrence(id)
	var unknown *UnknownID
	if errors.As(err, &unknown) && strings.HasPrefix(id, "F-") {
		return nil, &UnknownID{What: "fix", ID: id, Nearest: nearest(id, known)}
	}
	if err != nil {
		return nil, err
	}
	asIf := schemas.Fix{FixID: "none", RecurrenceID: id, FixedTS: r.LastTS, What: "no fix is claimed: as if mended after the last hit"}
	all, err = n.judgeNow(ctx, asIf)
	for _, f := range all {
		if f.FixID == asIf.FixID {
			out = append(out, f)
		}
	}
	return out, err
}

// judgeNow judges the ledger and further claims. The recurrences are those of
// the last analysis where the lake has nothing newer, else judged anew.
func (n *night) judgeNow(ctx context.Context, extra ...schemas.Fix) (out []schemas.Fix, err error) {
	w, err := n.openWarehouse(ctx, false)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	x, err := n.gather(ctx, w)
	if err != nil {
		return nil, err
	}
	v := &verdicts{facts: x}
	if m := n.lake.Manifest(); m.AnalysisKey != "" && m.AnalysisKey == n.analysisKey() {
		err = errors.Join(
			readNight(n.lake, lake.TableRecurrence, v.night, &v.recurrence.Recurrences),
			readNight(n.lake, lake.TableRecurrenceDay, v.night, &v.recurrence.Days))
	} else {
		err = n.judgeRecurrences(ctx, w, v)
	}
	if err != nil {
		return nil, err
	}
	v.fixes = append(append([]schemas.Fix{}, v.fixes...), extra...)
	if err := n.judgeFixes(ctx, w, v); err != nil {
		return nil, err
	}
	return v.fix.Fixes, nil
}
