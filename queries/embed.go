// Package queries holds every SQL text of almanac, one statement per file
// whose header comment declares it: table/ are small tables filled when a lake
// is opened, view/ the views in the order of their numbers, detect/ feeds the
// detectors, ask/ answers people, page/ feeds the pages, duckdb/ is what only DuckDB can say.
package queries

import "embed"

// Files are the SQL files, by folder.
//
//go:embed table/*.sql view/*.sql detect/*.sql ask/*.sql page/*.sql duckdb/*.sql
var Files embed.FS
