// Command almanac is a batch postmortem and pattern warehouse: it turns logs,
// change records and incidents into Parquet, finds what keeps happening and
// since which change, and writes offline pages for the weekly review.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
