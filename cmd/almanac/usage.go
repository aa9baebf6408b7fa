package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"almanac/internal/config"
	"almanac/schemas"
)

// mostEdits is how far a word may be from a known one to be called a typo of it.
const mostEdits = 3

// tidyUsage makes every mistake on the command line one sentence that says
// what to write instead.
func tidyUsage(root *cobra.Command) {
	root.DisableSuggestions = true // didYouMean suggests, on one line
	root.SetFlagErrorFunc(flagMistake)
	each(root, func(c *cobra.Command) {
		if c.HasSubCommands() && c.RunE == nil { // a name for others: alone it helps
			c.DisableFlagsInUseLine = true
			c.Args = cobra.NoArgs
			c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
		}
		if takes := c.Args; takes != nil {
			c.Args = func(c *cobra.Command, args []string) error {
				if takes(c, args) == nil {
					return nil
				}
				return wrongArgs(c, args)
			}
		}
	})
}

// each visits a command and all below it.
func each(c *cobra.Command, f func(*cobra.Command)) {
	f(c)
	for _, sub := range c.Commands() {
		each(sub, f)
	}
}

func unknownCommand(c *cobra.Command, word string) error {
	var names []string
	for _, sub := range c.Commands() {
		names = append(names, sub.Name())
	}
	return usageError("unknown command %q%s '%s --help' lists them", word, didYouMean(word, "", names), c.CommandPath())
}

// didYouMean ends a sentence: with the nearest known word, where one is near.
func didYouMean(word, prefix string, known []string) string {
	if s, edits := config.NearestWithin(word, known); edits <= mostEdits && edits < len(word) {
		return fmt.Sprintf("; did you mean %q?", prefix+s)
	}
	return ";"
}

// wrongArgs says what a command takes.
func wrongArgs(c *cobra.Command, args []string) error {
	if c.HasSubCommands() && len(args) > 0 {
		return unknownCommand(c, args[0])
	}
	use := strings.TrimSuffix(c.UseLine(), " [flags]")
	switch {
	case len(args) == 0:
		return usageError("something is missing; write: %s", use)
	case use == c.CommandPath():
		return usageError("'%s' takes no arguments, but %q was given", use, args[0])
	}
	return usageError("%d arguments are not what it takes; write: %s", len(args), use)
}

// flagName finds the flags in the text of a command's help.
var flagName = regexp.MustCompile(`(?m)^ +(?:-\w, |    )--([a-z-]+)`)

// flagMistake names the nearest flag of the command.
func flagMistake(c *cobra.Command, err error) error {
	word, unknown := strings.CutPrefix(err.Error(), "unknown flag: --")
	if !unknown {
		what, _, _ := strings.Cut(err.Error(), ": strconv.")
		return usageError("%s; '%s --help' lists the flags", what, c.CommandPath())
	}
	var names []string
	for _, m := range flagName.FindAllStringSubmatch(c.UsageString(), -1) {
		names = append(names, m[1])
	}
	return usageError("unknown flag --%s%s '%s --help' lists the flags", word, didYouMean(word, "--", names), c.CommandPath())
}

// failKinds are the words of --fail-on.
var failKinds = []string{
	schemas.FindingRecurrence, schemas.FindingChange, schemas.FindingOnset, schemas.FindingSilence,
	schemas.FindingCascade, schemas.FindingSimilar, schemas.FindingFix, schemas.FindingData, "any",
}

// checkFailOn refuses a kind that no finding has: it would never match.
func checkFailOn(kinds []string) error {
	for _, k := range kinds {
		if !slices.Contains(failKinds, k) {
			return usageError("--fail-on %q is no kind of finding%s the kinds are %s", k, didYouMean(k, "", failKinds), strings.Join(failKinds, ", "))
		}
	}
	return nil
}

// checkFiles says which path of a command line is not there.
func checkFiles(paths []string) error {
	for _, p := range paths {
		if _, err := os.Stat(p); errors.Is(err, fs.ErrNotExist) {
			return &exitError{exitNothing, fmt.Errorf("there is no file or folder %s", p)}
		} else if err != nil {
			return &exitError{exitNothing, err}
		}
	}
	return nil
}

// complete lets a shell complete the values of a flag.
func complete(c *cobra.Command, flag string, values []string) {
	// The only failure is a flag that c does not have.
	_ = c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
}
