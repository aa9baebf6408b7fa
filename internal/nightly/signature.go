package nightly

import (
	"context"
	"fmt"

	"almanac/internal/config"
	"almanac/internal/signature"
	"almanac/internal/warehouse"
)

// SignatureRules are the site's rules for signatures.
func SignatureRules(c *config.Config) signature.Rules {
	r := signature.Rules{NeverMerge: c.Signatures.NeverMerge}
	for _, p := range c.Signatures.Patterns {
		r.Patterns = append(r.Patterns, signature.Pattern(p))
	}
	return r
}

// noteOverflow says in the night's notes which lines the lake does not tell
// apart: totals stay exact, but nothing can be found out about what they say.
func noteOverflow(ctx context.Context, w *warehouse.Warehouse, v *verdicts) error {
	t, err := w.Table(ctx, "ask/signature_overflow", nil)
	if err != nil {
		return err
	}
	for _, row := range t.Rows {
		v.notes = append(v.notes, fmt.Sprintf(
			"%v: %v lines of %v forms have no pattern of their own and count as <overflow>; "+
				"a pattern under signatures: in almanac.yaml would tell them apart.", row[0], row[1], row[2]))
	}
	return nil
}
