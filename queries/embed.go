// Package queries holds every SQL text of almanac: view/ are the views in the
// order of their numbers, detect/ feeds the detectors, ask/ answers people.
// One statement per file, whose header comment declares it.
package queries

import "embed"

// Files are the SQL files, by folder.
//
//go:embed view/*.sql detect/*.sql ask/*.sql
var Files embed.FS
