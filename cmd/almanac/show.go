package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"almanac/internal/config"
	"almanac/internal/warehouse"
	"almanac/schemas"
)

// section is one part of what is shown of a thing: the rows of a question
// whose column `by` equals the id, or all of an answer that takes the id.
type section struct {
	title, query, by, param string
	upright                 bool // one record, a line per column
}

// shown are the kinds of thing with an id, and what is shown of each. The
// first section decides whether the id is of this kind.
var shown = [][]section{
	{
		{title: "Recurrence", query: "ask/recurrences", by: "id", upright: true},
		{title: "Days", query: "ask/recurrence_days", param: "recurrence"},
		{title: "Candidate changes", query: "ask/causes", by: "subject_id"},
		{title: "Sample lines", query: "ask/recurrence_samples", param: "recurrence"},
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
		for i, s := range sections {
			t := head
			if i > 0 {
				if t, err = fetchSection(ctx, w, s, id); err != nil {
					return err
				}
			}
			if err := a.showSection(s, t, c); err != nil {
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
	if a.format == "table" || a.format == "markdown" {
		fmt.Fprintf(a.out, "%s\n\n", s.title)
		if s.upright {
			t = upright(t)
		}
		defer fmt.Fprintln(a.out)
	}
	return a.write(t, c)
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
