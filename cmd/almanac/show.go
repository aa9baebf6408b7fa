package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"almanac/internal/config"
	"almanac/internal/door/listing"
	"almanac/internal/finding"
	"almanac/internal/warehouse"
	"almanac/schemas"
)

// section is one part of what is shown of a thing: the rows of a question
// whose column `by` equals the id, or all of an answer that takes the id.
type section struct {
	title, query, by, param string
	upright                 bool // one record, a line per column
	sql                     bool // the query is printed too
	// make derives the section from the head's record instead of a question.
	make func(head *schemas.Table) *schemas.Table
}

// testsTried says what the recurrence was picked from.
func testsTried(head *schemas.Table) *schemas.Table {
	t := &schemas.Table{Columns: []schemas.Column{{Name: "tried", Type: "VARCHAR"}}}
	var r schemas.Recurrence
	if k := head.Index("subject_kind"); k >= 0 {
		r.SubjectKind, _ = head.Rows[0][k].(string)
	}
	if k := head.Index("tests"); k >= 0 {
		if n, ok := head.Rows[0][k].(int64); ok {
			r.Tests = &n
		}
	}
	for _, s := range finding.TestsTried(r) {
		t.Rows = append(t.Rows, []any{s})
	}
	return t
}

// shown are the kinds of thing with an id, and what is shown of each. The
// first section decides whether the id is of this kind.
var shown = [][]section{
	{
		{title: "Recurrence", query: "ask/recurrences", by: "id", upright: true},
		{title: "Days hit, missed and not observed", query: "ask/recurrence_days", param: "recurrence", sql: true},
		{title: "Job", query: "ask/recurrence_job_days", param: "recurrence"},
		{title: "Tests tried", make: testsTried},
		{title: "Candidate changes", query: "ask/causes", by: "subject_id"},
		{title: "Claimed fixes", query: "ask/fixes", by: "recurrence_id"},
		{title: "Sample lines", query: "ask/recurrence_samples", param: "recurrence", sql: true},
	},
	{
		{title: "Incident", query: "ask/incidents", by: "incident_id", upright: true},
		{title: "Timeline", query: "ask/incident_timeline", param: "incident"},
		{title: "Order of failure", query: "ask/cascades", by: "incident_id"},
		{title: "Errors", query: "ask/incident_errors", param: "incident"},
		{title: "Candidate changes", query: "ask/causes", by: "subject_id"},
		{title: "Known failure modes", query: "ask/similar", by: "incident_id"},
	},
	{
		{title: "Change", query: "ask/changes", by: "change_id", upright: true},
		{title: "May have begun", query: "ask/causes", by: "change_id"},
	},
	{
		{title: "Onset", query: "ask/onsets", by: "id", upright: true},
		{title: "Candidate changes", query: "ask/causes", by: "subject_id"},
	},
	{
		{title: "Silence", query: "ask/silences", by: "id", upright: true},
		{title: "Candidate changes", query: "ask/causes", by: "subject_id"},
	},
	{{title: "Signature", query: "ask/signatures", by: "signature_id", upright: true}},
	{{title: "Finding", query: "ask/findings", by: "finding_id", upright: true}},
	{{title: "Fix", query: "ask/fixes", by: "id", upright: true}},
}

func (a *app) showCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "show ID",
		Short:   "everything known of one recurrence, incident, change, silence, signature, finding or fix",
		Example: "  almanac show R-1a2b3c4d\n  almanac show INC-12",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withWarehouse(cmd.Context(), func(w *warehouse.Warehouse, c *config.Config) error {
				return a.show(cmd.Context(), w, c, args[0])
			})
		},
	}
	a.formatFlag(c)
	return c
}

func (a *app) show(ctx context.Context, w *warehouse.Warehouse, c *config.Config, id string) error {
	for _, sections := range shown {
		head, err := fetchSection(ctx, w, sections[0], id)
		if err != nil {
			return err
		}
		if len(head.Rows) == 0 {
			continue
		}
		var all []listing.Section
		for i, s := range sections {
			t := head
			switch {
			case s.make != nil:
				t = s.make(head)
			case i > 0:
				if t, err = fetchSection(ctx, w, s, id); err != nil {
					return err
				}
			}
			all = append(all, listing.Section{Title: s.title, Table: t})
		}
		if a.format == "json" || a.format == "jsonl" {
			return listing.WriteSections(a.out, id, all, a.format)
		}
		for i, s := range sections {
			if err := a.showSection(s, all[i].Table, c); err != nil {
				return err
			}
		}
		return nil
	}
	return &exitError{exitFailed, fmt.Errorf("nothing in the lake has the id %q; 'almanac ask findings' and 'almanac ask incidents' list ids", id)}
}

func fetchSection(ctx context.Context, w *warehouse.Warehouse, s section, id string) (*schemas.Table, error) {
	p := warehouse.Params{}
	if s.param != "" {
		p[s.param] = id
	}
	t, err := w.Table(ctx, s.query, p)
	if err != nil || s.by == "" {
		return t, err
	}
	at := t.Index(s.by)
	if at < 0 {
		return nil, fmt.Errorf("query %s has no column %s", s.query, s.by)
	}
	kept := t.Rows[:0]
	for _, r := range t.Rows {
		if r[at] == id {
			kept = append(kept, r)
		}
	}
	t.Rows = kept
	return t, nil
}

func (a *app) showSection(s section, t *schemas.Table, c *config.Config) error {
	if len(t.Rows) == 0 {
		return nil
	}
	if a.format != "table" && a.format != "markdown" {
		return a.write(t, c)
	}
	fmt.Fprintf(a.out, "%s\n\n", s.title)
	if s.make != nil { // lines of words, which a table would clip
		for _, r := range t.Rows {
			fmt.Fprintf(a.out, "- %s\n", listing.Escape(fmt.Sprint(r[0])))
		}
		fmt.Fprintln(a.out)
		return nil
	}
	if s.upright {
		a.tellWhole(t)
		t = upright(t)
	}
	if err := a.write(t, c); err != nil {
		return err
	}
	if s.sql {
		fmt.Fprintf(a.out, "\nSQL of it:\n\n%s\n", strings.TrimSpace(t.SQL))
	}
	fmt.Fprintln(a.out)
	return nil
}

// tellWhole prints what the record says in sentences, which a table would clip.
func (a *app) tellWhole(t *schemas.Table) {
	said := false
	for _, name := range [...]string{"sentence", "why", "warnings"} {
		k := t.Index(name)
		if k < 0 {
			continue
		}
		text, _ := t.Rows[0][k].(string)
		for line := range strings.SplitSeq(text, "\n") {
			if line = strings.TrimSpace(line); line != "" {
				fmt.Fprintln(a.out, listing.Escape(line))
				said = true
			}
		}
	}
	if said {
		fmt.Fprintln(a.out)
	}
}

// upright turns records into a line per filled column.
func upright(t *schemas.Table) *schemas.Table {
	out := &schemas.Table{Columns: []schemas.Column{{Name: "field"}, {Name: "value"}}}
	for _, r := range t.Rows {
		for i, c := range t.Columns {
			if r[i] != nil && r[i] != "" {
				out.Rows = append(out.Rows, []any{c.Name, r[i]})
			}
		}
	}
	return out
}
