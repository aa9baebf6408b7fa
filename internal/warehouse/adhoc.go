package warehouse

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"almanac/schemas"
)

// SQL runs a person's own text: exactly one SELECT over the views. The gate
// works on DuckDB's own parse of the text, so comments and quoting cannot
// hide a second statement or a file.
func (w *Warehouse) SQL(ctx context.Context, text string) (*schemas.Table, error) {
	if err := w.gate(ctx, text); err != nil {
		return nil, err
	}
	t, err := w.table(ctx, text, nil)
	if err != nil {
		return nil, fmt.Errorf("run the query: %w", err)
	}
	return t, nil
}

// allowedTableFunctions make rows from nothing or from the catalogue.
var allowedTableFunctions = map[string]bool{
	"range": true, "generate_series": true, "unnest": true,
	"duckdb_views": true, "duckdb_columns": true, "duckdb_functions": true,
}

func (w *Warehouse) gate(ctx context.Context, text string) error {
	t, err := w.Table(ctx, "duckdb/syntax_tree", Params{"text": text})
	if err != nil {
		return fmt.Errorf("read the query: %w", err)
	}
	out, _ := t.Rows[0][0].(string)
	var tree struct {
		Error        bool   `json:"error"`
		ErrorMessage string `json:"error_message"`
		Statements   []any  `json:"statements"`
	}
	if err := json.Unmarshal([]byte(out), &tree); err != nil {
		return fmt.Errorf("read the query: %w", err)
	}
	switch {
	case tree.Error && strings.Contains(tree.ErrorMessage, "Only SELECT"):
		return fmt.Errorf("only a SELECT can be run here: the lake is read-only")
	case tree.Error:
		return fmt.Errorf("the query has an error: %s", tree.ErrorMessage)
	case len(tree.Statements) != 1:
		return fmt.Errorf("write one SELECT, not %d statements", len(tree.Statements))
	}
	return checkTree(tree.Statements[0])
}

// checkTree refuses table functions outside the list, and tables named like
// files (DuckDB would read them).
func checkTree(node any) error {
	switch n := node.(type) {
	case []any:
		for _, c := range n {
			if err := checkTree(c); err != nil {
				return err
			}
		}
	case map[string]any:
		if err := checkNode(n); err != nil {
			return err
		}
		for _, c := range n {
			if err := checkTree(c); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkNode(n map[string]any) error {
	switch n["type"] {
	case "TABLE_FUNCTION":
		f, _ := n["function"].(map[string]any)
		name, _ := f["function_name"].(string)
		if !allowedTableFunctions[strings.ToLower(name)] {
			return fmt.Errorf("table function %s() is not allowed here; query the views (almanac sql --tables lists them)", name)
		}
	case "BASE_TABLE":
		name, _ := n["table_name"].(string)
		if strings.ContainsAny(name, "./\\*?:[") {
			return fmt.Errorf("%q names a file; only the lake's views can be queried", name)
		}
	}
	return nil
}
