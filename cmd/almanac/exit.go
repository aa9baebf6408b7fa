package main

import (
	"errors"
	"fmt"

	"almanac/internal/config"
	"almanac/internal/lake"
)

// Exit codes.
const (
	exitOK          = 0
	exitFailed      = 1  // nothing changed
	exitUsage       = 2  // usage or configuration
	exitQuarantined = 3  // done, more input refused than --max-rejects
	exitMatched     = 4  // a --fail-on condition matched
	exitNothing     = 5  // no input could be read
	exitLocked      = 75 // another night is at work (EX_TEMPFAIL)
)

// exitError carries the exit code of a failure.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

func usageError(format string, a ...any) error {
	return &exitError{exitUsage, fmt.Errorf(format, a...)}
}

// started marks errors of a command that had begun; others are usage errors.
type started struct{ err error }

func (s *started) Error() string { return s.err.Error() }
func (s *started) Unwrap() error { return s.err }

func exitCode(err error) int {
	var coded *exitError
	var problems *config.Problems
	var begun *started
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &coded):
		return coded.code
	case errors.As(err, &problems), errors.Is(err, config.ErrNotFound):
		return exitUsage
	case errors.Is(err, lake.ErrLocked):
		return exitLocked
	case errors.As(err, &begun):
		return exitFailed
	}
	return exitUsage
}
