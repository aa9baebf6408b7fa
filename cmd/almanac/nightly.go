package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"almanac/internal/config"
	"almanac/internal/finding"
	"almanac/internal/nightly"
	"almanac/schemas"
)

// nightFlags are the flags of commands that walk (part of) a night.
type nightFlags struct {
	maxRejects    string
	failOn        []string
	selfContained bool
}

func (f *nightFlags) register(c *cobra.Command) {
	c.Flags().StringVar(&f.maxRejects, "max-rejects", "", "refused records tolerated before exit code 3: 1% or a number")
	c.Flags().StringSliceVar(&f.failOn, "fail-on", nil, "exit with 4 if a finding of these kinds is new: "+strings.Join(failKinds, ", "))
	complete(c, "fail-on", failKinds)
	c.PreRunE = func(*cobra.Command, []string) error { return checkFailOn(f.failOn) }
	c.Flags().BoolVar(&f.selfContained, "self-contained", false, "write pages that can be mailed: one file each")
}

// stepsCommand is a command that walks some steps of a night over the site's
// configuration, read by load.
func (a *app) stepsCommand(c *cobra.Command, load func() (*config.Config, error), steps walker) *cobra.Command {
	var f nightFlags
	c.Args = cobra.NoArgs
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		cfg, err := load()
		if err != nil {
			return err
		}
		return a.walk(cmd.Context(), cfg, f, steps, false)
	}
	f.register(c)
	return c
}

func (a *app) nightlyCommand() *cobra.Command {
	return a.stepsCommand(&cobra.Command{
		Use:   "nightly",
		Short: "the whole night: lock, ingest what is new, analyse, report",
		Long: `nightly reads what the sources of almanac.yaml hold beyond what was read before,
judges all of it and writes the pages; it prints the path of index.html. Over
unchanged files it does nothing. The lake and the pages are replaced whole or
not at all, also when it is stopped; a second nightly beside it ends with 75.`,
		Example: `  almanac nightly
  30 5 * * *  cd /srv/almanac && almanac nightly --quiet    # crontab
  almanac nightly --fail-on recurrence,silence              # exit code 4 when one is new`,
	}, a.load, nightly.Run)
}

func (a *app) ingestCommand() *cobra.Command {
	return a.stepsCommand(&cobra.Command{
		Use: "ingest", Short: "only take in what is new",
		Long: `ingest is the first step of nightly: it reads what is new into the lake. Run it
every hour where files are rotated away before the night.`,
	}, a.load, nightly.Ingest)
}

func (a *app) analyzeCommand() *cobra.Command {
	return a.stepsCommand(&cobra.Command{
		Use: "analyze", Short: "only judge what the lake holds", Aliases: []string{"analyse"},
		Long: `analyze is the second step of nightly: it judges the lake anew, also where
nothing changed, reads no input and writes no page.`,
		Example: "  almanac analyze --now 2026-11-09T06:00:00+01:00    # as that morning would have seen it",
	}, a.load, nightly.Analyze)
}

func (a *app) reportCommand() *cobra.Command {
	return a.stepsCommand(&cobra.Command{
		Use: "report", Short: "only write the pages of the last analysis",
		Long: `report is the last step of nightly: it writes the pages of the last analysis anew
and judges nothing. The lake is only read.`,
		Example: "  almanac report --self-contained --report mail    # pages that can be mailed, in ./mail",
	}, func() (*config.Config, error) {
		c, err := a.loadForReading()
		if err != nil {
			return nil, err
		}
		return c, a.lakeExists(c)
	}, nightly.Report)
}

func (a *app) runCommand() *cobra.Command {
	var f nightFlags
	var zone, kind, format string
	c := &cobra.Command{
		Use:   "run FILES…",
		Short: "the same night over some files, with no configuration",
		Long: `run reads files (or folders) whose formats it guesses from their content, analyses
them and writes the pages. The lake is temporary unless --lake names one; the
pages go to ./almanac-report unless --report names a folder. "Now" is the end
of the data unless --now says otherwise.`,
		Example: `  almanac run /var/log/myapp/
  almanac run --tz Europe/Berlin app.log deploys.csv postmortems/
  almanac run logs/ --lake lake    # keeps the lake: ask, show and sql --lake lake read it`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkFiles(args); err != nil {
				return err
			}
			c, cleanup, err := a.adhocConfig(args, zone, kind, format)
			if err != nil {
				return err
			}
			defer cleanup()
			return a.walk(cmd.Context(), c, f, nightly.Run, true)
		},
	}
	f.register(c)
	c.Flags().StringVar(&zone, "tz", "UTC", "zone of stamps that carry none, and of the pages")
	c.Flags().StringVar(&kind, "kind", "auto", "kind of all files: auto, log, change, incident, metric")
	c.Flags().StringVar(&format, "input-format", "", "format of all files (see 'almanac formats'; default: guessed)")
	return c
}

// adhocConfig is a configuration made of a command line.
func (a *app) adhocConfig(args []string, zone, kind, format string) (*config.Config, func(), error) {
	wd, err := os.Getwd()
	if err != nil {
		return nil, nil, fmt.Errorf("find the working folder: %w", err)
	}
	c := config.Default(wd)
	c.Zone, c.Now, c.Report, c.Site = zone, "data", "almanac-report", filepath.Base(wd)
	c.Sources = []config.Source{{Name: "files", Kind: kind, Format: format, Paths: args, Literal: true}}
	if err := config.CheckConfig(c); err != nil {
		return nil, nil, &exitError{exitUsage, err}
	}
	if err := a.override(c); err != nil {
		return nil, nil, err
	}
	cleanup := func() {}
	if a.lake == "" {
		dir, err := os.MkdirTemp("", "almanac-lake-")
		if err != nil {
			return nil, nil, fmt.Errorf("make a temporary lake: %w", err)
		}
		c.Lake, a.temporary = dir, true
		cleanup = func() { os.RemoveAll(dir) }
	}
	return c, cleanup, nil
}

type walker func(context.Context, nightly.Options) (*nightly.Outcome, error)

// walk runs steps of a night and says what became of it.
func (a *app) walk(ctx context.Context, c *config.Config, f nightFlags, steps walker, final bool) error {
	if f.maxRejects != "" {
		c.MaxRejects = f.maxRejects
	}
	c.SelfContained = c.SelfContained || f.selfContained
	if err := config.CheckConfig(c); err != nil {
		return &exitError{exitUsage, err}
	}
	bar := a.progressBar()
	start := time.Now()
	out, err := steps(ctx, nightly.Options{
		Config: c, Now: start, Tool: toolVersion(), Workers: a.workers, Progress: bar.update, Final: final,
	})
	bar.done()
	if err != nil {
		if errors.Is(err, nightly.ErrNothingToRead) {
			return &exitError{exitNothing, err}
		}
		return err
	}
	a.tell(out, time.Since(start))
	if out.Index != "" && !a.quiet {
		fmt.Fprintln(a.out, out.Index)
	}
	return a.verdict(c, f, out)
}

// tell says in a few lines what the night did.
func (a *app) tell(out *nightly.Outcome, took time.Duration) {
	a.tellWarnings(out)
	if n := len(out.Files); n > 0 {
		k := out.Counts
		a.say("read %d files: %d lines = %d events + %d continuations + %d blanks + %d rejects + %d already seen",
			n, k.Lines, k.Events, k.Continuations, k.Blanks, k.Rejects, k.AlreadySeen)
		if out.Unchanged {
			a.say("nothing new")
		}
	}
	for _, s := range out.Overflow {
		a.say("%s", s)
	}
	if out.Analysed {
		a.tellFindings(out)
	}
	if out.Reported {
		a.say("%d pages in %s, %.1f s", out.Pages, out.Report, took.Seconds())
	}
}

// toldWarnings is how many remarks on files are printed; a folder full of
// copies must not push everything else off the screen.
const toldWarnings = 20

func (a *app) tellWarnings(out *nightly.Outcome) {
	n := 0
	for _, f := range out.Files {
		for _, w := range f.Warnings {
			if n++; n <= toldWarnings {
				a.say("%s: %s", f.File, w)
			}
		}
	}
	if n > toldWarnings {
		a.say("and %d more remarks on files; 'almanac formats test FILE' tells those of one", n-toldWarnings)
	}
}

// toldFindings is how many findings are printed; the page has the rest.
const toldFindings = 5

// tellFindings prints the first findings; remarks on what could not be judged
// are counted only.
func (a *app) tellFindings(out *nightly.Outcome) {
	var found []schemas.Finding
	fresh := 0
	for _, f := range out.Findings {
		if f.Kind != schemas.FindingData {
			found = append(found, f)
			if out.New[f.FindingID] {
				fresh++
			}
		}
	}
	a.say("as of %s: %d findings (%d new), %d remarks on what could not be judged",
		out.AsOf.Format(time.RFC3339), len(found), fresh, len(out.Findings)-len(found))
	for i, f := range found[:min(len(found), toldFindings)] {
		a.say("  %d. %s", i+1, f.Sentence)
	}
}

func (a *app) verdict(c *config.Config, f nightFlags, out *nightly.Outcome) error {
	offered := out.Counts.Events + out.Counts.Rejects
	if limit := c.RejectLimit(offered); out.Counts.Rejects > limit {
		see := "'almanac ask rejects' says which and why"
		if a.temporary {
			see = "the page quality.html says which and why, 'almanac formats test FILE' tries one file"
		}
		return &exitError{exitQuarantined, fmt.Errorf("%d of %d records were refused, more than --max-rejects %s; %s",
			out.Counts.Rejects, offered, c.MaxRejects, see)}
	}
	if x := matching(out, f.failOn); x != nil {
		return &exitError{exitMatched, fmt.Errorf("--fail-on %s: %s", strings.Join(f.failOn, ","), x.Sentence)}
	}
	return nil
}

// matching is the first finding of one of the kinds that no earlier night had.
func matching(out *nightly.Outcome, kinds []string) *schemas.Finding {
	for i, x := range out.Findings {
		if x.Status != finding.StatusIgnored && out.New[x.FindingID] && (contains(kinds, x.Kind) || contains(kinds, "any")) {
			return &out.Findings[i]
		}
	}
	return nil
}
