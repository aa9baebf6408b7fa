package main

import (
	"errors"
	"os"

	"github.com/spf13/cobra"

	"almanac/internal/config"
	"almanac/internal/door/assign"
	"almanac/internal/intake"
	"almanac/internal/signature"
	"almanac/internal/warehouse"
	"almanac/schemas"
)

func (a *app) signaturesCommand() *cobra.Command {
	var search, service string
	c := &cobra.Command{
		Use: "signatures", Short: "log templates: list, search, explain, assign", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withWarehouse(cmd.Context(), func(w *warehouse.Warehouse, c *config.Config) error {
				t, err := w.Table(cmd.Context(), "ask/signatures", warehouse.Params{"search": search, "service": service})
				if err != nil {
					return err
				}
				return a.write(t, c)
			})
		},
	}
	c.Flags().StringVar(&search, "search", "", "only templates that contain this text")
	c.Flags().StringVar(&service, "service", "", "only this service")
	a.formatFlag(c)
	c.AddCommand(a.assignCommand(), a.explainCommand())
	return c
}

func (a *app) assignCommand() *cobra.Command {
	var formatOf, zone string
	c := &cobra.Command{
		Use: "assign FILE", Short: "the signature of every line of a file", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg := config.Default(".")
			cfg.Zone = zone
			if err := config.CheckConfig(cfg); err != nil {
				return &exitError{exitUsage, err}
			}
			src := &intake.Source{Name: "file", Kind: intake.KindLog, Format: formatOf, Zone: cfg.Location()}
			t, err := assign.File(cmd.Context(), args[0], src, signature.DefaultRules())
			if errors.Is(err, os.ErrNotExist) {
				return &exitError{exitNothing, err}
			}
			if err != nil {
				return err
			}
			return a.write(t, cfg)
		},
	}
	c.Flags().StringVar(&formatOf, "format-of", "", "format of the file (default: guessed)")
	c.Flags().StringVar(&zone, "tz", "UTC", "zone of stamps that carry none")
	a.formatFlag(c)
	return c
}

func (a *app) explainCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "explain MESSAGE", Short: "why a message has the shape it has, token by token", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			rules := signature.DefaultRules()
			t := &schemas.Table{Columns: []schemas.Column{{Name: "text"}, {Name: "kept"}, {Name: "because"}}}
			for _, p := range signature.Explain(args[0], rules) {
				t.Rows = append(t.Rows, []any{p.Text, !p.IsValue, p.Rule})
			}
			shape := signature.NewMiner(rules).Shape(args[0])
			t.Rows = append(t.Rows, []any{shape.Text, nil, "shape " + shape.ID})
			return a.write(t, config.Default("."))
		},
	}
	a.formatFlag(c)
	return c
}
