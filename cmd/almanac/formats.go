package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"almanac/internal/config"
	"almanac/internal/intake"
	"almanac/schemas"
)

func (a *app) formatsCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "formats", Short: "the input formats; 'formats test FILE' tries one file", Args: cobra.NoArgs,
		Example: `  almanac formats
  almanac formats test some.log                       # what it makes of a file, and why lines are refused
  almanac formats test --tz Europe/Berlin some.log
  almanac formats test --input-format logfmt some.log`,
		RunE: func(*cobra.Command, []string) error {
			t := &schemas.Table{Columns: []schemas.Column{{Name: "format"}, {Name: "kind"}, {Name: "zone of its stamps"}, {Name: "what"}}}
			for _, f := range intake.Formats() {
				t.Rows = append(t.Rows, []any{f.Name, f.Kind, f.Zone, f.Doc})
			}
			return a.write(t, config.Default("."))
		},
	}
	a.formatFlag(c)
	c.AddCommand(a.formatsTestCommand())
	return c
}

func (a *app) formatsTestCommand() *cobra.Command {
	var zone, kind, format string
	c := &cobra.Command{
		Use: "test FILE…", Short: "format, confidence, zone, first records and rejects of files", Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg := config.Default(".")
			cfg.Zone = zone
			cfg.Sources = []config.Source{{Name: "files", Kind: kind, Format: format, Paths: args, Literal: true}}
			if err := config.CheckConfig(cfg); err != nil {
				return &exitError{exitUsage, err}
			}
			src := &intake.Source{Name: "files", Kind: kind, Format: format, Zone: cfg.Location(), ZoneStated: cmd.Flags().Changed("tz")}
			for _, path := range args {
				st, err := os.Stat(path)
				if err != nil {
					return &exitError{exitNothing, err}
				}
				trial, err := intake.TestFile(cmd.Context(), path, src, st.ModTime())
				if err != nil {
					return err
				}
				if err := a.tellTrial(trial, cfg); err != nil {
					return err
				}
			}
			return nil
		},
	}
	c.Flags().StringVar(&zone, "tz", "UTC", "zone of stamps that carry none")
	c.Flags().StringVar(&kind, "kind", "auto", "kind: auto, log, change, incident, metric")
	c.Flags().StringVar(&format, "input-format", "", "force a format")
	a.formatFlag(c)
	return c
}

// tellTrial prints what intake made of a file, as listings.
func (a *app) tellTrial(t intake.Trial, c *config.Config) error {
	var others []string
	for _, g := range t.RunnersUp {
		others = append(others, fmt.Sprintf("%s %.2f", g.Format, g.Confidence))
	}
	k := t.Counts
	about := &schemas.Table{Columns: []schemas.Column{{Name: "fact"}, {Name: "value"}}, Rows: [][]any{
		{"file", t.File}, {"format", t.Format}, {"confidence", t.Confidence},
		{"other candidates", strings.Join(others, ", ")}, {"zone of the stamps", t.Zone},
		{"accounting", fmt.Sprintf("%d lines = %d events + %d continuations + %d blanks + %d rejects",
			k.Lines, k.Events, k.Continuations, k.Blanks, k.Rejects)},
	}}
	for _, w := range t.Warnings {
		about.Rows = append(about.Rows, []any{"warning", w})
	}
	listings := append([]*schemas.Table{about}, trialTables(t)...)
	for i, l := range listings {
		if len(l.Rows) == 0 {
			continue
		}
		if i > 0 {
			fmt.Fprintln(a.out)
		}
		if err := a.write(l, c); err != nil {
			return err
		}
	}
	return nil
}

func trialTables(t intake.Trial) []*schemas.Table {
	cols := func(names ...string) (out []schemas.Column) {
		for _, n := range names {
			out = append(out, schemas.Column{Name: n})
		}
		return out
	}
	events := &schemas.Table{Columns: cols("line", "ts", "level", "service", "host", "message")}
	for _, e := range t.Events {
		events.Rows = append(events.Rows, []any{e.Line, instant(e.TS), e.Level, e.Service, e.Host, e.Message})
	}
	changes := &schemas.Table{Columns: cols("line", "change", "kind", "service", "started", "status", "title", "warning")}
	for _, x := range t.Changes {
		changes.Rows = append(changes.Rows, []any{x.Line, x.ChangeID, x.Kind, x.Service, instant(x.StartedTS), x.Status, x.Title, x.Warning})
	}
	incidents := &schemas.Table{Columns: cols("line", "incident", "service", "severity", "started", "resolved", "title", "timeline", "actions", "warning")}
	for _, x := range t.Incidents {
		incidents.Rows = append(incidents.Rows, []any{x.Line, x.IncidentID, x.Service, x.Severity, instant(x.StartedTS), instant(x.ResolvedTS),
			x.Title, int64(len(x.Timeline)), int64(len(x.Actions)), x.Warning})
	}
	metrics := &schemas.Table{Columns: cols("ts", "service", "name", "value")}
	for _, x := range t.Metrics {
		var v any
		if x.Value != nil {
			v = *x.Value
		}
		metrics.Rows = append(metrics.Rows, []any{instant(x.TS), x.Service, x.Name, v})
	}
	rejects := &schemas.Table{Columns: cols("line", "refused because", "text")}
	for _, x := range t.Rejects {
		rejects.Rows = append(rejects.Rows, []any{x.Line, x.Reason, x.Raw})
	}
	return []*schemas.Table{events, changes, incidents, metrics, rejects}
}

func instant(us int64) any {
	if us == 0 {
		return nil
	}
	return schemas.Time(us)
}
