package signature

import "strings"

// ErrorType is the class of the error that a message carries: the class of
// the last "Caused by:" of a stack trace, else the exception named last in a
// Python trace or first elsewhere, else "panic", an errno name or "HTTP 5xx".
// It is "" where there is none. Nothing is allocated for such messages.
func ErrorType(message string) string {
	if i := strings.LastIndex(message, "Caused by: "); i >= 0 {
		if t := typeName(message[i+len("Caused by: "):]); t != "" {
			return t
		}
	}
	if t := literalErrorType(message); t != "" {
		return t
	}
	return httpStatus(message)
}

// literalErrorType is the error type that the words of a message name.
func literalErrorType(message string) string {
	if t := exceptionName(message); t != "" {
		return t
	}
	if strings.Contains(message, "panic: ") {
		return goPanic(message)
	}
	return errnoName(message)
}

// exceptionName finds a name that ends in Exception or Error: the last one
// that begins a line after a Python traceback, the first one elsewhere.
func exceptionName(message string) string {
	if i := strings.Index(message, "Traceback (most recent call last)"); i >= 0 {
		for rest := message[i:]; ; {
			nl := strings.LastIndexByte(rest, '\n')
			if t := typeName(rest[nl+1:]); t != "" && endsLikeError(t) {
				return t
			}
			if nl < 0 {
				break
			}
			rest = rest[:nl]
		}
	}
	for at := 0; at < len(message); {
		i := indexErrorSuffix(message[at:])
		if i < 0 {
			return ""
		}
		end := at + i
		lo := end
		for lo > at && isTypeByte(message[lo-1]) {
			lo--
		}
		if t := typeName(message[lo:]); endsLikeError(t) {
			return t
		}
		at = end + 1
		for at < len(message) && isTypeByte(message[at]) {
			at++
		}
	}
	return ""
}

// indexErrorSuffix is the index of the first "Exception" or "Error", or -1.
func indexErrorSuffix(s string) int {
	i := strings.Index(s, "Exception")
	if i >= 0 {
		s = s[:i]
	}
	if j := strings.Index(s, "Error"); j >= 0 {
		return j
	}
	return i
}

// typeName is the name of a type at the beginning of s: letters, digits and
// joiners, at most 200 bytes; "" where there is none.
func typeName(s string) string {
	n := 0
	for n < len(s) && n <= 200 && isTypeByte(s[n]) {
		n++
	}
	if n > 200 {
		return ""
	}
	return strings.Trim(s[:n], ".$")
}

func isTypeByte(c byte) bool {
	return class[c]&(isLetter|isDigit) != 0 && c < 0x80 || c == '.' || c == '_' || c == '$'
}

// endsLikeError says that a type is an exception: "…Exception" or "…Error"
// with something before it, so that the word Error alone is none.
func endsLikeError(t string) bool {
	last := t[strings.LastIndexAny(t, ".$")+1:]
	for _, s := range []string{"Exception", "Error", "Exceptions", "Errors"} {
		if strings.HasSuffix(last, s) {
			return len(last) > len(s) && !strings.HasSuffix(last, "_"+s) || s == "Exception" && len(t) > len(last)
		}
	}
	return false
}

// goPanic names the runtime error of a Go panic.
func goPanic(message string) string {
	if strings.Contains(message, "panic: runtime error: ") {
		return "panic: runtime error"
	}
	return "panic"
}

// errnos are the errors of the system that logs name.
var errnos = []string{"EACCES", "EADDRINUSE", "EADDRNOTAVAIL", "EAGAIN", "EBADF", "EBUSY", "ECONNABORTED",
	"ECONNREFUSED", "ECONNRESET", "EDQUOT", "EEXIST", "EFBIG", "EHOSTDOWN", "EHOSTUNREACH", "EINTR", "EINVAL", "EIO", "EISDIR",
	"EMFILE", "ENETDOWN", "ENETUNREACH", "ENFILE", "ENOBUFS", "ENODEV", "ENOENT", "ENOMEM", "ENOSPC", "ENOTCONN", "ENOTDIR",
	"ENOTEMPTY", "EPERM", "EPIPE", "EPROTO", "EROFS", "ESTALE", "ETIMEDOUT", "EXDEV"}

var isErrno = func() map[string]bool {
	m := map[string]bool{}
	for _, e := range errnos {
		m[e] = true
	}
	return m
}()

// errnoName is the first errno name that stands as a word in s.
func errnoName(s string) string {
	for at := 0; ; {
		i := strings.IndexByte(s[at:], 'E')
		if i < 0 {
			return ""
		}
		lo := at + i
		hi := lo + 1
		for hi < len(s) && s[hi] >= 'A' && s[hi] <= 'Z' {
			hi++
		}
		if hi-lo >= 3 && (lo == 0 || !isTypeByte(s[lo-1])) && (hi == len(s) || !isTypeByte(s[hi])) && isErrno[s[lo:hi]] {
			return s[lo:hi]
		}
		at = hi
	}
}

// httpStatus gives "HTTP 503" for a message that states such a status of a
// request: behind a protocol ("HTTP/1.1\" 503"), "HTTP", "status" or "code".
func httpStatus(s string) string {
	for at := 0; ; {
		i := strings.IndexByte(s[at:], '5')
		if i < 0 {
			return ""
		}
		lo := at + i
		at = lo + 1
		if isStatus(s, lo) {
			return "HTTP " + s[lo:lo+3]
		}
	}
}

// isStatus says that a status of 500 to 519 stands at lo.
func isStatus(s string, lo int) bool {
	if lo+3 > len(s) || !digitAt(s, lo+1) || !digitAt(s, lo+2) || digitAt(s, lo+3) || lo+3 < len(s) && isTypeByte(s[lo+3]) && s[lo+3] != '.' ||
		lo == 0 || s[lo+1] > '1' {
		return false
	}
	return statesStatus(s[max(0, lo-24):lo])
}

func digitAt(s string, i int) bool { return i < len(s) && s[i] >= '0' && s[i] <= '9' }

// statesStatus says that the text before a number announces a status.
func statesStatus(before string) bool {
	t := strings.TrimRight(before, " :=\"'")
	if len(t) == len(before) {
		return false
	}
	l := strings.ToLower(t)
	for _, w := range []string{"status", "statuscode", "status_code", "code", "http", "http/1.0", "http/1.1", "http/2", "http/2.0", "http/3", "returned", "response"} {
		if strings.HasSuffix(l, w) {
			return true
		}
	}
	return false
}
