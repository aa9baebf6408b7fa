package warehouse

import (
	"context"
	"encoding/csv"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"almanac/internal/lake"
	"almanac/queries"
	"almanac/schemas"
)

var update = flag.Bool("update", false, "rewrite the wanted answers of testdata/queries")

const casesDir = "../../testdata/queries"

var folders = []string{"table", "view", "detect", "ask", "page", "duckdb"}

func emptyWarehouse(t *testing.T) *Warehouse {
	t.Helper()
	l, err := lake.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w, err := Open(context.Background(), l, Options{TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

func allQueries(t *testing.T, dirs ...string) []queries.Query {
	t.Helper()
	var out []queries.Query
	for _, d := range dirs {
		for _, name := range queries.Names(d) {
			q, err := queries.Load(name)
			if err != nil {
				t.Error(err)
				continue
			}
			out = append(out, q)
		}
	}
	return out
}

var (
	star     = regexp.MustCompile(`(?i)SELECT\s+(DISTINCT\s+)?(\w+\.)?\*|,\s*\w+\.\*`)
	usedName = regexp.MustCompile(`\$([a-z_]+)`)
	fromName = regexp.MustCompile(`(?i)\b(?:FROM|JOIN)\s+([a-z_]+)`)
)

// The header is held to the text: parameters, tables read, columns, grain.
func TestHeadersTellTheTruth(t *testing.T) {
	w := emptyWarehouse(t)
	relations := map[string]bool{}
	for _, q := range allQueries(t, "table", "view") {
		relations[q.Object] = true
	}
	for _, name := range lake.TableNames() {
		relations["lake_"+name] = true
	}
	for _, q := range allQueries(t, folders...) {
		t.Run(q.Name, func(t *testing.T) {
			if q.Grain == "" {
				t.Error("no Grain in the header")
			}
			if star.MatchString(q.SQL) {
				t.Error("names its columns with *")
			}
			checkParams(t, q)
			checkReads(t, q, relations)
			if dir, _, _ := strings.Cut(q.Name, "/"); dir == "ask" || dir == "detect" {
				if !regexp.MustCompile(`(?is)ORDER BY[^()]*$`).MatchString(q.SQL) && !strings.Contains(strings.ToLower(q.Grain), "one row") {
					t.Error("has no final ORDER BY")
				}
			}
			// The days of make bench are read from files, which a warehouse may not.
			if !strings.HasPrefix(q.Name, "table/") && !strings.HasPrefix(q.Name, "duckdb/bench_") {
				checkColumns(t, w, q)
			}
		})
	}
}

func checkParams(t *testing.T, q queries.Query) {
	used, declared := map[string]bool{}, map[string]bool{}
	for _, m := range usedName.FindAllStringSubmatch(q.SQL, -1) {
		used[m[1]] = true
	}
	for _, p := range q.Params {
		declared[p.Name] = true
		if p.Type == "" || p.Doc == "" {
			t.Errorf("parameter $%s: needs a type and a meaning", p.Name)
		}
		if !used[p.Name] {
			t.Errorf("parameter $%s is declared and not used", p.Name)
		}
	}
	for n := range used {
		if !declared[n] {
			t.Errorf("parameter $%s is used and not declared", n)
		}
	}
}

func checkReads(t *testing.T, q queries.Query, relations map[string]bool) {
	read := map[string]bool{}
	for _, m := range fromName.FindAllStringSubmatch(q.SQL, -1) {
		if n := strings.ToLower(m[1]); relations[n] {
			read[n] = true
		}
	}
	declared := map[string]bool{}
	for _, r := range q.Reads {
		declared[r] = true
		if !read[r] {
			t.Errorf("header says it reads %s; the text does not", r)
		}
	}
	for r := range read {
		if !declared[r] {
			t.Errorf("reads %s, which the header does not say", r)
		}
	}
}

// sampleArgument is some value of each type, for parameters without a default.
var sampleArgument = map[string]any{"TIMESTAMP": time.Unix(0, 0), "BIGINT": int64(1), "INTEGER": int64(1),
	"DOUBLE": 0.5, "BOOLEAN": true, "VARCHAR": "x"}

func checkColumns(t *testing.T, w *Warehouse, q queries.Query) {
	p := Params{}
	for _, d := range q.Params {
		if !d.HasDefault {
			p[d.Name] = sampleArgument[d.Type]
		}
	}
	table, err := w.Table(context.Background(), q.Name, p)
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, c := range table.Columns {
		got = append(got, c.Name+" "+c.Type)
	}
	for _, c := range q.Columns {
		want = append(want, c.Name+" "+c.Type)
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("columns are\n  %s\nthe header says\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// Every detect query has an empty, a planted and a decoy case.
func TestEveryDetectQueryHasCases(t *testing.T) {
	for _, q := range allQueries(t, "detect") {
		for _, c := range []string{"empty", "planted", "decoy"} {
			p := filepath.Join(casesDir, filepath.Base(q.Name), c+".txtar")
			if _, err := os.Stat(p); err != nil {
				t.Errorf("%s: no case %s", q.Name, p)
			}
		}
	}
}

// Cases: tables in, parameters, rows out.
func TestQueryCases(t *testing.T) {
	files, err := filepath.Glob(casesDir + "/*/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases below %s (%v)", casesDir, err)
	}
	for _, f := range files {
		t.Run(filepath.Base(filepath.Dir(f))+"/"+strings.TrimSuffix(filepath.Base(f), ".txtar"), func(t *testing.T) {
			runCase(t, f)
		})
	}
}

func runCase(t *testing.T, file string) {
	ar, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Base(filepath.Dir(file))
	for _, dir := range []string{"detect/", "ask/"} {
		if _, err := queries.Load(dir + name); err == nil {
			name = dir + name
			break
		}
	}
	params, inputs := Params{}, map[string][][]string{}
	want := -1
	for i, f := range ar.Files {
		switch {
		case f.Name == "params":
			params = readParams(string(f.Data))
		case f.Name == "want.csv":
			want = i
		default:
			rows, err := csv.NewReader(strings.NewReader(string(f.Data))).ReadAll()
			if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
			inputs[strings.TrimSuffix(f.Name, ".csv")] = rows
		}
	}
	got := answerCase(t, name, inputs, params)
	if *update {
		if want < 0 {
			ar.Files = append(ar.Files, txtar.File{Name: "want.csv"})
			want = len(ar.Files) - 1
		}
		ar.Files[want].Data = []byte(got)
		if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want < 0 {
		t.Fatalf("%s has no want.csv; run with -update and read the diff", file)
	}
	if w := string(ar.Files[want].Data); w != got {
		t.Errorf("got\n%s\nwant\n%s", got, w)
	}
}

func readParams(text string) Params {
	p := Params{}
	for _, line := range strings.Split(text, "\n") {
		if k, v, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			p[strings.TrimSpace(k)] = strings.TrimSpace(v)
		}
	}
	return p
}

// answerCase builds the relations a query reads: the given ones as tables, the
// others as their views over given ones, or empty.
func answerCase(t *testing.T, name string, inputs map[string][][]string, p Params) string {
	t.Helper()
	ctx := context.Background()
	db, err := openDuckDB(settings(Options{Threads: 1}, t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	w := &Warehouse{db: db, release: func() error { return nil }}
	defer w.Close()
	q, err := queries.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	defs := map[string]queries.Query{}
	for _, d := range allQueries(t, "table", "view") {
		defs[d.Object] = d
	}
	made := map[string]bool{}
	for rel := range inputs {
		makeGiven(t, w, defs, rel, inputs[rel])
		made[rel] = true
	}
	for _, r := range q.Reads {
		makeRelation(t, w, defs, made, r)
	}
	table, err := w.Table(ctx, name, p)
	if err != nil {
		t.Fatal(err)
	}
	return toCSV(table)
}

func relationColumns(t *testing.T, defs map[string]queries.Query, rel string) []queries.Column {
	if d, ok := defs[rel]; ok {
		return d.Columns
	}
	var out []queries.Column
	for _, c := range lake.EmptyColumns(strings.TrimPrefix(rel, "lake_")) {
		out = append(out, queries.Column{Name: c.Name, Type: c.Type})
	}
	if out == nil {
		t.Fatalf("no such relation: %s", rel)
	}
	return out
}

func makeGiven(t *testing.T, w *Warehouse, defs map[string]queries.Query, rel string, rows [][]string) {
	t.Helper()
	cols := relationColumns(t, defs, rel)
	var decl []string
	types := map[string]string{}
	for _, c := range cols {
		decl = append(decl, ident(c.Name)+" "+c.Type)
		types[c.Name] = c.Type
	}
	must(t, w, "CREATE TABLE "+ident(rel)+" ("+strings.Join(decl, ", ")+")")
	if len(rows) == 0 {
		return
	}
	var names []string
	for _, n := range rows[0] {
		if types[n] == "" {
			t.Fatalf("%s has no column %q", rel, n)
		}
		names = append(names, ident(n))
	}
	for _, r := range rows[1:] {
		var vals []string
		for i, v := range r {
			if v == "" {
				vals = append(vals, "NULL")
			} else {
				vals = append(vals, "CAST("+quote(v)+" AS "+types[rows[0][i]]+")")
			}
		}
		must(t, w, "INSERT INTO "+ident(rel)+" ("+strings.Join(names, ", ")+") VALUES ("+strings.Join(vals, ", ")+")")
	}
}

func makeRelation(t *testing.T, w *Warehouse, defs map[string]queries.Query, made map[string]bool, rel string) {
	if made[rel] {
		return
	}
	made[rel] = true
	d, ok := defs[rel]
	if !ok || strings.HasPrefix(d.Name, "table/") {
		makeGiven(t, w, defs, rel, nil)
		return
	}
	for _, r := range d.Reads {
		makeRelation(t, w, defs, made, r)
	}
	must(t, w, "CREATE VIEW "+ident(rel)+" AS "+d.SQL)
}

func must(t *testing.T, w *Warehouse, text string) {
	t.Helper()
	if err := w.exec(context.Background(), text); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

func toCSV(table *schemas.Table) string {
	var b strings.Builder
	out := csv.NewWriter(&b)
	var head []string
	for _, c := range table.Columns {
		head = append(head, c.Name)
	}
	out.Write(head)
	for _, r := range table.Rows {
		var rec []string
		for _, v := range r {
			switch x := v.(type) {
			case nil:
				rec = append(rec, "")
			case time.Time:
				rec = append(rec, x.Format("2006-01-02 15:04:05.999999"))
			case float64:
				rec = append(rec, fmt.Sprintf("%.9g", x))
			default:
				rec = append(rec, fmt.Sprint(x))
			}
		}
		out.Write(rec)
	}
	out.Flush()
	return b.String()
}
