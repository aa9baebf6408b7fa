package render

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"almanac/schemas"
)

// figure is a chart with the table it is drawn from and the query that gives
// the table again.
type figure struct {
	ID, Title string
	Lead      string // what to see in it, and what was done to the scale
	Kind      Chart
	Option    json.RawMessage // nil: no chart
	Aria      string
	Empty     string // why there is no chart or no table
	Strip     *strip
	Table     *table
	Query     string
	SQL       string
	Open      bool // the table is shown, not folded
	Bare      bool // its section's heading says enough
}

type table struct {
	Caption string
	Cols    []col
	Rows    [][]cell
	More    int // rows that are not shown
}

type col struct {
	Name, Doc string
	Num       bool
}

type cell struct {
	Text, ISO string
	Num, Long bool
}

// maxTableRows bounds a table on a page; the query gives the rest.
const maxTableRows = 400

// answer finds the table of a figure, or why there is none.
func (f *facts) answer(key FigureKey) (*schemas.Table, string) {
	if t := f.site.Figures[key]; t != nil {
		return t, ""
	}
	if why := f.site.Failed[key]; why != "" {
		return nil, "The query failed: " + why
	}
	return nil, "The query for this figure was not run."
}

// figure makes a table-only figure; charts are added by their makers.
func (f *facts) figure(key FigureKey, id, title string) figure {
	t, why := f.answer(key)
	fig := figure{ID: id, Title: title, Kind: ChartNone}
	if t == nil {
		fig.Empty = why
		return fig
	}
	fig.Query, fig.SQL = t.Query, t.SQL
	if len(t.Rows) == 0 {
		fig.Empty = "The query gave no rows."
		return fig
	}
	fig.Table = f.table(t, title)
	return fig
}

func (f *facts) table(t *schemas.Table, caption string) *table {
	out := &table{Caption: caption}
	for _, c := range t.Columns {
		out.Cols = append(out.Cols, col{Name: c.Name, Doc: c.Doc, Num: isNumeric(c.Type)})
	}
	rows := t.Rows
	if len(rows) > maxTableRows {
		out.More = len(rows) - maxTableRows
		rows = rows[:maxTableRows]
	}
	for _, r := range rows {
		line := make([]cell, len(r))
		for i, v := range r {
			line[i] = f.cell(v)
			if i < len(out.Cols) {
				line[i] = line[i].in(out.Cols[i], v)
			}
		}
		out.Rows = append(out.Rows, line)
	}
	return out
}

// in is the cell as its column asks: what is absent stands under the numbers,
// counts have their digits grouped, shares are percent.
func (c cell) in(col col, v any) cell {
	c.Num = c.Num || col.Num
	switch x := v.(type) {
	case int64:
		if !strings.HasSuffix(col.Name, "line") {
			c.Text = count(x)
		}
	case float64:
		if strings.HasSuffix(col.Name, "_share") {
			c.Text = percent(x)
		}
	}
	return c
}

func isNumeric(t string) bool {
	switch t {
	case "BIGINT", "INTEGER", "DOUBLE":
		return true
	}
	return false
}

func (f *facts) cell(v any) cell {
	switch x := v.(type) {
	case nil:
		return cell{Text: "–"}
	case time.Time:
		if x.IsZero() {
			return cell{Text: "–"}
		}
		return cell{Text: x.In(f.zone).Format("2006-01-02 15:04:05-07:00"), ISO: f.when(x).ISO}
	case int64:
		return cell{Text: strconv.FormatInt(x, 10), Num: true}
	case float64:
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return cell{Text: "not a number"}
		}
		return cell{Text: strconv.FormatFloat(x, 'g', 6, 64), Num: true}
	case bool:
		if x {
			return cell{Text: "yes"}
		}
		return cell{Text: "no"}
	case string:
		return cell{Text: cut(x, 600), Long: len(x) > 40}
	}
	return cell{Text: fmt.Sprint(v)}
}

// pick shows some columns of a figure's table, named for reading: pairs of
// column and heading. Columns that the answer lacks are left out.
func (fig *figure) pick(pairs ...string) {
	if fig.Table == nil {
		return
	}
	out := table{Caption: fig.Table.Caption, More: fig.Table.More, Rows: make([][]cell, len(fig.Table.Rows))}
	for p := 0; p+1 < len(pairs); p += 2 {
		for i, c := range fig.Table.Cols {
			if c.Name != pairs[p] {
				continue
			}
			c.Name = pairs[p+1]
			out.Cols = append(out.Cols, c)
			for k, row := range fig.Table.Rows {
				if i < len(row) {
					out.Rows[k] = append(out.Rows[k], brief(row[i]))
				}
			}
		}
	}
	if len(out.Cols) > 0 {
		fig.Table = &out
	}
}

// brief cuts a fraction to three digits.
func brief(c cell) cell {
	if v, err := strconv.ParseFloat(c.Text, 64); err == nil && c.Num && strings.Contains(c.Text, ".") {
		c.Text = strconv.FormatFloat(v, 'g', 3, 64)
		if math.Abs(v) >= 1000 {
			c.Text = strconv.FormatFloat(v, 'f', 0, 64)
		}
	}
	return c
}

// cut shortens long text and says so.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n]) + fmt.Sprintf("… (%d more characters)", len(r)-n)
}

// rows reads a table by column name, so that a further column harms nothing.
type rows struct {
	t   *schemas.Table
	pos map[string]int
}

func readRows(t *schemas.Table) rows {
	r := rows{t: t, pos: map[string]int{}}
	for i, c := range t.Columns {
		r.pos[c.Name] = i
	}
	return r
}

func (r rows) value(row int, name string) any {
	i, ok := r.pos[name]
	if !ok || i >= len(r.t.Rows[row]) {
		return nil
	}
	return r.t.Rows[row][i]
}

func (r rows) text(row int, name string) string {
	s, _ := r.value(row, name).(string)
	return s
}

// number reads a cell as a finite number.
func (r rows) number(row int, name string) (float64, bool) {
	switch x := r.value(row, name).(type) {
	case int64:
		return float64(x), true
	case int32:
		return float64(x), true
	case int:
		return float64(x), true
	case float64:
		return x, !math.IsNaN(x) && !math.IsInf(x, 0)
	}
	return 0, false
}

func (r rows) time(row int, name string) time.Time {
	t, _ := r.value(row, name).(time.Time)
	return t
}

// draw turns options into the JSON of a chart; options that cannot be JSON
// give a reason instead of a broken page.
func (fig *figure) draw(kind Chart, option any, aria string) {
	text, err := json.Marshal(option)
	if err != nil {
		fig.Empty = "The chart could not be drawn: a value is not a number."
		return
	}
	fig.Kind, fig.Option, fig.Aria = kind, text, aria
}
