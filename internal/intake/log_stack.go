package intake

import "bytes"

// isStack says that a line that is no record of its format looks like a part
// of a stack trace or of a message of several lines: Java, Python, Go, .NET,
// Node, Ruby.
func isStack(line []byte) bool {
	if len(line) == 0 {
		return false
	}
	switch line[0] {
	case ' ', '\t':
		return true
	case 'a':
		return hasPrefix(line, "at ")
	case 'C':
		if hasPrefix(line, "Caused by:") {
			return true
		}
	case 'S':
		if hasPrefix(line, "Suppressed:") {
			return true
		}
	case '.':
		return hasPrefix(line, "... ")
	case '-':
		return hasPrefix(line, "--- End of ") || hasPrefix(line, "---> ")
	case 'T':
		if hasPrefix(line, "Traceback (most recent call last)") || hasPrefix(line, "The above exception was") {
			return true
		}
	case 'D':
		if hasPrefix(line, "During handling of the above exception") {
			return true
		}
	case 'g':
		if hasPrefix(line, "goroutine ") || hasPrefix(line, "github.com/") || hasPrefix(line, "golang.org/") {
			return true
		}
	case 'p':
		if hasPrefix(line, "panic: ") {
			return true
		}
	case '[':
		return hasPrefix(line, "[signal ")
	case 'e':
		if hasPrefix(line, "exit status ") {
			return true
		}
	case 'r', 'm', 'c':
		if hasPrefix(line, "runtime.") || hasPrefix(line, "main.") || hasPrefix(line, "created by ") {
			return true
		}
	}
	return isThrowable(line) || isGoFrame(line)
}

// isGoFrame recognises a frame of Go: path/of/package.function(0x1, 0x2).
func isGoFrame(line []byte) bool {
	open := bytes.IndexByte(line, '(')
	if open < 5 || open > 200 || line[len(line)-1] != ')' {
		return false
	}
	slash := false
	for _, c := range line[:open] {
		slash = slash || c == '/'
		if !isWordByte(c) && c != '.' && c != '/' && c != '-' && c != '*' {
			return false
		}
	}
	return slash && line[0] != '/' && bytes.IndexByte(line[bytes.LastIndexByte(line[:open], '/')+1:open], '.') > 0
}

// isThrowable recognises the first line of a stack trace: a class that ends
// in Exception, Error or the like, before a colon or the line's end.
func isThrowable(line []byte) bool {
	end := bytes.IndexByte(line, ':')
	if end < 0 {
		end = len(line)
	}
	if end > 160 || end < 5 {
		return false
	}
	for _, c := range line[:end] {
		if !isWordByte(c) && c != '.' && c != '$' {
			return false
		}
	}
	class := line[:end]
	return bytes.HasSuffix(class, []byte("Exception")) || bytes.HasSuffix(class, []byte("Error")) ||
		bytes.HasSuffix(class, []byte("Throwable")) || bytes.HasSuffix(class, []byte("Interrupt"))
}

func hasPrefix(b []byte, s string) bool { return len(b) >= len(s) && string(b[:len(s)]) == s }
