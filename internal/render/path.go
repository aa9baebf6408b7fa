package render

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// RecurrencePath is the path of a recurrence's page.
func RecurrencePath(id string) string { return "recurrence/" + slug(id, 24) + ".html" }

// IncidentPath is the path of an incident's page.
func IncidentPath(id string) string { return "incident/" + slug(id, 40) + ".html" }

// ChangePath is the path of a change's page.
func ChangePath(id string) string { return "change/" + slug(id, 40) + ".html" }

// slug makes a file name of any text: what is readable of it, at most n
// bytes, and twelve hex digits of its hash: names that differ only in case, in
// signs or past n bytes get different files.
func slug(text string, n int) string {
	var b strings.Builder
	dash := true
	for _, r := range text {
		if b.Len() >= n {
			break
		}
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
			dash = false
		case r >= 'A' && r <= 'Z':
			b.WriteRune(r + 'a' - 'A')
			dash = false
		case !dash:
			b.WriteByte('-')
			dash = true
		}
	}
	sum := sha256.Sum256([]byte(text))
	name := strings.TrimSuffix(b.String(), "-")
	if name == "" {
		return hex.EncodeToString(sum[:6])
	}
	return name + "-" + hex.EncodeToString(sum[:6])
}
