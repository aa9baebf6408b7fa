// Package finding judges: rows that SQL has counted go in, conclusions in
// words with their evidence come out. Each judge is one exported function,
// pure and deterministic: the same rows give the same answer, the clock is an
// argument, and missing logs never count as clean. What a judge cannot prove
// it says beside the claim, as a warning; what it dislikes in a record it
// names and uses all the same.
//
// It reads no database, file or clock, draws no page and logs nothing. The
// tests behind the judgements are in package stat.
package finding
