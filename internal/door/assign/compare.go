package assign

import (
	"context"
	"fmt"
	"sort"

	"almanac/internal/intake"
	"almanac/internal/signature"
	"almanac/schemas"
)

// Compare tries rules on a file: it answers with the number of signatures
// before and after, and then with what was merged, split or written in
// another way, each with its lines and an example.
func Compare(ctx context.Context, path string, src *intake.Source, before, after signature.Rules) (*schemas.Table, error) {
	texts, err := messagesOf(ctx, path, src)
	if err != nil {
		return nil, err
	}
	t := &schemas.Table{Columns: []schemas.Column{
		{Name: "change", Type: "VARCHAR"}, {Name: "before", Type: "VARCHAR"}, {Name: "after", Type: "VARCHAR"},
		{Name: "lines", Type: "BIGINT"}, {Name: "example", Type: "VARCHAR"}}}
	pairs, olds, news := pairUp(assigned(texts, before), assigned(texts, after), texts)
	t.Rows = append(t.Rows, []any{"signatures", fmt.Sprint(len(olds)), fmt.Sprint(len(news)), int64(len(texts)), ""})
	for _, p := range pairs {
		if c := p.change(olds, news); c != "" {
			t.Rows = append(t.Rows, []any{c, p.before, p.after, p.lines, p.example})
		}
	}
	return t, nil
}

// pair are the lines that went from one template to another.
type pair struct {
	before, after string
	lines         int64
	example       string // the first of them
}

// change names what became of the pair's templates; "" for nothing. Each
// template is in so many pairs as olds and news say.
func (p pair) change(olds, news map[string]int) string {
	switch split, merged := olds[p.before] > 1, news[p.after] > 1; {
	case split && merged:
		return "regrouped"
	case split:
		return "split"
	case merged:
		return "merged"
	case p.before != p.after:
		return "renamed"
	}
	return ""
}

// pairUp lists the pairs, sorted by what they became, and counts for each
// template the pairs it is in.
func pairUp(before, after []signature.Assignment, texts []string) (out []pair, olds, news map[string]int) {
	at := map[[2]string]int{}
	olds, news = map[string]int{}, map[string]int{}
	for i := range texts {
		k := [2]string{before[i].Template, after[i].Template}
		n, ok := at[k]
		if !ok {
			n = len(out)
			at[k] = n
			out = append(out, pair{before: k[0], after: k[1], example: texts[i]})
			olds[k[0]]++
			news[k[1]]++
		}
		out[n].lines++
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].after != out[j].after {
			return out[i].after < out[j].after
		}
		return out[i].before < out[j].before
	})
	return out, olds, news
}
