package finding

import (
	"fmt"
	"syscall"
	"testing"
	"time"
)

// benchWorld is a hundred subjects of a usual site: 90 days, mostly noise of a
// few errors a day, some dense, one in twenty planted.
func benchWorld() *recWorld {
	w := newRecWorld(9, "2026-03-02", 90, time.UTC)
	for k := range 100 {
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
	return w
}

// BenchmarkTenThousand is a whole site: 10,000 signatures of 50 services over
// 90 days, streamed as the warehouse does. Run it with -benchtime 1x; it
// reports what the process took in CPU seconds and its largest heap.
func BenchmarkTenThousand(b *testing.B) {
	base := benchWorld().input()
	var rows []RecurrenceMinute
	for m := range base.Minutes {
		rows = append(rows, m)
	}
	in := base
	in.Subjects = nil
	const services, copies = 50, 100
	serviceOf := func(copy int) string { return fmt.Sprintf("service%02d", copy%services) }
	in.Minutes = func(yield func(RecurrenceMinute, error) bool) {
		for k := range copies {
			id, prefix := "", fmt.Sprintf("%03d-", k)
			for _, m := range rows {
				if len(id) == 0 || id[4:] != m.SubjectID {
					id = prefix + m.SubjectID
				}
				m.SubjectID, m.Service = id, serviceOf(k)
				if !yield(m, nil) {
					return
				}
			}
		}
	}
	in.Volume = func(yield func(RecurrenceVolume, error) bool) {
		for k := range services {
			for v := range base.Volume {
				v.Service = serviceOf(k)
				if !yield(v, nil) {
					return
				}
			}
		}
	}
	b.ResetTimer()
	for range b.N {
		before := cpuSeconds()
		r, err := Recurrences(in)
		if err != nil || r.Tests != 100*copies {
			b.Fatal(err, r.Tests)
		}
		b.ReportMetric(cpuSeconds()-before, "cpu-s")
		b.ReportMetric(float64(len(r.Recurrences)), "found")
	}
	b.ReportMetric(float64(peakMiB()), "peak-MiB")
}

// BenchmarkRecurrences measures a subject of a usual site.
func BenchmarkRecurrences(b *testing.B) {
	const subjects = 100
	w := benchWorld()
	in := w.input()
	b.ResetTimer()
	for range b.N {
		if _, err := Recurrences(in); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N)/subjects, "ms/subject")
}

// cpuSeconds is the CPU time of this process.
func cpuSeconds() float64 {
	u := usage()
	return float64(u.Utime.Sec+u.Stime.Sec) + float64(u.Utime.Usec+u.Stime.Usec)/1e6
}

// peakMiB is the largest resident set of this process.
func peakMiB() int64 { return usage().Maxrss / 1024 }

func usage() (u syscall.Rusage) {
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // figures of 0 on failure
	return u
}
