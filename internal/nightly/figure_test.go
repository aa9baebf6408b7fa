package nightly_test

import (
	"context"
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"

	"almanac/internal/lake"
	"almanac/internal/warehouse"
	"almanac/schemas"
)

var (
	queryFold = regexp.MustCompile(`(?s)<details class="query">.*?<code class="sql">(.*?)</code>`)
	tableHTML = regexp.MustCompile(`(?s)<table.*?</table>`)
	headCell  = regexp.MustCompile(`(?s)<th scope="col"[^>]*>(.*?)</th>`)
	bodyHTML  = regexp.MustCompile(`(?s)<tbody>(.*?)</tbody>`)
	rowHTML   = regexp.MustCompile(`(?s)<tr[^>]*>(.*?)</tr>`)
	cellHTML  = regexp.MustCompile(`(?s)<t[dh][^>]*>(.*?)</t[dh]>`)
	tagHTML   = regexp.MustCompile(`(?s)<[^>]*>`)
)

// Every query on every page runs as it is printed, and the table before it
// shows what it answers.
func TestEveryFigureCarriesItsQuery(t *testing.T) {
	t.Parallel()
	dir, w := mini(t)
	out := walk(t, load(t, dir), w.AsOf(), 2)
	l, err := lake.Open(out.Lake)
	if err != nil {
		t.Fatal(err)
	}
	wh, err := warehouse.Open(context.Background(), l, warehouse.Options{Zone: load(t, dir).Location()})
	if err != nil {
		t.Fatal(err)
	}
	defer wh.Close()
	queries, tables := 0, 0
	for name, page := range tree(t, out.Report) {
		if !strings.HasSuffix(name, ".html") {
			continue
		}
		from := 0
		for _, at := range queryFold.FindAllStringSubmatchIndex(page, -1) {
			sql := html.UnescapeString(page[at[2]:at[3]])
			answer, err := wh.SQL(context.Background(), sql)
			if err != nil {
				t.Errorf("%s: a printed query does not run: %v\n%s", name, err, sql)
				continue
			}
			queries++
			if shown := tableHTML.FindAllString(page[from:at[0]], -1); len(shown) > 0 {
				tables += compare(t, name, shown[len(shown)-1], answer)
			}
			from = at[1]
		}
	}
	if queries < 20 || tables < 10 {
		t.Errorf("only %d queries and %d tables compared", queries, tables)
	}
}

// compare holds a shown table to an answer: columns of the same name whose
// cells are whole numbers or absent. It gives 1 where there was one to compare.
func compare(t *testing.T, page, shown string, answer *schemas.Table) int {
	t.Helper()
	body := bodyHTML.FindStringSubmatch(shown)
	if body == nil {
		return 0
	}
	index := map[int]int{}
	for i, h := range headCell.FindAllStringSubmatch(shown, -1) {
		name := strings.TrimSpace(html.UnescapeString(tagHTML.ReplaceAllString(h[1], "")))
		name = strings.NewReplacer(" (", "_", ")", "", " ", "_").Replace(name) // "lag (s)" is lag_s
		if c := answer.Index(name); c >= 0 && answer.Columns[c].Type == "BIGINT" {
			index[i] = c
		}
	}
	rows := rowHTML.FindAllStringSubmatch(body[1], -1)
	if len(index) == 0 || len(rows) == 0 {
		return 0
	}
	if len(rows) > len(answer.Rows) {
		t.Errorf("%s: the page shows %d rows, the query gives %d", page, len(rows), len(answer.Rows))
		return 1
	}
	for r, row := range rows {
		cells := cellHTML.FindAllStringSubmatch(row[1], -1)
		for i, c := range index {
			if i >= len(cells) {
				continue
			}
			got := strings.TrimSpace(tagHTML.ReplaceAllString(cells[i][1], ""))
			want := "–"
			if v := answer.Rows[r][c]; v != nil {
				want = fmt.Sprint(v)
			}
			if got != want && strings.ReplaceAll(got, ",", "") != want {
				t.Errorf("%s: row %d, column %s shows %q, the query gives %q", page, r+1, answer.Columns[c].Name, got, want)
			}
		}
	}
	return 1
}
