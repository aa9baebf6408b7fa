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
func (d *day) spoil(k int, entries []entry, bad *badCounts) []entry {
	switch {
	case k == logInventory && d.w.date(d.i) == crlfDay:
		bad.CRLF = append(bad.CRLF, "logs/inventory/inventory-"+crlfDay+".log.zst")
		for i := range entries {
			entries[i].text = bytes.ReplaceAll(entries[i].text, []byte("\n"), []byte("\r\n"))
		}
	case k == logCheckout && d.i%9 == 4, k == logCart && d.i%13 == 7:
		d.breakLine(entries, bad)
	case k == logGateway && d.i%19 == 3:
		// A request that is no HTTP: a TLS hello on the plain port.
		entries = append(entries, entry{d.until.UnixNano() - 1, []byte("\x16\x03\x01\x02\n")})
		bad.BrokenLines++
	case k == logSession && d.i%17 == 5:
		for i, e := range entries {
			if bytes.Contains(e.text, []byte("@mail.example")) {
				entries[i].text = bytes.Replace(e.text, []byte("@mail"), []byte("\xfc\xdf@mail"), 1)
				bad.BadUTF8Lines++
				break
			}
		}
	}
	if k == logCart && d.i == d.w.opt.Days-1 {
		bad.HalfLast = append(bad.HalfLast, "logs/cart/cart-"+d.w.date(d.i)+".json")
		half := `{"@timestamp":"` + d.until.UTC().Format("2006-01-02T15:04:05.000Z") + `","log":{"level":"INFO","log`
		entries = append(entries, entry{d.until.UnixNano() - 1, []byte(half)})
	}
	return entries
}

// breakLine cuts one line of the day in the middle, keeping its line end.
func (d *day) breakLine(entries []entry, bad *badCounts) {
	if len(entries) == 0 {
		return
	}
	e := &entries[len(entries)/4+d.r.IntN(len(entries)/2+1)]
	e.text = append(append([]byte{}, e.text[:len(e.text)/2]...), '\n')
	bad.BrokenLines++
}

// cut truncates one compressed file: the copy was interrupted.
func (d *day) cut(k int, packed []byte, bad *badCounts) []byte {
	if d.w.opt.Clean || k != logSession || d.w.date(d.i) != cutDay {
		return packed
	}
	bad.Truncated = append(bad.Truncated, "logs/session/session-"+cutDay+".log.gz")
	return packed[:len(packed)*7/10]
}
