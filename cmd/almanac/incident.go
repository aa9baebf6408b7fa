package main

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"almanac/internal/config"
	"almanac/internal/door/incident"
	"almanac/internal/nightly"
	"almanac/internal/warehouse"
)

func (a *app) incidentCommand() *cobra.Command {
	var from, to, service, format string
	var skew time.Duration
	c := &cobra.Command{
		Use:   "incident [ID]",
		Short: "one incident in depth: errors, order of failure, gaps, trend, state, alerts, queries, postmortem draft",
		Long: `Everything the lake can say of one incident, or, with --from and --to, of a
window that no record names. It reads only and takes no lock.

Times without an offset are in the site's zone. The JSON has the keys
error_table, cascade, verdict (root, not certain or no log evidence), gaps,
trend, causes, similar and queries, among others.`,
		Example: `  almanac incident INC-12
  almanac incident INC-12 --format json
  almanac incident INC-12 --format markdown > postmortem.md
  almanac incident --from '2026-11-05 14:00' --to '2026-11-05 15:00' --service cart`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !contains(append(incident.Formats, "table"), format) {
				return usageError("unknown format %q; use one of %s", format, strings.Join(incident.Formats, ", "))
			}
			o := nightly.DossierOptions{Now: time.Now(), Service: service, MaxSkew: skew}
			switch {
			case len(args) == 1 && (from != "" || to != "" || service != ""):
				return usageError("give an incident's ID or a window (--from, --to, --service), not both")
			case len(args) == 1:
				o.Incident = args[0]
			case from == "" || to == "":
				return usageError("name an incident, or a window with --from and --to; 'almanac ask incidents' lists the incidents")
			}
			if skew < 0 {
				return usageError("--skew %s: write a length of time such as 10s", skew)
			}
			return a.withWarehouse(cmd.Context(), func(w *warehouse.Warehouse, c *config.Config) error {
				o.Config = c
				if o.Incident == "" {
					var err error
					if o.From, err = readInstant("--from", from, c.Location()); err != nil {
						return err
					}
					if o.Until, err = readInstant("--to", to, c.Location()); err != nil {
						return err
					}
					if !o.Until.After(o.From) {
						return usageError("--to %s is not after --from %s", to, from)
					}
				}
				d, err := nightly.Dossier(cmd.Context(), w, o)
				if err != nil {
					return err
				}
				return incident.Write(a.out, d, format, c.Location())
			})
		},
	}
	f := c.Flags()
	f.StringVar(&from, "from", "", "start of a window without a record, e.g. '2026-11-05 14:00' or RFC 3339")
	f.StringVar(&to, "to", "", "end of the window, exclusive")
	f.StringVar(&service, "service", "", "the failing service: it, what it calls and its callers are looked at")
	f.StringVar(&format, "format", "text", "output: "+strings.Join(incident.Formats, ", "))
	f.DurationVar(&skew, "skew", 0, "clocks are known to differ by up to this, e.g. 10s (what shared trace ids show counts anyway)")
	return c
}
