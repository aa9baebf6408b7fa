package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is the release; the Makefile may set it.
var version = "0.1.0"

// toolVersion is written into manifests and pages.
func toolVersion() string { return "almanac " + version }

func (a *app) versionCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "version", Short: "the version, and those of what matters inside", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if !asJSON {
				_, err := fmt.Fprintln(a.out, toolVersion())
				return err
			}
			out, err := json.MarshalIndent(versions(), "", "  ")
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(a.out, "%s\n", out)
			return err
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

func versions() map[string]string {
	v := map[string]string{"almanac": version, "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	for _, m := range info.Deps {
		switch m.Path {
		case "github.com/marcboeker/go-duckdb/v2", "github.com/duckdb/duckdb-go-bindings",
			"github.com/parquet-go/parquet-go", "github.com/go-echarts/go-echarts/v2", "github.com/spf13/viper":
			v[m.Path] = m.Version
		}
	}
	return v
}
