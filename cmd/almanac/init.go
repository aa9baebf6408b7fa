package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"almanac/internal/config"
)

func (a *app) initCommand() *cobra.Command {
	return &cobra.Command{
		Use: "init", Short: "write a commented almanac.yaml here", Args: cobra.NoArgs,
		Long: `init writes almanac.yaml into this folder, with every setting explained. Name
your files and your zone in it; other commands find it from here and from the
folders below. It never replaces one.`,
		RunE: func(*cobra.Command, []string) error {
			f, err := os.OpenFile(config.FileName, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
			if errors.Is(err, os.ErrExist) {
				return usageError("%s exists already; it was left as it is", config.FileName)
			}
			if err != nil {
				return fmt.Errorf("write %s: %w", config.FileName, err)
			}
			_, err = f.WriteString(config.Template)
			if err := errors.Join(err, f.Close()); err != nil {
				return fmt.Errorf("write %s: %w", config.FileName, err)
			}
			a.say("wrote %s; name your files in it, then: almanac config check, almanac nightly", config.FileName)
			return nil
		},
	}
}

func (a *app) configCommand() *cobra.Command {
	c := &cobra.Command{Use: "config", Short: "look at the configuration"}
	c.AddCommand(&cobra.Command{
		Use: "check", Short: "find typos, empty patterns and bad zones", Args: cobra.NoArgs,
		Long: `check reads the configuration and looks for the files it names; it opens no lake.
Every mistake is a line with its key and what to write instead; exit code 2.`,
		RunE: func(*cobra.Command, []string) error {
			c, err := a.load()
			if err != nil {
				return err
			}
			problems := c.CheckFiles()
			if len(problems) > 0 {
				return &exitError{exitUsage, &config.Problems{File: c.File, List: problems}}
			}
			a.say("%s is sound: %d sources", c.File, len(c.Sources))
			return nil
		},
	})
	return c
}
