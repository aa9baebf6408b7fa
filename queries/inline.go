package queries

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"
)

// Inline writes values into the statement as literals, for people to run:
// text, whole numbers, float64, bool and time.Time (as UTC). A parameter
// without a value keeps its name.
func (q Query) Inline(values map[string]any) string {
	names := make([]string, 0, len(values))
	for n := range values {
		names = append(names, n)
	}
	// Longest first, so that $since_x is not taken for $since.
	sort.Slice(names, func(i, j int) bool {
		if len(names[i]) != len(names[j]) {
			return len(names[i]) > len(names[j])
		}
		return names[i] < names[j]
	})
	pairs := make([]string, 0, 2*len(names))
	for _, n := range names {
		pairs = append(pairs, "$"+n, literal(values[n]))
	}
	return strings.NewReplacer(pairs...).Replace(q.SQL)
}

func literal(v any) string {
	switch x := v.(type) {
	case nil:
		return "NULL"
	case string:
		return "'" + strings.ReplaceAll(strings.ReplaceAll(x, "\x00", ""), "'", "''") + "'"
	case time.Time:
		return "TIMESTAMP '" + x.UTC().Format("2006-01-02 15:04:05.999999") + "'"
	case float64:
		return "CAST(" + strconv.FormatFloat(x, 'g', -1, 64) + " AS DOUBLE)"
	}
	return fmt.Sprint(v)
}
