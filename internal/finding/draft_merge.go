package finding

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
)

// draftMark opens a generated block: its name and a hash of what almanac
// wrote there, by which an edit is known.
var draftMark = regexp.MustCompile(`(?m)^<!-- almanac:([a-z]+) ([0-9a-f]{12}) -->[ \t]*\r?$`)

func draftHash(text string) string {
	// Editors change line ends and trailing blanks; people mean words.
	var words []string
	for _, l := range strings.Split(text, "\n") {
		words = append(words, strings.TrimRight(l, " \t\r"))
	}
	sum := sha256.Sum256([]byte(strings.Trim(strings.Join(words, "\n"), "\n")))
	return hex.EncodeToString(sum[:6])
}

func draftBlock(p DraftPart) string {
	text := strings.TrimRight(p.Text, "\n") + "\n"
	return "<!-- almanac:" + p.Name + " " + draftHash(text) + " -->\n" + text + draftEnd(p.Name) + "\n"
}

func draftEnd(name string) string { return "<!-- /almanac:" + name + " -->" }

// WriteDraft gives the text of a new draft.
func WriteDraft(parts []DraftPart) string {
	var b strings.Builder
	for _, p := range parts {
		if p.Name == "" {
			b.WriteString(p.Text)
			continue
		}
		b.WriteString(draftBlock(p))
	}
	return b.String()
}

// MergeDraft refreshes the blocks of a draft that nobody touched and keeps
// every other byte: text between blocks, blocks with an edit, the absence of
// blocks that somebody removed, and all of a file without blocks.
func MergeDraft(old string, parts []DraftPart) string {
	fresh := map[string]string{}
	for _, p := range parts {
		if p.Name != "" {
			fresh[p.Name] = draftBlock(p)
		}
	}
	var b strings.Builder
	for {
		m := draftMark.FindStringSubmatchIndex(old)
		if m == nil {
			break
		}
		name, hash := old[m[2]:m[3]], old[m[4]:m[5]]
		body := strings.TrimPrefix(old[m[1]:], "\n")
		lead := len(old) - len(body)
		end := strings.Index(body, draftEnd(name))
		block, ok := fresh[name]
		// Another block's opening before the end: the end was removed.
		if next := draftMark.FindStringIndex(body); end < 0 || next != nil && next[0] < end || !ok || draftHash(body[:max(end, 0)]) != hash {
			b.WriteString(old[:m[1]])
			old = old[m[1]:]
			continue
		}
		b.WriteString(old[:m[0]])
		b.WriteString(strings.TrimSuffix(block, "\n"))
		old = old[lead+end+len(draftEnd(name)):]
	}
	b.WriteString(old)
	return b.String()
}

// ActionsEdited says that somebody wrote into the action items of a draft, or
// took their marks away: then they are read back.
func ActionsEdited(text string) bool {
	for _, m := range draftMark.FindAllStringSubmatchIndex(text, -1) {
		if text[m[2]:m[3]] != "actions" {
			continue
		}
		body := strings.TrimPrefix(text[m[1]:], "\n")
		end := strings.Index(body, draftEnd("actions"))
		return end < 0 || draftHash(body[:end]) != text[m[4]:m[5]]
	}
	return draftMark.MatchString(text)
}
