package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"almanac/schemas"
)

// Bounds on a person's statement. Some of DuckDB's functions look neither at
// the clock nor at its memory limit (levenshtein of long strings, repeat), so
// both are watched from outside.
const (
	// stopGrace is how long a statement may take to stop after its time.
	stopGrace = 1500 * time.Millisecond
	// maxResident is the memory, bytes, that the process may hold while one runs.
	maxResident = 4 << 30
	watchEvery  = 100 * time.Millisecond
)

// errStuck marks a statement that does not stop: only the end of the process
// ends it. The lake is read-only, so nothing is lost.
var errStuck = errors.New("it would not stop, so almanac ends with it")

// guarded runs a statement for at most timeout, plus stopGrace.
func guarded(ctx context.Context, timeout time.Duration, run func(context.Context) (*schemas.Table, error)) (*schemas.Table, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	type answer struct {
		t   *schemas.Table
		err error
	}
	answered := make(chan answer, 1)
	go func() {
		t, err := run(ctx)
		answered <- answer{t, err}
	}()
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	done := ctx.Done()
	var over <-chan time.Time
	for {
		select {
		case a := <-answered:
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return nil, tooLong(timeout)
			}
			return a.t, a.err
		case <-done:
			done, over = nil, time.After(stopGrace)
		case <-over:
			return nil, fmt.Errorf("%w; %w", tooLong(timeout), errStuck)
		case <-tick.C:
			if resident() > maxResident {
				return nil, fmt.Errorf("the statement took more than %d GB; %w", maxResident>>30, errStuck)
			}
		}
	}
}

func tooLong(timeout time.Duration) error {
	return fmt.Errorf("the statement was ended after %s; narrow it (event_date is the partition) or raise --timeout", timeout)
}

// resident is the memory this process holds, bytes; 0 where the system does
// not say.
func resident() int64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text))
	if len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}
