package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"almanac/schemas"
)

// IgnoreFile is the name looked for beside the configuration where no key
// `ignore` names another file.
const IgnoreFile = "almanac.ignore"

// readIgnored reads the file of what is not to be told: the one that the
// configuration names, which must exist, or the one beside it, which may.
func readIgnored(c *Config) ([]schemas.Ignore, []string) {
	name := c.Ignore
	if name == "" {
		name = IgnoreFile
	}
	path := c.Resolve(name)
	if c.Ignore == "" && !isFile(path) {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, []string{fmt.Sprintf("ignore: %s", err)}
	}
	return parseIgnored(filepath.Base(name), string(text))
}

// parseIgnored reads lines "id, reason, until-date". Empty lines and those
// that begin with # are comments; a reason may hold commas. Every bad line is
// a problem with file and line.
func parseIgnored(name, text string) (out []schemas.Ignore, problems []string) {
	first := map[string]int{}
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(strings.TrimPrefix(line, "\ufeff"))
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		x, msg := parseIgnoredLine(line)
		if msg == "" && first[x.ID] != 0 {
			msg = fmt.Sprintf("%s stands on line %d already", x.ID, first[x.ID])
		}
		if msg != "" {
			problems = append(problems, fmt.Sprintf("%s:%d: %s", name, i+1, msg))
			continue
		}
		x.Line, first[x.ID] = i+1, i+1
		out = append(out, x)
	}
	return out, problems
}

func parseIgnoredLine(line string) (x schemas.Ignore, msg string) {
	id, rest, _ := strings.Cut(line, ",")
	cut := strings.LastIndexByte(rest, ',')
	if cut < 0 {
		return x, fmt.Sprintf("%q: write id, reason, until-date, such as: R-1a2b3c4d, known export, 2026-12-31", line)
	}
	x = schemas.Ignore{
		ID:     strings.TrimSpace(id),
		Reason: strings.Trim(strings.TrimSpace(rest[:cut]), `"`),
		Until:  strings.TrimSpace(rest[cut+1:]),
	}
	switch _, err := time.Parse(time.DateOnly, x.Until); {
	case x.ID == "" || strings.ContainsAny(x.ID, " \t"):
		return x, fmt.Sprintf("%q is not an id; the pages and 'almanac ask findings' show them", x.ID)
	case x.Reason == "":
		return x, fmt.Sprintf("%s: say why it is ignored", x.ID)
	case err != nil:
		return x, fmt.Sprintf("%s: %q is not a date such as 2026-12-31", x.ID, x.Until)
	}
	return x, ""
}
