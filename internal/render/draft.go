package render

import (
	"bytes"
	"html"
)

// DraftPath is the path of an incident's postmortem draft as a page; the
// Markdown that people edit lies beside it under DraftFile.
func DraftPath(id string) string { return "incident/" + slug(id, 40) + "-draft.html" }

// DraftFile is the path of the Markdown of an incident's postmortem draft.
func DraftFile(id string) string { return "incident/" + slug(id, 40) + ".md" }

// draftStyle is all the style of a draft: it is mailed and pasted, and must
// stand alone.
const draftStyle = `:root{color-scheme:light dark}body{font:16px/1.55 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;overflow-wrap:anywhere}td:first-child,th{overflow-wrap:break-word}` +
	`table{border-collapse:collapse;width:100%;margin:1rem 0}td,th{border:1px solid color-mix(in srgb,currentColor 25%,transparent);padding:.35rem .5rem;text-align:left;vertical-align:top}` +
	`pre{font-size:.8rem;padding:.6rem;border:1px solid color-mix(in srgb,currentColor 20%,transparent);white-space:pre-wrap}h2{margin-top:2rem}@media(max-width:600px){table{display:block;overflow-x:auto}}`

// DraftPage wraps the HTML of a draft, which must come from a Markdown
// renderer that drops raw HTML, into a page that loads and runs nothing.
func DraftPage(title string, body []byte) []byte {
	var b bytes.Buffer
	b.WriteString("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n" +
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n" +
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>")
	b.WriteString(html.EscapeString(plain(title, 160)))
	b.WriteString("</title>\n<style>" + draftStyle + "</style></head>\n<body><main>\n")
	b.Write(body)
	b.WriteString("</main></body></html>\n")
	return b.Bytes()
}
