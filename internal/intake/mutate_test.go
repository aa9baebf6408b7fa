package intake

import (
	"bytes"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"testing"
)

// mutator changes samples as files go wrong: lines and bytes are lost,
// doubled, mixed up, re-encoded; values of JSON change place and size.
type mutator struct {
	*rand.Rand
	pool [][]byte // texts to take pieces of
}

var jsonToken = regexp.MustCompile(`"(?:[^"\\\n]|\\.)*"|-?[0-9]+(?:\.[0-9]+)?|[{}\[\]:,]`)

// nasty are values that parsers stumble over.
var nasty = []string{
	"", "0", "-1", "1e999", "-0", "99999999999999999999999", "9223372036854775807", "1795278421.693858", "0001-01-01T00:00:00Z",
	"2026-02-30T25:61:61Z", "2026-11-21T16:27:01+99:99", "null", "true", "[]", "{}", `"\ud800"`, `"\u0000"`, "NaN", "\x00", "\xff\xfe", "\xc3",
	"\ufeff", "\r", "\t", "\x1b[31m", "é", "😀", `"`, "'", "`", "|", "---", "```", "<!--", "<![CDATA[", "&lol;", "<!DOCTYPE x>", "%", "\\", "\u2028",
}

func (m mutator) pick(n int) int {
	if n <= 0 {
		return 0
	}
	return m.IntN(n)
}

// span gives a random stretch of b, mostly short.
func (m mutator) span(b []byte) (i, j int) {
	i = m.pick(len(b) + 1)
	n := m.pick(16)
	if m.IntN(4) == 0 {
		n = m.pick(len(b) + 1)
	}
	return i, min(len(b), i+n)
}

func (m mutator) once(b []byte) []byte {
	cut := func(i, j int, with []byte) []byte {
		return append(append(append(make([]byte, 0, len(b)+len(with)), b[:i]...), with...), b[j:]...)
	}
	i, j := m.span(b)
	switch m.IntN(18) {
	case 0: // lost
		return cut(i, j, nil)
	case 1: // cut off
		return bytes.Clone(b[:i])
	case 2: // doubled
		return cut(j, j, b[i:j])
	case 3: // flipped bits
		out := bytes.Clone(b)
		for k := 0; k < 1+m.IntN(4) && len(out) > 0; k++ {
			out[m.IntN(len(out))] ^= 1 << m.IntN(8)
		}
		return out
	case 4: // something nasty
		return cut(i, j, []byte(nasty[m.IntN(len(nasty))]))
	case 5: // a piece of another sample
		other := m.pool[m.IntN(len(m.pool))]
		p, q := m.span(other)
		return cut(i, j, other[p:q])
	case 6, 7, 8:
		return m.tokens(b)
	case 9, 10:
		return m.lines(b)
	case 11: // a long run
		return cut(i, i, bytes.Repeat([]byte{byte(m.IntN(256))}, 1<<m.IntN(12)))
	case 12: // a line longer than is kept
		if m.IntN(8) > 0 {
			return m.lines(b)
		}
		return cut(i, i, bytes.Repeat([]byte("é"), MaxLine/2+m.IntN(64)))
	case 13:
		return bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n"))
	case 14:
		return append([]byte("\ufeff"), b...)
	case 15: // digits
		out := bytes.Clone(b)
		for k := range out {
			if isDigit(out[k]) && m.IntN(12) == 0 {
				out[k] = '0' + byte(m.IntN(10))
			}
		}
		return out
	case 16: // without its last line end, or with many
		return append(bytes.TrimRight(bytes.Clone(b), "\n"), bytes.Repeat([]byte("\n"), m.IntN(3))...)
	}
	return bytes.ReplaceAll(b, []byte{"\",:{} "[m.IntN(6)]}, []byte(nasty[m.IntN(len(nasty))]))
}

// tokens swaps, repeats or replaces values, keys and signs of JSON (or of
// whatever has such).
func (m mutator) tokens(b []byte) []byte {
	at := jsonToken.FindAllIndex(b[:min(len(b), 16<<10)], -1)
	if len(at) < 2 {
		return m.lines(b)
	}
	x, y := at[m.IntN(len(at))], at[m.IntN(len(at))]
	with := b[y[0]:y[1]]
	switch m.IntN(4) {
	case 0:
		with = []byte(nasty[m.IntN(len(nasty))])
	case 1:
		with = []byte(strconv.Quote(nasty[m.IntN(len(nasty))]))
	case 2: // nested in itself
		with = append(append([]byte(`{"message":`), b[x[0]:x[1]]...), '}')
	}
	return append(append(append([]byte(nil), b[:x[0]]...), with...), b[x[1]:]...)
}

// lines drops, doubles, swaps or joins lines.
func (m mutator) lines(b []byte) []byte {
	ls := bytes.SplitAfter(b, []byte("\n"))
	x, y := m.IntN(len(ls)), m.IntN(len(ls))
	switch m.IntN(5) {
	case 0:
		ls[x] = nil
	case 1:
		ls[x], ls[y] = ls[y], ls[x]
	case 2:
		ls[x] = bytes.TrimRight(ls[x], "\r\n")
	case 3:
		ls[x] = append(append([]byte(nil), ls[x]...), ls[y]...)
	case 4:
		other := bytes.SplitAfter(m.pool[m.IntN(len(m.pool))], []byte("\n"))
		ls[x] = other[m.IntN(len(other))]
	}
	return bytes.Join(ls, nil)
}

// TestMutatedSamples reads changed samples of every format, in that format and
// by content: whatever the change, what judge holds is held. ALMANAC_LONG=1
// reads 5,000 of each format, ALMANAC_MUTATIONS as many as it says.
func TestMutatedSamples(t *testing.T) {
	runs := 16
	if os.Getenv("ALMANAC_LONG") != "" {
		runs = 5000
	}
	if n, err := strconv.Atoi(os.Getenv("ALMANAC_MUTATIONS")); err == nil {
		runs = n
	}
	var pool [][]byte
	for _, f := range Formats() {
		all := samplesOf(t, f.Name)
		for _, name := range sortedNames(all) {
			pool = append(pool, all[name])
		}
	}
	for _, f := range Formats() {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			h := fnv.New64a()
			h.Write([]byte(f.Name))
			m := mutator{rand.New(rand.NewPCG(h.Sum64(), 1)), pool}
			samples := samplesOf(t, f.Name)
			names := sortedNames(samples)
			dir := t.TempDir()
			for n := range runs {
				name := names[n%len(names)]
				b := samples[name]
				for range 1 + m.IntN(4) {
					b = m.once(b)
				}
				b = b[:min(len(b), 512<<10)]
				keepOnFailure(t, f.Name, b, func() {
					judge(t, name, f.Name, b)
					if n%4 == 0 {
						judge(t, name, "", b)
					}
					if n%8 == 1 && len(b) > 0 {
						resumed(t, dir, f.Name, b, m.IntN(len(b)))
					}
				})
			}
		})
	}
}

// TestRegressions reads what once broke a format.
func TestRegressions(t *testing.T) {
	for _, f := range Formats() {
		for name, b := range samplesOf(t, f.Name) {
			if strings.HasPrefix(name, "fuzz") {
				judge(t, name, f.Name, b)
				judge(t, name, "", b)
			}
		}
	}
}

// keepOnFailure writes the input on which a check fails to a file, so that it
// can become testdata/formats/<name>/fuzz-….
func keepOnFailure(t *testing.T, format string, b []byte, check func()) {
	done := false
	defer func() {
		if done {
			return
		}
		path := filepath.Join(os.TempDir(), "almanac-fuzz-"+format)
		if os.WriteFile(path, b, 0o600) == nil {
			t.Logf("the input is in %s", path)
		}
	}()
	check()
	done = true
}

func sortedNames(m map[string][]byte) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}
