package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"almanac/internal/world"
)

func (a *app) demoCommand() *cobra.Command {
	var seed int64
	c := &cobra.Command{
		Use:   "demo DIR",
		Short: "invent eight weeks of a small shop, with known stories, into a folder",
		Long: `demo writes logs, change records, incidents and an almanac.yaml into a new folder,
and truth.json, which says what was planted. Then: almanac nightly --config DIR/almanac.yaml`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			entries, err := os.ReadDir(args[0])
			if err != nil && !errors.Is(err, os.ErrNotExist) {
				return fmt.Errorf("look into %s: %w", args[0], err)
			}
			if len(entries) > 0 {
				return usageError("%s is not empty; name a new folder", args[0])
			}
			if err := world.Demo(seed).Write(args[0]); err != nil {
				return fmt.Errorf("write the world to %s: %w", args[0], err)
			}
			a.say("invented eight weeks of a shop in %s", args[0])
			return nil
		},
	}
	c.Flags().Int64Var(&seed, "seed", 1, "another seed is another shop")
	return c
}
