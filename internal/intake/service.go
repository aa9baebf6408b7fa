package intake

import (
	"path"
	"strings"
)

// serviceOf names a service after its file, for records that name none:
// without directory, rotation number, date and suffix. Files of containers
// give the container.
func serviceOf(name string) string {
	name = bareName(strings.ReplaceAll(name, `\`, "/"))
	parts := strings.Split(name, "/")
	base := parts[len(parts)-1]
	for i, p := range parts { // /var/log/pods/<ns>_<pod>_<uid>/<container>/0.log
		if p == "pods" && i+3 < len(parts) {
			return parts[i+2]
		}
		if p == "containers" && i+2 == len(parts) { // <pod>_<ns>_<container>-<id>.log
			if f := strings.Split(strings.TrimSuffix(base, ".log"), "_"); len(f) == 3 {
				if k := strings.LastIndexByte(f[2], '-'); k > 0 {
					return f[2][:k]
				}
				return f[2]
			}
		}
	}
	s := stripRotation(base)
	kind := fileWords[strings.ToLower(s)]
	if s != "" && kind == 0 {
		return s
	}
	// The name says only what kind of file or process it is: the folder says
	// of what.
	for i := len(parts) - 2; i >= 0; i-- {
		folder := stripRotation(parts[i])
		if folder == "" || fileWords[strings.ToLower(folder)] != 0 {
			continue
		}
		if kind == processWord {
			return folder + "-" + s
		}
		return folder
	}
	if s != "" {
		return s
	}
	return base
}

const (
	fileWord    = 1 // says nothing
	processWord = 2 // says which part of something
)

var fileWords = map[string]int{
	"log": fileWord, "logs": fileWord, "output": fileWord, "stdout": fileWord, "stderr": fileWord, "error": fileWord, "errors": fileWord, "access": fileWord,
	"messages": fileWord, "console": fileWord, "current": fileWord, "var": fileWord, "tmp": fileWord, "home": fileWord, "opt": fileWord, "data": fileWord, "..": fileWord, ".": fileWord,
	"server": processWord, "api": processWord, "scheduler": processWord, "worker": processWord, "volume": processWord, "backup": processWord, "agent": processWord,
	"engine": processWord, "manager": processWord, "main": processWord, "app": processWord, "service": processWord, "web": processWord, "node": processWord, "master": processWord,
}

// stripRotation drops suffixes until none is left: .1, -20260101,
// .2026-01-01, .log, .txt, .out, .json, .jsonl.
func stripRotation(s string) string {
	for {
		t := s
		switch ext := path.Ext(t); strings.ToLower(ext) {
		case ".log", ".txt", ".out", ".json", ".jsonl", ".ndjson", ".err", ".old", ".csv", ".md":
			s = t[:len(t)-len(ext)]
			continue
		}
		t = strings.TrimRight(t, "0123456789-_.:T@+")
		if t == s {
			return s
		}
		if digits := s[len(t):]; t != "" && strings.Trim(digits, "0123456789") == "" && len(digits) < 8 {
			return s // a name that ends in a number: kafka0, node12
		}
		s = t
	}
}
