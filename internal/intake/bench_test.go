package intake

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// benchLines makes a day's part in a format, with fresh values.
func benchLines(format string, n int) []byte {
	rng := rand.New(rand.NewPCG(1, 1))
	var b strings.Builder
	at := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	for i := range n {
		at = at.Add(time.Duration(rng.IntN(12)) * time.Millisecond)
		order, ms := rng.IntN(1e6), rng.IntN(900)
		switch format {
		case "access":
			fmt.Fprintf(&b, "10.1.%d.%d - - [%s] \"GET /cart/%d?sid=%x HTTP/1.1\" %d %d \"https://shop.example/item/%d\" \"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36\"\n",
				order%250, ms%250, at.Format("02/Jan/2006:15:04:05 -0700"), order, order*7919, 200+300*(order%97/96), ms*31, order%977)
		case "json":
			fmt.Fprintf(&b, `{"time":"%s","level":"INFO","msg":"order %d placed in %d ms","service":"checkout","trace_id":"%016x","user":%d,"amount":%d.%02d,"cart":"c-%d"}`+"\n",
				at.Format("2006-01-02T15:04:05.000000Z07:00"), order, ms, rng.Uint64(), order%9999, ms, ms%100, order)
		case "logback":
			fmt.Fprintf(&b, "%s [http-nio-8080-exec-%d] INFO  com.shop.checkout.OrderService - order %d placed in %d ms for customer c-%d\n",
				at.Format("2006-01-02 15:04:05,000"), order%32, order, ms, order%9999)
		}
		if format == "logback" && i%500 == 0 {
			b.WriteString("java.net.SocketTimeoutException: Read timed out\n\tat com.shop.Pay.call(Pay.java:31)\n\tat com.shop.Pay.run(Pay.java:12)\n")
		}
	}
	return []byte(b.String())
}

// BenchmarkRead measures reading on one core, from a warm file to the sink.
func BenchmarkRead(b *testing.B) {
	const n = 200_000
	for _, format := range []string{"access", "json", "logback"} {
		for _, suffix := range []string{"", ".gz"} {
			b.Run(format+suffix, func(b *testing.B) {
				content := benchLines(format, n)
				path := filepath.Join(b.TempDir(), "app.log"+suffix)
				stored := content
				if suffix != "" {
					stored = packed(b, suffix, content)
				}
				if err := os.WriteFile(path, stored, 0o644); err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(len(content)))
				b.ReportAllocs()
				b.ResetTimer()
				for range b.N {
					c := &counting{}
					if _, err := Read(context.Background(), Input{Source: &Source{Name: "x", Kind: KindLog}, Path: path, Name: "app.log"}, nil, c); err != nil || c.events != n {
						b.Fatalf("%v %d", err, c.events)
					}
				}
				b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "lines/s")
			})
		}
	}
}
