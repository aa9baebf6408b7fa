package signature

import (
	"strings"

	"almanac/schemas"
)

// levelWords are words that betray a level, the gravest first.
var levelWords = []struct {
	level string
	words map[string]bool
}{
	{schemas.LevelFatal, set("fatal panic emerg emergency segfault panicked oops")},
	{schemas.LevelError, set(`error errors err fail failed fails failure failures exception traceback crit critical alert severe
		refused unreachable aborted killed crashed corrupt corrupted denied unable cannot timeout oom`)},
	{schemas.LevelWarn, set("warn warning warnings deprecated retry retrying slow degraded stale overloaded")},
	{schemas.LevelDebug, set("debug trace")},
}

// Level is the level that the words of a message's first line betray, for
// formats that state none; "" where nothing does. A word that is negated ("0
// errors", "no error", "without errors") does not count. It is a guess, and
// callers must prefer a stated level.
func Level(message string) string {
	if i := strings.IndexByte(message, '\n'); i >= 0 {
		message = message[:i]
	}
	if len(message) > maxLine {
		message = message[:maxLine]
	}
	best := len(levelWords)
	var before string
	var buf [16]byte
	for i := 0; i < len(message); {
		if !isTypeByte(message[i]) {
			i++
			continue
		}
		lo := i
		for i < len(message) && isTypeByte(message[i]) {
			i++
		}
		w := strings.TrimRight(message[lo:i], ".")
		if isNegation(before) {
			before = w
			continue
		}
		before = w
		if len(w) < 3 || len(w) > len(buf) {
			if strings.HasSuffix(w, "Exception") || strings.HasSuffix(w, "Error") {
				best = min(best, 1)
			}
			continue
		}
		l := buf[:len(w)]
		for k := range l {
			l[k] = w[k]
			if l[k] >= 'A' && l[k] <= 'Z' {
				l[k] |= 0x20
			}
		}
		for k := 0; k < best; k++ {
			if levelWords[k].words[string(l)] {
				best = k
			}
		}
		if best > 1 && (strings.HasSuffix(w, "Exception") || strings.HasSuffix(w, "Error")) {
			best = 1
		}
	}
	if best == len(levelWords) {
		return ""
	}
	return levelWords[best].level
}

func isNegation(w string) bool {
	switch w {
	case "0", "no", "No", "NO", "without", "zero", "not", "on", "if":
		return true
	}
	return false
}
