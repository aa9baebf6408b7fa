package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"almanac/internal/config"
	"almanac/internal/door/listing"
	"almanac/internal/nightly"
	"almanac/internal/warehouse"
	"almanac/schemas"
)

func (a *app) fixCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "fix",
		Short: "the ledger of fixes: what was said to be mended, and whether it held",
	}
	c.AddCommand(a.fixAddCommand(), a.fixListCommand(), a.fixWithdrawCommand())
	return c
}

func (a *app) fixAddCommand() *cobra.Command {
	var recurrence, at, what string
	c := &cobra.Command{
		Use:   "add --recurrence R-… --at TIME --what TEXT",
		Short: "claim that a recurrence was mended; every night judges it from then on",
		Example: `  almanac fix add --recurrence R-1a2b3c4d --at 2026-11-20T14:30:00+01:00 --what "pool raised to 100"
  almanac fix add --recurrence R-1a2b3c4d --at "2026-11-20 14:30" --what "job moved to the night"`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.loadForReading()
			if err != nil {
				return err
			}
			switch {
			case recurrence == "":
				return usageError("--recurrence is needed; 'almanac ask recurrences' lists ids")
			case strings.TrimSpace(what) == "":
				return usageError("--what is needed: what was done, in a few words")
			}
			ts, err := readInstant("--at", at, c.Location())
			if err != nil {
				return err
			}
			if err := a.lakeExists(c); err != nil {
				return err
			}
			f, err := nightly.AddFix(cmd.Context(), a.options(c), nightly.Claim{Recurrence: recurrence, At: ts, What: what})
			if err != nil {
				return unknownIsUsage(err)
			}
			if ts.After(time.Now()) {
				a.say("the time lies in the future: until then the fix is untested")
			}
			return a.showFixes([]schemas.Fix{f}, c)
		},
	}
	c.Flags().StringVar(&recurrence, "recurrence", "", "id of the recurrence, R-…")
	c.Flags().StringVar(&at, "at", "", "when it was mended: RFC 3339, or local time of the site such as \"2026-11-20 14:30\"")
	c.Flags().StringVar(&what, "what", "", "what was done")
	a.formatFlag(c)
	return c
}

func (a *app) fixWithdrawCommand() *cobra.Command {
	var why string
	c := &cobra.Command{
		Use:   "withdraw F-… --why TEXT",
		Short: "take a claim back; it stays in the ledger with what was judged of it",
		Long: `withdraw takes a claim back that was entered by mistake or no longer stands.
Nothing is deleted: the claim stays in the ledger as withdrawn, with its last
verdict, and nights judge it no more. The same claim added again stands again.`,
		Example:    `  almanac fix withdraw F-1a2b3c4d --why "it was the other deploy"`,
		SuggestFor: []string{"remove", "rm", "delete", "undo"},
		Args:       cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.loadForReading()
			if err != nil {
				return err
			}
			if strings.TrimSpace(why) == "" {
				return usageError("--why is needed: why the claim no longer stands, in a few words")
			}
			if err := a.lakeExists(c); err != nil {
				return err
			}
			f, err := nightly.WithdrawFix(cmd.Context(), a.options(c), args[0], why)
			if err != nil {
				return unknownIsUsage(err)
			}
			return a.showFixes([]schemas.Fix{f}, c)
		},
	}
	c.Flags().StringVar(&why, "why", "", "why it no longer stands")
	a.formatFlag(c)
	return c
}

func (a *app) fixListCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "list", Short: "every claimed fix as last judged", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withWarehouse(cmd.Context(), func(w *warehouse.Warehouse, c *config.Config) error {
				t, err := w.Table(cmd.Context(), "ask/fixes", warehouse.Params{})
				if err != nil {
					return err
				}
				return a.write(t, c)
			})
		},
	}
	a.formatFlag(c)
	return c
}

func (a *app) verifyCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "verify F-…|R-…",
		Short: "did it hold? judge one fix, or the fixes of one recurrence, now",
		Long: `verify judges one claimed fix, or every fix of one recurrence, by what the lake
holds now, and writes nothing. It counts occasions on which the recurrence was
due, was observed and had its usual load; quiet days without those prove
nothing. A recurrence without a fix is judged as if mended after its last hit.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.loadForReading()
			if err != nil {
				return err
			}
			if err := a.lakeExists(c); err != nil {
				return err
			}
			rows, err := nightly.Verify(cmd.Context(), a.options(c), args[0])
			if err != nil {
				return unknownIsUsage(err)
			}
			return a.showFixes(rows, c)
		},
	}
	a.formatFlag(c)
	return c
}

func (a *app) options(c *config.Config) nightly.Options {
	return nightly.Options{Config: c, Now: time.Now(), Tool: toolVersion(), Workers: a.workers}
}

func (a *app) lakeExists(c *config.Config) error {
	dir := c.Resolve(c.Lake)
	if _, err := os.Stat(dir); err != nil {
		return fmt.Errorf("there is no lake at %s yet; run 'almanac nightly', or name one with --lake", dir)
	}
	return nil
}

// unknownIsUsage makes an id that nobody knows an error of usage.
func unknownIsUsage(err error) error {
	var unknown *nightly.UnknownID
	if errors.As(err, &unknown) && !errors.Is(err, context.Canceled) {
		return &exitError{exitUsage, err}
	}
	return err
}

// localLayouts are the forms of a time: with its offset, or the site's wall
// clock.
var localLayouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02",
}

// readInstant reads the time that a flag names.
func readInstant(flag, s string, zone *time.Location) (time.Time, error) {
	for _, layout := range localLayouts {
		if t, err := time.ParseInLocation(layout, strings.TrimSpace(s), zone); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, usageError("%s %q is no time; write 2026-11-20T14:30:00+01:00, or \"2026-11-20 14:30\" for %s", flag, s, zone)
}

// showFixes prints judged fixes: a person gets the sentence first, whole, and
// a line per field.
func (a *app) showFixes(rows []schemas.Fix, c *config.Config) error {
	t := &schemas.Table{Columns: []schemas.Column{
		{Name: "id"}, {Name: "recurrence_id"}, {Name: "fixed_ts", Type: "TIMESTAMP"}, {Name: "what"}, {Name: "source"},
		{Name: "state"}, {Name: "detail"}, {Name: "hits_before", Type: "BIGINT"}, {Name: "occasions_before", Type: "BIGINT"},
		{Name: "hits_after", Type: "BIGINT"}, {Name: "occasions_after", Type: "BIGINT"},
		{Name: "needed", Type: "BIGINT"}, {Name: "unobserved", Type: "BIGINT"}, {Name: "not_fixed", Type: "DOUBLE"}, {Name: "effect_share", Type: "DOUBLE"},
		{Name: "moved_to"}, {Name: "failed_ts", Type: "TIMESTAMP"}, {Name: "withdrawn_ts", Type: "TIMESTAMP"}, {Name: "withdrawn_why"},
		{Name: "warnings"}, {Name: "sentence"},
	}}
	for _, f := range rows {
		t.Rows = append(t.Rows, []any{
			f.FixID, f.RecurrenceID, schemas.Time(f.FixedTS), f.What, f.Source, f.State, f.Detail, orNil(f.HitsBefore), orNil(f.OccasionsBefore),
			orNil(f.HitsAfter), orNil(f.OccasionsAfter), orNil(f.Needed), orNil(f.Unobserved), orNil(f.NotFixed), orNil(f.EffectShare),
			f.MovedTo, stampOrNil(f.FailedTS), stampOrNil(f.WithdrawnTS), f.WithdrawnWhy, f.Warnings, f.Sentence,
		})
	}
	if a.format != "table" && a.format != "markdown" {
		return a.write(t, c)
	}
	t.Columns = t.Columns[:len(t.Columns)-1]
	for k, f := range rows {
		if _, err := fmt.Fprintf(a.out, "%s\n\n", listing.Escape(f.Sentence)); err != nil {
			return err
		}
		if err := a.write(upright(&schemas.Table{Columns: t.Columns, Rows: [][]any{t.Rows[k][:len(t.Columns)]}}), c); err != nil {
			return err
		}
	}
	return nil
}

func orNil[T any](p *T) any {
	if p == nil {
		return nil
	}
	return *p
}

func stampOrNil(us int64) any {
	if us == 0 {
		return nil
	}
	return schemas.Time(us)
}
