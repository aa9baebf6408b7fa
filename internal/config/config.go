// Package config turns a file, the environment and flags into one plain
// struct, and says what is wrong with it in words that can be acted on. It is
// the only importer of viper; it opens no log and no lake.
package config

import (
	"strings"
	"time"
	_ "time/tzdata" // zones must not depend on the machine

	"almanac/schemas"
)

// Config is everything a night needs to know.
type Config struct {
	Site   string `mapstructure:"site"`
	Zone   string `mapstructure:"zone"`   // IANA, such as Europe/Berlin
	Lake   string `mapstructure:"lake"`   // folder, relative to the file
	Report string `mapstructure:"report"` // folder, relative to the file
	// Now is what "now" means: "clock" (default), "data" (the end of what the
	// lake holds: for archives), or an instant in RFC 3339.
	Now           string    `mapstructure:"now"`
	SelfContained bool      `mapstructure:"self_contained"` // one file per page
	MaxRejects    string    `mapstructure:"max_rejects"`    // "1%" or a number of records
	Sources       []Source  `mapstructure:"sources"`
	Services      []Service `mapstructure:"services"`
	Analyze       Analyze   `mapstructure:"analyze"`
	Redact        Redact    `mapstructure:"redact"`

	Signatures Signatures `mapstructure:"signatures"`

	// Ignore names the file of what is not to be told, relative to this one;
	// "" takes almanac.ignore beside it, if there is one. Ignored is its content.
	Ignore  string           `mapstructure:"ignore"`
	Ignored []schemas.Ignore `mapstructure:"-"`

	// Dir is the folder that relative paths are relative to; File the file
	// read, "" for none.
	Dir  string `mapstructure:"-"`
	File string `mapstructure:"-"`
}

// Source is one group of input files.
type Source struct {
	Name    string   `mapstructure:"name"`
	Kind    string   `mapstructure:"kind"`   // log, change, incident, metric or auto
	Format  string   `mapstructure:"format"` // see `almanac formats`; auto by default
	Paths   []string `mapstructure:"paths"`  // globs, ** allowed
	Exclude []string `mapstructure:"exclude"`
	TZ      string   `mapstructure:"tz"` // zone of stamps that carry none
	Service string   `mapstructure:"service"`
	Host    string   `mapstructure:"host"`
	Env     string   `mapstructure:"env"`
	// EventStart is a regexp (RE2) that the first line of every event matches,
	// for logs whose further lines look like events of their own.
	EventStart string     `mapstructure:"event_start"`
	Fields     []FieldMap `mapstructure:"fields"`
	Values     []ValueMap `mapstructure:"values"`
	// Literal takes Paths as they are: a command line's files and folders.
	Literal bool `mapstructure:"-"`
}

// FieldMap says where a canonical field of a mapped record is found.
type FieldMap struct {
	To     string   `mapstructure:"to"`
	From   []string `mapstructure:"from"`
	Layout string   `mapstructure:"layout"`
}

// ValueMap rewrites values of a field; From is "a|b|c".
type ValueMap struct {
	Field string `mapstructure:"field"`
	From  string `mapstructure:"from"`
	To    string `mapstructure:"to"`
}

// Words are the values that are rewritten.
func (v ValueMap) Words() []string {
	var out []string
	for _, w := range strings.Split(v.From, "|") {
		if w = strings.TrimSpace(w); w != "" {
			out = append(out, w)
		}
	}
	return out
}

// Service names a service, what it calls and who owns it. Names stand in values, never in
// keys: keys are lower-cased.
type Service struct {
	Name  string   `mapstructure:"name"`
	Calls []string `mapstructure:"calls"`
	Team  string   `mapstructure:"team"`
}

// Teams gives the services with a team of their own, as stated.
func (c *Config) Teams() [][2]string {
	var out [][2]string
	for _, s := range c.Services {
		if s.Team != "" {
			out = append(out, [2]string{s.Name, s.Team})
		}
	}
	return out
}

// Signatures are what a site knows about its own log lines.
type Signatures struct {
	Patterns   []Pattern `mapstructure:"patterns"`    // values that carry no digit
	NeverMerge []string  `mapstructure:"never_merge"` // words that tell statements apart
}

// Pattern makes a value of all text that matches; either Regexp or Literal.
type Pattern struct {
	Class   string `mapstructure:"class"`   // name shown by `almanac signatures explain`
	Regexp  string `mapstructure:"regexp"`  // RE2, matched against the first line
	Literal string `mapstructure:"literal"` // exact text
}

// Redact says how secrets and personal data are taken out of what is stored.
type Redact struct {
	Off   bool   `mapstructure:"off"`   // store texts as they are
	Key   string `mapstructure:"key"`   // makes the tokens the site's own
	Rules string `mapstructure:"rules"` // file of further rules, relative to the configuration
}

// Analyze bounds what is looked at.
type Analyze struct {
	Days int `mapstructure:"days"` // history searched for patterns, default 90
}

// Location is the site's zone; Check has made sure that it exists.
func (c *Config) Location() *time.Location {
	if loc, err := time.LoadLocation(c.Zone); err == nil {
		return loc
	}
	return time.UTC
}

// Default is a site without a file: UTC, everything beside the caller.
func Default(dir string) *Config {
	return &Config{
		Site: "this site", Zone: "UTC", Lake: "lake", Report: "report",
		Now: "clock", MaxRejects: "1%", Dir: dir,
		Analyze: Analyze{Days: 90},
	}
}
