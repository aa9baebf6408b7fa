package render

import (
	"html/template"
	"strings"
)

// funcs are what templates may call: words only, nothing that marks text as
// safe.
var funcs = template.FuncMap{
	"words": words,
	"join":  join,
	"minus": func(a, b int) int { return a - b },
	"args": func(rows any, root string, name ...string) listArgs {
		return listArgs{rows, root, strings.Join(name, " ")}
	},
}

// listArgs hands a list, the way to the front page and a name that tells two
// lists of a page apart to a shared template.
type listArgs struct {
	Rows any
	Root string
	Name string
}

// words turns a column name into words with its unit: "hit_days" is "hit
// days", "lag_s" is "lag (s)", "first_ts" is "first".
func words(name string) string {
	if t, ok := strings.CutSuffix(name, "_ts"); ok && t != "" {
		name = t
	}
	for _, unit := range [...]string{"s", "ms"} {
		if t, ok := strings.CutSuffix(name, "_"+unit); ok {
			name = t + " (" + unit + ")"
		}
	}
	return strings.ReplaceAll(name, "_", " ")
}

// join says a list: "a, b and c".
func join(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
}
