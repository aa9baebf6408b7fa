package render

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"almanac/reports"
)

var shots = flag.String("shots", "", "write screenshots of the fixture's pages into this folder")

// browser starts a headless Chromium with a profile of its own; the test is
// skipped where there is none.
func browser(t *testing.T) context.Context {
	t.Helper()
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		t.Skip("no Chromium on PATH: pages are not opened in a browser")
	}
	opts := append([]chromedp.ExecAllocatorOption{}, chromedp.DefaultExecAllocatorOptions[:]...)
	opts = append(opts, chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserDataDir(t.TempDir()), chromedp.NoFirstRun, chromedp.WindowSize(1200, 1000),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("hide-scrollbars", true))
	alloc, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(cancel)
	ctx, stop := chromedp.NewContext(alloc)
	t.Cleanup(stop)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Skipf("Chromium does not start here: %v", err)
	}
	ctx, done := context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(done)
	return ctx
}

// witness collects what pages do that they must not do.
type witness struct {
	mu       sync.Mutex
	root     string   // folder of the pages
	requests []string // outside it
	errors   []string
}

func watch(ctx context.Context, t *testing.T, root string) *witness {
	t.Helper()
	w := &witness{root: "file://" + root + "/"}
	_, err := chromedp.Call(ctx, network.Enable, network.EnableParams{})
	if err == nil {
		_, err = chromedp.Call(ctx, log.Enable, cdp.Empty{})
	}
	if err == nil {
		err = chromedp.Listen(ctx, w.see)
	}
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *witness) see(ev any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e := ev.(type) {
	case *network.EventRequestWillBeSent:
		if !strings.HasPrefix(e.Request.URL, w.root) {
			w.requests = append(w.requests, e.Request.URL)
		}
	case *log.EventEntryAdded:
		w.errors = append(w.errors, e.Entry.Text)
	case *runtime.EventExceptionThrown:
		w.errors = append(w.errors, e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		w.errors = append(w.errors, "console."+string(e.Type))
	}
}

// report fails the test for everything seen so far.
func (w *witness) report(t *testing.T, where string) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.requests) > 0 {
		t.Errorf("%s: requests outside its folder: %.300q", where, w.requests)
	}
	if len(w.errors) > 0 {
		t.Errorf("%s: the browser reports: %.300q", where, w.errors)
	}
	w.requests, w.errors = nil, nil
}

// visit is what is measured on an open page.
type visit struct {
	Charts int    `json:"charts"`
	Drawn  int    `json:"drawn"`
	Empty  int    `json:"empty"` // drawn without a single mark
	Ran    string `json:"ran"`
	Wide   int    `json:"wide"` // pixels the page is wider than its window
	Ms     int    `json:"ms"`

	Intruders int `json:"intruders"`
}

const measure = `(() => {
  const charts = [...document.querySelectorAll('.chart[data-kind]')];
  return {
    charts: charts.length,
    drawn: charts.filter(c => c.dataset.drawn === 'yes').length,
    empty: charts.filter(c => !c.querySelector('svg path')).length,
    ran: String(window.pwned || ''),
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    ms: Math.round(performance.now()),
    intruders: ` + intruders + `,
  };
})()`

// tips moves over every chart, so that tooltips are built and shown.
const tips = `document.querySelectorAll('.chart[data-drawn]').forEach(n => {
  const c = echarts.getInstanceByDom(n);
  c.getOption().series.forEach((s, i) => {
    for (let k = 0; k < Math.min(4, (s.data || []).length); k++) c.dispatchAction({type: 'showTip', seriesIndex: i, dataIndex: k});
  });
})`

func openPage(ctx context.Context, t *testing.T, file string) visit {
	t.Helper()
	err := chromedp.Do(ctx,
		chromedp.Navigate("file://"+file),
		chromedp.Evaluate[chromedp.Void](tips),
		chromedp.Sleep(30*time.Millisecond))
	if err != nil {
		t.Fatalf("open %s: %v", file, err)
	}
	v, err := chromedp.Run(ctx, chromedp.Evaluate[visit](measure))
	if err != nil {
		t.Fatalf("measure %s: %v", file, err)
	}
	return v
}

// TestPagesInBrowser opens the fixture's pages: every chart is drawn, nothing
// is requested, nothing is reported, nothing is wider than a phone.
func TestPagesInBrowser(t *testing.T) {
	ctx := browser(t)
	w := watch(ctx, t, t.TempDir())
	for _, inline := range []bool{false, true} {
		s := shop()
		s.SelfContained = inline
		dir := t.TempDir()
		writePages(t, dir, mustRender(t, s))
		w.root = "file://" + dir + "/"
		for _, name := range []string{
			"index.html", "recurrences.html", "quality.html", RecurrencePath("R-4f1c2a90"), IncidentPath("INC-2041"),
		} {
			for _, width := range []int64{1200, 400} {
				if inline && (name != "index.html" || width != 1200) {
					continue
				}
				if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900)); err != nil {
					t.Fatal(err)
				}
				v := openPage(ctx, t, filepath.Join(dir, name))
				if v.Drawn != v.Charts || v.Empty > 0 {
					t.Errorf("%s at %d px: %d of %d charts drawn, %d empty", name, width, v.Drawn, v.Charts, v.Empty)
				}
				if v.Wide > 0 {
					t.Errorf("%s at %d px: %d px wider than the window", name, width, v.Wide)
				}
			}
		}
		w.report(t, "the fixture's pages")
	}
}

// TestShots writes pictures for people; it runs only when asked.
func TestShots(t *testing.T) {
	if *shots == "" {
		t.Skip("no -shots folder")
	}
	ctx := browser(t)
	dir := t.TempDir()
	writePages(t, dir, mustRender(t, shop()))
	for name, file := range map[string]string{
		"index": "index.html", "quality": "quality.html", "recurrences": "recurrences.html",
		"recurrence": RecurrencePath("R-4f1c2a90"), "incident": IncidentPath("INC-2041"),
	} {
		for _, mode := range []string{"light", "dark", "narrow"} {
			width, scheme := int64(1200), mode
			if mode == "narrow" {
				width, scheme = 400, "light"
			}
			_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
			})
			if err != nil {
				t.Fatal(err)
			}
			err = chromedp.Do(ctx, chromedp.EmulateViewport(width, 900),
				chromedp.Navigate("file://"+filepath.Join(dir, file)), chromedp.Sleep(150*time.Millisecond))
			if err != nil {
				t.Fatal(err)
			}
			png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(*shots, fmt.Sprintf("%s-%s.png", name, mode)), png, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// On paper the drawings scale with the page: a change of width while printing
// must not draw them anew into a box that has no height then.
func TestPrintKeepsDrawings(t *testing.T) {
	ctx := browser(t)
	dir := t.TempDir()
	writePages(t, dir, mustRender(t, shop()))
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1200, 900), chromedp.Navigate("file://"+filepath.Join(dir, "index.html"))); err != nil {
		t.Fatal(err)
	}
	const boxes = `[...document.querySelectorAll('.chart svg')].map(s => s.getAttribute('viewBox')).join('; ')`
	screen, err := chromedp.Run(ctx, chromedp.Evaluate[string](boxes))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(700, 900), chromedp.Sleep(200*time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	paper, err := chromedp.Run(ctx, chromedp.Evaluate[string](boxes))
	if err != nil {
		t.Fatal(err)
	}
	if screen == "" || paper != screen {
		t.Errorf("charts are drawn anew on paper: %q, on the screen %q", paper, screen)
	}
}

// A click on a heading sorts by what the cells mean; the third click gives the
// page's own order back.
func TestTablesSort(t *testing.T) {
	ctx := browser(t)
	dir := t.TempDir()
	html := `<!doctype html><html lang="en"><body><main><table><thead><tr><th>a</th><th>b</th></tr></thead><tbody>` +
		`<tr><td>1 h 5 min</td><td>1,200</td></tr><tr><td>–</td><td>–</td></tr><tr><td>40 s</td><td>9</td></tr><tr><td>2 d</td><td>8.5 %</td></tr>` +
		`</tbody></table></main><script src="app.js"></script></body></html>`
	for name, text := range map[string]string{"app.js": reports.App, "index.html": html} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := chromedp.Do(ctx, chromedp.Navigate("file://"+filepath.Join(dir, "index.html"))); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ column, want string }{
		{"0", "40 s|1 h 5 min|2 d|–"}, {"0", "2 d|1 h 5 min|40 s|–"}, {"0", "1 h 5 min|–|40 s|2 d"},
		{"1", "2 d|40 s|1 h 5 min|–"}, {"1", "1 h 5 min|40 s|2 d|–"},
	} {
		got, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(() => { document.querySelectorAll('th button')[`+c.column+`].click();
			return [...document.querySelectorAll('tbody tr')].map(r => r.cells[0].textContent).join('|') })()`))
		if err != nil {
			t.Fatal(err)
		}
		if got != c.want {
			t.Errorf("column %s: %s, want %s", c.column, got, c.want)
		}
	}
}
