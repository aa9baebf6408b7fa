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
	"args":  func(rows any, root string) listArgs { return listArgs{rows, root} },
}

// listArgs hands a list and the way to the front page to a shared template.
type listArgs struct {
	Rows any
	Root string
}

// words turns a column name into words: "hit_days" is "hit days".
func words(name string) string { return strings.ReplaceAll(name, "_", " ") }

// join says a list: "a, b and c".
func join(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
}
