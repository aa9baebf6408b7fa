package lake

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"almanac/schemas"
)

// benchEvent makes lines of about 150 bytes in the manner of a shop's logs:
// 26 services, 40 shapes each, fresh numbers and ids in most.
func benchEvent(rnd *rand.Rand, i int64, e *schemas.Event) {
	svc := int(rnd.Uint32N(26))
	shape := int(rnd.Uint32N(40))
	*e = schemas.Event{
		TS: day0 + i*14_000, Service: benchServices[svc], Host: benchHosts[svc%8], Kind: schemas.EventLog,
		Level: benchLevels[shape%10], ShapeID: benchShapes[svc*40+shape],
		SourceID: benchServices[svc], Line: i,
	}
	switch shape % 4 {
	case 0:
		e.Message = fmt.Sprintf("%s request GET /api/v1/orders/%d finished with status 200 in %d ms, %d bytes sent to 10.2.%d.%d over the keep-alive pool",
			e.ShapeID, rnd.Uint32N(1e6), rnd.Uint32N(900), rnd.Uint32N(50000), rnd.Uint32N(255), rnd.Uint32N(255))
	case 1:
		e.Message = fmt.Sprintf("%s cache lookup for session key user:%d missed, loading the profile from replica db-%d and storing it for %d seconds again",
			e.ShapeID, rnd.Uint32N(2e6), rnd.Uint32N(4), 60*rnd.Uint32N(60))
	case 2:
		e.Message = fmt.Sprintf("%s worker pool-%d took job 0x%08x from queue %s after waiting for %d us; %d jobs left in the backlog of this partition",
			e.ShapeID, rnd.Uint32N(16), rnd.Uint32(), e.Service, rnd.Uint32N(1e5), rnd.Uint32N(300))
	default:
		e.Message = fmt.Sprintf("%s connection from client %d.%d closed by peer after %d packets, reason code %d, nothing left to be flushed to the socket",
			e.ShapeID, rnd.Uint32N(1000), rnd.Uint32N(1000), rnd.Uint32N(4000), rnd.Uint32N(8))
	}
}

var benchLevels = []string{"info", "info", "info", "info", "info", "info", "info", "debug", "warn", "error"}
var benchServices, benchHosts, benchShapes = benchNames()

func benchNames() (services, hosts, shapes []string) {
	for s := range 26 {
		services = append(services, fmt.Sprintf("service-%02d", s))
		hosts = append(hosts, fmt.Sprintf("node-%02d", s))
		for k := range 40 {
			shapes = append(shapes, fmt.Sprintf("s%015x", (s*40+k)*7_777_777_777))
		}
	}
	return services, hosts, shapes
}

// BenchmarkNight writes one day of events with two workers, generation of
// the lines not counted, and reports rows/s, bytes per event and the peak of
// the heap. ALMANAC_BENCH_ROWS sets the rows (default 500,000).
func BenchmarkNight(b *testing.B) {
	rows := int64(500_000)
	if s := os.Getenv("ALMANAC_BENCH_ROWS"); s != "" {
		if _, err := fmt.Sscan(s, &rows); err != nil {
			b.Fatal(err)
		}
	}
	for range b.N {
		dir := b.TempDir()
		b.StopTimer()
		peak := watchHeap()
		var appendTime atomic.Int64
		var text atomic.Int64
		l := mustOpen(b, dir)
		l.disk = osDisk{}
		n := Begin(l, Options{})
		var wg sync.WaitGroup
		for w := range int64(2) {
			run := n.NewRun()
			wg.Go(func() {
				rnd := newRand(uint64(w))
				batch := make([]schemas.Event, 1024)
				for at := w * rows / 2; at < (w+1)*rows/2; {
					k := 0
					for ; k < len(batch) && at < (w+1)*rows/2; k++ {
						benchEvent(rnd, at, &batch[k])
						text.Add(int64(len(batch[k].Message)))
						at++
					}
					start := time.Now()
					for i := range k {
						if err := run.Append(&batch[i]); err != nil {
							b.Error(err)
							return
						}
					}
					appendTime.Add(int64(time.Since(start)))
				}
			})
		}
		wg.Wait()
		b.StartTimer()
		start := time.Now()
		res, err := n.Commit(context.Background())
		if err != nil {
			b.Fatal(err)
		}
		commitTime := time.Since(start)
		wall := commitTime.Seconds() + time.Duration(appendTime.Load()/2).Seconds()
		var size int64
		for _, f := range res.Lake.m.Tables[TableEvent] {
			size += f.Bytes
		}
		b.ReportMetric(float64(rows)/wall, "rows/s")
		b.ReportMetric(time.Duration(appendTime.Load()/2).Seconds(), "append-s")
		b.ReportMetric(commitTime.Seconds(), "commit-s")
		b.ReportMetric(float64(size)/float64(rows), "B/event")
		b.ReportMetric(float64(text.Load())/float64(size), "x-text")
		b.ReportMetric(float64(peak())/(1<<20), "peak-MiB")
	}
}

// watchHeap samples what the Go runtime holds; the function it gives ends
// the watch and tells the peak in bytes.
func watchHeap() func() uint64 {
	var peak atomic.Uint64
	stop := make(chan struct{})
	done := make(chan struct{})
	runtime.GC()
	go func() {
		defer close(done)
		var m runtime.MemStats
		for {
			select {
			case <-stop:
				return
			case <-time.After(50 * time.Millisecond):
				runtime.ReadMemStats(&m)
				peak.Store(max(peak.Load(), m.HeapInuse+m.StackInuse))
			}
		}
	}()
	return func() uint64 {
		close(stop)
		<-done
		return peak.Load()
	}
}

// BenchmarkLateDay adds 1 % late rows to a date that exists: reading, merging
// and rewriting it.
func BenchmarkLateDay(b *testing.B) {
	const rows = 300_000
	first := b.TempDir()
	night(b, first, Options{}, func(n *Night) {
		run, rnd := n.NewRun(), newRand(1)
		var e schemas.Event
		for i := range int64(rows) {
			benchEvent(rnd, i, &e)
			appendAll(b, run, []schemas.Event{e})
		}
	})
	late := make([]schemas.Event, rows/100)
	rnd := newRand(2)
	for i := range late {
		benchEvent(rnd, int64(i)*100, &late[i])
		late[i].SourceID = "late"
	}
	for b.Loop() {
		b.StopTimer()
		dir := copyLake(b, first)
		b.StartTimer()
		night(b, dir, Options{}, func(n *Night) { appendAll(b, n.NewRun(), late) })
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
