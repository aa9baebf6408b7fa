package intake

import (
	"bytes"
	"fmt"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
)

// MarkdownHTML turns a report into HTML. Raw HTML and script links of the
// text are dropped: what people or logs wrote stays text.
func MarkdownHTML(text []byte) ([]byte, error) {
	var b bytes.Buffer
	if err := goldmark.New(goldmark.WithExtensions(extension.Table)).Convert(text, &b); err != nil {
		return nil, fmt.Errorf("turn Markdown into HTML: %w", err)
	}
	return b.Bytes(), nil
}
