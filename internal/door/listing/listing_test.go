package listing

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"almanac/schemas"
)

func sample() *schemas.Table {
	return &schemas.Table{
		Columns: []schemas.Column{{Name: "id", Type: "VARCHAR"}, {Name: "ts", Type: "TIMESTAMP"}, {Name: "n", Type: "BIGINT"}, {Name: "x", Type: "DOUBLE"}},
		Rows: [][]any{
			{"=cmd|' /C calc'!A0", time.Date(2026, 11, 8, 16, 0, 0, 500000, time.UTC), int64(3), 0.25},
			{"a\x1b[31mred\u202e<b>|", nil, nil, nil},
		},
	}
}

func TestEveryFormat(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for format, want := range map[string]string{
		"jsonl": `{"id":"=cmd|' /C calc'!A0","ts":"2026-11-08T16:00:00.0005Z","n":3,"x":0.25}` + "\n" +
			`{"id":"a\u001b[31mred\u202e<b>|","ts":null,"n":null,"x":null}` + "\n",
		"csv": "id,ts,n,x\n'=cmd|' /C calc'!A0,2026-11-08T16:00:00.0005Z,3,0.25\na\x1b[31mred\u202e<b>|,,,\n",
		"markdown": "| id | ts | n | x |\n| --- | --- | --- | --- |\n" +
			`| =cmd\|' /C calc'!A0 | 2026-11-08 17:00:00 +01:00 | 3 | 0.25 |` + "\n" +
			`| a\u001b\[31mred\u202e&lt;b&gt;\| |  |  |  |` + "\n",
	} {
		var b bytes.Buffer
		if err := Write(&b, sample(), Options{Format: format, Zone: berlin}); err != nil {
			t.Fatal(err)
		}
		got := b.String()
		if got != want {
			t.Errorf("%s:\n%q\nwant\n%q", format, got, want)
		}
	}
}

func TestTerminalNeverGetsControlCharacters(t *testing.T) {
	for _, format := range []string{"table", "markdown"} {
		var b bytes.Buffer
		if err := Write(&b, sample(), Options{Format: format}); err != nil {
			t.Fatal(err)
		}
		for _, r := range b.String() {
			if r != '\n' && hidden(r) {
				t.Errorf("%s: raw %U in\n%s", format, r, b.String())
			}
		}
	}
}

func TestUnknownFormat(t *testing.T) {
	if err := Write(&bytes.Buffer{}, sample(), Options{Format: "xml"}); err == nil || !strings.Contains(err.Error(), "jsonl") {
		t.Errorf("got %v", err)
	}
}

// In a narrow terminal texts are wrapped, and where even that is too wide
// every field has its line: nothing is cut off.
func TestNarrowTerminal(t *testing.T) {
	table := &schemas.Table{
		Columns: []schemas.Column{{Name: "state"}, {Name: "n", Type: "BIGINT"}, {Name: "found"}, {Name: "do"}},
		Rows: [][]any{
			{"warn", int64(7), "nothing for 267 hours \x1b[31m", "see whether the service writes\nand the file arrives"},
			{"ok", int64(12), "", nil},
		},
	}
	for _, c := range []struct {
		width int
		want  string
	}{
		{0, " state   n  found                             do                                                   \n" +
			" warn    7  nothing for 267 hours \\u001b[31m  see whether the service writes\\nand the file arrives \n" +
			" ok     12                                                                                         \n"},
		{60, " state   n  found                   do                      \n" +
			" warn    7  nothing for 267 hours   see whether the service \n" +
			"            \\u001b[31m              writes\\nand the file    \n" +
			"                                    arrives                 \n" +
			" ok     12                                                  \n"},
		{30, ""},
	} {
		var b strings.Builder
		if err := Write(&b, table, Options{Format: "table", Width: c.width, Terminal: true}); err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(strings.TrimSuffix(b.String(), "\n"), "\n") {
			if n := len([]rune(line)); c.width > 0 && n > c.width {
				t.Errorf("%d columns: a line of %d: %q", c.width, n, line)
			}
		}
		if c.want != "" && b.String() != c.want {
			t.Errorf("%d columns:\n%q\nwant\n%q", c.width, b.String(), c.want)
		}
		if strings.ContainsRune(b.String(), 0x1b) || !strings.Contains(b.String(), "arrives") {
			t.Errorf("%d columns: %q", c.width, b.String())
		}
	}
}
