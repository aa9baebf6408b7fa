package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/peterh/liner"
	"github.com/spf13/cobra"

	"almanac/internal/config"
	"almanac/internal/warehouse"
	"almanac/queries"
	"almanac/schemas"
)

func (a *app) sqlCommand() *cobra.Command {
	var text string
	var tables bool
	var timeout time.Duration
	c := &cobra.Command{
		Use:   "sql",
		Short: "one SELECT over the lake's views; without -c: from standard input, or a prompt",
		Long: `sql answers one SELECT over the views that --tables lists (DuckDB's dialect). It
changes nothing, reads nothing outside the lake and ends after --timeout. Times
are UTC; event_date is the partition: name it where the lake is large.`,
		Example: `  almanac sql --tables
  almanac sql -c "SELECT service, count(*) FROM event WHERE level = 'error' GROUP BY service ORDER BY 2 DESC"`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if tables {
				return a.write(tableList(), config.Default("."))
			}
			return a.withWarehouse(cmd.Context(), func(w *warehouse.Warehouse, c *config.Config) error {
				ask := func(text string) error { return a.runSQL(cmd.Context(), w, c, text, timeout) }
				if text != "" {
					return ask(text)
				}
				return a.sqlLoop(cmd.InOrStdin(), ask)
			})
		},
	}
	c.Flags().StringVarP(&text, "command", "c", "", "the statement")
	c.Flags().BoolVar(&tables, "tables", false, "list the views and their columns")
	c.Flags().DurationVar(&timeout, "timeout", time.Minute, "a statement is ended after this long")
	a.formatFlag(c)
	return c
}

func (a *app) runSQL(ctx context.Context, w *warehouse.Warehouse, c *config.Config, text string, timeout time.Duration) error {
	t, err := guarded(ctx, timeout, func(ctx context.Context) (*schemas.Table, error) { return w.SQL(ctx, text) })
	if err != nil {
		return err
	}
	return a.write(t, c)
}

// sqlLoop reads one statement from a pipe, or many from a person.
func (a *app) sqlLoop(in io.Reader, ask func(string) error) error {
	if _, terminal := terminalWidth(a.out); !terminal || in != io.Reader(os.Stdin) {
		text, err := io.ReadAll(bufio.NewReader(in))
		if err != nil {
			return fmt.Errorf("read the statement: %w", err)
		}
		if strings.TrimSpace(string(text)) == "" {
			return usageError("no statement: give one with -c or on standard input")
		}
		return ask(string(text))
	}
	line := liner.NewLiner()
	defer line.Close()
	line.SetCtrlCAborts(true)
	var stmt strings.Builder
	for {
		prompt := "almanac> "
		if stmt.Len() > 0 {
			prompt = "    ...> "
		}
		s, err := line.Prompt(prompt)
		if err != nil {
			return nil // end of input, or ^C: the person is done
		}
		stmt.WriteString(s + "\n")
		if !strings.HasSuffix(strings.TrimSpace(s), ";") {
			continue
		}
		text := strings.TrimSpace(stmt.String())
		stmt.Reset()
		line.AppendHistory(strings.ReplaceAll(text, "\n", " "))
		if err := ask(text); errors.Is(err, errStuck) {
			return err
		} else if err != nil {
			fmt.Fprintln(a.err, escapeLines(err.Error()))
		}
	}
}

func tableList() *schemas.Table {
	t := &schemas.Table{Columns: []schemas.Column{{Name: "view"}, {Name: "column"}, {Name: "type"}, {Name: "meaning"}}}
	for _, folder := range []string{"view", "table"} {
		for _, n := range queries.Names(folder) {
			q, err := queries.Load(n)
			if err != nil {
				continue
			}
			t.Rows = append(t.Rows, []any{q.Object, "", "", firstSentence(q.Doc)})
			for _, c := range q.Columns {
				t.Rows = append(t.Rows, []any{q.Object, c.Name, c.Type, c.Doc})
			}
		}
	}
	return t
}
