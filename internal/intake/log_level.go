package intake

import "almanac/schemas"

// levelOf reads a level word in any case; "" where it is none. Notice counts
// as info, what is above error as fatal.
func levelOf(word []byte) string {
	var low [12]byte
	if len(word) == 0 || len(word) > len(low) {
		return ""
	}
	for i, c := range word {
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		low[i] = c
	}
	switch string(low[:len(word)]) {
	case "info", "information", "inf", "notice", "note", "config", "log", "default", "informational":
		return schemas.LevelInfo
	case "error", "err", "severe", "eror", "erro", "failure":
		return schemas.LevelError
	case "warn", "warning", "wrn", "warni":
		return schemas.LevelWarn
	case "debug", "dbg", "debg", "fine", "verbose", "debug1", "debug2", "debug3", "debug4", "debug5":
		return schemas.LevelDebug
	case "trace", "trc", "finer", "finest":
		return schemas.LevelTrace
	case "fatal", "critical", "crit", "panic", "dpanic", "emerg", "emergency", "alert", "ftl", "critica":
		return schemas.LevelFatal
	}
	return ""
}

// levelLetter reads the one-letter levels of glog, Rails, MongoDB and others.
func levelLetter(c byte) string {
	switch c {
	case 'I', 'N':
		return schemas.LevelInfo
	case 'W':
		return schemas.LevelWarn
	case 'E':
		return schemas.LevelError
	case 'F', 'C', 'A':
		return schemas.LevelFatal
	case 'D':
		return schemas.LevelDebug
	case 'T', 'V':
		return schemas.LevelTrace
	}
	return ""
}

// levelField reads the value of a level field: a word, slog's WARN+2, a
// letter, or a number of pino and bunyan (10 to 60), of OpenTelemetry when
// otel is set (1 to 24), of syslog otherwise (0 to 7).
func levelField(v []byte, otel bool) string {
	if l := levelOf(v); l != "" {
		return l
	}
	if len(v) == 0 {
		return ""
	}
	if n := num(v, 0, len(v)); n >= 0 && len(v) <= 2 {
		return levelNumber(n, otel)
	}
	if len(v) <= 2 && (len(v) == 1 || isDigit(v[1])) {
		return levelLetter(v[0] &^ 0x20)
	}
	for i, c := range v { // WARN+2, SEVERITY_NUMBER_ERROR2, [error], info:
		if i > 0 && (c == '+' || c == '-' || c == ':') {
			return levelOf(v[:i])
		}
	}
	if v[0] == '[' && v[len(v)-1] == ']' {
		return levelOf(v[1 : len(v)-1])
	}
	const prefix = "SEVERITY_NUMBER_"
	if len(v) > len(prefix) && string(v[:len(prefix)]) == prefix {
		v = v[len(prefix):]
		for len(v) > 0 && isDigit(v[len(v)-1]) {
			v = v[:len(v)-1]
		}
		return levelOf(v)
	}
	return ""
}

func levelNumber(n int, otel bool) string {
	if otel {
		if n < 1 || n > 24 {
			return ""
		}
		return [...]string{schemas.LevelTrace, schemas.LevelDebug, schemas.LevelInfo, schemas.LevelWarn, schemas.LevelError, schemas.LevelFatal}[(n-1)/4]
	}
	switch {
	case n >= 60:
		return schemas.LevelFatal
	case n >= 50:
		return schemas.LevelError
	case n >= 40:
		return schemas.LevelWarn
	case n >= 30:
		return schemas.LevelInfo
	case n >= 20:
		return schemas.LevelDebug
	case n >= 10:
		return schemas.LevelTrace
	}
	return levelPriority(n)
}

// levelPriority reads a syslog severity (RFC 5424, table 2).
func levelPriority(n int) string {
	switch {
	case n < 0 || n > 7:
		return ""
	case n <= 2:
		return schemas.LevelFatal
	case n == 3:
		return schemas.LevelError
	case n == 4:
		return schemas.LevelWarn
	case n <= 6:
		return schemas.LevelInfo
	}
	return schemas.LevelDebug
}
