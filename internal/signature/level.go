package signature

import (
	"strings"

	"almanac/schemas"
)

// levelWords are words that betray a level, the gravest first.
var levelWords = []struct{ level, words string }{
	{schemas.LevelFatal, "fatal panic emerg emergency segfault panicked oops"},
	{schemas.LevelError, `error errors err fail failed fails failure failures exception traceback crit critical alert severe
		refused unreachable aborted killed crashed corrupt corrupted denied unable cannot timeout oom`},
	{schemas.LevelWarn, "warn warning warnings deprecated retry retrying slow degraded stale overloaded"},
	{schemas.LevelDebug, "debug trace"},
}

// levelByWord gives the place of a word in levelWords; levelStarts marks the
// first two letters of the words, which nearly every other word fails.
var levelByWord, levelStarts = func() (byWord map[string]int, starts [32][32]bool) {
	byWord = map[string]int{}
	for k := range levelWords {
		for _, w := range strings.Fields(levelWords[k].words) {
			byWord[w] = k
			starts[w[0]&31][w[1]&31] = true
		}
	}
	return byWord, starts
}()

// Level is the level that the words of a message's first line betray, for
// formats that state none; "" where nothing does. A word that is negated ("0
// errors", "no error", "without errors") does not count, nor does one inside a
// value with a digit (/var/error/1), but for the name of an exception. It is a
// guess, and callers must prefer a stated level.
func Level(message string) string {
	level, _ := levelOf(message)
	return level
}

// levelOf also says whether a number before a level word had a say.
func levelOf(message string) (level string, byNumber bool) {
	if i := strings.IndexByte(message, '\n'); i >= 0 {
		message = message[:i]
	}
	if len(message) > maxLine {
		message = message[:maxLine]
	}
	g := levelGuess{best: len(levelWords)}
	for i := 0; i < len(message); {
		if class[message[i]]&isDelim != 0 {
			i++
			continue
		}
		lo, digits := i, false
		for i < len(message) && class[message[i]]&isDelim == 0 {
			digits = digits || class[message[i]]&isDigit != 0
			i++
		}
		g.token(message[lo:i], digits)
	}
	if g.best < len(levelWords) {
		level = levelWords[g.best].level
	}
	return level, g.byNumber
}

// levelGuess is what the words so far betray.
type levelGuess struct {
	best        int    // of levelWords
	before      string // the word or number before
	afterNumber bool
	byNumber    bool
}

func (g *levelGuess) token(t string, digits bool) {
	if digits {
		t = strings.TrimRight(t, ".!?")
		g.before, g.afterNumber = t, true
		if isException(t) {
			g.best = min(g.best, 1)
		}
		return
	}
	for i := 0; i < len(t); {
		if !isTypeByte(t[i]) {
			i++
			continue
		}
		lo := i
		for i < len(t) && isTypeByte(t[i]) {
			i++
		}
		g.word(strings.TrimRight(t[lo:i], "."))
	}
}

func (g *levelGuess) word(w string) {
	negated, afterNumber := isNegation(g.before), g.afterNumber
	g.before, g.afterNumber = w, false
	k := levelOfWord(w)
	if k == len(levelWords) {
		return
	}
	g.byNumber = g.byNumber || afterNumber
	if !negated {
		g.best = min(g.best, k)
	}
}

// levelOfWord is the place of a word in levelWords, or their number.
func levelOfWord(w string) int {
	var buf [16]byte
	if len(w) >= 3 && len(w) <= len(buf) && levelStarts[w[0]&31][w[1]&31] {
		l := buf[:len(w)]
		for k := range l {
			l[k] = w[k]
			if l[k] >= 'A' && l[k] <= 'Z' {
				l[k] |= 0x20
			}
		}
		if k, ok := levelByWord[string(l)]; ok {
			return k
		}
	}
	if isException(w) {
		return 1
	}
	return len(levelWords)
}

func isException(w string) bool {
	return strings.HasSuffix(w, "Exception") || strings.HasSuffix(w, "Error")
}

func isNegation(w string) bool {
	switch w {
	case "0", "no", "No", "NO", "without", "zero", "not", "on", "if":
		return true
	}
	return false
}
