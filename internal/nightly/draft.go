package nightly

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"

	"almanac/internal/finding"
	"almanac/internal/intake"
	"almanac/internal/render"
	"almanac/internal/warehouse"
	"almanac/schemas"
)

// deepen makes the dossiers of the incidents whose pages show one.
func (n *night) deepen(ctx context.Context, w *warehouse.Warehouse, site *render.Site) error {
	list := render.DossiersOf(*site)
	site.Dossiers, site.Drafts = map[string]*schemas.Dossier{}, map[string]bool{}
	if len(list) == 0 {
		return nil
	}
	d, err := newDossiers(ctx, w, n)
	if err != nil {
		return err
	}
	for i, x := range list {
		n.progress("incidents", i, len(list))
		if site.Dossiers[x.IncidentID], err = d.of(ctx, w, x); err != nil {
			return err
		}
		site.Drafts[x.IncidentID] = true
	}
	n.progress("incidents", len(list), len(list))
	return nil
}

// addDrafts writes the Markdown of each postmortem draft, once: a file that is
// there keeps what people wrote, and only its untouched blocks are refreshed.
// The page of a draft is made from that file, so that it shows their words.
// The files are not among the pages of a report: no later night removes one.
func (n *night) addDrafts(site *render.Site, pages []render.Page) ([]render.Page, error) {
	for _, i := range render.DossiersOf(*site) {
		d := site.Dossiers[i.IncidentID]
		if d == nil {
			continue
		}
		text, err := n.writeDraft(i.IncidentID, finding.Draft(*d, site.Zone))
		if err != nil {
			return nil, err
		}
		body, err := intake.MarkdownHTML([]byte(text))
		if err != nil {
			return nil, err
		}
		pages = append(pages, render.Page{Path: render.DraftPath(i.IncidentID), Bytes: render.DraftPage("Postmortem: "+d.Incident.Title, body)})
	}
	return pages, nil
}

// maxDraft bounds what is read back of a draft; a larger file is left alone.
const maxDraft = 4 << 20

func (n *night) writeDraft(id string, parts []finding.DraftPart) (string, error) {
	full, err := inside(n.out.Report, render.DraftFile(id))
	if err != nil {
		return "", err
	}
	text := finding.WriteDraft(parts)
	old, err := os.ReadFile(full)
	switch {
	case err == nil && len(old) > maxDraft:
		return string(old), nil
	case err == nil:
		if text = finding.MergeDraft(string(old), parts); text == string(old) {
			return text, nil
		}
	case !errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("read the draft %s: %w", full, err)
	}
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		return "", err
	}
	if err := renameio.WriteFile(full, []byte(text), 0o644); err != nil {
		return "", fmt.Errorf("write the draft %s: %w", full, err)
	}
	return text, nil
}

// draftSource is the name under which edited drafts are read.
const draftSource = "postmortem drafts"

// editedDrafts are the drafts beside the pages into whose action items
// somebody wrote: they are inputs like any other. One that nobody touched says
// what the lake says already.
func (n *night) editedDrafts() []intake.Input {
	paths, err := filepath.Glob(filepath.Join(n.out.Report, "incident", "*.md"))
	if err != nil {
		return nil // a folder whose name is a bad pattern
	}
	src := &intake.Source{Name: draftSource, Kind: intake.KindIncident, Format: "draft", Zone: n.Config.Location()}
	var out []intake.Input
	for _, p := range paths {
		st, err := os.Stat(p)
		if err != nil || !st.Mode().IsRegular() || st.Size() > maxDraft {
			continue
		}
		text, err := os.ReadFile(p)
		if err != nil || !finding.ActionsEdited(string(text)) {
			continue
		}
		out = append(out, intake.Input{Source: src, Path: p, Name: p, ModTime: st.ModTime(), Final: true})
	}
	return out
}
