package lake

import (
	"maps"
	"slices"

	"almanac/schemas"
)

// maxSources bounds the inputs named per file in the manifest: beyond it the
// list costs more than opening the file.
const maxSources = 256

// sourceColumn is the field of source_id in tables whose rows a re-read
// input replaces, or -1.
func (b *batch[T]) sourceColumn() int {
	switch b.t.name {
	case TableChange, TableIncident, TableIncidentService, TableIncidentEvent, TableAction, TableReject:
		for _, col := range b.t.cols {
			if col.name == "source_id" {
				return col.field
			}
		}
	}
	return -1
}

// rereads says whether former rows of the table may have to go.
func (b *batch[T]) rereads(c *commit) bool {
	return len(c.n.reread) > 0 && b.sourceColumn() >= 0
}

// mayHoldReread says whether a file may have rows of a re-read input.
func (c *commit) mayHoldReread(f schemas.TableFile) bool {
	return len(f.Sources) == 0 || slices.ContainsFunc(f.Sources, func(id string) bool { return c.n.reread[id] })
}

// sourceSet gathers the inputs of a file's rows, up to maxSources of them.
type sourceSet map[string]bool

func (s sourceSet) add(id string) {
	if len(s) <= maxSources && !s[id] {
		s[id] = true
	}
}

// list names the inputs in order; none where the table has none or they are
// too many.
func (s sourceSet) list() []string {
	if len(s) > maxSources {
		return nil
	}
	return slices.Sorted(maps.Keys(s))
}
