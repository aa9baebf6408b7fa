//go:build unix

package signature

import (
	"fmt"
	"runtime"
	"syscall"
	"testing"
	"time"
)

// cpuTime is what this process has used: other work on the machine does not
// count.
func cpuTime(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestLinearTime: ten times the messages take at most twelve times as long,
// from message to template, when all are new, differ in nothing but words,
// and only every hundredth belongs to a pattern.
func TestLinearTime(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	measure := func(n int) time.Duration {
		messages := make([]string, n)
		for i := range messages {
			x := mix(uint64(i), prime1)
			if i%100 == 0 {
				messages[i] = fmt.Sprintf("lookup of %s answered by cache", letters(i/100))
				continue
			}
			messages[i] = fmt.Sprintf("request %s of %s went to %s in vain",
				letters(int(x>>44)), letters(int(x>>22&0xfffff)), letters(int(x&0xfffff)))
		}
		runtime.GC()
		start := cpuTime(t)
		Group(knownOf(messages), DefaultRules())
		return cpuTime(t) - start
	}
	small, large := time.Hour, time.Hour
	for range 5 { // caches are shared with other work
		small, large = min(small, measure(80000)), min(large, measure(800000))
		t.Logf("80,000 messages %v, 800,000 messages %v: %.1fx", small, large, float64(large)/float64(small))
		if large <= 12*small {
			return
		}
	}
	t.Error("ten times the messages take more than twelve times as long")
}
