package intake

import (
	"bytes"
	"regexp"
	"strings"

	"almanac/schemas"
)

func init() {
	register(&Format{
		Name: "git-log", Kind: KindChange,
		Doc:    "git log: --format=%H%x09%cI%x09%aI%x09%an%x09%s, or the default output; commits, which are no deploys",
		Zone:   "in the stamp",
		Detect: detectGitLog, Document: readGitLog,
	})
	register(&Format{
		Name: "git-tags", Kind: KindChange,
		Doc:    "git for-each-ref refs/tags with name, date, object, commit and subject divided by tabs; releases",
		Zone:   "in the stamp",
		Detect: detectGitTags, Document: readGitTags,
	})
}

const (
	gitLogAdvice = `git log output without dates: write it with --format="%H%x09%cI%x09%aI%x09%an%x09%s"`
	gitRowAdvice = "a row of git log needs hash, commit date, author date, author and subject divided by tabs"
)

var (
	gitHash    = regexp.MustCompile(`^[0-9a-f]{7,64}$`)
	gitCommit  = regexp.MustCompile(`^commit ([0-9a-f]{7,64})(?: \(.*\))?\s*$`)
	gitShort   = regexp.MustCompile(`^[0-9a-f]{7,12}(?: \(.*?\))? \S`)
	gitHeading = regexp.MustCompile(`^(Author|AuthorDate|Commit|CommitDate|Date|Merge|TaggerDate):\s+(.*)$`)
)

// detectGitLog knows rows of hash and date, the default output, and one-line
// output, which it takes in order to say what is wrong with it.
func detectGitLog(h Head) float64 {
	rows, heads, short := 0, 0, 0
	for _, l := range h.Lines {
		switch cells := bytes.SplitN(l, []byte{'\t'}, 3); {
		case len(cells) == 3 && gitHash.Match(cells[0]) && isISODate(string(cells[1])):
			rows++
		case gitCommit.Match(l):
			heads++
		case gitShort.Match(l):
			short++
		}
	}
	n := len(h.Lines)
	switch {
	case n == 0:
		return 0
	case rows*2 >= n && gitHash.Match(bytes.SplitN(h.Lines[0], []byte{'\t'}, 2)[0]):
		return 0.95
	case heads > 0 && gitCommit.Match(h.Lines[0]):
		return 0.95
	case short == n && n > 1:
		return 0.5
	}
	return 0
}

func isISODate(s string) bool {
	w, rest, ok := scanStamp(s, true)
	return ok && w.hasDate && strings.TrimSpace(rest) == ""
}

func readGitLog(c *Context, doc []byte, out *Recorder) error {
	lines := docLines(doc)
	for _, l := range lines {
		if gitCommit.MatchString(l.text) {
			return readGitDefault(c, lines, out)
		}
		if strings.TrimSpace(l.text) != "" {
			break
		}
	}
	for _, l := range lines {
		var err error
		cells := strings.Split(l.text, "\t")
		switch {
		case strings.TrimSpace(l.text) == "":
			out.Blank()
		case len(cells) >= 5 && gitHash.MatchString(cells[0]):
			err = gitRow(c, l, cells, out)
		case gitShort.MatchString(l.text) && len(cells) == 1:
			err = out.Reject(l.n, gitLogAdvice, []byte(l.text))
		default:
			err = out.Reject(l.n, gitRowAdvice, []byte(l.text))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// docLines cuts a document into numbered lines.
func docLines(doc []byte) []mdLine {
	text := strings.TrimSuffix(string(trimBOM(doc)), "\n")
	if text == "" {
		return nil
	}
	lines := strings.Split(text, "\n")
	out := make([]mdLine, len(lines))
	for i, l := range lines {
		out[i] = mdLine{n: int64(i) + 1, text: strings.TrimSuffix(l, "\r")}
	}
	return out
}

// gitRow takes the commit date, which is when the commit came to be on its
// branch; the author date can be much older.
func gitRow(c *Context, l mdLine, cells []string, out *Recorder) error {
	return gitChange(c, l, schemas.Change{
		Kind: schemas.ChangeCommit, Commit: cells[0], ChangeID: cells[0], Actor: cells[3],
		Title: oneLine(strings.Join(cells[4:], " "), 500),
	}, cells[1], out)
}

func gitChange(c *Context, l mdLine, ch schemas.Change, stamp string, out *Recorder) error {
	t, note, err := stampRuleOf(c).parseStamp(stamp, "")
	switch {
	case err != nil:
		return out.Reject(l.n, "commit date: "+err.Error(), []byte(l.text))
	case t.IsZero():
		return out.Reject(l.n, "no commit date", []byte(l.text))
	case schemas.Micros(t) < earliest:
		return out.Reject(l.n, "commit date before 1990", []byte(l.text))
	}
	ch.StartedTS, ch.Warning, ch.Service = schemas.Micros(t), note, c.Source.Service
	return out.Change(l.n, ch)
}

// readGitDefault reads blocks of "commit …", headings and an indented message.
func readGitDefault(c *Context, lines []mdLine, out *Recorder) error {
	var ch schemas.Change
	var at mdLine
	stamp := ""
	flush := func() error {
		if at.n == 0 {
			return nil
		}
		if stamp == "" {
			return out.Reject(at.n, gitLogAdvice, []byte(at.text))
		}
		return gitChange(c, at, ch, stamp, out)
	}
	for _, l := range lines {
		if m := gitCommit.FindStringSubmatch(l.text); m != nil {
			if err := flush(); err != nil {
				return err
			}
			ch = schemas.Change{Kind: schemas.ChangeCommit, Commit: m[1], ChangeID: m[1]}
			at, stamp = l, ""
			continue
		}
		if m := gitHeading.FindStringSubmatch(l.text); m != nil {
			switch m[1] {
			case "Author":
				ch.Actor, _, _ = strings.Cut(m[2], " <") // the address is nobody's business
			case "CommitDate", "Date":
				stamp = m[2]
			}
			continue
		}
		if t := strings.TrimSpace(l.text); strings.HasPrefix(l.text, "    ") && ch.Title == "" {
			ch.Title = oneLine(t, 500)
		}
	}
	return flush()
}

// detectGitTags knows rows of name, date and object.
func detectGitTags(h Head) float64 {
	rows := 0
	for _, l := range h.Lines {
		if cells := strings.Split(string(l), "\t"); len(cells) >= 3 && !gitHash.MatchString(cells[0]) && gitHash.MatchString(cells[2]) && isISODate(cells[1]) {
			rows++
		}
	}
	if rows*2 < len(h.Lines) || rows == 0 {
		return 0
	}
	return 0.95
}

// readGitTags reads tags as releases. An annotated tag's commit is the peeled
// object; a light one's is the object itself.
func readGitTags(c *Context, doc []byte, out *Recorder) error {
	for _, l := range docLines(doc) {
		cells := strings.Split(l.text, "\t")
		var err error
		switch {
		case strings.TrimSpace(l.text) == "":
			out.Blank()
		case len(cells) < 3 || strings.TrimSpace(cells[0]) == "" || !gitHash.MatchString(cells[2]):
			err = out.Reject(l.n, "a row of git for-each-ref needs tag, date, object, commit and subject divided by tabs", []byte(l.text))
		default:
			ch := schemas.Change{
				Kind: schemas.ChangeRelease, Version: cells[0], Commit: cells[2],
				ChangeID: contentID("C-", "tag", cells[0], cells[2]), Title: "tag " + cells[0],
			}
			if len(cells) > 3 && gitHash.MatchString(cells[3]) {
				ch.Commit = cells[3]
			}
			if len(cells) > 4 {
				ch.Title = oneLine(strings.Join(cells[4:], " "), 500)
			}
			err = gitChange(c, l, ch, cells[1], out)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
