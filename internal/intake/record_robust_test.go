package intake

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// readText reads a document as a file of the given name.
func readText(t testing.TB, name, format, doc string) (*keepSink, Result) {
	t.Helper()
	p := filepath.Join(t.TempDir(), "in"+filepath.Ext(name))
	if err := os.WriteFile(p, []byte(doc), 0o600); err != nil {
		t.Fatal(err)
	}
	k := &keepSink{}
	res, err := Read(context.Background(), Input{Source: &Source{Name: "s", Format: format, Zone: time.UTC}, Path: p, Name: name, Final: true}, nil, k)
	if err != nil {
		t.Fatal(err)
	}
	if !res.Counts.Balances() {
		t.Errorf("%s: accounting does not balance: %+v", name, res.Counts)
	}
	return k, res
}

// TestBrokenRecords breaks one record in twenty in twelve ways: all sound
// ones go in, each broken one is named with its line.
func TestBrokenRecords(t *testing.T) {
	const n = 1000
	csv := []string{
		`"%d,orders,deploy,2026-01-01T00:00:00Z,never closed, and more`, `%d,orders,deploy,2026-01-01T00:00:00Z`, `%d,orders,deploy,2026-01-01T00:00:00Z,t,extra,cells`,
		`%d,orders,deploy,,no time`, `%d,orders,deploy,2026-02-31T00:00:00Z,no such day`, `%d,orders,deploy,25:61,no time`,
		`%d`, `%d,orders,deploy,1/2/2026,whose month`, `%d,"orders"x,deploy,2026-01-01T00:00:00Z,t,u`, `%d;orders;deploy;2026-01-01T00:00:00Z;other delimiter`,
		`%d,orders,deploy,2026-01-01T00:00:00 QQT,zone`, "%d,orders,deploy,\x00\xff,binary",
	}
	json := []string{
		`{"id":"%d","service":"a","kind":"deploy","started":"2026-01-01T00:00:00Z"`, `{"id":"%d","service":"a","kind":"deploy","started":"2026-01-01T00:00:00Z}`,
		`{"id":"%d","service":"a","kind":"deploy","started":}`, `{"id":"%d","kind":"deploy"}`, `{"id":"%d","kind":"deploy","started":"soon"}`, `["%d"]`,
		`"%d"`, `{'id':'%d'}`, `{"id":"%d","kind":"deploy","started":"2026-99-01"}`, `{"id":"%d",,"kind":"deploy"}`, `%d`, `{"id":"%d","kind":"deploy","started":{"a":1}}`,
	}
	for _, c := range []struct {
		name, head, sound string
		broken            []string
		foot              string
	}{
		{"changes.csv", "id,service,kind,started,title\n", "%d,orders,deploy,2026-01-01T00:00:00Z,\"fine, \"\"quoted\"\"\"", csv, ""},
		{"changes.jsonl", "", `{"id":"%d","service":"a","kind":"deploy","started":"2026-01-01T00:00:00Z","title":"a \"q\" }{"}`, json, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b strings.Builder
			b.WriteString(c.head)
			wantRejects := map[int64]bool{}
			line := int64(strings.Count(c.head, "\n"))
			for i := range n {
				line++
				if i%20 == 7 {
					fmt.Fprintf(&b, c.broken[(i/20)%len(c.broken)]+"\n", i)
					wantRejects[line] = true
				} else {
					fmt.Fprintf(&b, c.sound+"\n", i)
				}
			}
			k, _ := readText(t, c.name, "", b.String())
			ids := map[string]bool{}
			for _, ch := range k.changes {
				ids[ch.ChangeID] = true
			}
			for i := range n {
				if i%20 != 7 && !ids[fmt.Sprint(i)] {
					t.Errorf("sound record %d is missing", i)
				}
			}
			for _, r := range k.rejects {
				if !wantRejects[r.Line] {
					t.Errorf("line %d refused: %s", r.Line, r.Reason)
				}
				delete(wantRejects, r.Line)
			}
			if len(wantRejects) > 0 {
				t.Errorf("broken lines not named: %v", wantRejects)
			}
		})
	}
}

// TestBrokenArray keeps the neighbours of a broken element.
func TestBrokenArray(t *testing.T) {
	ok := func(i int) string {
		return fmt.Sprintf(`{"id": "%d", "kind": "deploy", "started": "2026-01-01T00:00:00Z"}`, i)
	}
	bad := `{"id": "b", "kind": "deploy", "started": "2026-01-01T00:00:00Z`
	for name, doc := range map[string]string{
		"lines":    "[\n  " + ok(1) + ",\n  " + bad + "\"},\n  " + bad + ",\n  " + ok(2) + ",\n  " + ok(3) + "\n]\n",
		"one line": "[" + ok(1) + "," + bad + "},{" + ok(2)[1:] + "," + ok(3) + "]",
		"cut":      "[\n" + ok(1) + ",\n" + ok(2) + ",\n" + ok(3) + ",\n" + bad,
		"pretty":   "[\n  {\n    \"id\": \"1\", \"kind\": \"deploy\",\n    \"started\": \"2026-01-01T00:00:00Z\"\n  },\n  {\n    \"id\": \"b\"\n    \"kind\": {\n  },\n  " + ok(2) + ",\n  " + ok(3) + "\n]",
	} {
		k, _ := readText(t, "c.json", "change-json", doc)
		var ids []string
		for _, c := range k.changes {
			if c.ChangeID != "b" {
				ids = append(ids, c.ChangeID)
			}
		}
		if !reflect.DeepEqual(ids, []string{"1", "2", "3"}) || len(k.rejects) == 0 {
			t.Errorf("%s: read %v, %d rejects", name, ids, len(k.rejects))
		}
	}
}

// TestYAMLBomb ends at once: aliases are not followed.
func TestYAMLBomb(t *testing.T) {
	var b strings.Builder
	b.WriteString("---\ntitle: bomb\nstart: 2026-01-01 10:00\na0: &a0 [x,x,x,x,x,x,x,x,x]\n")
	for i := 1; i < 30; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), 9), ","))
	}
	b.WriteString("b: *a9\n---\n# bomb\n\n## Timeline\n\n- 10:00 - start\n")
	from := time.Now()
	k, _ := readText(t, "bomb.md", "", b.String())
	if d := time.Since(from); d > time.Second {
		t.Errorf("took %v", d)
	}
	if len(k.incidents) != 1 || k.incidents[0].StartedTS == 0 || !strings.Contains(k.incidents[0].Warning, "alias") {
		t.Errorf("read %+v", k.incidents)
	}
	deep := strings.Repeat("[", 200_000)
	k, _ = readText(t, "deep.md", "", "---\na: "+deep+"\n---\n# deep\n\n## Timeline\n\n- 2026-01-01 10:00 x\n")
	if len(k.incidents) != 1 {
		t.Errorf("deep nesting: %d incidents, rejects %v", len(k.incidents), k.rejects)
	}
	k, _ = readText(t, "deep.json", "incident-json", `{"id":`+deep)
	if len(k.rejects) == 0 {
		t.Error("deep JSON was not refused")
	}
}

// TestNoSquaredTime reads hostile documents of 256 KiB: a squared effort would take minutes.
func TestNoSquaredTime(t *testing.T) {
	const n = 1 << 18
	for name, doc := range map[string]string{
		"quotes.csv":   "id,kind,started\n" + strings.Repeat("\"x\n", n/3),
		"braces.json":  "[" + strings.Repeat("{\n", n/2),
		"objects.json": "[{" + strings.Repeat("},{", n/3),
		"fences.md":    "# x\n\n" + strings.Repeat("```\n", n/4),
		"stars.md":     "# x\n\n## Action items\n\n" + strings.Repeat("- [ ] **[(((", n/12),
		"pipes.md":     "# x\n\n## Timeline\n\n" + strings.Repeat("|", n),
		"heads.md":     strings.Repeat("# 10:00\n", n/8),
		"comment.md":   "# x\n" + strings.Repeat("<!--", n/4),
	} {
		format := map[string]string{".csv": "change-csv", ".json": "change-json", ".md": "markdown"}[filepath.Ext(name)]
		from := time.Now()
		readText(t, name, format, doc)
		if d := time.Since(from); d > 5*time.Second {
			t.Errorf("%s: %v", name, d)
		} else {
			t.Logf("%s: %v", name, d)
		}
	}
}

// TestRereadGivesSameRows: ids that are derived stay the same.
func TestRereadGivesSameRows(t *testing.T) {
	doc := "service,kind,started,title\na,deploy,2026-01-01T00:00:00Z,x\na,deploy,2026-01-01T00:00:00Z,y\n"
	a, _ := readText(t, "c.csv", "", doc)
	b, _ := readText(t, "c.csv", "", doc)
	if !reflect.DeepEqual(a, b) || len(a.changes) != 2 || a.changes[0].ChangeID == a.changes[1].ChangeID {
		t.Errorf("%+v\n%+v", a.changes, b.changes)
	}
}

// TestWordTablesAreUnambiguous: a word that means two things would make the
// reading depend on the order of a map.
func TestWordTablesAreUnambiguous(t *testing.T) {
	count := 0
	for _, words := range mdKeyWords {
		count += len(strings.Fields(words))
	}
	if count != len(mdKeys) {
		t.Errorf("metadata keys: %d words, %d meanings", count, len(mdKeys))
	}
	count = 0
	seen := map[string]string{}
	for field, words := range mdHeadWords {
		for _, w := range strings.Split(words, ",") {
			if other, ok := seen[normKey(w)]; ok && other != field {
				t.Errorf("heading %q means %s and %s", w, field, other)
			}
			seen[normKey(w)] = field
		}
	}
	count = 0
	for _, words := range changeStatusWords {
		count += len(strings.Fields(words))
	}
	if count != len(changeStatuses) {
		t.Errorf("states: %d words, %d meanings", count, len(changeStatuses))
	}
}

// TestLogsAreNoRecords: the samples of log formats are not taken for records.
func TestLogsAreNoRecords(t *testing.T) {
	for _, f := range Formats() {
		p := filepath.Join("..", "..", "testdata", "formats", f.Name, "sample.log")
		b, err := os.ReadFile(p)
		if err != nil || f.Kind != KindLog {
			continue
		}
		got, c, _ := Detect(newHead("sample.log", b), &Source{})
		if got != nil && got.Kind != KindLog {
			t.Errorf("%s: taken for %s (%.2f)", f.Name, got.Name, c)
		}
	}
}

// TestDistantRecords: records dated far after their file stay, with a warning;
// an impossible year leaves the time out; neither is an observed hour.
func TestDistantRecords(t *testing.T) {
	doc := `[{"id":"c1","kind":"deploy","service":"cart","started_at":"2026-11-20T10:00:00Z"},
{"id":"c2","kind":"deploy","service":"cart","started_at":"2036-11-20T10:00:00Z"},
{"id":"i3","kind":"deploy","service":"cart","started_at":"2027-03-01T10:00:00Z"}]`
	path := filepath.Join(t.TempDir(), "changes.json")
	if err := os.WriteFile(path, []byte(doc), 0o600); err != nil {
		t.Fatal(err)
	}
	k := &keepSink{}
	r, err := Read(context.Background(), Input{Source: &Source{Name: "s", Kind: KindChange}, Path: path, Name: "changes.json", ModTime: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)}, nil, k)
	if err != nil || len(k.changes) != 3 || len(r.Coverage) != 0 {
		t.Fatalf("%d changes, coverage %v, %v", len(k.changes), r.Coverage, err)
	}
	for i, want := range []bool{false, true, false} {
		if got := strings.Contains(k.changes[i].Warning, "400 days after"); got != want {
			t.Errorf("%s: warning %q", k.changes[i].ChangeID, k.changes[i].Warning)
		}
	}
	in, _ := readText(t, "report.md", "markdown", "# Checkout down\n\n**Started:** 20202-01-16 12:00\n**Resolved:** 2026-11-01 13:00 UTC\n\n## Root cause\n\nA full disk.\n")
	if len(in.incidents) != 1 || in.incidents[0].Incident.StartedTS != 0 || in.incidents[0].Incident.Warning == "" {
		t.Errorf("%+v", in.incidents)
	}
}
