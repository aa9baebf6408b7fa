// Package stat holds the tests, tails and intervals that almanac's judgements
// rest on: numbers in, numbers out, every formula with its source. It knows
// nothing of logs, calendars or words, reads no clock and keeps no state.
//
// Probabilities that may be tiny are natural logarithms; such functions begin
// with Ln. No function panics or returns NaN for any input: out of range
// arguments are clamped and the docstring says to what.
package stat
