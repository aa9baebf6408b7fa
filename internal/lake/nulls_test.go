package lake

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/parquet-go/parquet-go"
)

type nullRow struct {
	EventDate string `parquet:"event_date,optional"`
	Text      string `parquet:"text,optional"`
	Number    int64  `parquet:"number,optional"`
	Whole     *int64 `parquet:"whole,optional"`
}

// TestNullsStayNull writes every short pattern of values and NULLs, and long
// ones at random, as the lake does: no NULL is read back as a zero value.
func TestNullsStayNull(t *testing.T) {
	cols := []column{{kind: kindString, field: 0}, {kind: kindString, field: 1}, {kind: kindInt, field: 2}, {kind: kindInt, field: 3, ptr: true}}
	fields := nullFieldsOf[nullRow](cols)
	rng := rand.New(rand.NewPCG(1, 2))
	for try := range 1<<10 + 2000 {
		n, set, other := 10, uint64(try), rng.Uint64()
		if try >= 1<<10 {
			n = 1 + rng.IntN(200)
			set = 1<<rng.IntN(64) | (1<<rng.IntN(20)-1)<<rng.IntN(40)
		}
		rows := make([]nullRow, n)
		for i := range rows {
			rows[i].EventDate = "2026-11-20"
			if set>>(i%64)&1 == 1 {
				rows[i].Number, rows[i].Whole = 7, new(int64)
			}
			if other>>(i%64)&3 == 1 {
				rows[i].Text = "x"
			}
		}
		var b bytes.Buffer
		w := parquet.NewGenericWriter[nullRow](&b)
		for left := rows; len(left) > 0; {
			k := nullSafe(left, fields)
			if _, err := w.Write(left[:k]); err != nil {
				t.Fatal(err)
			}
			left = left[k:]
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		f, err := parquet.OpenFile(bytes.NewReader(b.Bytes()), int64(b.Len()))
		if err != nil {
			t.Fatal(err)
		}
		for c, isThere := range []func(r *nullRow) bool{
			func(r *nullRow) bool { return r.EventDate != "" }, func(r *nullRow) bool { return r.Text != "" },
			func(r *nullRow) bool { return r.Number != 0 }, func(r *nullRow) bool { return r.Whole != nil },
		} {
			page, err := f.RowGroups()[0].ColumnChunks()[c].Pages().ReadPage()
			if err != nil {
				t.Fatal(err)
			}
			values := make([]parquet.Value, n)
			if k, _ := page.Values().ReadValues(values); k != n {
				t.Fatalf("%d of %d values", k, n)
			}
			for i := range rows {
				if values[i].IsNull() == isThere(&rows[i]) {
					t.Fatalf("column %d row %d of %d: %v; values %b", c, i, n, values[i], set)
				}
			}
		}
	}
}
