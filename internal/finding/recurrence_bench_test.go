package finding

import (
	"fmt"
	"testing"
	"time"
)

// BenchmarkRecurrences measures a subject of a usual site: 90 days, mostly
// noise of a few errors a day, some dense, one in twenty planted.
func BenchmarkRecurrences(b *testing.B) {
	w := newRecWorld(9, "2026-03-02", 90, time.UTC)
	const subjects = 100
	for k := range subjects {
		s := fmt.Sprintf("%03d", k)
		switch {
		case k%20 == 0:
			plantRecipes[k/20%6].fill(w, s)
		case k%20 == 1:
			w.byLoad(s, 300, 1)
		default:
			w.byLoad(s, float64(1+k%10), 1)
			w.noise(s)
		}
	}
	in := w.input()
	b.ResetTimer()
	for range b.N {
		if _, err := Recurrences(in); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N)/subjects, "ms/subject")
}
