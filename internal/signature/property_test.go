package signature

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"almanac/schemas"
)

// knownOf gives the shapes of messages.
func knownOf(messages []string) []Known {
	m := NewMiner(DefaultRules())
	var out []Known
	for _, msg := range messages {
		s := m.Shape(msg)
		out = append(out, Known{s.ID, s.Text})
	}
	return out
}

// corpus is what the property tests draw from.
func corpus(t testing.TB) []string {
	messages, _ := readBlocks(t, "testdata/statements.txt")
	for i := range 300 {
		messages = append(messages,
			fmt.Sprintf("login of %s refused by policy %s", letters(i), letters(i%7)),
			fmt.Sprintf("copied %s to eth%d", letters(i*31), i%4),
			fmt.Sprintf("worker %s left the building early", letters(i)))
	}
	return messages
}

// letters spells a number without digits.
func letters(n int) string {
	b := []byte("qxxxx")
	for i := len(b) - 1; i > 0; i-- {
		b[i] = byte('a' + n%26)
		n /= 26
	}
	return string(b)
}

func TestOrderDoesNotMatter(t *testing.T) {
	known := knownOf(corpus(t))
	want := Group(known, DefaultRules())
	r := rand.New(rand.NewPCG(1, 2))
	for range 5 {
		mixed := append(append([]Known(nil), known...), known[:len(known)/3]...) // with repetitions
		r.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		if got := Group(mixed, DefaultRules()); !reflect.DeepEqual(got, want) {
			t.Fatal("another order gave other signatures")
		}
	}
}

func TestCacheDoesNotMatter(t *testing.T) {
	messages := corpus(t)
	shared := NewMiner(DefaultRules())
	for _, msg := range messages {
		shared.Shape(msg)
	}
	for i := len(messages) - 1; i >= 0; i-- {
		fresh := NewMiner(DefaultRules()).Shape(messages[i])
		if got := shared.Shape(messages[i]); *got != *fresh {
			t.Fatalf("%q: %q with a cache, %q without", messages[i], got.Text, fresh.Text)
		}
	}
}

// rowsOf are the shape rows of a night.
func rowsOf(messages []string, night int) []schemas.Shape {
	m := NewMiner(DefaultRules())
	var out []schemas.Shape
	for i, msg := range messages {
		s := m.Shape(msg)
		out = append(out, schemas.Shape{ShapeID: s.ID, Text: s.Text, FirstTS: int64(1e6*night + i + 1), SourceID: "a", Line: int64(i), Example: msg})
	}
	return out
}

func TestThirtyNightsAreOneRebuild(t *testing.T) {
	messages := corpus(t)
	r := rand.New(rand.NewPCG(3, 4))
	r.Shuffle(len(messages), func(i, j int) { messages[i], messages[j] = messages[j], messages[i] })
	var lake Tables
	var all []schemas.Shape
	former := map[string]bool{}
	for night := range 30 {
		seen := rowsOf(messages[night*len(messages)/30:(night+1)*len(messages)/30], night)
		all = append(all, seen...)
		lake = Reconcile(lake.Shapes, seen, DefaultRules())
		for _, s := range lake.Signatures {
			former[s.SignatureID] = true
		}
	}
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	once := Reconcile(nil, all, DefaultRules())
	if !reflect.DeepEqual(lake.Signatures, once.Signatures) {
		t.Error("thirty nights and one rebuild give other signatures")
	}
	resolve := map[string]string{}
	var shapes []schemas.Shape
	for _, s := range lake.Shapes {
		resolve[s.ShapeID] = s.SignatureID
		if s.Text != "" || s.ShapeID[0] == 's' {
			shapes = append(shapes, s)
		}
	}
	if !reflect.DeepEqual(shapes, once.Shapes) {
		t.Error("thirty nights and one rebuild give other shapes")
	}
	today := map[string]bool{}
	for _, s := range lake.Signatures {
		today[s.SignatureID] = true
	}
	moved := 0
	for id := range former {
		if !today[id] {
			moved++
			if !today[resolve[id]] {
				t.Errorf("former signature %s resolves to %q", id, resolve[id])
			}
		}
	}
	if moved == 0 {
		t.Error("no signature ever changed: the test tests nothing")
	}
}

func TestNastyMessages(t *testing.T) {
	junk := make([]byte, 256)
	for i := range junk {
		junk[i] = byte(i)
	}
	for name, msg := range map[string]string{
		"empty":          "",
		"blank":          " \t ",
		"newlines":       "\n\n\n",
		"junk":           string(junk),
		"long token":     strings.Repeat("x", 64<<10),
		"long digits":    strings.Repeat("9", 64<<10),
		"long dots":      "a" + strings.Repeat(".", 64<<10) + "1",
		"long brackets":  strings.Repeat("(", 64<<10),
		"long quotes":    strings.Repeat(`"a" `, 16<<10),
		"long equals":    strings.Repeat(`a=`, 16<<10),
		"right to left":  "فشل الاتصال بالخادم",
		"marks":          "\u202eevil\u202c \u2066x\u2069",
		"wildcard":       "literal <*> here",
		"one word":       "ok",
		"half character": "caf\xc3",
		"cut character":  strings.Repeat("é", 4000),
	} {
		s := NewMiner(DefaultRules()).Shape(msg)
		if !utf8.ValidString(s.Text) || strings.ContainsAny(s.Text, "\n\r\x00\x1b\u202e\u2066") {
			t.Errorf("%s: unsafe shape %q", name, s.Text)
		}
		if len(s.ID) != 16 || s.ID[0] != 's' {
			t.Errorf("%s: id %q", name, s.ID)
		}
		as := Group([]Known{{s.ID, s.Text}}, DefaultRules())
		if len(as) != 1 || len(as[0].SignatureID) != 14 {
			t.Errorf("%s: %v", name, as)
		}
		Values(msg, as[0].Template)
		m := NewMiner(DefaultRules())
		for range 2 { // cold and warm
			r := m.Read(msg)
			if *r.Shape != *s || r.Level != Level(msg) || r.ErrorType != ErrorType(msg) {
				t.Fatalf("%q: read as %+v, want %q and %q", msg, r, Level(msg), ErrorType(msg))
			}
		}
		Explain(msg, DefaultRules())
	}
}

// TestHostileLines: no line costs more than a few milliseconds, whatever it
// repeats.
func TestHostileLines(t *testing.T) {
	for _, unit := range []string{"a=b(", "/a,", "/a=", "x://", "(on ", "[ w ", "1:a:", "aa:", `"a b `, "a|", "1 ", "- ", "a1 [", ".1", "1.", "@1", "GET /", "<1 s ("} {
		line := strings.Repeat(unit, maxLine/len(unit))
		start := time.Now()
		for i := range 20 {
			NewMiner(DefaultRules()).Shape(letters(i) + line)
		}
		if d := time.Since(start) / 20; d > 20*time.Millisecond {
			t.Errorf("%q repeated: %v per line", unit, d)
		} else {
			t.Logf("%q: %v", unit, d)
		}
	}
}

func TestRareTemplatesStay(t *testing.T) {
	messages := []string{"disk controller melted, call Bob"}
	for i := range 5000 {
		messages = append(messages, fmt.Sprintf("lookup of %s answered by cache", letters(i)))
	}
	got := assign(messages, DefaultRules())
	if got[0] != messages[0] {
		t.Errorf("rare statement became %q", got[0])
	}
	if got[1] != "lookup of <*> answered by cache" {
		t.Errorf("common statement became %q", got[1])
	}
}

func TestNeverMerge(t *testing.T) {
	var messages []string
	for i := range 20 {
		messages = append(messages, "user "+letters(i)+" is at the door")
	}
	got := assign(messages, Rules{NeverMerge: []string{letters(3)}})
	if got[3] == got[4] || got[4] != got[5] {
		t.Errorf("got %q, %q, %q", got[3], got[4], got[5])
	}
}

func TestSitePatterns(t *testing.T) {
	r := Rules{Patterns: []Pattern{{Class: "tenant", Regexp: `tenant-[a-z]+`}, {Class: "rack", Literal: "upper rack"}}}
	if err := r.Check(); err != nil {
		t.Fatal(err)
	}
	if got := NewMiner(r).Shape("moved tenant-abc to upper rack").Text; got != "moved <*> to <*>" {
		t.Errorf("got %q", got)
	}
	for _, bad := range []Pattern{{}, {Regexp: "("}, {Regexp: "a*"}, {Regexp: "a", Literal: "b"}} {
		if (Rules{Patterns: []Pattern{bad}}).Check() == nil {
			t.Errorf("%+v passes", bad)
		}
		NewMiner(Rules{Patterns: []Pattern{bad}}).Shape("a b c")
	}
}

// TestOverflow: distinct prose without any pattern shares a counted bucket.
func TestOverflow(t *testing.T) {
	var known []Known
	n := 3 * maxFamily
	for i := range n {
		text := letters(i) + " " + letters(i*7919)
		known = append(known, Known{ShapeID(text), text})
	}
	known = append(known, Known{ShapeID("ready"), "ready"})
	overflow, ids := 0, map[string]bool{}
	for _, a := range Group(known, DefaultRules()) {
		ids[a.SignatureID] = true
		if a.IsOverflow {
			overflow++
		}
	}
	if overflow != n || len(ids) != 2 {
		t.Errorf("%d of %d in the bucket, %d signatures", overflow, n, len(ids))
	}
}

func FuzzShape(f *testing.F) {
	messages, _ := readBlocks(f, "testdata/statements.txt")
	for _, msg := range messages {
		f.Add(msg)
	}
	m := NewMiner(DefaultRules())
	f.Fuzz(func(t *testing.T, msg string) {
		s := m.Shape(msg)
		if *s != *NewMiner(DefaultRules()).Shape(msg) {
			t.Fatalf("%q: the cache changed the shape", msg)
		}
		if !utf8.ValidString(s.Text) {
			t.Fatalf("%q: shape %q", msg, s.Text)
		}
		text := ""
		for _, p := range Explain(msg, DefaultRules()) {
			text += p.Text
		}
		line, cut := firstLine([]byte(msg))
		if !cut && text != string(line) {
			t.Fatalf("%q explained as %q", line, text)
		}
		for _, a := range Group([]Known{{s.ID, s.Text}, {"s0", msg}}, DefaultRules()) {
			Values(msg, a.Template)
		}
		for range 2 { // cold and warm
			r := m.Read(msg)
			if *r.Shape != *s || r.Level != Level(msg) || r.ErrorType != ErrorType(msg) {
				t.Fatalf("%q: read as %+v, want %q and %q", msg, r, Level(msg), ErrorType(msg))
			}
		}
	})
}

func TestReconcileFirst(t *testing.T) {
	row := func(ts int64, source string, line int64, example string) schemas.Shape {
		return schemas.Shape{ShapeID: ShapeID("a <*>"), Text: "a <*>", FirstTS: ts, SourceID: source, Line: line, Example: example}
	}
	rows := []schemas.Shape{row(0, "a", 1, "undated"), row(5, "b", 1, "b"), row(5, "a", 9, "later"), row(5, "a", 2, "first"), row(7, "a", 1, "seven")}
	for i := range rows {
		got := Reconcile(rows[:i], rows[i:], DefaultRules())
		if len(got.Signatures) != 1 || got.Signatures[0].Example != "first" || got.Signatures[0].FirstTS != 5 || len(got.Shapes) != 1 {
			t.Errorf("%d old rows: %+v", i, got)
		}
	}
}
