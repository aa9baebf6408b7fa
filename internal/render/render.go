package render

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"path"
	"sort"
	"strings"
	"sync"

	"almanac/reports"
)

// Render gives every page of the site with its assets, sorted by path. Equal
// sites give equal bytes. An error names the page that could not be made; no
// page is given then, so that a failed build replaces nothing.
func Render(in Site) ([]Page, error) {
	b, err := newBook(&in)
	if err != nil {
		return nil, err
	}
	b.page("index.html", "index", "Weekly review", b.indexView())
	b.page("recurrences.html", "recurrences", "Recurrences", b.recurrencesView())
	b.page("incidents.html", "incidents", "Incidents", b.incidentsView())
	b.page("changes.html", "changes", "Changes", b.changesView())
	b.page("quality.html", "quality", "Data quality", b.qualityView())
	for _, r := range b.recurrences {
		v := b.recurrenceView(r)
		b.page(RecurrencePath(r.RecurrenceID), "recurrence", v.Title, v)
	}
	for _, i := range b.paged {
		v := b.incidentView(i)
		b.page(IncidentPath(i.IncidentID), "incident", v.Title, v)
	}
	for _, c := range planChanges(&in) {
		v := b.changeView(c)
		b.page(ChangePath(c.ChangeID), "change", v.Title, v)
	}
	if b.err != nil {
		return nil, b.err
	}
	b.assets()
	sort.Slice(b.pages, func(i, j int) bool { return b.pages[i].Path < b.pages[j].Path })
	return b.pages, nil
}

// book is one rendering: the facts, indexed, and the pages made so far.
type book struct {
	*facts
	tmpl  *template.Template
	pages []Page
	err   error
}

func newBook(in *Site) (*book, error) {
	tmpl, err := parsed()
	if err != nil {
		return nil, err
	}
	return &book{facts: newFacts(in), tmpl: tmpl}, nil
}

// parsed are the templates, read once: they are part of the program.
var parsed = sync.OnceValues(func() (*template.Template, error) {
	t, err := template.New("pages").Funcs(funcs).ParseFS(reports.Templates, "*.html.tmpl")
	if err != nil {
		return nil, fmt.Errorf("read page templates: %w", err)
	}
	return t, nil
})

// shell is what every page shares.
type shell struct {
	Site, Title string
	Root        string // "" or "../", from the page to the front page
	Section     string // of the navigation
	CSP         string
	Inline      bool
	Style       template.CSS // trusted: embedded, never from data
	ECharts     template.JS
	App         template.JS
	Period      string
	AsOf        stamp
	Zone        string
	ZoneNote    string
	Tool        string
	Charts      bool // the page has at least one chart
	Body        any
}

// charter is a view that knows whether it holds charts.
type charter interface{ hasCharts() bool }

func (b *book) page(file, name, title string, body any) {
	if b.err != nil {
		return
	}
	s := b.shell(file, name, title)
	s.Body = body
	if c, ok := body.(charter); ok {
		s.Charts = c.hasCharts()
	}
	s.CSP = policy(s.Inline)
	if s.Inline {
		s.Style = template.CSS(reports.Style)
		if s.Charts {
			s.ECharts = template.JS(reports.ECharts)
		}
		s.App = template.JS(reports.App)
	}
	var out bytes.Buffer
	if err := b.tmpl.ExecuteTemplate(&out, name+".html.tmpl", s); err != nil {
		b.err = fmt.Errorf("render page %s: %w", file, err)
		return
	}
	b.pages = append(b.pages, Page{Path: file, Bytes: []byte(visible(out.String()))})
}

func (b *book) shell(file, section, title string) shell {
	site := b.site.Name
	if site == "" {
		site = "almanac"
	}
	s := shell{
		Site: site, Title: title, Section: section, Inline: b.site.SelfContained,
		AsOf: b.when(b.site.AsOf), Zone: b.zone.String(), Tool: strings.TrimPrefix(b.site.ToolVersion, "almanac "),
		Period: b.period(), ZoneNote: b.zoneNote(),
	}
	if path.Dir(file) != "." {
		s.Root = "../"
	}
	return s
}

// policy is the page's Content-Security-Policy: nothing at all but our own
// script and style. file: is there for browsers in which 'self' does not
// match a page opened from disk.
func policy(inline bool) string {
	script, style := "'self' file:", "'self' file:"
	if inline {
		script = hash(reports.ECharts) + " " + hash(reports.App)
		style = hash(reports.Style)
	}
	return "default-src 'none'; script-src " + script + "; style-src " + style +
		"; img-src data:; base-uri 'none'; form-action 'none'"
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

func (b *book) assets() {
	add := func(name, text string) {
		b.pages = append(b.pages, Page{Path: "assets/" + name, Bytes: []byte(text)})
	}
	b.pages = append(b.pages, Page{Path: "calendar.ics", Bytes: ICS(*b.site)})
	add("echarts-license.txt", reports.EChartsNotice+"\n"+strings.Repeat("-", 72)+"\n"+reports.EChartsLicense)
	if b.site.SelfContained {
		return
	}
	add("echarts.min.js", reports.ECharts)
	add("app.js", reports.App)
	add("style.css", reports.Style)
}
