package intake

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/klauspost/compress/gzip"
	"github.com/pierrec/lz4/v4"
	"github.com/ulikunitz/xz"

	"almanac/schemas"
)

// readBytes reads content as one input.
func readBytes(t testing.TB, content []byte, change func(*Input)) (Result, *keeper) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "app.log")
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	in := Input{Source: &Source{Name: "app", Kind: KindLog}, Path: path, Name: "app.log", ModTime: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)}
	if change != nil {
		change(&in)
	}
	k := &keeper{}
	r, err := Read(context.Background(), in, nil, k)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Counts.Balances() {
		t.Fatalf("accounting does not balance: %+v", r.Counts)
	}
	return r, k
}

func someLines(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "2026-11-21 16:%02d:%02d,%03d [main] INFO  com.shop.Main - request %d took %d ms\n", i/60%60, i%60, i%1000, i, i*7919%1000)
	}
	return b.String()
}

// TestDirtyText is R13: bad UTF-8, NUL, a byte order mark, CRLF, escape
// sequences and long lines; the rest of the file goes in.
func TestDirtyText(t *testing.T) {
	text := "\ufeff" + strings.ReplaceAll(someLines(3), "\n", "\r\n") +
		"2026-11-21 17:00:00,000 [main] INFO  com.shop.Main - nul \x00 and \xff\xfe bad\n" +
		"2026-11-21 17:00:01,000 [main] \x1b[31mERROR\x1b[0m com.shop.Main - coloured \x1b] not\n" +
		"2026-11-21 17:00:02,000 [main] WARN  com.shop.Main - " + strings.Repeat("é", 100_000) + "\n\n" +
		"2026-11-21 17:00:03,000 [main] INFO  com.shop.Main - last\n"
	r, k := readBytes(t, []byte(text), nil)
	if len(k.events) != 7 || r.Counts.Blanks != 1 || len(k.rejects) != 0 {
		t.Fatalf("%+v %+v", r.Counts, k.rejects)
	}
	for _, e := range k.events {
		if !utf8.ValidString(e.Message) || strings.ContainsAny(e.Message, "\x00\x1b\r") {
			t.Errorf("message %.60q", e.Message)
		}
	}
	if e := k.events[4]; e.Level != schemas.LevelError {
		t.Errorf("coloured level: %+v", e)
	}
	if n := len(k.events[5].Message); n > MaxLine || n < MaxLine-100 {
		t.Errorf("long message has %d bytes", n)
	}
	if !strings.Contains(strings.Join(r.Warnings, ";"), "1 lines longer than 64 KiB were cut") {
		t.Errorf("warnings %q", r.Warnings)
	}
}

// TestDirtyCorpus is R13 at size: 10,000 lines, one in a hundred of each kind
// of dirt, in every compression; the accounting balances and nothing else is
// lost.
func TestDirtyCorpus(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	var b bytes.Buffer
	good := 0
	for i := range 10_000 {
		line := fmt.Sprintf("2026-11-21 16:%02d:%02d,%03d [main] INFO  com.shop.Main - id %05d", i/60%60, i%60, i%1000, i)
		switch rng.IntN(100) {
		case 0:
			line += "\xff\xc3"
		case 1:
			line += "\x00\x00"
		case 2:
			line += strings.Repeat("x", 70_000)
		case 3:
			line += "\r"
		case 4:
			line = ""
		case 5:
			line += "\x1b[0m"
		case 6:
			line = "2026-99-99 16:00:00,000 [main] INFO bad"
		}
		if strings.Contains(line, " id ") {
			good++
		}
		b.WriteString(line + "\n")
	}
	for _, suffix := range []string{"", ".gz", ".zst", ".xz", ".lz4"} {
		r, k := readBytes(t, squeeze(t, suffix, b.Bytes()), nil)
		if len(k.events) != good || r.Counts.Lines != 10_000 {
			t.Errorf("%q: %d of %d events, %+v", suffix, len(k.events), good, r.Counts)
		}
	}
}

func squeeze(t testing.TB, suffix string, b []byte) []byte {
	var out bytes.Buffer
	var w io.WriteCloser
	switch suffix {
	case "":
		return b
	case ".xz":
		z, err := xz.NewWriter(&out)
		if err != nil {
			t.Fatal(err)
		}
		w = z
	case ".lz4":
		w = lz4.NewWriter(&out)
	default:
		return packed(t, suffix, b)
	}
	w.Write(b)
	w.Close()
	return out.Bytes()
}

// TestUTF16 reads both byte orders, with and without a mark.
func TestUTF16(t *testing.T) {
	text := someLines(20) + "2026-11-21 17:00:00,000 [main] INFO  com.shop.Main - schön 😀\n"
	for _, big := range []bool{false, true} {
		for _, mark := range []string{"\ufeff", ""} {
			var b []byte
			for _, r := range mark + text {
				units := []rune{r}
				if r > 0xffff {
					r -= 0x10000
					units = []rune{0xd800 + r>>10, 0xdc00 + r&0x3ff}
				}
				for _, u := range units {
					if big {
						b = append(b, byte(u>>8), byte(u))
					} else {
						b = append(b, byte(u), byte(u>>8))
					}
				}
			}
			r, k := readBytes(t, b, nil)
			if len(k.events) != 21 || k.events[20].Message != "schön 😀" {
				t.Errorf("big %v mark %q: %+v, %d events", big, mark, r.Counts, len(k.events))
			}
		}
	}
}

// TestLastLine: an unterminated last line waits, unless the file is final or
// compressed; an archive that goes on after it does not lose the rest quietly.
func TestLastLine(t *testing.T) {
	text := strings.TrimSuffix(someLines(10), "\n")
	if r, _ := readBytes(t, []byte(text), nil); r.Counts.Lines != 9 || len(r.Warnings) != 1 {
		t.Errorf("open file: %+v %q", r.Counts, r.Warnings)
	}
	if r, _ := readBytes(t, []byte(text), func(in *Input) { in.Final = true }); r.Counts.Lines != 10 {
		t.Errorf("final file: %+v", r.Counts)
	}
	if r, _ := readBytes(t, packed(t, ".gz", []byte(text)), nil); r.Counts.Lines != 10 {
		t.Errorf("archive: %+v", r.Counts)
	}
	if r, k := readBytes(t, []byte(text[:30]), nil); r.Counts.Lines != 0 || len(k.rejects) != 0 || r.Entry.Bytes != 0 {
		t.Errorf("half a line: %+v %+v", r.Counts, k.rejects)
	}
	if r, _ := readBytes(t, nil, nil); r.Counts.Lines != 0 {
		t.Errorf("empty file: %+v", r.Counts)
	}
}

// TestCutAndFlippedArchives is R11: what a decompressor can still give is
// kept, trouble is one reject that names where it stopped.
func TestCutAndFlippedArchives(t *testing.T) {
	text := []byte(someLines(1500))
	rng := rand.New(rand.NewPCG(1, 2))
	for _, suffix := range []string{".gz", ".zst", ".xz", ".lz4"} {
		whole := squeeze(t, suffix, text)
		for i := range 100 {
			b := bytes.Clone(whole)
			if i%2 == 0 {
				b = b[:rng.IntN(len(b))]
			} else {
				b[rng.IntN(len(b))] ^= 1 << rng.IntN(8)
			}
			_, k := readBytes(t, b, nil)
			if suffix == ".gz" && i%2 == 0 && len(b) > 20 {
				z, err := gzip.NewReader(bytes.NewReader(b))
				if err != nil {
					continue
				}
				kept, err := io.ReadAll(z)
				if want := bytes.Count(kept, []byte{'\n'}); len(k.events) != want || err != nil && len(k.rejects) != 1 {
					t.Fatalf("cut at %d of %d: %d events, want %d; rejects %+v", len(b), len(whole), len(k.events), want, k.rejects)
				}
			}
		}
	}
	two := append(packed(t, ".gz", text), packed(t, ".gz", text)...)
	if r, k := readBytes(t, two, nil); len(k.events) != 3000 {
		t.Errorf("two members: %+v", r.Counts)
	}
}

// TestBombs is S9: a decompression bomb stops with a reject and little memory.
func TestBombs(t *testing.T) {
	var small bytes.Buffer
	z, _ := gzip.NewWriterLevel(&small, gzip.BestCompression)
	block := []byte("2026-11-21 16:00:00 INFO " + strings.Repeat("a", 1<<20) + "\n")
	for range 200 {
		z.Write(block)
	}
	z.Close()
	path := filepath.Join(t.TempDir(), "bomb.log")
	if err := os.WriteFile(path, small.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	c := &counting{}
	start := heap()
	r, err := Read(context.Background(), Input{Source: &Source{Name: "app", Format: "text"}, Path: path, Name: "bomb.log"}, nil, c)
	if err != nil || c.rejects != 1 || !strings.Contains(r.Entry.Stopped, "bomb") || r.Entry.Bytes > 128<<20 {
		t.Errorf("%v: %+v, stopped %q", err, r.Counts, r.Entry.Stopped)
	}
	if grown := heap() - start; grown > 64<<20 {
		t.Errorf("%d MB more in use", grown>>20)
	}
	nested := packed(t, ".gz", packed(t, ".gz", []byte(someLines(10))))
	if _, k := readBytes(t, nested, nil); len(k.rejects) != 1 || !strings.Contains(k.rejects[0].Reason, "compressed twice") {
		t.Errorf("nested: %+v", k.rejects)
	}
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse)
}

// counting is a sink that only counts.
type counting struct{ events, rejects int }

func (c *counting) Event(*schemas.Event) error            { c.events++; return nil }
func (c *counting) Change(schemas.Change) error           { return nil }
func (c *counting) Incident(schemas.IncidentRecord) error { return nil }
func (c *counting) Metric(schemas.Metric) error           { return nil }
func (c *counting) Reject(schemas.Reject) error           { c.rejects++; return nil }

// TestHugeLine: a line of 100 MB costs little memory, and the lines around it
// go in.
func TestHugeLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "app.log")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString(someLines(5) + "2026-11-21 17:00:00,000 [main] INFO  com.shop.Main - ")
	for range 100 {
		f.Write(bytes.Repeat([]byte{'x'}, 1<<20))
	}
	f.WriteString("\n" + someLines(5))
	f.Close()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	c := &counting{}
	if _, err := Read(context.Background(), Input{Source: &Source{Name: "app"}, Path: path, Name: "app.log"}, nil, c); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; c.events != 11 || c.rejects != 0 || grown > 16<<20 {
		t.Errorf("%+v, %d MB allocated", *c, grown>>20)
	}
}

// TestUnknownAndUnreadable: a file of no format and one that is not there are
// one reject each, and the first is not refused again the next night.
func TestUnknownAndUnreadable(t *testing.T) {
	junk := []byte("lorem ipsum dolor\nsit amet\n")
	r, k := readBytes(t, junk, nil)
	if len(k.rejects) != 1 || k.rejects[0].Line != 0 || !strings.Contains(k.rejects[0].Reason, "no known format") || k.rejects[0].Raw != "lorem ipsum dolor" {
		t.Fatalf("%+v", k.rejects)
	}
	path := filepath.Join(t.TempDir(), "junk.log")
	os.WriteFile(path, junk, 0o644)
	in := Input{Source: &Source{Name: "app"}, Path: path, Name: "app.log"}
	again, err := Read(context.Background(), in, []schemas.LedgerEntry{r.Entry}, k)
	if err != nil || len(k.rejects) != 1 || again.Counts.AlreadySeen != 1 || !again.Counts.Balances() {
		t.Errorf("second night: %+v %v", again.Counts, err)
	}
	in.Source = &Source{Name: "app", Format: "text"}
	if again, err = Read(context.Background(), in, []schemas.LedgerEntry{r.Entry}, k); err != nil || again.Format != "text" || !again.Replaces {
		t.Errorf("with a format named: %+v %v", again, err)
	}
	in.Path = filepath.Join(t.TempDir(), "absent")
	k = &keeper{}
	if r, err = Read(context.Background(), in, nil, k); err != nil || len(k.rejects) != 1 || !r.Counts.Balances() || strings.Contains(k.rejects[0].Reason, in.Path) {
		t.Errorf("absent: %+v %v", k.rejects, err)
	}
}

// TestFuture: stamps long after the file was written, and absurdly old ones,
// are refused.
func TestFuture(t *testing.T) {
	_, k := readBytes(t, []byte(someLines(1)+"2026-11-24 16:00:00,000 [main] INFO  com.shop.Main - later\n1970-01-01 00:00:01,000 [main] INFO  com.shop.Main - old\n"), nil)
	if len(k.rejects) != 2 || !strings.Contains(k.rejects[0].Reason, "48 h after") || !strings.Contains(k.rejects[1].Reason, "before 1990") {
		t.Errorf("%+v", k.rejects)
	}
}

// TestUnknownSaysWhatToDo: a log that states no time is refused with advice.
func TestUnknownSaysWhatToDo(t *testing.T) {
	for text, want := range map[string]string{
		"ERROR:a.b:broken\nINFO:a.b:fine\nWARNING:root:so so\n":                        "%(asctime)s",
		"16:27:01.693 [main] INFO c.x.Foo - a\n16:27:02.693 [main] INFO c.x.Foo - b\n": "without its date",
		"broken\nfine\nso so\n": "add one to the layout",
	} {
		_, k := readBytes(t, []byte(text), nil)
		if len(k.rejects) != 1 || !strings.Contains(k.rejects[0].Reason, want) {
			t.Errorf("%q: %+v", text, k.rejects)
		}
	}
}

// TestTrialShowsTheFirst: of a file that two streams share the first five
// lines are shown in their order.
func TestTrialShowsTheFirst(t *testing.T) {
	var b strings.Builder
	for i := range 30 {
		stream := "stdout"
		if i%3 == 1 {
			stream = "stderr"
		}
		fmt.Fprintf(&b, "2026-11-21T16:27:%02dZ %s F n %d\n", i, stream, i)
	}
	path := filepath.Join(t.TempDir(), "0.log")
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	got, err := TestFile(context.Background(), path, &Source{Name: "app"}, time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC))
	if err != nil || len(got.Events) != 5 {
		t.Fatalf("%+v %v", got, err)
	}
	for i, e := range got.Events {
		if e.Line != int64(i+1) {
			t.Errorf("event %d is of line %d", i, e.Line)
		}
	}
}

// TestServiceOf names services after files.
func TestServiceOf(t *testing.T) {
	for name, want := range map[string]string{
		"checkout.log": "checkout", "/var/log/app/checkout.log.3.gz": "checkout", "logs/cart-20260301.log.zst": "cart", "cart.2026-03-01.log": "cart",
		"/var/log/pods/shop_cart-7d_uid/cart/0.log": "cart", "/var/log/containers/cart-7d9_shop_cart-0123456789abcdef.log": "cart",
		"neutron/server.log": "neutron-server", "cinder/api.log.gz": "cinder-api", "nginx/error.log": "nginx", "kafka0/logs/server.log": "kafka0-server",
		"node12.log": "node12", `C:\logs\spooler.log`: "spooler", "2026-03-01.log": "2026-03-01.log", "shop/2026-03-01.log": "shop",
	} {
		if got := serviceOf(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// TestBrokenBracketsCostLittle: values that never end do not cost squared
// time.
func TestBrokenBracketsCostLittle(t *testing.T) {
	from := time.Now()
	readBytes(t, []byte(strings.Repeat("{\n", 1<<18)), func(in *Input) { in.Source.Format = "otlp" })
	if d := time.Since(from); d > 10*time.Second {
		t.Errorf("took %v", d)
	}
}

// TestTracesJoinTheirOwn: lines of a stack trace belong to the event of their
// own unit, whoever writes between them.
func TestTracesJoinTheirOwn(t *testing.T) {
	line := func(unit, text string, us int) string {
		return fmt.Sprintf(`{"__REALTIME_TIMESTAMP":"179527842469%04d","PRIORITY":"6","_SYSTEMD_UNIT":"%s.service","MESSAGE":"%s"}`+"\n", us, unit, text)
	}
	_, k := readBytes(t, []byte(line("cart", "failed to reserve", 1)+line("pay", "all is well", 2)+line("cart", `java.lang.IllegalStateException: closed`, 3)+
		line("pay", "still well", 4)+line("cart", `\tat shop.Cart.add(Cart.java:3)`, 5)), func(in *Input) { in.Final = true })
	got := map[string]string{}
	for _, e := range k.events {
		got[e.Service] += e.Message + ";"
	}
	if got["cart"] != "failed to reserve\njava.lang.IllegalStateException: closed\n\tat shop.Cart.add(Cart.java:3);" || got["pay"] != "all is well;still well;" {
		t.Errorf("%q", got)
	}
}
