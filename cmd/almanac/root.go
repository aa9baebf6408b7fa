package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"almanac/internal/config"
	"almanac/internal/door/listing"
	"almanac/schemas"
)

// app is what every command shares.
type app struct {
	out, err io.Writer
	config   string // --config
	lake     string // --lake
	report   string // --report
	now      string // --now
	format   string // --format
	quiet    bool
	workers  int
	// temporary says that the lake goes when the command ends.
	temporary bool
}

// run executes one command line. No failure shows a stack trace.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) (code int) {
	a := &app{out: stdout, err: stderr}
	defer func() {
		if p := recover(); p != nil {
			fmt.Fprintf(stderr, "almanac: internal error: %v\nThe lake is as before. Please report it with the command line and 'almanac version --json'.\n", p)
			code = exitFailed
		}
	}()
	root := a.root()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	switch {
	case err != nil && ctx.Err() != nil:
		fmt.Fprintf(stderr, "almanac: stopped: %v; what was published stays, run it again for the rest\n", context.Cause(ctx))
		return exitFailed
	case errors.Is(err, syscall.ENOSPC):
		fmt.Fprintf(stderr, "almanac: %s\nThe lake and the pages are as before: make room and run it again.\n", escapeLines(err.Error()))
	case err != nil:
		fmt.Fprintf(stderr, "almanac: %s\n", escapeLines(err.Error()))
	}
	return exitCode(err)
}

// escapeLines makes an error safe for a terminal; its own line breaks stay.
func escapeLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = listing.Escape(lines[i])
	}
	return strings.Join(lines, "\n")
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "almanac",
		Short: "what keeps happening, when, since which change, and whether the fix held",
		Long: `almanac turns logs, change records and past incidents into Parquet every night,
asks DuckDB what recurs and what changes it goes with, and writes offline pages
for the weekly reliability review.

Start with:  almanac run FILES…      (no configuration, formats are guessed)
Then:        almanac init            (writes a commented almanac.yaml)
             almanac nightly         (what cron runs)

Exit codes: 0 done, 1 failed (nothing changed), 2 usage or configuration,
3 done with more rejects than --max-rejects, 4 a --fail-on condition matched,
5 nothing to read, 75 another night is running.`,
		SilenceUsage: true, SilenceErrors: true,
	}
	f := root.PersistentFlags()
	f.StringVar(&a.config, "config", "", "configuration file (default: $ALMANAC_CONFIG, then almanac.yaml upward from here, XDG, /etc)")
	f.StringVar(&a.lake, "lake", "", "lake folder (overrides the configuration)")
	f.StringVar(&a.report, "report", "", "report folder (overrides the configuration)")
	f.StringVar(&a.now, "now", "", "what now means: clock, data (the end of the data) or an instant in RFC 3339")
	f.BoolVarP(&a.quiet, "quiet", "q", false, "say nothing on success")
	f.IntVar(&a.workers, "workers", 2, "files and subjects worked on at a time")
	root.PersistentPreRunE = func(*cobra.Command, []string) error {
		if a.workers < 1 {
			return usageError("--workers %d: at least 1 must work", a.workers)
		}
		return nil
	}
	root.Version = version
	root.SetVersionTemplate(toolVersion() + "\n")
	for _, g := range []struct {
		id, title string
		commands  []*cobra.Command
	}{
		{"begin", "Begin:", []*cobra.Command{a.runCommand(), a.initCommand(), a.configCommand(), a.formatsCommand(), a.demoCommand()}},
		{"night", "Every night:", []*cobra.Command{a.nightlyCommand(), a.ingestCommand(), a.analyzeCommand(), a.reportCommand()}},
		{"ask", "Ask:", []*cobra.Command{a.askCommand(), a.showCommand(), a.incidentCommand(), a.signaturesCommand(), a.sqlCommand()}},
		{"fix", "Did it hold:", []*cobra.Command{a.fixCommand(), a.verifyCommand()}},
		{"keep", "Look after it:", []*cobra.Command{a.doctorCommand(), a.checkCommand(), a.versionCommand()}},
	} {
		root.AddGroup(&cobra.Group{ID: g.id, Title: g.title})
		for _, c := range g.commands {
			c.GroupID = g.id
			root.AddCommand(c)
		}
	}
	root.SetHelpCommandGroupID("keep")
	root.SetCompletionCommandGroupID("keep")
	tidyUsage(root)
	markStarted(root)
	return root
}

// markStarted wraps every RunE, so that errors from before it (flags,
// arguments, unknown commands) are known to be usage errors.
func markStarted(c *cobra.Command) {
	if inner := c.RunE; inner != nil {
		c.RunE = func(c *cobra.Command, args []string) error {
			if err := inner(c, args); err != nil {
				return &started{err}
			}
			return nil
		}
	}
	for _, sub := range c.Commands() {
		markStarted(sub)
	}
}

func (a *app) formatFlag(c *cobra.Command) {
	c.Flags().StringVar(&a.format, "format", "table", "output: "+strings.Join(listing.Formats, ", "))
	complete(c, "format", listing.Formats)
}

// load finds and reads the configuration and lets flags win.
func (a *app) load() (*config.Config, error) {
	wd, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("find the working folder: %w", err)
	}
	home := os.Getenv("XDG_CONFIG_HOME")
	if h, err := os.UserHomeDir(); home == "" && err == nil {
		home = filepath.Join(h, ".config")
	}
	path, err := config.Find(config.Discovery{
		Flag: a.config, Env: os.Getenv("ALMANAC_CONFIG"), WorkDir: wd, ConfigHome: home, System: "/etc",
	})
	if err != nil {
		return nil, &exitError{exitUsage, err}
	}
	c, err := config.Load(path)
	if err != nil {
		return nil, &exitError{exitUsage, err}
	}
	return c, a.override(c)
}

// override lets flags win over the file. Their paths are relative to the
// working folder, as a person expects.
func (a *app) override(c *config.Config) error {
	for _, o := range []struct {
		flag string
		dst  *string
	}{{a.lake, &c.Lake}, {a.report, &c.Report}} {
		if o.flag == "" {
			continue
		}
		abs, err := filepath.Abs(o.flag)
		if err != nil {
			return err
		}
		*o.dst = abs
	}
	if a.now != "" {
		if _, err := time.Parse(time.RFC3339, a.now); err != nil && a.now != "clock" && a.now != "data" {
			return usageError("--now %q is none of clock, data and an instant such as 2026-11-21T06:00:00+01:00", a.now)
		}
		c.Now = a.now
	}
	return nil
}

// loadForReading is load for commands that only need a lake: with --lake no
// configuration is needed.
func (a *app) loadForReading() (*config.Config, error) {
	if a.lake == "" || a.config != "" {
		return a.load()
	}
	wd, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("find the working folder: %w", err)
	}
	c := config.Default(wd)
	return c, a.override(c)
}

// write prints a listing on stdout.
func (a *app) write(t *schemas.Table, c *config.Config) error {
	width, terminal := terminalWidth(a.out)
	err := listing.Write(a.out, t, listing.Options{
		Format: a.format, Zone: c.Location(), Width: width, Terminal: terminal,
	})
	if err != nil && !contains(listing.Formats, a.format) {
		return &exitError{exitUsage, err}
	}
	return err
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func terminalWidth(w io.Writer) (int, bool) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0, true
	}
	return width, true
}

// say talks on stderr unless --quiet.
func (a *app) say(format string, args ...any) {
	if !a.quiet {
		fmt.Fprintln(a.err, listing.Escape(fmt.Sprintf(format, args...)))
	}
}
