package nightly

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/google/renameio/v2"

	"almanac/internal/lake"
	"almanac/internal/render"
	"almanac/internal/warehouse"
	"almanac/schemas"
)

// pageList names, in the report's folder, the files that the last report
// wrote, after the key of the analysis it shows: a report removes only its own.
const pageList = "pages.txt"

// indexPage is the page from which all others are reached.
const indexPage = "index.html"

// report writes the pages unless they already show this analysis.
func (n *night) report(ctx context.Context) error {
	if key, _ := readPageList(n.out.Report); key != "" && key == n.reportKey() {
		n.out.Index = filepath.Join(n.out.Report, indexPage)
		return nil
	}
	return n.reportAnew(ctx)
}

func (n *night) reportKey() string {
	m := n.lake.Manifest()
	if m.AnalysisKey == "" {
		return ""
	}
	return fmt.Sprintf("%s %s self_contained=%t", m.AnalysisKey, n.Tool, n.Config.SelfContained)
}

func (n *night) reportAnew(ctx context.Context) error {
	m := n.lake.Manifest()
	if m.AsOf == "" {
		return fmt.Errorf("there is no analysis to report in %s; run 'almanac nightly' or 'almanac analyze' first", n.lake.Dir())
	}
	w, err := n.openWarehouse(ctx, true)
	if err != nil {
		return err
	}
	pages, err := n.render(ctx, w, m)
	if err = errors.Join(err, w.Close()); err != nil {
		return wrap("make the pages", err)
	}
	if err := writePages(n.out.Report, n.reportKey(), pages); err != nil {
		return wrap("write the pages to "+n.out.Report, err)
	}
	n.out.Reported, n.out.Pages = true, len(pages)
	n.out.Index = filepath.Join(n.out.Report, indexPage)
	return nil
}

func (n *night) render(ctx context.Context, w *warehouse.Warehouse, m *schemas.Manifest) ([]render.Page, error) {
	site, err := n.site(ctx, w, m)
	if err != nil {
		return nil, err
	}
	plan := render.Plan(*site)
	site.Figures = map[render.FigureKey]*schemas.Table{}
	site.Failed = map[render.FigureKey]string{}
	for i, f := range plan {
		n.progress("report", i, len(plan))
		t, err := w.Table(ctx, f.Query, f.Params)
		if err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			site.Failed[f.Key] = err.Error()
			continue
		}
		site.Figures[f.Key] = t
	}
	n.progress("report", len(plan), len(plan))
	if err := n.deepen(ctx, w, site); err != nil {
		return nil, err
	}
	pages, err := render.Render(*site)
	if err != nil {
		return nil, err
	}
	return n.addDrafts(site, pages)
}

// site gathers what the pages show: the conclusions of the last analysis and
// the records they are about.
func (n *night) site(ctx context.Context, w *warehouse.Warehouse, m *schemas.Manifest) (*render.Site, error) {
	asOf, err := time.Parse(time.RFC3339, m.AsOf)
	if err != nil {
		return nil, fmt.Errorf("the manifest's as_of %q is not an instant: %w", m.AsOf, err)
	}
	sp, err := n.findSpan(ctx, w)
	if err != nil {
		return nil, err
	}
	s := &render.Site{
		Name: n.Config.Site, Zone: n.Config.Location(), AsOf: asOf, Since: sp.since,
		ToolVersion: n.Tool, SelfContained: n.Config.SelfContained,
	}
	night := schemas.DateOf(schemas.Micros(asOf))
	f := &fetcher{ctx: ctx, w: w}
	fetch(f, &s.Changes, "page/changes", nil)
	fetch(f, &s.Incidents, "page/incidents", nil)
	fetch(f, &s.IncidentServices, "page/incident_services", nil)
	fetch(f, &s.IncidentEvents, "page/incident_events", nil)
	fetch(f, &s.Actions, "page/actions", nil)
	err = errors.Join(f.err,
		readNight(n.lake, lake.TableFinding, night, &s.Findings),
		readNight(n.lake, lake.TableRecurrence, night, &s.Recurrences),
		readNight(n.lake, lake.TableRecurrenceDay, night, &s.RecurrenceDays),
		readNight(n.lake, lake.TableCause, night, &s.Causes),
		readNight(n.lake, lake.TableOnset, night, &s.Onsets),
		readNight(n.lake, lake.TableCascade, night, &s.Cascades),
		readNight(n.lake, lake.TableSimilar, night, &s.Similar),
		readNight(n.lake, lake.TableForecast, night, &s.Forecasts),
		readNight(n.lake, lake.TableForecastScore, night, &s.ForecastScores),
		readNight(n.lake, lake.TableFix, night, &s.Fixes),
	)
	for _, x := range s.Findings {
		if x.Kind == schemas.FindingData {
			s.Notes = append(s.Notes, x.Sentence)
		}
	}
	return s, err
}

func readNight[T any](l *lake.Lake, table, night string, dst *[]T) error {
	rows, err := lake.Read[T](l, table, night)
	*dst = rows
	return err
}

// writePages replaces the last report. Every page exists in memory before the
// first is written, each file is replaced in one step, the first page only
// when all it leads to is there, and pages that are no longer made go last: a
// reader always finds whole pages, also after a night that was cut off.
func writePages(dir, key string, pages []render.Page) error {
	_, old := readPageList(dir)
	pages = slices.Clone(pages)
	slices.SortStableFunc(pages, func(a, b render.Page) int {
		return cmp.Compare(isIndex(a), isIndex(b))
	})
	list := []string{key}
	kept := map[string]bool{}
	for _, p := range pages {
		full, err := inside(dir, p.Path)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			return err
		}
		if err := renameio.WriteFile(full, p.Bytes, 0o644); err != nil {
			return err
		}
		kept[p.Path] = true
		list = append(list, p.Path)
	}
	sort.Strings(list[1:])
	for _, p := range old {
		if full, err := inside(dir, p); err == nil && !kept[p] {
			os.Remove(full)
		}
	}
	return renameio.WriteFile(filepath.Join(dir, pageList), []byte(strings.Join(list, "\n")+"\n"), 0o644)
}

// isIndex is 1 for the page from which all others are reached, so that it
// sorts last.
func isIndex(p render.Page) int {
	if p.Path == indexPage {
		return 1
	}
	return 0
}

// inside joins a page's path to the folder and refuses to leave it.
func inside(dir, page string) (string, error) {
	if !filepath.IsLocal(filepath.FromSlash(page)) {
		return "", fmt.Errorf("page path %q leaves the report's folder", page)
	}
	return filepath.Join(dir, filepath.FromSlash(page)), nil
}

func readPageList(dir string) (key string, pages []string) {
	text, err := os.ReadFile(filepath.Join(dir, pageList))
	if err != nil {
		return "", nil
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return lines[0], lines[1:]
}
