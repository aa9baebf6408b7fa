package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"almanac/internal/config"
	"almanac/internal/lake"
	"almanac/internal/warehouse"
	"almanac/queries"
	"almanac/schemas"
)

// withWarehouse opens the lake for reading; it takes no lock.
func (a *app) withWarehouse(ctx context.Context, f func(*warehouse.Warehouse, *config.Config) error) error {
	c, err := a.loadForReading()
	if err != nil {
		return err
	}
	if err := a.lakeExists(c); err != nil {
		return err
	}
	l, err := lake.Open(c.Resolve(c.Lake))
	if err != nil {
		return err
	}
	w, err := warehouse.Open(ctx, l, warehouse.Options{Zone: c.Location(), Teams: c.Teams(), Threads: a.workers})
	if err != nil {
		return err
	}
	defer w.Close()
	return f(w, c)
}

func (a *app) askCommand() *cobra.Command {
	var params []string
	var header bool
	c := &cobra.Command{
		Use:   "ask [NAME]",
		Short: "a ready question to the lake; without a name: the list of questions",
		Example: `  almanac ask recurrences --format jsonl
  almanac ask incident_timeline -p incident=INC-12
  almanac ask errors --header`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.write(askList(), config.Default("."))
			}
			q, err := askQuery(args[0])
			if err != nil {
				return err
			}
			if header {
				_, err := fmt.Fprint(a.out, describe(q))
				return err
			}
			p, err := parseParams(params)
			if err != nil {
				return err
			}
			for _, d := range q.Params {
				if _, given := p[d.Name]; !given && !d.HasDefault {
					return usageError("ask %s needs -p %s=… (%s): %s", args[0], d.Name, d.Type, d.Doc)
				}
			}
			return a.withWarehouse(cmd.Context(), func(w *warehouse.Warehouse, c *config.Config) error {
				t, err := w.Table(cmd.Context(), q.Name, p)
				if err != nil {
					return err
				}
				return a.write(t, c)
			})
		},
	}
	c.ValidArgsFunction = func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return questions(), cobra.ShellCompDirectiveNoFileComp
	}
	c.Flags().StringArrayVarP(&params, "param", "p", nil, "parameter k=v (repeatable)")
	c.Flags().BoolVar(&header, "header", false, "print what the question reads, takes and answers")
	a.formatFlag(c)
	return c
}

func askQuery(name string) (queries.Query, error) {
	q, err := queries.Load("ask/" + name)
	if err == nil {
		return q, nil
	}
	return q, usageError("there is no question %q%s 'almanac ask' lists them", name, didYouMean(name, "", questions()))
}

// questions are the names that ask takes.
func questions() []string {
	var names []string
	for _, n := range queries.Names("ask") {
		names = append(names, strings.TrimPrefix(n, "ask/"))
	}
	return names
}

func askList() *schemas.Table {
	t := &schemas.Table{Columns: []schemas.Column{{Name: "name"}, {Name: "answers"}, {Name: "parameters"}}}
	for _, n := range queries.Names("ask") {
		q, err := queries.Load(n)
		if err != nil {
			continue
		}
		var params []string
		for _, p := range q.Params {
			s := p.Name
			if !p.HasDefault {
				s += " (needed)"
			}
			params = append(params, s)
		}
		t.Rows = append(t.Rows, []any{strings.TrimPrefix(n, "ask/"), firstSentence(q.Doc), strings.Join(params, ", ")})
	}
	return t
}

// firstSentence is what a query's header says first, on one line.
func firstSentence(doc string) string {
	text, _, _ := strings.Cut(doc, "\n\n")
	text = strings.Join(strings.Fields(text), " ")
	if first, _, more := strings.Cut(text, ". "); more {
		return first + "."
	}
	return text
}

// describe prints a query's header as its help.
func describe(q queries.Query) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n%s\n", strings.TrimPrefix(q.Name, "ask/"), q.Doc)
	if len(q.Params) > 0 {
		b.WriteString("\nParameters (-p name=value):\n")
	}
	for _, p := range q.Params {
		def := "needed"
		if p.HasDefault {
			def = fmt.Sprintf("default %q", p.Default)
		}
		fmt.Fprintf(&b, "  %-16s %-10s %s; %s\n", p.Name, p.Type, def, p.Doc)
	}
	b.WriteString("\nColumns:\n")
	for _, c := range q.Columns {
		fmt.Fprintf(&b, "  %-22s %-10s %s\n", c.Name, c.Type, c.Doc)
	}
	fmt.Fprintf(&b, "\nOne row per: %s\n\n%s\n", q.Grain, q.SQL)
	return b.String()
}

func parseParams(kv []string) (warehouse.Params, error) {
	p := warehouse.Params{}
	for _, s := range kv {
		k, v, ok := strings.Cut(s, "=")
		if !ok || k == "" {
			return nil, usageError("-p %q: write name=value", s)
		}
		p[k] = v
	}
	return p, nil
}
