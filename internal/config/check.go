package config

import (
	"fmt"
	"reflect"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"
)

var rootType = reflect.TypeOf(Config{})

// unknownKeys compares the keys of a file with the struct that takes them, so
// that a typo is an error with the nearest valid key.
func unknownKeys(settings any, t reflect.Type, at string) []string {
	switch s := settings.(type) {
	case []any:
		var out []string
		for i, e := range s {
			if t.Kind() == reflect.Slice {
				out = append(out, unknownKeys(e, t.Elem(), fmt.Sprintf("%s[%d]", at, i))...)
			}
		}
		return out
	case map[string]any:
		if t.Kind() != reflect.Struct {
			return nil
		}
		return unknownFields(s, t, at)
	}
	return nil
}

func unknownFields(s map[string]any, t reflect.Type, at string) []string {
	fields := map[string]reflect.Type{}
	var names []string
	for i := 0; i < t.NumField(); i++ {
		if tag := t.Field(i).Tag.Get("mapstructure"); tag != "-" {
			fields[tag] = t.Field(i).Type
			names = append(names, tag)
		}
	}
	keys := make([]string, 0, len(s))
	for k := range s {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	var out []string
	for _, k := range keys {
		ft, ok := fields[k]
		path := strings.TrimPrefix(at+"."+k, ".")
		if !ok {
			out = append(out, fmt.Sprintf("%s: no such key; did you mean %q?", path, Nearest(k, names)))
			continue
		}
		out = append(out, unknownKeys(s[k], ft, path)...)
	}
	return out
}

// Nearest gives the candidate with the fewest edits from word.
func Nearest(word string, candidates []string) string {
	best, _ := NearestWithin(word, candidates)
	return best
}

// NearestWithin is Nearest, with the number of edits.
func NearestWithin(word string, candidates []string) (best string, edits int) {
	edits = 1 << 30
	for _, c := range candidates {
		if d := editDistance(word, c); d < edits {
			best, edits = c, d
		}
	}
	return best, edits
}

// editDistance is Levenshtein's, over bytes: keys are ASCII.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diag := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diag
			if a[i-1] != b[j-1] {
				cost++
			}
			diag = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}

var rejectsForm = regexp.MustCompile(`^\d+(\.\d+)?%?$`)

// CheckConfig checks a configuration that did not come from a file alone.
func CheckConfig(c *Config) error {
	if p := check(c); len(p) > 0 {
		file := c.File
		if file == "" {
			file = "the command line"
		}
		return &Problems{File: file, List: p}
	}
	return nil
}

func check(c *Config) []string {
	var p []string
	add := func(format string, a ...any) { p = append(p, fmt.Sprintf(format, a...)) }
	if msg := badZone(c.Zone); msg != "" {
		add("zone: %s", msg)
	}
	if _, err := time.Parse(time.RFC3339, c.Now); err != nil && c.Now != "clock" && c.Now != "data" {
		add("now: %q is none of clock, data and an instant such as 2026-11-21T06:00:00+01:00", c.Now)
	}
	if !rejectsForm.MatchString(c.MaxRejects) {
		add("max_rejects: %q is neither a share such as 1%% nor a number of records", c.MaxRejects)
	}
	if c.Lake == "" || c.Report == "" {
		add("lake and report must name folders")
	}
	if c.Analyze.Days < 1 || c.Analyze.Days > 3660 {
		add("analyze.days: %d is not between 1 and 3660", c.Analyze.Days)
	}
	seen := map[string]int{}
	for i, s := range c.Sources {
		for _, m := range checkSource(s) {
			add("sources[%d]%s: %s", i, label(s.Name), m)
		}
		if j, dup := seen[s.Name]; dup && s.Name != "" {
			add("sources[%d] (%s): the name is taken by sources[%d]", i, s.Name, j)
		}
		seen[s.Name] = i
	}
	for i, s := range c.Services {
		if s.Name == "" {
			add("services[%d]: needs a name", i)
		}
	}
	for i, x := range c.Signatures.Patterns {
		if msg := checkPattern(x); msg != "" {
			add("signatures.patterns[%d]%s: %s", i, label(x.Class), msg)
		}
	}
	for i, w := range c.Signatures.NeverMerge {
		if w == "" || strings.ContainsAny(w, " \t") {
			add("signatures.never_merge[%d]: %q is not one word", i, w)
		}
	}
	return p
}

// checkPattern says what is wrong with a site's own value, or gives "".
func checkPattern(x Pattern) string {
	if (x.Regexp == "") == (x.Literal == "") {
		return "give either regexp or literal"
	}
	re, err := regexp.Compile(x.Regexp)
	switch {
	case err != nil:
		return fmt.Sprintf("regexp: %s; the syntax is that of RE2", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	case x.Regexp != "" && re.MatchString(""):
		return fmt.Sprintf("regexp: %q matches the empty text", x.Regexp)
	}
	return ""
}

func label(name string) string {
	if name == "" {
		return ""
	}
	return " (" + name + ")"
}

// KindLog is the kind of sources that are expected to write all the time.
const KindLog = "log"

var kinds = []string{"auto", KindLog, "change", "incident", "metric"}

func checkSource(s Source) []string {
	var p []string
	if s.Name == "" {
		p = append(p, "needs a name")
	}
	if !contains(kinds, s.Kind) && s.Kind != "" {
		p = append(p, fmt.Sprintf("kind: %q; did you mean %q?", s.Kind, Nearest(s.Kind, kinds)))
	}
	if len(s.Paths) == 0 {
		p = append(p, "paths: needs at least one path or pattern")
	}
	for _, g := range append(append([]string{}, s.Paths...), s.Exclude...) {
		if !s.Literal && !doublestar.ValidatePattern(g) {
			p = append(p, fmt.Sprintf("paths: %q is not a valid pattern", g))
		}
	}
	if s.TZ != "" {
		if msg := badZone(s.TZ); msg != "" {
			p = append(p, "tz: "+msg)
		}
	}
	if _, err := regexp.Compile(s.EventStart); err != nil {
		p = append(p, "event_start: "+strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	for i, f := range s.Fields {
		if f.To == "" || len(f.From) == 0 {
			p = append(p, fmt.Sprintf("fields[%d]: needs to and from", i))
		}
	}
	for i, v := range s.Values {
		if v.Field == "" || v.From == "" {
			p = append(p, fmt.Sprintf("values[%d]: needs field and from", i))
		}
	}
	return p
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// badZone explains what is wrong with a zone name, or gives "". Abbreviations
// such as PST are refused: they lie in summer.
func badZone(name string) string {
	if name == "Local" {
		return `"Local" depends on the machine; write an IANA name such as Europe/Berlin`
	}
	if _, err := time.LoadLocation(name); err != nil || name == "" {
		return fmt.Sprintf("%q is not an IANA zone; write a name such as Europe/Berlin, America/New_York or UTC", name)
	}
	if name != "UTC" && name != "GMT" && !strings.Contains(name, "/") {
		return fmt.Sprintf("%q is an abbreviation; write an IANA name such as Europe/Berlin or UTC", name)
	}
	return ""
}

// RejectLimit gives how many of n records may be refused before the night
// ends with exit code 3.
func (c *Config) RejectLimit(n int64) int64 {
	s := strings.TrimSuffix(c.MaxRejects, "%")
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0
	}
	if s != c.MaxRejects {
		return int64(f / 100 * float64(n))
	}
	return int64(f)
}
