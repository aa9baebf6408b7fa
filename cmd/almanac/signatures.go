package main

import (
	"errors"
	"os"

	"github.com/spf13/cobra"

	"almanac/internal/config"
	"almanac/internal/door/assign"
	"almanac/internal/door/explain"
	"almanac/internal/intake"
	"almanac/internal/lake"
	"almanac/internal/nightly"
	"almanac/internal/signature"
	"almanac/internal/warehouse"
	"almanac/schemas"
)

func (a *app) signaturesCommand() *cobra.Command {
	var search, service string
	c := &cobra.Command{
		Use: "signatures", Short: "log templates: list, search, explain, assign, test rules", Args: cobra.NoArgs,
		Long: `A signature is a statement of the code that printed a line, whatever values it
put in. The lake keeps its id for ever.

A site's own rules stand under signatures: in almanac.yaml: patterns (names
without a digit that are values) and never_merge (words that tell statements
apart). Changed rules apply to what is read from then on; what the lake holds
keeps its shapes, is grouped anew under the new rules, and former ids resolve.
A value that a pattern masks in new lines stays visible in the text of old ones.`,
		Example: `  almanac signatures --search refused
  almanac signatures --service checkout --format csv`,
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
	c.AddCommand(a.assignCommand(), a.explainCommand(), a.testRulesCommand())
	return c
}

// fileFlags say how a file of log lines is read.
type fileFlags struct {
	formatOf, zone string
	noConfig       bool
}

func (f *fileFlags) register(c *cobra.Command) {
	c.Flags().StringVar(&f.formatOf, "format-of", "", "format of the file (default: guessed)")
	c.Flags().StringVar(&f.zone, "tz", "", "zone of stamps that carry none (default: the configuration's, or UTC)")
	c.Flags().BoolVar(&f.noConfig, "no-config", false, "ignore the site's configuration and its rules")
}

// site reads the configuration where there is one and none is ruled out.
func (a *app) site(f fileFlags) (*config.Config, error) {
	c := config.Default(".")
	if !f.noConfig {
		found, err := a.load()
		switch {
		case err == nil:
			c = found
		case !errors.Is(err, config.ErrNotFound):
			return nil, err
		}
	}
	if f.zone != "" {
		c.Zone = f.zone
	}
	if err := config.CheckConfig(c); err != nil {
		return nil, &exitError{exitUsage, err}
	}
	return c, nil
}

func (f fileFlags) source(c *config.Config) *intake.Source {
	return &intake.Source{Name: "file", Kind: intake.KindLog, Format: f.formatOf, Zone: c.Location()}
}

func (a *app) assignCommand() *cobra.Command {
	var f fileFlags
	c := &cobra.Command{
		Use: "assign FILE", Short: "the signature of every line of a file", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := a.site(f)
			if err != nil {
				return err
			}
			t, err := assign.File(cmd.Context(), args[0], f.source(cfg), nightly.SignatureRules(cfg))
			if err != nil {
				return noFile(err)
			}
			return a.write(t, cfg)
		},
	}
	f.register(c)
	a.formatFlag(c)
	return c
}

func noFile(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return &exitError{exitNothing, err}
	}
	return err
}

func (a *app) testRulesCommand() *cobra.Command {
	var f fileFlags
	var rules string
	c := &cobra.Command{
		Use: "test FILE", Short: "what the site's rules change on a file: signatures merged, split, renamed", Args: cobra.ExactArgs(1),
		Example: "  almanac signatures test app.log\n  almanac signatures test app.log --rules rules.yaml",
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := a.site(f)
			if err != nil {
				return err
			}
			if rules != "" {
				if cfg.Signatures, err = config.LoadSignatures(rules); err != nil {
					return &exitError{exitUsage, err}
				}
			}
			t, err := assign.Compare(cmd.Context(), args[0], f.source(cfg), signature.DefaultRules(), nightly.SignatureRules(cfg))
			if err != nil {
				return noFile(err)
			}
			return a.write(t, cfg)
		},
	}
	f.register(c)
	c.Flags().StringVar(&rules, "rules", "", "YAML file with patterns: and never_merge: (default: the configuration's)")
	a.formatFlag(c)
	return c
}

func (a *app) explainCommand() *cobra.Command {
	var f fileFlags
	c := &cobra.Command{
		Use: "explain MESSAGE|ID", Short: "why a message, or a signature's example, has the signature it has", Args: cobra.ExactArgs(1),
		Example: "  almanac signatures explain 'user alice left after 3 s'\n  almanac signatures explain S-f195e0e620af",
		RunE: func(_ *cobra.Command, args []string) error {
			cfg, err := a.site(f)
			if err == nil {
				err = a.override(cfg)
			}
			if err != nil {
				return err
			}
			known, err := lakeOf(cfg)
			if err != nil {
				return err
			}
			rules := nightly.SignatureRules(cfg)
			if explain.IsID(args[0]) {
				t, err := explain.ID(args[0], known, rules)
				if err != nil {
					return &exitError{exitNothing, err}
				}
				return a.write(t, cfg)
			}
			message, err := nightly.Redact(cfg, args[0])
			if err != nil {
				return err
			}
			return a.write(explain.Message(message, known, rules), cfg)
		},
	}
	c.Flags().BoolVar(&f.noConfig, "no-config", false, "ignore the site's configuration and its rules")
	a.formatFlag(c)
	return c
}

// lakeOf reads what the lake knows of signatures; a lake that is not there
// knows nothing.
func lakeOf(c *config.Config) (known explain.Lake, err error) {
	l, err := lake.Open(c.Resolve(c.Lake))
	if err != nil {
		return known, err
	}
	if known.Shapes, err = lake.Read[schemas.Shape](l, lake.TableShape, schemas.Undated); err != nil {
		return known, err
	}
	known.Signatures, err = lake.Read[schemas.Signature](l, lake.TableSignature, schemas.Undated)
	return known, err
}
