package render

import (
	"bytes"
	"flag"
	"fmt"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"almanac/schemas"
)

var everyPayload = flag.Bool("every-payload", false, "try each payload alone on each page (minutes)")

// payloads try to leave text: markup, attributes, scripts, JSON, style, the
// markers of chart libraries, templates, addresses and hidden characters.
var payloads = []string{
	`<script>window.pwned='script'</script>`,
	`</script><script>window.pwned='close'</script>`,
	`<img src=x onerror="window.pwned='img'">`,
	`<svg onload="window.pwned='svg'">`,
	`"><svg/onload=window.pwned='attr'>`,
	`'><img src=x onerror=window.pwned='attr1'>`,
	`" onmouseover="window.pwned='over'" x="`,
	`' autofocus onfocus='window.pwned=1`,
	`javascript:window.pwned='url'`,
	`JaVaScRiPt&#58;window.pwned='url2'`,
	`data:text/html,<script>window.pwned='data'</script>`,
	`<a href="javascript:window.pwned='a'">x</a>`,
	`<iframe srcdoc="<script>parent.pwned='frame'</script>"></iframe>`,
	`<iframe src="http://attacker.invalid/"></iframe>`,
	`<link rel=stylesheet href=http://attacker.invalid/x.css>`,
	`<style>@import url(http://attacker.invalid/y.css);</style>`,
	`</style><script>window.pwned='style'</script>`,
	`</title><script>window.pwned='title'</script>`,
	`</textarea></pre></code><script>window.pwned='pre'</script>`,
	`--><script>window.pwned='comment'</script><!--`,
	`<!--<script>`,
	`]]><script>window.pwned='cdata'</script>`,
	`__f__(function(){window.pwned='f'})()__f__`,
	`__f__window.pwned='f2'__f__`,
	`ends in __f__`,
	`{{.}}{{printf "%s" "x"}}`,
	`${window.pwned='tpl'}`,
	"`;window.pwned='tick';//",
	`";window.pwned='quote';//`,
	`\";window.pwned='back';//`,
	`\u003cscript\u003ewindow.pwned='esc'\u003c/script\u003e`,
	`{a|rich}{b}{c}{marker|x}`,
	`<base href="http://attacker.invalid/">`,
	`<meta http-equiv=refresh content="0;url=http://attacker.invalid/">`,
	`<math><mtext><table><mglyph><style><img src=x onerror=window.pwned='math'>`,
	`<object data="http://attacker.invalid/o"></object><embed src=http://attacker.invalid/e>`,
	`<form action=http://attacker.invalid/><button autofocus>go</button></form>`,
	"\u202Egnp.exe\u202C \u2066x\u2069 \u200Bzero \uFEFFbom",
	"\x1b[2J\x1b]0;title\x07 \x00 \x08 \x7f \u0085",
	"\u2028\u2029\xff\xfe not utf-8 '\"<>&",
}

// structural fields hold no text of others: dates, clocks, zones, and the
// names of numbers.
var structural = regexp.MustCompile(`^(LocalDate|EventDate|WindowStart|WindowEnd|Zone)$`)

// poisoned is the shop with the payload at the end of every text, ids
// included, so that references still meet.
func poisoned(payload string) Site {
	s := shop()
	figures := map[FigureKey]*schemas.Table{}
	for key, t := range s.Figures {
		name := string(key)
		if strings.HasPrefix(name, "recurrence/") || strings.HasPrefix(name, "incident/") {
			last := strings.LastIndex(name, "/")
			name = name[:last] + payload + name[last:]
		}
		figures[FigureKey(name)] = poisonTable(t, payload)
	}
	s.Figures = nil
	v := reflect.ValueOf(&s).Elem()
	for i := range v.NumField() {
		if v.Field(i).Kind() == reflect.Slice || v.Field(i).Kind() == reflect.String {
			poison(v.Field(i), payload)
		}
	}
	s.Figures = figures
	s.Failed = map[FigureKey]string{"index/changes": payload}
	return s
}

func poison(v reflect.Value, payload string) {
	switch v.Kind() {
	case reflect.String:
		if v.String() != "" {
			v.SetString(v.String() + payload)
		}
	case reflect.Slice:
		for i := range v.Len() {
			poison(v.Index(i), payload)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if !structural.MatchString(v.Type().Field(i).Name) {
				poison(v.Field(i), payload)
			}
		}
	}
}

func poisonTable(t *schemas.Table, payload string) *schemas.Table {
	out := &schemas.Table{Query: t.Query + payload, SQL: t.SQL + payload}
	for _, c := range t.Columns {
		c.Doc += payload
		out.Columns = append(out.Columns, c)
	}
	for _, r := range t.Rows {
		line := append([]any{}, r...)
		for i, v := range line {
			name := t.Columns[i].Name
			if text, ok := v.(string); ok && name != "local_date" && name != "name" && name != "category" {
				line[i] = text + payload
			}
		}
		out.Rows = append(out.Rows, line)
	}
	return out
}

var policyTag = regexp.MustCompile(`<meta http-equiv="Content-Security-Policy"[^>]*>`)

const intruders = `document.querySelectorAll('img,iframe,object,embed,base,form,math,link:not([href$="assets/style.css"]),[onerror],[onload],[onmouseover],[onfocus],a[href^="javascript" i],a[href^="data" i],meta[http-equiv=refresh]').length +
  [...document.scripts].filter(s => s.type !== 'application/json' && !/assets\/(app|echarts\.min)\.js$/.test(s.src)).length`

// TestHostileText (S1): payloads in every field of every row and table, pages
// opened with and without their policy, tooltips fired: nothing runs, nothing
// is requested, every chart is drawn.
func TestHostileText(t *testing.T) {
	if len(payloads) != 40 {
		t.Fatalf("%d payloads, want 40", len(payloads))
	}
	ctx := browser(t)
	w := watch(ctx, t, t.TempDir())
	size := 10
	if *everyPayload {
		size = 1
	}
	for from, round := 0, 0; from < len(payloads); from, round = from+size, round+1 {
		payload := " " + strings.Join(payloads[from:from+size], " ")
		if *everyPayload {
			payload = payloads[from]
		}
		s := poisoned(payload)
		pages := mustRender(t, s)
		if round%2 == 0 { // escaping must hold by itself
			for i := range pages {
				pages[i].Bytes = policyTag.ReplaceAll(pages[i].Bytes, nil)
			}
		}
		dir := t.TempDir()
		writePages(t, dir, pages)
		w.root = "file://" + dir + "/"
		for _, name := range []string{
			"index.html", "quality.html", RecurrencePath("R-4f1c2a90" + payload), IncidentPath("INC-2041" + payload),
		} {
			where := fmt.Sprintf("payloads %d-%d, %s", from, from+size-1, name)
			v := openPage(ctx, t, filepath.Join(dir, name))
			if v.Ran != "" {
				t.Errorf("%s: ran %q", where, v.Ran)
			}
			if v.Intruders > 0 {
				t.Errorf("%s: %d elements or attributes that no template holds", where, v.Intruders)
			}
			if v.Drawn != v.Charts || v.Empty > 0 || (v.Charts == 0 && name != "quality.html") {
				t.Errorf("%s: %d of %d charts drawn, %d empty", where, v.Drawn, v.Charts, v.Empty)
			}
			w.report(t, where)
		}
	}
}

// TestHostilePaths: names of the data never choose where a page is written.
func TestHostilePaths(t *testing.T) {
	safe := regexp.MustCompile(`^(?:[a-z]+/)?[a-z0-9][a-z0-9.-]*$`)
	seen := map[string]string{}
	names := append([]string{"", "..", "../../x", "a/b", `a\b`, "NULL", "con", "2026-11-21", "A", "a", strings.Repeat("x", 300), strings.Repeat("x", 301)}, payloads...)
	for _, name := range names {
		for _, p := range []string{IncidentPath(name), RecurrencePath(name)} {
			if !safe.MatchString(p) || len(p) > 90 || strings.Contains(p, "..") {
				t.Errorf("path %q of %q is not safe", p, name)
			}
			if other, ok := seen[strings.ToLower(p)]; ok && other != name {
				t.Errorf("%q and %q share the path %q", name, other, p)
			}
			seen[strings.ToLower(p)] = name
		}
	}
}

// TestHiddenCharactersShown: no page holds a raw control or bidi character.
func TestHiddenCharactersShown(t *testing.T) {
	for _, p := range mustRender(t, poisoned(strings.Join(payloads[37:], " "))) {
		if !strings.HasSuffix(p.Path, ".html") {
			continue
		}
		if i := bytes.IndexFunc(p.Bytes, isHidden); i >= 0 {
			t.Errorf("%s holds %q", p.Path, p.Bytes[max(0, i-20):min(len(p.Bytes), i+20)])
		}
	}
}
