package intake

// statusWords are the reason phrases of failed requests (RFC 9110, section
// 15; the 44x, 46x, 499 and 52x are those of nginx, AWS and Cloudflare). They
// stand in the message because numbers are masked: without words all failures
// of a method would have one signature.
var statusWords = map[string]string{
	"400": "Bad Request", "401": "Unauthorized", "402": "Payment Required", "403": "Forbidden", "404": "Not Found",
	"405": "Method Not Allowed", "406": "Not Acceptable", "407": "Proxy Authentication Required", "408": "Request Timeout",
	"409": "Conflict", "410": "Gone", "411": "Length Required", "412": "Precondition Failed", "413": "Content Too Large",
	"414": "URI Too Long", "415": "Unsupported Media Type", "416": "Range Not Satisfiable", "417": "Expectation Failed",
	"418": "I'm a teapot", "421": "Misdirected Request", "422": "Unprocessable Content", "423": "Locked",
	"424": "Failed Dependency", "425": "Too Early", "426": "Upgrade Required", "428": "Precondition Required",
	"429": "Too Many Requests", "431": "Request Header Fields Too Large", "444": "No Response", "451": "Unavailable For Legal Reasons",
	"460": "Client Closed Connection", "463": "Too Many Forwarding Addresses", "494": "Request Header Too Large",
	"495": "SSL Certificate Error", "496": "SSL Certificate Required", "497": "HTTP Request Sent to HTTPS Port", "499": "Client Closed Request",
	"500": "Internal Server Error", "501": "Not Implemented", "502": "Bad Gateway", "503": "Service Unavailable",
	"504": "Gateway Timeout", "505": "HTTP Version Not Supported", "507": "Insufficient Storage", "508": "Loop Detected",
	"511": "Network Authentication Required", "520": "Unknown Origin Error", "521": "Origin Down", "522": "Connection Timed Out",
	"523": "Origin Unreachable", "524": "Origin Timeout", "525": "SSL Handshake Failed", "526": "Invalid SSL Certificate",
}

// appendStatus appends a status and, from 400 on, its words.
func appendStatus(out, status []byte) []byte {
	out = append(out, status...)
	if len(status) != 3 || status[0] < '4' {
		return out
	}
	words := statusWords[string(status)]
	switch {
	case words != "":
	case status[0] == '4':
		words = "Client Error"
	case status[0] == '5':
		words = "Server Error"
	default:
		return out
	}
	return append(append(out, ' '), words...)
}
