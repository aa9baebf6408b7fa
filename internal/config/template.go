package config

import _ "embed" // the template

// Template is the commented configuration that `almanac init` writes.
//
//go:embed template.yaml
var Template string
