package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"almanac/internal/door/doctor"
	"almanac/internal/lake"
	"almanac/schemas"
)

func (a *app) doctorCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "doctor", Short: "last good night, silent sources, holes, refused records", Args: cobra.NoArgs,
		Long: `doctor looks at the configuration, the lake and every source, changes nothing, and
says of each "ok", "warn" or "fail", with what to do. It ends with 1 where the
lake cannot be opened.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.loadForReading()
			if err != nil {
				return err
			}
			checks, lookErr := doctor.Look(cmd.Context(), c, time.Now())
			if err := a.write(doctor.Table(checks), c); err != nil {
				return err
			}
			if lookErr != nil {
				return errors.New("the lake is not well; see above")
			}
			return nil
		},
	}
	a.formatFlag(c)
	return c
}

func (a *app) checkCommand() *cobra.Command {
	var gc bool
	c := &cobra.Command{
		Use: "check", Short: "verify every file of the lake against its hash", Args: cobra.NoArgs,
		Long: `check reads every file of the current generation and compares it with the manifest.
It names what is damaged or missing, and the way back; exit code 1.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.loadForReading()
			if err != nil {
				return err
			}
			if gc {
				return a.collect(c.Resolve(c.Lake))
			}
			l, err := lake.Open(c.Resolve(c.Lake))
			if err != nil {
				return err
			}
			problems, err := l.Check(cmd.Context())
			if err != nil {
				return err
			}
			t := &schemas.Table{Columns: []schemas.Column{{Name: "path"}, {Name: "problem"}, {Name: "do"}}}
			for _, p := range problems {
				t.Rows = append(t.Rows, []any{p.Path, p.What, p.Do})
			}
			if len(problems) == 0 {
				a.say("every file of generation %d is sound", l.Generation())
				return nil
			}
			if err := a.write(t, c); err != nil {
				return err
			}
			return fmt.Errorf("%d problems in the lake", len(problems))
		},
	}
	c.Flags().BoolVar(&gc, "gc", false, "remove files that no kept generation lists")
	a.formatFlag(c)
	return c
}

// collect removes what no kept generation lists; it needs the writer's lock.
func (a *app) collect(dir string) error {
	unlock, err := lake.Lock(dir)
	if err != nil {
		return err
	}
	defer unlock()
	l, err := lake.Open(dir)
	if err != nil {
		return err
	}
	res, err := l.GC(lake.DefaultKeep)
	if err != nil {
		return err
	}
	a.say("removed %d files, %.1f MB", res.Files, float64(res.Bytes)/1e6)
	return nil
}
