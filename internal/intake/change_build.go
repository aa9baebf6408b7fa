package intake

import (
	"regexp"
	"strconv"
	"strings"

	"almanac/schemas"
)

// buildChange makes a change row of one record. A change without a readable
// time is refused: it can be compared with nothing.
func (f *fieldReader) buildChange(c *Context, n *node) (schemas.Change, string) {
	var d draft
	ch := &d.change
	*ch = schemas.Change{
		ChangeID: f.text(n, "id"), Service: firstText(f.list(n, "service")), Env: f.text(n, "env"),
		Actor: f.text(n, "actor"), Version: f.text(n, "version"), Commit: f.text(n, "commit"),
		URL: f.text(n, "url"), Title: oneLine(f.text(n, "title"), 500), Team: teamOf(f.list(n, "team")),
	}
	if ch.Service == "" {
		ch.Service = c.Source.Service // a file's name is no service of its records
	}
	started, path, note, err := f.instant(n, "started")
	if err != nil {
		return *ch, "started: " + err.Error()
	}
	d.note("started", note)
	if strings.HasPrefix(normKey(path), "merged") {
		d.warn("started is the time of the merge, not of the deploy")
	}
	ch.StartedTS = started
	if ch.FinishedTS, _, note, err = f.instant(n, "finished"); err != nil {
		d.warn("finished: " + err.Error())
	}
	d.note("finished", note)
	f.changeStatus(n, &d)
	f.changeKind(n, &d, path)
	if f.form.adjust != nil {
		f.form.adjust(n, &d)
	}
	f.changeSpan(n, &d)
	if ch.Kind == schemas.ChangeDeploy && rollbackTitle.MatchString(ch.Title) {
		ch.Kind = schemas.ChangeRollback
	}
	switch {
	case ch.StartedTS == 0:
		return *ch, "no time"
	case ch.StartedTS < earliest:
		return *ch, "time before 1990"
	}
	if ch.ChangeID == "" {
		ch.ChangeID = changeID(ch)
	}
	ch.Warning = strings.Join(d.warnings, "\n")
	return *ch, ""
}

// rollbackTitle is the title of a deploy that takes another one back.
var rollbackTitle = regexp.MustCompile(`(?i)^(auto(matic)?[ -])?roll(s|ed|ing)?[ -]?back\b`)

// changeID is the commit itself for a commit, else derived from the content.
func changeID(ch *schemas.Change) string {
	if ch.Kind == schemas.ChangeCommit && ch.Commit != "" {
		return ch.Commit
	}
	return contentID("C-", ch.Kind, ch.Service, ch.Env, strconv.FormatInt(ch.StartedTS, 10), ch.Version, ch.Commit, ch.Title)
}

func (f *fieldReader) changeStatus(n *node, d *draft) {
	raw := f.text(n, "status")
	status, ok := changeStatus(raw)
	if !ok {
		d.warn("status " + strconv.Quote(cut(raw, 40)) + " is not known")
	}
	d.change.Status = status
}

// changeKind takes the stated kind, else the form's, else what the names of
// the fields say: a bare sha, author and subject is a commit, no deploy.
func (f *fieldReader) changeKind(n *node, d *draft, timePath string) {
	ch := &d.change
	if raw := f.text(n, "kind"); raw != "" {
		ch.Kind = changeKind(raw)
		return
	}
	if ch.Kind = f.form.kindOf; ch.Kind != "" {
		return
	}
	at := normKey(timePath)
	switch {
	case strings.Contains(at, "deploy"):
		ch.Kind = schemas.ChangeDeploy
	case strings.Contains(at, "release") || strings.Contains(at, "publish"):
		ch.Kind = schemas.ChangeRelease
	case strings.Contains(at, "commit") || strings.Contains(at, "merge") || ch.Commit != "" && ch.Version == "" && ch.Env == "" && ch.Status == "":
		ch.Kind = schemas.ChangeCommit
	case ch.Version != "" || ch.Env != "":
		ch.Kind = schemas.ChangeDeploy
		d.warn("kind not stated: taken as a deploy because it names a version or environment")
	}
}

// changeSpan completes the end by a stated duration and flags an end before
// the start. An end alone is the only time known.
func (f *fieldReader) changeSpan(n *node, d *draft) {
	ch := &d.change
	if s := f.duration(n, "duration"); s != nil && ch.FinishedTS == 0 && ch.StartedTS != 0 {
		ch.FinishedTS = ch.StartedTS + *s*1e6
	}
	if ch.StartedTS == 0 && ch.FinishedTS != 0 {
		ch.StartedTS = ch.FinishedTS
		d.warn("start not stated: the end is taken")
	}
	if ch.FinishedTS != 0 && ch.FinishedTS < ch.StartedTS {
		d.warn("finished before it started")
	}
}

func (d *draft) note(field, note string) {
	if note != "" {
		d.warn(field + ": " + note)
	}
}

func firstText(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// oneLine is s with line ends as spaces, at most n bytes.
func oneLine(s string, n int) string { return cut(strings.Join(strings.Fields(s), " "), n) }

// teamOf is the first named team, on one line.
func teamOf(list []string) string { return oneLine(firstText(list), 100) }
