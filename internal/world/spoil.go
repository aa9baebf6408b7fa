package world

import "bytes"

// badCounts counts the bad input of a world, as it lies in the files.
type badCounts struct {
	BrokenLines  int      `json:"broken_lines"` // a reject each
	HalfLast     []string `json:"half_written_last_lines,omitempty"`
	Truncated    []string `json:"truncated_files,omitempty"`
	CRLF         []string `json:"crlf_files,omitempty"`
	BadUTF8Lines int      `json:"bad_utf8_lines"` // readable but for a few bytes
}

// spoil does to a day's log what real folders do: a line cut by a full disk
// now and then, stray bytes, CRLF line ends, and a last line half-written.
func (d *day) spoil(k int, data []byte, bad *badCounts) []byte {
	switch {
	case k == logInventory && d.w.date(d.i) == crlfDay:
		bad.CRLF = append(bad.CRLF, d.w.date(d.i))
		data = bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n"))
	case k == logCheckout && d.i%9 == 4:
		data = d.breakLine(data, bad)
	case k == logCart && d.i%13 == 7:
		data = d.breakLine(data, bad)
	case k == logGateway && d.i%19 == 3:
		// A request that is no HTTP: a TLS hello on the plain port.
		data = append(data, "\x16\x03\x01\x02\n"...)
		bad.BrokenLines++
	case k == logSession && d.i%17 == 5:
		data = bytes.Replace(data, []byte("@mail.example"), []byte("\xfc\xdf@mail.example"), 1)
		bad.BadUTF8Lines++
	}
	if k == logCart && d.i == d.w.opt.Days-1 {
		bad.HalfLast = append(bad.HalfLast, logNames[k].service)
		data = append(data, `{"@timestamp":"`+d.until.UTC().Format("2006-01-02T15:04:05.000Z")+`","log":{"level":"INFO","log`...)
	}
	return data
}

// breakLine cuts a JSON line in the middle, keeping its line end.
func (d *day) breakLine(data []byte, bad *badCounts) []byte {
	from := len(data)/4 + d.r.IntN(len(data)/2+1)
	start := bytes.IndexByte(data[from:], '\n') + from + 1
	length := bytes.IndexByte(data[start:], '\n')
	if length < 40 {
		return data
	}
	bad.BrokenLines++
	end := start + length
	return append(append([]byte{}, data[:start+length/2]...), data[end:]...)
}

// cut truncates one compressed file: the copy was interrupted.
func (d *day) cut(k int, packed []byte, bad *badCounts) []byte {
	if d.w.opt.Clean || k != logSession || d.w.date(d.i) != cutDay {
		return packed
	}
	bad.Truncated = append(bad.Truncated, "logs/session/session-"+cutDay+".log.gz")
	return packed[:len(packed)*7/10]
}
